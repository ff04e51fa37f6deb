"""A Shopify and a Billbee on loopback, and an installation that is connected to them."""

from typing import Any

from pydantic import SecretStr

from store.settings import Settings
from tests.shops.billbee.settings import API_KEY, PASSWORD, USER
from tests.shops.shopify.settings import CLIENT_ID, CLIENT_SECRET, SHOP


def connected_to_shopify(settings: Settings, url: str, **changes: Any) -> Settings:
    """These settings with the credentials of the mock."""
    shop = {"shopify_shop": SHOP, "shopify_client_id": CLIENT_ID, "shopify_client_secret": SecretStr(CLIENT_SECRET), "shopify_url": url}
    return settings.model_copy(update=shop | changes)


def connected_to_billbee(settings: Settings, url: str, **changes: Any) -> Settings:
    """These settings with the credentials of the mock."""
    account = {"billbee_api_key": SecretStr(API_KEY), "billbee_user": USER, "billbee_password": SecretStr(PASSWORD), "billbee_url": url}
    return settings.model_copy(update=account | changes)
