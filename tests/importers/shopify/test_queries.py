"""Does Shopify know everything that we ask, and do we read everything that we ask?"""

import types
import typing
from collections.abc import Mapping
from typing import Any

import pytest
from graphql import FieldNode, GraphQLSchema, InlineFragmentNode, OperationDefinitionNode, SelectionSetNode, parse, validate
from graphql.type import GraphQLEnumType
from pydantic import BaseModel

from importers.shopify import discounts, queries
from importers.shopify.nodes import CheckoutNode, CustomerNode, OrderNode
from importers.shopify.records import _PAYMENTS
from importers.shopify.streams import STREAMS, Stream
from tests.shops.shopify.schema import has_full, load_schema

NODES: dict[str, type[BaseModel]] = {"customers": CustomerNode, "orders": OrderNode, "abandonedCheckouts": CheckoutNode}
TEXTS = [
    queries.CHECK,
    *(discounts.FIND, discounts.CREATE, discounts.ADD, discounts.POLL, discounts.LIST, discounts.REMOVE, discounts.JOB, discounts.DEACTIVATE),
    queries.START_BULK,
    queries.RUNNING_BULKS,
    *(queries.poll_bulk(stream.field) for stream in STREAMS.values()),
    *(text for stream in STREAMS.values() for text in (stream.page_query, stream.bulk_query, stream.lines_query) if text),
]


@pytest.fixture(scope="module")
def whole() -> GraphQLSchema:
    if not has_full():
        pytest.skip("needs Shopify's schema in ../shared, which is not part of the repository")
    return load_schema("full")


@pytest.mark.parametrize("text", TEXTS)
def test_shopify_knows_every_field_that_we_ask(text: str, whole: GraphQLSchema) -> None:
    assert validate(whole, parse(text)) == []


@pytest.mark.parametrize("text", TEXTS)
def test_our_own_small_schema_knows_it_too(text: str) -> None:
    assert validate(load_schema("small"), parse(text)) == []


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_that_we_ask_is_on_its_way_out(text: str, whole: GraphQLSchema) -> None:
    from graphql.validation import NoDeprecatedCustomRule

    assert validate(whole, parse(text), [NoDeprecatedCustomRule]) == []


def test_every_word_for_a_payment_is_known(whole: GraphQLSchema) -> None:
    """What is not in our table leaves the state to the delivery: that must be meant."""
    words = whole.type_map["OrderDisplayFinancialStatus"]
    assert isinstance(words, GraphQLEnumType)
    assert set(words.values) - set(_PAYMENTS) == {"AUTHORIZED", "PARTIALLY_PAID", "PENDING"}
    assert set(_PAYMENTS) <= set(words.values)


def test_the_deliverys_word_that_makes_a_sale_is_known(whole: GraphQLSchema) -> None:
    words = whole.type_map["OrderDisplayFulfillmentStatus"]
    assert isinstance(words, GraphQLEnumType)
    assert "FULFILLED" in words.values


Tree = dict[str, "Tree"]


def tree(selection: SelectionSetNode | None) -> Tree:
    found: Tree = {}
    for node in selection.selections if selection else ():
        if isinstance(node, FieldNode):
            found[node.alias.value if node.alias else node.name.value] = tree(node.selection_set)
        elif isinstance(node, InlineFragmentNode):
            found |= tree(node.selection_set)
    return found


def asked(text: str) -> Tree:
    [operation] = [node for node in parse(text).definitions if isinstance(node, OperationDefinitionNode)]
    return tree(operation.selection_set)


def read_by(model: type[BaseModel]) -> Tree:
    found: Tree = {}
    for name, field in model.model_fields.items():
        inner = [part for part in _parts(field.annotation) if isinstance(part, type) and issubclass(part, BaseModel)]
        found[field.alias or name] = read_by(inner[0]) if inner else {}
    return found


def _parts(annotation: Any) -> list[Any]:
    arguments = typing.get_args(annotation) if isinstance(annotation, types.UnionType | types.GenericAlias) or typing.get_origin(annotation) else ()
    return [annotation, *(part for argument in arguments for part in _parts(argument))]


def without(fields: Tree, *names: str) -> Tree:
    return {name: without(inner, *names) for name, inner in fields.items() if name not in names}


EXTRA = {"customers": {"id", "numberOfOrders"}, "orders": {"id"}, "abandonedCheckouts": set()}
"""Asked for the way there: bulk files join by id, ``hidden`` asks who has ordered."""


@pytest.mark.parametrize("stream", STREAMS.values(), ids=lambda stream: stream.field)
def test_we_ask_just_what_we_read(stream: Stream) -> None:
    by_page = asked(stream.page_query)[stream.field]["nodes"]
    by_bulk = asked(stream.bulk_query)[stream.field]["edges"]["node"]
    expected = dict(read_by(NODES[stream.field]))
    items = expected.get("lineItems", {}).get("nodes", {})
    if stream.field == "abandonedCheckouts":
        items.pop("currentQuantity")
    assert without(by_page, "pageInfo") == expected | {name: {} for name in EXTRA[stream.field]}
    if items:
        assert by_bulk.pop("lineItems") == {"edges": {"node": items}}
        assert asked(stream.lines_query)["node"]["lineItems"]["nodes"] == items
        by_page.pop("lineItems")
    assert by_bulk == by_page


def lists(fields: Tree, depth: int = 0) -> list[tuple[int, Tree]]:
    """Each list with its depth and what is asked of its objects."""
    found = []
    for inner in fields.values():
        node = inner.get("nodes") or inner.get("edges", {}).get("node")
        if node is not None:
            found.append((depth + 1, inner))
        found += lists(node if node is not None else inner, depth + 1 if node is not None else depth)
    return found


@pytest.mark.parametrize("stream", STREAMS.values(), ids=lambda stream: stream.field)
def test_every_list_of_a_page_says_where_it_ends(stream: Stream) -> None:
    """A list without pageInfo stops at ``first`` and nobody knows."""
    for text in filter(None, (stream.page_query, stream.lines_query)):
        found = lists(asked(text))
        assert found
        assert all(inner["pageInfo"] == {"hasNextPage": {}, "endCursor": {}} for _, inner in found)


@pytest.mark.parametrize("stream", STREAMS.values(), ids=lambda stream: stream.field)
def test_bulk_queries_keep_to_their_rules(stream: Stream) -> None:
    """Recorded refusals: importer facts 1.7."""
    found = lists(asked(stream.bulk_query))
    assert 1 <= len(found) <= 5
    assert max(depth for depth, _ in found) <= 2
    assert all(isinstance(inner, Mapping) and set(inner) == {"edges"} and "id" in inner["edges"]["node"] for _, inner in found)
    assert len(stream.bulk_query.encode()) <= 65_535
