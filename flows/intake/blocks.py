"""Where does a marketer keep the credentials of a shop?  Prefect blocks: forms in the UI, their secrets encrypted in Prefect's database."""

from typing import Self

from prefect.blocks.core import Block
from prefect.client.orchestration import get_client
from pydantic import Field, SecretStr

from flows.errors import ShopNotConnected
from flows.intake.shops import Access, access_to_billbee, access_to_shopify

_SOURCE = "Name under which its records are kept: small letters, digits, hyphens. Every shop needs one of its own; do not change it later."


class ShopBlock(Block):
    """What the blocks of all shops have in common."""

    @classmethod
    def named(cls, name: str) -> Self:
        """The saved block; raises ShopNotConnected, naming those that there are."""
        try:
            found = cls.load(name)
        except ValueError:
            saved = ", ".join(_saved(cls)) or "none yet"
            told = f'There is no saved block "{name}" of the kind {cls._block_type_name} (saved are: {saved}): add it under Blocks in the Prefect UI.'
            raise ShopNotConnected(told) from None
        if not isinstance(found, cls):
            raise TypeError("Block.load was called inside an event loop")
        return found


class ShopifyShop(ShopBlock):
    """A Shopify shop and what opens it: client id and secret of an app made in Shopify's Dev Dashboard, or the fixed token of an older custom app."""

    _block_type_name = "Shopify shop"
    _block_type_slug = "shopify-shop"
    _description = "A Shopify shop to import from. docs/imports.md shows step by step where its credentials come from."

    shop: str = Field(title="Shop", description="Its permanent address: my-shop.myshopify.com.", min_length=1)
    client_id: str = Field("", title="Client id", description="Of the app that you made in the Dev Dashboard.")
    client_secret: SecretStr = Field(SecretStr(""), title="Client secret", description="Of the same app.")
    access_token: SecretStr = Field(
        SecretStr(""), title="Fixed token", description="Only for a custom app from before 2026 (shpat_…); then client id and secret stay empty."
    )
    source: str = Field("shopify", title="Source", description=_SOURCE, pattern=r"^[a-z0-9-]+$")

    def access(self) -> Access:
        """What an import needs of it; raises ShopNotConnected where something is missing."""
        return access_to_shopify(self.shop, self.client_id, self.client_secret.get_secret_value(), self.access_token.get_secret_value(), self.source)


class BillbeeAccount(ShopBlock):
    """A Billbee account and what opens it: the API key of the developer account, the user and the API password."""

    _block_type_name = "Billbee account"
    _block_type_slug = "billbee-account"
    _description = "A Billbee account to import from. docs/imports.md shows step by step where its credentials come from."

    api_key: SecretStr = Field(title="API key", description="Given out by Billbee's support, for your developer account.")
    user: str = Field(title="User", description="E-mail address of the Billbee account; it must not hold a colon.", min_length=1)
    password: SecretStr = Field(title="API password", description="Set in Billbee under Settings, API; not the one you sign in with.")
    source: str = Field("billbee", title="Source", description=_SOURCE, pattern=r"^[a-z0-9-]+$")

    def access(self) -> Access:
        """What an import needs of it; raises ShopNotConnected where something is missing."""
        return access_to_billbee(self.api_key.get_secret_value(), self.user, self.password.get_secret_value(), self.source)


KINDS: tuple[type[ShopBlock], ...] = (ShopifyShop, BillbeeAccount)


def register() -> None:
    """Let the UI offer the kinds of blocks; the same again changes nothing."""
    for kind in KINDS:
        kind.register_type_and_schema()


def _saved(kind: type[ShopBlock]) -> list[str]:
    with get_client(sync_client=True) as client:
        return sorted(document.name or "" for document in client.read_block_documents_by_type(kind.get_block_type_slug(), include_secrets=False))
