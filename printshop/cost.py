"""What does a letter cost: paper, print, handling and postage, by the installation's own table?"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Never

from campaigns.countries import is_known
from printshop.errors import InvalidTariff, NoPostage

BUNDLED = Path(__file__).with_name("tariff.toml")
ANYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Postage:
    """What the post asks for one letter up to a weight."""

    product: str
    country: str
    """ISO code, or ``*`` for every country that no row names."""
    max_grams: Decimal
    cents: Decimal


@dataclass(frozen=True, slots=True)
class Tariff:
    """The prices of one print shop and the post, in cents without VAT."""

    source: str
    """The file that it was read from, for messages."""
    currency: str
    sheet_cents: Decimal
    sheet_grams: Decimal
    duplex: bool
    page_cents: Decimal
    handling_cents: Decimal
    envelope_grams: Decimal
    postage: tuple[Postage, ...]
    """Of the products that are used."""

    def letter_cents(self, country: str, pages: int, home: str) -> int:
        """The whole cents of one letter of ``pages`` pages to ``country``; an empty country means ``home``, the sender's.

        Rounded once, commercially (a half goes up): what a run costs is the sum over its letters. Raises NoPostage where no
        product takes such a letter.
        """
        sheets = -(-pages // 2) if self.duplex else pages
        made = sheets * self.sheet_cents + pages * self.page_cents + self.handling_cents
        return int((made + self._postage(country or home, sheets)).quantize(Decimal(1), ROUND_HALF_UP))

    def _postage(self, country: str, sheets: int) -> Decimal:
        grams = sheets * self.sheet_grams + self.envelope_grams
        named = [row for row in self.postage if row.country == country] or [row for row in self.postage if row.country == ANYWHERE]
        prices = [row.cents for row in named if grams <= row.max_grams]
        if not prices:
            raise NoPostage(
                f"{self.source} has no postage for a letter of {sheets} sheet(s), {grams.normalize():f} g, to {country}: add a [[postage]] row "
                f'with this country or "*" and enough max_grams for one of its products, or leave the country out of the campaign\'s countries.'
            )
        return min(prices)


def read_tariff(path: Path | None) -> Tariff:
    """The tariff in ``path`` (TOML), or the bundled one.  Raises InvalidTariff, which names file, field and what may stand there."""
    return _Reader(path or BUNDLED).tariff()


class _Reader:
    """A tariff file, field by field."""

    def __init__(self, path: Path) -> None:
        self._name = str(path)
        try:
            self._values = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        except OSError as error:
            self._refuse(f"cannot be read ({error.strerror}): name a file in POSTILLION_TARIFF_FILE, or leave it empty for the bundled prices.")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self._refuse(f"is no TOML: {error}.")

    def tariff(self) -> Tariff:
        """All of it, checked."""
        self._only(self._values, "", ("currency", "products", "paper", "print", "handling", "postage"))
        paper, printing, handling = (
            self._section(name, fields)
            for name, fields in (("paper", ("sheet_cents", "grams", "duplex")), ("print", ("page_cents",)), ("handling", ("letter_cents", "envelope_grams")))
        )
        if not isinstance(paper.get("duplex"), bool):
            self._refuse("paper.duplex must be true (two pages on a sheet) or false.")
        return Tariff(
            self._name,
            self._currency(),
            self._number(paper, "paper.", "sheet_cents"),
            self._number(paper, "paper.", "grams"),
            paper["duplex"],
            self._number(printing, "print.", "page_cents"),
            self._number(handling, "handling.", "letter_cents"),
            self._number(handling, "handling.", "envelope_grams"),
            self._postage(),
        )

    def _currency(self) -> str:
        currency = self._values.get("currency")
        if not isinstance(currency, str) or not re.fullmatch("[A-Z]{3}", currency):
            self._refuse('currency must be an ISO code like "EUR": of every price in the file.')
        return currency

    def _postage(self) -> tuple[Postage, ...]:
        rows = self._values.get("postage")
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            self._refuse("postage is missing: add at least one [[postage]] with product, country, max_grams and cents.")
        read = [self._row(number, row) for number, row in enumerate(rows, 1)]
        products = self._values.get("products")
        if not isinstance(products, list) or not products or not all(isinstance(product, str) for product in products):
            self._refuse('products must be a list of product names, like ["Brief"]: the rows of [[postage]] that count.')
        known = dict.fromkeys(row.product for row in read)
        for product in products:
            if product not in known:
                self._refuse(f"products names {product!r}, but no [[postage]] row is of that product: there are {', '.join(known)}.")
        return tuple(row for row in read if row.product in products)

    def _row(self, number: int, row: Mapping[str, Any]) -> Postage:
        place = f"postage {number}: "
        self._only(row, place, ("product", "country", "max_grams", "cents"))
        product, country = row.get("product"), row.get("country")
        if not isinstance(product, str) or not product.strip():
            self._refuse(f"{place}product is missing: give the post's name of it.")
        if not isinstance(country, str) or (country != ANYWHERE and not is_known(country)):
            self._refuse(f'{place}country is {country!r}, but must be an ISO code like DE, or "*" for everywhere else.')
        return Postage(product, country, self._number(row, place, "max_grams"), self._number(row, place, "cents"))

    def _section(self, name: str, fields: tuple[str, ...]) -> Mapping[str, Any]:
        section = self._values.get(name)
        if not isinstance(section, dict):
            self._refuse(f"the section [{name}] is missing: it holds {', '.join(fields)}.")
        self._only(section, f"{name}.", fields)
        return section

    def _number(self, values: Mapping[str, Any], place: str, field: str) -> Decimal:
        value = values.get(field)
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite() or not 0 <= value <= 100_000:
            told = "missing" if value is None else repr(str(value) if isinstance(value, Decimal) else value)
            self._refuse(f"{place}{field} is {told}, but must be a number from 0 to 100000, with a point for decimals.")
        return Decimal(value)

    def _only(self, values: Mapping[str, Any], place: str, known: tuple[str, ...]) -> None:
        for name in values:
            if name not in known:
                self._refuse(f"{place}{name} is unknown: there may be {', '.join(known)}.")

    def _refuse(self, wrong: str) -> Never:
        raise InvalidTariff(f"The tariff {self._name}: {wrong}")
