"""Does the desk show what became of every code, and let the right people make, block, import and export codes?"""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import select

from api.desk.code_lists import MOST_CODES, Listed, listed_in
from api.desk.offer_form import Filled, filled_from, to_offer
from campaigns.offer import Articles, CodeSource, Offer, OfferKind
from store import coupon_events, offers, redemptions, users
from store.coupon_events import Action
from store.engine import reading, writing
from store.letters import Letter
from store.schema import coupon_events as events_table
from store.schema import coupons
from tests.api.checkout_shop import ANNA, a_cart, an_offer, ask, days, issue, uses
from tests.api.conftest import TOKEN, Shop

FORM = {
    "slug": "advent", "name": "Advent", "kind": "amount", "value": "7,50", "currency": "EUR", "minimum_order": "40", "valid_days": "70",
    "codes": "generated", "uses": "50", "uses_per_customer": "1",
}  # fmt: skip


@pytest.fixture
def sign_in(desk: httpx.Client, shop: Shop) -> Callable[[str], None]:
    """Changes who is signed in at the desk."""

    def as_(role: str) -> None:
        with writing(shop.engine) as connection:
            users.save(connection, role, "no hash", role, datetime.now(UTC))
            known = users.password_hash(connection, role)
            assert known
            desk.cookies.set("postillion", users.open_session(connection, known[0], datetime.now(UTC)))

    return as_


def saved(shop: Shop, slug: str) -> Offer:
    with reading(shop.engine) as connection:
        return offers.every(connection)[slug]


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def used_code(shop: Shop, program: httpx.Client) -> int:
    coupon_id = issue(shop, an_offer(name="Zehn Prozent", uses=5, uses_per_customer=None))
    ask(program, "redeem", a_cart(order_ref="#1001", shopper=ANNA))
    ask(program, "reserve", a_cart(order_ref="#1002"))
    return coupon_id


@pytest.mark.parametrize("typed", ["tee2026", " TEE 2026 ", "Tee-20"])
def test_a_code_is_found_in_any_spelling_and_by_its_beginning(typed: str, desk: httpx.Client, shop: Shop) -> None:
    coupon_id = issue(shop, an_offer())
    assert f'href="/desk/coupons/{coupon_id}"' in desk.get("/desk/coupons", params={"q": typed}).text
    assert "Kein Code passt zu „nix“." in text_of(desk.get("/desk/coupons", params={"q": "nix"}).text)


def test_a_coupons_page_tells_its_story(desk: httpx.Client, program: httpx.Client, shop: Shop, anna: int) -> None:
    page = text_of(desk.get(f"/desk/coupons/{used_code(shop, program)}").text)
    for words in (
        "Zehn Prozent", "10 %", "5-mal einlösbar", "2 von 5", "eingelöst", "reserviert", "#1001",
        "5,00 €", "7 %: netto 1,87 € + MwSt. 0,13 €", "19 %: netto 2,52 € + MwSt. 0,48 €", "shop-sync",
    ):  # fmt: skip
        assert words in page.replace("\xa0", " "), words


def test_a_letters_code_leads_from_letter_to_customer_to_order(desk: httpx.Client, program: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    code = f"CODE-{TOKEN[-5:]}"
    ask(program, "redeem", a_cart(code, order_ref="#77", shopper=ANNA))
    with reading(shop.engine) as connection:
        coupon_id = connection.execute(select(coupons.c.id).where(coupons.c.code == code)).scalar_one()
    page = desk.get(f"/desk/coupons/{coupon_id}").text
    assert f"/desk/letters/{annas_letter.id}.pdf" in page and f"/desk/customers/{annas_letter.customer_id}" in page and "/desk/campaigns/winback" in page
    customer = desk.get(f"/desk/customers/{annas_letter.customer_id}").text
    assert f"/desk/coupons/{coupon_id}" in customer
    assert "eingelöst: #77, 5,00 €" in text_of(customer).replace("\xa0", " "), "with its fate"


def test_a_customers_page_lists_every_code_that_was_given_used_or_named_at_sign_up(desk: httpx.Client, program: httpx.Client, shop: Shop, anna: int) -> None:
    given = issue(shop, an_offer(slug="given"), "GIVEN-1", customer_id=anna, valid_until=days(-1))
    used = issue(shop, an_offer(slug="used"), "USED-1")
    signed_up = issue(shop, an_offer(slug="signup"), "SIGN-UP-1")
    strangers = issue(shop, an_offer(slug="strangers"), "STRANGE-1")
    ask(program, "redeem", a_cart("USED-1", order_ref="1", shopper=ANNA))
    ask(program, "sign-up", {"code": "SIGN-UP-1", "email": ANNA["email"]})
    page = desk.get(f"/desk/customers/{anna}").text
    assert [f'href="/desk/coupons/{one}"' in page for one in (given, used, signed_up, strangers)] == [True, True, True, False]
    assert "abgelaufen" in page and "verbraucht" in page


def test_blocking_a_code_needs_a_reason_and_is_written_down(desk: httpx.Client, program: httpx.Client, shop: Shop) -> None:
    coupon_id = used_code(shop, program)
    refused = desk.post(f"/desk/coupons/{coupon_id}/void", data={"reason": " "})
    assert refused.status_code == 422 and "Bitte nennen Sie den Grund" in refused.text
    assert ask(program, "quote", a_cart())["granted"]
    assert desk.post(f"/desk/coupons/{coupon_id}/void", data={"reason": "Steht in einem Forum"}).status_code == 303
    assert ask(program, "quote", a_cart())["refusal"]["reason"] == "void"
    page = text_of(desk.get(f"/desk/coupons/{coupon_id}").text)
    assert "Steht in einem Forum" in page and "Martha" in page
    with reading(shop.engine) as connection:
        [event] = [one for one in coupon_events.of_coupon(connection, coupon_id) if one.action is Action.VOID]
    assert (event.actor, event.channel, event.detail) == ("Martha", "desk", "Steht in einem Forum")


def test_a_use_is_given_back_at_the_desk(desk: httpx.Client, program: httpx.Client, shop: Shop) -> None:
    coupon_id = used_code(shop, program)
    with reading(shop.engine) as connection:
        redeemed = redemptions.by_order(connection, "webshop", "#1001")[0].id
    path = f"/desk/coupons/{coupon_id}/roll-back"
    assert desk.post(path, data={"redemption": str(redeemed)}).status_code == 422
    assert desk.post(path, data={"redemption": str(redeemed), "reason": "Storno per Telefon"}).status_code == 303
    assert uses(shop) == 1
    other = issue(shop, an_offer(slug="other"), "OTHER-1")
    assert desk.post(f"/desk/coupons/{other}/roll-back", data={"redemption": str(redeemed), "reason": "x"}).status_code == 404
    assert desk.post(path, data={"redemption": "999999", "reason": "x"}).status_code == 404
    assert desk.get("/desk/coupons/999999").status_code == 404


def test_uses_that_should_not_have_been_are_shown(desk: httpx.Client, shop: Shop) -> None:
    coupon_id = issue(shop, an_offer())
    assert "Nichts Auffälliges." in desk.get("/desk/coupons/noticed").text
    event = coupon_events.Event(Action.DOUBLE_USE, "used_up", datetime.now(UTC), "import", coupon_id, source="shop", order_ref="#998")  # type: ignore[arg-type]
    with writing(shop.engine) as connection:
        coupon_events.note(connection, [event])
    assert 'href="/desk/coupons/noticed"' in desk.get("/desk/coupons").text
    page = text_of(desk.get("/desk/coupons/noticed").text)
    assert "TEE-2026" in page and "von einer Bestellung ein weiteres Mal benutzt" in page and "#998" in page


def test_an_offer_is_made_shown_and_changed(desk: httpx.Client, shop: Shop) -> None:
    hours = {"day_0_1": "yes", "day_0_5": "yes", "start_0": "16:00", "end_0": "22:00"}
    more = {"only_categories": "Tea\nPots\n", "never_skus": "POT-7", "vat_rates": "7 19", "new_customers_only": "yes", "valid_until": "2027-12-24"}
    answer = desk.post("/desk/offers/new", data=FORM | hours | more)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/offers/advent?done=offer_saved")
    offer = saved(shop, "advent")
    assert (offer.kind, offer.value, offer.minimum_order_cents, offer.vat_rates) == (OfferKind.AMOUNT, 750, 4000, (700, 1900))
    assert (offer.only, offer.never) == (Articles(categories=("Tea", "Pots")), Articles(skus=("POT-7",)))
    assert (offer.windows[0].weekdays, f"{offer.windows[0].start:%H:%M}", offer.new_customers_only) == ((1, 5), "16:00", True)
    page = text_of(desk.get("/desk/offers/advent").text).replace("\xa0", " ")
    for words in ("7,50 €", "24. Dezember 2027", "Nur für Neukunden.", "16:00–22:00", "Tea", "POT-7", "7 %", "40 €"):
        assert words in page, words
    form = desk.get("/desk/offers/advent/edit").text
    assert 'name="slug"' not in form and 'value="7,5"' in form
    assert 'value="7.5"' in desk.get("/desk/offers/advent/edit?lang=en").text
    assert desk.post("/desk/offers/advent/edit", data=FORM | {"value": "8", "slug": "another"}).status_code == 303
    assert saved(shop, "advent").value == 800
    assert desk.post("/desk/offers/none/edit", data=FORM).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"slug": "Advent!"}, "Kurzname: nur a–z"),
        ({"slug": "ten"}, "Ein Angebot mit diesem Namen gibt es schon."),
        ({"name": " "}, "Name: darf nicht leer sein."),
        ({"value": "viel"}, "Wert: bitte eine Zahl"),
        ({"value": "0"}, "Der Gutschein ist nichts wert"),
        ({"kind": "percentage", "value": "150", "partner": "lena"}, "mehr als 100 % weg: Bitte den Wert verringern. Ein Partner ist genannt"),
        ({"for_partners": "yes", "partner": "lenna"}, "Nur dieser Partner: diesen Partner gibt es nicht."),
        ({"codes": "shopify", "personal": "yes"}, "Shopifys Kasse kennt weder"),
        ({"value": "1.234"}, "Wert: bitte eine Zahl"),
        ({"value": "1e9999999"}, "Wert: bitte eine Zahl"),
        ({"kind": "gift"}, "Art: bitte etwas aus der Liste"),
        ({"valid_days": "-1"}, "Gültig, Tage: bitte eine Zahl"),
        ({"valid_until": "24.12."}, "Letzter Tag: bitte einen Tag"),
        ({"start_0": "16:00"}, "Nur zu diesen Zeiten: bitte Wochentage"),
        ({"currency": "Euro"}, "Währung: bitte drei Buchstaben"),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_wrong_entry_is_named_and_what_was_typed_stays(changes: dict[str, str], words: str, desk: httpx.Client, shop: Shop) -> None:
    answer = desk.post("/desk/offers/new", data=FORM | {"name": "Mein Angebot"} | changes)
    assert answer.status_code == 422
    assert words in text_of(answer.text)
    assert changes.get("name", "Mein Angebot").strip() in answer.text


def test_what_was_taken_off_is_added_up_in_each_currency(desk: httpx.Client, program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer(name="Zehn Prozent", uses=5, uses_per_customer=None))
    for number, currency in enumerate(("EUR", "CHF", "CHF")):
        assert ask(program, "redeem", a_cart(order_ref=f"#{number}", currency=currency))["granted"]
    for page in ("coupons", "offers/rule"):
        shown = text_of(desk.get(f"/desk/{page}").text).replace("\xa0", " ")
        assert "10,00 CHF" in shown and "5,00 €" in shown, page


def test_an_offers_codes_are_shown_by_what_became_of_them(desk: httpx.Client, program: httpx.Client, shop: Shop) -> None:
    used_code(shop, program)
    issue(shop, an_offer(name="Zehn Prozent", uses=5, uses_per_customer=None), "BLOCKED-1", voided=True)
    assert all(code in desk.get("/desk/offers/rule").text for code in ("TEE-2026", "BLOCKED-1"))
    void, still_open = (desk.get(f"/desk/offers/rule?fate={fate}").text for fate in ("void", "open"))
    assert "BLOCKED-1" in void and "TEE-2026" not in void and "Codes: gesperrt" in void
    assert "TEE-2026" in still_open and "BLOCKED-1" not in still_open
    assert "TEE-2026" in desk.get("/desk/offers/rule?fate=nonsense").text


def test_who_changed_an_offer_is_written_down(desk: httpx.Client, shop: Shop) -> None:
    desk.post("/desk/offers/new", data=FORM)
    desk.post("/desk/offers/advent/edit", data=FORM | {"value": "50"})
    desk.post("/desk/offers/advent/edit", data=FORM | {"value": "50"})
    with reading(shop.engine) as connection:
        told = connection.execute(
            select(events_table.c.actor, events_table.c.detail).where(events_table.c.action == Action.SAVE).order_by(events_table.c.id)
        ).all()
    assert [actor for actor, _ in told] == ["Martha", "Martha"], "saving the same once more changes nothing"
    assert "750 → 5000" in told[1][1]
    page = text_of(desk.get("/desk/offers/advent").text)
    assert "Angebot gespeichert value 750 → 5000 Martha" in page


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("done=codes_drawn&count=1500", "Codes erzeugt: 1.500."),
        ("done=offer_saved&lang=en", "The offer is saved."),
        ("done=codes_drawn", ""),
        ("done=codes_drawn&count=-5", ""),
        ("done=codes_drawn&count=²", ""),
        ("done=refused_void", ""),
        ("done=Bitte%20rufen%20Sie%20an", ""),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_an_address_makes_the_desk_say_only_what_it_says_anyway(asked: str, words: str, desk: httpx.Client) -> None:
    said = re.findall(r'<p class="done" role="status">(.*?)</p>', desk.get(f"/desk/coupons?{asked}").text)
    assert said == ([words] if words else [])


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_only_marketers_and_admins_decide_about_offers(desk: httpx.Client, shop: Shop, sign_in: Callable[[str], None]) -> None:
    coupon_id = issue(shop, an_offer(slug="tea"))
    sign_in("support")
    assert desk.get("/desk/offers/tea").status_code == desk.get("/desk/offers/tea/codes.csv").status_code == 200
    assert "/desk/offers/tea/edit" not in desk.get("/desk/offers/tea").text
    for path in ("new", "tea/edit", "tea/import"):
        assert (desk.get(f"/desk/offers/{path}").status_code, desk.post(f"/desk/offers/{path}", data=FORM).status_code) == (403, 403)
    assert desk.post("/desk/offers/tea/draw", data={"count": "5", "last_day": days(9).isoformat()}).status_code == 403
    assert desk.post(f"/desk/coupons/{coupon_id}/void", data={"reason": "verloren"}).status_code == 303, "support may block a code"
    sign_in("partner")
    for path in ("coupons", f"coupons/{coupon_id}", "coupons/noticed", "offers/tea", "offers/new", "offers/tea/codes.csv"):
        assert desk.get(f"/desk/{path}").status_code == 404, path


def test_codes_are_looked_at_before_they_are_stored(desk: httpx.Client, program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer(slug="elsewhere"), "TAKEN-1")
    with writing(shop.engine) as connection:
        offers.save(connection, an_offer(slug="tea", codes=CodeSource.IMPORTED), datetime.now(UTC))
    listed = "Code;Letzter Tag\nNEU-1;31.12.2027\nNEU-2\nTAKEN-1\n"
    looked = desk.post("/desk/offers/tea/import", data={"last_day": days(40).isoformat()}, files={"file": ("codes.csv", listed.encode("utf-8-sig"))})
    assert looked.status_code == 200
    page = text_of(looked.text)
    assert "2 speichern" in page and "TAKEN-1" in page
    assert ask(program, "quote", a_cart("NEU-1"))["refusal"]["reason"] == "unknown_code", "nothing is stored yet"
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', looked.text))
    assert desk.post("/desk/offers/tea/import", data=hidden).status_code == 303
    assert ask(program, "quote", a_cart("neu 1"))["granted"]
    with reading(shop.engine) as connection:
        found = dict(connection.execute(select(coupons.c.code, coupons.c.valid_until)).tuples().all())
    assert (found["NEU-1"].isoformat(), found["NEU-2"]) == ("2027-12-31", days(40))
    assert "/desk/imports/" in desk.get("/desk/imports").text


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"A-1\r\nA-2\n\n", [Listed("A-1"), Listed("A-2")]),
        ('\ufeff"Gutscheincode"\n"A-1"\n'.encode(), [Listed("A-1")]),
        ("Grün-1".encode("cp1252"), [Listed("Grün-1")]),
        (b"'=A1;2027-01-02", [Listed("=A1", datetime(2027, 1, 2).date())]),
        (b"\n \n", "codes_none"),
        (b"Code\n", "codes_none"),
        (b"\x89PNG\r\n\x1a\n\0\0", "codes_no_text"),
        (b"A-1;morgen", "codes_wrong_day"),
        (b"x" * 256, "codes_too_long"),
        (b"A\n" * (MOST_CODES + 1), "codes_too_many"),
    ],
)
def test_a_list_of_codes_is_read_whatever_program_wrote_it(content: bytes, found: list[Listed] | str) -> None:
    assert listed_in(content) == found


def test_codes_are_drawn_and_go_out_in_a_list_without_formulas(desk: httpx.Client, program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer(slug="tea", uses=2, uses_per_customer=None), "=1+1")
    ask(program, "redeem", a_cart("=1+1", order_ref='=HYPERLINK("x")'))
    for count, last_day in (("0", days(9)), ("100001", days(9)), ("5", days(-1)), ("x", days(9))):
        assert desk.post("/desk/offers/tea/draw", data={"count": count, "last_day": last_day.isoformat()}).status_code == 422
    assert desk.post("/desk/offers/tea/draw", data={"count": "250", "last_day": days(9).isoformat()}).status_code == 303
    with reading(shop.engine) as connection:
        issued = connection.execute(select(events_table.c.actor, events_table.c.detail).where(events_table.c.action == Action.ISSUE)).one()
    assert (issued.actor, issued.detail) == ("Martha", f"250 codes of tea, until {days(9)}")
    answer = desk.get("/desk/offers/tea/codes.csv")
    assert answer.headers["Content-Type"].startswith("text/csv") and 'filename="codes-tea.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert (len(rows), len({row["code"] for row in rows})) == (251, 251)
    assert (rows[0]["code"], rows[0]["uses"], rows[0]["orders"]) == ("'=1+1", "1", '\'=HYPERLINK("x") (redeemed)')
    assert not [cell for row in rows for cell in row.values() if cell[:1] in set("=+-@\t\r")]
    assert {row["state"] for row in rows} == {"open"}
    assert "251" in text_of(desk.get("/desk/coupons").text)


def test_every_field_of_an_offer_survives_the_form() -> None:
    offer = an_offer(
        kind=OfferKind.AMOUNT, value=1234, currency="CHF", minimum_order_cents=5000, valid_days=30, valid_from=days(1), valid_until=days(9),
        vat_rates=(700, 1950), only=Articles(("A",), ("B", "C")), never=Articles((), ("D",)), uses=None, uses_per_customer=3,
        new_customers_only=True, combinable=True, prefix="TEE",
    )  # fmt: skip
    assert to_offer(filled_from(offer)) == offer
    imported = an_offer(codes=CodeSource.IMPORTED, personal=True)
    assert to_offer(filled_from(imported)) == imported
    assert to_offer(Filled(FORM)).uses == 50


def test_the_pages_speak_english_too(desk: httpx.Client, program: httpx.Client, shop: Shop) -> None:
    coupon_id = used_code(shop, program)
    for path, words in (
        (f"coupons/{coupon_id}", "Audit log"),
        ("coupons", "Can be used"),
        ("offers/rule", "What became of the codes"),
        ("offers/new", "New customers only"),
    ):
        assert words in desk.get(f"/desk/{path}?lang=en").text
