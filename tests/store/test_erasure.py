"""Is a person gone after an erasure, wherever they stood, and does everything that counts still count?"""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Connection, Table, cast, func, insert, select, update
from sqlalchemy import Text as SqlText

from campaigns.letter import LetterState
from campaigns.objection import ObjectionChannel
from campaigns.order import OrderState
from campaigns.print_run import PrintRunState
from campaigns.scan import ScanKind
from store import access_export, audience, history, letters, objections, print_files, print_runs, redemptions, scans, webhooks
from store.columns import Pii
from store.engine import open_engine, writing
from store.erasure import NOT_BY_CUSTOMER, REASON, Erasure, erase, names_customer, personal_columns, rows_of_person
from store.hashes import address_hash, email_hash
from store.print_files import Rendering
from store.records import upsert_records
from store.scans import Scan
from store.schema import carts, coupons, customer_sources, customers, holdouts, merges, metadata, orders, webhook_deliveries
from store.schema import letters as letters_table
from store.schema import objections as objections_table
from store.schema import redemptions as redemptions_table
from store.tombstones import ERASED, owners
from store.webhooks import Delivery, DeliveryState
from tests.conftest import SECRET
from tests.store.redeeming import ANNA, ASKING, STANDING, TEN, by, granted, issue
from tests.store.shop import DRESDEN, LATER, NOW, Run, add_letter, cart, customer_id, hold_out, order, person, rows, start_run, store

MARK = "Wilhelmine-Nirgendwer"


@pytest.fixture
def run(connection: Connection) -> Run:
    """People 1 and 2 with an order each, and a print run."""
    store(connection, person(1), person(2), order(1), order(2, customer_number="K2", email="anna2@example.org"))
    left = [cart(1, recovery_url="https://shop.example/recover?key=1"), cart(2, email="anna2@example.org")]
    upsert_records(connection, left, SECRET, NOW)
    return start_run(connection)


def erased(connection: Connection, customer: int) -> Erasure:
    found = erase(connection, customer, SECRET, LATER)
    assert found
    return found


def mark_everything(connection: Connection, customer: int) -> None:
    """Write the mark into every personal column of every row that the person stands in."""
    for table in metadata.tables.values():
        mine = table.c.customer_id == customer if names_customer(table) else table.c.id == customer if table is customers else None
        if mine is not None:
            values = {column.name: marked(column.type) for column in table.columns if is_personal(column.info) and not column.primary_key}
            if values:
                connection.execute(update(table).where(mine).values(values))


def marked(kind: Any) -> Any:
    return {"email": f"{MARK}@example.org", "of": MARK} if isinstance(kind, JSON) else MARK


def is_personal(info: Any) -> bool:
    return info["pii"] in (Pii.PERSONAL, Pii.FREE_TEXT)


def tables_that_hold(connection: Connection, text: str) -> set[str]:
    """Where any column of any kind holds it, in a row of whomever."""
    found = set()
    for table in metadata.tables.values():
        for column in table.columns:
            query = select(func.count()).select_from(table).where(cast(column, SqlText).contains(text))
            if connection.execute(query).scalar_one():
                found.add(f"{table.name}.{column.name}")
    return found


def test_nothing_personal_is_left_in_any_table(connection: Connection, run: Run) -> None:
    """Filled by the labels of the schema, so that a new column is filled, and must be emptied, without anybody thinking of it."""
    anna = customer_id(connection)
    add_letter(connection, run, anna)
    hold_out(connection, run, anna)
    issue(connection, "USED", STANDING)
    granted(redemptions.redeem(connection, "USED", by(ANNA), "A-9", ASKING))
    audience.record(connection, run.campaign_id, [(anna, audience_verdict())], NOW)
    mark_everything(connection, anna)
    before = tables_that_hold(connection, MARK)
    everywhere = {f"{table.name}.{column.name}" for table in metadata.tables.values() if reached(table) for column in personal_columns(table)}
    assert before == everywhere, "every personal column that belongs to a customer is tested"
    assert {"customers.email", "letters.content", "carts.recovery_url", "customer_sources.record", "verdicts.detail", "holdouts.household_key"} <= before
    erased(connection, anna)
    assert tables_that_hold(connection, MARK) == set()


def audience_verdict() -> Any:
    from campaigns.verdict import Outcome, Verdict

    return Verdict(Outcome.SELECTED, step=1)


def reached(table: Table) -> bool:
    return table is customers or names_customer(table)


def test_a_table_with_personal_columns_names_its_customer_or_says_why_not() -> None:
    personal = {table.name for table in metadata.tables.values() if any(is_personal(column.info) for column in table.columns) and not reached(table)}
    assert personal == set(NOT_BY_CUSTOMER)


def test_no_name_of_the_person_is_left_but_their_neighbour_keeps_everything(connection: Connection, run: Run) -> None:
    anna, other = customer_id(connection), customer_id(connection, "anna2@example.org")
    add_letter(connection, run, anna)
    before = {table.name: [row for row in rows(connection, table) if row.get("customer_id") == other] for table in metadata.tables.values()}
    erased(connection, anna)
    for text in ("anna1@example.org", "Anna1", "guest:anna1", "recover?key=1", "K1"):
        assert tables_that_hold(connection, text) == set(), text
    after = {table.name: [row for row in rows(connection, table) if row.get("customer_id") == other] for table in metadata.tables.values()}
    assert after == before
    found = history.of(connection, other)
    assert found and found.customer.email == "anna2@example.org"


@pytest.mark.parametrize("order_ref", ["A-9", "anna1@example.org"])
def test_what_was_said_of_the_persons_coupons_is_gone(order_ref: str, connection: Connection) -> None:
    store(connection, person(1), person(2))
    anna = customer_id(connection)
    issue(connection, "USED", STANDING)
    own = issue(connection, "GIVEN", replace(TEN, slug="given"), customer_id=anna)
    for shopper, ref in ((ANNA, order_ref), (replace(ANNA, email="anna2@example.org", address=person(2).address), "A-10")):
        granted(redemptions.redeem(connection, "USED", by(shopper), ref, ASKING))
        redemptions.roll_back(connection, ref, ASKING, f"{shopper.email} rang")
    redemptions.void(connection, own, ASKING, "anna1@example.org rang")
    erased(connection, anna)
    assert tables_that_hold(connection, "anna1@example.org") == set()
    assert tables_that_hold(connection, "anna2@example.org rang") == {"redemptions.reason", "coupon_events.detail"}, "another's stay"
    assert sorted(row["state"] for row in rows(connection, redemptions_table)) == ["rolled_back", "rolled_back"]
    assert erased(connection, anna).customer_ids == (anna,), "once more changes nothing"


def test_the_number_of_an_order_that_has_come_in_stays_the_name_of_its_redemption(connection: Connection) -> None:
    store(connection, person(1))
    issue(connection, "USED", STANDING)
    store(connection, order(1, discount_codes=("USED",)))
    before = rows(connection, redemptions_table)[0]["order_ref"]
    erased(connection, customer_id(connection))
    assert rows(connection, redemptions_table)[0]["order_ref"] == before
    store(connection, order(1, state=OrderState.CANCELLED, discount_codes=("USED",)))
    assert [row["state"] for row in rows(connection, redemptions_table)] == ["rolled_back"]


def test_who_was_held_out_still_counts_as_somebody_held_out(connection: Connection, run: Run) -> None:
    anna = customer_id(connection)
    hold_out(connection, run, anna)
    [before] = rows(connection, holdouts)
    erased(connection, anna)
    assert rows(connection, holdouts) == [{**before, "household_key": ""}]


def test_a_seed_address_is_erased_like_anybody(connection: Connection, run: Run) -> None:
    anna = customer_id(connection)
    connection.execute(update(customers).where(customers.c.id == anna).values(is_seed=True))
    letter = add_letter(connection, run, anna)
    assert erased(connection, anna).letters_cancelled == 1
    [row] = [row for row in rows(connection, customers) if row["id"] == anna]
    assert (row["street"], row["is_seed"], row["erased_at"]) == ("", True, LATER)
    assert [row["state"] for row in rows(connection, letters_table) if row["id"] == letter] == ["cancelled"]


def test_what_counts_still_counts(connection: Connection, run: Run) -> None:
    anna = customer_id(connection)
    letter = add_letter(connection, run, anna)
    letters.advance(connection, run.id, LetterState.SELECTED, LetterState.HANDED_OVER, NOW)
    scans.record(connection, Scan("s1", letter, ScanKind.HUMAN, NOW))

    def numbers() -> list[Any]:
        table = customers.c
        return [
            connection.execute(select(orders.c.number, orders.c.ordered_at, orders.c.state, orders.c.total_cents).order_by(orders.c.id)).all(),
            connection.execute(select(orders.c.customer_id, func.count()).group_by(orders.c.customer_id).order_by(orders.c.customer_id)).all(),
            connection.execute(select(letters_table.c.state, letters_table.c.step, letters_table.c.token, letters_table.c.handed_over_at)).all(),
            connection.execute(select(table.id, table.person_key, table.first_sale_at, table.registered_at).order_by(table.id)).all(),
            connection.execute(select(coupons.c.code, coupons.c.voided, coupons.c.customer_id)).all(),
            scans.of_letters(connection, [letter]),
        ]

    before = numbers()
    erased(connection, anna)
    assert numbers() == before


def test_the_row_stays_as_a_tombstone_that_says_when(connection: Connection, run: Run) -> None:
    anna = customer_id(connection)
    assert erased(connection, anna) == Erasure((anna,), 0)
    [row] = [row for row in rows(connection, customers) if row["id"] == anna]
    assert row["erased_at"] == LATER
    assert (row["email_key"], row["email_hash"], row["address_hash"], row["number"], row["tags"]) == (None, None, None, "", [])


def test_an_erasure_may_be_repeated(connection: Connection, run: Run) -> None:
    anna = customer_id(connection)
    add_letter(connection, run, anna)
    assert erased(connection, anna).letters_cancelled == 1
    before = {table.name: rows(connection, table) for table in metadata.tables.values()}
    assert erase(connection, anna, SECRET, LATER + timedelta(days=1)) == Erasure((anna,), 0)
    assert {table.name: rows(connection, table) for table in metadata.tables.values()} == before


def test_an_unknown_number_is_nobody(connection: Connection) -> None:
    assert erase(connection, 4711, SECRET, NOW) is None
    assert rows_of_person(connection, 4711) == []


# --- merged people -----------------------------------------------------------------------------------------------------


def merged(connection: Connection, kept: int, gone: int) -> None:
    connection.execute(
        insert(merges).values(kept_id=kept, gone_id=gone, reason="email", moved={"sources": [["shop", "guest:anna2@example.org"]]}, merged_at=NOW)
    )
    connection.execute(update(customers).where(customers.c.id == gone).values(merged_into=kept, email_key=None))


def test_whoever_turned_out_to_be_the_same_goes_too(connection: Connection) -> None:
    store(connection, person(1), person(2), person(3), person(4))
    ids = [customer_id(connection, f"anna{number}@example.org") for number in (1, 2, 3, 4)]
    merged(connection, ids[0], ids[1])
    merged(connection, ids[1], ids[2])
    assert rows_of_person(connection, ids[2]) == ids[:3]
    assert erased(connection, ids[1]).customer_ids == tuple(ids[:3])
    for text in ("anna1@", "anna2@", "anna3@"):
        assert tables_that_hold(connection, text) == set()
    assert tables_that_hold(connection, "anna4@")
    assert rows(connection, merges) == []


def test_whoever_was_united_by_the_merge_rules_goes_too(connection: Connection) -> None:
    second = replace(person(2), source="csv", source_id="anna2@example.org", address=person(1).address)
    store(connection, person(1), order(1))
    store(connection, second)
    anna = customer_id(connection)
    assert len(rows(connection, merges)) == 1, "the same name at the same address"
    erased(connection, anna)
    for text in ("anna1@", "anna2@", "Anna1"):
        assert tables_that_hold(connection, text) == set()
    assert owners(connection, "csv", ["anna2@example.org"], (), SECRET).keys == {"anna2@example.org": anna}
    assert store(connection, person(1), second) == 0, "no import brings them back"
    assert tables_that_hold(connection, "anna1@") == set()


def test_a_merge_that_was_undone_leaves_the_other_alone(connection: Connection) -> None:
    store(connection, person(1), person(2))
    one, other = customer_id(connection), customer_id(connection, "anna2@example.org")
    connection.execute(insert(merges).values(kept_id=one, gone_id=other, reason="email", moved={}, merged_at=NOW, undone_at=NOW))
    assert erased(connection, one).customer_ids == (one,)
    assert customer_id(connection, "anna2@example.org") == other


# --- objections --------------------------------------------------------------------------------------------------------


def objection_hashes(connection: Connection) -> set[str]:
    return {value for row in rows(connection, objections_table) for value in (row["email_hash"], row["address_hash"]) if value}


def test_an_objection_outlives_its_person_under_every_name_that_they_had(connection: Connection) -> None:
    store(connection, person(1), person(1, source="other", email="second@example.org", address=replace(DRESDEN, street="Zweitweg 2")))
    anna = customer_id(connection)
    connection.execute(update(customer_sources).values(customer_id=anna))
    objections.add(connection, anna, ObjectionChannel.DESK, NOW)
    erased(connection, anna)
    wanted = {email_hash(mail, SECRET) for mail in ("anna1@example.org", "second@example.org")}
    wanted |= {address_hash(person(1).address, SECRET) or "", address_hash(replace(DRESDEN, street="Zweitweg 2"), SECRET) or ""}
    assert objection_hashes(connection) == wanted
    assert {row["channel"] for row in rows(connection, objections_table)} == {"desk"}
    assert {row["received_at"] for row in rows(connection, objections_table)} == {NOW}


def test_an_objection_stops_the_erased_person_under_a_new_record(connection: Connection) -> None:
    store(connection, person(1))
    objections.add(connection, customer_id(connection), ObjectionChannel.DESK, NOW)
    erased(connection, customer_id(connection))
    store(connection, replace(person(1), source="another-shop", source_id="x", number=""))
    assert objections.received_at(connection, customer_id(connection)) == NOW


def test_an_objection_on_a_list_counts_for_every_name_too(connection: Connection) -> None:
    store(connection, person(1))
    connection.execute(insert(objections_table).values(email_hash=email_hash("anna1@example.org", SECRET), channel="file", source="list", received_at=NOW))
    erased(connection, customer_id(connection))
    assert objection_hashes(connection) == {email_hash("anna1@example.org", SECRET), address_hash(person(1).address, SECRET)}


def test_who_did_not_object_leaves_no_hash(connection: Connection, run: Run) -> None:
    erased(connection, customer_id(connection))
    assert rows(connection, objections_table) == []
    for value in (email_hash("anna1@example.org", SECRET), address_hash(person(1).address, SECRET) or ""):
        assert tables_that_hold(connection, value) == set()


# --- letters -----------------------------------------------------------------------------------------------------------


def set_and_hand_over(connection: Connection, run: Run, run_state: PrintRunState, letter_state: LetterState) -> None:
    """As far as the database sees it."""
    print_files.seal(connection, run.id, "winback-00001", 2000)
    [file] = print_files.of_run(connection, run.id)
    placed = [(letter_id, place, 1) for place, (letter_id, _) in enumerate(letters.for_print_file(connection, file.id), 1)]
    print_files.record_rendering(connection, file.id, Rendering(len(placed), 1000, "ab" * 32, placed, []), NOW)
    letters.advance(connection, run.id, LetterState.RENDERED, letter_state, NOW)
    print_runs.must_move(connection, run.id, PrintRunState.SELECTING, run_state)


@pytest.mark.parametrize(
    ("run_state", "letter_state"),
    [
        (PrintRunState.RENDERING, LetterState.RENDERED),
        (PrintRunState.AWAITING_APPROVAL, LetterState.RENDERED),
        (PrintRunState.APPROVED, LetterState.APPROVED),
    ],
)
def test_a_letter_that_has_not_left_is_taken_out_and_its_file_is_known_to_be_outdated(
    connection: Connection, run: Run, run_state: PrintRunState, letter_state: LetterState
) -> None:
    anna, other = customer_id(connection), customer_id(connection, "anna2@example.org")
    add_letter(connection, run, anna)
    add_letter(connection, run, other)
    set_and_hand_over(connection, run, run_state, letter_state)
    [file] = print_files.of_run(connection, run.id)
    assert print_files.outdated(connection, run.id) == []
    assert erased(connection, anna).letters_cancelled == 1
    assert print_files.outdated(connection, run.id) == [file.id]
    states = {row["customer_id"]: (row["state"], row["state_reason"]) for row in rows(connection, letters_table)}
    assert states == {anna: ("cancelled", REASON), other: (letter_state, "")}
    assert {row["customer_id"]: row["voided"] for row in rows(connection, coupons)} == {anna: True, other: False}
    print_files.reopen(connection, file.id)
    assert len(letters.for_print_file(connection, file.id)) == 1


@pytest.mark.parametrize(
    ("run_state", "letter_state"),
    [(PrintRunState.HANDING_OVER, LetterState.APPROVED), (PrintRunState.HANDED_OVER, LetterState.HANDED_OVER)],
)
def test_a_letter_that_is_settled_stays_what_it_is_without_its_content(
    connection: Connection, run: Run, run_state: PrintRunState, letter_state: LetterState
) -> None:
    anna, other = customer_id(connection), customer_id(connection, "anna2@example.org")
    letter = add_letter(connection, run, anna)
    add_letter(connection, run, other)
    set_and_hand_over(connection, run, run_state, letter_state)
    assert erased(connection, anna).letters_cancelled == 0
    assert print_files.outdated(connection, run.id) == []
    [row] = [row for row in rows(connection, letters_table) if row["id"] == letter]
    assert (row["state"], row["content"], row["sort_key"], row["postcode"], row["household_key"]) == (letter_state, {}, "", "", "")
    assert letters.erased(connection, run.id) == {letter}
    assert [voided for _, _, voided in [letters.coupon_of(connection, letter) or ("", date.today(), True)]] == [False], "the coupon is in somebody's hand"


def test_a_print_file_with_an_erased_letter_cannot_be_set_again(connection: Connection, run: Run) -> None:
    add_letter(connection, run, customer_id(connection))
    set_and_hand_over(connection, run, PrintRunState.HANDED_OVER, LetterState.HANDED_OVER)
    erased(connection, customer_id(connection))
    [file] = print_files.of_run(connection, run.id)
    with pytest.raises(Exception, match=r"The person of letter \d+ was erased"):
        letters.for_print_file(connection, file.id)


def test_a_letter_that_was_set_while_its_person_was_erased_is_noticed(connection: Connection, run: Run) -> None:
    """A process had read the content before; what it has set holds a page that must not go out."""
    anna, other = customer_id(connection), customer_id(connection, "anna2@example.org")
    add_letter(connection, run, anna)
    add_letter(connection, run, other)
    print_files.seal(connection, run.id, "winback-00001", 2000)
    print_runs.must_move(connection, run.id, PrintRunState.SELECTING, PrintRunState.RENDERING)
    [file] = print_files.of_run(connection, run.id)
    placed = [(letter_id, place, 1) for place, (letter_id, _) in enumerate(letters.for_print_file(connection, file.id), 1)]
    erased(connection, anna)
    print_files.record_rendering(connection, file.id, Rendering(2, 1000, "ab" * 32, placed, []), NOW)
    assert print_files.outdated(connection, run.id) == [file.id]


# --- webhooks ----------------------------------------------------------------------------------------------------------


def test_what_webhooks_said_of_the_person_is_forgotten(connection: Connection, run: Run) -> None:
    anna = customer_id(connection)
    for number, subject in enumerate(["1", "o1", "c1", "2", "o2", ""]):
        webhooks.add(connection, Delivery(f"d{number}", "shop", "orders/updated", b"{}", NOW))
        webhooks.settle(connection, f"d{number}", DeliveryState.FAILED, subject, "", NOW)
    webhooks.add(connection, Delivery("foreign", "other", "orders/updated", b"{}", NOW))
    webhooks.settle(connection, "foreign", DeliveryState.FAILED, "o1", "", NOW)
    erased(connection, anna)
    left = {row["id"] for row in rows(connection, webhook_deliveries) if row["body"] is not None}
    assert left == {"d3", "d4", "d5", "foreign"}


# --- tombstones --------------------------------------------------------------------------------------------------------


def test_the_sources_keys_are_known_again_without_being_kept(connection: Connection, run: Run) -> None:
    anna, other = customer_id(connection), customer_id(connection, "anna2@example.org")
    names = ["1", "K1", "2", "K2", ""]
    assert owners(connection, "shop", names, names, SECRET) == ({}, {})
    erased(connection, anna)
    assert owners(connection, "shop", names, names, SECRET) == ({"1": anna}, {"K1": anna})
    assert owners(connection, "other", names, names, SECRET) == ({}, {})
    assert owners(connection, "shop", names, names, b"another key altogether") == ({}, {})
    keys = [(row["source_id"], row["number"]) for row in rows(connection, customer_sources) if row["customer_id"] == anna]
    assert all(source_id.startswith(ERASED) for source_id, _ in keys)
    assert sorted(number[: len(ERASED)] for _, number in keys) == ["", ERASED], "the key, and that of a guest with the same mailbox"
    erased(connection, other)
    assert owners(connection, "shop", ["1", "2"], (), SECRET).keys == {"1": anna, "2": other}


def test_nobody_is_taken_for_somebody_erased_because_their_key_is_that_ones_number(connection: Connection) -> None:
    store(connection, person(1, source_id="1", number="10001"))
    erased(connection, customer_id(connection))
    bought = order(5, customer_number="10001", email="anna7@example.org")
    assert store(connection, person(7, source_id="10001", number="20001"), bought) == 2
    assert rows(connection, orders)[0]["customer_id"] == customer_id(connection, "anna7@example.org")
    assert store(connection, person(8, source_id="8", number="10001")) == 0, "their number under another key"


def test_a_number_or_a_mailbox_that_others_share_keeps_nobody_out(connection: Connection) -> None:
    anna, bernd = person(1, number="K7"), person(2, number="K7", email="anna1@example.org")
    store(connection, anna, bernd)
    erased(connection, customer_id(connection))
    assert store(connection, person(3, number="K7"), order(3, customer_number="", email="anna1@example.org")) == 2
    assert rows(connection, orders)[0]["customer_id"] == customer_id(connection), "the mailbox is Bernd's now"
    assert store(connection, replace(anna, changed_at=LATER)) == 0


@pytest.mark.parametrize("source", ["shop", "other"])
def test_an_erased_account_does_not_come_back_by_a_guest_order(connection: Connection, source: str) -> None:
    store(connection, person(1), order(1, source="other", customer_number="", email="anna1@example.org"))
    anna = customer_id(connection)
    erased(connection, anna)
    store(connection, order(2, source=source, customer_number="", email="anna1@example.org", address=DRESDEN))
    assert [(row["customer_id"], row["email_key"]) for row in rows(connection, orders)] == [(anna, None)] * 2
    assert [row["id"] for row in rows(connection, customers)] == [anna]


def test_whoever_signs_up_again_after_an_erasure_is_somebody_new(connection: Connection) -> None:
    store(connection, person(1))
    erased(connection, customer_id(connection))
    store(connection, person(9, email="anna1@example.org"), order(9, customer_number="K9", email="anna1@example.org"))
    assert rows(connection, orders)[0]["customer_id"] == customer_id(connection)


def test_a_key_that_stands_there_as_a_tombstone_already_stops_no_erasure(connection: Connection) -> None:
    store(connection, person(1), person(2))
    anna, bernd = customer_id(connection), customer_id(connection, "anna2@example.org")
    erased(connection, anna)
    row = {"source": "shop", "source_id": "1", "customer_id": bernd, "record_hash": ""}
    connection.execute(insert(customer_sources).values(row))
    erased(connection, bernd)
    assert owners(connection, "shop", ["1", "2"], (), SECRET).keys == {"1": anna, "2": bernd}
    assert all(row["source_id"].startswith(ERASED) for row in rows(connection, customer_sources))


def test_nothing_of_an_erased_person_is_in_a_subject_access(connection: Connection, run: Run) -> None:
    anna = customer_id(connection)
    erased(connection, anna)
    export = access_export.collect(connection, anna, NOW)
    assert export and "anna1" not in str(export.tables)
    assert len(export.tables["orders"]) == 1


def test_carts_stay_as_amounts_of_nobody(connection: Connection, run: Run) -> None:
    anna = customer_id(connection)
    erased(connection, anna)
    [row] = [row for row in rows(connection, carts) if row["customer_id"] == anna]
    assert (row["email_key"], row["customer_number"], row["recovery_url"]) == (None, "", "")
    assert row["items"]


def test_on_sqlite_nothing_is_left_in_the_file_itself(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "postillion.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    with writing(engine) as connection:
        store(connection, *(person(number) for number in range(1, 200)), order(1))
        connection.execute(update(customers).where(customers.c.email_key == "anna1@example.org").values(company=MARK * 50))
        anna = customer_id(connection)
    with writing(engine) as connection:
        assert erase(connection, anna, SECRET, NOW)
    engine.dispose()  # the last one to leave empties the write-ahead log into the file
    assert [file.name for file in tmp_path.iterdir()] == ["postillion.db"]
    content = path.read_bytes()
    for text in (MARK, "anna1@example.org", "Anna1\x00"):
        assert text.encode() not in content
    assert b"anna2@example.org" in content
