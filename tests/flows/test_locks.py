"""Two processes, two machines, one that was thought dead: who works on a print run?"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from campaigns.print_run import PrintFileState, PrintRunState
from flows import locks
from flows.clock import now
from flows.errors import BeingWorkedOn
from flows.locks import working_on
from flows.printing import rendering
from flows.printing.rendering import close_rendering, folder_of, render_sealed
from flows.selection.selecting import open_or_resume, select_letters
from store import leases as leases_module
from store import print_files, print_runs
from store.engine import open_engine, reading, writing
from store.errors import LostLease
from store.schema import leases, metadata
from store.settings import Settings
from tests.flows import freezing, small_campaign
from tests.flows.little_shop import open_with, save
from tests.flows.way import selected
from tests.store.shop import rows

ROOT = Path(__file__).parents[2]
NAME = "print-run-1"
PLACES = (
    "select.after_page",
    "render.before_rename",
    "render.after_dir_sync",
    "hand_over.after_file",
    "hand_over.before_settling",
    "hand_over.after_reveal",
)


@pytest.fixture
def elsewhere(settings: Settings) -> Settings:
    """A second machine: the same database, no file in common."""
    return settings.model_copy(update={"data_dir": settings.data_dir.parent / "elsewhere"})


def expire(engine: Engine) -> None:
    """A minute without a word from the owner."""
    with writing(engine) as connection:
        connection.execute(update(leases).values(until=now() - timedelta(seconds=1)))


def owner(engine: Engine) -> str:
    with reading(engine) as connection:
        found = leases_module.find(connection, NAME)
    return found.owner if found else "nobody ever"


def test_one_process_at_a_time_on_a_machine(engine: Engine, settings: Settings) -> None:
    with working_on(engine, settings, 1), pytest.raises(BeingWorkedOn, match="Another process is working on print run 1"), working_on(engine, settings, 1):
        pass
    with working_on(engine, settings, 1), working_on(engine, settings, 2):
        pass


def test_one_machine_at_a_time_and_the_message_says_until_when(engine: Engine, settings: Settings, elsewhere: Settings) -> None:
    with working_on(engine, settings, 1):
        with pytest.raises(BeingWorkedOn, match=r"Another machine .* until \d\d:\d\d:\d\d UTC"), working_on(engine, elsewhere, 1):
            pass
        assert owner(engine).endswith(f" {os.getpid()}")
    assert owner(engine) == ""
    with working_on(engine, elsewhere, 1) as hold:
        assert hold.fence == 2


def test_whoever_died_on_this_machine_is_followed_at_once(engine: Engine, settings: Settings, elsewhere: Settings) -> None:
    child = "import os, sys; from flows.locks import working_on; from store.engine import open_engine; from store.settings import Settings\n"
    child += "with working_on(open_engine(sys.argv[1]), Settings(data_dir=sys.argv[2]), 1): os.kill(os.getpid(), 9)"
    url = engine.url.render_as_string(hide_password=False)
    dead = subprocess.run([sys.executable, "-c", child, url, str(settings.data_dir)], cwd=ROOT, check=False)
    assert dead.returncode == -signal.SIGKILL
    assert owner(engine)
    with pytest.raises(BeingWorkedOn), working_on(engine, elsewhere, 1):
        pass
    with working_on(engine, settings, 1) as hold:
        assert hold.fence == 2


def test_a_machine_that_is_gone_is_followed_when_its_time_is_over(engine: Engine, settings: Settings, elsewhere: Settings) -> None:
    with working_on(engine, settings, 1) as first:
        expire(engine)
        with working_on(engine, elsewhere, 1) as second:
            assert second.fence > first.fence
            with writing(engine) as connection:
                second.check(connection)
            with pytest.raises(LostLease, match="what it was about to write is not written"), writing(engine) as connection:
                first.check(connection)
    assert owner(engine) == ""


def test_a_lease_is_prolonged_while_the_work_lasts_and_not_after(engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    renewed = threading.Event()
    real = leases_module.renew

    def renew(*arguments: Any) -> None:
        real(*arguments)
        renewed.set()

    monkeypatch.setattr(locks, "RENEWED_EVERY", timedelta(milliseconds=1))
    monkeypatch.setattr(leases_module, "renew", renew)
    with working_on(engine, settings, 1):
        assert renewed.wait(30)
    assert not [thread for thread in threading.enumerate() if thread.name == f"renew {NAME}"]
    assert owner(engine) == ""


def test_renewing_ends_with_the_lease(engine: Engine, settings: Settings, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "RENEWED_EVERY", timedelta(milliseconds=1))
    with working_on(engine, settings, 1):
        (thread,) = [thread for thread in threading.enumerate() if thread.name == f"renew {NAME}"]
        with writing(engine) as connection:
            assert leases_module.claim(connection, NAME, "two 7-1", 1, now() + timedelta(minutes=2), timedelta(minutes=1))
        thread.join(30)
        assert not thread.is_alive()
    assert owner(engine) == "two 7-1 1", "what somebody else holds is not given back"


# --- followed ----------------------------------------------------------------------------------------------------------


def follow(engine: Engine, name: str) -> None:
    """Another machine takes the run over."""
    expire(engine)
    with writing(engine) as connection:
        assert leases_module.claim(connection, name, "two 7-1", 1, now(), timedelta(minutes=1))


def test_no_act_of_a_run_is_open_to_somebody_who_was_followed(engine: Engine, settings: Settings) -> None:
    open_with(engine, 3)
    save(engine)
    run = open_or_resume(engine, settings, "winback", "")
    with working_on(engine, settings, run.id) as hold:
        follow(engine, hold.name)
        with pytest.raises(LostLease):
            select_letters(engine, settings, run, hold)
    expire(engine)
    run = selected(engine, settings)
    with working_on(engine, settings, run.id) as hold:
        follow(engine, hold.name)
        with pytest.raises(LostLease):
            list(render_sealed(engine, settings, run, hold))
        assert not list(folder_of(settings, run.id).glob("*.pdf*")), "not even a file"
        with pytest.raises(LostLease):
            close_rendering(engine, run, hold)
    with reading(engine) as connection:
        assert [file.state for file in print_files.of_run(connection, run.id)] == [PrintFileState.SEALED]
        assert print_runs.get(connection, run.id).state is PrintRunState.RENDERING


def test_what_was_rendered_is_not_recorded_by_somebody_who_was_followed_since(engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    open_with(engine, 3)
    save(engine)
    run = selected(engine, settings)
    with working_on(engine, settings, run.id) as hold:
        monkeypatch.setattr(rendering, "sync", lambda path: follow(engine, hold.name) if path.is_dir() else None)
        with pytest.raises(LostLease):
            list(render_sealed(engine, settings, run, hold))
    with reading(engine) as connection:
        assert [file.state for file in print_files.of_run(connection, run.id)] == [PrintFileState.SEALED]


# --- frozen ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def frozen(database_url: str, tmp_path: Path, place: str) -> Iterator[tuple[subprocess.Popen[str], Engine, Path, small_campaign.Expected]]:
    """A process on the machine "frozen" that has stopped at a place, in the midst of the small campaign."""
    expected, _ = small_campaign.template_in(tmp_path / "template", database_url)
    url, _ = small_campaign.open_copy(database_url, tmp_path / "copy")
    command = [sys.executable, "-m", "tests.flows.freezing", str(tmp_path / "copy"), "frozen", url, place]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), f"it never came to {place}"
    engine = open_engine(url)
    yield process, engine, tmp_path / "copy", expected
    process.kill()
    process.communicate()
    engine.dispose()
    small_campaign.drop(url)


def everything(engine: Engine, folder: Path) -> tuple[dict[str, list[dict[str, Any]]], dict[str, int]]:
    with reading(engine) as connection:
        return {table.name: rows(connection, table) for table in metadata.sorted_tables}, {
            str(path.relative_to(folder)): path.stat().st_mtime_ns for path in (folder / "handover").rglob("*") if path.is_file()
        }


@pytest.mark.parametrize("place", PLACES)
def test_a_process_that_slept_while_another_finished_its_work_writes_nothing(
    frozen: tuple[subprocess.Popen[str], Engine, Path, small_campaign.Expected], place: str
) -> None:
    process, engine, folder, expected = frozen
    awake = small_campaign.settings_in(folder, engine.url.render_as_string(hide_password=False), "awake")
    with pytest.raises(BeingWorkedOn, match="Another machine"):
        small_campaign.go_on(engine, awake)
    expire(engine)
    small_campaign.go_on(engine, awake)
    small_campaign.check(engine, awake, expected)
    before = everything(engine, folder)
    process.send_signal(signal.SIGCONT)
    said, trace = process.communicate(timeout=60)
    assert process.returncode == freezing.FAILED, trace
    assert said.startswith("LostLease: Another process has taken over print-run-")
    assert everything(engine, folder) == before
    assert not [*folder.rglob("*.part")]
