"""Do the migrations make exactly the tables of the schema, forth and back, on both databases?"""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, UniqueConstraint, inspect, text

from campaigns.customer import Customer, Sex
from store import migrate, partners, redemptions
from store.columns import Pii
from store.engine import open_engine, reading
from store.errors import DatabaseNotReady
from store.profiles import refresh
from store.schema import coupons, customer_sources, customers, metadata, orders
from tests.conftest import SECRET
from tests.store.redeeming import ASKING, STANDING, by, granted, issue, somebody
from tests.store.shop import LATER, NOW, days_ago, order, person, rows, store


def differences(engine: Engine) -> list[object]:
    with reading(engine) as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


def test_the_migrated_tables_are_those_of_the_schema(engine: Engine) -> None:
    assert differences(engine) == []


def test_partial_and_unique_indexes_are_really_there(engine: Engine) -> None:
    found = {name: {index["name"]: index for index in inspect(engine).get_indexes(name)} for name in metadata.tables}
    for table in metadata.tables.values():
        for index in table.indexes:
            made = found[table.name][str(index.name)]
            assert (bool(made["unique"]), made["column_names"]) == (index.unique, [column.name for column in index.columns])
            where = index.dialect_options[engine.dialect.name]["where"]
            assert bool(made.get("dialect_options", {}).get(f"{engine.dialect.name}_where") is not None) == (where is not None)
        unique = {tuple(each["column_names"]) for each in inspect(engine).get_unique_constraints(table.name)}
        assert {tuple(column.name for column in each.columns) for each in table.constraints if isinstance(each, UniqueConstraint)} <= unique


def test_down_and_up_again(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate.upgrade(engine)
    migrate.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    with pytest.raises(DatabaseNotReady):
        migrate.check(engine)
    migrate.upgrade(engine)
    migrate.upgrade(engine)
    migrate.check(engine)
    assert differences(engine) == []
    engine.dispose()


def test_an_empty_database_says_what_to_do(empty_url: str) -> None:
    engine = open_engine(empty_url)
    with pytest.raises(DatabaseNotReady, match=r"at version nothing, this Postillion needs \w+: run `postillion migrate`"):
        migrate.check(engine)
    engine.dispose()


def upgrade(url: str) -> None:
    """In a process of its own."""
    engine = open_engine(url)
    migrate.upgrade(engine)
    engine.dispose()


def test_two_processes_may_migrate_at_once(empty_url: str) -> None:
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for done in [pool.submit(upgrade, empty_url) for _ in range(2)]:
            done.result()
    engine = open_engine(empty_url)
    migrate.check(engine)
    assert differences(engine) == []
    engine.dispose()


def test_every_column_says_how_close_it_is_to_a_person() -> None:
    unlabelled = [f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns if column.info.get("pii") not in set(Pii)]
    assert unlabelled == []


def test_every_foreign_key_that_is_looked_up_has_an_index() -> None:
    """Those of people, letters and runs: what a customer page, an erasure or a campaign run asks for."""
    for table in metadata.tables.values():
        leading = {next(iter(index.columns)).name for index in table.indexes} | {next(iter(table.primary_key.columns)).name}
        leading |= {next(iter(each.columns)).name for each in table.constraints if isinstance(each, UniqueConstraint)}
        for column in table.columns:
            if column.foreign_keys and column.name in ("customer_id", "print_run_id", "print_file_id"):
                assert column.name in leading, f"{table.name}.{column.name}"


def test_codes_that_were_used_survive_the_way_down_to_0004_and_up_again(empty_url: str) -> None:
    """0005: coupons are made anew on SQLite, whatever has referred to them."""
    engine = open_engine(empty_url)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        store(connection, person())
        partner = partners.add(connection, "meier", "Meier", "", "", NOW)
        number = issue(connection, "TEST", replace(STANDING, for_partners=True, new_customers_only=True), partner_id=partner.id)
        granted(redemptions.redeem(connection, "TEST", by(somebody(1)), "A-1", ASKING))
        redemptions.remember(connection, "TEST", somebody(2), ASKING)
        before = [{"id": row["id"], "code": row["code"]} for row in rows(connection, coupons)]
    migrate.downgrade(engine, "0004")
    with engine.begin() as connection:
        assert [dict(row._mapping) for row in connection.execute(text("SELECT id, code FROM coupons"))] == before == [{"id": number, "code": "TEST"}]
    migrate.upgrade(engine)
    assert differences(engine) == []
    with engine.begin() as connection:
        assert [(row["code"], row["uses"], row["partner_id"]) for row in rows(connection, coupons)] == [("TEST", 0, None)]
    engine.dispose()


def test_what_was_imported_before_the_sources_words_were_kept_is_not_lost(empty_url: str) -> None:
    """0002: a customer's row stands for what each of their sources has told, until it tells it again."""
    engine = open_engine(empty_url)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        store(connection, person(sex=Sex.FEMALE, registered_at=days_ago(900)), person(2, email=""), order())
        before = [[{**row, "address_hash": None, "mailbox": None, "home": None} for row in rows(connection, customers)], rows(connection, orders)]
    migrate.downgrade(engine, "0001")
    migrate.upgrade(engine)
    with engine.begin() as connection:
        assert [rows(connection, customers), rows(connection, orders)] == before
        assert [row["email_key"] for row in rows(connection, customer_sources)] == ["anna1@example.org", None]
        refresh(connection, {row["id"] for row in rows(connection, customers)}, SECRET, LATER)
        after = rows(connection, customers)
        assert [{**row, "address_hash": None, "mailbox": None, "home": None, "changed_at": NOW} for row in after] == before[0]
        assert all(row["address_hash"] for row in after)
        assert store(connection, person(sex=Sex.FEMALE, registered_at=days_ago(900))) == 1, "each record is stored whole once"
        store(connection, Customer("shop", "1", language="en"))
        assert (rows(connection, customers)[0]["street"], rows(connection, customers)[0]["language"]) == ("Weg 1", "en")
    engine.dispose()
