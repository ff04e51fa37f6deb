"""Does a person get to see everything that is held of them, and nothing of anybody else?"""

import json
from pathlib import Path
from stat import S_IMODE

import pytest
from sqlalchemy import Connection, Table, insert, select, update

from campaigns.checkout import Channel
from campaigns.letter import LetterState
from campaigns.objection import ObjectionChannel
from campaigns.scan import ScanKind
from campaigns.verdict import Outcome, Verdict
from store import access_export, audience, audit, coupon_events, letters, objections, partners, print_files, privacy_requests, scans, webhooks
from store.access_export import AccessExport, PrintedLetter
from store.coupon_events import GRANTED, Action, Event
from store.print_files import Rendering
from store.privacy_requests import PrivacyRequestKind
from store.records import upsert_records
from store.scans import Scan
from store.schema import (
    coupons,
    customer_sources,
    customers,
    first_lines,
    former_mailboxes,
    merges,
    metadata,
    new_customers,
    prospect_views,
    redemptions,
    robinson,
    sign_up_codes,
)
from store.webhooks import Delivery, DeliveryState
from tests.conftest import SECRET
from tests.store.shop import NOW, Run, add_letter, cart, customer_id, hold_out, order, person, redemption, rows, start_run, store


@pytest.fixture
def run(connection: Connection) -> Run:
    """People 1 and 2, each with all that a person can have."""
    run = start_run(connection)
    for number in (1, 2):
        email = f"anna{number}@example.org"
        store(connection, person(number), order(number, customer_number=f"K{number}", email=email))
        upsert_records(connection, [cart(number, email=email)], SECRET, NOW)
        someone = customer_id(connection, email)
        letter = add_letter(connection, run, someone)
        hold_out(connection, run, someone)
        scans.record(connection, Scan(f"s{number}", letter, ScanKind.HUMAN, NOW))
        objections.add(connection, someone, ObjectionChannel.DESK, NOW)
        audience.record(connection, run.campaign_id, [(someone, Verdict(Outcome.SELECTED, step=1))], NOW)
        privacy_requests.add(connection, PrivacyRequestKind.ACCESS, "shop", "shop", someone, NOW)
        webhooks.add(connection, Delivery(f"d{number}", "shop", "orders/updated", f"about {email}".encode(), NOW))
        webhooks.settle(connection, f"d{number}", DeliveryState.FAILED, f"o{number}", "", NOW)
        coupons_of(connection, number, someone)
        old = {"email_key_hash": f"old{number}", "mailbox_hash": f"old box{number}", "replaced_at": NOW}
        connection.execute(insert(former_mailboxes).values(customer_id=someone, source="shop", **old))
    return run


def coupons_of(connection: Connection, number: int, someone: int) -> None:
    """A code that the letter brought is redeemed and given at sign-up, and the person is a partner, came through one and was looked at."""
    coupon_id = connection.execute(select(coupons.c.id).where(coupons.c.customer_id == someone)).scalar_one()
    row = redemption(coupon_id, f"o{number}", customer_id=someone)
    redemption_id = connection.execute(insert(redemptions).values(row).returning(redemptions.c.id)).scalar_one()
    connection.execute(insert(new_customers).values(key_hash=f"{number}", redemption_id=redemption_id, claimed_at=NOW))
    coupon_events.note(connection, [Event(Action.REDEEM, GRANTED, NOW, Channel.API, coupon_id, redemption_id)])
    connection.execute(insert(sign_up_codes).values(coupon_id=coupon_id, customer_id=someone, source="shop", given_at=NOW))
    partner = partners.add(connection, f"anna{number}", "Anna", f"anna{number}@example.org", "", NOW)
    connection.execute(insert(prospect_views).values(partner_id=partner.id, customer_id=someone, fields=["town"], seen_at=NOW))
    connection.execute(insert(first_lines).values(customer_id=someone, partner_id=partner.id, redemption_id=redemption_id, assigned_at=NOW))


def collected(connection: Connection, customer: int) -> AccessExport:
    found = access_export.collect(connection, customer, NOW)
    assert found
    return found


def leads_to_customers(table: Table, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a row of the table hangs on a customer, directly or by an order, a letter or the use of a coupon."""
    parents = {key.column.table for key in table.foreign_keys} - {table}
    return any(parent is customers or (parent.name in ("orders", "letters", "redemptions") and leads_to_customers(parent)) for parent in parents)


def test_every_table_that_hangs_on_a_customer_is_looked_into(connection: Connection, run: Run) -> None:
    export = collected(connection, customer_id(connection))
    hanging = {table.name for table in metadata.tables.values() if leads_to_customers(table)}
    assert set(export.tables) == hanging | {"customers", "robinson", "webhook_deliveries", "campaigns", "audit_events"}
    empty = {name for name, found in export.tables.items() if not found}
    assert empty == {"merges", "robinson", "audit_events"}, "the test gives the person a row of every other kind"


def test_everything_is_theirs_and_nothing_is_anybody_elses(connection: Connection, run: Run) -> None:
    export = collected(connection, customer_id(connection))
    assert {name: len(found) for name, found in export.tables.items()} == {
        name: 0 if name in ("merges", "robinson", "audit_events") else 1 for name in export.tables
    }
    text = str(export.tables)
    assert "anna1@example.org" in text and "about anna1@example.org" in text
    for other in ("anna2@", "'K2'", "'o2'", "Anna2"):
        assert other not in text


def test_who_was_held_out_reads_of_which_campaign(connection: Connection, run: Run) -> None:
    export = collected(connection, customer_id(connection))
    [held] = export.tables["holdouts"]
    assert (held["step"], held["held_out_at"]) == (1, NOW)
    assert [(row["id"], row["slug"]) for row in export.tables["campaigns"]] == [(held["campaign_id"], "winback")]
    assert "drawn by lot to get no letter" in access_export.ABOUT


def test_who_turned_out_to_be_the_same_is_shown_with_them(connection: Connection, run: Run) -> None:
    one, other = customer_id(connection), customer_id(connection, "anna2@example.org")
    connection.execute(insert(merges).values(kept_id=one, gone_id=other, reason="email", moved={}, merged_at=NOW))
    connection.execute(update(customers).where(customers.c.id == other).values(merged_into=one, email_key=None))
    for asked in (one, other):
        export = collected(connection, asked)
        assert export.customer_id == one
        assert [row["id"] for row in export.tables["customers"]] == [one, other]
        assert len(export.tables["orders"]) == 2 and len(export.tables["merges"]) == 1


def test_what_is_known_by_a_keyed_hash_alone_is_shown(connection: Connection) -> None:
    store(connection, person(1))
    [row] = rows(connection, customers)
    connection.execute(insert(robinson).values(address_hash=row["address_hash"], listed_at=NOW))
    export = collected(connection, row["id"])
    assert len(export.tables["robinson"]) == 1


def test_what_was_done_to_the_record_is_shown_without_who_did_it(connection: Connection) -> None:
    store(connection, person())
    anna = customer_id(connection)
    audit.note(connection, NOW, "Martha", audit.Channel.DESK, "edit_customer", f"customer {anna}", "street")
    audit.note(connection, NOW, "Martha", audit.Channel.DESK, "edit_customer", f"customer {anna}0", "street")
    export = collected(connection, anna)
    assert export.tables["audit_events"] == [{"at": NOW, "channel": "desk", "action": "edit_customer"}]


def test_an_unknown_number_is_nobody(connection: Connection) -> None:
    assert access_export.collect(connection, 4711, NOW) is None


def test_letters_that_stand_in_a_print_file_are_named_with_their_place(connection: Connection, run: Run) -> None:
    print_files.seal(connection, run.id, "winback-00001", 2000)
    [file] = print_files.of_run(connection, run.id)
    placed = [(letter_id, 2 * place + 1, 2) for place, (letter_id, _) in enumerate(letters.for_print_file(connection, file.id))]
    print_files.record_rendering(connection, file.id, Rendering(4, 1, "ab" * 32, placed, []), NOW)
    letters.advance(connection, run.id, LetterState.RENDERED, LetterState.HANDED_OVER, NOW)
    letter_id, first_page, pages = placed[1]
    export = collected(connection, customer_id(connection, "anna2@example.org"))
    assert export.letters == [PrintedLetter(letter_id, run.id, file.name, first_page, pages)]
    letters.cancel(connection, [letter_id], "why")
    assert len(collected(connection, customer_id(connection, "anna2@example.org")).letters) == 1, "what was handed over stays"


def test_the_folder_is_there_whole_or_not_at_all(connection: Connection, run: Run, tmp_path: Path) -> None:
    export = AccessExport(1, NOW, {"customers": [{"email": "ä", "at": NOW, "body": b"\xff{}", "tags": ["a"]}]}, [PrintedLetter(7, 1, "a.pdf", 1, 1)])
    (tmp_path / "runs" / "1").mkdir(parents=True)
    (tmp_path / "runs" / "1" / "a.pdf").write_bytes(b"%PDF")

    def broken(*_: object) -> bytes:
        raise ValueError("no such page")

    with pytest.raises(ValueError, match="no such page"):
        access_export.write(export, tmp_path / "out", tmp_path / "runs", broken)
    assert not (tmp_path / "out").exists()
    for _ in range(2):
        access_export.write(export, tmp_path / "out", tmp_path / "runs", lambda path, first, pages: b"cut")
    assert {path.name: S_IMODE(path.stat().st_mode) for path in (tmp_path / "out").iterdir()} == {"data.json": 0o600, "letter-7.pdf": 0o600}
    assert S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    whole = json.loads((tmp_path / "out" / "data.json").read_text("utf-8"))
    assert whole["tables"]["customers"] == [{"email": "ä", "at": "2026-11-22T12:00:00+00:00", "body": "\ufffd{}", "tags": ["a"]}]
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_sources_keys_of_the_person_are_part_of_it(connection: Connection, run: Run) -> None:
    export = collected(connection, customer_id(connection))
    assert [row["source_id"] for row in export.tables["customer_sources"]] == [row["source_id"] for row in rows(connection, customer_sources)][:1]
