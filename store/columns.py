"""Which column types does the schema use, and how is personal data labelled?

Every column carries ``info={"pii": …}``, one of Pii; a test fails for an unlabelled one. Erasure, export and retention
read the labels (reliability facts 6).
"""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Dialect, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import DateTime, TypeDecorator


class Pii(StrEnum):
    """How close a column is to a person."""

    NONE = "none"
    PSEUDONYM = "pseudonym"
    PERSONAL = "personal"
    FREE_TEXT = "free_text"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment: naive ones are refused, SQLite gives the time zone back that it drops."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: moments are stored aware, in UTC")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Return UTC: in one step, for the millions of moments that a selection reads."""
        return _from_text if dialect.name == "sqlite" else _in_utc


def _from_text(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(f"{stored}+00:00")


def _in_utc(stored: datetime | None) -> datetime | None:
    return None if stored is None else stored.astimezone(UTC)


Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only under the type INTEGER."""


def _json(*, none_as_null: bool) -> Any:
    return JSON(none_as_null=none_as_null).with_variant(JSONB(none_as_null=none_as_null), "postgresql")


def key() -> Column[int]:
    """The table's own number."""
    return Column("id", Id, primary_key=True, info={"pii": Pii.PSEUDONYM})


def text(name: str, pii: Pii = Pii.NONE, *, nullable: bool = False, by_code_point: bool = False, **options: Any) -> Column[str]:
    """A text column, empty rather than null unless said otherwise; ``by_code_point`` sorts it as Python and SQLite do, whatever the locale."""
    kind = Text().with_variant(Text(collation="C"), "postgresql") if by_code_point else Text()
    return Column(name, kind, nullable=nullable, info={"pii": pii}, **options)


def personal(name: str) -> Column[str]:
    """Text about a person: gone at erasure."""
    return text(name, Pii.PERSONAL, server_default="")


def number(name: str, *, nullable: bool = False, **options: Any) -> Column[int]:
    """A whole number: a count, cents, a day's number."""
    return Column(name, BigInteger, nullable=nullable, info={"pii": Pii.NONE}, **options)


def moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    """A point in time, aware, UTC."""
    return Column(name, UtcDateTime, nullable=nullable, info={"pii": Pii.NONE})


def reference(name: str, target: str, *, nullable: bool = False, **options: Any) -> Column[int]:
    """A foreign key to another table's ``id``."""
    return Column(name, Id, ForeignKey(f"{target}.id"), nullable=nullable, info={"pii": Pii.PSEUDONYM}, **options)


def document(name: str, pii: Pii = Pii.NONE, *, nullable: bool = False, **options: Any) -> Column[Any]:
    """A JSON value that is read and written whole."""
    return Column(name, _json(none_as_null=nullable), nullable=nullable, info={"pii": pii}, **options)
