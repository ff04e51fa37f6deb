"""How do sealed print files become PDFs on disk, each exactly once and always with the same bytes?"""

import errno
import multiprocessing
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import layouts
from campaigns.letter import LetterContent
from campaigns.print_run import STOPPABLE, PrintFileState, PrintRunState
from campaigns.sender import Sender
from campaigns.verdict import Reason, excluded
from flows.clock import now
from flows.errors import Abandoned, DiskFull, LayoutChanged, MisprintedFile
from flows.locks import Hold
from layouts import Layout
from layouts.production import Production
from letters import preflight
from letters.preflight import Report, Sampling
from letters.print_file import RenderedFile, render
from printshop.targets import file_sha256, sync
from store import audience, failpoint, letters, print_files, print_runs
from store.engine import Engine, reading, writing
from store.print_files import PrintFile, Rendering
from store.print_runs import PrintRun
from store.settings import Settings

LOOKS_UP_EVERY = 100
"""Letters after which a process on another machine sees whether somebody still waits for it: a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Job:
    """All that a rendering process needs: no database, no settings."""

    ids: tuple[int, ...]
    """The letters' numbers, in the order of ``contents``."""
    contents: tuple[LetterContent, ...]
    layouts: Mapping[str, Layout]
    sender: Sender
    public_url: str
    path: Path
    title: str
    created_at: datetime
    production: Production
    sampling: Sampling
    going_on: Path | None = None
    """A file that is there as long as somebody waits for this one; None where that is certain."""


def folder_of(settings: Settings, print_run_id: int) -> Path:
    """Where a print run's files lie with us."""
    return settings.data_dir / "print_runs" / str(print_run_id)


def load_layouts(run: PrintRun, layouts_dir: Path | None) -> dict[str, Layout]:
    """The layouts that the run was selected with, as its print shop wants them; raises LayoutChanged if one was edited since."""
    found = {name: layouts.load(name, layouts_dir) for name in run.layouts}
    for name, layout in found.items():
        if layout.version != run.layouts[name]:
            raise LayoutChanged(
                f"Layout {name!r} was edited, or changed by an upgrade, after print run {run.id} had been selected with it. Restore the layout and run again, "
                f"or reject the run (`postillion print-run reject {run.id}`) and start the campaign anew."
            )
    return {name: run.production.fitted(layout) for name, layout in found.items()}


def render_sealed(engine: Engine, settings: Settings, run: PrintRun, hold: Hold) -> Iterator[PrintFile]:
    """Render and check every file of the run that is not rendered yet; yields each as it is released.

    Raises LostLease, LayoutChanged, DiskFull, and MisprintedFile for a file that fails its preflight: it gets no name. What is done stays
    done, and the next call goes on after it.
    """
    with reading(engine) as connection:
        files = [file for file in print_files.of_run(connection, run.id) if file.state is PrintFileState.SEALED]
    if not files:
        return
    template = _template(run, settings)
    folder = folder_of(settings, run.id)
    folder.mkdir(parents=True, exist_ok=True)
    for part in folder.glob("*.part"):  # of somebody who died: it names people
        part.unlink()
    processes = min(settings.render_processes or os.cpu_count() or 1, len(files))
    try:
        with room_in(folder):
            for file, job, (rendered, report) in _render_all(engine, template, hold, folder, files, processes, settings.dask_scheduler):
                _refuse_misprinted(run, file, report)
                _give_name(engine, hold, folder, file)
                yield _record(engine, run, hold, file, job.ids, rendered, report)
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
def room_in(folder: Path | str) -> Iterator[None]:
    """Say in words that a disk is full: raises DiskFull."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise DiskFull(f"There is no room left for print files in {folder}: make some, then start again; it goes on where it stopped.") from None


def _refuse_misprinted(run: PrintRun, file: PrintFile, report: Report) -> None:
    """The gate: nothing that failed its preflight ever gets the name of a print file."""
    if report.passed:
        return
    first, more = report.errors[0], sum(report.counts.values()) - 1
    others = f" and {more} more" if more else ""
    raise MisprintedFile(
        f"{file.name} failed its preflight and was not released. {first}{others}. What each code means stands in docs/preflight.md; mend it and run "
        f"again, or stop the run with `postillion print-run reject {run.id}`."
    )


def render_again(engine: Engine, settings: Settings, run: PrintRun, file: PrintFile, hold: Hold) -> None:
    """Set a print file again that is gone or damaged with us: rendering is deterministic, the same bytes come back.

    Raises MisprintedFile where they do not, which an upgrade in between can cause: what nobody approved gets no name, and file and run
    stay as they are.
    """
    folder = folder_of(settings, run.id)
    path = folder / file.name
    if path.exists() and file_sha256(path) == file.sha256:
        return
    job = _filled(engine, _template(run, settings), file, _part(folder, file, hold))
    try:
        with room_in(folder):
            folder.mkdir(parents=True, exist_ok=True)
            if _set(job).sha256 != file.sha256:
                raise MisprintedFile(_not_the_same(run, path))
            _give_name(engine, hold, folder, file)
    finally:
        job.path.unlink(missing_ok=True)


def _not_the_same(run: PrintRun, path: Path) -> str:
    restore = f"restore it as {path} from a backup and hand over again"
    otherwise = f", or reject the run (`postillion print-run reject {run.id}`) and start the campaign anew" if run.state in STOPPABLE else ""
    return (
        f"{path.name} is damaged or gone, and set again it has other bytes than those that were approved, as after an upgrade or with other fonts. "
        f"Nothing was handed over: {restore}{otherwise}."
    )


def remove_files(settings: Settings, print_run_id: int) -> None:
    """Delete a print run's PDFs: nobody will print them, and they name people."""
    shutil.rmtree(folder_of(settings, print_run_id), ignore_errors=True)


def _template(run: PrintRun, settings: Settings) -> Job:
    """What the jobs of all files of a run share."""
    found = load_layouts(run, settings.layouts_dir)
    sampling = Sampling(settings.preflight_codes_every)
    return Job((), (), found, run.sender, run.public_url, Path(), run.name, run.created_at, run.production, sampling)


Checked = tuple[RenderedFile, Report]


def _render_all(
    engine: Engine, template: Job, hold: Hold, folder: Path, files: list[PrintFile], processes: int, scheduler: str
) -> Iterator[tuple[PrintFile, Job, Checked]]:
    def job(file: PrintFile) -> Job:
        return _filled(engine, template, file, _part(folder, file, hold))

    if scheduler:
        yield from _by_a_cluster(scheduler, folder.resolve(), hold, files, job)
    elif processes <= 1:
        for file in files:
            work = job(file)
            yield file, work, _set_and_check(work)
    else:
        with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _end_with_parent) as pool:
            yield from _in_order(files, job, processes, lambda work: pool.submit(_set_and_check, work), Future.result)


def _by_a_cluster(
    scheduler: str, folder: Path, hold: Hold, files: list[PrintFile], job: Callable[[PrintFile], Job]
) -> Iterator[tuple[PrintFile, Job, Checked]]:
    from flows.printing import cluster  # here alone: only who has a cluster needs its library

    with cluster.joined(scheduler, folder, f".{hold.fence}.part") as workers:
        submit = lambda work: workers.submit(partial(_set_there, replace(work, going_on=workers.going_on)), folder / work.path.name)  # noqa: E731
        for file, work, checked in _in_order(files, job, workers.workers, submit, workers.result):
            cluster.appeared(work.path, checked[0].sha256, file_sha256)
            yield file, work, checked


def _set_there(job: Job, path: Path) -> Checked:
    """On a worker of a cluster, into a file of its own."""
    return _set_and_check(replace(job, path=path))


def _in_order(
    files: list[PrintFile],
    job: Callable[[PrintFile], Job],
    at_once: int,
    submit: Callable[[Job], "Future[Checked]"],
    result: Callable[["Future[Checked]"], Checked],
) -> Iterator[tuple[PrintFile, Job, Checked]]:
    """Each as it is done, in the order of the files; no more contents in memory than are being worked on."""
    waiting: list[tuple[PrintFile, Job, Future[Checked]]] = []
    for file in files:
        work = job(file)
        waiting.append((file, work, submit(work)))
        if len(waiting) > at_once:
            first, first_job, future = waiting.pop(0)
            yield first, first_job, result(future)
    for first, first_job, future in waiting:
        yield first, first_job, result(future)


def _filled(engine: Engine, template: Job, file: PrintFile, part: Path) -> Job:
    """The job of one file."""
    with reading(engine) as connection:
        rows = letters.for_print_file(connection, file.id)
    ids, contents = tuple(letter_id for letter_id, _ in rows), tuple(content for _, content in rows)
    return replace(template, ids=ids, contents=contents, path=part)


def _set_and_check(job: Job) -> Checked:
    rendered = _set(job)
    placed = {letter_id: (place.first_page, place.pages) for letter_id, place in zip(job.ids, rendered.placed, strict=True) if place}
    if not placed:  # a file without pages, which nobody gets to see
        return rendered, Report()
    wanted = preflight.expected(zip(job.ids, job.contents, strict=True), placed, job.layouts, job.sender, job.public_url, job.production)
    return rendered, preflight.check(job.path, wanted, job.production, job.sampling)


def _set(job: Job) -> RenderedFile:
    contents = _with_failpoint(job)
    return render(contents, job.layouts, job.sender, job.public_url, job.path, job.title, job.created_at, production=job.production, ids=job.ids)


def _with_failpoint(job: Job) -> Iterator[LetterContent]:
    for number, content in enumerate(job.contents):
        if job.going_on and number % LOOKS_UP_EVERY == 0 and not job.going_on.exists():
            raise Abandoned
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


def _record(engine: Engine, run: PrintRun, hold: Hold, file: PrintFile, ids: Sequence[int], rendered: RenderedFile, report: Report) -> PrintFile:
    """Note what was rendered, and give the file as it is now."""
    placed = [(letter_id, place.first_page, place.pages) for letter_id, place in zip(ids, rendered.placed, strict=True) if place]
    failed = [(ids[index], message) for index, message in rendered.failures]
    with writing(engine) as connection:
        hold.check(connection)
        result = Rendering(rendered.pages, rendered.bytes, rendered.sha256, placed, failed, report.as_dict())
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
