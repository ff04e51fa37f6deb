"""How does one tell Postillion to read an export that it does not know?  By a mapping file (TOML), checked whole before it is used."""

import codecs
import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from campaigns.countries import code_of
from campaigns.order import OrderState
from campaigns.record import Kind
from importers.csv_file.columns import AMOUNTS, DATED
from importers.csv_file.formats import NEEDS, Format, heading_key
from importers.csv_file.rows import FIELDS
from importers.errors import InvalidMapping

_STATES = ("status", "payment", "delivery")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping file: which files it is for, and how they are read."""

    path: Path
    format: Format
    match: tuple[str, ...]
    """Headings that a file must have for this mapping to be used."""
    delimiter: str = ""
    encoding: str = ""
    timezone: str = ""
    """Empty, as the two above: found out, or that of the settings."""

    def unmatched(self, columns: Sequence[str]) -> str:
        """The headings under ``match`` that a file with these columns lacks, in words; "" when it has them all."""
        keys = {heading_key(column) for column in columns}
        return ", ".join(f'"{heading}"{_perhaps(heading, columns)}' for heading in self.match if heading_key(heading) not in keys)

    def fits(self, columns: Sequence[str]) -> bool:
        """Whether a file with these headings is meant.

        Raises ``InvalidMapping`` when it is, but lacks a heading that the mapping reads: nothing is left out in silence.
        """
        if self.unmatched(columns):
            return False
        keys = {heading_key(column) for column in columns}
        lacking = [headings[0] for headings in self.format.headings.values() if heading_key(headings[0]) not in keys]
        if lacking:
            wrong = "; ".join(f'"{heading}"{_perhaps(heading, columns)}' for heading in lacking)
            raise InvalidMapping(f"{self.path} reads columns that the file does not have: {wrong}. Correct or delete them in the mapping file.")
        return True


class _Values(BaseModel):
    """What a mapping file may hold; its meaning is checked afterwards."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field("", max_length=60)
    kind: Kind
    match: list[str] = Field(min_length=1)
    delimiter: str = Field("", max_length=1)
    encoding: str = ""
    decimal: Literal["", ".", ","] = ""
    dates: Literal["", "dd/mm/yyyy", "mm/dd/yyyy"] = ""
    timezone: str = ""
    columns: dict[str, str] = Field(min_length=1)
    fixed: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}


def load_mapping(path: Path) -> Mapping:
    """The mapping in a file. Raises ``InvalidMapping`` with every reason, its line, and what may be meant."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
        content = tomllib.loads("\n".join(lines))
    except OSError as error:
        raise InvalidMapping(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidMapping(f'{path} is not TOML in UTF-8: {error}. Headings and words stand in quotation marks, like "E-Mail" = "email".') from error
    try:
        given = _Values.model_validate(content)
    except ValidationError as error:
        raise _invalid(path, (_Wrong(one["loc"], _said(one["loc"], one["type"], one["msg"])) for one in error.errors()), lines) from None
    wrong = list(_wrongs(given))
    if wrong:
        raise _invalid(path, wrong, lines)
    return Mapping(path, _format(path, given), tuple(given.match), given.delimiter, given.encoding, given.timezone)


def _format(path: Path, given: _Values) -> Format:
    return Format(
        given.name or path.stem,
        given.kind,
        {field: (heading,) for heading, field in given.columns.items()},
        NEEDS[given.kind],
        decimal=given.decimal,
        values=given.values,
        fixed=given.fixed,
        is_list=given.kind is Kind.OBJECTIONS,
        slashes=given.dates,
    )


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What is wrong at a key of the file."""

    where: tuple[int | str, ...]
    what: str


def _wrongs(given: _Values) -> Iterator[_Wrong]:
    named = {field: heading for heading, field in reversed(given.columns.items())}
    for heading, field in given.columns.items():
        if field not in FIELDS[given.kind]:
            yield _Wrong(("columns", heading), _no_field(field, given.kind))
        elif named[field] != heading:
            yield _Wrong(("columns", heading), f'"{named[field]}" is "{field}" already; one column for one field.')
    for field, text in given.fixed.items():
        if wrong := _wrong_fixed(given, field, text):
            yield _Wrong(("fixed", field), wrong)
    for field, meanings in given.values.items():
        if field not in FIELDS[given.kind]:
            yield _Wrong(("values", field), _no_field(field, given.kind))
        yield from (_Wrong(("values", field, word), wrong) for word, meaning in meanings.items() if (wrong := _wrong_meaning(field, meaning)))
    for group in NEEDS[given.kind]:
        if not any(field in named or field in given.fixed for field in group):
            yield _Wrong(("columns",), f"{given.kind} need {' or '.join(group)}: say which heading it stands under.")
    yield from _wrong_settings(given)


def _wrong_fixed(given: _Values, field: str, text: str) -> str:
    if field not in FIELDS[given.kind]:
        return _no_field(field, given.kind)
    if field in given.columns.values():
        return "a column is read for it; delete one of the two."
    if field in AMOUNTS or field in DATED:
        return "an amount or a date is not the same in all rows."
    return _wrong_meaning(field, text)


def _wrong_settings(given: _Values) -> Iterator[_Wrong]:
    if not all(heading_key(heading) for heading in given.match):
        yield _Wrong(("match",), "an empty heading fits every file.")
    if given.delimiter and (given.delimiter.isalnum() or given.delimiter in "\"'\r\n"):
        yield _Wrong(("delimiter",), "this cannot part cells.")
    if given.encoding and not _is_usable(given.encoding):
        yield _Wrong(("encoding",), "is no encoding that we read; usual ones are utf-8, cp1252, iso-8859-15, cp850, mac_roman.")
    try:
        ZoneInfo(given.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        yield _Wrong(("timezone",), "is no time zone: use a name like Europe/Vienna.")


def _is_usable(encoding: str) -> bool:
    """Whether it is known and writes delimiters and line ends as ASCII does."""
    sample = 'a;,"\r\n\t|'
    try:
        return codecs.lookup(encoding).name != "idna" and sample.encode(encoding) == sample.encode("ascii")
    except (LookupError, UnicodeError, TypeError):
        return False


def _wrong_meaning(field: str, meaning: str) -> str:
    if field in _STATES and meaning not in set(OrderState):
        return f'"{meaning}" is no state of an order{_perhaps(meaning, list(OrderState))}: one of {", ".join(OrderState)}.'
    if field == "country" and meaning and not code_of(meaning):
        return f'"{meaning}" is no country: give its code, like DE.'
    return ""


def _no_field(field: str, kind: Kind) -> str:
    return f'{kind} have no field "{field}"{_perhaps(field, FIELDS[kind])}. Fields: {", ".join(FIELDS[kind])}.'


def _perhaps(word: str, words: Iterable[str]) -> str:
    close = difflib.get_close_matches(word.casefold(), {each.casefold(): each for each in words}, 1, 0.6)
    found = next((each for each in words if close and each.casefold() == close[0]), None)
    return f' (perhaps "{found}"?)' if found else ""


def _said(where: tuple[int | str, ...], kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return f"there is no such key{_perhaps(str(where[-1]), _Values.model_fields)}."
    return "is missing." if kind == "missing" else message + "."


def _invalid(path: Path, wrong: Iterable[_Wrong], lines: Sequence[str]) -> InvalidMapping:
    said = (f"- {_where(each.where, lines)}: {each.what}" for each in wrong)
    return InvalidMapping(f"{path} cannot be used:\n" + "\n".join(said))


_TABLE = re.compile(r"\s*\[([^\[\]]+)\]")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*=""")


def _where(keys: tuple[int | str, ...], lines: Sequence[str]) -> str:
    """The key with its line, as far as it can be found in the text."""
    names = [str(key) for key in keys if isinstance(key, str)]
    table: list[str] = []
    for number, line in enumerate(lines, 1):
        if found := _TABLE.match(line):
            table = [part.strip(" \"'") for part in found[1].split(".")]
            if table == names:
                return f"line {number}, [{'.'.join(table)}]"
        elif (key := _KEY.match(line)) and [*table, next(part for part in key.groups() if part is not None)] == names:
            return f"line {number}, {names[-1]}"
    return ".".join(names)


def known_keys() -> tuple[str, ...]:
    """What a mapping file may hold: docs/csv.md explains each, and a test compares."""
    return tuple(_Values.model_fields)
