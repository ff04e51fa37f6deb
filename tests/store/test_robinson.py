"""Is the Robinson list known again without being kept?"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from campaigns.address import Address
from campaigns.objection import RobinsonEntry
from campaigns.rejection import Rejection
from store.hashes import address_hash
from store.retention import ROBINSON
from store.robinson import HOLDS, upsert_entries
from store.schema import robinson
from tests.conftest import SECRET
from tests.store.growing_old import end
from tests.store.shop import DRESDEN, NOW, rows


def add(connection: Connection, *addresses: Address, now: datetime = NOW) -> list[str]:
    results = upsert_entries(connection, [RobinsonEntry("list", address) for address in addresses], SECRET, now)
    return [one.reason if isinstance(one, Rejection) else str(one) for one in results]


def test_an_entry_is_a_hash_and_comes_in_once(connection: Connection) -> None:
    otto = replace(DRESDEN, first_name="Otto")
    assert add(connection, DRESDEN, otto, replace(DRESDEN, street="HAUPTSTR. 5", town="")) == ["stored", "stored", "unchanged"]
    assert add(connection, otto) == ["unchanged"]
    assert {row["address_hash"] for row in rows(connection, robinson)} == {address_hash(address, SECRET) for address in (DRESDEN, otto)}
    assert {row["listed_at"] for row in rows(connection, robinson)} == {NOW}


def test_an_entry_that_could_be_anybody_is_sent_back(connection: Connection) -> None:
    assert add(connection, DRESDEN, replace(DRESDEN, first_name="")) == ["stored", "no_key"]
    assert add(connection) == []


def test_an_entry_lasts_five_years_from_the_last_list_that_holds_it(connection: Connection) -> None:
    assert timedelta(days=5 * 365) < HOLDS
    otto = replace(DRESDEN, first_name="Otto")
    add(connection, DRESDEN, otto)
    year_later = NOW + timedelta(days=365)
    assert add(connection, otto, now=year_later) == ["unchanged"]
    assert end(connection, ROBINSON, NOW + HOLDS - timedelta(seconds=1)) == 0
    assert end(connection, ROBINSON, NOW + HOLDS) == 1
    assert [row["listed_at"] for row in rows(connection, robinson)] == [year_later]
    assert end(connection, ROBINSON, NOW + HOLDS) == 0


def test_an_entry_that_has_run_out_is_news_when_it_comes_again(connection: Connection) -> None:
    add(connection, DRESDEN)
    assert add(connection, DRESDEN, now=NOW + HOLDS) == ["stored"]
    assert end(connection, ROBINSON, NOW + HOLDS) == 0
