"""What did Shopify really answer?  Recordings of a public project, where ../shared has them."""

import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, parse
from graphql.utilities import value_from_ast_untyped

from tests.shops.shopify.schema import FULL

ARCHIVE = FULL.parents[1] / "shopify-fixtures" / "draft-proxy-conformance.tar.xz"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with Shopify's answer."""

    file: str
    query: str
    variables: dict[str, Any]
    body: dict[str, Any]

    @property
    def document(self) -> DocumentNode:
        """The query, parsed."""
        return parse(self.query)

    @property
    def operation(self) -> OperationDefinitionNode:
        """Its one operation."""
        return next(node for node in self.document.definitions if isinstance(node, OperationDefinitionNode))

    @property
    def fragments(self) -> dict[str, FragmentDefinitionNode]:
        """Its fragments by name."""
        return {node.name.value: node for node in self.document.definitions if isinstance(node, FragmentDefinitionNode)}

    @property
    def values(self) -> dict[str, Any]:
        """The variables, defaults filled in."""
        defaults = {
            node.variable.name.value: value_from_ast_untyped(node.default_value)
            for node in self.operation.variable_definitions
            if node.default_value is not None
        }
        return {**defaults, **self.variables}


def has_recordings() -> bool:
    """Whether they lie beside this repository."""
    return ARCHIVE.exists()


def recorded_file(ending: str) -> dict[str, Any]:
    """One whole file of the recordings, by the end of its path."""
    with tarfile.open(ARCHIVE) as archive:
        file = archive.extractfile(next(member for member in archive if member.name.endswith(ending)))
        assert file is not None
        found: dict[str, Any] = json.load(file)
        return found


@cache
def exchanges() -> tuple[Exchange, ...]:
    """All different exchanges; those with an answer of the recorder's own instead of Shopify's (local-runtime) are left out."""
    found: dict[str, Exchange] = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            if not member.name.endswith(".json") or "local-runtime" in member.name:
                continue
            file = archive.extractfile(member)
            assert file is not None
            for exchange in _within(member.name, json.load(file)):
                found.setdefault(json.dumps([exchange.query, exchange.variables, exchange.body], sort_keys=True), exchange)
    return tuple(found.values())


def _within(name: str, node: Any) -> Iterator[Exchange]:
    if isinstance(node, list):
        for item in node:
            yield from _within(name, item)
    if not isinstance(node, dict):
        return
    query, response = node.get("query") or node.get("document"), node.get("response") or node.get("result")
    if isinstance(query, str) and re.search(r"\b(query|mutation)\b", query) and isinstance(response, dict):
        body = response.get("body") or response.get("payload") or response
        if isinstance(body, dict) and ("data" in body or "errors" in body):
            yield Exchange(name, query, node.get("variables") or {}, body)
    for item in node.values():
        yield from _within(name, item)
