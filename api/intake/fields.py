"""What may stand in one field of a record: text, a key, an amount, a moment, a code of a list?

Each kind of field checks and describes itself, so that the OpenAPI document says exactly what is checked. A message never repeats
the value: it may be personal, and it ends up in the list of rejections.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from campaigns.rejection import RejectionReason

T = TypeVar("T")
LARGEST_ID = 2**64 - 1
_CONTROL = r"\x00-\x1f\x7f-\x9f"
_PLAIN = rf"[^{_CONTROL}\ufffd]*"
_YEARS = "(19[7-9][0-9]|20[0-9][0-9]|2100)"
_DAY = _YEARS + "-[0-9]{2}-[0-9]{2}"
_MOMENT = _DAY + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
_EMAIL = rf"[^\s@{_CONTROL}]+@[^\s@{_CONTROL}]+"
_HIDDEN = re.compile(rf"[{_CONTROL}\ud800-\udfff]")


def wrong(message: str, reason: RejectionReason = RejectionReason.MALFORMED) -> PydanticCustomError:
    """What a field says of a value that it does not take; the message goes on after the field's name."""
    return PydanticCustomError(reason.value, "{message}", {"message": message})


class FieldKind(ABC):
    """A kind of field: ``read`` makes the value of what JSON holds, ``described`` is its JSON schema."""

    @abstractmethod
    def read(self, value: Any) -> Any:
        """The value; raises what ``wrong`` makes."""

    @abstractmethod
    def described(self) -> dict[str, Any]:
        """The JSON schema of what ``read`` takes."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return self.described()


@dataclass(frozen=True, slots=True)
class Text(FieldKind):
    """Text of one line, in the end without outer blanks and in Unicode's composed form."""

    longest: int
    needed: bool = False
    """At least one visible character."""
    on_paper: bool = False
    """May be printed, so letters decoded the wrong way (``MÃ¼ller``) are refused."""

    def read(self, value: Any) -> str:
        """One line of text."""
        if not isinstance(value, str):
            raise wrong("must be text, in quotes.")
        return self._checked(value)

    def _checked(self, value: str) -> str:
        if len(value) > self.longest:
            raise wrong(f"has {len(value)} characters, at most {self.longest} are taken.")
        if hidden := _HIDDEN.search(value):
            raise wrong(f"holds U+{ord(hidden[0]):04X}, a line break or control character: send one line of text.")
        if "\ufffd" in value or (self.on_paper and _is_mojibake(value)):
            raise wrong("has letters that were decoded the wrong way, like Ã¼ for ü: send what the shop shows.", RejectionReason.BROKEN_ENCODING)
        value = " ".join(unicodedata.normalize("NFC", value).split())
        if self.needed and not value:
            raise wrong("is empty, but needed.")
        return value

    def described(self) -> dict[str, Any]:
        """A string of printable characters."""
        needed = {"minLength": 1, "pattern": rf"^{_PLAIN}[^\s{_CONTROL}\ufffd]{_PLAIN}$"}
        return {"type": "string", "maxLength": self.longest} | (needed if self.needed else {"pattern": f"^{_PLAIN}$"})


def _is_mojibake(value: str) -> bool:
    """Whether this is UTF-8 that somebody read as Windows-1252: no words of any language are valid both ways."""
    try:
        return not value.isascii() and bool(value.encode("cp1252").decode("utf-8"))
    except UnicodeError:
        return False


@dataclass(frozen=True, slots=True)
class Key(Text):
    """A name that is a number as often as not; it is kept as text, so that no digit of a long one is lost."""

    longest: int = 200
    needed: bool = True

    def read(self, value: Any) -> str:
        """Text, or a whole number as text."""
        if isinstance(value, int) and not isinstance(value, bool):
            if not 0 <= value <= LARGEST_ID:
                raise wrong(f"must be between 0 and {LARGEST_ID} as a number: send longer ones as text.")
            return str(value)
        if not isinstance(value, str):
            raise wrong("must be text or a whole number.")
        return self._checked(value)

    def described(self) -> dict[str, Any]:
        """A string or an integer."""
        return {"anyOf": [Text.described(self), {"type": "integer", "minimum": 0, "maximum": LARGEST_ID}]}


@dataclass(frozen=True, slots=True)
class Email(Text):
    """An e-mail address, loosely: one @ with something on both sides (RFC 5321 allows 254 characters)."""

    longest: int = 254

    def read(self, value: Any) -> str:
        """The address, trimmed."""
        found = Text.read(self, value)
        if found and not re.fullmatch(_EMAIL, found):
            raise wrong('must hold one "@" and no blank.')
        return found

    def described(self) -> dict[str, Any]:
        """Empty, or with one @."""
        return {"type": "string", "maxLength": self.longest, "pattern": f"^({_EMAIL})?$"}


@dataclass(frozen=True, slots=True)
class Link(Text):
    """A web address."""

    longest: int = 2000

    def read(self, value: Any) -> str:
        """The address, trimmed."""
        found = Text.read(self, value)
        if found and not re.fullmatch(r"https?://[^\s/]\S*", found):
            raise wrong("must start with https:// and hold no blank.")
        return found

    def described(self) -> dict[str, Any]:
        """Empty, or an address on the web."""
        return {"type": "string", "maxLength": self.longest, "pattern": rf"^(https?://[^\s/{_CONTROL}\ufffd][^\s{_CONTROL}\ufffd]*)?$"}


@dataclass(frozen=True, slots=True)
class Whole(FieldKind):
    """A whole number between two others."""

    lowest: int
    highest: int
    what: str = "a whole number"

    def read(self, value: Any) -> int:
        """The number."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong(f"must be {self.what}, without quotes and decimal point.")
        if not self.lowest <= value <= self.highest:
            raise wrong(f"must be between {self.lowest} and {self.highest}.")
        return value

    def described(self) -> dict[str, Any]:
        """An integer."""
        return {"type": "integer", "minimum": self.lowest, "maximum": self.highest}


@dataclass(frozen=True, slots=True)
class Moment(FieldKind):
    """A point in time with its offset (RFC 3339, 5.6)."""

    def read(self, value: Any) -> datetime:
        """The moment in UTC."""
        if not (isinstance(value, str) and re.fullmatch(_MOMENT, value, re.ASCII)):
            raise wrong('must be a moment between 1970 and 2100 with its offset, like "2026-11-22T14:05:00+01:00".')
        return _existing(lambda: datetime.fromisoformat(value).astimezone(UTC))

    def described(self) -> dict[str, Any]:
        """RFC 3339."""
        return {"type": "string", "format": "date-time", "pattern": f"^{_MOMENT}$"}


@dataclass(frozen=True, slots=True)
class Day(FieldKind):
    """A day of the calendar (RFC 3339 full-date)."""

    def read(self, value: Any) -> date:
        """The day."""
        if not (isinstance(value, str) and re.fullmatch(_DAY, value, re.ASCII)):
            raise wrong('must be a day between 1970 and 2100, like "2026-12-31".')
        return _existing(lambda: date.fromisoformat(value))

    def described(self) -> dict[str, Any]:
        """RFC 3339."""
        return {"type": "string", "format": "date", "pattern": f"^{_DAY}$"}


def _existing(made: Callable[[], T]) -> T:
    try:
        return made()
    except (ValueError, OverflowError):
        raise wrong("is a day or an hour that does not exist.") from None


@dataclass(frozen=True, slots=True)
class Code(FieldKind):
    """One of a list, letter by letter."""

    known: Collection[str]
    what: str
    """With an example, for the message."""

    def read(self, value: Any) -> str:
        """The code."""
        if not isinstance(value, str) or value not in self.known:
            raise wrong(f"must be {self.what}.")
        return value

    def described(self) -> dict[str, Any]:
        """The list."""
        return {"type": "string", "enum": sorted(self.known)}
