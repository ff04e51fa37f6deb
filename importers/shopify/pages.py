"""What has changed in a shop since the last run, page by page?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from importers.errors import BrokenAnswer, TooExpensive
from importers.shopify.shop import Shop
from importers.shopify.streams import Stream

SEARCH = "updated_at:>='{since}' AND updated_at:<='{until}'"
"""Quoted: without quotes Shopify drops the time of day and uses a zone of its own (importer facts 1.4)."""
_LINES = "lineItems"


@dataclass(frozen=True, slots=True)
class Page:
    """Some objects with all their articles."""

    nodes: list[dict[str, Any]]
    total: int
    """Objects of all pages, as far as Shopify counts them."""
    is_last: bool


def changed(shop: Shop, stream: Stream, since: datetime, until: datetime) -> Iterator[Page]:
    """Everything changed between the two, both included; at least one page.

    Raises ``BrokenAnswer`` for pages that go in circles, and what ``Graph.execute`` raises.
    """
    search = SEARCH.format(since=written(since), until=written(until))
    asked = _Asked(shop, stream, search, stream.page_size)
    walk = _Walk(f"{shop.asking.shop}, {stream.field}")
    after: str | None = None
    total = 0
    while True:
        asked, data = asked.page(after)
        total = total or _total(data)
        nodes, after = walk.step(data.get(stream.field))
        whole = [_drained(shop, stream, node) for node in nodes] if stream.lines_query else nodes
        yield Page([node for node in whole if node is not None], total, after is None)
        if after is None:
            return


def written(moment: datetime) -> str:
    """A moment as Shopify's search takes it, in whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class _Asked:
    """The same question, page after page; the page shrinks to what Shopify allows at once."""

    shop: Shop
    stream: Stream
    search: str
    size: int

    def page(self, after: str | None) -> tuple["_Asked", dict[str, Any]]:
        variables = {"first": self.size, "after": after, "q": self.search, "count": after is None}
        try:
            return self, self.shop.graph.execute(self.stream.page_query, variables)
        except TooExpensive:
            if self.size == 1:
                raise
        return replace(self, size=self.size // 2).page(after)


@dataclass(slots=True)
class _Walk:
    """One list, page by page, with an eye on its going on."""

    name: str
    _cursors: set[str] = field(default_factory=set)
    _pages: set[int] = field(default_factory=set)

    def step(self, connection: Any) -> tuple[list[dict[str, Any]], str | None]:
        """The page's objects and the cursor of the next one; None after the last."""
        try:
            nodes, has_next, cursor = connection["nodes"], connection["pageInfo"]["hasNextPage"], connection["pageInfo"]["endCursor"]
            ids = tuple((str(node["id"]), str(node.get("updatedAt"))) for node in nodes)
        except (TypeError, KeyError, AttributeError):
            raise BrokenAnswer(f"{self.name}: a page without objects or without its end. Run this again later; if it stays so, report it.") from None
        if ids and hash(ids) in self._pages:
            raise self._circle()
        self._pages.add(hash(ids))
        if not has_next:
            return nodes, None
        if not cursor or cursor in self._cursors:
            raise self._circle()
        self._cursors.add(cursor)
        return nodes, str(cursor)

    def _circle(self) -> BrokenAnswer:
        return BrokenAnswer(f"{self.name}: Shopify gave the same page twice and would do so for ever. What came before is stored; run this again later.")


def _drained(shop: Shop, stream: Stream, node: dict[str, Any]) -> dict[str, Any] | None:
    """The object with all its articles; None if it was deleted while we asked."""
    walk = _Walk(f"{shop.asking.shop}, articles of {node.get('id')}")
    lines, after = walk.step(node.get(_LINES))
    while after is not None:
        more = shop.graph.execute(stream.lines_query, {"id": node["id"], "after": after}).get("node")
        if more is None:
            return None
        found, after = walk.step(more.get(_LINES))
        lines = [*lines, *found]
    return {**node, _LINES: {"nodes": lines}}


def _total(data: Mapping[str, Any]) -> int:
    total = data.get("total")
    count = total.get("count") if isinstance(total, Mapping) else None
    return count if isinstance(count, int) else 0
