"""Whatever checkouts, clocks and cancelled orders do, in whatever order: is the count of uses the ledger, and never above the limit?

``REDEMPTION_STEPS=10000`` walks as many steps as the goal says (reliability facts 3, C3).
"""

import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, Engine

from campaigns.checkout import HOLDS_A_USE, Checkout, RedemptionState, RefusalReason
from store import redemptions
from store.redemptions import Redemption
from store.schema import coupons
from store.schema import redemptions as table
from tests.store.redeeming import CART, STANDING, at, granted, issue, reason, uses
from tests.store.shop import NOW, rows

STEPS = int(os.environ.get("REDEMPTION_STEPS", "600"))
ORDERS = st.sampled_from([f"o{number}" for number in range(5)])
LIMITS = st.sampled_from([1, 2, 3, None])
RESERVED, REDEEMED, EXPIRED = RedemptionState.RESERVED, RedemptionState.REDEEMED, RedemptionState.EXPIRED
RELEASED, ROLLED_BACK = RedemptionState.RELEASED, RedemptionState.ROLLED_BACK
CARTS = st.sampled_from([CART, replace(CART, lines=CART.lines[:1])])


@dataclass
class Known:
    """What the model knows of an order."""

    state: RedemptionState
    until: datetime
    cart: Checkout


class Checkouts(RuleBasedStateMachine):
    """One coupon, a few orders, a clock that goes on; the model is a dict."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.connection: Connection = self.engine.connect()
        self.transaction = self.connection.begin()
        self.model: dict[str, Known] = {}
        self.now = NOW
        self.limit: int | None = None

    @initialize(limit=LIMITS)
    def a_coupon(self, limit: int | None) -> None:
        self.limit = limit
        issue(self.connection, offer=replace(STANDING, uses=limit))

    def teardown(self) -> None:
        self.transaction.rollback()
        self.connection.close()

    def _held(self, without: str = "") -> int:
        """Uses that somebody else really holds: what has expired is free, seen by the clock or not."""
        return sum(order != without and self._holds(one) for order, one in self.model.items())

    def _holds(self, one: Known) -> bool:
        return one.state is REDEEMED or (one.state is RESERVED and one.until > self.now)

    def _expect(self, order: str) -> RefusalReason | None:
        one = self.model.get(order)
        if one and one.state is ROLLED_BACK:
            return RefusalReason.ROLLED_BACK
        if one and self._holds(one):
            return None
        return RefusalReason.USED_UP if self.limit is not None and self._held(order) >= self.limit else None

    @rule(order=ORDERS, cart=CARTS, minutes=st.integers(1, 60))
    def reserve(self, order: str, cart: Checkout, minutes: int) -> None:
        expected, before = self._expect(order), self.model.get(order)
        answer = redemptions.reserve(self.connection, "TEST", cart, order, minutes, at(self.now))
        assert reason(answer) == expected
        if expected is None:
            done = granted(answer)
            is_repeat = before is not None and (before.state is REDEEMED or (self._holds(before) and before.cart == cart))
            assert done.is_repeat == is_repeat
            if not is_repeat:
                self.model[order] = Known(RESERVED, self.now + timedelta(minutes=minutes), cart)
            self._agrees(done, order)

    @rule(order=ORDERS, cart=CARTS)
    def redeem(self, order: str, cart: Checkout) -> None:
        expected, before = self._expect(order), self.model.get(order)
        answer = redemptions.redeem(self.connection, "TEST", cart, order, at(self.now))
        assert reason(answer) == expected
        if expected is None:
            done = granted(answer)
            assert done.is_repeat == (before is not None and before.state is REDEEMED)
            if not done.is_repeat:
                self.model[order] = Known(REDEEMED, self.now, cart)
            self._agrees(done, order)

    def _agrees(self, done: Redemption, order: str) -> None:
        one = self.model[order]
        assert done.state is one.state
        assert done.quote.gross_cents == one.cart.gross_cents // 10

    @rule(order=ORDERS)
    def release(self, order: str) -> None:
        redemptions.release(self.connection, "TEST", order, at(self.now))
        one = self.model.get(order)
        if one and one.state is RESERVED:
            one.state = RELEASED

    @rule(order=ORDERS)
    def cancel(self, order: str) -> None:
        redemptions.roll_back(self.connection, order, at(self.now), "cancelled")
        one = self.model.get(order)
        if one and one.state in HOLDS_A_USE:
            one.state = ROLLED_BACK if one.state is REDEEMED else RELEASED

    @rule(minutes=st.integers(1, 90))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def housekeeping(self) -> None:
        over = [one for one in self.model.values() if one.state is RESERVED and one.until <= self.now]
        found = redemptions.expire(self.connection, self.now)
        assert found <= len(over), "a checkout that looked at them may have been first"
        for one in over:
            one.state = EXPIRED
        assert redemptions.expire(self.connection, self.now) == 0

    @invariant()
    def the_ledger_is_the_count_and_the_model(self) -> None:
        if not rows(self.connection, coupons):
            return
        assert 0 <= uses(self.connection) <= (self.limit if self.limit is not None else len(self.model))
        for row in rows(self.connection, table):
            one = self.model[row["order_ref"]]
            is_over = one.state is RESERVED and one.until <= self.now
            free = (EXPIRED, RELEASED) if one.state in (EXPIRED, RELEASED) else (RESERVED, EXPIRED) if is_over else (one.state,)
            assert row["state"] in free, "a reservation whose time is over may have been seen so before it was given back"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"], indirect=True)
def test_the_ledger_is_the_count_whatever_happens(engine: Engine) -> None:
    machine: Any = type("Machine", (Checkouts,), {"engine": engine})
    steps = 50
    run_state_machine_as_test(
        machine, settings=settings(max_examples=max(1, STEPS // steps), stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck))
    )
