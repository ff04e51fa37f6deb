"""How does what TOML or JSON hold become the dataclasses that it stands for, and on which line is a mistake?"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from layouts.errors import did_you_mean

_TABLE = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"\s*([\w.-]+)\s*=")
Mistakes = list[tuple[str, str]]
"""Key, and what is wrong with it."""


def made(kind: Any, value: Any, key: str, mistakes: Mistakes) -> Any:
    """``value`` as JSON or TOML hold it, as an instance of ``kind``: a dataclass, a StrEnum, a tuple, a plain type, or one of them or None.

    ``key`` says where it stands, like ``free_zones[0].box``. What is wrong is added to ``mistakes``, and then the result is nothing to go on with.
    """
    if get_origin(kind) is UnionType:
        inner = next(one for one in get_args(kind) if one is not type(None))
        return None if value is None else made(inner, value, key, mistakes)
    if get_origin(kind) is tuple:
        if not isinstance(value, list | tuple):
            return mistakes.append((key, f"{key!r} is {value!r}, but must be a list."))
        return tuple(made(get_args(kind)[0], one, f"{key}[{index}]", mistakes) for index, one in enumerate(value))
    if is_dataclass(kind):
        return _made_of_keys(kind, value, key, mistakes)
    return _member(kind, value, key, mistakes) if isinstance(kind, type) and issubclass(kind, StrEnum) else _checked(kind, value, key, mistakes)


def _made_of_keys(kind: Any, value: Any, key: str, mistakes: Mistakes) -> Any:
    prefix = f"{key}." if key else ""
    if not isinstance(value, Mapping):
        return mistakes.append((key, f"{key!r} is {value!r}, but must be a table."))
    known = [field.name for field in fields(kind)]
    for name in value:
        if name not in known:
            mistakes.append((prefix + name, f"there is no key {prefix + name!r}{did_you_mean(name, known)} Keys are: {', '.join(known)}."))
    hints = get_type_hints(kind)
    values = {name: made(hints[name], one, prefix + name, mistakes) for name, one in value.items() if name in known}
    lacking = [field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING and field.name not in values]
    if lacking:
        return mistakes.append((key, f"{key!r} lacks something: add {', '.join(map(repr, lacking))}."))
    return kind(**values)


def _member(kind: type[StrEnum], value: Any, key: str, mistakes: Mistakes) -> StrEnum | None:
    known = [str(member) for member in kind]
    if value in known:
        return kind(value)
    mistakes.append((key, f"{key!r} is {value!r}, but may only be one of: {', '.join(known)}."))
    return None


_WORDS = {bool: "true or false", int: "a whole number above 0", float: "a number of 0 or more", str: "a text"}


def _checked(kind: Any, value: Any, key: str, mistakes: Mistakes) -> Any:
    right = {
        bool: isinstance(value, bool),
        int: isinstance(value, int) and not isinstance(value, bool) and value > 0,
        float: isinstance(value, int | float) and not isinstance(value, bool) and value >= 0,
        str: isinstance(value, str),
    }[kind]
    if not right:
        return mistakes.append((key, f"{key!r} is {value!r}, but must be {_WORDS[kind]}."))
    return float(value) if kind is float else value


def lines_of_keys(source: str) -> dict[str, int]:
    """On which line each key of a TOML file stands, tables with their name in front, as ``free_zones[0].box``."""
    found: dict[str, int] = {}
    table, counts = "", Counter[str]()
    for number, text in enumerate(source.splitlines(), 1):
        if match := _TABLE.match(text):
            table = match[2]
            if match[1] == "[[":
                counts[table] += 1
                table += f"[{counts[table] - 1}]"
            found.setdefault(table, number)
        elif match := _KEY.match(text):
            found.setdefault(f"{table}.{match[1]}" if table else match[1], number)
    return found


def line_of(key: str, lines: Mapping[str, int]) -> int | None:
    """The line of a key, or of what it stands in: inline tables and lists are on one line mostly."""
    while key and key not in lines:
        key = key.rpartition("[" if key.endswith("]") else ".")[0]
    return lines.get(key)
