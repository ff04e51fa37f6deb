"""How does Shopify write everything of one kind into a file for us?

A bulk operation costs nothing of the bucket, runs for seconds to days and leaves a file for a week (importer facts 1.7).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from importers.errors import BrokenAnswer, MissingScope, ShopUnreachable
from importers.shopify.queries import RUNNING_BULKS, START_BULK, poll_bulk
from importers.shopify.shop import Shop
from importers.shopify.streams import Stream


class Standing(StrEnum):
    """How an operation stands, as far as it matters to us."""

    RUNNING = "running"
    DONE = "done"
    LOST = "lost"
    """Cancelled, too old, or unknown to Shopify: nothing will come of it, another one may."""


_STANDINGS = {
    **dict.fromkeys(("CREATED", "RUNNING", "CANCELING"), Standing.RUNNING),
    "COMPLETED": Standing.DONE,
    **dict.fromkeys(("CANCELED", "EXPIRED"), Standing.LOST),
}


@dataclass(frozen=True, slots=True)
class Operation:
    """A bulk operation as it stands."""

    standing: Standing
    created_at: datetime
    """By Shopify's clock: whatever changed later may not be in the file."""
    objects: int = 0
    """Lines of the file, of articles too."""
    roots: int = 0
    """Lines that are customers, orders or checkouts themselves."""
    size: int = 0
    """Bytes."""
    url: str = ""
    """Empty when there was nothing to write."""
    total: int = 0
    """How many roots the shop has, where that was asked."""


def start(shop: Shop, stream: Stream) -> str:
    """The id of a new operation, or of ours if the same one is running already and Shopify takes no more.

    Raises ``ShopUnreachable`` while other programs hold all places (five of an app in a shop), ``BrokenAnswer``.
    """
    begun = shop.graph.execute(START_BULK, {"q": stream.bulk_query}).get("bulkOperationRunQuery") or {}
    errors = begun.get("userErrors") or []
    if not errors:
        return _id(begun.get("bulkOperation"), shop)
    if not any(error.get("code") in ("OPERATION_IN_PROGRESS", "LIMIT_REACHED") for error in errors):
        raise BrokenAnswer(f"{shop.asking.shop} refuses the bulk operation: {errors[0].get('message')} Update Postillion, or report this.")
    running = shop.graph.execute(RUNNING_BULKS).get("bulkOperations") or {}
    for operation in running.get("nodes") or []:
        if operation.get("query") == stream.bulk_query and _STANDINGS.get(operation.get("status")) is Standing.RUNNING:
            return _id(operation, shop)
    raise ShopUnreachable(f"{shop.asking.shop} is already busy with as many bulk operations as it allows. Run this again when they are done.")


def look(shop: Shop, stream: Stream, operation_id: str, count: bool) -> Operation:
    """How the operation stands; ``count``: and how many roots the shop has.

    Raises ``BrokenAnswer`` (``MissingScope`` if it was for want of access) for one that failed: what it wrote until then is a part
    that nobody can tell from the whole, so none of it is taken.
    """
    data = shop.graph.execute(poll_bulk(stream.field), {"id": operation_id, "count": count})
    found = data.get("bulkOperation")
    if not isinstance(found, Mapping):
        return Operation(Standing.LOST, datetime.now(UTC))
    if found.get("status") == "FAILED":
        raise _failed(found, shop, stream)
    try:
        return Operation(
            _STANDINGS[found["status"]],
            datetime.fromisoformat(found["createdAt"]).astimezone(UTC),
            int(found["objectCount"]),
            int(found["rootObjectCount"]),
            int(found["fileSize"] or 0),
            found["url"] or "",
            int((data.get("total") or {}).get("count") or 0),
        )
    except (KeyError, TypeError, ValueError):
        raise BrokenAnswer(f"{shop.asking.shop} does not say how its bulk operation stands. Run this again later; if it stays so, report it.") from None


def _failed(found: Mapping[str, Any], shop: Shop, stream: Stream) -> BrokenAnswer | MissingScope:
    if found.get("errorCode") == "ACCESS_DENIED":
        return MissingScope(f"{shop.asking.shop} does not let the app read all of {stream.field}. Give the app access in the Dev Dashboard, install it again.")
    part = "; it left a part of the file, which is not taken over" if found.get("partialDataUrl") else ""
    return BrokenAnswer(
        f"{shop.asking.shop} broke off its bulk operation of {stream.field} after {found.get('objectCount')} objects ({found.get('errorCode')}){part}. "
        "Nothing was imported: run this again, it begins anew."
    )


def _id(operation: Any, shop: Shop) -> str:
    if isinstance(operation, Mapping) and isinstance(operation.get("id"), str):
        return str(operation["id"])
    raise BrokenAnswer(f"{shop.asking.shop} began a bulk operation without naming it. Run this again later.")
