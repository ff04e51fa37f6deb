"""Is a key known by its hash alone, and gone when it is revoked?"""

import pytest
from sqlalchemy import Connection

from store import api_keys
from store.api_keys import Scope
from store.errors import WrongName
from store.schema import api_keys as table
from tests.store.shop import LATER, NOW, rows


def test_a_key_is_shown_once_and_only_its_hash_is_kept(connection: Connection) -> None:
    key = api_keys.add(connection, "shop-sync", "webshop", [Scope.ORDERS_WRITE, Scope.CUSTOMERS_WRITE, Scope.ORDERS_WRITE], NOW)
    assert key.startswith("pst_") and api_keys.is_well_formed(key)
    [row] = rows(connection, table)
    assert key not in str(row) and len(row["key_hash"]) == 64
    found = api_keys.find(connection, key)
    assert found
    assert (found.name, found.source, found.scopes) == ("shop-sync", "webshop", (Scope.CUSTOMERS_WRITE, Scope.ORDERS_WRITE))
    assert (found.created_at, found.used_at, found.revoked_at) == (NOW, None, None)


def test_no_two_keys_are_alike_and_each_finds_itself(connection: Connection) -> None:
    keys = [api_keys.add(connection, f"key-{number}", "webshop", [], NOW) for number in range(5)]
    found = [api_keys.find(connection, key) for key in keys]
    assert [one.name for one in found if one] == [f"key-{number}" for number in range(5)]
    assert [one.name for one in api_keys.all_keys(connection)] == [f"key-{number}" for number in range(5)]
    assert api_keys.find(connection, "pst_" + "x" * 43) is None


def test_a_revoked_key_stays_in_the_list_with_the_moment_it_was_revoked_first(connection: Connection) -> None:
    key = api_keys.add(connection, "shop-sync", "webshop", [], NOW)
    api_keys.revoke(connection, "shop-sync", NOW)
    api_keys.revoke(connection, "shop-sync", LATER)
    assert api_keys.find(connection, key) is None
    assert [one.revoked_at for one in api_keys.all_keys(connection)] == [NOW]


def test_use_is_noted(connection: Connection) -> None:
    key = api_keys.add(connection, "shop-sync", "webshop", [], NOW)
    found = api_keys.find(connection, key)
    assert found and not api_keys.was_just_noted(found, NOW)
    api_keys.note_use(connection, found.id, NOW)
    found = api_keys.find(connection, key)
    assert found and found.used_at == NOW
    assert api_keys.was_just_noted(found, NOW + api_keys.NOTED_EVERY / 2) and not api_keys.was_just_noted(found, NOW + api_keys.NOTED_EVERY)


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("taken", "webshop", 'There is, or was, an API key "taken": choose another name, like taken-2.'),
        ("", "webshop", "needs a name"),
        ("  ", "webshop", "needs a name"),
        ("a\nb", "webshop", "needs a name"),
        ("x" * 101, "webshop", "needs a name"),
        ("fine", "", '"" cannot be a source: use small letters, digits and hyphens, like my-shop.'),
        ("fine", "My Shop", '"My Shop" cannot be a source'),
    ],
)
def test_a_name_that_cannot_be_one_is_refused_with_advice(name: str, source: str, expected: str, connection: Connection) -> None:
    api_keys.add(connection, "taken", "webshop", [], NOW)
    api_keys.revoke(connection, "taken", NOW)
    with pytest.raises(WrongName, match=expected):
        api_keys.add(connection, name, source, [], NOW)


def test_what_never_was_cannot_be_revoked(connection: Connection) -> None:
    with pytest.raises(WrongName, match='There is no API key "nothing"'):
        api_keys.revoke(connection, "nothing", NOW)


@pytest.mark.parametrize("key", ["", "pst_", "pst_" + "x" * 42, "pst_" + "x" * 44, "PST_" + "x" * 43, "pst_" + "é" * 43, "pst_" + "x" * 42 + "\n"])
def test_what_cannot_be_a_key_needs_no_look_into_the_database(key: str) -> None:
    assert not api_keys.is_well_formed(key)
