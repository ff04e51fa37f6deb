"""Which webhooks does a shop send us, and how does one ask for those that are missing?

Shopify deletes a subscription whose deliveries failed eight times in a row (importer facts 1.8): asking again is always safe.
"""

from dataclasses import dataclass

from importers.errors import BrokenAnswer, ShopRefused
from importers.shopify.shop import Shop

TOPICS = (
    "orders/create",
    "orders/updated",
    "orders/cancelled",
    "orders/delete",
    "customers/create",
    "customers/update",
    "customers/delete",
    "customers/merge",
    "checkouts/create",
    "checkouts/update",
    "checkouts/delete",
    "app/uninstalled",
)
"""Those that say something we need (webhooks.read); orders/updated comes with every other change of an order."""
PRIVACY = ("customers/data_request", "customers/redact", "shop/redact")
"""No program can ask for these: they are set in the Dev Dashboard (importer facts 1.8)."""

LIST = "query Subscriptions($uri:String){webhookSubscriptions(first:250,uri:$uri){nodes{topic uri}}}"
CREATE = (
    "mutation Subscribe($topic:WebhookSubscriptionTopic!,$subscription:WebhookSubscriptionInput!)"
    "{webhookSubscriptionCreate(topic:$topic,webhookSubscription:$subscription){webhookSubscription{id topic uri} userErrors{field message}}}"
)


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What the shop sends to one address."""

    there: tuple[str, ...]
    """Topics that it sent already."""
    added: tuple[str, ...]


def subscribe(shop: Shop, uri: str) -> Subscriptions:
    """Have the shop send all topics to ``uri`` (https); safe to repeat, only what is missing is asked for.

    Raises what ``Graph.execute`` raises, and ``ShopRefused`` with Shopify's own words, where it does not take a subscription.
    """
    known = _topics(shop, uri)
    missing = [topic for topic in TOPICS if topic not in known]
    for topic in missing:
        _create(shop, topic, uri)
    found = _topics(shop, uri) if missing else known
    lost = [topic for topic in TOPICS if topic not in found]
    if lost:
        raise BrokenAnswer(f"{shop.asking.shop} took the webhooks {', '.join(lost)} and does not list them. Run this again later.")
    return Subscriptions(tuple(topic for topic in TOPICS if topic in known), tuple(missing))


def _topics(shop: Shop, uri: str) -> set[str]:
    nodes = shop.graph.execute(LIST, {"uri": uri})["webhookSubscriptions"]["nodes"]
    named = {_name(topic): topic for topic in TOPICS}
    return {named[node["topic"]] for node in nodes if node["uri"] == uri and node["topic"] in named}


def _create(shop: Shop, topic: str, uri: str) -> None:
    variables = {"topic": _name(topic), "subscription": {"uri": uri, "format": "JSON"}}
    errors = shop.graph.execute(CREATE, variables)["webhookSubscriptionCreate"]["userErrors"]
    if errors:
        said = "; ".join(str(error["message"]) for error in errors)
        raise ShopRefused(f"{shop.asking.shop} does not send {topic} to {uri}: {said}")


def _name(topic: str) -> str:
    """As the schema's WebhookSubscriptionTopic writes it."""
    return topic.replace("/", "_").upper()
