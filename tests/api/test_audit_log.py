"""Is every act at the desk in the audit log, and who may read it there?"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

from api.app import ROUTERS
from campaigns.checkout import Channel as CouponChannel
from campaigns.offer import CodeSource, Offer, OfferKind
from store import audit, coupon_events, customers, merges, offers, partners, redemptions, users
from store.audit import AuditEvent, Channel
from store.engine import reading, writing
from store.schema import coupons
from tests.api.checkout_shop import a_cart, an_offer, ask, issue
from tests.api.conftest import ANNA, PASSWORD, SECRET, TOKEN, Shop

ELSEWHERE = {
    "/desk/print-runs/{print_run_id}/decision": "test_approval.py decides and looks at what is noted",
    "/desk/print-runs/{print_run_id}/hand-over": "test_approval.py",
    "/desk/coupons/{coupon_id}/roll-back": "test_a_use_that_is_given_back_is_noted",
    "/desk/merges/{merge_id}/undo": "test_merges_that_are_undone_and_done_again_are_noted",
    "/desk/merges/{merge_id}/again": "as above",
    "/desk/coupons/noticed": "test_what_is_ticked_off_is_noted",
    "/desk/shop-reports": "test_shop_reports.py",
    "/desk/password": "test_own_password.py",
    "/partner/password": "test_own_password.py",
    "/partner/codes": "partners' own acts stand in the log of coupons (coupon_events), which the operator sees on the code's page",
    "/partner/codes/{coupon_id}/switch": "as above",
}
"""POST pages that this file does not walk, and why."""


def newest(shop: Shop, count: int = 1, **which: str) -> list[AuditEvent]:
    with reading(shop.engine) as connection:
        return audit.newest(connection, count, **which)  # type: ignore[arg-type]


@pytest.fixture
def admin(desk: httpx.Client, shop: Shop, password_hash: str) -> httpx.Client:
    """The browser of somebody who may do everything."""
    with writing(shop.engine) as connection:
        users.save(connection, "Ada", password_hash, "admin", datetime.now(UTC))
        known = users.password_hash(connection, "Ada")
        assert known
        desk.cookies.set("postillion", users.open_session(connection, known[0], datetime.now(UTC)))
    return desk


def code_of(shop: Shop) -> int:
    with reading(shop.engine) as connection:
        return int(connection.execute(select(coupons.c.id)).scalars().first() or 0)


Act = Callable[[httpx.Client, Shop, int], tuple[str, httpx.Response]]


def edit_customer(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    fields = {"first_name": "Annegret", "last_name": "Müller", "street": "Lindenallee 12", "postcode": "04109", "town": "Leipzig", "country": "DE"}
    return "edit_customer", desk.post(f"/desk/customers/{anna}/edit", data=fields | {"email": ANNA.email, "language": "de"})


def release(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    return "release_customer_edits", desk.post(f"/desk/customers/{anna}/release")


def block(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    shop.print_letters({anna: TOKEN})
    return "block_code", desk.post(f"/desk/coupons/{code_of(shop)}/void", data={"reason": "Found in a forum"})


def offer(slug: str) -> dict[str, str]:
    return {"slug": slug, "name": "Spring", "kind": "amount", "value": "7,50", "currency": "EUR", "minimum_order": "40", "valid_days": "70",
            "codes": "generated", "uses": "50", "uses_per_customer": "1"}  # fmt: skip


def make_offer(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    return "save_offer", desk.post("/desk/offers/new", data=offer("spring"))


def change_offer(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    return "save_offer", desk.post("/desk/offers/ten/edit", data=offer("ten") | {"value": "8,00"})


def draw(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    until = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    return "draw_codes", desk.post("/desk/offers/ten/draw", data={"count": "2", "last_day": until})


def import_codes(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    with writing(shop.engine) as connection:
        offers.save(connection, Offer("own", "Eigene", OfferKind.PERCENTAGE, 1000, codes=CodeSource.IMPORTED), datetime.now(UTC))
    return "import_codes", desk.post("/desk/offers/own/import", data={"text": "SPRING-1\nSPRING-2", "last_day": "2030-01-31", "confirmed": "yes"})


def add_partner(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    return "change_partner", desk.post("/desk/partners", data={"slug": "vonmeier", "name": "Von Meier", "email": "meier@partner.example"})


def a_partner(shop: Shop) -> None:
    with writing(shop.engine) as connection:
        partners.add(connection, "zoe", "Zoe", "zoe@partner.example", "", datetime.now(UTC))


def partner_login(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    a_partner(shop)
    return "change_partner", desk.post("/desk/partners/zoe/login", data={"user_name": "zoe", "password": PASSWORD})


def partner_release(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    a_partner(shop)
    return "change_partner", desk.post("/desk/partners/zoe/release", data={"field": "email"})


def partner_off(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    a_partner(shop)
    return "change_partner", desk.post("/desk/partners/zoe/active", data={"on": "false"})


def sign_in(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    return "sign_in", desk.post("/desk/sign-in", data={"name": "Martha", "password": PASSWORD})


def sign_out(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    return "sign_out", desk.post("/desk/sign-out")


def object_by_hand(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    return "file_objection", desk.post("/desk/objections", data={"email": ANNA.email})


def object_for(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    return "file_objection", desk.post(f"/desk/customers/{anna}/objection")


def objections_list(desk: httpx.Client, shop: Shop, anna: int) -> tuple[str, httpx.Response]:
    return "import_objections", desk.post("/desk/objections/import", files={"file": ("list.csv", b"E-Mail;Vorname\r\na@mail.example;A\r\n")})


WALKED: dict[str, Act] = {
    "/desk/objections": object_by_hand,
    "/desk/customers/{customer_id}/objection": object_for,
    "/desk/objections/import": objections_list,
    "/desk/sign-in": sign_in,
    "/desk/sign-out": sign_out,
    "/desk/customers/{customer_id}/edit": edit_customer,
    "/desk/customers/{customer_id}/release": release,
    "/desk/coupons/{coupon_id}/void": block,
    "/desk/offers/new": make_offer,
    "/desk/offers/{slug}/edit": change_offer,
    "/desk/offers/{slug}/draw": draw,
    "/desk/offers/{slug}/import": import_codes,
    "/desk/partners": add_partner,
    "/desk/partners/{slug}/login": partner_login,
    "/desk/partners/{slug}/release": partner_release,
    "/desk/partners/{slug}/active": partner_off,
}


def test_every_form_of_the_desk_is_walked_or_on_the_list() -> None:
    routes = {route.path for router in ROUTERS for route in router.routes if isinstance(route, APIRoute) and "POST" in (route.methods or ())}
    forms = {path for path in routes if path.startswith(("/desk", "/partner"))}
    assert forms == set(WALKED) | set(ELSEWHERE)
    assert not set(WALKED) & set(ELSEWHERE)


@pytest.mark.parametrize("path", WALKED)
def test_an_act_at_the_desk_is_noted_with_the_name_of_whoever_did_it(path: str, admin: httpx.Client, shop: Shop, anna: int) -> None:
    action, answer = WALKED[path](admin, shop, anna)
    assert answer.status_code == 303, answer.text
    [event] = newest(shop)
    assert (event.action, event.channel) == (action, Channel.DESK)
    assert event.actor == ("Martha" if action == "sign_in" else "Ada")
    assert "Müller" not in event.subject + event.detail and "Annegret" not in event.detail, "whom it was done to stands there by number alone"


def test_merges_that_are_undone_and_done_again_are_noted(admin: httpx.Client, shop: Shop, anna: int) -> None:
    with writing(shop.engine) as connection:
        other = replace(ANNA, source="market", source_id="77", number="", email="anna@other.example")
        customers.upsert_customers(connection, [other], SECRET, datetime.now(UTC))
        (merge,) = merges.latest(connection)
    admin.post(f"/desk/merges/{merge.id}/undo")
    admin.post(f"/desk/merges/{merge.id}/again")
    assert [(one.action, one.detail) for one in newest(shop, 2)] == [("unite_again", f"merge {merge.id}"), ("undo_merge", f"merge {merge.id}")]


def test_a_use_that_is_given_back_is_noted(admin: httpx.Client, program: httpx.Client, shop: Shop) -> None:
    coupon_id = issue(shop, an_offer())
    ask(program, "redeem", a_cart(order_ref="#1001"))
    with reading(shop.engine) as connection:
        [used] = redemptions.of_coupon(connection, coupon_id)
    assert admin.post(f"/desk/coupons/{coupon_id}/roll-back", data={"redemption": str(used.id), "reason": "cancelled"}).status_code == 303
    assert [(one.action, one.subject) for one in newest(shop)] == [("give_use_back", f"coupon {coupon_id}")]


def test_what_is_ticked_off_is_noted(admin: httpx.Client, shop: Shop) -> None:
    coupon_id = issue(shop, an_offer())
    with writing(shop.engine) as connection:
        now = datetime.now(UTC)
        coupon_events.note(connection, [coupon_events.Event(coupon_events.Action.DOUBLE_USE, "used_up", now, CouponChannel.IMPORT, coupon_id)])
        [one] = coupon_events.noticed(connection, now - timedelta(days=1))
    for _ in range(2):  # the second time there is nothing left to tick off
        admin.post("/desk/coupons/noticed", data={"event": [str(one.id)]})
    admin.post("/desk/coupons/noticed", data={"back": str(one.id)})
    assert [(event.action, event.detail) for event in newest(shop, 9)] == [("see_notice_again", f"event {one.id}"), ("see_notices", f"events {one.id}")]


def test_codes_that_leave_the_house_are_noted(admin: httpx.Client, shop: Shop) -> None:
    assert admin.get("/desk/offers/ten/codes.csv").is_success
    assert [(one.action, one.subject, one.actor) for one in newest(shop)] == [("export_codes", "offer ten", "Ada")]


def test_a_wrong_password_is_noted_and_a_name_that_nobody_has_is_not(browser: httpx.Client, marketer: str, shop: Shop) -> None:
    for name in ("Martha", "my password by mistake"):
        browser.post("/desk/sign-in", data={"name": name, "password": "wrong"})
    assert [(one.action, one.actor) for one in newest(shop, 2)] == [("sign_in_failed", ""), ("sign_in_failed", "Martha")]


def test_the_log_is_for_admins_only(desk: httpx.Client) -> None:
    assert desk.get("/desk/audit").status_code == 403
    assert 'href="/desk/audit"' not in desk.get("/desk/customers").text


def test_the_log_is_read_page_by_page_and_by_whom_and_by_what(admin: httpx.Client, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        for number in range(150):
            who = "Martha" if number % 2 else "<i>Otto"
            audit.note(connection, datetime.now(UTC), who, Channel.DESK, "approve_print_run", f"print run {number}", f"comment {number:03d}")
    page = admin.get("/desk/audit?lang=en").text
    assert 'href="/desk/print-runs/149"' in page and "Print run approved" in page and "&lt;i&gt;Otto" in page
    assert "comment 149" in page and "comment 050" in page and "comment 049" not in page
    older = re.findall(r'href="(/desk/audit\?[^"]*before=[^"]*)"', page)
    assert "comment 049" in admin.get(older[0].replace("&amp;", "&")).text
    by_martha = admin.get("/desk/audit", params={"actor": "Martha"}).text
    assert "comment 149" in by_martha and "comment 148" not in by_martha
    about_one = admin.get("/desk/audit", params={"subject": "print run 7"}).text
    assert "comment 007" in about_one and "comment 008" not in about_one
    assert "There is nothing here yet" in admin.get("/desk/audit", params={"subject": "print run 999"}).text


@pytest.mark.parametrize(("subject", "page"), [("cart 17", "carts/17"), ("print run 3", "print-runs/3"), ("shop report 2", "shop-reports/2")])
def test_an_act_leads_to_the_page_of_what_it_was_done_to(subject: str, page: str, admin: httpx.Client, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        audit.note(connection, datetime.now(UTC), "Martha", Channel.DESK, "open_cart", subject)
    assert f'href="/desk/{page}"' in admin.get("/desk/audit").text
