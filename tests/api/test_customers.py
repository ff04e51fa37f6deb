"""Does the customer page tell the whole history, and nothing but it?"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import text

from api.wording import Wording
from campaigns.address import Address, AddressProblem
from campaigns.cart import Cart, CartItem
from campaigns.customer import Customer
from campaigns.order import Order, OrderState
from campaigns.verdict import Outcome, Reason, Verdict, excluded
from store.engine import writing
from store.letters import Letter
from store.schema import letters as letters_table
from tests.api.conftest import ANNA, TOKEN, Shop

HOSTILE = '<script>alert("1")</script>&\'"'


def order(number: int, ordered_at: datetime) -> Order:
    return Order("shop", f"more{number}", f"2025-{number:04d}", ordered_at, OrderState.COMPLETED, 1000 + number, email=ANNA.email)


def cart(name: str, updated_at: datetime) -> Cart:
    return Cart("shop", name, updated_at, updated_at, ANNA.email, items=(CartItem("TEE-9", "Sencha", 3, 1250),))


def test_customers_are_found_by_the_start_of_their_names(desk: httpx.Client, anna: int) -> None:
    found = desk.get("/desk/customers", params={"q": "müll ann"}).text
    assert f'href="/desk/customers/{anna}"' in found and "1 Treffer" in found
    assert "Niemand gefunden" in desk.get("/desk/customers", params={"q": "Meier"}).text
    assert f'href="/desk/customers/{anna}"' in desk.get("/desk/customers").text


@pytest.mark.parametrize("text", ["\0", "%", "_", "\\", "'; DROP TABLE customers; --", "ä" * 200, "\ud7ff\U0010ffff"])
def test_no_search_breaks_the_page(text: str, desk: httpx.Client, anna: int) -> None:
    assert desk.get("/desk/customers", params={"q": text}).status_code == 200


def test_a_hostile_name_stays_text_everywhere(desk: httpx.Client, shop: Shop) -> None:
    address = Address(first_name=HOSTILE, last_name=HOSTILE, company=HOSTILE, street=HOSTILE, postcode="1", town=HOSTILE, country="DE")
    customer_id = shop.add_customer(Customer("shop", "2", HOSTILE, "x@mail.example", address=address))
    shop.decide(customer_id, excluded(Reason.UNPRINTABLE_TEXT, HOSTILE))
    for path in (f"/desk/customers/{customer_id}", "/desk/customers", f"/desk/customers?q={HOSTILE}", f"/desk/sign-in?next=/desk/{HOSTILE}"):
        page = desk.get(path).text
        assert "<script" not in page and '"1"' not in page, path
        assert "&lt;script&gt;alert(" in page, path


def test_master_data_and_address_stand_on_the_page(desk: httpx.Client, anna: int) -> None:
    page = desk.get(f"/desk/customers/{anna}").text
    for expected in ("K-1001", ANNA.email, "Anna Müller<br>Lindenallee 12<br>04109 Leipzig", "Kunde seit 04.05.2024", "01.03.2024"):
        assert expected in page
    assert "Werbewiderspruch seit" not in page and "Kürzlich angeschrieben" not in page


def test_a_prospect_is_told_from_a_customer_and_a_bad_address_from_a_good_one(desk: httpx.Client, shop: Shop) -> None:
    customer_id = shop.add_customer(replace(ANNA, source_id="3", email="p@mail.example", address=replace(ANNA.address, postcode="0410")))
    page = desk.get(f"/desk/customers/{customer_id}").text
    assert "Interessent seit 01.03.2024" in page
    assert "Die Postleitzahl passt nicht zum Land." in page


def test_what_an_address_holds_and_is_not_printed_is_told(desk: httpx.Client, shop: Shop) -> None:
    address = replace(ANNA.address, addition="Postfach 12 34")
    customer_id = shop.add_customer(replace(ANNA, source_id="4", email="b@mail.example", address=address))
    page = desk.get(f"/desk/customers/{customer_id}").text
    assert "Anna Müller<br>Postfach 12 34<br>04109 Leipzig" in page
    assert "Nicht gedruckt: Lindenallee 12" in page


def test_an_objection_shows_as_a_badge(desk: httpx.Client, annas_letter: Letter) -> None:
    desk.post(f"/O/{TOKEN}")
    assert "Werbewiderspruch seit" in desk.get(f"/desk/customers/{annas_letter.customer_id}").text


def test_the_last_ten_orders_are_shown_and_all_on_demand(desk: httpx.Client, shop: Shop, anna: int) -> None:
    shop.add_orders(*(order(number, datetime(2025, 1, number, tzinfo=UTC)) for number in range(1, 13)))
    page = desk.get(f"/desk/customers/{anna}").text
    assert "2025-0003" in page and "2025-0002" not in page and "2024-0001" not in page
    assert "Alle 13 Bestellungen zeigen" in page
    page = desk.get(f"/desk/customers/{anna}?orders=all").text
    assert "2025-0002" in page and "2024-0001" in page and "Darjeeling First Flush" in page and "38,90\u00a0€" in page


def test_carts_stand_among_the_orders_in_time_with_their_badge(desk: httpx.Client, shop: Shop, anna: int) -> None:
    now = datetime.now(UTC)
    shop.add_orders(order(1, now - timedelta(days=5)))
    shop.add_cart(cart("fresh", now - timedelta(minutes=5)))
    shop.add_cart(cart("left", now - timedelta(days=2)))
    shop.add_cart(cart("bought", now - timedelta(days=6)))
    page = desk.get(f"/desk/customers/{anna}").text
    marks = ["Warenkorb fresh", ">Warenkorb</span>", "Warenkorb left", "abgebrochen", "2025-0001", "Warenkorb bought", "zurückgewonnen", "2024-0001"]
    places = [page.index(mark) for mark in marks]
    assert places == sorted(places)
    assert "37,50\u00a0€" in page
    linked = re.findall(r'<a href="(/desk/carts/\d+)">Warenkorb (\w+)</a>', page)
    assert [number for _, number in linked] == ["fresh", "left", "bought"]
    assert all(f"Warenkorb {number}" in desk.get(path).text for path, number in linked)


def test_a_letter_shows_its_coupon_and_its_scans(desk: httpx.Client, annas_letter: Letter) -> None:
    desk.get(f"/S/{TOKEN}")
    desk.get(f"/S/{TOKEN}", headers={"User-Agent": "WhatsApp/2.0"})
    desk.head(f"/S/{TOKEN}")
    page = desk.get(f"/desk/customers/{annas_letter.customer_id}").text
    for expected in ("winback", "Stufe 1", "an die Druckerei übergeben", "CODE-H2345", "gültig bis 31.01.2027", "2 weitere", "Kürzlich angeschrieben"):
        assert expected in page
    assert page.count("<time ") == 1
    assert f'href="/desk/letters/{annas_letter.id}.pdf"' in page
    assert TOKEN not in page


VERDICTS = [Verdict(Outcome.SELECTED, step=1), Verdict(Outcome.HOLDOUT, step=1), excluded(Reason.ADDRESS_INVALID, str(AddressProblem.BAD_POSTCODE))]


def test_verdicts_are_sentences(desk: httpx.Client, shop: Shop, anna: int) -> None:
    for verdict in VERDICTS + [excluded(reason) for reason in Reason]:
        shop.decide(anna, verdict)
        assert '<td data-label="Ergebnis"' in desk.get(f"/desk/customers/{anna}").text
    shop.decide(anna, VERDICTS[2])
    page = desk.get(f"/desk/customers/{anna}").text
    assert "Die Anschrift kann so nicht gedruckt werden." in page and "Die Postleitzahl passt nicht zum Land." in page


def test_the_desk_speaks_the_language_one_chooses_and_remembers_it(desk: httpx.Client, anna: int) -> None:
    answer = desk.get(f"/desk/customers/{anna}?lang=en")
    assert "Mailing address" in answer.text and "€38.90" in answer.text and "4 May 2024" in answer.text
    assert "Path=/desk" in answer.headers["Set-Cookie"]
    assert "Mailing address" in desk.get(f"/desk/customers/{anna}").text
    assert "Postanschrift" in desk.get(f"/desk/customers/{anna}?lang=de").text
    assert 'href="?q=m%C3%BCll&amp;lang=de"' in desk.get("/desk/customers?q=müll").text


@pytest.mark.parametrize("number", ["0", "999999", str(2**63), "9" * 40, "x", "1.5", "-1"])
def test_who_does_not_exist_is_a_404(number: str, desk: httpx.Client) -> None:
    answer = desk.get(f"/desk/customers/{number}")
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht" in answer.text


def test_the_same_history_is_there_as_json(desk: httpx.Client, annas_letter: Letter) -> None:
    desk.get(f"/S/{TOKEN}")
    answer = desk.get(f"/api/v1/customers/{annas_letter.customer_id}")
    found = answer.json()
    assert answer.status_code == 200
    assert found["number"] == "K-1001" and found["address"]["last_name"] == "Müller" and found["objected_at"] is None
    assert found["orders"][0]["lines"][0] == {"sku": "TEE-1", "title": "Darjeeling First Flush", "quantity": 2, "unit_price_cents": 1450, "category": ""}
    letter = found["letters"][0]
    assert (letter["id"], letter["campaign"], letter["coupon_code"], letter["coupon_valid_until"]) == (annas_letter.id, "winback", "CODE-H2345", "2027-01-31")
    assert [scan["kind"] for scan in letter["scans"]] == ["human"]
    assert TOKEN not in answer.text


@pytest.mark.parametrize(("number", "status"), [("999999", 404), ("x", 422), (str(2**63), 422)])
def test_json_problems_are_problem_documents_that_repeat_no_input(number: str, status: int, desk: httpx.Client) -> None:
    answer = desk.get(f"/api/v1/customers/{number}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert set(answer.json()) == {"title", "status", "detail"} and answer.json()["status"] == status


@pytest.fixture
def phone_page(desk: httpx.Client, annas_letter: Letter) -> Iterator[str]:
    yield desk.get(f"/desk/customers/{annas_letter.customer_id}").text


def test_the_page_needs_no_script_no_style_attribute_and_nothing_from_elsewhere(phone_page: str) -> None:
    assert "<script" not in phone_page and "style=" not in phone_page
    assert "http://" not in phone_page and "https://" not in phone_page


def test_every_table_has_headings_with_a_scope_and_every_section_its_name(phone_page: str) -> None:
    assert phone_page.count("<th>") == 0
    assert phone_page.count("<table") == phone_page.count("<thead") == phone_page.count('table class="sheet" aria-labelledby=')
    assert phone_page.count("<section") == phone_page.count("<h2 id=")
    assert phone_page.count("<h1") == 1


def test_a_letter_that_was_taken_out_shows_a_void_coupon_and_no_pdf(desk: httpx.Client, shop: Shop, anna: int) -> None:
    shop.print_letters({anna: TOKEN})
    letter = shop.letter()
    assert desk.get(f"/desk/letters/{letter.id}.pdf").status_code == 200
    with writing(shop.engine) as connection:
        connection.execute(text("UPDATE letters SET state = 'cancelled'"))
        connection.execute(text("UPDATE coupons SET voided = true"))
    page = desk.get(f"/desk/customers/{anna}", headers={"Accept-Language": "en"}).text
    assert "void, the letter did not go out" in page
    assert f"/desk/letters/{letter.id}.pdf" not in page
    assert desk.get(f"/desk/letters/{letter.id}.pdf").status_code == 404, "its pages may be somebody else's by now"


def test_one_field_finds_people_by_letter_coupon_and_order(desk: httpx.Client, shop: Shop, anna: int) -> None:
    shop.print_letters({anna: TOKEN})
    shop.add_customer(replace(ANNA, source_id="9", number="K-9", email="other@mail.example", address=replace(ANNA.address, last_name="Anders")))
    for typed, told in ((TOKEN.lower(), "Got the letter"), (f"code {TOKEN[-5:]}", "Has the coupon code"), ("2024-0001", "Placed the order")):
        page = desk.get("/desk/customers", params={"q": typed, "lang": "en"}).text
        assert told in page and f'href="/desk/customers/{anna}"' in page and "Anders" not in page, typed


def test_a_letter_tells_its_days_and_what_was_ordered_after_it(desk: httpx.Client, shop: Shop, annas_letter: Letter, anna: int) -> None:
    page = desk.get(f"/desk/customers/{anna}?lang=en").text
    assert "handed over" in page and 'data-label="Orders after it">\n–' in page
    later = datetime.now(UTC)
    shop.add_orders(Order("shop", "o2", "2026-0002", later, OrderState.COMPLETED, 1990, email=ANNA.email))
    shop.add_orders(Order("shop", "o3", "2026-0003", later, OrderState.CANCELLED, 1990, email=ANNA.email))
    with writing(shop.engine) as connection:
        connection.execute(letters_table.update().values(printed_at=later - timedelta(days=2), posted_at=later - timedelta(days=1)))
    page = desk.get(f"/desk/customers/{anna}?lang=en").text
    for day, told in ((2, "printed"), (1, "posted")):
        assert f"{told} {Wording('en', 'Europe/Berlin').day(later - timedelta(days=day))}" in page
    after = page.split('data-label="Orders after it">')[1].split("</td>")[0]
    assert "2026-0002" in after and "2026-0003" not in after and "2024-0001" not in after
