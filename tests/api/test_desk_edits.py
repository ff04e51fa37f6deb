"""Can somebody at the desk correct a customer for good, and give them back to the shop?"""

from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from store import customers
from store.engine import writing
from tests.api.conftest import ANNA, SECRET, Shop

FORM = {"first_name": "Anna", "last_name": "Müller", "street": "Lindenallee 12", "postcode": "04109", "town": "Leipzig", "country": "DE"}
FORM |= {"email": ANNA.email, "language": "de", "sex": ""}


def post(desk: httpx.Client, customer_id: int, path: str = "edit", **changed: str) -> httpx.Response:
    return desk.post(f"/desk/customers/{customer_id}/{path}", data=FORM | changed, headers={"Origin": str(desk.base_url)})


def import_again(shop: Shop, **changed: str) -> None:
    with writing(shop.engine) as connection:
        record = replace(ANNA, address=replace(ANNA.address, **changed))
        customers.upsert_customers(connection, [record], SECRET, datetime.now(UTC))


def test_the_form_holds_what_is_known(desk: httpx.Client, anna: int) -> None:
    page = desk.get(f"/desk/customers/{anna}/edit").text
    for words in ('value="Anna"', 'value="Lindenallee 12"', '<option value="DE" selected>Deutschland', 'value="Anna.Mueller@mail.example"'):
        assert words in page


def test_what_the_desk_says_outlives_an_import(desk: httpx.Client, shop: Shop, anna: int) -> None:
    answer = post(desk, anna, street="Lindenallee 12 a")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/customers/{anna}")
    import_again(shop, street="Falscher Weg 1", first_name="Anne")
    known = shop.history(anna).customer.address
    assert (known.street, known.first_name) == ("Lindenallee 12 a", "Anne")  # the name was left to the shop
    page = desk.get(f"/desk/customers/{anna}").text
    assert "Hier bearbeitet" in page
    assert "Anschrift" in page


def test_it_can_be_left_to_the_shop_again(desk: httpx.Client, shop: Shop, anna: int) -> None:
    post(desk, anna, street="Lindenallee 12 a")
    import_again(shop, street="Neuer Weg 1")
    assert post(desk, anna, "release").status_code == 303
    assert shop.history(anna).customer.address.street == "Neuer Weg 1"
    assert "Hier bearbeitet" not in desk.get(f"/desk/customers/{anna}").text


def test_saving_without_a_change_takes_nothing_from_the_shop(desk: httpx.Client, shop: Shop, anna: int) -> None:
    post(desk, anna)
    import_again(shop, street="Neuer Weg 1")
    assert shop.history(anna).customer.address.street == "Neuer Weg 1"


@pytest.mark.parametrize("wrong", [{"country": "Deutschland"}, {"email": "keine"}, {"street": "x" * 201}, {"street": "a\0b"}, {"sex": "z"}, {"role": "admin"}])
def test_what_cannot_be_is_refused_and_changes_nothing(desk: httpx.Client, shop: Shop, anna: int, wrong: dict[str, str]) -> None:
    before = shop.history(anna)
    assert post(desk, anna, **wrong).status_code in (404, 422)
    assert shop.history(anna) == before


def test_nobody_else_is_edited(desk: httpx.Client) -> None:
    assert desk.get("/desk/customers/4711/edit").status_code == 404
    assert post(desk, 4711).status_code == 404
    assert post(desk, 4711, "release").status_code == 404
