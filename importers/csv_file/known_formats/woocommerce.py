"""What do WooCommerce's export plug-ins write, in English and German?

Sources: the field lists of Customer/Order/Coupon Export and Advanced Order Export.
"""

from campaigns.record import Kind
from importers.csv_file.formats import Format
from importers.csv_file.known_formats.headings import OBJECTED

_WOO = {  # field -> what follows "billing_" in one plug-in, and stands before "(Billing)" in another, in English and German
    "first_name": ("first_name", "First Name", "Vorname"),
    "last_name": ("last_name", "Last Name", "Nachname"),
    "name": ("full_name", "Full Name", "Name"),
    "company": ("company", "Company", "Firma"),
    "street": ("address_1", "Address 1&2", "Address 1", "Adresse 1&2", "Adresse 1", "Adresse", "Straße"),
    "addition": ("address_2", "Address 2", "Adresse 2", "Adresszusatz"),
    "postcode": ("postcode", "Postcode", "Postleitzahl", "PLZ"),
    "town": ("city", "City", "Stadt", "Ort"),
    "region": ("state", "State Code", "State", "Bundesland"),
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


CUSTOMERS = Format(
    "woocommerce_customers",
    Kind.CUSTOMERS,
    {
        **_woo("email", "user_email", "customer_email"),
        "id": ("customer_id", "user_id", "ID"),
        "registered_at": ("date_registered", "user_registered", "customer_registered"),
        **OBJECTED,
    },
    needs=(("id", "email"), ("last_name", "name", "company"), ("street",), ("postcode",), ("town",)),
)
ORDERS = Format(
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
)
