"""Which rows are one order or one cart, and which article does each of them add?"""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from campaigns.rejection import RejectionReason
from importers.csv_file.money import LARGEST
from importers.csv_file.reading import Row
from importers.errors import BadRecord

R = TypeVar("R", bound=Row)


def grouped(rows: Iterable[R], same: Callable[[R, R], bool]) -> Iterator[list[R]]:
    """Neighbouring rows of one record: those that are the ``same`` as the first one."""
    group: list[R] = []
    for row in rows:
        if group and not same(group[0], row):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def refuse_faults(group: list[R]) -> None:
    """Raise ``BadRecord`` when a row of the record is broken: half an order is no order."""
    for row in group:
        if row.fault:
            raise BadRecord(row.fault.reason, row.fault.message, row.position)


def refuse_contradiction(group: list[R], name: str, values: Iterable[object]) -> None:
    """Raise ``BadRecord`` when the rows of one record name two different values, empty ones aside."""
    seen: object = None
    for row, value in zip(group, values, strict=True):
        if value in (None, ""):
            continue
        if seen is not None and value != seen:
            raise BadRecord(
                RejectionReason.CONTRADICTION,
                f'Two values of {name} in one record: "{seen}" and "{value}". Correct the one that is wrong.',
                row.position,
            )
        seen = value


class Item(Protocol):
    """A row that may hold an article."""

    @property
    def sku(self) -> str:
        """Article number."""

    @property
    def title(self) -> str:
        """What the article is called."""

    @property
    def quantity(self) -> int | None:
        """Pieces."""

    @property
    def unit_price(self) -> int | None:
        """Cents per piece."""


Article = TypeVar("Article")


def items(group: Iterable[Item], make: Callable[[str, str, int, int], Article]) -> tuple[Article, ...]:
    """The articles of a record; a quantity that is not given is one piece, a price that is not given is 0.

    Raises ``BadRecord`` (bad_number) when they are worth more together than one amount can say.
    """
    counted = [(row.sku, row.title, 1 if row.quantity is None else row.quantity, row.unit_price or 0) for row in group if row.sku or row.title]
    if sum(abs(quantity * price) for _, _, quantity, price in counted) > LARGEST:
        raise BadRecord(RejectionReason.BAD_NUMBER, "Quantities times prices are more than 21 million. Look whether the columns have slipped.")
    return tuple(make(*each) for each in counted)
