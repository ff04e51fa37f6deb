"""Who may reach which address?  All routes, with every method, for everybody who could ask, against a table that somebody has written."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from fastapi.routing import APIRoute

from api.app import ROUTERS
from api.desk.sessions import cookie_name
from store import users
from store.engine import writing
from store.users import Role
from tests.api.conftest import Shop

pytestmark = pytest.mark.parametrize("kind", ["sqlite"])

STAFF = frozenset({Role.MARKETER, Role.SUPPORT, Role.ADMIN})
SELLING = frozenset({Role.MARKETER, Role.ADMIN})
ADMIN = frozenset({Role.ADMIN})
OPEN = frozenset({*Role, "nobody"})
OPEN_TO_ALL = (
    "/S/",
    "/O/",
    "/P/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/privacy",
    "/openapi.json",
    "/webhooks/",
    "/desk/sign-in",
    "/desk/sign-out",
    "/api/v1/openapi.json",
)
NOT_FOR_ALL_STAFF: dict[str, frozenset[str]] = {
    "POST /desk/shop-reports": SELLING,
    "POST /desk/print-runs/{print_run_id}/decision": SELLING,
    "POST /desk/print-runs/{print_run_id}/hand-over": SELLING,
    "GET /desk/audit": ADMIN,
    "GET /desk/access": ADMIN,
    "GET /desk/objections.csv": SELLING,
    "GET /desk/carts/carts.csv": SELLING,
    "GET /desk/carts/carts.xml": SELLING,
    "GET /desk/offers/new": SELLING,
    "POST /desk/offers/new": SELLING,
    "POST /desk/offers/{slug}/draw": SELLING,
    "GET /desk/offers/{slug}/edit": SELLING,
    "POST /desk/offers/{slug}/edit": SELLING,
    "GET /desk/offers/{slug}/import": SELLING,
    "POST /desk/offers/{slug}/import": SELLING,
    "POST /desk/partners": SELLING,
    "POST /desk/partners/{slug}/login": SELLING,
    "POST /desk/partners/{slug}/release": ADMIN,
    "POST /desk/partners/{slug}/active": SELLING,
}
"""Method and path of what the desk leaves to some."""


def routes() -> Iterator[tuple[str, str]]:
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield from ((method, route.path) for method in sorted(route.methods or ()))


def may(method: str, path: str) -> frozenset[str]:
    """Who may, by the rule of each room and the table of exceptions."""
    if path.upper().startswith(tuple(one.upper() for one in OPEN_TO_ALL)):
        return OPEN
    if path.startswith("/desk"):
        return NOT_FOR_ALL_STAFF.get(f"{method} {path}", STAFF)
    if path.startswith("/partner"):
        return frozenset({Role.PARTNER})
    if path.startswith("/api/v1/customers/{customer_id}"):
        return STAFF  # or a program with a key
    return frozenset()  # programs with a key alone


def admitted(answer: httpx.Response) -> bool:
    """Whether it was not refused for who asked: what is missing or wrong about the rest of the request is another matter."""
    to_sign_in = answer.status_code == 303 and answer.headers["Location"].startswith("/desk/sign-in?")
    return not to_sign_in and answer.status_code not in (401, 403)


def filled(path: str, customer_id: int = 999_999) -> str:
    return re.sub(r"{\w+(:\w+)?}", "999999", path.replace("{customer_id}", str(customer_id)))


@pytest.fixture
def tokens(shop: Shop, password_hash: str) -> dict[str, str]:
    """A session of each role."""
    found = {"nobody": "made-up"}
    with writing(shop.engine) as connection:
        now = datetime.now(UTC)
        for role in Role:
            users.save(connection, f"a {role}", password_hash, role, now)
            known = users.password_hash(connection, f"a {role}")
            assert known
            found[role] = users.open_session(connection, known[0], now)
    return found


def test_everybody_reaches_what_the_table_says_and_nothing_else(browser: httpx.Client, shop: Shop, anna: int, tokens: dict[str, str]) -> None:
    wrong = []
    for method, path in routes():
        if path in ("/desk/sign-in", "/desk/sign-out"):
            continue
        for who, token in tokens.items():
            browser.cookies.clear()
            browser.cookies.set(cookie_name(shop.settings), token)
            answer = browser.request(method, filled(path, anna))
            reached = admitted(answer)
            if (who == Role.PARTNER) != path.startswith("/partner") and not path.upper().startswith(tuple(one.upper() for one in OPEN_TO_ALL)):
                reached = reached and answer.status_code != 404  # for a partner there is no desk, and for the desk no partner's one
            if reached != (who in may(method, path)):
                wrong.append(f"{method} {path}: {who} got {answer.status_code}")
    assert wrong == [], "\n".join(wrong)


def test_the_table_names_nothing_that_is_gone(shop: Shop) -> None:
    assert set(NOT_FOR_ALL_STAFF) <= {f"{method} {path}" for method, path in routes()}


def test_no_other_site_can_make_a_browser_do_anything(browser: httpx.Client, shop: Shop, tokens: dict[str, str]) -> None:
    browser.cookies.set(cookie_name(shop.settings), tokens[Role.ADMIN])
    unsafe = [(method, path) for method, path in routes() if method not in ("GET", "HEAD")]
    assert len(unsafe) > 20
    for method, path in unsafe:
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            assert browser.request(method, filled(path), headers=headers).status_code == 403, (method, path, headers)


def test_nothing_changes_by_a_get(shop: Shop) -> None:
    words = ("delete", "erase", "block", "approve", "reject", "save", "sign-out", "undo", "object")
    assert [path for method, path in routes() if method == "GET" and path.rpartition("/")[2] in words] == []
