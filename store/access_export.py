"""What do we hold of one person, all of it (subject access, Art. 15 GDPR; product.md 11.1)?"""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, and_, or_, select

from campaigns.letter import ON_PAPER
from store.erasure import keys_at_sources, rows_of_person
from store.schema import audit_events, campaigns, customers, metadata, orders, print_files, redemptions, webhook_deliveries
from store.schema import letters as letters_table
from store.sets import among

JSON_NAME = "data.json"
ABOUT = (
    "All that Postillion holds of one person, table by table, and the letters that were sent, as they were printed. "
    "It was collected from the sources that each record names, to send letters (advertising by post) and to see what became of them. "
    "Names and addresses are given to the print shop that prints and posts the letters, and to nobody else. "
    "A row of `verdicts` says what a campaign decided last and why. A row of `holdouts` says that the person was drawn by lot to get no letter in a "
    "step of a campaign, so that its effect can be measured. A row of `redemptions` says which order used a coupon, `coupon_events` what was done about it, "
    "`former_mailboxes` that a source has told another e-mail address since (keyed hashes of the old one), "
    "and `new_customers` that it was a new customer's (a keyed hash of mailbox or home); `first_lines` names the partner "
    "with whose code the person first came, `prospect_views` what a partner looked at and when; `audit_events` says what was done to "
    "the record at the desk or by program."
)


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """Where one of the person's letters stands in print."""

    letter_id: int
    print_run_id: int
    file: str
    first_page: int
    pages: int


@dataclass(frozen=True, slots=True)
class AccessExport:
    """Rows by table, and the letters that can be shown."""

    customer_id: int
    made_at: datetime
    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    letters: Sequence[PrintedLetter]


def collect(connection: Connection, customer_id: int, now: datetime) -> AccessExport | None:
    """Everything about the person and whoever turned out to be the same; None for an unknown number.

    Looked into is every table that names a customer, an order, a letter or a redemption of theirs, or holds one of their keyed hashes; beside them
    stand the campaigns that these rows name.
    """
    ids = rows_of_person(connection, customer_id)
    if not ids:
        return None
    people = _rows(connection, customers, customers.c.id.in_(ids))
    tables = {"customers": people}
    keys = {"customers": ids}
    hashes = {name: {person[name] for person in people} - {None} for name in ("email_hash", "address_hash")}
    for table in metadata.sorted_tables:  # parents first
        theirs = [key.parent.in_(keys[key.column.table.name]) for key in table.foreign_keys if key.column.table.name in keys]
        theirs += [table.c[name].in_(values) for name, values in hashes.items() if name in table.c]
        if theirs and table is not customers:
            tables[table.name] = _rows(connection, table, or_(*theirs))
            if table in (orders, letters_table, redemptions):
                keys[table.name] = [row["id"] for row in tables[table.name]]
    tables["webhook_deliveries"] = [row for source, subjects in keys_at_sources(connection, ids).items() for row in _deliveries(connection, source, subjects)]
    named = {row["campaign_id"] for rows in tables.values() for row in rows if "campaign_id" in row}
    tables["campaigns"] = _rows(connection, campaigns, campaigns.c.id.in_(named))  # nobody knows a campaign by its number
    tables["audit_events"] = _acts(connection, ids)
    return AccessExport(ids[0], now, tables, _printed(connection, ids))


def _acts(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """What was done to the person's record and when, but not by whom: the former is theirs to know, the latter is of somebody else (CJEU C-579/21)."""
    table = audit_events.c
    query = select(table.at, table.channel, table.action).where(among(connection, table.subject, [f"customer {number}" for number in ids]))
    return [dict(row._mapping) for row in connection.execute(query.order_by(table.id))]


def _deliveries(connection: Connection, source: str, subjects: Sequence[str]) -> list[dict[str, Any]]:
    table = webhook_deliveries.c
    return _rows(connection, webhook_deliveries, and_(table.source == source, table.subject.in_(subjects)))


def _rows(connection: Connection, table: Table, which: Any) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(select(table).where(which).order_by(*table.primary_key.columns))]


def _printed(connection: Connection, ids: Sequence[int]) -> list[PrintedLetter]:
    table = letters_table.c
    query = select(table.id, table.print_run_id, print_files.c.name, table.first_page, table.pages).join(print_files, print_files.c.id == table.print_file_id)
    placed = (table.customer_id.in_(ids), table.state.in_(ON_PAPER), table.first_page.is_not(None))
    return [PrintedLetter(*row) for row in connection.execute(query.where(*placed).order_by(table.id))]


def folder_of(data_dir: Path, request_id: int) -> Path:
    """Where the export for a privacy request lies."""
    return data_dir / "privacy" / f"request-{request_id}"


def remove(data_dir: Path, request_id: int) -> None:
    """Delete the export for a privacy request, if it is there."""
    shutil.rmtree(folder_of(data_dir, request_id), ignore_errors=True)


def write(export: AccessExport, folder: Path, print_runs: Path, cut: Callable[[Path, int, int], bytes]) -> Path:
    """Write ``data.json`` and ``letter-<id>.pdf`` into ``folder``, which only its owner may open; gives the folder.

    ``print_runs`` is where print files lie, ``cut`` takes pages out of one (letters.preview.cut). A letter whose print file is gone is
    named in the JSON. The folder is there whole or not at all; one that was there is replaced.
    """
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    gone = []
    for letter in export.letters:
        source = print_runs / str(letter.print_run_id) / letter.file
        if source.is_file():
            _write(part / f"letter-{letter.letter_id}.pdf", cut(source, letter.first_page, letter.pages))
        else:
            gone.append(letter.letter_id)
    whole = {"about": ABOUT, "customer": export.customer_id, "made_at": export.made_at, "letters_no_longer_here": gone, "tables": export.tables}
    _write(part / JSON_NAME, json.dumps(whole, ensure_ascii=False, indent=2, default=_plain).encode())
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
    return folder


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no way to write a {type(value).__name__}")
