"""Do the campaigns for people without a purchase and for abandoned carts share all prospects between them, without a gap and without an overlap?

product.md 3.2, for no_purchase with only_with_empty_cart and abandoned_cart with only_with_earlier_order off.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from campaigns.audience import decide
from campaigns.campaign import Limits, Step
from campaigns.cart import Cart, CartItem, CartKind
from campaigns.day import Day
from campaigns.kinds import AbandonedCart, NoPurchase
from campaigns.order import Order, OrderState
from campaigns.verdict import Reason
from store import audience
from store.carts import upsert_carts
from store.schema import customers
from tests.conftest import SECRET
from tests.store.shop import CAMPAIGN, NOW, cart, days_ago, order, person, rows, start_run, store

DAY = Day(NOW, UTC, 3)
OPEN_LIMITS = Limits(cooldown_days=0, cap_letters=99)
NEVER_BOUGHT = replace(CAMPAIGN, slug="welcome", audience=NoPurchase(only_with_empty_cart=True), steps=(Step("welcome", 1),), limits=OPEN_LIMITS)
LEFT_A_CART = replace(CAMPAIGN, slug="cart", audience=AbandonedCart(only_with_earlier_order=False), steps=(Step("cart", 1),), limits=OPEN_LIMITS)

AGES = st.sampled_from([0.01, 0.1, 1, 2, 3, 30, 89.999, 90, 91, 400])
"""Days, on both sides of two hours and of ninety days."""
ITEMS = (CartItem("T1", "Tea", 1, 450),)


@st.composite
def left(draw: st.DrawFn) -> Cart:
    """A cart of any age and kind, with products or without, completed or not."""
    updated_at = days_ago(draw(AGES))
    return cart(
        draw(st.integers(1, 3)),
        created_at=updated_at - timedelta(days=draw(st.sampled_from([0, 1, 50]))),
        updated_at=updated_at,
        kind=draw(st.sampled_from(CartKind)),
        items=draw(st.sampled_from([(), ITEMS])),
        completed_at=draw(st.sampled_from([None, None, updated_at])),
    )


@st.composite
def placed(draw: st.DrawFn) -> Order:
    """An order of any state, often at the very moment of a cart."""
    return order(draw(st.integers(1, 3)), ordered_at=days_ago(draw(AGES)), state=draw(st.sampled_from(OrderState)))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(left(), max_size=3), st.lists(placed(), max_size=3), st.booleans())
def test_every_prospect_with_an_account_is_in_exactly_one(connection: Connection, carts: list[Cart], bought: list[Order], has_account: bool) -> None:
    inner = connection.begin_nested()
    never, cart_run = start_run(connection, NEVER_BOUGHT), start_run(connection, LEFT_A_CART)
    store(connection, person(registered_at=days_ago(500)) if has_account else person(source_id="guest:anna1@example.org"))
    upsert_carts(connection, carts, SECRET)
    store(connection, *bought)
    (row,) = rows(connection, customers)
    found = [
        [decide(one.facts, campaign, DAY, SECRET) for one in audience.page(connection, run.campaign_id, campaign, "DE", 0, 9, DAY)]
        for run, campaign in ((never, NEVER_BOUGHT), (cart_run, LEFT_A_CART))
    ]
    inner.rollback()
    is_prospect = row["first_sale_at"] is None
    assert len(found[0]) == (is_prospect and has_account)
    if is_prospect and has_account:
        (welcome,), reminders = found
        assert (welcome.reason is Reason.OPEN_CART) == (len(reminders) == 1)
        assert Reason.TOO_OLD not in {welcome.reason}, "else the account's age would come before the cart"
    for verdict in found[1]:
        assert verdict.reason in (None, Reason.NOT_DUE), "an audience of abandoned_cart is written to, sooner or later"


def test_the_moment_at_which_a_cart_ends_is_the_same_for_both(connection: Connection) -> None:
    run = start_run(connection)
    store(connection, person(registered_at=days_ago(500)))
    upsert_carts(connection, [cart(updated_at=days_ago(1))], SECRET)

    def look(now: datetime) -> tuple[bool, bool]:
        day = Day(now, UTC, 3)
        (never,) = audience.page(connection, run.campaign_id, NEVER_BOUGHT, "DE", 0, 9, day)
        return never.facts.open_cart, bool(audience.page(connection, run.campaign_id, LEFT_A_CART, "DE", 0, 9, day))

    last = days_ago(1) + timedelta(days=90)
    assert [look(last - timedelta(microseconds=1)), look(last)] == [(True, True), (False, False)]
    store(connection, order(ordered_at=days_ago(1), state=OrderState.CANCELLED))
    assert look(NOW) == (False, False), "an order followed, whatever became of it"
