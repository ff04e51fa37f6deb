"""Does the desk open with what waits for somebody?"""

from datetime import UTC, datetime, timedelta

import httpx
from sqlalchemy import insert, update

from campaigns.checkout import Channel
from campaigns.print_run import PrintRunState
from store import coupon_events, imports, privacy_requests, sync_states
from store.coupon_events import Action, Event
from store.engine import reading, writing
from store.privacy_requests import PrivacyRequestKind
from store.schema import campaign_versions, coupons, print_runs, shop_reports
from tests.api.conftest import TOKEN, Shop

NOW = datetime.now(UTC)


def test_a_quiet_day_is_friendly(desk: httpx.Client) -> None:
    page = desk.get("/desk?lang=en").text
    assert "Nothing waits for you" in page and 'aria-current="page">Today' in page


def a_run(shop: Shop, customer_id: int, state: PrintRunState) -> int:
    run_id = shop.print_letters({customer_id: TOKEN}, handed_over=False)
    with writing(shop.engine) as connection:
        connection.execute(update(print_runs).where(print_runs.c.id == run_id).values(state=state))
    return run_id


def test_an_approved_run_that_nobody_hands_over_is_named_after_a_while(desk: httpx.Client, shop: Shop, anna: int) -> None:
    run_id = a_run(shop, anna, PrintRunState.APPROVED)
    assert f'<a href="/desk/print-runs/{run_id}">1 print run(s) are approved and not handed over yet' in desk.get("/desk?lang=en").text
    with writing(shop.engine) as connection:
        connection.execute(update(print_runs).values(decided_at=datetime.now(UTC)))
    assert "Nothing waits for you" in desk.get("/desk?lang=en").text


def test_whatever_waits_or_failed_is_named_with_its_page(desk: httpx.Client, shop: Shop, anna: int) -> None:
    run_id = a_run(shop, anna, PrintRunState.AWAITING_APPROVAL)
    with writing(shop.engine) as connection:
        imports.fail(connection, imports.start(connection, "shop", "orders", "orders.csv", "shopify", NOW), NOW, "away")
        sync_states.save(connection, "billbee", "orders", {}, NOW - timedelta(days=5))
        sync_states.save(connection, "shopify", "orders", {}, NOW)
        report = {"name": "report-7.csv", "sha256": "ab", "state": "done", "read": 2, "stored": 1, "unchanged": 0, "rejected": 1, "received_at": NOW}
        connection.execute(insert(shop_reports).values(report))
        privacy_requests.add(connection, PrivacyRequestKind.ACCESS, "shop", "webhook", anna, NOW - timedelta(days=25))
        connection.execute(update(campaign_versions).values(definition={"kind": "nothing"}))
    page = desk.get("/desk?lang=en").text
    for told in (
        f'<a href="/desk/print-runs/{run_id}">1 print run(s) await approval',
        '<a href="/desk/imports">1 import(s) failed the last time</a><small>shop, orders',
        "1 source(s) not read for two days</a><small>billbee<",
        "report-7.csv",
        '<a href="/desk/privacy">1 privacy request(s) open',
        '<a href="/desk/campaigns/winback">1 campaign(s) cannot run any more',
    ):
        assert told in page, told


def test_uses_to_look_at_are_ticked_off_and_can_be_shown_again(desk: httpx.Client, shop: Shop, anna: int) -> None:
    shop.print_letters({anna: TOKEN})
    with writing(shop.engine) as connection:
        coupon_id = connection.execute(coupons.select()).first().id  # type: ignore[union-attr]
        for order in ("#1001", "#1002"):
            coupon_events.note(connection, [Event(Action.DOUBLE_USE, "used_up", NOW, Channel.IMPORT, coupon_id, order_ref=order)])
        ids = {one.event.order_ref: one.id for one in coupon_events.noticed(connection, NOW - timedelta(days=1))}
    assert '<a href="/desk/coupons/noticed">2 use(s) of coupons to look at' in desk.get("/desk?lang=en").text
    answer = desk.post("/desk/coupons/noticed", data={"event": [str(ids["#1001"])]})
    assert answer.headers["Location"] == "/desk/coupons/noticed?done=ticked_off&count=1"
    page = desk.get("/desk/coupons/noticed").text
    assert "#1002" in page and "#1001" not in page
    every = desk.get("/desk/coupons/noticed?show=all").text
    assert "#1001" in every and "Martha" in every
    assert "1 use(s) of coupons" in desk.get("/desk?lang=en").text
    desk.post("/desk/coupons/noticed", data={"back": str(ids["#1001"])})
    assert "#1001" in desk.get("/desk/coupons/noticed").text
    with reading(shop.engine) as connection:
        assert coupon_events.unseen(connection, NOW - timedelta(days=1)) == 2


def test_only_what_is_to_be_looked_at_can_be_ticked_off(shop: Shop) -> None:
    with writing(shop.engine) as connection:
        coupon_events.note(connection, [Event(Action.SAVE, "granted", NOW, Channel.DESK, detail="ten: made")])
        assert coupon_events.tick_off(connection, range(1, 9), "Martha", NOW) == 0
