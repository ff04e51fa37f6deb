"""A made-up history of campaigns, written straight into the tables, with only what results look at."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert

from campaigns.campaign import Campaign, Step
from campaigns.kinds import Audience, Winback
from store import campaigns
from store.schema import coupons, customers, holdouts, letters, merges, objections, offers, orders, print_runs, redemptions, scans, verdicts

BASE = datetime(2026, 1, 10, 8, 30, 15, 250_001, tzinfo=UTC)


def at(days: float) -> datetime:
    """So many days after the beginning."""
    return BASE + timedelta(days=days)


@dataclass
class History:
    """Rows to be written, each with its number; numbers of one history never meet those of another one in a test."""

    connection: Connection
    campaign_ids: list[int] = field(default_factory=list)
    runs: dict[int, int] = field(default_factory=dict)
    letters: int = 0
    orders: int = 0
    offer: int = 0

    def campaign(self, slug: str = "winback", audience: Audience = Winback(), delays: Iterable[int] = (0, 2)) -> int:  # noqa: B008 (frozen)
        steps = tuple(Step("winback", delay) for delay in delays)
        saved = campaigns.save(self.connection, Campaign(slug, slug.title(), "https://shop.example", steps, audience), BASE)
        self.campaign_ids.append(saved.id)
        self.runs[saved.id] = saved.version_id
        return saved.id

    def run(self, campaign_id: int) -> int:
        row: dict[str, Any] = {
            "campaign_id": campaign_id, "version_id": self.runs[campaign_id], "state": "handed_over", "approval": "ask", "letter_date": BASE.date(),
            "sender": {}, "public_url": "", "layouts": {}, "cursor": 0, "funnel": {}, "created_at": BASE,
        }  # fmt: skip
        return self._new(print_runs, row)

    def person(self, **changes: Any) -> int:
        row: dict[str, Any] = {"person_key": secrets.token_hex(8), "created_at": BASE, "changed_at": BASE}
        return self._new(customers, row | changes)

    def letter(self, run: int, campaign_id: int, person: int, posted: float | None = 0, **changes: Any) -> int:
        """A letter that was handed over a day before it was posted; ``posted`` None: no report of it."""
        self.letters += 1
        handed_over = at(0) if posted is None else at(posted - 1)
        row: dict[str, Any] = {
            "token": f"T{campaign_id}X{self.letters}", "campaign_id": campaign_id, "customer_id": person, "trigger": f"t{self.letters}", "step": 1,
            "print_run_id": run, "state": "handed_over" if posted is None else "posted", "layout": "winback", "language": "de", "landing_url": "",
            "content": {}, "created_at": BASE, "handed_over_at": handed_over, "posted_at": None if posted is None else at(posted), "cost_cents": 80,
        }  # fmt: skip
        return self._new(letters, row | changes)

    def holdout(self, run: int, campaign_id: int, person: int, handed_over: float | None = -1, **changes: Any) -> int:
        row: dict[str, Any] = {
            "campaign_id": campaign_id, "customer_id": person, "print_run_id": run, "trigger": "t", "step": 1, "layout": "winback", "held_out_at": BASE,
            "handed_over_at": None if handed_over is None else at(handed_over),
        }  # fmt: skip
        return self._new(holdouts, row | changes)

    def order(self, person: int | None, days: float, total_cents: int = 1000, **changes: Any) -> int:
        self.orders += 1
        row: dict[str, Any] = {
            "source": "shop", "source_id": f"o{self.orders}", "record_hash": "", "number": f"A-{self.orders}", "customer_id": person,
            "ordered_at": at(days), "state": "completed", "total_cents": total_cents, "currency": "EUR", "discount_codes": [],
        }  # fmt: skip
        return self._new(orders, row | changes)

    def scan(self, letter: int, days: float, kind: str = "human") -> None:
        self.letters += 1
        self.connection.execute(insert(scans), [{"id": f"scan-{letter}-{self.letters}", "letter_id": letter, "kind": kind, "scanned_at": at(days)}])

    def coupon(self, letter: int | None) -> int:
        if not self.offer:
            row = {
                "slug": "ten", "name": "Ten", "kind": "percentage", "value": 1000, "currency": "EUR", "minimum_order_cents": 0, "valid_days": 70,
                "saved_at": BASE,
            }  # fmt: skip
            self.offer = self._new(offers, row)
        self.letters += 1
        row = {
            "code": f"C{self.letters}", "offer_id": self.offer, "letter_id": letter, "terms": {}, "valid_until": date(2027, 1, 1), "issued_at": BASE,
        }  # fmt: skip
        return self._new(coupons, row)

    def redeem(self, coupon: int, order: int | None, days: float = 5, **changes: Any) -> int:
        self.letters += 1
        row: dict[str, Any] = {
            "coupon_id": coupon, "source": "shop", "order_ref": f"r{self.letters}", "order_id": order, "state": "redeemed", "checkout": {}, "quote": {},
            "currency": "EUR", "discount_cents": 100, "channel": "import", "created_at": at(days),
        }  # fmt: skip
        return self._new(redemptions, row | changes)

    def objection(self, person: int, letter: int | None) -> None:
        self.connection.execute(insert(objections), [{"customer_id": person, "letter_id": letter, "channel": "code", "received_at": BASE}])

    def merge(self, kept: int, gone: int, **changes: Any) -> None:
        row = {"kept_id": kept, "gone_id": gone, "reason": "email", "moved": {}, "merged_at": BASE}
        self.connection.execute(insert(merges), [row | changes])

    def verdict(self, campaign_id: int, person: int, outcome: str, reason: str | None = None) -> None:
        row: dict[str, Any] = {"campaign_id": campaign_id, "customer_id": person, "outcome": outcome, "reason": reason, "detail": "", "since": BASE}
        self.connection.execute(insert(verdicts), [row])

    def _new(self, table: Table, row: dict[str, Any]) -> int:
        return int(self.connection.execute(insert(table).values(row).returning(table.c.id)).scalar_one())
