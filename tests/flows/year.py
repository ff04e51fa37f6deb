"""What do all campaigns together do to a shop's customers in a year, day by day?

The selection is the real one. Print files are not set: letters are approved and handed over by the store's own functions, some days
later or never, while people buy, forbid it, turn out to be one person or are erased.
"""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import time_machine
from sqlalchemy import Connection, Engine, Row, select

from campaigns.campaign import Campaign
from campaigns.cart import Cart
from campaigns.customer import Customer
from campaigns.identity import MergeReason
from campaigns.letter import LetterState
from campaigns.objection import ObjectionChannel
from campaigns.order import Order, OrderLine, OrderState
from campaigns.print_run import PrintRunState
from campaigns.verdict import excluded
from flows.definition import campaign_files, saving
from flows.locks import working_on
from flows.selection.selecting import open_or_resume, select_letters
from store import audience, carts, erasure, holdouts, letters, merges, objections, obsolete, print_runs
from store.customers import upsert_customers
from store.engine import writing
from store.orders import upsert_orders
from store.print_runs import PrintRun
from store.schema import coupons, customers
from store.schema import letters as letters_table
from store.settings import Settings
from tests.flows.year_checks import Checks
from tests.flows.year_shop import BERLIN, LAST_DAY, Record, Shop

WEEKDAYS: dict[str, Sequence[int]] = {
    "abandoned-cart": range(7),
    "reorder": (0, 3),
    "coupon-expiry": (1, 4),
    "winback": (0,),
    "no-purchase": (2,),
}
ON_THE_FIRST = "regulars"
LAGS = (0, 0, 0, 1, 1, 3, 6)
"""Days until a print run is approved and handed over."""
REJECTED = 0.04
ANSWERS = 0.06
"""Share of letters that are followed by an order, as good campaigns are (market facts 2)."""
OBJECTS = 0.01


class Year:
    """A shop that uses the bundled campaigns for a year."""

    def __init__(self, engine: Engine, settings: Settings, shop: Shop) -> None:
        self.engine, self.settings, self.shop, self.rng = engine, settings, shop, random.Random(7)
        self.definitions = self._save_presets()
        self.waiting: list[tuple[date, PrintRun, bool]] = []
        self.checks = Checks(engine, settings, self.definitions)

    def _save_presets(self) -> dict[str, Campaign]:
        found = {}
        for path in sorted(campaign_files.PRESETS.glob("*-de.toml")):
            form = campaign_files.read(path)
            with writing(self.engine) as connection:
                saved = saving.save_campaign(connection, form.to_campaign(), [offer.to_offer() for offer in form.offers], self.settings)
            found[saved.definition.slug] = saved.definition
        return found

    def live(self, last_day: date = LAST_DAY) -> Checks:
        """All days up to the last one, each checked."""
        day = self.shop.first_day
        while day <= last_day:
            for hour, act in ((4, self._news), (5, self._people), (6, self._campaigns), (10, self._print_shop), (23, self.checks.end_of_day)):
                with time_machine.travel(datetime.combine(day, time(hour), BERLIN), tick=False):
                    act(day)
            day += timedelta(days=1)
        return self.checks

    # --- the shop ------------------------------------------------------------------------------------------------------

    def _news(self, day: date) -> None:
        news = self.shop.on(day)
        if news:
            with writing(self.engine) as connection:
                self._store(connection, news)

    def _store(self, connection: Connection, records: Sequence[Record]) -> None:
        now, secret = datetime.now(UTC), self.settings.secret
        upsert_customers(connection, [one for one in records if isinstance(one, Customer)], secret, now)
        for state in OrderState:  # an order may come in two states on the first day
            upsert_orders(connection, [one for one in records if isinstance(one, Order) and one.state is state], secret, now)
        carts.upsert_carts(connection, [one for one in records if isinstance(one, Cart)], secret)

    # --- its customers -------------------------------------------------------------------------------------------------

    def _people(self, day: date) -> None:
        """Some answer a letter with an order, some forbid the next one; now and then two are one, or somebody is erased."""
        now = datetime.now(UTC)
        with writing(self.engine) as connection:
            for row in self._arrived(connection, now - timedelta(days=8)):
                if self.rng.random() < ANSWERS and row.email:
                    line = OrderLine("A1", "Answer", 1, 2500)
                    codes = (row.code,) if row.code else ()
                    self._store(
                        connection,
                        [Order("shop", f"r{row.id}", f"R{row.id}", now, OrderState.OPEN, 2500, email=row.email, discount_codes=codes, lines=(line,))],
                    )
                elif self.rng.random() < OBJECTS:
                    objections.add_by_letter(connection, row.id, now)
            if self._happens(0.01):
                objections.add(connection, self._somebody(connection), ObjectionChannel.DESK, now)
            if self._happens(0.02):
                merges.unite(connection, self._somebody(connection), self._somebody(connection), MergeReason.DESK, self.settings.secret, now)
            if self._happens(0.005):
                erasure.erase(connection, self._somebody(connection), self.settings.secret, now)

    def _happens(self, share_of_people: float) -> bool:
        """Today, if it happens to such a share of the people in a year."""
        return self.rng.random() < share_of_people * self.shop.people / 365

    def _arrived(self, connection: Connection, handed_over: datetime) -> Sequence[Row[Any]]:
        dawn = datetime.combine(handed_over.astimezone(BERLIN).date(), time(), BERLIN)
        when = (letters_table.c.handed_over_at >= dawn, letters_table.c.handed_over_at < dawn + timedelta(days=1))
        query = select(letters_table.c.id, customers.c.email, coupons.c.code).join(customers, customers.c.id == letters_table.c.customer_id)
        return connection.execute(query.outerjoin(coupons, coupons.c.letter_id == letters_table.c.id).where(*when).order_by(letters_table.c.id)).all()

    def _somebody(self, connection: Connection) -> int:
        """A person whom one could write to, often one who has had letters."""
        alive = (customers.c.merged_into.is_(None), customers.c.erased_at.is_(None))
        query = select(customers.c.id).where(*alive).order_by(customers.c.id)
        if self.rng.random() < 0.7:
            query = query.where(customers.c.id.in_(select(letters_table.c.customer_id)))
        ids = connection.execute(query).scalars().all() or connection.execute(select(customers.c.id).where(*alive)).scalars().all()
        return int(self.rng.choice(ids))

    # --- our campaigns -------------------------------------------------------------------------------------------------

    def _campaigns(self, day: date) -> None:
        due = [slug for slug, weekdays in WEEKDAYS.items() if day.weekday() in weekdays]
        due += [ON_THE_FIRST] if day.day == 1 else []
        unfinished = {run.campaign for _, run, _ in self.waiting}
        for slug in self.rng.sample(due, len(due)):
            if slug not in unfinished:
                self._run(slug, day)

    def _run(self, slug: str, day: date) -> None:
        run = open_or_resume(self.engine, self.settings, slug, "", approval="automatic")
        looked_at = self.checks.audience_of(run) if day.day % 9 == 1 else None
        with working_on(self.engine, self.settings, run.id) as hold:
            run = select_letters(self.engine, self.settings, run, hold)
        self.checks.ran(run, looked_at)
        if run.state is PrintRunState.RENDERING:
            self.waiting.append((day + timedelta(days=self.rng.choice(LAGS)), run, self.rng.random() < REJECTED))

    # --- the print shop ------------------------------------------------------------------------------------------------

    def _print_shop(self, day: date) -> None:
        for due, run, rejected in [each for each in self.waiting if each[0] <= day]:
            self.waiting.remove((due, run, rejected))
            with writing(self.engine) as connection:
                self._hand_over(connection, run, rejected)

    def _hand_over(self, connection: Connection, run: PrintRun, rejected: bool) -> None:
        """The states that rendering, approval and hand-over leave behind, without the paper."""
        now = datetime.now(UTC)
        print_runs.must_move(connection, run.id, PrintRunState.RENDERING, PrintRunState.AWAITING_APPROVAL)
        letters.advance(connection, run.id, LetterState.SELECTED, LetterState.RENDERED, now)
        if rejected:
            print_runs.must_move(connection, run.id, PrintRunState.AWAITING_APPROVAL, PrintRunState.REJECTED)
            letters.cancel_run(connection, run.id, "print run rejected")
            holdouts.remove(connection, run.id)
            return
        letters.advance(connection, run.id, LetterState.RENDERED, LetterState.APPROVED, now)
        gone = obsolete.find(connection, run.id, now)
        for one in gone:
            letters.cancel(connection, [one.letter_id], one.reason)
        audience.record(connection, run.campaign_id, [(one.customer_id, excluded(one.reason)) for one in gone], now)
        holdouts.take_out(connection, [one.row_id for one in obsolete.held_out(connection, run.id, now)])
        holdouts.settle(connection, run.id, now)
        after = PrintRunState.HANDED_OVER if letters.count(connection, run.id, seeds=False) else PrintRunState.EMPTY
        print_runs.must_move(connection, run.id, PrintRunState.AWAITING_APPROVAL, after)
        letters.advance(connection, run.id, LetterState.APPROVED, LetterState.HANDED_OVER, now)
