"""Which export is this, and under which heading does it keep what?

A format is data: to know another shop system, add an entry to ``FORMATS``. Headings are compared without case, blanks,
punctuation and umlauts (``heading_key``), so ``E-Mail`` also stands for ``EMAIL`` and ``Straße`` for ``Strasse``.
Columns that no field asks for (passwords, payment data) are never read.

Sources: facts/importers.md 3, shopify-csv/headings.json (eight versions of Shopify's exports).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from importers.errors import UnknownFormat


class Kind(StrEnum):
    """What the records of a file are."""

    CUSTOMERS = "customers"
    ORDERS = "orders"
    CARTS = "carts"


@dataclass(frozen=True, slots=True)
class Format:
    """One table of headings."""

    name: str
    kind: Kind
    headings: Mapping[str, tuple[str, ...]]
    """Field of our row -> headings that it may stand under; the first one that the file has is read."""
    needs: tuple[tuple[str, ...], ...]
    """Without one field of each group the file is not of this format."""
    decimal: str = "."
    """The decimal sign, where a column itself does not tell."""
    head: tuple[str, ...] = ()
    """Fields of which the first row of a record has at least one and follow-up rows have none; () where rows repeat everything."""

    def places(self, columns: Sequence[str]) -> dict[str, int]:
        """Field -> index of its column, for the fields that the file has; of two equal headings the first one counts."""
        known = {heading_key(column): index for index, column in reversed(list(enumerate(columns)))}
        found = {}
        for field, headings in self.headings.items():
            place = next((known[heading_key(heading)] for heading in headings if heading_key(heading) in known), None)
            if place is not None:
                found[field] = place
        return found

    def missing(self, columns: Sequence[str]) -> tuple[str, ...]:
        """What the format needs and the file lacks, by its usual headings: ``"Kundennummer" or "E-Mail"``."""
        found = self.places(columns)
        gaps = (group for group in self.needs if not any(field in found for field in group))
        return tuple(" or ".join(f'"{self.headings[field][0]}"' for field in group) for group in gaps)


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_NO_LETTER = re.compile(r"[^a-z0-9]+")


def heading_key(heading: str) -> str:
    """What two spellings of one heading have in common."""
    return _NO_LETTER.sub("", heading.casefold().translate(_UMLAUTS))


def match(columns: Sequence[str], name: str) -> Format:
    """The format of the file ``name`` with these headings: among those that lack nothing, the one that knows most of the columns.

    Raises ``UnknownFormat``, which names the columns, the nearest format and what it misses.
    """
    fitting = [each for each in FORMATS if not each.missing(columns)]
    if fitting:
        return max(fitting, key=lambda each: len(each.places(columns)))
    nearest = max(FORMATS, key=lambda each: likeness(each, columns))
    missing = nearest.missing(columns)
    raise UnknownFormat(
        f"{name} has headings of no format that we know. Found: {', '.join(columns)}. Nearest: {nearest.name}, which also needs {', '.join(missing)}. "
        "Rename the columns, or export again with headings.",
        tuple(columns),
        nearest.name,
        missing,
    )


def likeness(candidate: Format, columns: Sequence[str]) -> tuple[float, int]:
    """How well the headings fit: the share of needs that are met, then the number of known columns."""
    return 1 - len(candidate.missing(columns)) / len(candidate.needs), len(candidate.places(columns))


_GERMAN_PERSON = {
    "customer_number": ("Kundennummer", "Kundennr", "Kunden-Nr.", "KdNr", "Kd.-Nr.", "Kunden-ID"),
    "email": ("E-Mail", "E-Mail-Adresse", "Mail", "Mailadresse"),
    "salutation": ("Anrede",),
    "title": ("Titel", "Akademischer Titel"),
    "first_name": ("Vorname",),
    "last_name": ("Nachname", "Name", "Familienname", "Zuname"),
    "company": ("Firma", "Firmenname", "Unternehmen"),
    "street": ("Straße", "Straße und Hausnummer", "Straße/Hausnummer", "Straße Nr.", "Anschrift", "Adresse"),
    "house_number": ("Hausnummer", "Hausnr.", "Haus-Nr."),
    "addition": ("Adresszusatz", "Zusatz", "Adresse 2", "Anschriftzusatz"),
    "postcode": ("PLZ", "Postleitzahl"),
    "town": ("Ort", "Stadt", "Wohnort"),
    "country": ("Land", "Ländercode", "Länderkürzel"),
}

FORMATS = (
    Format(
        "shopify_customers",
        Kind.CUSTOMERS,
        {
            "id": ("Customer ID",),
            "email": ("Email",),
            "first_name": ("First Name",),
            "last_name": ("Last Name",),
            "company": ("Default Address Company", "Company"),
            "street": ("Default Address Address1", "Address1"),
            "addition": ("Default Address Address2", "Address2"),
            "postcode": ("Default Address Zip", "Zip"),
            "town": ("Default Address City", "City"),
            "country": ("Default Address Country Code", "Country Code", "Country"),
        },
        needs=(("email",), ("first_name",), ("last_name",), ("street",), ("postcode",), ("town",), ("country",)),
    ),
    Format(
        "shopify_orders",
        Kind.ORDERS,
        {
            "id": ("Id",),
            "number": ("Name",),
            "email": ("Email",),
            "ordered_at": ("Created at",),
            "payment": ("Financial Status",),
            "delivery": ("Fulfillment Status",),
            "cancelled_at": ("Cancelled at",),
            "currency": ("Currency",),
            "total": ("Total",),
            "discount_codes": ("Discount Code",),
            "platform": ("Source",),
            "name": ("Billing Name",),
            "company": ("Billing Company",),
            "street": ("Billing Address1", "Billing Street"),
            "addition": ("Billing Address2",),
            "postcode": ("Billing Zip",),
            "town": ("Billing City",),
            "country": ("Billing Country",),
            "sku": ("Lineitem sku",),
            "title": ("Lineitem name",),
            "quantity": ("Lineitem quantity",),
            "unit_price": ("Lineitem price",),
        },
        needs=(("number",), ("email",), ("ordered_at",), ("total",), ("quantity",), ("title",), ("unit_price",)),
        head=("id", "payment", "currency", "total"),
    ),
    Format(
        "carts",
        Kind.CARTS,
        {
            "id": ("Cart ID",),
            "email": ("Email",),
            "created_at": ("Created at",),
            "updated_at": ("Updated at",),
            "currency": ("Currency",),
            "kind": ("Kind", "Type"),
            "sku": ("SKU",),
            "title": ("Title",),
            "quantity": ("Quantity",),
            "unit_price": ("Unit Price",),
        },
        needs=(("id",), ("created_at",), ("sku", "title"), ("quantity",), ("unit_price",)),
    ),
    Format(
        "german_customers",
        Kind.CUSTOMERS,
        {
            **_GERMAN_PERSON,
            "language": ("Sprache",),
            "registered_at": ("Registriert am", "Registrierungsdatum", "Angelegt am", "Kunde seit", "Erstellt am"),
        },
        needs=(("customer_number", "email"), ("last_name", "company"), ("street",), ("postcode",), ("town",)),
        decimal=",",
    ),
    Format(
        "german_orders",
        Kind.ORDERS,
        {
            **{field: headings for field, headings in _GERMAN_PERSON.items() if field not in ("salutation", "title")},
            "honorific": _GERMAN_PERSON["title"],
            "number": ("Bestellnummer", "Bestellnr", "Bestell-Nr.", "Auftragsnummer", "Auftragsnr"),
            "ordered_at": ("Bestelldatum", "Datum der Bestellung", "Auftragsdatum", "Datum"),
            "status": ("Status", "Bestellstatus", "Auftragsstatus"),
            "currency": ("Währung",),
            "total": ("Bestellsumme", "Gesamtsumme", "Bruttobetrag", "Gesamtbetrag"),
            "discount_codes": ("Gutscheincode", "Gutschein", "Rabattcode"),
            "platform": ("Plattform", "Marktplatz"),
            "sku": ("Artikelnummer", "Artikelnr", "Artikel-Nr.", "SKU"),
            "title": ("Artikel", "Artikelbezeichnung", "Artikelname", "Bezeichnung"),
            "quantity": ("Menge", "Anzahl"),
            "unit_price": ("Einzelpreis", "Preis", "Stückpreis"),
        },
        needs=(("number",), ("ordered_at",), ("customer_number", "email"), ("total", "unit_price")),
        decimal=",",
    ),
)
