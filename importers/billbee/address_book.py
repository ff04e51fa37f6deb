"""Which of all the addresses that Billbee has for a customer is the one to write to, for more customers than fit into memory?

``/customer-addresses`` gives the addresses of all customers in one list, ``/customers`` the people without any: one request per
250 of each instead of one for each person (importer facts 2.3). The best address of each waits in a temporary SQLite
file, which vanishes with the process that made it.
"""

import json
import sqlite3
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from importers.billbee.answers import Row
from importers.billbee.fields import identity, said

FIELDS = ("Company", "FirstName", "LastName", "Name2", "Street", "Housenumber", "Zip", "City", "CountryCode", "AddressAddition", "Email")
_INVOICE = "1"
"""AddressType: 1 is for invoices, 2 for parcels."""
_ID_DIGITS = 24


class AddressBook:
    """The best address of each customer. A context manager."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("CREATE TABLE addresses (customer TEXT PRIMARY KEY, rank TEXT, fields TEXT) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._file.close()

    def add(self, rows: Iterable[object]) -> None:
        """Take in a page of addresses; of each customer the best one stays, whatever the order in which they come."""
        entries = [_entry(row) for row in rows if isinstance(row, dict)]
        self._file.execute("BEGIN")
        self._file.executemany(
            "INSERT INTO addresses VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET rank = excluded.rank, fields = excluded.fields WHERE excluded.rank > rank",
            entries,
        )
        self._file.execute("COMMIT")

    def of(self, customer_id: str) -> dict[str, Any]:
        """The best address as Billbee gave it; empty when there is none."""
        found = self._file.execute("SELECT fields FROM addresses WHERE customer = ?", (customer_id,)).fetchone()
        return dict(json.loads(found[0])) if found else {}


def _entry(row: Row) -> tuple[str, str, str]:
    fields = {name: text for name in FIELDS if (text := said(row.get(name)))}
    return identity(row.get("CustomerId")), _rank(row), json.dumps(fields)


def _rank(row: Row) -> str:
    """What is better sorts higher: with a street, in use, for invoices, and of several the one that was made last (the highest id)."""
    marks = (bool(said(row.get("Street"))), not said(row.get("ArchivedAt")) or bool(said(row.get("RestoredAt"))), said(row.get("AddressType")) == _INVOICE)
    return "".join("1" if mark else "0" for mark in marks) + identity(row.get("Id")).rjust(_ID_DIGITS, "0")
