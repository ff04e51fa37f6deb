"""What does a search filter (``query: "updated_at:>='...'"``) let through, with all of Shopify's traps?

Traps (facts/importers.md 1.4): an unquoted timestamp loses its time of day; ``>`` and ``<`` mean ``>=`` and ``<=``; a field that does not
exist lets everything through and only leaves a warning in ``extensions.search``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from graphql import GraphQLError

from tests.shops.shopify.search_fields import ACCEPTED, FIELDS, KIND_OF, READERS, TIMES
from tests.shops.shopify.world import Entity, World

SHOP_ZONE = ZoneInfo("Europe/Berlin")
TOKEN = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<not>-(?=\S)|NOT\b)|(?P<and>AND\b)|(?P<or>OR\b)
    |(?:(?P<field>\w+):(?P<op>>=|<=|>|<)?)?(?:'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<bare>[^\s()]+)))""",
    re.VERBOSE,
)
Matcher = Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison; without a field it searches everywhere."""

    field: str
    op: str
    value: str
    quoted: bool

    def parsed(self) -> dict[str, Any]:
        """As Shopify shows it in ``extensions.search``."""
        if not self.op:
            return {"field": self.field, "match_all": self.value}
        return {"field": self.field, "range": {{">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}[self.op]: self.value}}


@dataclass(slots=True)
class Search:
    """A filter read for one connection; ``warnings`` is what Shopify says of it."""

    connection: str
    query: str
    world: World
    warnings: list[dict[str, str]] = field(default_factory=list)
    parsed: dict[str, Any] = field(default_factory=dict)
    _tokens: list[re.Match[str]] = field(default_factory=list)

    def matcher(self) -> Matcher:
        """Which numbers pass."""
        self._tokens = _tokens(self.query)
        matches, self.parsed = self._any()
        return matches

    def extension(self, path: str) -> dict[str, Any]:
        """The entry for ``extensions.search``; without warnings Shopify sends none."""
        return {"path": [path], "query": self.query, "parsed": self.parsed, "warnings": self.warnings}

    def _any(self) -> tuple[Matcher, dict[str, Any]]:
        return self._joined("or", self._all, any)

    def _all(self) -> tuple[Matcher, dict[str, Any]]:
        return self._joined("and", self._one, all)

    def _joined(self, word: str, read: Callable[[], tuple[Matcher, dict[str, Any]]], test: Callable[[list[bool]], bool]) -> tuple[Matcher, dict[str, Any]]:
        parts = [read()]
        while self._tokens and not self._tokens[0]["close"] and (word == "and" or self._tokens[0]["or"]):
            if self._tokens[0]["or"] and word == "and":
                break
            if self._tokens[0][word]:
                self._tokens.pop(0)
            parts.append(read())
        if len(parts) == 1:
            return parts[0]
        return (lambda number: test([matches(number) for matches, _ in parts])), {word: [parsed for _, parsed in parts]}

    def _one(self) -> tuple[Matcher, dict[str, Any]]:
        token = self._tokens.pop(0)
        if token["not"]:
            matches, parsed = self._one()
            return (lambda number: not matches(number)), {"not": parsed}
        if token["open"]:
            found = self._any()
            self._tokens.pop(0)
            return found
        quoted = token["single"] is not None or token["double"] is not None
        value = next(text for text in (token["single"], token["double"], token["bare"]) if text is not None)
        term = Term(token["field"] or "default", token["op"] or "", value, quoted)
        return self._match(term), term.parsed()

    def _match(self, term: Term) -> Matcher:
        if term.field == "default" and not self.connection.endswith("Count"):
            return self._text(term)
        if term.field == "default":
            return self._warn(term, "missing_named_field", "Input must use named search fields in this query.")
        if term.field not in FIELDS[self.connection]:
            return self._warn(term, "invalid_field", "Invalid search field for this query.")
        if term.field in TIMES:
            return self._time(term)
        if term.field == "id":
            return self._id(term)
        return self._value(term)

    def _warn(self, term: Term, code: str, message: str) -> Matcher:
        self.warnings.append({"field": term.field, "message": message, "code": code})
        return lambda _number: True

    def _time(self, term: Term) -> Matcher:
        found = _moment(term)
        if found is None:
            return self._warn(term, "invalid_value", f"Input `{term.value}` is not an accepted value.")
        start, end = found
        kind, name, world = KIND_OF[self.connection], TIMES[term.field], self.world
        if term.op.startswith(">"):
            return lambda number: world.stamp(kind, number, name) >= start
        if term.op.startswith("<"):
            return lambda number: world.stamp(kind, number, name) <= start
        return lambda number: start <= world.stamp(kind, number, name) < end

    def _id(self, term: Term) -> Matcher:
        if not term.value.isdigit():
            return self._warn(term, "invalid_value", f"Input `{term.value}` is not an accepted value.")
        wanted, kind = int(term.value), KIND_OF[self.connection]
        compare = _compare(term.op)
        return lambda number: compare(int(self.world.gid(kind, number).rpartition("/")[2]), wanted)

    def _value(self, term: Term) -> Matcher:
        kind = KIND_OF[self.connection]
        read = READERS.get((kind, term.field))
        if read is None:
            raise GraphQLError(f"The mock does not play the search field {term.field} of {self.connection}: add it to search.py.")
        accepted = ACCEPTED.get((kind, term.field))
        if accepted is not None and term.value.lower() not in accepted:
            return self._warn(term, "invalid_value", f"Input `{term.value}` is not an accepted value.")
        wanted = term.value.lower()
        return lambda number: wanted in read(self._entity(number))

    def _text(self, term: Term) -> Matcher:
        wanted = term.value.lower().rstrip("*")
        names = ("firstName", "lastName", "email", "phone", "name", "note")
        return lambda number: any(wanted in str(value).lower() for name in names if (value := self._entity(number).get(name)))

    def _entity(self, number: int) -> Entity:
        found = self.world.get(KIND_OF[self.connection], number)
        if found is None:
            raise KeyError(number)
        return found


def _compare(op: str) -> Callable[[int, int], bool]:
    if op.startswith(">"):
        return lambda left, right: left >= right
    if op.startswith("<"):
        return lambda left, right: left <= right
    return lambda left, right: left == right


def _moment(term: Term) -> tuple[int, int] | None:
    """Seconds since 1970 at the start and the end of what a time names: a second when quoted, else a day in the shop's time zone."""
    try:
        if term.quoted and "T" in term.value:
            exact = datetime.fromisoformat(term.value)
            start = exact if exact.tzinfo else exact.replace(tzinfo=SHOP_ZONE)
            return int(start.timestamp()), int(start.timestamp()) + 1
        day = datetime.fromisoformat(term.value[:10]).replace(tzinfo=SHOP_ZONE)
    except ValueError:
        return None
    return int(day.timestamp()), int((day + timedelta(days=1)).astimezone(UTC).timestamp())


def _tokens(query: str) -> list[re.Match[str]]:
    found, place = [], 0
    while place < len(query.rstrip()):
        token = TOKEN.match(query, place)
        if token is None:
            raise GraphQLError(f"The mock cannot read the search query at {query[place:]!r}.")
        found.append(token)
        place = token.end()
    return found
