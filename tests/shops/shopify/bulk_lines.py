"""What stands on the lines of a bulk operation's file?

The query is turned into functions once, so that 100,000 customers take seconds; values come from ``Reading`` as for any other query.
"""

import json
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLSchema, InlineFragmentNode, OperationDefinitionNode, SelectionSetNode, get_named_type, parse
from graphql.execution.values import get_argument_values

from tests.shops.shopify.reading import COMPUTED, Reading
from tests.shops.shopify.world import Entity

Line = dict[str, Any]
Read = Callable[[Entity], Any]
NEAR = 400
"""Lines among which the order is mixed up."""
FAR = 50
"""Every so manieth child comes at the very end of the file."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What to write of one object: its own fields, and the connections below it."""

    fields: tuple[tuple[str, Read], ...]
    below: tuple[tuple[Callable[[Entity], list[Entity]], "Shape"], ...]

    def line(self, entity: Entity) -> Line:
        """The object's own line."""
        return {name: read(entity) for name, read in self.fields}

    def children(self, entity: Entity) -> Iterator[Line]:
        """The lines of all that hangs below it, each with its parent's id."""
        for rows, shape in self.below:
            for row in rows(entity):
                yield {**shape.line(row), "__parentId": entity["id"]}
                yield from shape.children(row)


@dataclass(frozen=True, slots=True)
class Weaver:
    """Turns a bulk query into lines."""

    schema: GraphQLSchema
    reading: Reading

    def objects(self, text: str) -> Iterator[tuple[Line, list[Line]]]:
        """Each object at the top with the lines of its children. Raises GraphQLError for what the app may not read."""
        operation = parse(text).definitions[0]
        if not isinstance(operation, OperationDefinitionNode) or self.schema.query_type is None:
            raise TypeError(text)
        for field in operation.selection_set.selections:
            if isinstance(field, FieldNode):
                args = get_argument_values(self.schema.query_type.fields[field.name.value], field)
                shape = self._shape(*self._inner(field, self.schema.query_type))
                for entity in self.reading.everything(field.name.value, args.get("query")):
                    yield shape.line(entity), list(shape.children(entity))

    def _inner(self, field: FieldNode, owner: Any) -> tuple[SelectionSetNode, Any]:
        """What is chosen in ``edges { node { ... } }``, and the type of the node."""
        chosen, target = field.selection_set, get_named_type(owner.fields[field.name.value].type)
        for name in ("edges", "node"):
            part = next(part for part in chosen.selections if isinstance(part, FieldNode) and part.name.value == name)  # type: ignore[union-attr]
            chosen, target = part.selection_set, get_named_type(target.fields[name].type)
        if chosen is None:
            raise TypeError(field.name.value)
        return chosen, target

    def _shape(self, chosen: SelectionSetNode, owner: Any) -> Shape:
        fields: list[tuple[str, Read]] = []
        below = []
        for field in _fields(chosen):
            name, key = field.name.value, field.alias.value if field.alias else field.name.value
            if name == "__typename":
                fields.append((key, lambda entity, owner=owner: entity.get("__typename", owner.name)))  # type: ignore[misc]
            elif get_named_type(owner.fields[name].type).name.endswith("Connection"):
                self.reading.access.check(owner.name, name)
                below.append((lambda entity, name=name: self.reading.rows(owner.name, name, entity), self._shape(*self._inner(field, owner))))
            else:
                fields.append((key, self._reader(field, owner)))
        return Shape(tuple(fields), tuple(below))

    def _reader(self, field: FieldNode, owner: Any) -> Read:
        name = field.name.value
        self.reading.access.check(owner.name, name)
        value = self._plain(field, owner, name)
        if field.selection_set is None:
            return value
        inner = self._shape(field.selection_set, get_named_type(owner.fields[name].type))

        def read(entity: Entity) -> Any:
            found = value(entity)
            if isinstance(found, list):
                return [inner.line(row) for row in found]
            return None if found is None else inner.line(found)

        return read

    def _plain(self, field: FieldNode, owner: Any, name: str) -> Read:
        args = get_argument_values(owner.fields[name], field)
        if self.reading.access.hidden(owner.name, name) or (owner.name, name) in COMPUTED or args:
            return lambda entity: self.reading.value(owner.name, name, entity, args, name)
        return lambda entity: entity[name] if name in entity else self.reading.value(owner.name, name, entity, args, name)


def _fields(chosen: SelectionSetNode) -> Iterator[FieldNode]:
    for node in chosen.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set)
        else:
            raise TypeError("The mock's bulk operations know no named fragments.")


def ordered(objects: Iterable[tuple[Line, list[Line]]]) -> Iterator[tuple[bool, Line]]:
    """Each parent with its children behind it (``groupObjects: true``); the flag says whether a line is a parent."""
    for parent, children in objects:
        yield True, parent
        yield from ((False, child) for child in children)


def mixed(objects: Iterable[tuple[Line, list[Line]]], seed: int) -> Iterator[tuple[bool, Line]]:
    """The same in an order that nobody can rely on: children before their parents, and some only at the end of the file."""
    chance, near, far = random.Random(seed), [], []
    for place, (is_parent, line) in enumerate(ordered(objects)):
        if not is_parent and place % FAR == 0:
            far.append((is_parent, line))
            continue
        near.append((is_parent, line))
        if len(near) > NEAR:
            chosen = chance.randrange(len(near))
            near[chosen], near[-1] = near[-1], near[chosen]
            yield near.pop()
    rest = near + far
    chance.shuffle(rest)
    yield from rest


def written(line: Line) -> bytes:
    """One line of the file; slashes are escaped (``gid:\\/\\/shopify\\/...``), as recorded."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/").encode() + b"\n"
