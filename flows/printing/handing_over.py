"""How does an approved print run reach the print shop exactly once, without anybody who must not be written to by now?

Everything is laid down beside its final name first. One transaction then looks for objections a last time and settles the
run with its manifest's checksum; after it only renaming is left, the manifest last. Whoever dies on the way is followed by
somebody who finds by the names what is left to do.
"""

from collections.abc import Callable
from dataclasses import dataclass

from campaigns.letter import LetterState
from campaigns.print_run import PrintFileState, PrintRunState
from campaigns.verdict import excluded
from flows.clock import local_date, now
from flows.errors import CodesMissing, ErasedSince, LetterTooOld, Unclear
from flows.locks import Hold, working_on
from flows.printing.at_the_shop import handover_place
from flows.printing.rendering import folder_of, remove_files, render_again, render_sealed, room_in
from printshop import manifest
from printshop.errors import PlaceFull, PlaceUnreachable
from printshop.manifest import FileEntry, LetterEntry, Manifest, Paper
from printshop.targets import Parcel
from store import audience, audit, campaigns, code_uploads, decisions, evidence, failpoint, holdouts, letters, obsolete, print_files, print_runs
from store.audit import Channel
from store.decisions import Decision
from store.engine import Connection, Engine, reading, writing
from store.errors import LostLease, WrongState
from store.print_files import PrintFile
from store.print_runs import PrintRun
from store.settings import Settings

Report = Callable[[str], None]


def decide_on_run(engine: Engine, settings: Settings, print_run_id: int, *, approved: bool, by: str, comment: str, channel: Channel = Channel.PREFECT) -> None:
    """Note the decision about a print run; a rejected one frees its customers and voids its coupons.

    Approved can be what is rendered and not too old; rejected, whatever has not started on its way to the print shop.
    Raises WrongState, LetterTooOld, BeingWorkedOn.
    """
    decision = Decision(approved, by, comment, now(), channel)
    with working_on(engine, settings, print_run_id) as hold:
        if not approved:
            _take_back(settings, _run(engine, print_run_id), hold)
        with writing(engine) as connection:
            hold.check(connection)
            run = print_runs.locked(connection, print_run_id)
            if approved:
                _refuse_old(settings, run)
            decisions.decide(connection, print_run_id, decision)
            if approved:
                failpoint.pass_by("decide.before_commit")
            else:
                remove_files(settings, run.id)


def _take_back(settings: Settings, run: PrintRun, hold: Hold) -> None:
    """Delete what a hand-over that failed has laid down: it names people. Before the state says so, for afterwards nobody would
    come back to do it, and before the transaction, which must not wait for a network."""
    if run.state is PrintRunState.APPROVED:
        with handover_place(settings) as place:
            Parcel(place, run.name, hold.fence).remove_parts()


def _refuse_old(settings: Settings, run: PrintRun) -> None:
    if decisions.is_too_old(run, local_date(now(), settings.timezone), settings.letter_max_age_days):
        raise LetterTooOld(
            f"The letters of print run {run.id} are dated {run.letter_date}, more than {settings.letter_max_age_days} days ago: reject it and start anew."
        )


def hand_over_run(engine: Engine, settings: Settings, print_run_id: int, report: Report, *, again: bool | None = None) -> PrintRun:
    """Bring an approved run to the print shop; one that is there already is left alone, unless the shop wants it ``again``.

    Safe to repeat after any crash. Raises WrongState for a run that nobody approved, LetterTooOld, ErasedSince, BeingWorkedOn, TargetDiffers
    rather than overwrite anything, and Unclear where only the print shop knows whether it has the run: True or False for
    ``again`` then says so.
    """
    run = _run(engine, print_run_id)
    if _is_there(run, report, again):  # for good: nobody needs to be kept from it
        return run
    with working_on(engine, settings, print_run_id) as hold:
        run = _run(engine, print_run_id)
        if _is_there(run, report, again):
            return run
        if run.state not in (PrintRunState.APPROVED, PrintRunState.HANDING_OVER, PrintRunState.HANDED_OVER):
            raise WrongState(f"Print run {print_run_id} is {run.state}: only an approved one can be handed over.")
        try:
            with handover_place(settings) as place, room_in(f"{place.url}/{run.name}"):
                return _carry(Work(engine, settings, run, hold, Parcel(place, run.name, hold.fence), report), again)
        except (PlaceUnreachable, PlaceFull) as error:
            raise type(error)(
                f"{error} Print run {run.id} waits as it is and is never sent twice: `postillion print-run hand-over {run.id}` goes on."
            ) from None


def _is_there(run: PrintRun, report: Report, again: bool | None) -> bool:
    if run.state is not PrintRunState.HANDED_OVER or again:
        return False
    report(f"Print run {run.id} was handed over on {run.handed_over_at:%Y-%m-%d %H:%M} UTC: nothing was sent again.")
    return True


@dataclass(frozen=True, slots=True)
class Work:
    """What every act of one hand-over needs."""

    engine: Engine
    settings: Settings
    run: PrintRun
    hold: Hold
    parcel: Parcel
    report: Report


def _carry(work: Work, again: bool | None) -> PrintRun:
    try:
        return _bring(work, again)
    except LostLease:
        work.parcel.remove_parts(of_this_turn=True)
        raise


def _bring(work: Work, again: bool | None) -> PrintRun:
    """Go on from the state that the run is in."""
    run, parcel, settled = work.run, work.parcel, work.run.manifest_sha256
    if run.state is PrintRunState.APPROVED:
        _refuse_old(work.settings, run)
        _refuse_missing_codes(work)
        settled = _settle(work)
        if not settled:
            work.report("Nobody is left in this print run: nothing was handed over.")
            return _run(work.engine, run.id)
    elif again:
        _refuse_erased(work)
        settled = _lay_down(work).sha256
    elif again is None and not parcel.has(manifest.MANIFEST) and not _is_laid_down(work, settled):
        raise Unclear(
            f"The hand-over of print run {run.id} was interrupted, and {parcel.url}, or a file in it, is gone by now: ask the print shop. "
            f"If it has the run, `postillion print-run hand-over {run.id} --not-again` closes it; if not, `--again` sends it."
        )
    _reveal(work, settled)
    with writing(work.engine) as connection:
        work.hold.check(connection)
        if print_runs.move(connection, run.id, PrintRunState.HANDING_OVER, PrintRunState.HANDED_OVER, handed_over_at=now(), place=parcel.url):
            letters.advance(connection, run.id, LetterState.APPROVED, LetterState.HANDED_OVER, now())
            evidence.handed_over(connection, run.id)
            holdouts.settle(connection, run.id, now())
            print_files.mark(connection, run.id, PrintFileState.RENDERED, PrintFileState.HANDED_OVER)
            audit.note(connection, now(), "", Channel.PREFECT, "hand_over_print_run", f"print run {run.id}", parcel.url)
        failpoint.pass_by("hand_over.before_end_commit")
    failpoint.pass_by("hand_over.after_end_commit")
    return _run(work.engine, run.id)


def _is_laid_down(work: Work, settled: str) -> bool:
    """Whether everything lies there: a manifest must not name a file that somebody has taken or cleared away."""
    if not work.parcel.is_laid_down(manifest.MANIFEST, settled):
        return False
    names = [file.name for file in _manifest(work)[0]]
    return all(work.parcel.knows(name) for name in (*names, manifest.LETTERS_CSV, manifest.CHECKSUMS))


def _refuse_missing_codes(work: Work) -> None:
    """A letter whose code the shop does not know makes a customer look foolish at the checkout."""
    with reading(work.engine) as connection:
        missing = code_uploads.missing(connection, work.run.id)
    if missing:
        raise CodesMissing(
            f"{missing} codes of print run {work.run.id} are not in the Shopify shop yet. Run `postillion print-run upload-codes {work.run.id}` "
            "(the flow hand-over does it by itself), then hand over."
        )


def _refuse_erased(work: Work) -> None:
    run = work.run
    with reading(work.engine) as connection:
        erased = letters.erased(connection, run.id)
    if erased:
        raise ErasedSince(
            f"{len(erased)} of the people in print run {run.id} were erased since it was settled: it must not be sent once more. Ask the print shop "
            f"whether it has the run: if so, `postillion print-run hand-over {run.id} --not-again` closes it; if not, start the campaign anew."
        )


def _settle(work: Work) -> str:
    """Take out who must not be written to, lay everything down, and settle the run's content; the manifest's checksum, empty if nobody is left."""
    run = work.run
    while True:
        _take_out(work)
        whole = _lay_down(work) if _anybody_left(work) else None
        if whole is None:
            work.parcel.remove_parts()
        failpoint.pass_by("hand_over.before_settling")
        with writing(work.engine) as connection:
            work.hold.check(connection)
            print_runs.locked(connection, run.id)
            if obsolete.find(connection, run.id, now()) or print_files.outdated(connection, run.id):  # somebody objected or was erased in the meantime
                continue
            count = letters.count(connection, run.id, seeds=False)
            if (whole is not None) != (count > 0):
                continue
            _take_out_held_out(connection, run)
            after = PrintRunState.HANDING_OVER if whole else PrintRunState.EMPTY
            print_runs.must_move(connection, run.id, PrintRunState.APPROVED, after, manifest_sha256=whole.sha256 if whole else "")
            if not whole:  # none of our own alone
                letters.cancel_run(connection, run.id, "nobody else is left in the print run")
                print_files.mark(connection, run.id, PrintFileState.RENDERED, PrintFileState.CANCELLED)
                holdouts.settle(connection, run.id, now())
                remove_files(work.settings, run.id)  # before the state says so, for afterwards nobody would come back to do it
            failpoint.pass_by("hand_over.before_settling_commit")
            least = campaigns.version(connection, run.version_id).limits.minimum_letters
        failpoint.pass_by("hand_over.after_settling_commit")
        if 0 < count < least:
            work.report(f"Only {count} letters are left, fewer than the {least} that the campaign wants to print at least: tell the print shop.")
        return whole.sha256 if whole else ""


def _anybody_left(work: Work) -> bool:
    with reading(work.engine) as connection:
        return letters.count(connection, work.run.id, seeds=False) > 0


def _take_out_held_out(connection: Connection, run: PrintRun) -> None:
    """Who was held out passes the same last look as who was written to."""
    gone = obsolete.held_out(connection, run.id, now())
    holdouts.take_out(connection, [one.row_id for one in gone])
    audience.record(connection, run.campaign_id, [(one.customer_id, excluded(one.reason)) for one in gone], now())


def _take_out(work: Work) -> None:
    """Cancel letters that must not go out any more, with their verdicts, and set their files anew (product.md 5.4)."""
    run = work.run
    with writing(work.engine) as connection:
        work.hold.check(connection)
        gone = obsolete.find(connection, run.id, now())
        for one in gone:
            letters.cancel(connection, [one.letter_id], one.reason)
            print_files.reopen(connection, one.print_file_id)
            work.report(f"Letter {one.letter_id} was taken out: {one.reason}.")
        for file_id in print_files.outdated(connection, run.id):
            print_files.reopen(connection, file_id)
        verdicts = [(one.customer_id, excluded(one.reason)) for one in gone if not one.is_seed]
        audience.record(connection, run.campaign_id, verdicts, now())
        failpoint.pass_by("hand_over.before_taking_out_commit")
    failpoint.pass_by("hand_over.after_taking_out")
    for file in render_sealed(work.engine, work.settings, run, work.hold):
        work.report(f"{file.name} was set anew: {file.letters} letters")


def _lay_down(work: Work) -> Manifest:
    """Put all files beside their final names, complete and checked; a print file that was damaged with us is set again."""
    files, whole = _manifest(work)
    for number, file in enumerate(files, 1):
        source = folder_of(work.settings, work.run.id) / file.name
        render_again(work.engine, work.settings, work.run, file, work.hold)
        work.parcel.lay_down(source, file.sha256 or "")
        work.report(f"{file.name}: file {number} of {len(files)} lies there, {(file.bytes or 0) / 1e6:,.1f} MB")
        failpoint.pass_by("hand_over.after_file")
    work.parcel.lay_down_bytes(manifest.LETTERS_CSV, whole.letters_csv)
    work.parcel.lay_down_bytes(manifest.CHECKSUMS, whole.checksums)
    work.parcel.lay_down_bytes(manifest.MANIFEST, whole.manifest_json)
    return whole


def _reveal(work: Work, settled: str) -> None:
    """Give everything its final name, the manifest last; if the shop has taken it all already, there is nothing to do.

    ``settled`` is the manifest's checksum: what was laid down by somebody who slept before that is never given a name.
    """
    parcel, report = work.parcel, work.report
    if not parcel.is_laid_down(manifest.MANIFEST, settled):
        parcel.remove_parts()
        report(f"Print run {work.run.id} lies with the print shop already.")
        return
    files, _ = _manifest(work)
    for file in files:
        parcel.reveal(file.name)
        report(f"{file.name}: {file.letters} letters")
        failpoint.pass_by("hand_over.after_reveal")
    parcel.reveal(manifest.LETTERS_CSV)
    parcel.reveal(manifest.CHECKSUMS)
    failpoint.pass_by("hand_over.before_manifest")
    parcel.reveal(manifest.MANIFEST)
    failpoint.pass_by("hand_over.after_manifest")
    parcel.remove_parts()
    report(f"Handed over to {parcel.url}")


def _manifest(work: Work) -> tuple[list[PrintFile], Manifest]:
    with reading(work.engine) as connection:
        run = print_runs.get(connection, work.run.id)
        files = [file for file in print_files.of_run(connection, run.id) if file.state is not PrintFileState.CANCELLED]
        lines = letters.for_manifest(connection, run.id)
    entries = [FileEntry(file.name, file.sha256 or "", file.bytes or 0, file.letters, file.pages or 0) for file in files]
    listed = [LetterEntry(line.letter_id, line.file, line.first_page, line.pages, line.postcode, line.country) for line in lines]
    if run.decided_at is None:
        raise WrongState(f"Print run {run.id} was never approved.")
    production = run.production
    paper = Paper(production.slug, production.duplex, production.bleed, production.output.identifier if production.output else "")
    return files, manifest.of(run.name, run.campaign, run.sender.name, run.decided_at, entries, listed, paper)


def _run(engine: Engine, print_run_id: int) -> PrintRun:
    with reading(engine) as connection:
        return print_runs.get(connection, print_run_id)
