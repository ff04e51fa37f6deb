"""What does a partner see and do, and what never?"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import httpx
import pypdfium2 as pdfium
import pytest
import zxingcpp
from fastapi import FastAPI
from sqlalchemy import insert, select

from api.partners import desk, printing
from campaigns.offer import Offer, OfferKind
from campaigns.partner import ContactField, Partner
from letters.partner_coupons import MOST_PAGES
from store import offers, partners, users
from store.coupon_events import Action
from store.engine import reading, writing
from store.schema import coupon_events, coupons, prospect_views, sign_up_codes
from store.users import Role
from tests.api.checkout_shop import an_offer, issue
from tests.api.conftest import ANNA, PASSWORD, PHONE, Shop, served

STANDING = Offer("friends", "Freunde", OfferKind.PERCENTAGE, 1000, uses=None, new_customers_only=True, for_partners=True, minimum_order_cents=3000)


@contextmanager
def signed_in(app: FastAPI, shop: Shop, password_hash: str, slug: str, name: str) -> Iterator[httpx.Client]:
    """A partner's own browser."""
    now = datetime.now(UTC)
    with writing(shop.engine) as connection:
        offers.save(connection, STANDING, now)
        partners.add(connection, slug, name, f"{slug}@partner.example", "", now)
        partners.open_login(connection, slug, slug, password_hash, now)
        known = users.password_hash(connection, slug)
        assert known
        token = users.open_session(connection, known[0], now)
    with (
        served(app) as url,
        httpx.Client(timeout=60, base_url=url, headers={"User-Agent": PHONE, "Accept-Language": "de"}, cookies={"postillion": token}) as client,
    ):
        yield client


@pytest.fixture
def meier(app: FastAPI, shop: Shop, password_hash: str) -> Iterator[httpx.Client]:
    with signed_in(app, shop, password_hash, "anna-meier", "Anna Meier") as client:
        yield client


@pytest.fixture
def other(app: FastAPI, shop: Shop, password_hash: str) -> Iterator[httpx.Client]:
    with signed_in(app, shop, password_hash, "zoe", "Zoe Zander") as client:
        yield client


def partner(shop: Shop, slug: str = "anna-meier") -> Partner:
    with reading(shop.engine) as connection:
        found = partners.by_slug(connection, slug)
    assert found
    return found


def code_id(shop: Shop, code: str = "vonmeier") -> int:
    with reading(shop.engine) as connection:
        return int(connection.execute(select(coupons.c.id).where(coupons.c.code == code)).scalar_one())


def derive(browser: httpx.Client, code: str = "vonmeier", offer: str = "friends") -> httpx.Response:
    return browser.post("/partner/codes", data={"offer": offer, "code": code})


def test_a_partner_makes_a_code_and_sees_its_terms(meier: httpx.Client) -> None:
    assert derive(meier).status_code == 303
    page = meier.get("/partner").text
    assert "vonmeier" in page and "10\u00a0%" in page and "30\u00a0€" in page and "Neukunden" in page


def test_a_refused_code_is_said_beside_the_field_and_stays_there(meier: httpx.Client, other: httpx.Client) -> None:
    derive(other)
    answer = derive(meier, "V0N-Meier")
    assert answer.status_code == 422
    assert "gibt es schon" in answer.text and 'value="V0N-Meier"' in answer.text
    assert derive(meier, "x").status_code == derive(meier, "vonanna", "no-such-offer").status_code == 422
    assert "vonmeier" not in meier.get("/partner").text


def test_whoever_looks_for_codes_of_others_is_told_nothing_more(meier: httpx.Client, other: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer(), "VIP-50", source="shop")
    assert "gibt es schon" in derive(meier, "vip50").text
    for _ in range(19):
        derive(meier, "V1P-50")
    for code in ("vip50", "vonmeier"):
        answer = derive(meier, code)
        assert answer.status_code == 422 and "in einer Stunde" in answer.text, code
    assert derive(other, "vonzoe").status_code == 303, "others are not shut out with them"


def test_a_code_is_switched_off_and_on_again(meier: httpx.Client, shop: Shop, browser: httpx.Client) -> None:
    derive(meier)
    for on, phrase, status in (("false", "Abgeschaltet", 404), ("true", "Abschalten", 302)):
        assert meier.post(f"/partner/codes/{code_id(shop)}/switch", data={"on": on}).status_code == 303
        assert phrase in meier.get("/partner").text
        assert browser.get("/P/VonMeier").status_code == status


def test_a_code_that_the_desk_blocks_while_it_is_switched_off_stays_blocked(meier: httpx.Client, desk: httpx.Client, shop: Shop) -> None:
    derive(meier)
    number = code_id(shop)
    meier.post(f"/partner/codes/{number}/switch", data={"on": "false"})
    assert f"/desk/coupons/{number}/void" in desk.get(f"/desk/coupons/{number}").text
    assert desk.post(f"/desk/coupons/{number}/void", data={"reason": "fraud"}).status_code == 303
    assert meier.post(f"/partner/codes/{number}/switch", data={"on": "true"}).status_code == 303
    page = meier.get("/partner").text
    assert "Vom Betreiber gesperrt" in page and "/switch" not in page
    log = desk.get(f"/desk/coupons/{number}").text
    assert f"/desk/coupons/{number}/void" not in log and "vom Partner angelegt" in log and "abgeschaltet" in log and "Partner-Desk" in log


@pytest.mark.parametrize(("make", "pages", "codes"), [("sheet", 3, 8), ("letter", 2, 1)])
def test_printed_coupons_hold_the_code_its_terms_and_a_qr_code_that_leads_on(make: str, pages: int, codes: int, meier: httpx.Client, shop: Shop) -> None:
    derive(meier)
    answer = meier.get(f"/partner/codes/{code_id(shop)}/{make}.pdf?pages={pages}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content == meier.get(f"/partner/codes/{code_id(shop)}/{make}.pdf?pages={pages}").content
    document = pdfium.PdfDocument(BytesIO(answer.content))
    assert len(document) == pages
    text = document[0].get_textpage().get_text_bounded()
    assert "vonmeier" in text and "Anna Meier" in text and "Neukunden" in text and "30\u00a0€" in text.replace(" €", "\u00a0€")
    image = document[pages - 1].render(scale=100 / 72, grayscale=True).to_numpy()
    assert [found.text for found in zxingcpp.read_barcodes(image)] == ["http://127.0.0.1/P/VONMEIER"] * codes
    document.close()


@pytest.mark.parametrize("pages", ["0", str(MOST_PAGES + 1), "x"])
def test_an_impossible_number_of_pages_is_no_page(pages: str, meier: httpx.Client, shop: Shop) -> None:
    derive(meier)
    assert meier.get(f"/partner/codes/{code_id(shop)}/sheet.pdf?pages={pages}").status_code == 404


def test_a_scan_leads_to_the_shop_with_the_code_applied(meier: httpx.Client, shop: Shop, app: FastAPI) -> None:
    derive(meier, "von-Meier")
    app.state.office.settings.partner_landing_url = "https://my-shop.example/discount/{coupon_code}?redirect=/tee"
    answer = meier.get("/p/VON-MEIER", headers={"Cookie": ""})
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://my-shop.example/discount/von-Meier?redirect=/tee")
    assert "no-store" in answer.headers["Cache-Control"] and "Set-Cookie" not in answer.headers


def test_whoever_goes_on_guessing_partners_codes_is_stopped(browser: httpx.Client) -> None:
    assert [browser.get(f"/P/GUESS{number}").status_code for number in (1, 2)] == [404, 404]
    assert [browser.get(f"/P/GUESS{number}").status_code for number in range(40)][-1] == 429


def routes_with_an_id() -> list[tuple[str, str]]:
    """Every route of the partner desk that names an object."""
    found = [(method, route.path) for module in (desk, printing) for route in module.router.routes for method in sorted(route.methods)]
    return [(method, path) for method, path in found if "{coupon_id}" in path]


def test_another_partners_objects_are_not_there(meier: httpx.Client, other: httpx.Client, shop: Shop) -> None:
    derive(meier)
    assert len(routes_with_an_id()) >= 2
    for method, path in routes_with_an_id():
        for make in ("sheet", "letter"):
            for number in (code_id(shop), 999_999, 2**62):
                answer = other.request(method, path.format(coupon_id=number, make=make), data={"on": "false"} if method == "POST" else None)
                assert answer.status_code == 404, path
    assert "Abgeschaltet" not in meier.get("/partner").text
    for page in ("/partner", "/partner/first-line", "/partner/prospects"):
        assert "vonmeier" not in other.get(page).text


def test_a_partner_sees_nothing_of_the_desk_and_the_desk_nothing_as_a_partner(meier: httpx.Client, desk: httpx.Client, anna: int) -> None:
    for path in ("/desk/customers", f"/desk/customers/{anna}", "/desk/partners", "/desk/partners/anna-meier", f"/api/v1/customers/{anna}"):
        assert meier.get(path).status_code == 404, path
    assert desk.get("/partner").status_code == 404


def test_signing_in_leads_a_partner_to_the_partner_desk(meier: httpx.Client, browser: httpx.Client) -> None:
    for wanted in ("/desk/customers", "/partner/prospects", "https://evil.example"):
        answer = browser.post("/desk/sign-in", data={"name": "anna-meier", "password": PASSWORD, "next": wanted})
        assert answer.headers["Location"] == (wanted if wanted.startswith("/partner") else "/partner")


def test_a_partner_who_is_shut_out_is_out_at_once(meier: httpx.Client, desk: httpx.Client, browser: httpx.Client) -> None:
    derive(meier)
    assert desk.post("/desk/partners/anna-meier/active", data={"on": "false"}).status_code == 303
    assert meier.get("/partner").status_code == 404
    assert browser.get("/P/VONMEIER").status_code == 404
    desk.post("/desk/partners/anna-meier/active", data={"on": "true"})
    assert meier.get("/partner").status_code == 200


def gave_the_code(shop: Shop) -> int:
    who = shop.add_customer(replace(ANNA, registered_at=datetime.now(UTC)))
    with writing(shop.engine) as connection:
        connection.execute(insert(sign_up_codes).values(coupon_id=code_id(shop), customer_id=who, source="shop", given_at=datetime.now(UTC)))
    return who


def test_prospects_show_released_fields_only_and_each_look_is_written_down(meier: httpx.Client, desk: httpx.Client, shop: Shop) -> None:
    derive(meier)
    who = gave_the_code(shop)
    page = meier.get("/partner/prospects").text
    assert "keine Angaben freigegeben" in page and not re.search("Müller|Leipzig|mail.example", page)
    with writing(shop.engine) as connection:
        partners.change(connection, "anna-meier", released=[ContactField.FIRST_NAME, ContactField.TOWN])
    page = meier.get("/partner/prospects").text
    assert "Anna" in page and "Leipzig" in page and "Müller" not in page and "mail.example" not in page
    with reading(shop.engine) as connection:
        [(customer_id, fields)] = connection.execute(select(prospect_views.c.customer_id, prospect_views.c.fields)).all()
    assert (customer_id, fields) == (who, ["first_name", "town"])
    assert f"/desk/customers/{who}" in desk.get("/desk/partners/anna-meier").text


def test_only_an_admin_releases_contact_fields(meier: httpx.Client, desk: httpx.Client, shop: Shop, password_hash: str) -> None:
    release = {"field": ["first_name", "town", "shoe_size"]}
    assert desk.post("/desk/partners/anna-meier/release", data=release).status_code == 403
    assert partner(shop).released == ()
    with writing(shop.engine) as connection:
        users.save(connection, "Chef", password_hash, Role.ADMIN, datetime.now(UTC))
        known = users.password_hash(connection, "Chef")
        assert known
        token = users.open_session(connection, known[0], datetime.now(UTC))
    desk.cookies.clear()
    desk.cookies.set("postillion", token)
    assert desk.post("/desk/partners/anna-meier/release", data=release).status_code == 303
    assert partner(shop).released == (ContactField.FIRST_NAME, ContactField.TOWN)
    assert desk.post("/desk/partners/anna-meier/release", data={}).status_code == 303
    assert partner(shop).released == ()


def test_the_operator_adds_partners_and_sees_the_tree(desk: httpx.Client) -> None:
    assert "Noch gibt es keine Partner" in desk.get("/desk/partners").text
    assert desk.post("/desk/partners", data={"slug": "anna", "name": "Anna <b>", "email": "a@b.example"}).status_code == 303
    assert (
        desk.post("/desk/partners", data={"slug": "berta", "name": "Berta", "sponsor": "anna"}).headers["Location"] == "/desk/partners/berta?done=partner_added"
    )
    page = desk.get("/desk/partners").text
    assert page.index("Anna &lt;b&gt;") < page.index("Berta") and 'class="depth depth-1"' in page
    wrong = desk.post("/desk/partners", data={"slug": "Carl", "name": "Carl", "sponsor": "nobody"})
    assert wrong.status_code == 422 and 'value="Carl"' in wrong.text and "So kann ein Partner nicht heißen" in wrong.text
    assert desk.get("/desk/partners/nobody").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"slug": "anna-meier", "name": "Carla"}, "Einen Partner mit diesem Kurznamen gibt es schon."),
        ({"slug": "carla", "name": "Carla", "sponsor": "nobody"}, "Den Partner, der geworben haben soll, gibt es nicht"),
        ({"slug": "carla", "name": " "}, "Bitte einen Namen, der sich drucken lässt."),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_why_nobody_can_be_taken_in_is_said_in_the_readers_language(wrong: dict[str, str], words: str, meier: httpx.Client, desk: httpx.Client) -> None:
    answer = desk.post("/desk/partners", data=wrong)
    assert answer.status_code == 422 and words in answer.text


def test_the_desk_lets_a_partner_sign_in_and_changes_the_password(desk: httpx.Client) -> None:
    desk.post("/desk/partners", data={"slug": "zoe", "name": "Zoe"})
    assert "Kann sich noch nicht anmelden" in desk.get("/desk/partners/zoe").text
    first, second = "drei oder vier Woerter", "ganz andere vier Woerter"
    for password, refused in ((first, second), (second, first)):
        made = desk.post("/desk/partners/zoe/login", data={"user_name": "zoe.z", "password": password})
        assert (made.status_code, made.headers["Location"]) == (303, "/desk/partners/zoe?done=partner_login_made")
        with httpx.Client(base_url=desk.base_url, headers={"User-Agent": PHONE}) as zoe:
            assert zoe.post("/desk/sign-in", data={"name": "zoe.z", "password": refused}).status_code == 401
            assert zoe.post("/desk/sign-in", data={"name": "zoe.z", "password": password}).headers["Location"] == "/partner"
    assert "Meldet sich als zoe.z an" in desk.get("/desk/partners/zoe").text


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("Martha", PASSWORD, "Unter diesem Namen meldet sich schon jemand anderes an."),
        ("anna-meier", PASSWORD, "Unter diesem Namen meldet sich schon jemand anderes an."),
        ("", PASSWORD, "Bitte einen Namen zum Anmelden"),
        ("zoe", "zu kurz", "Das Passwort ist zu kurz."),
    ],
)
def test_no_partners_sign_in_takes_somebody_elses(name: str, password: str, words: str, meier: httpx.Client, desk: httpx.Client, shop: Shop) -> None:
    desk.post("/desk/partners", data={"slug": "zoe", "name": "Zoe"})
    with reading(shop.engine) as connection:
        before = users.password_hash(connection, name)
    answer = desk.post("/desk/partners/zoe/login", data={"user_name": name, "password": password})
    assert answer.status_code == 422 and words in answer.text
    with reading(shop.engine) as connection:
        assert users.password_hash(connection, name) == before
    assert desk.get("/desk/partners").status_code == 200, "whoever is at the desk stays there, in the same role"


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_only_those_who_manage_partners_make_sign_ins(desk: httpx.Client, shop: Shop, password_hash: str) -> None:
    desk.post("/desk/partners", data={"slug": "zoe", "name": "Zoe"})
    assert desk.post("/desk/partners/nobody/login", data={"user_name": "zoe", "password": PASSWORD}).status_code == 404
    with writing(shop.engine) as connection:
        users.save(connection, "Sven", password_hash, Role.SUPPORT, datetime.now(UTC))
        known = users.password_hash(connection, "Sven")
        assert known
        token = users.open_session(connection, known[0], datetime.now(UTC))
    desk.cookies.clear()
    desk.cookies.set("postillion", token)
    assert desk.post("/desk/partners/zoe/login", data={"user_name": "zoe", "password": PASSWORD}).status_code == 403
    assert 'name="password"' not in desk.get("/desk/partners/zoe").text


def test_a_partner_gets_a_link_to_share_for_each_code_that_is_on(meier: httpx.Client, shop: Shop) -> None:
    derive(meier)
    link = f"{shop.settings.public_url}/P/vonmeier"
    assert f'href="{link}"' in meier.get("/partner").text
    meier.post(f"/partner/codes/{code_id(shop)}/switch", data={"on": "false"})
    assert link not in meier.get("/partner").text


def test_what_the_desk_does_to_a_partner_is_written_down(desk: httpx.Client, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        users.save(connection, "Chef", "no hash", Role.ADMIN, datetime.now(UTC))
        known = users.password_hash(connection, "Chef")
        assert known
        desk.cookies.set("postillion", users.open_session(connection, known[0], datetime.now(UTC)))
    desk.post("/desk/partners", data={"slug": "zoe", "name": "Zoe"})
    desk.post("/desk/partners/zoe/login", data={"user_name": "zoe", "password": PASSWORD})
    desk.post("/desk/partners/zoe/release", data={"field": ["town", "email"]})
    desk.post("/desk/partners/zoe/active", data={"on": "false"})
    with reading(shop.engine) as connection:
        noted = connection.execute(
            select(coupon_events.c.actor, coupon_events.c.detail).where(coupon_events.c.action == Action.PARTNER).order_by(coupon_events.c.id)
        )
        assert [tuple(row) for row in noted] == [
            ("Chef", "zoe: taken in"),
            ("Chef", "zoe: sign-in zoe"),
            ("Chef", "zoe: released town, email"),
            ("Chef", "zoe: shut out"),
        ]
    assert "released town, email" in desk.get("/desk/partners/zoe").text
    desk.post("/desk/partners", data={"slug": "zo", "name": "Zo"})
    assert "released" not in re.sub(r"<form.*?</form>", "", desk.get("/desk/partners/zo").text, flags=re.DOTALL), "another's log"
