"""What was decided about each person of a campaign, and since when?"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from campaigns.verdict import Reason, Verdict
from store.schema import verdicts
from store.sets import among, insert_rows
from store.upsert import upsert

_KEY = ("campaign_id", "customer_id")
_SAID = ("outcome", "reason", "detail", "step")
_COLUMNS = (*_KEY, *_SAID, "since")


def record(connection: Connection, campaign_id: int, decided: Sequence[tuple[int, Verdict]], now: datetime) -> None:
    """Keep the last verdict per person and campaign; ``since`` moves only when it changes.

    The caller holds the lock (store.audience.turns): what is not there yet can be written without asking again.
    """
    said = {customer_id: (str(one.outcome), one.reason and str(one.reason), one.detail, one.step) for customer_id, one in decided}
    if not said:
        return
    known = _known(connection, campaign_id, list(said))
    rows = [(campaign_id, customer_id, *one, now) for customer_id, one in said.items() if known.get(customer_id) != one]
    insert_rows(connection, verdicts, _COLUMNS, [row for row in rows if row[1] not in known])
    upsert(connection, verdicts, _KEY, [dict(zip(_COLUMNS, row, strict=True)) for row in rows if row[1] in known])


def _known(connection: Connection, campaign_id: int, ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    table = verdicts.c
    query = select(table.customer_id, *(table[name] for name in _SAID)).where(table.campaign_id == campaign_id, among(connection, table.customer_id, ids))
    return {row[0]: tuple(row[1:]) for row in connection.execute(query).all()}


def last_said(connection: Connection, campaign_id: int, ids: Collection[int], reasons: Collection[Reason]) -> set[int]:
    """Those of ``ids`` whom the campaign left out for one of these reasons when it last decided about them."""
    table = verdicts.c
    query = select(table.customer_id).where(table.campaign_id == campaign_id, among(connection, table.customer_id, ids), table.reason.in_(reasons))
    return set(connection.execute(query).scalars())
