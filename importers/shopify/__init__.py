"""Records out of a Shopify shop: ``with Shop(credentials) as shop: for batch in fetch(shop, kind, source, state, until)``."""

from importers.shopify.access import Credentials
from importers.shopify.check import ShopInfo
from importers.shopify.fetching import fetch
from importers.shopify.shop import Shop
from importers.shopify.streams import STREAMS as _STREAMS

STREAMS = tuple(_STREAMS)
"""In the order in which a run fetches them: people before what they bought."""

__all__ = ["STREAMS", "Credentials", "Shop", "ShopInfo", "fetch"]
