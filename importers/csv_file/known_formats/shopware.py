"""What do Shopware 5's exports look like?  Source: the profiles of its SwagImportExport."""

from campaigns.record import Kind
from importers.csv_file.formats import Format
from importers.csv_file.internal_ids import SHOPWARE_COUNTRIES, SHOPWARE_PAYMENTS, SHOPWARE_STATES
from importers.csv_file.known_formats.headings import OBJECTED, Headings

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
CUSTOMERS = Format(
    "shopware5_customers",
    Kind.CUSTOMERS,
    {**_SHOPWARE_BILLING, **OBJECTED},
    needs=(("customer_number",), ("last_name",), ("street",), ("postcode",), ("town",), ("country",)),
    values={"country": SHOPWARE_COUNTRIES},
)
ADDRESSES = Format(
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
)
NEWSLETTER = Format(
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
)
MAIN_ORDERS = Format(
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
)
ORDERS = Format(
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
)
