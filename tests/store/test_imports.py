"""Does an import account for every record?"""

import pytest
from sqlalchemy import Connection

from campaigns.rejection import Rejection, RejectionReason
from store import imports
from store.errors import CountsDiffer
from store.imports import Counts
from store.retention import REJECTED, REJECTS_KEPT
from store.schema import imports as table
from tests.store.growing_old import end
from tests.store.shop import LATER, NOW, rows

BAD = [Rejection(row, f"K{row}", RejectionReason.BAD_DATE, f"Row {row} has no date.") for row in (7, 3, 9)]


def test_counts_and_rejections_of_all_batches_are_kept(connection: Connection) -> None:
    number = imports.start(connection, "shop", "orders", "orders.csv", "shopware5", NOW)
    imports.add(connection, number, Counts(5, 3, 1, 1), BAD[:1])
    imports.add(connection, number, Counts(4, 2, 0, 2), BAD[1:])
    imports.add(connection, number, Counts(), [])
    assert imports.finish(connection, number, LATER) == Counts(9, 5, 1, 3)
    assert list(imports.rejections_of(connection, number)) == BAD
    row = rows(connection, table)[0]
    assert (row["state"], row["started_at"], row["finished_at"], row["file_name"]) == ("finished", NOW, LATER, "orders.csv")


def test_an_import_that_loses_a_record_cannot_be_finished(connection: Connection) -> None:
    number = imports.start(connection, "shop", "orders", "", "", NOW)
    imports.add(connection, number, Counts(5, 3, 1, 0), [])
    with pytest.raises(CountsDiffer, match="5 records were read, but 3 stored \\+ 1 unchanged \\+ 0 rejected"):
        imports.finish(connection, number, LATER)
    assert rows(connection, table)[0]["state"] == "running"


def test_two_imports_do_not_mix(connection: Connection) -> None:
    first, second = (imports.start(connection, source, "orders", "", "", NOW) for source in ("a", "b"))
    imports.add(connection, first, Counts(1, 0, 0, 1), BAD[:1])
    imports.add(connection, second, Counts(1, 0, 0, 1), BAD[1:2])
    assert list(imports.rejections_of(connection, second)) == BAD[1:2]
    assert imports.finish(connection, first, LATER) == Counts(1, 0, 0, 1)


def test_counts_add_up() -> None:
    assert Counts(1, 1) + Counts(2, 0, 1, 1) == Counts(3, 1, 1, 1)
    Counts(3, 1, 1, 1).check()


def test_rejected_records_are_forgotten_and_the_counts_stay(connection: Connection) -> None:
    old = imports.start(connection, "shop", "orders", "orders.csv", "shopware5", NOW)
    young = imports.start(connection, "shop", "orders", "orders.csv", "shopware5", LATER)
    for number in (old, young):
        imports.add(connection, number, Counts(3, 0, 0, 3), BAD)
    assert end(connection, REJECTED, LATER + REJECTS_KEPT) == 3
    assert end(connection, REJECTED, LATER + REJECTS_KEPT) == 0
    assert [list(imports.rejections_of(connection, number)) for number in (old, young)] == [[], BAD]
    assert [row["rejected"] for row in rows(connection, table)] == [3, 3]
