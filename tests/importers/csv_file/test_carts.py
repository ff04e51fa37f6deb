"""Rows of cart files become carts."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from campaigns.cart import Cart, CartItem, CartKind
from campaigns.rejection import RejectionReason

Read = Callable[..., Any]
"""The conftest's ``read``; Any, because every record of these files is of one kind."""
HEADING = "Cart ID,Email,Created at,Updated at,SKU,Title,Quantity,Unit Price\n"
ROW = "c-2,a@example.com,2026-09-10T09:00:00+02:00,2026-09-10T09:53:00+02:00,T-1,Tea,3,6.45\n"


def test_a_cart_is_created_first_and_updated_last(read: Read) -> None:
    batch = read(HEADING + ROW + ROW.replace("T-1,Tea", "T-2,Pot").replace("09:53", "09:24"))
    assert batch.records == (
        Cart(
            "shop",
            "c-2",
            datetime(2026, 9, 10, 7, 0, tzinfo=UTC),
            datetime(2026, 9, 10, 7, 53, tzinfo=UTC),
            "a@example.com",
            items=(CartItem("T-1", "Tea", 3, 645), CartItem("T-2", "Pot", 3, 645)),
        ),
    )


def test_a_wishlist_is_a_cart_of_its_own_kind(read: Read) -> None:
    assert read(HEADING.replace("\n", ",Type\n") + ROW.replace("\n", ",Merkzettel\n")).records[0].kind is CartKind.WISHLIST


@pytest.mark.parametrize(
    ("rows", "key", "reason"),
    [
        (ROW.replace("c-2", ""), "", RejectionReason.NO_KEY),
        (ROW + ROW.replace("a@", "b@"), "c-2", RejectionReason.CONTRADICTION),
        (ROW.replace("2026-09-10T09:00:00+02:00", ""), "c-2", RejectionReason.BAD_DATE),
        (ROW + ROW.replace(",3,", ",3.5,"), "c-2", RejectionReason.BAD_NUMBER),
    ],
)
def test_a_broken_cart_is_rejected_as_a_whole(read: Read, rows: str, key: str, reason: RejectionReason) -> None:
    batch = read(HEADING + rows + ROW.replace("c-2", "c-3"))
    assert [cart.source_id for cart in batch.records] == ["c-3"]
    assert [(each.key, each.reason) for each in batch.rejections] == [(key, reason)]
