"""A disk that is full, as the kernel says it (/dev/full), stops a run with words, and with everything done so far; then it goes on."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from campaigns.print_run import PrintFileState, PrintRunState
from flows.errors import DiskFull
from flows.locks import Hold, working_on
from flows.printing import rendering
from flows.printing.handing_over import decide_on_run, hand_over_run
from flows.printing.rendering import folder_of
from store import leases, print_files
from store.engine import open_engine, reading
from store.print_files import PrintFile
from store.print_runs import PrintRun
from store.settings import Settings
from tests.flows import small_campaign
from tests.flows.small_campaign import SLUG, Expected
from tests.flows.way import again, quiet, rendered, selected, set_files

FULL = Path("/dev/full")


@pytest.fixture
def small(database_url: str, tmp_path: Path) -> Iterator[tuple[Engine, Settings, Expected]]:
    """The small campaign, before its run."""
    expected, _ = small_campaign.template_in(tmp_path / "template", database_url)
    url, settings = small_campaign.open_copy(database_url, tmp_path / "copy")
    engine = open_engine(url)
    yield engine, settings, expected
    engine.dispose()
    small_campaign.drop(url)


def finish(small: tuple[Engine, Settings, Expected]) -> None:
    engine, settings, expected = small
    small_campaign.go_on(engine, settings)
    small_campaign.check(engine, settings, expected)


def states(engine: Engine, run: PrintRun) -> list[PrintFileState]:
    with reading(engine) as connection:
        return [file.state for file in print_files.of_run(connection, run.id)]


def names(engine: Engine, run: PrintRun) -> list[str]:
    with reading(engine) as connection:
        return [file.name for file in print_files.of_run(connection, run.id)]


@pytest.mark.parametrize("processes", [1, 2])
def test_what_was_rendered_before_the_disk_was_full_stays(small: tuple[Engine, Settings, Expected], processes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, settings, _ = small
    run = selected(engine, settings, SLUG)
    real = rendering._part

    def part(folder: Path, file: PrintFile, hold: Hold) -> Path:
        return FULL if file.number == 2 else real(folder, file, hold)

    monkeypatch.setattr(rendering, "_part", part)
    with pytest.raises(DiskFull, match=r"There is no room left for print files in .*: make some, then start again; it goes on where it stopped"):
        set_files(engine, settings.model_copy(update={"render_processes": processes}), run)
    assert states(engine, run)[:2] == [PrintFileState.RENDERED, PrintFileState.SEALED]
    assert not list(folder_of(settings, run.id).glob("*.part"))
    first = folder_of(settings, run.id) / names(engine, run)[0]
    written = first.stat().st_mtime_ns
    monkeypatch.undo()
    rendered(engine, settings, SLUG)
    assert first.stat().st_mtime_ns == written
    finish(small)


def test_a_full_disk_at_the_print_shop_reveals_nothing(small: tuple[Engine, Settings, Expected]) -> None:
    engine, settings, _ = small
    run = rendered(engine, settings, SLUG)
    decide_on_run(engine, settings, run.id, approved=True, by="Martha", comment="")
    folder = settings.handover_dir / run.name
    folder.mkdir(parents=True)
    with reading(engine) as connection:
        held = leases.find(connection, f"print-run-{run.id}")
    assert held
    (folder / f"{names(engine, run)[1]}.{held.fence + 1}.half.part").symlink_to(FULL)
    with pytest.raises(DiskFull, match="make some, then start again"):
        hand_over_run(engine, settings, run.id, quiet)
    assert again(engine, run).state is PrintRunState.APPROVED
    assert [path.suffix for path in folder.iterdir()] == [".part"]
    assert FULL.is_char_device()
    finish(small)


def test_a_database_without_room_takes_back_the_page_and_goes_on_later(small: tuple[Engine, Settings, Expected]) -> None:
    engine, settings, _ = small
    if engine.dialect.name != "sqlite":
        pytest.skip("only SQLite can be told to be full")
    with reading(engine) as connection:
        pages = connection.exec_driver_sql("pragma page_count").scalar_one()
    event.listen(engine, "connect", limit := lambda connection, _record: connection.execute(f"pragma max_page_count={pages}"))
    engine.dispose()
    with pytest.raises(OperationalError, match="full"):
        small_campaign.go_on(engine, settings)
    event.remove(engine, "connect", limit)
    engine.dispose()
    finish(small)


def test_other_trouble_with_files_keeps_its_own_words(engine: Engine, settings: Settings) -> None:
    with working_on(engine, settings, 1), tempfile.TemporaryDirectory() as name, pytest.raises(IsADirectoryError), rendering.room_in(Path(name)):
        Path(name).read_bytes()
