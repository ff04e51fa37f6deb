"""How do sealed print files become PDFs on disk, each exactly once and always with the same bytes?"""

import errno
import multiprocessing
import os
import shutil
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import layouts
from campaigns.letter import LetterContent, code_url
from campaigns.print_run import PrintFileState, PrintRunState
from campaigns.sender import Sender
from campaigns.verdict import Reason, excluded
from flows.clock import now
from flows.errors import DiskFull, LayoutChanged, MisprintedFile
from flows.locks import Hold
from layouts import Layout
from letters.print_file import RenderedFile, render
from letters.read_back import pages_of
from printshop.targets import file_sha256, sync
from store import audience, failpoint, letters, print_files, print_runs
from store.engine import Engine, reading, writing
from store.print_files import PrintFile, Rendering
from store.print_runs import PrintRun
from store.settings import Settings


@dataclass(frozen=True, slots=True)
class Job:
    """All that a rendering process needs: no database, no settings."""

    contents: tuple[LetterContent, ...]
    layouts: Mapping[str, Layout]
    sender: Sender
    public_url: str
    path: Path
    title: str
    created_at: datetime


def folder_of(settings: Settings, print_run_id: int) -> Path:
    """Where a print run's files lie with us."""
    return settings.data_dir / "print_runs" / str(print_run_id)


def load_layouts(run: PrintRun, layouts_dir: Path | None) -> dict[str, Layout]:
    """The layouts that the run was selected with; raises LayoutChanged if one was edited since."""
    found = {name: layouts.load(name, layouts_dir) for name in run.layouts}
    for name, layout in found.items():
        if layout.version != run.layouts[name]:
            raise LayoutChanged(
                f"Layout {name!r} was edited after print run {run.id} had been selected with it. Restore the layout and run again, "
                f"or reject the run (`postillion print-run reject {run.id}`) and start the campaign anew."
            )
    return found


def render_sealed(engine: Engine, settings: Settings, run: PrintRun, hold: Hold) -> Iterator[PrintFile]:
    """Render every file of the run that is not rendered yet; yields each as it is done.

    Raises LostLease, LayoutChanged, MisprintedFile, DiskFull; what is done stays done, and the next call goes on after it.
    """
    with reading(engine) as connection:
        files = [file for file in print_files.of_run(connection, run.id) if file.state is PrintFileState.SEALED]
    if not files:
        return
    found = load_layouts(run, settings.layouts_dir)
    folder = folder_of(settings, run.id)
    folder.mkdir(parents=True, exist_ok=True)
    for part in folder.glob("*.part"):  # of somebody who died: it names people
        part.unlink()
    processes = min(settings.render_processes or os.cpu_count() or 1, len(files))
    try:
        with room_in(folder):
            for file, ids, rendered in _render_all(engine, run, hold, found, folder, files, processes):
                _read_back(_part(folder, file, hold), found, ids, rendered, engine, run)
                _give_name(engine, hold, folder, file)
                yield _record(engine, run, hold, file, ids, rendered)
    finally:
        for part in folder.glob(f"*.{hold.fence}.part"):
            part.unlink(missing_ok=True)


def _give_name(engine: Engine, hold: Hold, folder: Path, file: PrintFile) -> None:
    failpoint.pass_by("render.before_rename")
    with writing(engine) as connection:
        hold.check(connection)  # a file of somebody who slept may hold people who have been taken out since
    part = _part(folder, file, hold)
    sync(part)
    part.replace(folder / file.name)
    failpoint.pass_by("render.after_rename")
    sync(folder)
    failpoint.pass_by("render.after_dir_sync")


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """Say in words that a disk is full: raises DiskFull."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise DiskFull(f"There is no room left for print files in {folder}: make some, then start again; it goes on where it stopped.") from None


def _read_back(path: Path, found: Mapping[str, Layout], ids: list[int], rendered: RenderedFile, engine: Engine, run: PrintRun) -> None:
    """Look at the first and the last letter of a file before it counts as rendered; the whole preflight is yet to come."""
    if not ids:
        return
    with reading(engine) as connection:
        contents = dict(letters.contents(connection, [ids[0], ids[-1]]))
    with pages_of(path) as pages:
        if len(pages) != rendered.pages:
            raise MisprintedFile(f"{path.name} has {len(pages)} pages instead of {rendered.pages}.")
        for letter_id, place in ((ids[0], rendered.placed[0]), (ids[-1], rendered.placed[-1])):
            content = contents.get(letter_id)
            if place is None or content is None:  # could not be set, or is of somebody who was erased while it was set
                continue
            if _words(pages.text(place.first_page, found[content.layout].form.address_zone)) != _words(" ".join(content.address)):
                raise MisprintedFile(f"The address on page {place.first_page} of {path.name} is not that of letter {letter_id}.")
            if pages.codes(place.first_page) != [code_url(run.public_url, room, content.token) for room in "SO"]:
                raise MisprintedFile(f"The QR codes on page {place.first_page} of {path.name} are not those of letter {letter_id}.")


def _words(text: str) -> list[str]:
    """Text to compare by: a ligature pasted into a name is read back as its letters."""
    return unicodedata.normalize("NFKC", text).split()


def render_again(engine: Engine, settings: Settings, run: PrintRun, file: PrintFile, hold: Hold) -> None:
    """Set a print file again that is gone or damaged with us: rendering is deterministic, the same bytes come back."""
    path = folder_of(settings, run.id) / file.name
    if path.exists() and file_sha256(path) == file.sha256:
        return
    with writing(engine) as connection:
        hold.check(connection)
        print_files.reopen(connection, file.id)
    again = next(iter(render_sealed(engine, settings, run, hold)), None)
    if again is None or again.sha256 != file.sha256:
        raise MisprintedFile(f"{file.name} is damaged or gone and did not come out the same again: restore it, or reject print run {run.id}.")


def remove_files(settings: Settings, print_run_id: int) -> None:
    """Delete a print run's PDFs: nobody will print them, and they name people."""
    shutil.rmtree(folder_of(settings, print_run_id), ignore_errors=True)


def _render_all(
    engine: Engine, run: PrintRun, hold: Hold, found: Mapping[str, Layout], folder: Path, files: list[PrintFile], processes: int
) -> Iterator[tuple[PrintFile, list[int], RenderedFile]]:
    def job(file: PrintFile) -> tuple[list[int], Job]:
        with reading(engine) as connection:
            rows = letters.for_print_file(connection, file.id)
        contents = tuple(content for _, content in rows)
        return [letter_id for letter_id, _ in rows], Job(contents, found, run.sender, run.public_url, _part(folder, file, hold), run.name, run.created_at)

    if processes <= 1:
        for file in files:
            ids, work = job(file)
            yield file, ids, _set(work)
        return
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _end_with_parent) as pool:
        waiting: list[tuple[PrintFile, list[int], Future[RenderedFile]]] = []
        for file in files:
            ids, work = job(file)
            waiting.append((file, ids, pool.submit(_set, work)))
            if len(waiting) > processes:  # no more contents in memory than are being worked on
                first, first_ids, future = waiting.pop(0)
                yield first, first_ids, future.result()
        for first, first_ids, future in waiting:
            yield first, first_ids, future.result()


def _set(job: Job) -> RenderedFile:
    return render(_with_failpoint(job.contents), job.layouts, job.sender, job.public_url, job.path, job.title, job.created_at)


def _with_failpoint(contents: Iterable[LetterContent]) -> Iterator[LetterContent]:
    for content in contents:
        yield content
        failpoint.pass_by("render.half_way")


def _end_with_parent() -> None:
    """A rendering process whose flow was killed must not wait for work for ever."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _part(folder: Path, file: PrintFile, hold: Hold) -> Path:
    return folder / f"{file.name}.{hold.fence}.part"


def _record(engine: Engine, run: PrintRun, hold: Hold, file: PrintFile, ids: list[int], rendered: RenderedFile) -> PrintFile:
    """Note what was rendered, and give the file as it is now."""
    placed = [(letter_id, place.first_page, place.pages) for letter_id, place in zip(ids, rendered.placed, strict=True) if place]
    failed = [(ids[index], message) for index, message in rendered.failures]
    with writing(engine) as connection:
        hold.check(connection)
        result = Rendering(rendered.pages, rendered.bytes, rendered.sha256, placed, failed)
        print_files.record_rendering(connection, file.id, result, now())
        lost = [(letter, why) for one, why in failed if (letter := letters.by_id(connection, one)) and not letter.is_seed]
        audience.record(connection, run.campaign_id, [(letter.customer_id, excluded(Reason.UNPRINTABLE_TEXT, why)) for letter, why in lost], now())
        done = print_files.get(connection, file.id)
        failpoint.pass_by("render.before_record_commit")
    failpoint.pass_by("render.after_record_commit")
    return done


def close_rendering(engine: Engine, run: PrintRun, hold: Hold) -> None:
    """All files are there: the run may be looked at and approved."""
    with writing(engine) as connection:
        hold.check(connection)
        print_runs.move(connection, run.id, PrintRunState.RENDERING, PrintRunState.AWAITING_APPROVAL, rendered_at=now())
        failpoint.pass_by("render.before_close_commit")
    failpoint.pass_by("render.after_close_commit")
