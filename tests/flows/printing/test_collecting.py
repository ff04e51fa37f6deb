"""Do reports come in and recall lists go out once, whoever is killed on the way?"""

import csv
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from campaigns.letter import LetterState
from campaigns.objection import ObjectionChannel
from flows.clock import now
from flows.errors import HandedOverElsewhere
from flows.printing.collecting import Collected, collect
from printshop.errors import InvalidPlace, TargetDiffers
from store import erasure, failpoint, letters, objections, recalls
from store.audit import Channel
from store.engine import open_engine, reading, writing
from store.schema import customers, print_runs, recall_lists, shop_reports
from store.settings import Settings
from store.shop_reports.listing import ReportState
from tests.conftest import SECRET
from tests.flows.little_shop import count, open_with, save
from tests.flows.way import handed_over, selected
from tests.store.handed_over import hand_over


@pytest.fixture
def at_the_shop(engine: Engine, settings: Settings) -> Iterator[tuple[Engine, Settings, list[int]]]:
    """Six letters that were handed over yesterday."""
    with writing(engine) as connection:
        _, numbers = hand_over(connection, 6, now() - timedelta(days=1))
    yield engine, settings, numbers


def inbox(settings: Settings) -> Path:
    return Path(settings.reports_place)


def put(settings: Settings, name: str, content: str) -> Path:
    inbox(settings).mkdir(parents=True, exist_ok=True)
    path = inbox(settings) / name
    path.write_text(content, encoding="utf-8")
    return path


def come(engine: Engine, settings: Settings, meanwhile: Callable[[float], None] = lambda _: None) -> Collected:
    return collect(engine, settings, lambda _: None, Channel.COMMAND_LINE, sleep=meanwhile)


def files(settings: Settings) -> set[str]:
    return {str(path.relative_to(inbox(settings))) for path in inbox(settings).rglob("*") if path.is_file()}


def state(engine: Engine, letter: int) -> LetterState:
    with reading(engine) as connection:
        found = letters.by_id(connection, letter)
    assert found
    return found.state


def object_to(engine: Engine, letter: int) -> None:
    with writing(engine) as connection:
        found = letters.by_id(connection, letter)
        assert found
        objections.add(connection, found.customer_id, ObjectionChannel.DESK, now())


def recalled(settings: Settings) -> dict[str, list[list[str]]]:
    """File -> its lines without the heading."""
    paths = settings.handover_dir.glob("*/recall-*.csv")
    return {path.name: list(csv.reader(path.read_text().splitlines(), delimiter=";"))[1:] for path in sorted(paths)}


def test_a_report_is_taken_in_and_moved_away(at_the_shop: tuple[Engine, Settings, list[int]]) -> None:
    engine, settings, numbers = at_the_shop
    put(settings, "posted.csv", f"event;letter_id\nposted;{numbers[0]}\nposted;999999\n")
    put(settings, "customers.csv", "Vorname;Nachname\nAnna;Müller\n")
    found = come(engine, settings)
    assert [one.state for one in found.reports] == [ReportState.REFUSED, ReportState.TAKEN_IN]
    assert files(settings) == {"done/posted.csv", "done/posted.csv.txt", "rejected/customers.csv", "rejected/customers.csv.txt"}
    assert "line 3: Letter 999999" in (inbox(settings) / "done/posted.csv.txt").read_text()
    assert "Vorname" in (inbox(settings) / "rejected/customers.csv.txt").read_text()
    assert state(engine, numbers[0]) is LetterState.POSTED


def test_a_file_that_is_still_being_written_is_left_for_the_next_time(at_the_shop: tuple[Engine, Settings, list[int]]) -> None:
    engine, settings, numbers = at_the_shop
    path = put(settings, "posted.csv", "event;letter_id\n")
    put(settings, "other.csv.part", "event;let")

    def write_on(_seconds: float) -> None:
        path.write_text(f"event;letter_id\nposted;{numbers[0]}\n")

    found = come(engine, settings, write_on)
    assert (found.reports, found.left) == ([], ["posted.csv"])
    assert len(come(engine, settings).reports) == 1
    assert files(settings) == {"other.csv.part", "done/posted.csv"}


def test_an_upload_that_stalls_in_a_number_moves_no_other_letter(engine: Engine, settings: Settings) -> None:
    with writing(engine) as connection:
        _, numbers = hand_over(connection, 12, now() - timedelta(days=1))
    one, other, third = numbers[0], numbers[11], numbers[1]
    assert str(other)[:-1] == str(one)
    path = put(settings, "posted.csv", f"event;letter_id\nposted;{str(other)[:-1]}")
    assert come(engine, settings).left == ["posted.csv"]
    path.write_text(f"event;letter_id\nposted;{other}\nposted;{third}")
    assert come(engine, settings).left == ["posted.csv"]
    assert state(engine, one) is LetterState.HANDED_OVER
    found = come(engine, settings)  # the same twice: the shop writes no line break there
    assert [(report.counts.stored, report.counts.rejected) for report in found.reports] == [(2, 0)]
    assert [state(engine, letter) for letter in (one, other, third)] == [LetterState.HANDED_OVER, LetterState.POSTED, LetterState.POSTED]
    assert come(engine, settings).left == []


def test_a_report_that_was_read_half_and_comes_again_whole_brings_the_rest(at_the_shop: tuple[Engine, Settings, list[int]]) -> None:
    engine, settings, numbers = at_the_shop
    lines = [f"posted;{number}\n" for number in numbers]
    for content in ("event;letter_id\n" + "".join(lines[:2]), "event;letter_id\n" + "".join(lines)):
        put(settings, "posted.csv", content)
        found = come(engine, settings)
    assert [(one.counts.stored, one.counts.unchanged) for one in found.reports] == [(4, 2)]
    assert len(files(settings)) == 2


def test_an_inbox_that_cannot_be_keeps_no_recall_list_back(at_the_shop: tuple[Engine, Settings, list[int]]) -> None:
    engine, settings, numbers = at_the_shop
    object_to(engine, numbers[0])
    with pytest.raises(InvalidPlace, match="POSTILLION_REPORTS_URL"):
        come(engine, settings.model_copy(update={"reports_url": "ftp://shop.example/reports"}))
    assert list(recalled(settings)) == ["recall-0001.csv"]


def test_a_recall_list_that_cannot_be_written_keeps_no_other_back(at_the_shop: tuple[Engine, Settings, list[int]]) -> None:
    engine, settings, numbers = at_the_shop
    settings.handover_dir.write_text("no folder can be made here")
    object_to(engine, numbers[0])
    with pytest.raises(OSError, match="handover"):
        come(engine, settings)
    settings.handover_dir.unlink()
    strange = settings.handover_dir / "winback-00001" / "recall-0001.csv"
    strange.parent.mkdir(parents=True)
    strange.write_text("somebody else's")
    object_to(engine, numbers[1])
    with pytest.raises(TargetDiffers, match=r"recall-0001\.csv"):
        come(engine, settings)
    assert recalled(settings)["recall-0002.csv"][0][0] == str(numbers[1])
    strange.unlink()
    come(engine, settings)
    assert recalled(settings)["recall-0001.csv"][0][0] == str(numbers[0])


def test_a_recall_list_goes_to_the_print_shop_that_has_the_letters(at_the_shop: tuple[Engine, Settings, list[int]]) -> None:
    engine, settings, numbers = at_the_shop
    with writing(engine) as connection:
        connection.execute(update(print_runs).values(place="sftp://former.example/in/winback-00001"))
    object_to(engine, numbers[0])
    with pytest.raises(HandedOverElsewhere, match=r"sftp://former\.example/in/winback-00001"):
        come(engine, settings)
    assert recalled(settings) == {}
    with writing(engine) as connection:
        connection.execute(update(print_runs).values(place=f"{settings.handover_dir}/winback-00001"))
    come(engine, settings)
    assert list(recalled(settings)) == ["recall-0001.csv"]


def test_two_reports_of_one_name_are_both_kept(at_the_shop: tuple[Engine, Settings, list[int]]) -> None:
    engine, settings, numbers = at_the_shop
    for number in numbers[:2]:
        put(settings, "today.csv", f"event;letter_id\nposted;{number}\n")
        come(engine, settings)
    assert len(files(settings)) == 2
    assert [state(engine, one) for one in numbers[:2]] == [LetterState.POSTED] * 2


def test_whoever_objects_after_the_hand_over_is_on_a_recall_list_once(at_the_shop: tuple[Engine, Settings, list[int]]) -> None:
    engine, settings, numbers = at_the_shop
    object_to(engine, numbers[3])
    assert come(engine, settings).recalled == 1
    assert recalled(settings) == {"recall-0001.csv": [[str(numbers[3]), "winback-00001-0001of0001.pdf", "4", "4", "objection"]]}
    assert come(engine, settings).recalled == 0
    with writing(engine) as connection:
        gone = connection.execute(select(customers.c.id).order_by(customers.c.id)).scalars().all()
        erasure.erase(connection, gone[4], SECRET, now())
        connection.execute(update(customers).where(customers.c.id == gone[5]).values(address_state="moved"))
    assert come(engine, settings).recalled == 2
    lists = recalled(settings)
    assert {line[4] for line in lists["recall-0002.csv"]} == {"erased", "moved"}
    assert len(lists["recall-0001.csv"]) == 1
    assert "Anna" not in "".join(path.read_text() for path in settings.handover_dir.glob("*/*"))


def test_what_was_posted_is_not_recalled_any_more(at_the_shop: tuple[Engine, Settings, list[int]]) -> None:
    engine, settings, numbers = at_the_shop
    object_to(engine, numbers[0])
    put(settings, "posted.csv", f"event;letter_id\nposted;{numbers[0]}\n")
    assert come(engine, settings).recalled == 0
    assert recalled(settings) == {}


def test_the_shops_answer_takes_the_letter_out(at_the_shop: tuple[Engine, Settings, list[int]]) -> None:
    engine, settings, numbers = at_the_shop
    object_to(engine, numbers[0])
    come(engine, settings)
    put(settings, "answer.csv", f"Status;Briefnummer\nausgesteuert;{numbers[0]}\n")
    come(engine, settings)
    assert state(engine, numbers[0]) is LetterState.CANCELLED
    with reading(engine) as connection:
        run = connection.execute(select(print_runs.c.id)).scalar_one()
        (found,) = recalls.of_print_run(connection, run)
    assert (found.letters, found.pulled) == (1, 1)
    assert found.written_at


DEATHS = (
    "report.after_chunk",
    "report.before_commit",
    "report.after_commit",
    "report.after_moving",
    "recall.before_commit",
    "recall.after_commit",
    "recall.after_reveal",
)


def in_child(work: Callable[[], object]) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work()
    except BaseException:  # whatever it is: the parent tells it by the exit code
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def test_whoever_is_killed_anywhere_is_followed_by_somebody_who_finishes(database_url: str, settings: Settings) -> None:
    def run(armed: str | None) -> None:
        failpoint._passed.clear()
        failpoint._ARMED = armed
        own = open_engine(database_url)
        come(own, settings)

    engine = open_engine(database_url)
    with writing(engine) as connection:
        _, numbers = hand_over(connection, 2 * len(DEATHS), now() - timedelta(days=1))
    for which, death in enumerate(DEATHS):
        posted, objector = numbers[2 * which : 2 * which + 2]
        put(settings, f"{which}.csv", f"event;letter_id\nposted;{posted}\n")
        object_to(engine, objector)
        engine.dispose()
        assert in_child(lambda armed=f"{death}:1": run(armed)) == -signal.SIGKILL, death  # type: ignore[misc]
        assert in_child(lambda: run(None)) == 0
        assert state(engine, posted) is LetterState.POSTED
        lines = [line for listed in recalled(settings).values() for line in listed]
        assert [line[0] for line in lines].count(str(objector)) == 1
    with reading(engine) as connection:
        assert len(connection.execute(select(shop_reports)).all()) == len(DEATHS)
        assert len(connection.execute(select(recall_lists).where(recall_lists.c.written_at.is_not(None))).all()) == len(recalled(settings))
    assert files(settings) == {f"done/{which}.csv" for which in range(len(DEATHS))}
    engine.dispose()


@pytest.mark.parametrize(("event", "is_free"), [("spoiled", True), ("recalled", True), ("printed", False), ("posted", False), ("returned;;;refused", False)])
def test_only_whose_letter_never_went_out_gets_the_step_again(engine: Engine, settings: Settings, event: str, is_free: bool) -> None:
    """Sequence, cooldown and cap in one: the campaign lets nobody have two letters in 45 days, nor the first step twice."""
    open_with(engine, 3)
    save(engine, cooldown_days=45, cap_letters=1)
    first = handed_over(engine, settings)
    with reading(engine) as connection:
        letter = letters.for_manifest(connection, first.id)[0].letter_id
    words = event.split(";")
    put(settings, "report.csv", f"event;letter_id;x;y;reason\n{words[0]};{letter};;;{words[-1] if len(words) > 1 else ''}\n")
    come(engine, settings)
    again = selected(engine, settings)
    assert count(engine, again) == (1 if is_free else 0)
