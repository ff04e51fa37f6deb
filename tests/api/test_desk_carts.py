"""Does the desk show carts and wishlists as they are asked for, and give them out whole and harmless?"""

import csv
import importlib
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import select
from starlette.datastructures import QueryParams

from api.desk.cart_choice import COLUMNS, choice, to_remember, written
from api.desk.cart_export import CART_FIELDS, ITEM_FIELDS, XML_NAMESPACE, carts_xml
from campaigns.cart import Cart, CartItem, CartKind, CartState
from campaigns.order import Order, OrderState
from store import audit, users
from store.cart_list import CartFilter, CartOrder, ListedCart, Owner, Place
from store.carts import upsert_carts
from store.engine import reading, writing
from store.schema import carts
from store.users import Role
from tests.api.conftest import ANNA, SECRET, Shop

NOW = datetime.now(UTC).replace(microsecond=0)
LINK = "https://shop.example/cart/9f31?key=geheim"
BERLIN = ZoneInfo("Europe/Berlin")
XSD = Path(__file__).parents[2] / "docs" / "carts.xsd"
WILD = 'Tasse "Öl & <b>" \x01\x0b\r\n]]> \ud7ff \U0001f375'


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def a_cart(number: str, hours: float = 30, *items: CartItem, **changes: object) -> Cart:
    return replace(Cart("shop", number, ago(hours), ago(hours), items=items), **changes)  # type: ignore[arg-type]


@pytest.fixture
def filled(shop: Shop, anna: int) -> Shop:
    """Anna's abandoned cart, a guest's open one, one that its shop knows as ordered, and Anna's wishlist."""
    shop.add_cart(
        a_cart("c-1", 30, CartItem("TEE-1", "Darjeeling", 2, 1450), CartItem("=cmd|' /C calc'!A0", WILD, 1, 100), email=ANNA.email, recovery_url=LINK)
    )
    shop.add_cart(a_cart("c-2", 1, CartItem("TEE-2", "Assam", 1, 990), email="gast@mail.example"))
    shop.add_cart(a_cart("c-3", 50, completed_at=ago(40)))
    shop.add_cart(a_cart("w-1", 10, CartItem("KANNE", "Teekanne", 1, 3990), email=ANNA.email, kind=CartKind.WISHLIST))
    return shop


@pytest.fixture
def as_(desk: httpx.Client, shop: Shop) -> Callable[[str], None]:
    """Signs somebody else in."""

    def sign_in(role: str) -> None:
        with writing(shop.engine) as connection:
            users.save(connection, role, "no hash", role, datetime.now(UTC))
            known = users.password_hash(connection, role)
            assert known
            desk.cookies.set("postillion", users.open_session(connection, known[0], datetime.now(UTC)))

    return sign_in


def cart_id(shop: Shop, number: str) -> int:
    with reading(shop.engine) as connection:
        return int(connection.execute(select(carts.c.id).where(carts.c.source_id == number)).scalar_one())


def shown(page: str) -> list[int]:
    """The carts that a page links to, in its order."""
    return [int(found) for found in re.findall(r'href="/desk/carts/(\d+)"', page)]


def ids(shop: Shop, *numbers: str) -> list[int]:
    return [cart_id(shop, number) for number in numbers]


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).replace("\u00a0", " ").split())


def test_carts_and_wishlists_stand_on_pages_of_their_own(desk: httpx.Client, filled: Shop) -> None:
    page = desk.get("/desk/carts").text
    assert shown(page) == ids(filled, "c-2", "c-1", "c-3")
    assert "3 Warenkörbe, zusammen 39,90 €" in text_of(page)
    for words in ("Anna Müller", "gast@mail.example", "Niemand, den wir kennen", "abgebrochen", "zurückgewonnen", "offen", "2 × Darjeeling", "leer"):
        assert words in text_of(page)
    wishes = desk.get("/desk/carts?kind=wishlist&lang=en").text
    assert shown(wishes) == ids(filled, "w-1")
    assert "1 wishlist, €39.90 together" in text_of(wishes)
    assert 'value="state"' not in wishes and "badge" not in wishes


LISTED = (
    ("order=highest", ("c-1", "c-2", "c-3")),
    ("order=oldest", ("c-3", "c-1", "c-2")),
    ("state=abandoned", ("c-1",)),
    ("owner=nobody&email=yes", ("c-2",)),
    ("article=darjeeling", ("c-1",)),
    ("value_from=9,90&value_to=29.99", ("c-2",)),
    ("country=DE", ("c-1",)),
    ("source=api", ()),
    ("view=tiles", ("c-2", "c-1", "c-3")),
)


def test_the_list_and_its_exports_are_what_the_address_says(desk: httpx.Client, filled: Shop) -> None:
    day = f"{ago(30).astimezone(BERLIN):%Y-%m-%d}"
    for query, found in (*LISTED, (f"updated_to={day}&updated_from={day}", ("c-1",))):
        assert shown(desk.get(f"/desk/carts?{query}").text) == ids(filled, *found), query
        answer = desk.get(f"/desk/carts/carts.xml?{query}")
        numbers = [one.text for one in ElementTree.fromstring(answer.content).iter(f"{{{XML_NAMESPACE}}}number")]
        assert sorted(map(str, numbers)) == sorted(found), query


UNREADABLE = (
    "state=gone", "owner=x", "email=maybe", "value_from=-1", "value_to=1.234", "value_from=١٢", "value_to=9999999999", "updated_from=gestern",
    "updated_to=0001-01-01", "updated_from=9999-12-31", "country=Österreich", "source=%00%27;--", "source=a%20b",
)  # fmt: skip


def test_a_filter_that_cannot_be_read_finds_nothing_rather_than_everything(desk: httpx.Client, filled: Shop) -> None:
    for query in UNREADABLE:
        answer = desk.get(f"/desk/carts?{query}")
        assert answer.status_code == 422 and shown(answer.text) == [] and 'role="alert"' in answer.text, query
        assert "aria-invalid" in answer.text.partition(f'name="{query.partition("=")[0]}"')[2][:300], query
        assert "carts.csv" not in answer.text
        for form in ("csv", "xml"):
            assert desk.get(f"/desk/carts/carts.{form}?{query}").status_code == 422, query


NOT_OURS = (
    "after=x", "after=9.9.9", "after=99999999999999999.1", "order=x&view=x&kind=x&columns=x", "article=%00%FF%25_%5C%27%22", "after=1.99999999999999999999",
)  # fmt: skip


def test_what_no_link_of_ours_says_does_no_harm(desk: httpx.Client, filled: Shop) -> None:
    for query in NOT_OURS:
        assert desk.get(f"/desk/carts?{query}").status_code == 200, query


def test_pages_lead_on_until_all_are_shown(desk: httpx.Client, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        upsert_carts(connection, [a_cart(f"m-{number}", number, CartItem("T", "Tee", 1, number % 7)) for number in range(1, 121)], SECRET)
    for order in CartOrder:
        seen: list[int] = []
        address = f"/desk/carts?order={order}"
        while address:
            page = desk.get(address).text
            seen += shown(page)
            found = re.search(r'href="(\?[^"]+)" rel="next"', page)
            address = f"/desk/carts{unescape(found[1])}" if found else ""
        assert len(seen) == len(set(seen)) == 120


def test_columns_and_view_are_remembered(desk: httpx.Client, filled: Shop) -> None:
    first = desk.get("/desk/carts?columns=country&columns=value&view=tiles").text
    assert 'class="tiles"' in first and "Deutschland" in first and "abgebrochen" not in first.partition('class="tiles"')[2]
    assert "path=/desk/carts" in desk.get("/desk/carts?view=tiles").headers["Set-Cookie"].lower()
    again = desk.get("/desk/carts").text
    assert 'class="tiles"' in again and re.findall(r'value="(\w+)" checked', again) == ["value", "country"]
    assert 'class="tiles"' not in desk.get("/desk/carts?view=list").text
    assert re.findall(r'value="(\w+)" checked', desk.get("/desk/carts").text) == ["value", "country"]


def test_a_cart_says_what_became_of_it(desk: httpx.Client, filled: Shop, anna: int) -> None:
    first = cart_id(filled, "c-1")
    page = desk.get(f"/desk/carts/{first}").text
    for words in (
        "Warenkorb c-1",
        "abgebrochen",
        "Anna Müller",
        "30,00 €",
        "je" if False else "29,00 €",
        "14,50 €",
        "Zu diesem Warenkorb ging noch kein Brief.",
    ):
        assert words in text_of(page)
    assert f'href="/desk/customers/{anna}"' in page and "<b>" not in page.partition("<main")[2].replace("&lt;b&gt;", "")
    assert LINK not in page and "geheim" not in page
    filled.add_orders(Order("shop", "o9", "2026-0009", NOW, OrderState.COMPLETED, 3000, email=ANNA.email))
    assert "2026-0009" in desk.get(f"/desk/carts/{first}").text and "zurückgewonnen" in desk.get(f"/desk/carts/{first}").text
    wish = text_of(desk.get(f"/desk/carts/{cart_id(filled, 'w-1')}?lang=en").text)
    assert "Wishlist w-1" in wish and "recovered" not in wish and "abandoned" not in wish
    assert desk.get("/desk/carts/999999").status_code == 404


def test_the_way_into_the_shop_is_taken_and_noted_but_never_shown(desk: httpx.Client, filled: Shop) -> None:
    first = cart_id(filled, "c-1")
    assert f"/desk/carts/{first}/open" in desk.get(f"/desk/carts/{first}").text
    answer = desk.get(f"/desk/carts/{first}/open")
    assert (answer.status_code, answer.headers["Location"], answer.headers["Referrer-Policy"]) == (303, LINK, "no-referrer")
    with reading(filled.engine) as connection:
        noted = audit.newest(connection, 9)
    assert [(one.actor, one.action, one.subject) for one in noted] == [("Martha", "open_cart", f"cart {first}")]
    wrong = {"c-9": "javascript:alert(1)", "c-10": "http://[nowhere", "c-11": "https:///cart", "c-12": "//shop.example/cart"}
    for number, url in wrong.items():
        filled.add_cart(a_cart(number, recovery_url=url))
    for number in ("c-2", *wrong):
        other = cart_id(filled, number)
        assert "/open" not in desk.get(f"/desk/carts/{other}").text.partition("<main")[2]
        assert desk.get(f"/desk/carts/{other}/open").status_code == 404


def test_a_spreadsheet_gets_one_line_for_each_article_and_no_formula(desk: httpx.Client, filled: Shop, anna: int) -> None:
    answer = desk.get("/desk/carts/carts.csv?order=highest")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="carts-\d{4}-\d\d-\d\d\.csv"', answer.headers["Content-Disposition"])
    assert answer.content.startswith(b"\xef\xbb\xbf") and LINK not in answer.text
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert tuple(rows[0]) == CART_FIELDS + ITEM_FIELDS
    assert [(row["number"], row["sku"], row["quantity"], row["unit_price_cents"]) for row in rows] == [
        ("c-1", "TEE-1", "2", "1450"),
        ("c-1", "'=cmd|' /C calc'!A0", "1", "100"),
        ("c-2", "TEE-2", "1", "990"),
        ("c-3", "", "", ""),
    ]
    first = rows[0]
    assert (first["value_cents"], first["state"], first["customer"], first["customer_type"]) == ("3000", "abandoned", str(anna), "customer")
    assert (first["customer_name"], first["customer_number"], first["country"]) == ("Anna Müller", "K-1001", "DE")
    assert datetime.fromisoformat(first["updated_at"]) == ago(30) and rows[3]["completed_at"]
    with reading(filled.engine) as connection:
        noted = audit.newest(connection, 1)[0]
    assert (noted.actor, noted.action, noted.detail) == ("Martha", "export_carts", "csv, 3: kind=cart")


def test_what_was_typed_as_an_article_does_not_reach_the_log(desk: httpx.Client, filled: Shop) -> None:
    desk.get("/desk/carts/carts.csv?article=anna@mail.example&country=DE")
    with reading(filled.engine) as connection:
        assert audit.newest(connection, 1)[0].detail == "csv, 0: kind=cart country=DE article=…"


def listed(**changes: object) -> ListedCart:
    usual = ListedCart(7, "shop", "c", CartKind.CART, NOW, NOW, None, "EUR", 100, (), CartState.OPEN, None, "", "", "", "", Owner.NOBODY)
    return replace(usual, **changes)  # type: ignore[arg-type]


def test_any_character_gives_well_formed_xml_that_the_schema_allows(desk: httpx.Client, filled: Shop) -> None:
    answer = desk.get("/desk/carts/carts.xml")
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    hostile = "".join(map(chr, range(0x300))) + "\ud800\udfff\ufffe\uffff\U0010ffff]]><!--&amp;<?x?>"
    made = "".join(
        carts_xml([[listed(number=hostile, items=(CartItem(hostile, hostile, 1, 1),)), listed(number="")], [listed(kind=CartKind.WISHLIST, state=None)]])
    )
    found = ElementTree.fromstring(made.encode()).findall(f"{{{XML_NAMESPACE}}}cart")
    assert len(found) == 3
    item = found[0].find(f".//{{{XML_NAMESPACE}}}item")
    assert item is not None and item.text == found[0].findtext(f"{{{XML_NAMESPACE}}}number")
    assert item.text and item.text.endswith("]]><!--&amp;<?x?>") and "\r" in item.text and "\ufffd" in item.text
    etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")
    schema = etree.XMLSchema(etree.parse(str(XSD)))
    for content in (answer.content, made.encode(), "".join(carts_xml([])).encode()):
        schema.assertValid(etree.fromstring(content))
    assert not schema.validate(etree.fromstring(made.replace("<kind>cart", "<kind>basket").encode()))


def test_the_schema_names_every_field_in_order() -> None:
    names = [one.get("name") for one in ElementTree.parse(XSD).iter("{http://www.w3.org/2001/XMLSchema}element")]
    attributes = [one.get("name") for one in ElementTree.parse(XSD).iter("{http://www.w3.org/2001/XMLSchema}attribute")]
    assert names == ["carts", "cart", *CART_FIELDS, "items", "item"]
    assert {"title", *attributes} == set(ITEM_FIELDS)


def test_an_export_is_read_page_by_page(desk: httpx.Client, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("api.desk.carts"), "AT_ONCE", 7)
    with writing(shop.engine) as connection:
        upsert_carts(connection, [a_cart(f"m-{number}", number, CartItem("T", "Tee", 1, 5)) for number in range(1, 51)], SECRET)
    rows = list(csv.DictReader(io.StringIO(desk.get("/desk/carts/carts.csv?value_to=0,05").content.decode("utf-8-sig")), delimiter=";"))
    assert sorted(row["number"] for row in rows) == sorted(f"m-{number}" for number in range(1, 51))


PATHS = ("/desk/carts", "/desk/carts/{id}", "/desk/carts/{id}/open", "/desk/carts/carts.csv", "/desk/carts/carts.xml")


ROLES = (
    (Role.MARKETER, (200, 200, 303, 200, 200)),
    (Role.ADMIN, (200, 200, 303, 200, 200)),
    (Role.SUPPORT, (200, 200, 303, 403, 403)),
    (Role.PARTNER, (404, 404, 404, 404, 404)),
    ("", (303, 303, 303, 303, 303)),
)


def test_each_role_sees_what_it_may(desk: httpx.Client, filled: Shop, as_: Callable[[str], None]) -> None:
    first = cart_id(filled, "c-1")
    for role, answers in ROLES:
        if role:
            as_(role)
        else:
            desk.cookies.clear()
        got = [desk.get(path.format(id=first)) for path in PATHS]
        assert tuple(one.status_code for one in got) == answers, role
        assert ("carts.csv" in got[0].text) == (role in (Role.MARKETER, Role.ADMIN)), role
    assert all(one.headers["Location"].startswith("/desk/sign-in") for one in got)


def test_an_address_survives_being_read_and_written() -> None:
    asked = choice(QueryParams("kind=wishlist&value_from=1,5&article=a%26b&order=lowest&after=250.9&columns=value"), "", BERLIN)
    assert (asked.wanted, asked.after) == (CartFilter(CartKind.WISHLIST, value_from_cents=150, article="a&b"), Place(250, 9))
    again = choice(QueryParams(asked.next_page(listed(value_cents=333))), to_remember(asked), BERLIN)
    assert (again.wanted, again.order, again.columns, again.after) == (asked.wanted, CartOrder.LOWEST, ("value",), Place(333, 7))
    moment = Place(datetime(2026, 11, 22, 9, 30, 1, 123457, UTC), 5)
    assert choice(QueryParams(f"after={written(moment)}"), "", BERLIN).after == moment
    assert parse_qs(asked.address(value_from=""))["article"] == ["a&b"] and "value_from" not in asked.address(value_from="")
    assert choice(QueryParams(""), "tiles.value.<script>.x", BERLIN).columns == ("value",)
    assert choice(QueryParams(""), "", BERLIN).columns != () and set(choice(QueryParams(""), "", BERLIN).columns) < set(COLUMNS)


def test_a_day_of_the_filter_is_a_day_of_the_shop() -> None:
    wanted = choice(QueryParams("updated_from=2026-03-29&updated_to=2026-03-29"), "", BERLIN).wanted
    assert wanted.updated_from == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert wanted.updated_before == datetime(2026, 3, 29, 22, tzinfo=UTC), "23 hours, when clocks go forward"
