"""Which codes may a partner choose?  (product.md 8.1)"""

import re
import string
import unicodedata
from enum import StrEnum

from campaigns.coupon import LENGTH, is_well_formed, normalise
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
"""Words that would be taken for the shop's own, or for a machine's; with a number behind them, too."""
PLAIN = frozenset(string.ascii_uppercase + string.digits)
"""What codes are made of, nearly always."""
_GROUPED = re.compile(r"(?:[A-Za-z0-9]+-)?[A-Za-z0-9]{5}-[A-Za-z0-9]{5}-[A-Za-z0-9]")
"""As the codes of letters are printed."""
_WRITTEN = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")


def partner_code_problem(text: str) -> PartnerCodeProblem | None:
    """The first reason why a partner cannot have this code, None where there is none."""
    plain, written = normalise(text), text.strip()
    checks = (
        (not _WRITTEN.fullmatch(written), PartnerCodeProblem.CHARACTERS),
        (len(plain) < SHORTEST, PartnerCodeProblem.TOO_SHORT),
        (len(plain) > LONGEST, PartnerCodeProblem.TOO_LONG),
        (_is_reserved(plain), PartnerCodeProblem.RESERVED),
        (is_rude(written), PartnerCodeProblem.RUDE),
        (bool(_GROUPED.fullmatch(written)) or is_well_formed(plain[-LENGTH - 1 :]), PartnerCodeProblem.LOOKS_GENERATED),  # behind any prefix
    )
    return next((problem for holds, problem in checks if holds), None)


_LOOKS = str.maketrans("OQDILJSBZGÆŒ", "0001115826A0")
_DRAWN_APART = str.maketrans({"W": "VV", "M": "RN"})
_UMLAUT = re.compile("([A0U])E+")


def skeleton(code: str) -> str:
    """What codes have in common that look alike on paper: O and 0, I, 1 and l, S and 5, B and 8, Z and 2, G and 6, vv and w, rn and m, ä, ae and a.

    Single signs come first, so that pairs are seen however they are written: cl, c1 and cI are all d, 0e and oe are both ö.
    """
    marked = unicodedata.normalize("NFKD", code.upper())
    text = "".join(char for char in marked if char.isalnum()).translate(_LOOKS)
    return _UMLAUT.sub(r"\1", text.replace("C1", "0")).translate(_DRAWN_APART)


def first_letters(wanted: str) -> frozenset[str]:
    """Which of the plain characters a code may begin with whose skeleton is this one."""
    return frozenset(one for one in PLAIN if any(skeleton(one + other).startswith(wanted[0]) for other in ("", *PLAIN)))


def last_letters(wanted: str) -> frozenset[str]:
    """The same of its end, where an E may belong to an umlaut."""
    return frozenset(one for one in PLAIN if one == "E" or any(skeleton(other + one).endswith(wanted[-1]) for other in ("", *PLAIN)))


def _is_reserved(plain: str) -> bool:
    words = (plain[:length] for length in range(1, len(plain) + 1) if not plain[length:].strip(string.digits))
    return any(skeleton(word) in _RESERVED for word in words)


_RESERVED = frozenset(skeleton(word) for word in RESERVED.split())
