"""Which webhooks has somebody asked for?"""

from typing import Any

from tests.shops.shopify.connections import page_of_list

Row = dict[str, Any]


class Subscriptions:
    """What the app has subscribed to through the API; a test may remove some of ``rows``, as Shopify does after eight failures."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._made = 0

    def value(self, field: str, args: Row) -> Row:
        """What webhookSubscriptions or webhookSubscriptionCreate resolve to."""
        return self.page(args) if field == "webhookSubscriptions" else self.create(args["topic"], args["webhookSubscription"])

    def create(self, topic: str, wanted: Row) -> Row:
        """The payload of webhookSubscriptionCreate: the same one twice is an error, and so is an address without https."""
        uri = wanted.get("uri") or ""
        if not uri.startswith("https://"):
            return _refused("Address protocol http:// is not supported")
        if any((row["topic"], row["uri"]) == (topic, uri) for row in self.rows):
            return _refused("Address for this topic has already been taken")
        self._made += 1
        row = {"id": f"gid://shopify/WebhookSubscription/{self._made}", "topic": topic, "uri": uri}
        self.rows.append(row)
        return {"webhookSubscription": row, "userErrors": []}

    def page(self, args: dict[str, Any]) -> Row:
        """A connection of those that go to the address asked for."""
        return page_of_list([row for row in self.rows if args.get("uri") in (None, row["uri"])], args)


def _refused(message: str) -> Row:
    return {"webhookSubscription": None, "userErrors": [{"field": ["webhookSubscription", "callbackUrl"], "message": message}]}
