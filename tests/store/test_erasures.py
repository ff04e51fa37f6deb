"""Does nobody come back from a backup who was erased, or objected, since?"""

import shutil
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, select, update

from campaigns.objection import ObjectionChannel
from store import erasures, objections, privacy_requests, source_erasure
from store.engine import reading, writing
from store.erasure import erase
from store.erasures import NAME, Repeated
from store.privacy_requests import PrivacyRequestKind
from store.schema import customer_sources, customers, metadata
from store.schema import objections as objections_table
from tests.conftest import SECRET
from tests.store.shop import LATER, NOW, customer_id, person, rows, store


def back_to(engine: Engine, state: dict[str, list[dict[str, object]]]) -> None:
    """Restore an older state."""
    with writing(engine) as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
        for table in metadata.sorted_tables:
            if state[table.name]:
                connection.execute(table.insert(), state[table.name])


def state(engine: Engine) -> dict[str, list[dict[str, object]]]:
    with reading(engine) as connection:
        return {table.name: rows(connection, table) for table in metadata.sorted_tables}


def alive(connection: Connection) -> set[str]:
    return set(connection.execute(select(customers.c.email_key).where(customers.c.email_key.is_not(None))).scalars())


def test_whoever_was_erased_since_is_erased_again_and_nobody_else(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as connection:
        store(connection, person(1), person(2))
    backup = state(engine)
    with writing(engine) as connection:
        erase(connection, customer_id(connection), SECRET, NOW)
    assert erasures.write_down(engine, tmp_path, SECRET) == 1
    assert erasures.write_down(engine, tmp_path, SECRET) == 0
    back_to(engine, backup)
    assert erasures.repeat(engine, tmp_path / NAME, SECRET, LATER, with_objections=False) == Repeated(1, 0, 0, 0)
    with reading(engine) as connection:
        assert alive(connection) == {"anna2@example.org"}
        [request] = privacy_requests.latest(connection, 9)
    assert (request.kind, request.channel, request.outcome) == (PrivacyRequestKind.ERASURE, "restored backup", "erased again")
    assert erasures.repeat(engine, tmp_path / NAME, SECRET, LATER, with_objections=False) == Repeated(0, 0, 0, 0)


def test_whoever_came_and_was_erased_after_the_backup_is_brought_back_by_no_import(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as connection:
        store(connection, person(2))
    backup = state(engine)
    with writing(engine) as connection:
        store(connection, person(1))
        erase(connection, customer_id(connection), SECRET, NOW)
    erasures.write_down(engine, tmp_path, SECRET)
    back_to(engine, backup)
    assert erasures.repeat(engine, tmp_path / NAME, SECRET, LATER, with_objections=False) == Repeated(0, 1, 0, 0)
    assert erasures.repeat(engine, tmp_path / NAME, SECRET, LATER, with_objections=False) == Repeated(0, 0, 0, 0)
    with writing(engine) as connection:
        store(connection, person(1), person(3), now=LATER)
        assert alive(connection) == {"anna2@example.org", "anna3@example.org"}
    assert erasures.write_down(engine, tmp_path, SECRET) == 0, "the tombstone is the person whom the journal names"


def test_merged_rows_of_a_person_go_together(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as connection:
        store(connection, person(1), person(1, source_id="9", number="", email="Anna1@example.org"))
    backup = state(engine)
    with writing(engine) as connection:
        erase(connection, customer_id(connection), SECRET, NOW)
    erasures.write_down(engine, tmp_path, SECRET)
    back_to(engine, backup)
    erasures.repeat(engine, tmp_path / NAME, SECRET, LATER, with_objections=False)
    with reading(engine) as connection:
        assert alive(connection) == set()
        assert set(connection.execute(select(customer_sources.c.email_key)).scalars()) == {None}


def test_a_shop_that_took_its_data_back_is_forgotten_again_and_its_people_may_come_with_it(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as connection:
        store(connection, person(1), person(2, source="other"))
    backup = state(engine)
    with writing(engine) as connection:
        while source_erasure.erase_source(connection, "shop", SECRET, NOW):
            pass
        number = privacy_requests.add(connection, PrivacyRequestKind.SOURCE_ERASURE, "shop", "shop", None, NOW)
        privacy_requests.finish(connection, number, "everything of this source was erased", NOW)
    erasures.write_down(engine, tmp_path, SECRET)
    back_to(engine, backup)
    found = erasures.repeat(engine, tmp_path / NAME, SECRET, LATER, with_objections=False)
    assert (found.people, found.kept_out, found.sources) == (0, 0, 1)
    with writing(engine) as connection:
        assert alive(connection) == {"anna2@example.org"}
        store(connection, person(1), now=LATER)
        assert "anna1@example.org" in alive(connection), "the shop has come back, and so have its people"
    assert erasures.repeat(engine, tmp_path / NAME, SECRET, LATER, with_objections=False) == Repeated(0, 0, 0, 0)


def test_objections_since_are_filed_again_where_it_is_asked_for(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as connection:
        store(connection, person(1), person(2))
        objections.add(connection, customer_id(connection, "anna2@example.org"), ObjectionChannel.DESK, NOW)
    backup = state(engine)
    with writing(engine) as connection:
        objections.add(connection, customer_id(connection), ObjectionChannel.LETTER, NOW + timedelta(minutes=1))
    assert erasures.write_down(engine, tmp_path, SECRET) == 2
    back_to(engine, backup)
    assert erasures.repeat(engine, tmp_path / NAME, SECRET, LATER, with_objections=False).objections == 0
    assert erasures.repeat(engine, tmp_path / NAME, SECRET, LATER, with_objections=True).objections == 1
    assert erasures.repeat(engine, tmp_path / NAME, SECRET, LATER, with_objections=True).objections == 0
    with reading(engine) as connection:
        assert objections.received_at(connection, customer_id(connection)) == NOW + timedelta(minutes=1)
        assert len(rows(connection, objections_table)) == 2


def test_the_journal_names_nobody_and_only_its_owner_may_read_it(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as connection:
        store(connection, person(1))
        objections.add(connection, customer_id(connection), ObjectionChannel.DESK, NOW)
        erase(connection, customer_id(connection), SECRET, NOW)
    erasures.write_down(engine, tmp_path, SECRET)
    text = (tmp_path / NAME).read_text()
    assert not [word for word in ("Anna", "example.org", "01067", "Dresden", "Weg") if word in text]
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    with reading(engine) as connection:
        key = connection.execute(select(customers.c.person_key)).scalar_one()
    assert key not in text


def test_a_torn_line_is_passed_over_and_what_it_should_have_said_is_added(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as connection:
        store(connection, person(1))
        erase(connection, customer_id(connection), SECRET, NOW)
    erasures.write_down(engine, tmp_path, SECRET)
    path = tmp_path / NAME
    shutil.copy(path, whole := tmp_path / "whole")
    path.write_bytes(path.read_bytes()[:-9])
    assert erasures.read(path) == []
    assert erasures.write_down(engine, tmp_path, SECRET) == 1
    assert erasures.read(path) == erasures.read(whole)


def test_what_stands_there_twice_counts_once(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as connection:
        store(connection, person(1))
    backup = state(engine)
    with writing(engine) as connection:
        objections.add(connection, customer_id(connection), ObjectionChannel.LETTER, NOW)
    erasures.write_down(engine, tmp_path, SECRET)
    path = tmp_path / NAME
    erasures.append(path, erasures.read(path))  # as two processes do that write it down at the same moment
    back_to(engine, backup)
    assert erasures.repeat(engine, path, SECRET, LATER, with_objections=True).objections == 1
    with reading(engine) as connection:
        assert len(rows(connection, objections_table)) == 1


def test_it_is_told_cheaply_whether_there_is_anything_to_write_down(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as connection:
        store(connection, person(1), person(2))
    seen = [erasures.known_to(engine, tmp_path)]
    for act in (lambda c: objections.add(c, customer_id(c), ObjectionChannel.DESK, NOW), lambda c: erase(c, customer_id(c, "anna2@example.org"), SECRET, NOW)):
        with writing(engine) as connection:
            act(connection)
        seen.append(erasures.known_to(engine, tmp_path))
    erasures.write_down(engine, tmp_path, SECRET)
    seen.append(erasures.known_to(engine, tmp_path))
    assert len(set(seen)) == 4
    assert erasures.known_to(engine, tmp_path) == seen[-1]


def test_another_key_or_no_journal_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as connection:
        store(connection, person(1))
        connection.execute(update(customers).values(changed_at=NOW))
    assert erasures.repeat(engine, tmp_path / NAME, SECRET, LATER, with_objections=True) == Repeated(0, 0, 0, 0)
    with reading(engine) as connection:
        assert alive(connection) == {"anna1@example.org"}
