"""The flow import-shopify: customers, orders and abandoned checkouts of a Shopify shop."""

from prefect import flow
from prefect.client.schemas.objects import State

from flows.forms import ShopifyImportForm
from flows.intake.shop_imports import import_and_tell


@flow(name="import-shopify", description="Customers, orders and abandoned checkouts from Shopify: what changed since the last import, at first everything.")
def import_shopify(options: ShopifyImportForm = ShopifyImportForm()) -> State[list[str]]:  # noqa: B008  # the UI shows static defaults only
    """Import from the shop of the named block, or of the settings."""
    return import_and_tell("shopify", options.shop, options.streams, whole=options.whole)
