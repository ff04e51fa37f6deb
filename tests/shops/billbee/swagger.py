"""Is this request one that Billbee's Swagger file knows, and is this answer of the shape that it promises?

Swagger 2.0 cannot say that a field may be null, and Billbee's file leaves it out where it could (x-nullable): in an answer every
field may be null. Fields that the file does not name are errors here, since it is our own answers that are checked.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator

FULL = Path(__file__).resolve().parents[4] / "shared" / "data" / "billbee" / "billbee-swagger-V1-2024-10.yaml"
SMALL = Path(__file__).with_name("small.yaml")
_TYPES = {
    "integer": re.compile(r"[+-]?\d+"),
    "boolean": re.compile(r"true|false", re.IGNORECASE),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"),
    "string": re.compile(r".*", re.DOTALL),
}


class Swagger:
    """A Swagger file that checks."""

    def __init__(self, path: Path) -> None:
        self.content: dict[str, Any] = yaml.load(path.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    def operation(self, path: str, method: str = "get") -> dict[str, Any] | None:
        """What the file says of ``method`` at ``path``."""
        found = self.content["paths"].get(path, {}).get(method)
        return dict(found) if found else None

    def schema(self, path: str) -> dict[str, Any]:
        """The schema of what GET answers there."""
        operation = self.operation(path)
        assert operation
        return self.resolved(operation["responses"]["200"]["schema"])

    def resolved(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The schema itself where another one is referred to."""
        reference = schema.get("$ref")
        return dict(self.content["definitions"][reference.removeprefix("#/definitions/")]) if reference else dict(schema)

    def request_errors(self, path: str, method: str, query: Iterable[tuple[str, str]]) -> list[str]:
        """What is wrong with a request."""
        operation = self.operation(path, method.lower())
        if operation is None:
            return [f"there is no {method} {path}"]
        known = {parameter["name"]: parameter for parameter in operation.get("parameters", []) if parameter["in"] == "query"}
        errors, met = [], set()
        for name, value in query:
            if name not in known:
                errors.append(f"{path} has no parameter {name}")
            elif name in met and known[name]["type"] != "array":
                errors.append(f"{name} is given twice")
            else:
                errors += _value_errors(known[name], value)
            met.add(name)
        return errors

    def envelope_errors(self, path: str, envelope: Mapping[str, Any]) -> list[str]:
        """What is wrong with an answer, its rows aside."""
        return [error.message for error in self._validator(path, "envelope").iter_errors({**envelope, "Data": []})]

    def row_errors(self, path: str, row: Mapping[str, Any]) -> list[str]:
        """What is wrong with a row of an answer."""
        return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in self._validator(path, "row").iter_errors(row)]

    @cache  # noqa: B019  a test's few Swagger files live as long as it
    def _validator(self, path: str, what: str) -> Draft4Validator:
        schema = self.schema(path)
        if what == "row":
            schema = schema["properties"]["Data"]["items"]
        return Draft4Validator({**_strict(schema), "definitions": self._definitions})

    @cached_property
    def _definitions(self) -> dict[str, Any]:
        return {name: _strict(schema) for name, schema in self.content["definitions"].items()}


@cache
def swagger(which: str = "auto") -> Swagger:
    """Billbee's file ("full"), ours ("small"), or Billbee's where it is there ("auto")."""
    return Swagger(FULL if which == "full" or (which == "auto" and FULL.exists()) else SMALL)


def _strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON schema: null is allowed everywhere below, unknown fields nowhere."""
    if "properties" not in schema:
        return dict(schema)
    properties = {name: {"anyOf": [_strict(inner), {"type": "null"}]} for name, inner in schema["properties"].items()}
    return {**schema, "properties": properties, "additionalProperties": False}


def _value_errors(parameter: Mapping[str, Any], value: str) -> list[str]:
    one = parameter["items"] if parameter["type"] == "array" else parameter
    kind = "date-time" if one.get("format") == "date-time" else one["type"]
    if not _TYPES[kind].fullmatch(value):
        return [f"{parameter['name']}={value} is no {kind}"]
    if "enum" in one and int(value) not in one["enum"]:
        return [f"{parameter['name']}={value} is none of {one['enum']}"]
    return []
