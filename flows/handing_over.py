"""How does an approved print run reach the print shop exactly once, without anybody who has objected by now?"""

from collections.abc import Callable

from campaigns.letter import LetterState
from campaigns.print_run import STOPPABLE, PrintFileState, PrintRunState
from flows import failpoint
from flows.clock import now
from flows.rendering import folder_of, render_sealed
from printshop import manifest
from printshop.manifest import FileEntry, LetterEntry, Manifest
from printshop.targets import put_bytes, put_file
from store import letters, print_files, print_runs
from store.engine import Engine, reading, writing
from store.errors import WrongState
from store.print_files import PrintFile
from store.print_runs import PrintRun
from store.settings import Settings


def decide_on_run(engine: Engine, run: PrintRun, approved: bool, by: str, comment: str) -> None:
    """Note the decision about a print run; a rejected one frees its customers and voids its coupons.

    Approved can be what is rendered; rejected, whatever has not started on its way to the print shop.  Raises WrongState.
    """
    with writing(engine) as connection:
        decided = {"decided_at": now(), "decided_by": by, "comment": comment}
        if approved:
            print_runs.must_move(connection, run.id, PrintRunState.AWAITING_APPROVAL, PrintRunState.APPROVED, **decided)
            letters.advance(connection, run.id, LetterState.RENDERED, LetterState.APPROVED, now())
        else:
            current = print_runs.locked(connection, run.id) or run
            if current.state not in STOPPABLE:
                raise WrongState(f"Print run {run.id} is {current.state}: it cannot be rejected any more.")
            print_runs.must_move(connection, run.id, current.state, PrintRunState.REJECTED, **decided)
            letters.cancel_run(connection, run.id, "print run rejected")
            for state in (PrintFileState.SEALED, PrintFileState.RENDERED):
                print_files.mark(connection, run.id, state, PrintFileState.CANCELLED)


def hand_over_run(engine: Engine, settings: Settings, print_run_id: int, report: Callable[[str], None]) -> PrintRun:
    """Put an approved run's files, then its manifest, into the print shop's folder; safe to repeat after any crash.

    Raises WrongState for a run that nobody approved, TargetDiffers rather than overwrite anything.
    """
    with reading(engine) as connection:
        run = print_runs.by_id(connection, print_run_id)
    if run is None or run.state not in (PrintRunState.APPROVED, PrintRunState.HANDING_OVER, PrintRunState.HANDED_OVER):
        raise WrongState(f"Print run {print_run_id} is {run.state if run else 'unknown'}: only an approved one can be handed over.")
    if run.state is PrintRunState.APPROVED and not _settle(engine, settings, run, report):
        report("Nobody is left in this print run: nothing was handed over.")
        return _again(engine, run)
    files, whole = _manifest(engine, run)
    folder = settings.handover_dir / run.name
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        put_file(folder, folder_of(settings, run.id) / file.name, file.sha256 or "")
        report(f"{file.name}: {file.letters} letters")
        failpoint.pass_by("hand_over.after_file")
    put_bytes(folder, manifest.LETTERS_CSV, whole.letters_csv)
    put_bytes(folder, manifest.CHECKSUMS, whole.checksums)
    failpoint.pass_by("hand_over.before_manifest")
    put_bytes(folder, manifest.MANIFEST, whole.manifest_json)
    failpoint.pass_by("hand_over.after_manifest")
    with writing(engine) as connection:
        done = {"handed_over_at": now(), "manifest_sha256": whole.sha256}
        if print_runs.move(connection, run.id, PrintRunState.HANDING_OVER, PrintRunState.HANDED_OVER, **done):
            letters.advance(connection, run.id, LetterState.APPROVED, LetterState.HANDED_OVER, now())
            print_files.mark(connection, run.id, PrintFileState.RENDERED, PrintFileState.HANDED_OVER)
    report(f"Handed over to {folder.resolve()}: manifest {whole.sha256[:12]}")
    return _again(engine, run)


def _again(engine: Engine, run: PrintRun) -> PrintRun:
    with reading(engine) as connection:
        return print_runs.by_id(connection, run.id) or run


def _settle(engine: Engine, settings: Settings, run: PrintRun, report: Callable[[str], None]) -> bool:
    """Take out whoever has objected by now and settle the run's content; False if nobody is left.

    From the change of state on nothing in the run changes any more: what is sent can be sent again.
    """
    while True:
        _take_out_objections(engine, settings, run, report)
        with writing(engine) as connection:
            if letters.objected(connection, run.id):  # somebody objected while a file was being set anew
                continue
            left = letters.count(connection, run.id) > 0
            print_runs.move(connection, run.id, PrintRunState.APPROVED, PrintRunState.HANDING_OVER if left else PrintRunState.EMPTY)
            return left


def _take_out_objections(engine: Engine, settings: Settings, run: PrintRun, report: Callable[[str], None]) -> None:
    """Cancel letters to people who objected since selection and set their files anew (product.md 5.4)."""
    with writing(engine) as connection:
        objected = letters.objected(connection, run.id)
        for print_file_id, ids in objected.items():
            letters.cancel(connection, ids, "objection")
            print_files.reopen(connection, print_file_id)
            report(f"{len(ids)} letter(s) taken out: the customer has objected to advertising.")
    failpoint.pass_by("hand_over.after_objections")
    for file in render_sealed(engine, settings, run):
        report(f"{file.name} was set anew: {file.letters} letters")


def _manifest(engine: Engine, run: PrintRun) -> tuple[list[PrintFile], Manifest]:
    with reading(engine) as connection:
        files = [file for file in print_files.of_run(connection, run.id) if file.state is not PrintFileState.CANCELLED]
        lines = letters.for_manifest(connection, run.id)
    entries = [FileEntry(file.name, file.sha256 or "", file.bytes or 0, file.letters, file.pages or 0) for file in files]
    listed = [LetterEntry(line.letter_id, line.file, place, line.first_page, line.pages, line.postcode, line.country) for place, line in enumerate(lines, 1)]
    decided_at = run.decided_at or run.created_at
    return files, manifest.of(run.name, run.campaign, run.sender.name, decided_at, entries, listed)
