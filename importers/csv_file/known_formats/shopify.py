"""What do Shopify's exports look like?

Source: shopify-csv/headings.json, eight versions of them. Of abandoned checkouts only Id, Email, Created at and Total are known: they are
read as far as their headings are the usual ones.
"""

from campaigns.record import Kind
from importers.csv_file.formats import Format
from importers.csv_file.known_formats.headings import OBJECTED, Headings

_SHOPIFY_LINE: Headings = {
    "sku": ("Lineitem sku",),
    "title": ("Lineitem name",),
    "quantity": ("Lineitem quantity",),
    "unit_price": ("Lineitem price",),
}
CUSTOMERS = Format(
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
        "region": ("Default Address Province Code", "Province Code"),
        "country": ("Default Address Country Code", "Country Code", "Country"),
        "tags": ("Tags",),
        **OBJECTED,
    },
    needs=(("email",), ("first_name",), ("last_name",), ("street",), ("postcode",), ("town",), ("country",)),
)
ORDERS = Format(
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
        "region": ("Billing Province",),
        "country": ("Billing Country",),
        **_SHOPIFY_LINE,
    },
    needs=(("number",), ("email",), ("ordered_at",), ("payment",), ("total",), ("quantity",), ("title",), ("unit_price",)),
    head=("id", "payment", "currency", "total"),
)
CHECKOUTS = Format(
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
)
