"""What do plain English exports look like, and the files that we ask for ourselves?"""

from campaigns.record import Kind
from importers.csv_file.formats import NEEDS, Format
from importers.csv_file.known_formats.headings import ENGLISH_PERSON, GERMAN_PERSON, OBJECTED, OF_ONE_ADDRESS, WHOLE_TOTAL

CARTS = Format(
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
)
CUSTOMERS = Format(
    "english_customers",
    Kind.CUSTOMERS,
    {**ENGLISH_PERSON, "language": ("Language",), "registered_at": ("Registered at", "Registered", "Created at", "Customer since"), **OBJECTED},
    needs=OF_ONE_ADDRESS,
)
ORDERS = Format(
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
        "category": ("Category", "Product category", "Article category"),
    },
    needs=(("number",), ("ordered_at",), ("customer_number", "email"), ("total", "unit_price")),
    whole_total=WHOLE_TOTAL,
)
COUPONS = Format(
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
)
