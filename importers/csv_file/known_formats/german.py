"""What do exports in German look like, of ERP systems, of invoice lists, of shop systems that write plain German headings?

Sources: facts/importers.md 3, JTL's and Billbee's guides. Of Billbee's customers only the first heading is known: they are read as far as
their headings are the usual ones.
"""

from campaigns.record import Kind
from importers.csv_file.formats import Format
from importers.csv_file.known_formats.headings import GERMAN_ARTICLE, GERMAN_PERSON, OBJECTED, OF_ONE_ADDRESS, WHOLE_TOTAL, Headings

_GERMAN_CATEGORY: Headings = {"category": ("Kategorie", "Artikelkategorie", "Produktkategorie", "Warengruppe")}
_GERMAN_ORDER: Headings = {
    "number": ("Bestellnummer", "Bestellnr", "Bestell-Nr.", "Auftragsnummer", "Auftragsnr"),
    "ordered_at": ("Bestelldatum", "Datum der Bestellung", "Auftragsdatum", "Datum"),
    "status": ("Status", "Bestellstatus", "Auftragsstatus"),
    "payment": ("Zahlungsstatus", "Zahlstatus"),
    "delivery": ("Versandstatus", "Lieferstatus"),
    "currency": ("Währung",),
    "total": ("Bestellsumme", "Gesamtsumme", "Bruttobetrag", "Gesamtbetrag", "Rechnungsbetrag", "Auftragssumme", "Bestellwert", "Auftragswert"),
    "discount_codes": ("Gutscheincode", "Gutschein", "Rabattcode"),
    "platform": ("Plattform", "Marktplatz"),
}
CARTS = Format(
    "german_carts",
    Kind.CARTS,
    {
        "id": ("Warenkorbnummer", "Warenkorb-Nr.", "Warenkorb-ID", "Warenkorb"),
        "customer_number": GERMAN_PERSON["customer_number"],
        "email": GERMAN_PERSON["email"],
        "created_at": ("Angelegt am", "Erstellt am", "Datum"),
        "updated_at": ("Geändert am", "Zuletzt geändert", "Letzte Änderung"),
        "currency": ("Währung",),
        "kind": ("Art", "Typ"),
        **GERMAN_ARTICLE,
    },
    needs=(("id",), ("created_at",), ("sku", "title"), ("quantity",), ("unit_price",)),
)
CUSTOMERS = Format(
    "german_customers",
    Kind.CUSTOMERS,
    {
        **GERMAN_PERSON,
        "language": ("Sprache",),
        "registered_at": ("Registriert am", "Registrierungsdatum", "Angelegt am", "Kunde seit", "Erstellt am"),
        **OBJECTED,
    },
    needs=OF_ONE_ADDRESS,
)
ORDERS = Format(
    "german_orders",
    Kind.ORDERS,
    {**{name: headings for name, headings in GERMAN_PERSON.items() if name != "salutation"}, **_GERMAN_ORDER, **GERMAN_ARTICLE, **_GERMAN_CATEGORY},
    needs=(("number",), ("ordered_at",), ("customer_number", "email"), ("total", "unit_price")),
    whole_total=WHOLE_TOTAL,
)
MODIFIED_ORDERS = Format(
    "modified_orders",
    Kind.ORDERS,
    {
        **{
            name: (*(f"{heading} (Rechnungsanschrift)" for heading in headings), *headings)
            for name, headings in GERMAN_PERSON.items()
            if name not in ("salutation", "house_number")
        },
        **_GERMAN_ORDER,
        "number": (*_GERMAN_ORDER["number"], "Rechnungsnummer", "Bestell-ID"),
        "ordered_at": (*_GERMAN_ORDER["ordered_at"], "Rechnungsdatum"),
    },
    needs=(("number",), ("ordered_at",), ("total",), ("last_name", "company"), ("street",), ("postcode",)),
    whole_total=WHOLE_TOTAL,
)
