"""Does the desk say what came in, what stayed outside, and what to do about it?"""

import csv
import io
import re
from datetime import UTC, datetime

import httpx
import pytest

from campaigns.rejection import Rejection, RejectionReason
from store import imports, sync_states
from store.engine import writing
from store.imports import Counts
from tests.api.conftest import Shop

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
BAD = Rejection(7, "=2+3", RejectionReason.BAD_DATE, '"31.02.2026" is no date. Write it like 31.12.2026 14:05.')


def an_import(shop: Shop, *rejected: Rejection, failed: str = "", file_name: str = "kunden.csv") -> int:
    with writing(shop.engine) as connection:
        number = imports.start(connection, "shop", "customers", file_name, "german_customers", NOW)
        imports.add(connection, number, Counts(1200 + len(rejected), 1000, 200, len(rejected)), rejected)
        if failed:
            imports.fail(connection, number, NOW, failed)
        else:
            imports.finish(connection, number, NOW)
    return number


def test_the_list_shows_counts_and_state(desk: httpx.Client, shop: Shop) -> None:
    number = an_import(shop, BAD)
    page = desk.get("/desk/imports").text
    assert f'href="/desk/imports/{number}"' in page
    for words in ("kunden.csv", "fertig", "1.201", "1.000", "200", "22.11.2026, 10:30"):
        assert words in page


def test_an_import_says_what_stayed_outside_and_why(desk: httpx.Client, shop: Shop) -> None:
    page = desk.get(f"/desk/imports/{an_import(shop, BAD)}").text
    for words in ("=2+3", "Kein Datum", "is no date. Write it like", "Alle 1 als Liste"):
        assert words in page


def test_the_list_for_a_spreadsheet_holds_all_rejections_and_no_formula(desk: httpx.Client, shop: Shop) -> None:
    many = [Rejection(row, f"K-{row}", RejectionReason.NO_KEY, "Fill in the number.") for row in range(2, 702)]
    number = an_import(shop, BAD, *many)
    answer = desk.get(f"/desk/imports/{number}/rejects.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert (rows[0], len(rows)) == (["row", "key", "reason", "message"], 702)
    assert rows[1] == ["7", "'=2+3", "bad_date", BAD.message]


def test_a_failed_import_says_what_to_do(desk: httpx.Client, shop: Shop) -> None:
    page = desk.get(f"/desk/imports/{an_import(shop, failed='The token may not read orders: add read_orders.')}").text
    assert "fehlgeschlagen" in page
    assert "The token may not read orders: add read_orders." in page


def test_older_imports_are_a_page_further(desk: httpx.Client, shop: Shop) -> None:
    names = [f"file-{number:03d}.csv" for number in range(120)]
    for name in names:
        an_import(shop, file_name=name)
    seen: list[str] = []
    path = "/desk/imports"
    for expected in (50, 50, 20):
        page = desk.get(path).text
        found = [name for name in names if name in page]
        assert len(found) == expected
        seen += found
        link = re.search(r'href="\?before=(\d+)"', page)
        path = f"/desk/imports?before={link[1]}" if link else ""
    assert not path
    assert sorted(seen) == names


def test_each_shop_says_how_far_it_has_been_read(desk: httpx.Client, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        sync_states.save(connection, "shopify", "orders", {"watermark": "2026-11-22T08:00:00Z"}, NOW)
    page = desk.get("/desk/imports").text
    assert "shopify" in page
    assert "Bestellungen" in page


@pytest.mark.parametrize("path", ["/desk/imports/999", "/desk/imports/999/rejects.csv", "/desk/imports/0", "/desk/imports?before=0", "/desk/imports?before=x"])
def test_what_is_not_there_is_not_there(desk: httpx.Client, path: str) -> None:
    assert desk.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/desk/imports", "/desk/imports/1", "/desk/imports/1/rejects.csv", "/desk/merges"])
def test_only_people_who_have_signed_in_see_it(browser: httpx.Client, path: str) -> None:
    assert browser.get(path).headers["Location"].startswith("/desk/sign-in")
