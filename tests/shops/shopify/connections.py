"""How is a list paged?

A cursor says behind which value and id to go on (as Shopify's does), so a page is never empty because its last row was deleted, and
a row that is changed while somebody pages moves behind him.
"""

import base64
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from graphql import GraphQLError

LARGEST_PAGE = 250
Place = tuple[int, int]
"""Value of the sort key (seconds since 1970, or the id), id."""


def cursor(place: Place, by_id: bool) -> str:
    """``{"last_id":9522206933298,"last_value":"9522206933298"}`` in base64, as recorded."""
    value, key = place
    written = str(value) if by_id else datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return base64.b64encode(json.dumps({"last_id": key, "last_value": written}, separators=(",", ":")).encode()).decode()


def place_of(text: str) -> Place:
    """What a cursor says. Raises GraphQLError for what is none."""
    try:
        read = json.loads(base64.b64decode(text, validate=True))
        value, key = str(read["last_value"]), int(read["last_id"])
    except (ValueError, KeyError, TypeError):
        raise GraphQLError("Invalid cursor for current pagination sort.", extensions={"code": "BAD_REQUEST"}) from None
    if value.isdigit():
        return int(value), key
    return int(datetime.strptime(value, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC).timestamp()), key


def size_of(args: dict[str, Any]) -> int:
    """Rows that a page may have. Raises GraphQLError as Shopify does for none, and for more than 250."""
    if args.get("last") is not None or args.get("before") is not None:
        raise GraphQLError("The mock pages forward only: add last and before to connections.py.")
    first: int | None = args.get("first")
    if first is None:
        raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
    if not 0 <= first <= LARGEST_PAGE:
        raise GraphQLError(f"first must be between 0 and {LARGEST_PAGE}", extensions={"code": "BAD_REQUEST"})
    return first


def page(places: Iterable[Place], size: int, after: bool, by_id: bool, node: Callable[[Place], Any]) -> dict[str, Any]:
    """A connection over ``places``, which begin behind the cursor: edges, nodes and pageInfo."""
    found = list(islice(places, size + 1))
    shown = found[:size]
    edges = [{"cursor": cursor(place, by_id), "node": node(place)} for place in shown]
    info = {
        "hasNextPage": len(found) > size,
        "hasPreviousPage": after,
        "startCursor": edges[0]["cursor"] if edges else None,
        "endCursor": edges[-1]["cursor"] if edges else None,
    }
    return {"edges": edges, "nodes": [edge["node"] for edge in edges], "pageInfo": info}


def page_of_list(items: list[dict[str, Any]], args: dict[str, Any]) -> dict[str, Any]:
    """A connection over the rows of one object (its articles, addresses), paged by id."""
    keyed = {key_of(item): item for item in items}
    keys = sorted(keyed, reverse=bool(args.get("reverse")))
    after = place_of(args["after"])[1] if args.get("after") else None
    if after is not None:
        keys = [key for key in keys if (key < after if args.get("reverse") else key > after)]
    return page(((key, key) for key in keys), size_of(args), after is not None, True, lambda place: keyed[place[1]])


def key_of(item: dict[str, Any]) -> int:
    """The number in a gid."""
    return int(item["id"].partition("?")[0].rpartition("/")[2])
