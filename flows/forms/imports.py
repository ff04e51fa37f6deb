"""What does a marketer choose for an import?"""

from typing import Literal

from pydantic import Field

from flows.forms.form import Form


class ImportForm(Form):
    """Which files are imported."""

    place: str = Field("", title="File or folder", description="On the server; empty means the inbox folder. Customers are read before orders before carts.")
    source: str = Field(
        "shop", title="Source", description="Name of the shop that the files come from; the same name updates the same records.", pattern=r"^[a-z0-9-]+$"
    )
    holds: Literal["", "objections", "robinson", "customers", "orders", "carts", "coupons"] = Field(
        "", title="What they hold", description="Only for files whose headings do not tell, like a Robinson list; empty means by their headings."
    )
    mapping: str = Field("", title="Mapping file", description="On the server, a TOML file: for files with headings that nobody knows. Empty means none.")


WHOLE = (
    "Off: what changed since the last import, and everything at the first one. On: everything once more. That can take hours and takes up the "
    "shop's allowance of requests; what is stored stays, and only what differs is changed. Do not switch it on in a schedule."
)


class ShopifyImportForm(Form):
    """What is imported from which Shopify shop."""

    shop: str = Field("", title="Shop", description='Name of a saved block "Shopify shop" (Blocks, in the side bar); empty means the shop of the settings.')
    streams: list[Literal["customers", "orders", "carts"]] = Field(
        ["customers", "orders", "carts"], title="What", description="Customers always come before orders, orders before carts.", min_length=1
    )
    whole: bool = Field(False, title="Everything once more", description=WHOLE)


class BillbeeImportForm(Form):
    """What is imported from which Billbee account."""

    account: str = Field(
        "", title="Account", description='Name of a saved block "Billbee account" (Blocks, in the side bar); empty means the account of the settings.'
    )
    streams: list[Literal["customers", "orders"]] = Field(
        ["customers", "orders"], title="What", description="Customers always come before orders. Billbee knows no carts.", min_length=1
    )
    whole: bool = Field(False, title="Everything once more", description=WHOLE)
