"""What is a format: under which headings does an export keep what, and which of the known ones is this file?

Headings are compared without case, blanks, punctuation and umlauts (``heading_key``), so ``E-Mail`` also stands for ``EMAIL`` and
``Straße`` for ``Strasse``.  Columns that no field asks for (passwords, bank accounts, payment data) are never read.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from campaigns.record import Kind

PERSON = (
    *("customer_number", "email", "salutation", "honorific", "first_name", "last_name", "name", "company"),
    *("street", "house_number", "addition", "postcode", "town", "region", "country"),
)
"""Fields that say who somebody is and where they live; ``name`` is a full name where there is no first name."""

ARTICLE = frozenset({"sku", "title", "quantity", "unit_price", "line_total"})
"""Fields that say what was bought."""

Needs = tuple[tuple[str, ...], ...]
NEEDS: Mapping[Kind, Needs] = {
    Kind.OBJECTIONS: (("email", "customer_number", "id", "street"),),
    Kind.ROBINSON: (("last_name", "name", "company"), ("street",), ("postcode",)),
    Kind.CUSTOMERS: (("id", "customer_number", "email"),),
    Kind.ORDERS: (("number", "id"), ("ordered_at",)),
    Kind.CARTS: (("id",), ("created_at",)),
    Kind.COUPONS: (("code",), ("offer",)),
}
"""Without one field of each group there is no record."""


@dataclass(frozen=True, slots=True)
class Format:
    """One table of headings."""

    name: str
    kind: Kind
    headings: Mapping[str, tuple[str, ...]]
    """Field of our row -> headings that it may stand under; the first one that the file has is read."""
    needs: Needs
    """Without one field of each group the file is not of this format."""
    decimal: str = ""
    """The decimal sign where a person named it; else the column is asked."""
    head: tuple[str, ...] = ()
    """Fields of which the first row of a record has at least one and follow-up rows have none; () where rows repeat everything."""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Field -> what the export writes -> what it means; texts that are not listed stay as they are."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Field -> text of every row, where the file has no column for it."""
    baskets: bool = False
    """Orders with the number 0 are abandoned baskets (Shopware 5)."""
    is_list: bool = False
    """Each row is an objection unless its own words say no; else only a row with a date or a yes is one."""
    hint: str = ""
    """Headings alone would not tell: the file's name must hold this word, unless the kind is told."""
    whole_total: tuple[str, ...] = ()
    """Headings of the total in a file without articles: beside articles they may be what a row costs."""
    slashes: str = ""
    """Which of the two forms with slashes dates are written in, where a person said so; else the column is asked."""

    def places(self, columns: Sequence[str]) -> dict[str, int]:
        """Field -> index of its column, for the fields that the file has; of two equal headings the first one counts."""
        known = {heading_key(column): index for index, column in reversed(list(enumerate(columns)))}
        found = {}
        for name, headings in self.headings.items():
            place = next((known[heading_key(heading)] for heading in headings if heading_key(heading) in known), None)
            if place is not None:
                found[name] = place
        whole = next((known[heading_key(heading)] for heading in self.whole_total if heading_key(heading) in known), None)
        if whole is not None and "total" not in found and not found.keys() & ARTICLE:
            found["total"] = whole
        return _one_name(found)

    def missing(self, columns: Sequence[str]) -> Needs:
        """Groups of fields of which the file has none."""
        found = self.places(columns).keys() | self.fixed.keys()
        return tuple(group for group in self.needs if not any(name in found for name in group))

    def in_words(self, group: Iterable[str]) -> str:
        """A group of fields by their usual headings: ``"Kundennummer" or "E-Mail"``."""
        return " or ".join(f'"{self.headings[name][0]}"' for name in group if self.headings.get(name))


def _one_name(found: dict[str, int]) -> dict[str, int]:
    """``Name`` beside ``Vorname`` is a last name, else the whole one."""
    if "first_name" in found:
        found.pop("name", None)
    elif "name" in found and found.get("last_name") == found["name"]:
        del found["last_name"]
    return found


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_NO_LETTER = re.compile(r"[^a-z0-9]+")


def heading_key(heading: str) -> str:
    """What two spellings of one heading have in common."""
    return _NO_LETTER.sub("", heading.casefold().translate(_UMLAUTS))


def likeness(candidate: Format, columns: Sequence[str]) -> tuple[float, int]:
    """How well the headings fit: the share of needs that are met, then the number of known columns."""
    return 1 - len(candidate.missing(columns)) / len(candidate.needs), len(candidate.places(columns))


def best(candidates: Iterable[Format], columns: Sequence[str]) -> Format | None:
    """Of the formats that lack nothing, the one that knows most of the columns; the first of several."""
    fitting = [each for each in candidates if not each.missing(columns)]
    return max(fitting, key=lambda each: len(each.places(columns)), default=None)


def nearest(candidates: Iterable[Format], columns: Sequence[str]) -> Format:
    """The format that lacks least."""
    return max(candidates, key=lambda each: likeness(each, columns))


def as_list(format_: Format) -> Format:
    """The same format for a file of which somebody said that each row is an objection."""
    return replace(format_, is_list=True)
