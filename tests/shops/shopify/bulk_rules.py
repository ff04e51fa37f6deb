"""Which queries does a bulk operation refuse?  Words as recorded (facts/importers.md 1.7)."""

from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    parse,
    validate,
)

MOST_CONNECTIONS = 5
DEEPEST = 2
LONGEST_QUERY = 65_535


@dataclass(slots=True)
class Found:
    """What a walk over a bulk query has seen."""

    connections: int = 0
    deepest: int = 0
    without_edges: list[str] = field(default_factory=list)
    without_id: list[str] = field(default_factory=list)
    in_list: bool = False


def refusals(schema: GraphQLSchema, text: str) -> list[dict[str, Any]]:
    """The ``userErrors`` of ``bulkOperationRunQuery``; none for a query that may run."""
    return [{"field": ["query"], "message": message, "code": "INVALID"} for message in _messages(schema, text)]


def _messages(schema: GraphQLSchema, text: str) -> list[str]:
    if len(text.encode()) > LONGEST_QUERY:
        return [f"Query is too large ({len(text.encode())} bytes; maximum is {LONGEST_QUERY} bytes)"]
    try:
        document = parse(text)
    except GraphQLError as error:
        end = "syntax error, unexpected end of file" if not text.strip() else error.message
        return [f"Invalid bulk query: {end}"]
    operation = document.definitions[0]
    if not isinstance(operation, OperationDefinitionNode) or operation.operation is not OperationType.QUERY:
        return ["Invalid operation type. Only `query` operations are supported."]
    mistakes = validate(schema, document)
    if mistakes:
        return [f"Invalid bulk query: {mistakes[0].message}"]
    return _of_shape(schema, operation)


def _of_shape(schema: GraphQLSchema, operation: OperationDefinitionNode) -> list[str]:
    found = Found()
    _walk(operation.selection_set, schema.query_type, found, depth=0, in_list=False)
    tops = [node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    messages = [f"Bulk queries cannot contain a top level `{name}` field." for name in tops if name in ("node", "nodes")]
    if found.connections == 0:
        messages.append("Bulk queries must contain at least one connection.")
    if found.connections > MOST_CONNECTIONS:
        messages.append(f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections.")
    if found.deepest > DEEPEST:
        messages.append(f"Bulk queries cannot contain connections with a nesting depth greater than {DEEPEST}.")
    if found.without_edges:
        example = found.without_edges[0]
        messages.append(
            f"All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: '{example} {{ edges {{ node {{'. "
            f"Selecting via 'nodes' is not supported. Invalid connection fields: '{', '.join(found.without_edges)}'."
        )
    if found.without_id:
        messages.append(
            "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type. "
            f"Connection fields without 'id': {', '.join(found.without_id)}."
        )
    if found.in_list:
        messages.append("Queries that contain a connection field within a list field are not currently supported.")
    return messages


def _walk(chosen: SelectionSetNode | None, owner: Any, found: Found, depth: int, in_list: bool) -> bool:
    """Look below ``owner``; gives whether a connection was there."""
    seen = False
    for node in chosen.selections if chosen else ():
        if isinstance(node, InlineFragmentNode):
            seen |= _walk(node.selection_set, owner, found, depth, in_list)
        if not isinstance(node, FieldNode) or node.name.value.startswith("__"):
            continue
        type_of_field = owner.fields[node.name.value].type
        target = get_named_type(type_of_field)
        if target.name.endswith("Connection"):
            seen = True
            _connection(node, target, found, depth, in_list)
        elif node.selection_set and hasattr(target, "fields"):
            seen |= _walk(node.selection_set, target, found, depth, in_list or _is_list(type_of_field))
    return seen


def _connection(node: FieldNode, target: Any, found: Found, depth: int, in_list: bool) -> None:
    found.connections += 1
    found.deepest = max(found.deepest, depth)
    found.in_list |= in_list
    inner = _inner(node)
    if inner is None:
        found.without_edges.append(node.name.value)
        return
    entity = get_named_type(get_named_type(target.fields["edges"].type).fields["node"].type)
    nested = _walk(inner.selection_set, entity, found, depth + 1, in_list=False)
    if nested and not any(isinstance(part, FieldNode) and part.name.value == "id" and part.alias is None for part in inner.selection_set.selections):  # type: ignore[union-attr]
        found.without_id.append(node.name.value)


def _inner(node: FieldNode) -> FieldNode | None:
    """The ``node`` in ``edges { node {``."""
    for name in ("edges", "node"):
        below = [part for part in node.selection_set.selections if isinstance(part, FieldNode) and part.name.value == name] if node.selection_set else []
        if not below:
            return None
        node = below[0]
    return node


def _is_list(kind: Any) -> bool:
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)
