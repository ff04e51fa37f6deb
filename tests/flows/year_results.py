"""Do the results of a lived year say what pandas counts in its tables?"""

from datetime import datetime, timedelta

import pandas as pd
from sqlalchemy import Connection, Engine, Table

from campaigns.results import Reckoning
from store import results
from store.engine import reading
from store.results.watching import watched
from store.schema import campaigns, coupons, holdouts, letters, orders, redemptions

RECKONING = Reckoning(window_days=60, posting_days=2)


def check_results(engine: Engine, now: datetime) -> int:
    """Compare every campaign; gives how many orders within a window there were."""
    with reading(engine) as connection:
        slugs = dict(connection.execute(campaigns.select().with_only_columns(campaigns.c.id, campaigns.c.slug)).tuples().all())
        return sum(_check(connection, campaign_id, slug, now) for campaign_id, slug in slugs.items())


def _read(connection: Connection, table: Table) -> pd.DataFrame:
    return pd.DataFrame([dict(row) for row in connection.execute(table.select()).mappings()], columns=[column.name for column in table.columns])


def _check(connection: Connection, campaign_id: int, slug: str, now: datetime) -> int:
    found = results.of_campaign(connection, slug, RECKONING, now)
    assert found
    letter, out, order = (_read(connection, table) for table in (letters, holdouts, orders))
    letter = letter[(letter["campaign_id"] == campaign_id) & ~letter["is_seed"].astype(bool) & letter["handed_over_at"].notna()]
    letter = letter[letter["state"] == "handed_over"].assign(since=lambda rows: pd.to_datetime(rows["handed_over_at"], utc=True) + timedelta(days=2))
    out = out[out["campaign_id"] == campaign_id]
    order = order[order["state"].isin(["open", "completed"])].assign(at=lambda rows: pd.to_datetime(rows["ordered_at"], utc=True))
    order = order[order["at"] <= now]
    bought = order.merge(letter[["customer_id", "since"]], on="customer_id")
    inside = bought[(bought["at"] >= bought["since"]) & (bought["at"] < bought["since"] + timedelta(days=60))].drop_duplicates("id")
    total = found.total
    assert (total.handed_over, total.holdout, total.estimated) == (len(letter), out["customer_id"].nunique(), len(letter)), slug
    assert (total.orders, total.buyers, total.revenue_cents) == (len(inside), inside["customer_id"].nunique(), int(inside["total_cents"].sum())), slug
    used = _read(connection, redemptions).merge(_read(connection, coupons)[["id", "letter_id"]], left_on="coupon_id", right_on="id")
    if not slug.startswith("coupon-expiry"):
        assert total.redeemed == used.loc[(used["state"] == "redeemed") & used["letter_id"].isin(letter["id"]), "letter_id"].nunique(), slug
    groups = watched(connection, campaign_id, 60, RECKONING, now)
    mailed, held_out = set(letter["customer_id"]), set(out.loc[out["handed_over_at"].notna(), "customer_id"])
    counted = [group.people for group in (groups.mailed, groups.mailed_still, groups.held_out, groups.held_out_still)]
    assert sum(counted) + groups.in_both == len(mailed | held_out), slug
    assert counted[0] + counted[1] >= len(mailed - held_out)
    assert counted[2] + counted[3] >= len(held_out - mailed)
    return len(inside)
