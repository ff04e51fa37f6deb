"""Does every source come in the same way: counted, in one transaction per batch with its place, and honest about what went wrong?"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from campaigns.record import Kind
from campaigns.rejection import Rejection, RejectionReason
from flows.clock import now
from flows.errors import BeingWorkedOn
from flows.intake import importing
from flows.intake.importing import KILLED, STOPPED, ImportReport, Stream, close_killed, import_stream
from flows.locks import importing_from, is_importing_from
from importers.batch import Batch
from importers.errors import ShopRefused
from store import imports, sync_states
from store.engine import reading, writing
from store.errors import CountsDiffer
from store.imports import Counts, Import, ImportState
from store.records import upsert_records
from store.schema import customers
from store.schema import imports as imports_table
from store.settings import Settings
from tests.store.redeeming import issue
from tests.store.shop import order, person

BAD = Rejection(3, "K3", RejectionReason.BAD_DATE, "Row 3 has no date.")


def batch(*numbers: int, page: int, **more: Any) -> Batch:
    """The people of one page, and where the next run goes on."""
    return Batch(tuple(person(number) for number in numbers), positions=numbers, state={"page": page}, **more)


def stream(*batches: Batch, error: BaseException | None = None, asked: list[Mapping[str, Any]] | None = None) -> Stream:
    """People of a shop that gives these batches and then, perhaps, no more."""

    def give(state: Mapping[str, Any]) -> Iterator[Batch]:
        if asked is not None:
            asked.append(state)
        yield from batches
        if error:
            raise error

    return Stream("shop", Kind.CUSTOMERS, "Teehaus", "shopify", give)


def silent(_report: ImportReport) -> None: ...


def names(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        return set(connection.execute(select(customers.c.first_name)).scalars())


def place(engine: Engine) -> dict[str, Any]:
    with reading(engine) as connection:
        return sync_states.get(connection, "shop", "customers")


def last(engine: Engine) -> Import:
    with reading(engine) as connection:
        [found] = imports.latest(connection)
    return found


def test_every_batch_is_heard_of_and_counted(engine: Engine, settings: Settings) -> None:
    heard: list[ImportReport] = []
    done = import_stream(engine, settings, stream(batch(1, 2, page=2, share=0.5), batch(4, page=3, rejections=(BAD,), share=0.9)), heard.append)
    assert [(one.state, one.counts.read, one.share) for one in heard] == [
        ("running", 0, None),
        ("running", 2, 0.5),
        ("running", 4, 0.9),
        ("finished", 4, 1.0),
    ]
    assert heard[-1] is done
    assert (done.counts, done.rejections) == (Counts(4, 3, 0, 1), (BAD,))
    assert done.in_words == "4 customers read, 3 stored, 0 unchanged, 1 rejected"
    assert done.rejects_file
    assert "Row 3 has no date." in done.rejects_file.read_text("utf-8-sig")
    assert place(engine) == {"page": 3}


def test_the_same_again_changes_nothing_and_begins_where_the_last_one_ended(engine: Engine, settings: Settings) -> None:
    asked: list[Mapping[str, Any]] = []
    for _ in range(2):
        done = import_stream(engine, settings, stream(batch(1, 2, page=2), asked=asked), silent)
    assert done.counts == Counts(2, 0, 2, 0)
    assert asked == [{}, {"page": 2}]


def test_an_import_that_the_shop_breaks_off_keeps_what_it_has_and_its_place(engine: Engine, settings: Settings) -> None:
    refused = ShopRefused("my-shop is frozen: its owner must settle that.")
    heard: list[ImportReport] = []
    with pytest.raises(ShopRefused, match="frozen"):
        import_stream(engine, settings, stream(batch(1, page=2, rejections=(BAD,)), error=refused), heard.append)
    assert names(engine) == {"Anna1"}
    assert place(engine) == {"page": 2}
    assert (heard[-1].state, heard[-1].message, heard[-1].counts) == (ImportState.FAILED, str(refused), Counts(2, 1, 0, 1))
    assert heard[-1].rejects_file, "no later import comes by the rejected record again"
    assert (last(engine).state, last(engine).message, last(engine).counts.stored) == (ImportState.FAILED, str(refused), 1)


def test_a_batch_that_cannot_be_stored_leaves_neither_rows_nor_place(engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose_one(connection: Any, records: Any, *rest: Any) -> Any:
        results = upsert_records(connection, records, *rest)
        return results if len(results) == 1 else results[:-1]

    monkeypatch.setattr(importing, "upsert_records", lose_one)
    with pytest.raises(CountsDiffer, match="2 records were read, but 1 stored"):
        import_stream(engine, settings, stream(batch(1, page=2), batch(2, 3, page=3)), silent)
    assert names(engine) == {"Anna1"}
    assert place(engine) == {"page": 2}
    assert last(engine).state is ImportState.FAILED


@pytest.mark.parametrize(("error", "said"), [(KeyboardInterrupt(), STOPPED), (ValueError("Anna Müller, Weg 1"), "nobody foresaw went wrong (ValueError)")])
def test_the_record_of_an_import_that_was_stopped_is_closed_and_names_nobody(error: BaseException, said: str, engine: Engine, settings: Settings) -> None:
    with pytest.raises(type(error)):
        import_stream(engine, settings, stream(batch(1, page=2), error=error), silent)
    assert said in last(engine).message
    assert "Anna" not in last(engine).message


def test_a_batch_without_a_place_leaves_the_one_there_was(engine: Engine, settings: Settings) -> None:
    import_stream(engine, settings, stream(batch(1, page=2), Batch((person(2),), positions=(2,))), silent)
    assert place(engine) == {"page": 2}
    import_stream(engine, settings, stream(Batch(state={})), silent)
    assert place(engine) == {}


def test_anew_forgets_the_place_of_this_stream_and_of_no_other(engine: Engine, settings: Settings) -> None:
    asked: list[Mapping[str, Any]] = []
    with writing(engine) as connection:
        for kind in ("customers", "orders"):
            sync_states.save(connection, "shop", kind, {"page": 9}, now())
    import_stream(engine, settings, stream(batch(1, page=2), asked=asked), silent, anew=True)
    assert asked == [{}]
    with reading(engine) as connection:
        assert sync_states.get(connection, "shop", "orders") == {"page": 9}


def test_the_positions_of_refused_records_are_those_of_the_source(engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse_the_second(_connection: Any, records: Iterable[Any], *_rest: Any) -> Any:
        return [Rejection(place, "", RejectionReason.CONTRADICTION, "No.") for place, _ in enumerate(records)]

    monkeypatch.setattr(importing, "upsert_records", refuse_the_second)
    done = import_stream(engine, settings, stream(batch(17, 23, page=2, rejections=(BAD,))), silent)
    assert [one.position for one in done.rejections] == [3, 17, 23]


def test_a_killed_import_is_closed_by_the_next_one_and_its_rejects_are_not_lost(engine: Engine, settings: Settings) -> None:
    import_stream(engine, settings, stream(batch(1, page=2, rejections=(BAD,))), silent)
    with writing(engine) as connection:  # as kill -9 leaves it
        connection.execute(update(imports_table).values(state="running", finished_at=None))
    for path in (settings.data_dir / "rejects").iterdir():
        path.unlink()
    with writing(engine) as connection:
        imports.start(connection, "another-shop", "customers", "", "", now())
    close_killed(engine, settings, "shop")
    with reading(engine) as connection:
        states = {one.source: (one.state, one.message) for one in imports.latest(connection)}
    assert states == {"shop": (ImportState.FAILED, KILLED), "another-shop": (ImportState.RUNNING, "")}
    [rejects] = (settings.data_dir / "rejects").iterdir()
    assert "Row 3 has no date." in rejects.read_text("utf-8-sig")


def test_one_import_at_a_time_from_one_source(engine: Engine, settings: Settings) -> None:
    with importing_from(engine, settings.data_dir, "shop"):
        assert is_importing_from(engine, settings.data_dir, "shop")
        two_at_once = pytest.raises(BeingWorkedOn, match='importing from the source "shop"')
        with importing_from(engine, settings.data_dir, "another-shop"), two_at_once, importing_from(engine, settings.data_dir, "shop"):
            raise AssertionError("two at once")
    assert not is_importing_from(engine, settings.data_dir, "shop")
    assert not is_importing_from(engine, settings.data_dir, "never-seen")


def test_two_machines_on_one_database_do_not_meet(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    """SQLite is for one machine."""
    with importing_from(engine, settings.data_dir, "shop"):
        there = is_importing_from(engine, tmp_path / "another-machine", "shop")
        assert there == (engine.dialect.name == "postgresql")
    assert not is_importing_from(engine, tmp_path / "another-machine", "shop")


def test_kinds_since_tells_what_a_run_has_begun_with(engine: Engine, settings: Settings) -> None:
    before = now()
    import_stream(engine, settings, stream(batch(1, page=2)), silent)
    with pytest.raises(ShopRefused):
        import_stream(engine, settings, Stream("shop", Kind.ORDERS, "Teehaus", "shopify", stream(error=ShopRefused("No.")).batches), silent)
    with reading(engine) as connection:
        assert imports.kinds_since(connection, "shop", before) == {"customers", "orders"}
        assert imports.kinds_since(connection, "shop", before, [ImportState.FINISHED]) == {"customers"}
        assert imports.kinds_since(connection, "shop", now()) == set()
        assert imports.kinds_since(connection, "another-shop", before) == set()


def test_a_code_that_orders_use_twice_is_told(engine: Engine, settings: Settings) -> None:
    with writing(engine) as connection:
        issue(connection)
        issue(connection, "VOID", voided=True)
    bought = tuple(order(number, ordered_at=now(), discount_codes=(code,)) for number, code in enumerate(("TEST", "TEST", "VOID")))
    done = import_stream(engine, settings, Stream("shop", Kind.ORDERS, "my-shop", "shopify", lambda _: [Batch(bought, positions=(1, 2, 3))]), silent)
    assert (done.double_uses, done.against_terms) == (1, 1)
    assert done.in_words.endswith("0 rejected, 1 coupon codes used twice, 1 coupon codes used against their terms")
