"""Can objections be looked at, filed and proved at the desk, one by one and as a list?"""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import func, select

from campaigns.address import Address
from campaigns.objection import ObjectionChannel
from store import audit
from store.engine import reading, writing
from store.schema import objections as table
from tests.api.conftest import ANNA, TOKEN, Shop

BERT = {"first_name": "Bert", "last_name": "Brecht", "street": "Chausseestraße 125", "postcode": "10115", "town": "Berlin"}


def filed(shop: Shop) -> int:
    with reading(shop.engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def acts(shop: Shop) -> list[str]:
    with reading(shop.engine) as connection:
        return [one.action for one in audit.newest(connection, 9)]


def test_without_objections_the_page_says_so_and_offers_the_forms(desk: httpx.Client) -> None:
    page = desk.get("/desk/objections?lang=en").text
    assert "Nobody has objected yet." in page and "Import a list" in page and 'aria-current="page">Objections' in page


def test_an_objection_is_filed_by_mailbox_and_is_on_the_customers_page(desk: httpx.Client, shop: Shop, anna: int) -> None:
    answer = desk.post("/desk/objections", data={"email": ANNA.email.upper()})
    assert answer.headers["Location"] == "/desk/objections?done=objection_is_filed"
    assert shop.history(anna).objected_at
    page = desk.get("/desk/objections?lang=en").text
    assert f'href="/desk/customers/{anna}">Anna Müller' in page
    assert desk.post("/desk/objections", data={"email": ANNA.email}).status_code == 303
    assert filed(shop) == 1 and acts(shop) == ["file_objection"] * 2


def test_somebody_whom_nobody_knows_yet_is_kept_without_a_name(desk: httpx.Client, shop: Shop) -> None:
    assert desk.post("/desk/objections", data=BERT).status_code == 303
    page = desk.get("/desk/objections?lang=en").text
    assert "Not known yet" in page and "Brecht" not in page


def test_an_objection_is_filed_by_the_customer_number_of_a_shop(desk: httpx.Client, shop: Shop, anna: int) -> None:
    assert 'name="customer_number"' in desk.get("/desk/objections").text
    assert desk.post("/desk/objections", data={"customer_number": "K-1001"}).status_code == 303
    assert shop.history(anna).objected_at


def test_a_number_that_two_people_have_names_nobody(desk: httpx.Client, shop: Shop, anna: int) -> None:
    other = shop.add_customer(replace(ANNA, source="other-shop", email="bert@mail.example", address=Address()))
    assert other != anna
    assert desk.post("/desk/objections", data={"customer_number": "K-1001"}).status_code == 422
    assert filed(shop) == 0


@pytest.mark.parametrize("content", ["E-Mail\r\nanna.mueller@mail.example\r\n", "Kundennummer\nK-1001\n", "Kundennummer;Vorname\nK-1001;Anna\n"])
def test_a_list_may_be_mailboxes_or_numbers_alone(content: str, desk: httpx.Client, shop: Shop, anna: int) -> None:
    answer = desk.post("/desk/objections/import", files={"file": ("list.csv", content.encode())})
    assert answer.headers["Location"] == "/desk/objections?done=objections_are_filed&count=1"
    assert shop.history(anna).objected_at


@pytest.mark.parametrize("typed", [{}, {"first_name": "Bert"}, {"last_name": "Brecht", "town": "Berlin"}])
def test_what_names_nobody_is_refused_and_stays_in_the_form(typed: dict[str, str], desk: httpx.Client, shop: Shop) -> None:
    answer = desk.post("/desk/objections?lang=en", data=typed)
    assert answer.status_code == 422 and "Nobody can be told by this" in answer.text
    assert all(f'value="{text}"' in answer.text for text in typed.values())
    assert filed(shop) == 0 and acts(shop) == []


def test_a_customers_page_has_the_button_until_it_was_pressed(desk: httpx.Client, shop: Shop, anna: int) -> None:
    shop.print_letters({anna: TOKEN})
    page = f"/desk/customers/{anna}"
    assert f'action="{page}/objection"' in desk.get(page).text
    assert desk.post(f"{page}/objection").headers["Location"] == f"{page}?done=objection_is_filed"
    assert f'action="{page}/objection"' not in desk.get(page).text
    listed = desk.get("/desk/objections?lang=en").text
    assert f"too late for letter {shop.letter().id}" in listed and "desk" in listed
    assert desk.post("/desk/customers/4711/objection").status_code == 404


def test_a_list_is_taken_in_and_twice_changes_nothing(desk: httpx.Client, shop: Shop, anna: int) -> None:
    content = f"E-Mail;Vorname;Nachname\r\n{ANNA.email};Anna;Müller\r\nnobody@mail.example;;\r\n".encode("cp1252")
    first = desk.post("/desk/objections/import", files={"file": ("sperrliste.csv", content)})
    assert first.headers["Location"] == "/desk/objections?done=objections_are_filed&count=2"
    assert "2 Widersprüche sind neu eingetragen." in desk.get(first.headers["Location"]).text
    again = desk.post("/desk/objections/import", files={"file": ("sperrliste.csv", content)})
    assert again.headers["Location"].endswith("count=0")
    assert filed(shop) == 2 and shop.history(anna).objected_at
    assert "sperrliste.csv" in desk.get("/desk/imports").text


def test_lines_that_name_nobody_are_listed_and_the_others_stand(desk: httpx.Client, shop: Shop) -> None:
    answer = desk.post("/desk/objections/import", files={"file": ("list.csv", b"E-Mail;Vorname\r\na@mail.example;A\r\n;Bert\r\n")})
    assert answer.headers["Location"].startswith("/desk/imports/")
    assert filed(shop) == 1
    assert "names nobody" in desk.get(answer.headers["Location"]).text


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff" * 50, b"%PDF-1.7 something", b"a;b\r\n1;2\r\n", b"a@mail.example\r\nb@mail.example\r\n"])
def test_what_is_no_list_is_refused_and_nothing_is_stored(content: bytes, desk: httpx.Client, shop: Shop) -> None:
    answer = desk.post("/desk/objections/import?lang=en", files={"file": ("list.csv", content)})
    assert answer.status_code == 422 and "The file cannot be read" in answer.text and "/tmp/" not in answer.text
    assert filed(shop) == 0 and acts(shop) == []
    assert "list.csv" not in desk.get("/desk/imports").text


def test_a_list_that_is_too_large_is_refused(desk: httpx.Client) -> None:
    answer = desk.post("/desk/objections/import", files={"file": ("list.csv", b"E-Mail\r\n" + b"a@mail.example\r\n" * 400_000)})
    assert answer.status_code == 413


def test_the_list_goes_out_as_evidence_without_names(desk: httpx.Client, shop: Shop, anna: int) -> None:
    shop.print_letters({anna: TOKEN})
    desk.post(f"/desk/customers/{anna}/objection")
    desk.post("/desk/objections", data=BERT)
    answer = desk.get("/desk/objections.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert [(row["channel"], row["customer"], row["letters_too_late"]) for row in rows] == [("desk", "", ""), ("desk", str(anna), str(shop.letter().id))]
    assert "Müller" not in answer.text and "Brecht" not in answer.text
    assert acts(shop)[0] == "export_objections"


def test_a_long_list_is_shown_page_by_page(desk: httpx.Client, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        rows = [
            {"email_hash": f"{number:064x}", "channel": ObjectionChannel.API, "source": f"shop{number}", "received_at": datetime.now(UTC)}
            for number in range(60)
        ]
        connection.execute(table.insert(), rows)
    page = desk.get("/desk/objections").text
    assert "shop59<" in page and "shop10<" in page and "shop9<" not in page
    older = page.split('href="/desk/objections?before=')[1].split('"')[0]
    assert "shop9<" in desk.get(f"/desk/objections?before={older}").text
