"""Which articles do the rows of an order or a cart name, and do the rows agree with each other?"""

from collections.abc import Callable
from itertools import compress
from operator import mul
from typing import Any, TypeVar

from campaigns.rejection import RejectionReason
from importers.csv_file.money import LARGEST
from importers.csv_file.rows import CartRow, Group, OrderRow
from importers.errors import BadRecord

R = TypeVar("R", CartRow, OrderRow)
Article = TypeVar("Article")


def refuse_contradiction(group: Group[R], field: str, name: str, key: Callable[[Any], Any] = lambda value: value) -> None:
    """Raise ``BadRecord`` when the rows of one record name two different values of a field, empty ones aside."""
    said = group.distinct(field)
    other = next((each for each in said if key(each) != key(said[0])), None)
    if other is not None:
        raise BadRecord(
            RejectionReason.CONTRADICTION,
            f'Two values of {name} in one record: "{said[0]}" and "{other}". Correct the one that is wrong.',
            group.position_of(group.all(field).index(other)),
        )


def items(group: Group[R], make: Callable[..., Article], *more: str) -> tuple[Article, ...]:
    """The articles of a record, made of sku, title, pieces, price and what ``more`` names; no quantity is one piece, no price is 0.

    Raises ``BadRecord`` (bad_number) when they are worth more together than one amount can say.
    """
    skus, titles, quantities, prices = (group.all(name) for name in ("sku", "title", "quantity", "unit_price"))
    rest: list[list[Any]] = [group.all(name) for name in more]
    if None in quantities:
        quantities = [1 if each is None else each for each in quantities]
    if None in prices:
        prices = list(map(_price, prices, group.all("line_total"), quantities))
    if "" in skus and "" in titles:
        named = [bool(sku or title) for sku, title in zip(skus, titles, strict=True)]
        skus, titles, quantities, prices, *rest = (list(compress(cells, named)) for cells in (skus, titles, quantities, prices, *rest))
    if sum(map(abs, map(mul, quantities, prices))) > LARGEST:
        raise BadRecord(RejectionReason.BAD_NUMBER, "Quantities times prices are more than 21 million. Look whether the columns have slipped.")
    return tuple(map(make, skus, titles, quantities, prices, *rest))


def _price(price: int | None, total: int | None, pieces: int) -> int:
    """Cents per piece, where need be by what all pieces cost together (rounded half up)."""
    if price is not None:
        return price
    return int((total or 0) / (pieces or 1) + 0.5)
