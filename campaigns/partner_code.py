"""Which codes may a partner choose?  (product.md 8.1)"""

import re
import unicodedata
from enum import StrEnum

from campaigns.coupon import is_well_formed, normalise
from campaigns.rude_words import is_rude

SHORTEST, LONGEST = 4, 20
"""Characters, hyphens not counted."""


class PartnerCodeProblem(StrEnum):
    """Why a partner cannot have a code; whether somebody else has it, or one that looks like it, only the database knows."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    CHARACTERS = "characters"
    """Something else than a-z, 0-9 and hyphens between them: it goes into QR codes and addresses."""
    RESERVED = "reserved"
    RUDE = "rude"
    LOOKS_GENERATED = "looks_generated"


RESERVED = """
    admin administrator aktion angebot code coupon coupons free gratis gutschein gutscheine null offer operator partner postillion rabatt root sale shop
    support system test undefined voucher welcome willkommen
"""
"""Words that would be taken for the shop's own, or for a machine's."""
_WRITTEN = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")


def partner_code_problem(text: str) -> PartnerCodeProblem | None:
    """The first reason why a partner cannot have this code, None where there is none."""
    plain, written = normalise(text), text.strip()
    checks = (
        (not _WRITTEN.fullmatch(written), PartnerCodeProblem.CHARACTERS),
        (len(plain) < SHORTEST, PartnerCodeProblem.TOO_SHORT),
        (len(plain) > LONGEST, PartnerCodeProblem.TOO_LONG),
        (skeleton(plain) in _RESERVED, PartnerCodeProblem.RESERVED),
        (is_rude(written), PartnerCodeProblem.RUDE),
        (is_well_formed(plain), PartnerCodeProblem.LOOKS_GENERATED),
    )
    return next((problem for holds, problem in checks if holds), None)


_LOOKS = str.maketrans("OQDILJSBZGÆŒ", "0001115826A0")
_PAIRS = (("VV", "W"), ("RN", "M"), ("CL", "0"))
_UMLAUT = re.compile("([AOU])E+")


def skeleton(code: str) -> str:
    """What codes have in common that look alike on paper: O and 0, I, 1 and l, S and 5, B and 8, Z and 2, G and 6, vv and w, rn and m, ä, ae and a."""
    marked = unicodedata.normalize("NFKD", code.upper())
    text = _UMLAUT.sub(r"\1", "".join(char for char in marked if char.isalnum()))
    for pair, single in _PAIRS:
        text = text.replace(pair, single)
    return text.translate(_LOOKS)


_RESERVED = frozenset(skeleton(word) for word in RESERVED.split())
