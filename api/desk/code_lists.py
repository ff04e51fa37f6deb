"""How does a list of codes come from, and go to, a spreadsheet?"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from campaigns.checkout import HOLDS_A_USE
from campaigns.spreadsheet import harmless
from store.coupon_history import Code, Use

MOST_CODES = 10_000
"""At once by hand; more come by API or on the command line."""
_LONGEST = 255
_HEADINGS = frozenset({"code", "codes", "coupon", "coupon code", "discount code", "gutschein", "gutscheincode", "gutscheinnummer"})
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
HEADING = (
    "code", "state", "uses", "most_uses", "valid_from", "valid_until", "issued_at", "source", "campaign", "step", "letter", "customer", "partner",
    "orders", "discount_cents", "currency", "last_used_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """A code of a list."""

    code: str
    valid_until: date | None = None


def listed_in(content: bytes) -> list[Listed] | str:
    """The codes of a list: one in each line, after a ``;``, ``,`` or tab perhaps its last day; else the catalogue key of what is wrong.

    A heading is left out, so are blank lines and what a spreadsheet adds (byte order mark, quotes, the apostrophe before a formula).
    """
    text = _decoded(content)
    if text is None or _NO_TEXT.search(text):
        return "codes_no_text"
    found: list[Listed] = []
    for line in text.splitlines():
        cells = [cell.strip().strip('"').strip() for cell in re.split(r"[;,\t]", line)]
        code = cells[0].removeprefix("'")
        if not code or (not found and code.casefold() in _HEADINGS):
            continue
        if len(code) > _LONGEST:
            return "codes_too_long"
        last_day = _day(cells[1]) if len(cells) > 1 and cells[1] else None
        if len(cells) > 1 and cells[1] and last_day is None:
            return "codes_wrong_day"
        found.append(Listed(code, last_day))
    if not found:
        return "codes_none"
    return found if len(found) <= MOST_CODES else "codes_too_many"


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _day(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def codes_csv(codes: Iterable[tuple[Code, list[Use]]]) -> Iterator[str]:
    """The lines of an export: a byte order mark, semicolons, and no cell that a spreadsheet would take for a formula."""
    yield "\ufeff" + _line(HEADING)
    for code, uses in codes:
        yield _line(map(harmless, _cells(code, uses)))


def _cells(code: Code, uses: list[Use]) -> tuple[str, ...]:
    last = uses[-1] if uses else None
    return (
        code.code,
        code.fate,
        str(code.uses),
        "" if code.most_uses is None else str(code.most_uses),
        code.valid_from.isoformat() if code.valid_from else "",
        code.valid_until.isoformat() if code.valid_until else "",
        code.issued_at.isoformat(timespec="seconds"),
        code.source,
        code.campaign or "",
        "" if code.step is None else str(code.step),
        "" if code.letter_id is None else str(code.letter_id),
        "" if code.customer_id is None else str(code.customer_id),
        code.partner or "",
        " ".join(f"{use.order_ref} ({use.state})" for use in uses),
        str(sum(use.discount_cents for use in uses if use.state in HOLDS_A_USE)) if uses else "",  # as the column "uses" counts
        last.currency if last else "",
        last.at.isoformat(timespec="seconds") if last else "",
    )


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow(cells)
    return line.getvalue()
