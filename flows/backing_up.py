"""How does everything that cannot be made again come into one file, and back out of it?

A tar file (gzip): the database, print files that are not handed over yet, layouts of one's own, scans that wait, the journal of erasures, and last of all
``manifest.json``, without which the file is not whole.  No settings and no secrets: whoever restores needs the same POSTILLION_SECRET_KEY.
"""

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from flows.clock import now
from flows.errors import NoBackup, PlaceTaken
from flows.printing.rendering import room_in
from printshop.targets import file_sha256
from store import backup, erasures, failpoint, migrate, print_files
from store.engine import Engine, open_engine, reading
from store.erasures import Repeated
from store.settings import Settings

FORMAT = 1
MANIFEST = "manifest.json"
_LIGHT = 1
"""Of gzip's levels: PDFs are packed already, and nobody wants to wait."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands in ``manifest.json``."""

    postillion: int
    """The format of backups."""
    made_at: str
    version: str
    """Of the tables."""
    key: str
    """Tells under which secret key hashes were made."""
    files: Mapping[str, str]
    """Name -> SHA-256."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a backup holds."""

    path: Path
    bytes: int
    files: int


def back_up(engine: Engine, settings: Settings, path: Path, *, all_print_files: bool = False) -> Taken:
    """Write a backup, while scans come in and campaigns run; the file has its name only once it is whole and on disk.

    Raises PlaceTaken where there is something of that name, BackupFailed, DiskFull.
    """
    if path.exists():
        raise PlaceTaken(f"{path} is there already, and a backup is never overwritten: name another file.")
    erasures.write_down(engine, settings.data_dir, settings.secret)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with room_in(path.parent), _scratch(path.parent) as scratch, _clearing_away(part):
        database = backup.take(settings.database, scratch)
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        names = {}
        with part.open("wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=_LIGHT) as archive:
                for name, source in [(database.name, database), *_files(engine, settings, all_print_files)]:
                    if source.is_file():  # a print run may have been rejected meanwhile
                        names[name] = file_sha256(source)
                        archive.add(source, name, recursive=False)
                _add(
                    archive,
                    MANIFEST,
                    json.dumps(asdict(Manifest(FORMAT, now().isoformat(), migrate.current(engine), _key(settings), names)), indent=1).encode(),
                )
            raw.flush()
            os.fsync(raw.fileno())
        failpoint.pass_by("backup.before_name")
        part.replace(path)
    return Taken(path, path.stat().st_size, len(names))


def _files(engine: Engine, settings: Settings, all_print_files: bool) -> Iterator[tuple[str, Path]]:
    """Name in the archive and place on disk of all that cannot be made again."""
    with reading(engine) as connection:
        kept = print_files.kept(connection, all_of_them=all_print_files)
    for file in kept:
        name = f"print_runs/{file.print_run_id}/{file.name}"
        yield name, settings.data_dir / name
    for folder, begin in ((settings.data_dir / "journal", "journal"), (settings.layouts_dir, "layouts")):
        if folder is None:
            continue
        for found in sorted(folder.rglob("*")):
            if found.is_file() and not found.is_symlink():
                yield f"{begin}/{found.relative_to(folder).as_posix()}", found
    yield erasures.NAME, erasures.path_in(settings.data_dir)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder beside the target, which only its owner may open, gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix=".postillion-", suffix=".part", dir=folder))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _clearing_away(part: Path) -> Iterator[None]:
    try:
        yield
    finally:
        part.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    made_at: datetime
    files: int
    left: tuple[str, ...]
    """Files that were there already with other content: they stay as they are."""
    before: Path | None
    """Where the SQLite database lies that was replaced."""
    repeated: Repeated


def restore(settings: Settings, path: Path, *, replace: bool = False) -> Restored:
    """Put everything back, bring the tables to this version and repeat the erasures since; all others must have been stopped.

    What is in the database now is only replaced where ``replace`` says so.  Raises NoBackup, PlaceTaken, DatabaseInUse, BackupFailed.
    On SQLite all of it is done to a copy that takes the database's place at the end; on PostgreSQL putting it back is one transaction.
    """
    if not replace and _is_in_use(settings):
        raise PlaceTaken("The database holds something already: say --replace if all of it may go, or set POSTILLION_DATABASE_URL to an empty one.")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with room_in(settings.data_dir), _scratch(settings.data_dir) as scratch:
        manifest = _unpack(path, scratch)
        _check(manifest, scratch, settings)
        journal = erasures.path_in(settings.data_dir)
        both = [*erasures.read(journal), *erasures.read(scratch / erasures.NAME)]
        if both:
            erasures.append(merged := scratch / "erasures.merged", both)
            merged.replace(journal)
        failpoint.pass_by("restore.before_database")
        before, repeated = _put_database(settings, scratch)
        failpoint.pass_by("restore.before_files")
        left = _put_files(settings, scratch)
    return Restored(datetime.fromisoformat(manifest.made_at), len(manifest.files), left, before, repeated)


def _is_in_use(settings: Settings) -> bool:
    if backup.is_sqlite(settings.database) and not Path(settings.database.removeprefix("sqlite:///")).exists():
        return False
    engine = open_engine(settings.database)
    try:
        return backup.holds_anything(engine)
    finally:
        engine.dispose()


def _unpack(path: Path, scratch: Path) -> Manifest:
    """Take everything out of the archive; nothing in it may lie anywhere else or be anything but a file."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            archive.extractall(scratch, filter="data")
        said = json.loads((scratch / MANIFEST).read_text("utf-8"))
        if said["postillion"] == FORMAT:
            return Manifest(**said)
    except (tarfile.TarError, OSError, EOFError, ValueError, TypeError, KeyError) as error:
        if isinstance(error, OSError) and not isinstance(error, FileNotFoundError | gzip.BadGzipFile):
            raise
        if not path.exists():
            raise NoBackup(f"There is no {path}.") from None
        raise NoBackup(f"{path} is no whole backup of Postillion's ({type(error).__name__}): take another one.") from None
    raise NoBackup(f"{path} was made by another version of Postillion, whose backups this one cannot read.")


def _check(manifest: Manifest, scratch: Path, settings: Settings) -> None:
    for name, sha256 in manifest.files.items():
        inside = (scratch / name).resolve().is_relative_to(scratch.resolve())
        if not inside or not (scratch / name).is_file() or file_sha256(scratch / name) != sha256:
            raise NoBackup(f"{name} in the backup is damaged: take another one.")
    wanted = backup.SQLITE_NAME if backup.is_sqlite(settings.database) else backup.POSTGRESQL_NAME
    if wanted not in manifest.files:
        other = "PostgreSQL" if wanted == backup.SQLITE_NAME else "SQLite"
        raise NoBackup(f"The backup is of {other}, the database of the settings is not: set POSTILLION_DATABASE_URL.")
    if not migrate.knows(manifest.version):
        raise NoBackup(f"The backup was made by a newer version of Postillion (database {manifest.version}): install that one first.")
    if manifest.key != _key(settings):
        raise NoBackup("The backup was made under another POSTILLION_SECRET_KEY: without that key no objection in it would be recognised. Set it first.")


def _key(settings: Settings) -> str:
    """Tells one secret key from another, and nothing else of it."""
    return hashlib.sha256(b"backup\0" + settings.secret).hexdigest()[:16]


def _put_database(settings: Settings, scratch: Path) -> tuple[Path | None, Repeated]:
    if backup.is_sqlite(settings.database):
        copy = scratch / backup.SQLITE_NAME
        backup.check_sqlite(copy)
        repeated = _bring_up_to_date(f"sqlite:///{copy.resolve()}", settings)
        return backup.put_sqlite(copy, settings.database), repeated
    backup.put_postgresql(scratch / backup.POSTGRESQL_NAME, settings.database)
    return None, _bring_up_to_date(settings.database, settings)


def _bring_up_to_date(url: str, settings: Settings) -> Repeated:
    engine = open_engine(url)
    try:
        migrate.upgrade(engine)
        return erasures.repeat(engine, erasures.path_in(settings.data_dir), settings.secret, now(), with_objections=True)
    finally:
        engine.dispose()


def _put_files(settings: Settings, scratch: Path) -> tuple[str, ...]:
    """What is there already stays: it is newer.  Gives what differs."""
    left = []
    places = {"print_runs": settings.data_dir / "print_runs", "journal": settings.data_dir / "journal", "layouts": settings.layouts_dir}
    for begin, folder in places.items():
        for source in sorted((scratch / begin).rglob("*")):
            if folder is None or not source.is_file():
                continue
            place = folder / source.relative_to(scratch / begin)
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(source, place)
            elif file_sha256(place) != file_sha256(source):
                left.append(str(place))
    return tuple(left)
