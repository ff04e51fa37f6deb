"""Does the desk show who was taken for one person, and can it part them?"""

from dataclasses import replace
from datetime import UTC, datetime

import httpx

from store import customers, history, merges, privacy_requests
from store.engine import reading, writing
from store.privacy_requests import PrivacyRequestKind
from tests.api.conftest import ANNA, SECRET, Shop

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def merged(shop: Shop) -> tuple[int, int]:
    """Anna from two shops by her address: the customer and the merge."""
    with writing(shop.engine) as connection:
        customers.upsert_customers(connection, [ANNA], SECRET, NOW)
        other = replace(ANNA, source="market", source_id="77", number="", email="anna@other.example")
        customers.upsert_customers(connection, [other], SECRET, NOW)
        (merge,) = merges.latest(connection)
    return merge.kept_id, merge.id


def people(shop: Shop) -> int:
    with reading(shop.engine) as connection:
        return len(history.search(connection, "Müller"))


def test_the_list_says_who_why_and_from_where(desk: httpx.Client, shop: Shop) -> None:
    merged(shop)
    page = desk.get("/desk/merges").text
    for words in ("Anna Müller", "gleicher Name, gleiche Anschrift", "market 77", "Trennen"):
        assert words in page


def test_parting_gives_two_customers_and_cannot_be_done_twice(desk: httpx.Client, shop: Shop) -> None:
    kept, merge = merged(shop)
    assert people(shop) == 1
    answer = desk.post(f"/desk/merges/{merge}/undo", headers={"Origin": str(desk.base_url)})
    assert answer.status_code == 303
    assert answer.headers["Location"] != f"/desk/customers/{kept}"
    assert "anna@other.example" in desk.get(answer.headers["Location"]).text
    assert people(shop) == 2
    assert "getrennt am" in desk.get("/desk/merges").text
    again = desk.post(f"/desk/merges/{merge}/undo", headers={"Origin": str(desk.base_url)})
    assert again.status_code == 409
    assert "nicht mehr trennen" in again.text
    assert people(shop) == 2


def test_a_separation_can_be_taken_back(desk: httpx.Client, shop: Shop) -> None:
    kept, merge = merged(shop)
    here = {"Origin": str(desk.base_url)}
    assert desk.post(f"/desk/merges/{merge}/again", headers=here).status_code == 409  # they are one
    desk.post(f"/desk/merges/{merge}/undo", headers=here)
    assert desk.post(f"/desk/merges/{merge}/again", headers=here).headers["Location"] == f"/desk/customers/{kept}"
    assert people(shop) == 1
    assert "hier zusammengeführt" in desk.get("/desk/merges").text


def test_one_customers_merges_can_be_asked_for(desk: httpx.Client, shop: Shop) -> None:
    kept, _ = merged(shop)
    assert "market 77" in desk.get(f"/desk/merges?customer={kept}").text
    assert "market 77" not in desk.get("/desk/merges?customer=4711").text


def test_another_site_cannot_part_anybody(desk: httpx.Client, shop: Shop) -> None:
    _, merge = merged(shop)
    assert desk.post(f"/desk/merges/{merge}/undo", headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert people(shop) == 1


def test_privacy_requests_show_their_time_limit(desk: httpx.Client, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        privacy_requests.add(connection, PrivacyRequestKind.ACCESS, "shopify", "shop", None, NOW, "r-1")
    page = desk.get("/desk/privacy").text
    for words in ("Auskunft (Art. 15 DSGVO)", "22.11.2026", "22.12.2026", "offen", "r-1"):
        assert words in page
