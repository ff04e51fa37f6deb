"""Are campaigns, offers, users and objections kept as they were meant?"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from campaigns.objection import ObjectionChannel
from campaigns.offer import Offer
from campaigns.scan import ScanKind
from store import campaigns, objections, offers, scans, users
from store.hashes import email_hash
from store.scans import Scan
from store.schema import campaign_versions, customers, sessions
from store.schema import objections as objections_table
from store.schema import users as users_table
from tests.conftest import SECRET
from tests.store.shop import CAMPAIGN, LATER, NOW, OFFER, add_letter, count, customer_id, person, rows, start_run, store

# --- campaigns and offers ----------------------------------------------------------------------------------------------


def test_an_equal_definition_is_no_new_version(connection: Connection) -> None:
    first = campaigns.save(connection, CAMPAIGN, NOW)
    assert campaigns.save(connection, replace(CAMPAIGN), LATER) == first
    assert campaigns.by_slug(connection, "winback") == first
    assert [row["saved_at"] for row in rows(connection, campaign_versions)] == [NOW]


def test_every_version_is_kept_and_the_last_saved_counts(connection: Connection) -> None:
    first = campaigns.save(connection, CAMPAIGN, NOW)
    second = campaigns.save(connection, replace(CAMPAIGN, name="New"), LATER)
    assert (first.id, campaigns.version(connection, first.version_id)) == (second.id, CAMPAIGN)
    assert campaigns.by_slug(connection, "winback") == second
    assert campaigns.save(connection, CAMPAIGN, LATER) == first
    assert campaigns.by_slug(connection, "winback") == first
    assert count(connection, campaign_versions) == 2


def test_campaigns_are_listed_by_name(connection: Connection) -> None:
    for slug in ("b", "a"):
        campaigns.save(connection, replace(CAMPAIGN, slug=slug), NOW)
    assert campaigns.slugs(connection) == ["a", "b"]
    assert campaigns.by_slug(connection, "c") is None


def test_an_offer_is_changed_under_its_slug(connection: Connection) -> None:
    offers.save(connection, OFFER, NOW)
    number = offers.by_slug(connection, ["ten", "unknown"])["ten"][0]
    offers.save(connection, replace(OFFER, value=1500, minimum_order_cents=100), LATER)
    assert offers.by_slug(connection, ["ten"]) == {"ten": (number, replace(OFFER, value=1500, minimum_order_cents=100))}
    offers.save(connection, Offer("five", "Five", OFFER.kind, 500), NOW)
    assert offers.slugs(connection) == ["five", "ten"]
    assert offers.by_slug(connection, []) == {}


# --- objections --------------------------------------------------------------------------------------------------------


def test_the_evidence_of_the_first_objection_stays(connection: Connection) -> None:
    store(connection, person())
    anna = customer_id(connection)
    assert objections.received_at(connection, anna) is None
    assert objections.add(connection, anna, ObjectionChannel.DESK, NOW)
    assert not objections.add(connection, anna, ObjectionChannel.API, LATER)
    row = rows(connection, objections_table)[0]
    assert (row["channel"], row["received_at"], row["email_hash"]) == ("desk", NOW, email_hash("anna1@example.org", SECRET))
    assert objections.received_at(connection, anna) == NOW


def test_an_objection_by_letter_names_the_letter(connection: Connection) -> None:
    store(connection, person())
    letter = add_letter(connection, start_run(connection), customer_id(connection))
    assert objections.add_by_letter(connection, letter, NOW)
    assert not objections.add_by_letter(connection, letter, LATER)
    assert [(row["channel"], row["letter_id"]) for row in rows(connection, objections_table)] == [("letter", letter)]


def test_an_objection_of_somebody_without_a_mailbox(connection: Connection) -> None:
    store(connection, person(1, email=""), person(2, email=""))
    first, second = (row["id"] for row in rows(connection, customers))
    assert objections.add(connection, first, ObjectionChannel.DESK, NOW)
    assert objections.received_at(connection, second) is None


def test_an_objection_known_by_mailbox_alone_holds_for_whoever_has_it(connection: Connection) -> None:
    row = {"email_hash": email_hash("anna1@example.org", SECRET), "channel": "csv", "received_at": NOW}
    connection.execute(objections_table.insert(), [row, row | {"received_at": LATER}])
    store(connection, person())
    assert objections.received_at(connection, customer_id(connection)) == NOW


# --- scans -------------------------------------------------------------------------------------------------------------


def test_a_scan_that_is_replayed_is_stored_once(connection: Connection) -> None:
    store(connection, person())
    letter = add_letter(connection, start_run(connection), customer_id(connection))
    late, early = Scan("b", letter, ScanKind.HUMAN, LATER), Scan("c", letter, ScanKind.BOT, NOW)
    for scan in (late, early, late, early):
        scans.record(connection, scan)
    assert scans.of_letters(connection, [letter]) == [early, late]
    assert scans.of_letters(connection, []) == []


# --- users -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def token(connection: Connection) -> str:
    users.save(connection, "mara", "hash", "marketer", NOW)
    found = users.password_hash(connection, "mara")
    assert found
    return users.open_session(connection, found[0], NOW)


def test_a_session_is_known_by_its_token_alone(connection: Connection, token: str) -> None:
    user = users.of_session(connection, token, NOW)
    assert user
    assert (user.name, user.role) == ("mara", "marketer")
    assert users.of_session(connection, token + "x", NOW) is None
    assert users.password_hash(connection, "nobody") is None
    stored = rows(connection, sessions)[0]["token_hash"]
    assert len(token) >= 43
    assert token.encode() not in stored


def test_a_session_ends_when_nobody_uses_it(connection: Connection, token: str) -> None:
    assert users.of_session(connection, token, NOW + users.IDLE - timedelta(seconds=1))
    assert users.of_session(connection, token, NOW + users.IDLE) is None
    users.keep_session(connection, token, NOW + timedelta(hours=7))
    assert users.of_session(connection, token, NOW + users.IDLE)


def test_a_session_ends_after_a_day_however_busy(connection: Connection, token: str) -> None:
    for hours in range(1, 24):
        users.keep_session(connection, token, NOW + timedelta(hours=hours))
    assert users.of_session(connection, token, NOW + users.LONGEST - timedelta(seconds=1))
    assert users.of_session(connection, token, NOW + users.LONGEST) is None


def test_signing_out_ends_the_session(connection: Connection, token: str) -> None:
    users.close_session(connection, token)
    assert users.of_session(connection, token, NOW) is None


def test_a_new_password_ends_all_sessions_and_keeps_the_user(connection: Connection, token: str) -> None:
    users.save(connection, "mara", "new hash", "admin", LATER)
    assert users.of_session(connection, token, LATER) is None
    row = rows(connection, users_table)[0]
    assert (row["password_hash"], row["role"], row["created_at"]) == ("new hash", "admin", NOW)


def test_old_sessions_are_swept_at_the_next_sign_in(connection: Connection, token: str) -> None:
    found = users.password_hash(connection, "mara")
    assert found
    users.open_session(connection, found[0], NOW + users.LONGEST + timedelta(seconds=1))
    assert count(connection, sessions) == 1
