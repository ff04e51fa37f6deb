"""Does a changed password shut everybody else out, and may only its owner change it?"""

from datetime import UTC, datetime

import httpx
import pytest

from store import api_keys, audit, partners, passwords, users
from store.api_keys import Scope
from store.engine import reading, writing
from tests.api.conftest import PASSWORD, Shop

pytestmark = pytest.mark.parametrize("kind", ["sqlite"])

NEW = "ein ganz anderes Kennwort"


def change(browser: httpx.Client, page: str = "/desk/password", **typed: str) -> httpx.Response:
    return browser.post(page, data={"old": PASSWORD, "new": NEW, "again": NEW} | typed)


def newest(shop: Shop) -> tuple[str, str, str]:
    with reading(shop.engine) as connection:
        [one] = audit.newest(connection, 1)
    return one.actor, one.action, one.subject


def session_of(shop: Shop, name: str) -> str:
    with writing(shop.engine) as connection:
        known = users.password_hash(connection, name)
        assert known
        return users.open_session(connection, known[0], datetime.now(UTC))


def test_the_new_password_opens_the_desk_the_old_one_does_not_and_other_devices_are_signed_out(desk: httpx.Client, shop: Shop) -> None:
    before, elsewhere = desk.cookies["postillion"], session_of(shop, "Martha")
    answer = change(desk)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk?done=password_changed")
    after = answer.cookies["postillion"]
    assert after not in (before, elsewhere)
    desk.cookies.clear()
    desk.cookies.set("postillion", after)
    assert desk.get("/desk?done=password_changed&lang=en").text.count("Your password is changed.") == 1
    for token in (before, elsewhere):
        assert httpx.get(f"{desk.base_url}/desk", cookies={"postillion": token}).status_code == 303
    assert newest(shop) == ("Martha", "change_password", "user Martha")
    tried = [desk.post("/desk/sign-in", data={"name": "Martha", "password": password}).status_code for password in (PASSWORD, NEW)]
    assert tried == [401, 303]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"old": "falsch"}, "The old password is not right."),
        ({"again": "ein anderes als oben"}, "typed in two different ways"),
        ({"new": "zu kurz", "again": "zu kurz"}, "The password is too short."),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(typed: dict[str, str], said: str, desk: httpx.Client, shop: Shop) -> None:
    answer = change(desk, "/desk/password?lang=en", **typed)
    assert answer.status_code == 422 and said in answer.text
    assert NEW not in answer.text and PASSWORD not in answer.text
    assert desk.get("/desk").status_code == 200
    with reading(shop.engine) as connection:
        known = users.password_hash(connection, "Martha")
    assert known and passwords.verify(PASSWORD, known[1])


def test_a_desk_left_open_is_no_place_to_guess(desk: httpx.Client, shop: Shop) -> None:
    assert [change(desk, old="falsch").status_code for _ in range(5)] == [422] * 5
    assert newest(shop) == ("Martha", "change_password_failed", "user Martha")
    assert change(desk).status_code == 429
    assert desk.post("/desk/sign-in", data={"name": "Martha", "password": PASSWORD}).status_code == 429


def test_partners_change_theirs_at_their_own_desk(browser: httpx.Client, shop: Shop, password_hash: str) -> None:
    with writing(shop.engine) as connection:
        partners.add(connection, "zoe", "Zoe", "zoe@partner.example", "", datetime.now(UTC))
        partners.open_login(connection, "zoe", "zoe", password_hash, datetime.now(UTC))
    browser.cookies.set("postillion", session_of(shop, "zoe"))
    assert 'href="/partner/password"' in browser.get("/partner").text
    assert "Kennwort ändern" in browser.get("/partner/password").text
    assert change(browser, "/partner/password", old="falsch").status_code == 422
    answer = change(browser, "/partner/password")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/partner?done=password_changed")
    assert newest(shop) == ("zoe", "change_password", "user zoe")
    assert "Ihr Kennwort ist geändert." in browser.get("/partner?done=password_changed").text


def test_a_password_that_changes_while_the_old_one_is_being_checked_opens_nothing(
    browser: httpx.Client, marketer: str, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = passwords.hash_password(NEW)

    def checked(plain: str, hashed: str | None) -> bool:
        with writing(shop.engine) as connection:
            users.save(connection, "Martha", other, "marketer", datetime.now(UTC))
        return True

    monkeypatch.setattr(passwords, "verify", checked)
    answer = browser.post("/desk/sign-in", data={"name": "Martha", "password": PASSWORD})
    assert answer.status_code == 401 and "Set-Cookie" not in answer.headers


def test_admins_see_who_has_access_and_no_secret_of_theirs(desk: httpx.Client, shop: Shop, password_hash: str) -> None:
    with writing(shop.engine) as connection:
        now = datetime.now(UTC)
        users.save(connection, "<i>Ada", password_hash, "admin", now)
        key = api_keys.add(connection, "shop-sync", "shop", [Scope.ORDERS_WRITE], now)
        api_keys.revoke(connection, "shop-sync", now)
    desk.cookies.set("postillion", session_of(shop, "<i>Ada"))
    page = desk.get("/desk/access?lang=en").text
    assert "&lt;i&gt;Ada" in page and "Martha" in page and "shop-sync" in page and "orders:write" in page and "revoked on" in page
    assert key not in page and password_hash not in page
