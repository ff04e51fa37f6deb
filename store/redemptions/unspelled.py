"""Who is meant by a mailbox, and who lives behind a door, among those whose one spelling is not written down yet?

Such rows are older than the spellings; housekeeping writes them down page by page (settling.spell_page).
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from campaigns.newcomer import DOTLESS, home
from store.matching import LIVE
from store.profiles import to_customer
from store.schema import customer_sources, customers
from store.sets import among


def tellings(connection: Connection, spelled: str) -> Sequence[Row[Any]]:
    """What sources tell under any spelling of a mailbox, and perhaps of others: (id, email_key)."""
    table = customer_sources.c
    query = select(table.customer_id.label("id"), table.email_key).where(table.home.is_(None), table.email_key.like(_begins(spelled), escape="\\"))
    return connection.execute(query).all()


def _begins(spelled: str) -> str:
    name, _, domain = spelled.rpartition("@")
    start = re.sub(r"([\\%_])", r"\\\1", name[:1] if domain in DOTLESS else name)
    return f"{start}%@{domain[:1]}%" if domain in DOTLESS else f"{start}%" if start else ""


def homes(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Customer -> home, of those who tell one."""
    rows = connection.execute(select(customers).where(among(connection, customers.c.id, ids))) if ids else ()
    return {row.id: one for row in rows if (one := home(to_customer(row).address))}


def neighbours(connection: Connection, homes_: Collection[str], written: str) -> set[int]:
    """Who lives there, read by all that people write for one postcode, and for that of the checkout as it is ``written``."""
    codes = {code for one in homes_ for code in _postcodes(one.split("|")[2])} | {written}
    rows = connection.execute(select(customers).where(among(connection, customers.c.postcode, codes), customers.c.home.is_(None), *LIVE))
    return {row.id for row in rows if home(to_customer(row).address) in homes_}


def _postcodes(bare: str) -> set[str]:
    """Five digits may have lost a nought, and have one or two letters before them; others are written in one or two parts."""
    bare = bare.upper()
    whole = {bare, bare.zfill(4), bare.zfill(5)} if bare.isdigit() else {bare}
    parts = {f"{one[:at]}{between}{one[at:]}" for one in whole for at in range(2, len(one) - 1) for between in (" ", "-")}
    letters = {f"{country}{between}{one}" for one in whole for country in _COUNTRIES for between in ("-", " ", "")} if bare.isdigit() else set()
    return whole | parts | letters


_COUNTRIES = ("D", "DE", "A", "AT", "CH", "L", "LU", "F", "FR", "B", "BE", "I", "IT")
