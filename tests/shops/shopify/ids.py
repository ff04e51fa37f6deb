"""Is what a query gives as an id a global id?  Shopify refuses any other text before it runs anything."""

import re
from collections.abc import Iterator
from typing import Any

from graphql import FieldNode, NamedTypeNode, NonNullTypeNode, OperationDefinitionNode, StringValueNode, print_ast

GLOBAL_ID = re.compile(r"gid://shopify/\w+/[\w-]+(\?.*)?")


def wrong_ids(operation: OperationDefinitionNode, variables: dict[str, Any]) -> list[dict[str, Any]]:
    """The errors of Shopify's answer, none when all ids are ids."""
    return [*_in_variables(operation, variables), *_in_literals(operation)]


def _in_variables(operation: OperationDefinitionNode, variables: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for declared in operation.variable_definitions:
        kind = declared.type.type if isinstance(declared.type, NonNullTypeNode) else declared.type
        value = variables.get(declared.variable.name.value)
        if isinstance(kind, NamedTypeNode) and kind.name.value == "ID" and value is not None and not GLOBAL_ID.fullmatch(value):
            wrong = f"Invalid global id '{value}'"
            problem = {"path": [], "explanation": wrong, "message": wrong}
            yield {
                "message": f"Variable ${declared.variable.name.value} of type {print_ast(declared.type)} was provided invalid value",
                "locations": _place(declared),
                "extensions": {"code": "INVALID_VARIABLE", "value": value, "problems": [problem]},
            }


def _in_literals(operation: OperationDefinitionNode) -> Iterator[dict[str, Any]]:
    for field in (node for node in operation.selection_set.selections if isinstance(node, FieldNode)):
        for argument in field.arguments:
            given = argument.value
            if argument.name.value == "id" and isinstance(given, StringValueNode) and not GLOBAL_ID.fullmatch(given.value):
                name = operation.name.value if operation.name else ""
                yield {
                    "message": f"Invalid global id '{given.value}'",
                    "locations": _place(field),
                    "path": [f"{operation.operation.value} {name}".strip(), field.name.value, "id"],
                    "extensions": {"code": "argumentLiteralsIncompatible", "typeName": "CoercionError"},
                }


def _place(node: Any) -> list[dict[str, int]]:
    place = node.loc.source.get_location(node.loc.start)
    return [{"line": place.line, "column": place.column}]
