"""Which exports are recognised without configuration, and under which heading does each keep what?

To know another shop system, add an entry to ``FORMATS``.  Sources: facts/importers.md 3, shopify-csv/headings.json (eight versions of
Shopify's exports), the profiles of Shopware 5's SwagImportExport, JTL's and Billbee's guides, the field lists of WooCommerce's export
plug-ins (Customer/Order/Coupon Export, Advanced Order Export).  Of Billbee's customers only the first heading is known, of Shopify's
abandoned checkouts only Id, Email, Created at and Total: both are read as far as their headings are the usual ones.
"""

from collections.abc import Mapping

from campaigns.record import Kind
from importers.csv_file.formats import NEEDS, PERSON, Format
from importers.csv_file.internal_ids import OXID_COUNTRIES, SHOPWARE_COUNTRIES, SHOPWARE_PAYMENTS, SHOPWARE_STATES

Headings = Mapping[str, tuple[str, ...]]

OBJECTED: Headings = {
    "objected_at": (
        *("Werbewiderspruch", "Werbewiderspruch am", "Widerspruch", "Widerspruch am", "Widerspruchsdatum", "Datum des Widerspruchs", "Widersprochen am"),
        *("Werbesperre", "Werbesperre seit", "Keine Werbung", "Objected at", "Objection", "Objection date", "Opt-out", "Opted out at", "Do not mail"),
    )
}
GERMAN_PERSON: Headings = {
    "customer_number": ("Kundennummer", "Kundennr", "Kunden-Nr.", "KdNr", "Kd.-Nr.", "Kunden-ID"),
    "email": ("E-Mail", "E-Mail-Adresse", "Mail", "Mailadresse"),
    "salutation": ("Anrede",),
    "honorific": ("Titel", "Akademischer Titel"),
    "first_name": ("Vorname",),
    "last_name": ("Nachname", "Name", "Familienname", "Zuname"),
    "name": ("Name", "Vollständiger Name", "Vor- und Nachname", "Kunde"),
    "company": ("Firma", "Firmenname", "Unternehmen"),
    "street": ("Straße", "Straße und Hausnummer", "Straße/Hausnummer", "Straße Nr.", "Anschrift", "Adresse", "Adresse 1"),
    "house_number": ("Hausnummer", "Hausnr.", "Haus-Nr."),
    "addition": ("Adresszusatz", "Zusatz", "Adresse 2", "Anschriftzusatz", "Firmenzusatz"),
    "postcode": ("PLZ", "Postleitzahl"),
    "town": ("Ort", "Stadt", "Wohnort"),
    "country": ("Land", "Ländercode", "Länderkürzel", "Land / ISO (2-stellig)", "Land ISO"),
}
ENGLISH_PERSON: Headings = {
    "customer_number": ("Customer number", "Customer no", "Customer ID"),
    "email": ("Email", "E-mail address"),
    "salutation": ("Salutation", "Gender"),
    "honorific": ("Academic title",),
    "first_name": ("First name", "Given name", "Forename"),
    "last_name": ("Last name", "Surname", "Family name"),
    "name": ("Name", "Full name", "Customer name"),
    "company": ("Company", "Company name", "Organisation"),
    "street": ("Street", "Street address", "Address", "Address1", "Address line 1"),
    "house_number": ("House number",),
    "addition": ("Address2", "Address line 2", "Addition"),
    "postcode": ("Postcode", "Postal code", "Zip", "Zip code"),
    "town": ("Town", "City"),
    "country": ("Country code", "Country"),
}
_GERMAN_ARTICLE: Headings = {
    "sku": ("Artikelnummer", "Artikelnr", "Artikel-Nr.", "SKU"),
    "title": ("Artikel", "Artikelbezeichnung", "Artikelname", "Bezeichnung"),
    "quantity": ("Menge", "Anzahl"),
    "unit_price": ("Einzelpreis", "Preis", "Stückpreis"),
}
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
_WHOLE_TOTAL = (
    *("Summe", "Gesamt", "Betrag", "Gesamtpreis", "Endbetrag", "Endsumme", "Summe brutto", "Brutto", "Umsatz", "Total"),
    *("Amount", "Total amount", "Total price", "Sum", "Value"),
)
_SHOPIFY_LINE: Headings = {
    "sku": ("Lineitem sku",),
    "title": ("Lineitem name",),
    "quantity": ("Lineitem quantity",),
    "unit_price": ("Lineitem price",),
}
_SHOPWARE_BILLING: Headings = {
    "customer_number": ("customernumber",),
    "email": ("email",),
    "salutation": ("billing_salutation",),
    "honorific": ("billing_title",),
    "first_name": ("billing_firstname",),
    "last_name": ("billing_lastname",),
    "company": ("billing_company",),
    "street": ("billing_street",),
    "addition": ("billing_additional_address_line1", "billing_department"),
    "postcode": ("billing_zipcode",),
    "town": ("billing_city",),
    "country": ("billing_countryID",),
}
_OF_ONE_ADDRESS = (("customer_number", "email"), ("last_name", "name", "company"), ("street",), ("postcode",), ("town",))
_WOO = {  # field -> what follows "billing_" in one plug-in, and stands before "(Billing)" in another, in English and German
    "first_name": ("first_name", "First Name", "Vorname"),
    "last_name": ("last_name", "Last Name", "Nachname"),
    "name": ("full_name", "Full Name", "Name"),
    "company": ("company", "Company", "Firma"),
    "street": ("address_1", "Address 1&2", "Address 1", "Adresse 1&2", "Adresse 1", "Adresse", "Straße"),
    "addition": ("address_2", "Address 2", "Adresse 2", "Adresszusatz"),
    "postcode": ("postcode", "Postcode", "Postleitzahl", "PLZ"),
    "town": ("city", "City", "Stadt", "Ort"),
    "country": ("country", "Country Code", "Country", "Country Name", "Ländercode", "Land"),
    "email": ("email", "Email", "E-Mail", "E-Mail-Adresse"),
    "salutation": ("title", "Title", "Anrede"),
}
_ASIDE = ("(Billing)", "(Rechnung)", "(Rechnungsadresse)")


def _woo(*email: str) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, (key, *captions) in _WOO.items():
        aside = (f"{caption} {word}" for caption in captions for word in _ASIDE)
        before = (f"{word} {caption}" for caption in captions for word in ("Billing", "Rechnung", "Rechnungsadresse"))
        found[name] = (f"billing_{key}", *aside, *before)
    return found | {"email": (*found["email"], *email)}


def _person(*tables: Headings) -> dict[str, tuple[str, ...]]:
    """Every heading of a person in any format: lists of objections come out of any system."""
    return {name: tuple(dict.fromkeys(heading for table in tables for heading in table.get(name, ()))) for name in ("id", *PERSON)}


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
            "tags": ("Tags",),
            **OBJECTED,
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
            "refunded": ("Refunded Amount",),
            "discount_codes": ("Discount Code",),
            "platform": ("Source",),
            "name": ("Billing Name",),
            "company": ("Billing Company",),
            "street": ("Billing Address1", "Billing Street"),
            "addition": ("Billing Address2",),
            "postcode": ("Billing Zip",),
            "town": ("Billing City",),
            "country": ("Billing Country",),
            **_SHOPIFY_LINE,
        },
        needs=(("number",), ("email",), ("ordered_at",), ("payment",), ("total",), ("quantity",), ("title",), ("unit_price",)),
        head=("id", "payment", "currency", "total"),
    ),
    Format(
        "shopify_checkouts",
        Kind.CARTS,
        {
            "id": ("Id", "Checkout ID"),
            "email": ("Email",),
            "created_at": ("Created at",),
            "updated_at": ("Updated at",),
            "completed_at": ("Completed at",),
            "currency": ("Currency",),
            "recovery_url": ("Abandoned Checkout Url", "Recovery Url"),
            **_SHOPIFY_LINE,
        },
        needs=(("id",), ("email",), ("created_at",)),
        hint="checkout",
    ),
    Format(
        "carts",
        Kind.CARTS,
        {
            "id": ("Cart ID",),
            "customer_number": ("Customer number", "Customer ID"),
            "email": ("Email",),
            "created_at": ("Created at",),
            "updated_at": ("Updated at",),
            "completed_at": ("Completed at",),
            "currency": ("Currency",),
            "kind": ("Kind", "Type"),
            "recovery_url": ("Recovery Url",),
            "sku": ("SKU",),
            "title": ("Title",),
            "quantity": ("Quantity",),
            "unit_price": ("Unit Price",),
        },
        needs=(("id",), ("created_at",), ("sku", "title"), ("quantity",), ("unit_price",)),
    ),
    Format(
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
            **_GERMAN_ARTICLE,
        },
        needs=(("id",), ("created_at",), ("sku", "title"), ("quantity",), ("unit_price",)),
    ),
    Format(
        "shopware5_customers",
        Kind.CUSTOMERS,
        {**_SHOPWARE_BILLING, **OBJECTED},
        needs=(("customer_number",), ("last_name",), ("street",), ("postcode",), ("town",), ("country",)),
        values={"country": SHOPWARE_COUNTRIES},
    ),
    Format(
        "shopware5_addresses",
        Kind.CUSTOMERS,
        {
            "customer_number": ("customernumber",),
            "email": ("email",),
            "salutation": ("salutation",),
            "honorific": ("title",),
            "first_name": ("firstname",),
            "last_name": ("lastname",),
            "company": ("company",),
            "street": ("street",),
            "addition": ("additionalAddressLine1", "department"),
            "postcode": ("zipcode",),
            "town": ("city",),
            "country": ("countryID",),
            **OBJECTED,
        },
        needs=(("customer_number",), ("last_name",), ("street",), ("postcode",), ("town",), ("country",)),
        values={"country": SHOPWARE_COUNTRIES},
    ),
    Format(
        "shopware5_newsletter",
        Kind.CUSTOMERS,
        {
            "email": ("email",),
            "salutation": ("salutation",),
            "first_name": ("firstname",),
            "last_name": ("lastname",),
            "street": ("street",),
            "postcode": ("zipcode",),
            "town": ("city",),
            "tags": ("group",),
            **OBJECTED,
        },
        needs=(("email",), ("tags",), ("first_name",), ("last_name",), ("street",), ("postcode",), ("town",)),
    ),
    Format(
        "shopware5_main_orders",
        Kind.ORDERS,
        {
            "id": ("orderId",),
            "number": ("orderNumber",),
            "customer_number": ("customerNumber",),
            "email": ("email",),
            "ordered_at": ("orderTime",),
            "status": ("orderStatus",),
            "payment": ("paymentStatus",),
            "currency": ("currency",),
            "total": ("invoiceAmount",),
            "honorific": ("billingTitle",),
            "first_name": ("billingFirstName",),
            "last_name": ("billingLastName",),
            "company": ("billingCompany",),
            "street": ("billingStreet",),
            "addition": ("billingAdditionalAddressLine1", "billingDepartment"),
            "postcode": ("billingZipCode",),
            "town": ("billingCity",),
            "country": ("billingCountry",),
        },
        needs=(("id",), ("number",), ("ordered_at",), ("status",), ("total",), ("email",), ("last_name",), ("street",)),
        baskets=True,
    ),
    Format(
        "shopware5_orders",  # customerId is a number that no other export explains: the buyer stays open
        Kind.ORDERS,
        {
            "id": ("orderId",),
            "number": ("number",),
            "ordered_at": ("orderTime",),
            "status": ("orderStatusID",),
            "payment": ("cleared",),
            "currency": ("currency",),
            "total": ("invoiceAmount",),
            "sku": ("articleNumber",),
            "title": ("articleName",),
            "quantity": ("quantity",),
            "unit_price": ("price",),
        },
        needs=(("id",), ("number",), ("ordered_at",), ("status",), ("total",), ("sku",), ("quantity",), ("unit_price",)),
        values={"status": SHOPWARE_STATES, "payment": SHOPWARE_PAYMENTS},
        baskets=True,
    ),
    Format(
        "german_customers",
        Kind.CUSTOMERS,
        {
            **GERMAN_PERSON,
            "language": ("Sprache",),
            "registered_at": ("Registriert am", "Registrierungsdatum", "Angelegt am", "Kunde seit", "Erstellt am"),
            **OBJECTED,
        },
        needs=_OF_ONE_ADDRESS,
    ),
    Format(
        "german_orders",
        Kind.ORDERS,
        {**{name: headings for name, headings in GERMAN_PERSON.items() if name != "salutation"}, **_GERMAN_ORDER, **_GERMAN_ARTICLE},
        needs=(("number",), ("ordered_at",), ("customer_number", "email"), ("total", "unit_price")),
        whole_total=_WHOLE_TOTAL,
    ),
    Format(
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
        whole_total=_WHOLE_TOTAL,
    ),
    Format(
        "jtl_shop_customers",
        Kind.CUSTOMERS,
        {
            "customer_number": ("cKundenNr",),
            "email": ("cMail",),
            "salutation": ("cAnrede",),
            "honorific": ("cTitel",),
            "first_name": ("cVorname",),
            "last_name": ("cNachname",),
            "company": ("cFirma",),
            "street": ("cStrasse",),
            "house_number": ("cHausnummer",),
            "addition": ("cAdressZusatz",),
            "postcode": ("cPLZ",),
            "town": ("cOrt",),
            "country": ("cLand",),
            "registered_at": ("dErstellt",),
            **OBJECTED,
        },
        needs=_OF_ONE_ADDRESS,
    ),
    Format(
        "oxid_customers",
        Kind.CUSTOMERS,
        {
            "customer_number": ("OXCUSTNR",),
            "email": ("OXUSERNAME",),
            "salutation": ("OXSAL",),
            "first_name": ("OXFNAME",),
            "last_name": ("OXLNAME",),
            "company": ("OXCOMPANY",),
            "street": ("OXSTREET",),
            "house_number": ("OXSTREETNR",),
            "addition": ("OXADDINFO",),
            "postcode": ("OXZIP",),
            "town": ("OXCITY",),
            "country": ("OXCOUNTRYID",),
            "registered_at": ("OXREGISTER", "OXCREATE"),
            **OBJECTED,
        },
        needs=_OF_ONE_ADDRESS,
        values={"country": OXID_COUNTRIES},
    ),
    Format(
        "woocommerce_customers",
        Kind.CUSTOMERS,
        {
            **_woo("email", "user_email", "customer_email"),
            "id": ("customer_id", "user_id", "ID"),
            "registered_at": ("date_registered", "user_registered", "customer_registered"),
            **OBJECTED,
        },
        needs=(("id", "email"), ("last_name", "name", "company"), ("street",), ("postcode",), ("town",)),
    ),
    Format(
        "woocommerce_orders",
        Kind.ORDERS,
        {
            **{name: headings for name, headings in _woo("customer_email").items() if name != "salutation"},
            "id": ("order_id", "Order ID"),
            "number": ("order_number", "order_number_formatted", "Order Number", "Bestellnummer", "Bestellung"),
            "customer_number": ("customer_id", "customer_user", "Customer User ID"),
            "ordered_at": ("order_date", "date", "Order Date", "Bestelldatum"),
            "status": ("status", "order_status", "Order Status", "Bestellstatus"),
            "currency": ("order_currency", "currency", "Currency", "Währung"),
            "total": ("order_total", "total", "Order Total Amount", "Order Total", "Bestellsumme", "Gesamtsumme der Bestellung"),
            "discount_codes": ("coupons", "Coupon Code", "Coupons Used", "Gutscheincode"),
            "sku": ("item_sku", "SKU", "Artikelnummer"),
            "title": ("item_name", "Item Name", "Artikelname", "Artikel"),
            "quantity": ("item_quantity", "Quantity", "Quantity (- Refund)", "Menge", "Anzahl"),
            "unit_price": ("Item Cost", "item_price", "Einzelpreis"),
            "line_total": ("item_total", "Order Line Total"),
        },
        needs=(("number", "id"), ("ordered_at",), ("status",), ("total",), ("email",), ("last_name", "name", "company"), ("street",), ("postcode",)),
    ),
    Format(
        "english_customers",
        Kind.CUSTOMERS,
        {**ENGLISH_PERSON, "language": ("Language",), "registered_at": ("Registered at", "Registered", "Created at", "Customer since"), **OBJECTED},
        needs=_OF_ONE_ADDRESS,
    ),
    Format(
        "english_orders",
        Kind.ORDERS,
        {
            **{name: headings for name, headings in ENGLISH_PERSON.items() if name != "salutation"},
            "number": ("Order number", "Order no", "Order ID"),
            "ordered_at": ("Order date", "Ordered at"),
            "status": ("Order status", "Status", "State"),
            "currency": ("Currency",),
            "total": ("Order total", "Total", "Grand total", "Order amount", "Order value", "Total paid"),
            "discount_codes": ("Coupon code", "Discount code", "Coupon"),
            "platform": ("Platform", "Marketplace"),
            "sku": ("SKU", "Article number"),
            "title": ("Title", "Product", "Item", "Product name", "Item name"),
            "quantity": ("Quantity", "Qty"),
            "unit_price": ("Unit price", "Price"),
        },
        needs=(("number",), ("ordered_at",), ("customer_number", "email"), ("total", "unit_price")),
        whole_total=_WHOLE_TOTAL,
    ),
    Format(
        "coupons",
        Kind.COUPONS,
        {
            "code": ("Code", "Coupon code", "Gutscheincode", "Gutscheinnummer"),
            "offer": ("Offer", "Angebot", "Gutscheinaktion", "Aktion"),
            "customer_number": ("Customer number", *GERMAN_PERSON["customer_number"]),
            "email": ("Email", *GERMAN_PERSON["email"]),
            "valid_until": ("Valid until", "Expires", "Expires on", "Gültig bis", "Ablaufdatum"),
        },
        needs=NEEDS[Kind.COUPONS],
    ),
)
"""Of several that fit, the one that knows most of the columns is taken, and the earlier one of equals."""

_ANYBODY = _person(GERMAN_PERSON, ENGLISH_PERSON, *(each.headings for each in FORMATS if each.kind is Kind.CUSTOMERS))
OBJECTIONS = Format("objections", Kind.OBJECTIONS, {**_ANYBODY, **OBJECTED}, needs=(("objected_at",), *NEEDS[Kind.OBJECTIONS]))
"""Tried after all others: a customers file with a column for objections brings both."""
ROBINSON = Format("robinson", Kind.ROBINSON, {name: headings for name, headings in _ANYBODY.items() if name in PERSON}, needs=NEEDS[Kind.ROBINSON])
"""Never guessed: its headings are those of customers."""
