"""How does Shopify say that it does not understand a query?

graphql-core finds the mistakes; here they get the words, codes and paths of Shopify's recorded answers.
"""

import re
from typing import Any

from graphql import DocumentNode, FragmentDefinitionNode, GraphQLError, GraphQLFormattedError, Node, OperationDefinitionNode, VariableDefinitionNode, print_ast

RULES = (
    (
        re.compile(r"Cannot query field '(?P<field>\w+)' on type '(?P<type>\w+)'"),
        "undefinedField",
        "Field '{field}' doesn't exist on type '{type}'",
        {"typeName": "type", "fieldName": "field"},
    ),
    (
        re.compile(r"Unknown argument '(?P<argument>\w+)' on field '\w+\.(?P<field>\w+)'"),
        "argumentNotAccepted",
        "Field '{field}' doesn't accept argument '{argument}'",
        {"name": "field", "argumentName": "argument"},
    ),
    (
        re.compile(r"Field '(?P<field>\w+)' argument '(?P<argument>\w+)' of type '[^']+' is required"),
        "missingRequiredArguments",
        "Field '{field}' is missing required arguments: {argument}",
        {"name": "field", "arguments": "argument"},
    ),
    (
        re.compile(r"Variable '\$(?P<variable>\w+)' is never used(?: in operation '(?P<operation>\w+)')?"),
        "variableNotUsed",
        "Variable ${variable} is declared by {operation} but not used",
        {"variableName": "variable"},
    ),
    (
        re.compile(r"Value '(?P<value>\w+)' does not exist in '(?P<type>\w+)' enum"),
        "argumentLiteralsIncompatible",
        "Argument '{argument}' on Field '{field}' has an invalid value ({value}). Expected type '{type}'.",
        {"argumentName": "argument"},
    ),
)
CONSTANT = {
    "argumentNotAccepted": {"typeName": "Field"},
    "missingRequiredArguments": {"className": "Field"},
    "argumentLiteralsIncompatible": {"typeName": "Field"},
}
VARIABLE = re.compile(r"Variable '\$(\w+)'")


def validation_error(error: GraphQLError, document: DocumentNode) -> dict[str, Any]:
    """A mistake in the query."""
    path = _path(document, error.nodes[0]) if error.nodes else []
    for pattern, code, message, names in RULES:
        found = pattern.match(error.message)
        if found is None:
            continue
        words = {
            "argument": path[-1] if path else "",
            "field": path[-2] if len(path) > 1 else "",
            **{name: word or "" for name, word in found.groupdict().items()},
        }
        extensions = {"code": code, **CONSTANT.get(code, {}), **{key: words[name] for key, name in names.items()}}
        return {"message": message.format(**words), "locations": _locations(error), "path": path, "extensions": extensions}
    return {"message": error.message, "locations": _locations(error), "path": path, "extensions": {"code": "BAD_REQUEST"}}


def variable_error(error: GraphQLError, document: DocumentNode, variables: dict[str, Any]) -> dict[str, Any]:
    """A variable that does not fit its type."""
    found = VARIABLE.search(error.message)
    name = found[1] if found else ""
    declared = next((node for node in _variables(document) if node.variable.name.value == name), None)
    type_name = _written(declared) if declared else ""
    value = variables.get(name)
    explanation = "Expected value to not be null" if value is None else error.message.rpartition("; ")[2]
    extensions = {"code": "INVALID_VARIABLE", "value": value, "problems": [{"path": [], "explanation": explanation}]}
    return {"message": f"Variable ${name} of type {type_name} was provided invalid value", "locations": _locations(error), "extensions": extensions}


def execution_error(error: GraphQLFormattedError) -> dict[str, Any]:
    """What a field raised; without a code of its own it is an error of the mock's."""
    extensions = error.get("extensions") or {"code": "INTERNAL_SERVER_ERROR"}
    return {"message": error["message"], "locations": error.get("locations", []), "extensions": extensions, "path": error.get("path", [])}


def _locations(error: GraphQLError) -> list[dict[str, int]]:
    return [{"line": place.line, "column": place.column} for place in error.locations or []]


def _variables(document: DocumentNode) -> list[VariableDefinitionNode]:
    return [variable for node in document.definitions if isinstance(node, OperationDefinitionNode) for variable in node.variable_definitions]


def _written(variable: VariableDefinitionNode) -> str:
    return print_ast(variable.type)


def _path(document: DocumentNode, wanted: Node) -> list[str]:
    """Names on the way to a node: ``["query Check", "shop", "nme"]``."""
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            start = " ".join(part for part in (definition.operation.value, definition.name.value if definition.name else "") if part)
        elif isinstance(definition, FragmentDefinitionNode):
            start = f"fragment {definition.name.value}"
        else:
            continue
        found = _below(definition, wanted, [start])
        if found is not None:
            return found
    return []


def _below(node: Any, wanted: Node, path: list[str]) -> list[str] | None:
    if node is wanted:
        return path
    for name in ("selection_set", "selections", "arguments", "variable_definitions", "value"):
        children = getattr(node, name, None)
        for child in children if isinstance(children, tuple | list) else [children]:
            if not isinstance(child, Node):
                continue
            word = getattr(getattr(child, "name", None), "value", None)
            found = _below(child, wanted, [*path, word] if word and name != "variable_definitions" else path)
            if found is not None:
                return found
    return None
