"""The same results once more, by the words of docs/results.md: plain Python over whole tables, one letter after the other."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from campaigns.results import Group, Reckoning
from campaigns.results.lift import Watched
from store.schema import coupons, holdouts, letters, merges, metadata, objections, orders, redemptions, scans, verdicts

Row = dict[str, Any]
AFTER_HAND_OVER = ["handed_over", "printed", "posted", "returned"]


class Slow:
    """Everything in memory."""

    def __init__(self, connection: Connection, reckoning: Reckoning, now: datetime) -> None:
        wanted = (letters, holdouts, orders, scans, coupons, redemptions, objections, merges, verdicts)
        assert all(table.name in metadata.tables for table in wanted)
        self.tables: dict[str, list[Row]] = {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()] for table in wanted
        }
        self.reckoning, self.now = reckoning, now

    def start(self, letter: Row) -> datetime:
        found: datetime = letter["posted_at"] or letter["handed_over_at"] + timedelta(days=self.reckoning.posting_days)
        return found

    def mailed(self, campaign: int) -> list[Row]:
        mine = [each for each in self.tables["letters"] if each["campaign_id"] == campaign and not each["is_seed"]]
        return sorted((each for each in mine if each["state"] in AFTER_HAND_OVER), key=lambda each: (self.start(each), each["id"]))

    def sales(self) -> list[Row]:
        """Sales by now, each purchase once."""
        there = [each for each in self.tables["orders"] if each["state"] in ("open", "completed")]
        return [each for each in there if each["ordered_at"] <= self.now and not any(self._brought_before(other, each) for other in there)]

    def _brought_before(self, other: Row, order: Row) -> bool:
        equal = all(other[name] == order[name] for name in ("customer_id", "total_cents", "currency"))
        number = order["number"].removeprefix("#")
        near = order["ordered_at"] - other["ordered_at"] < timedelta(days=1)
        earlier = (other["ordered_at"], other["id"]) < (order["ordered_at"], order["id"])
        known = bool(number) and order["customer_id"] is not None
        return known and equal and other["source"] != order["source"] and other["number"].removeprefix("#") == number and near and earlier

    def attributed(self, campaign: int) -> list[tuple[Row, Row]]:
        """Order and the last letter before it, within its window."""
        found = []
        for order in self.sales():
            before = [one for one in self.mailed(campaign) if one["customer_id"] == order["customer_id"] and self.start(one) <= order["ordered_at"]]
            if before and order["ordered_at"] < self.start(before[-1]) + timedelta(days=self.reckoning.window_days):
                found.append((order, before[-1]))
        return found

    def counts(self, campaign: int, is_of: Callable[[Row], bool]) -> dict[str, Any]:
        """What Counts has, of the letters and held-out rows of which ``is_of`` is true."""
        every = [each for each in self.tables["letters"] if each["campaign_id"] == campaign and not each["is_seed"] and is_of(each)]
        mine = [each for each in self.mailed(campaign) if is_of(each)]
        ids = {each["id"] for each in mine}
        state = Counter(each["state"] for each in mine)
        bought = [(order, letter) for order, letter in self.attributed(campaign) if is_of(letter)]
        redeemed, redeemers, orders_, revenue = self._redeemed(campaign, is_of)
        return {
            "selected": sum(each["state"] not in ("cancelled", "failed") for each in every),
            "holdout": len({each["customer_id"] for each in self.tables["holdouts"] if each["campaign_id"] == campaign and is_of(each)}),
            "handed_over": len(mine),
            "printed": state["printed"] + state["posted"] + state["returned"],
            "posted": state["posted"] + state["returned"],
            "returned": state["returned"],
            "estimated": sum(each["posted_at"] is None for each in mine),
            "cost_cents": sum(each["cost_cents"] for each in mine),
            "scanned": len({each["letter_id"] for each in self.human_scans() if each["letter_id"] in ids}),
            "objected": len({each["letter_id"] for each in self.tables["objections"]} & ids),
            "redeemed": redeemed,
            "redeemers": redeemers,
            "redeemed_orders": orders_,
            "redeemed_revenue_cents": revenue,
            "buyers": len({order["customer_id"] for order, _ in bought}),
            "orders": len(bought),
            "revenue_cents": sum(order["total_cents"] for order, _ in bought if order["currency"] == self.reckoning.currency),
        }

    def human_scans(self) -> list[Row]:
        return [each for each in self.tables["scans"] if each["kind"] == "human" and each["scanned_at"] <= self.now]

    def _redeemed(self, campaign: int, is_of: Callable[[Row], bool]) -> tuple[int, int, int, int]:
        ids = {each["id"]: each for each in self.mailed(campaign)}
        letter_of = {each["id"]: each["letter_id"] for each in self.tables["coupons"]}
        by_order = {each["id"]: each for each in self.tables["orders"]}
        uses = [each for each in self.tables["redemptions"] if each["state"] == "redeemed" and letter_of[each["coupon_id"]] in ids]
        of_order: dict[Any, set[int]] = defaultdict(set)
        for use in uses:
            of_order[use["order_id"] or f"use {use['id']}"].add(letter_of[use["coupon_id"]])
        counted = {key: ids[max(those)] for key, those in of_order.items() if isinstance(key, str) or by_order[key]["state"] in ("open", "completed")}
        stand = [use for use in uses if use["order_id"] is None or by_order[use["order_id"]]["state"] in ("open", "completed")]
        of_stand = [ids[letter_of[use["coupon_id"]]] for use in stand]
        redeemers = len({letter["customer_id"] for letter in of_stand if is_of(letter)})
        here = [key for key, letter in counted.items() if is_of(letter)]
        revenue = sum(by_order[key]["total_cents"] for key in here if isinstance(key, int) and by_order[key]["currency"] == self.reckoning.currency)
        return len({letter_of[use["coupon_id"]] for use in uses if is_of(ids[letter_of[use["coupon_id"]]])}), redeemers, len(here), revenue

    def excluded(self, campaign: int) -> dict[str, int]:
        return Counter(each["reason"] for each in self.tables["verdicts"] if each["campaign_id"] == campaign and each["outcome"] == "excluded")

    def days(self, campaign: int) -> dict[Any, tuple[int, int, int]]:
        zone = self.reckoning.timezone
        ids = {each["id"] for each in self.mailed(campaign)}
        posted = Counter(self.start(each).astimezone(zone).date() for each in self.mailed(campaign))
        seen = Counter(each["scanned_at"].astimezone(zone).date() for each in self.human_scans() if each["letter_id"] in ids)
        bought = Counter(order["ordered_at"].astimezone(zone).date() for order, _ in self.attributed(campaign))
        return {day: (posted[day], seen[day], bought[day]) for day in {*posted, *seen, *bought}}

    def watched(self, campaign: int, days: int) -> Watched:
        """The groups of the lift."""
        first: dict[int, datetime] = {}
        drawn = [each for each in self.tables["letters"] if each["campaign_id"] == campaign and not each["is_seed"] and each["handed_over_at"]]
        for letter in drawn:
            run = letter["print_run_id"]
            first[run] = min(first.get(run, datetime.max.replace(tzinfo=UTC)), self.start(letter))
        got: dict[int, list[datetime]] = defaultdict(list)
        for letter in drawn:
            got[letter["customer_id"]].append(first[letter["print_run_id"]])
        none: dict[int, list[datetime]] = defaultdict(list)
        for row in self.tables["holdouts"]:
            if row["campaign_id"] == campaign and row["handed_over_at"]:
                estimate = row["handed_over_at"] + timedelta(days=self.reckoning.posting_days)
                none[row["customer_id"]].append(first.get(row["print_run_id"], estimate))
        united = {row["kept_id"] for row in self.tables["merges"] if row["gone_id"] is not None and row["undone_at"] is None}
        groups: dict[Any, list[tuple[int, int, int]]] = defaultdict(list)
        both = 0
        for person in {*got, *none}:
            mailed, held_out = min(got[person], default=None), min(none[person], default=None)
            if mailed and held_out and (person in united or mailed == held_out):
                both += 1
                continue
            was_mailed = bool(mailed and (not held_out or mailed < held_out))
            since = min(moment for moment in (mailed, held_out) if moment)
            until = since + timedelta(days=days)
            bought = [one for one in self.sales() if one["customer_id"] == person and since <= one["ordered_at"] < until]
            revenue = sum(one["total_cents"] for one in bought if one["currency"] == self.reckoning.currency)
            cost = sum(each["cost_cents"] for each in drawn if each["customer_id"] == person and each["state"] in AFTER_HAND_OVER)
            groups[was_mailed, until <= self.now].append((len(bought), revenue, cost))
        return Watched(
            _group(groups[True, True]), _group(groups[True, False]), _group(groups[False, True]), _group(groups[False, False]), both
        )  # fmt: skip


def _group(people: Iterable[tuple[int, int, int]]) -> Group:
    those = list(people)
    return Group(
        len(those), sum(orders > 0 for orders, _, _ in those), sum(orders for orders, _, _ in those), float(sum(orders**2 for orders, _, _ in those)),
        sum(revenue for _, revenue, _ in those), float(sum(revenue**2 for _, revenue, _ in those)), sum(cost for *_, cost in those),
    )  # fmt: skip
