"""How does a report of a print shop move letters, all of it or nothing, and only once?

Chunk by chunk: what a chunk names is looked up in a few queries, the rule (campaigns.shop_report) decides in memory, and letters
that end alike are written in one statement.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select, update

from campaigns.letter import ON_PAPER, LetterState
from campaigns.shop_report import Course, EventKind, LineProblem, LineRejection, Reported, ReturnReason, after
from store import audit, failpoint, imports
from store.audit import Channel
from store.imports import Counts
from store.schema import letters, print_runs, shop_report_rejections, shop_reports
from store.sets import among
from store.shop_reports import consequences, listing
from store.shop_reports.listing import ReportState, ShopReport
from store.shop_reports.naming import Letter, Naming, dated, is_at_the_shop, rejected

CHUNK = 5000
_OUT = (EventKind.SPOILED, EventKind.RECALLED)

OnLines = Callable[[int], None]
"""Is told how many lines have been read."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A report file, and who brought it when."""

    name: str
    sha256: str
    at: datetime
    actor: str
    channel: Channel


def take_in(
    connection: Connection, arrival: Arrival, lines: Iterable[Reported | LineRejection], timezone: ZoneInfo, told: OnLines = lambda _: None
) -> ShopReport:
    """Apply a report and give its counts, read = stored + unchanged + rejected; a file that was taken in before changes nothing.

    The caller's transaction holds the imports' lock from here on: nobody else takes in a report, or writes addresses, meanwhile.
    """
    imports.lock(connection)
    if found := listing.by_sha256(connection, arrival.sha256):
        if found.state is ReportState.TAKEN_IN:
            return found
        _forget(connection, found.id)  # refused by an earlier version, which may have known fewer words
    report_id = _open(connection, arrival, ReportState.TAKEN_IN)
    work = _Work(connection, arrival, timezone, Naming(connection), report_id)
    whole = iter(lines)
    while chunk := list(islice(whole, CHUNK)):
        work.take(chunk)
        told(work.counts.read)
        failpoint.pass_by("report.after_chunk")
    values = {"read": work.counts.read, "stored": work.counts.stored, "unchanged": work.counts.unchanged, "rejected": work.counts.rejected}
    one_run = next(iter(work.runs)) if len(work.runs) == 1 else None
    connection.execute(update(shop_reports).where(shop_reports.c.id == report_id).values(**values, print_run_id=one_run))
    counted = ", ".join(f"{count} {name}" for name, count in values.items())
    audit.note(connection, arrival.at, arrival.actor, arrival.channel, "take_in_shop_report", f"shop report {report_id}", counted)
    failpoint.pass_by("report.before_commit")
    return _found(connection, report_id)


def refuse(connection: Connection, arrival: Arrival, message: str) -> ShopReport:
    """Keep that a file was no report, and why; the same file again is the same row."""
    imports.lock(connection)
    if found := listing.by_sha256(connection, arrival.sha256):
        return found
    return _found(connection, _open(connection, arrival, ReportState.REFUSED, message))


def _open(connection: Connection, arrival: Arrival, state: ReportState, message: str = "") -> int:
    counts = dict.fromkeys(("read", "stored", "unchanged", "rejected"), 0)
    row = {"name": arrival.name, "sha256": arrival.sha256, "state": state, "message": message, "received_at": arrival.at} | counts
    return int(connection.execute(insert(shop_reports).values(row).returning(shop_reports.c.id)).scalar_one())


def _forget(connection: Connection, report_id: int) -> None:
    connection.execute(delete(shop_report_rejections).where(shop_report_rejections.c.shop_report_id == report_id))
    connection.execute(delete(shop_reports).where(shop_reports.c.id == report_id))


def _found(connection: Connection, report_id: int) -> ShopReport:
    found = listing.by_id(connection, report_id)
    if found is None:
        raise RuntimeError(f"Shop report {report_id} was written and is not there.")
    return found


class _Work:
    """What the chunks of one report share."""

    def __init__(self, connection: Connection, arrival: Arrival, timezone: ZoneInfo, naming: Naming, report_id: int) -> None:
        self._connection, self._arrival, self._timezone, self._naming, self._report_id = connection, arrival, timezone, naming, report_id
        self.counts = Counts(0, 0, 0, 0)
        self.runs: set[int] = set()

    def take(self, chunk: Sequence[Reported | LineRejection]) -> None:
        """Apply some lines, in their order."""
        events = [line for line in chunk if isinstance(line, Reported)]
        known = self._naming.look_up(events)
        before = {letter.id: letter.course for letter in known.values()}
        outcomes = [line if isinstance(line, LineRejection) else self._apply(line, known) for line in chunk]
        wrong = [one for one in outcomes if isinstance(one, LineRejection)]
        listing.add_rejections(self._connection, self._report_id, wrong)
        self._write({letter.id: letter.course for letter in known.values() if letter.course != before[letter.id]}, before)
        read, stored = len(chunk), sum(one is True for one in outcomes)
        total = self.counts
        self.counts = Counts(total.read + read, total.stored + stored, total.unchanged + read - stored - len(wrong), total.rejected + len(wrong))

    def _apply(self, event: Reported, known: dict[int, Letter]) -> bool | LineRejection:
        """Whether the event changed anything."""
        if event.kind is EventKind.ACCEPTED:
            return self._acknowledge(event)
        ids = self._naming.named(event)
        if isinstance(ids, LineRejection):
            return ids
        named = [known[one] for one in ids if one in known]
        if not named:
            return rejected(
                event, LineProblem.NOT_HANDED_OVER, f"Letter {ids[0]} was never handed over, or is none of ours: look at letters.csv of the print run."
            )
        self.runs |= {letter.print_run_id for letter in named}
        if wrong := self._refusal(event, named):
            return wrong
        return sum([self._move(event, letter) for letter in named]) > 0

    def _refusal(self, event: Reported, named: Sequence[Letter]) -> LineRejection | None:
        """Why this cannot be true of these letters; of a whole file those count that it can be true of."""
        wrong = self._wrong_date(event, named)
        if wrong:
            return rejected(event, LineProblem.BAD_DATE, wrong)
        letter = named[0]
        if not event.names_a_letter:
            return None
        if event.kind in _OUT and letter.coupon_used and letter.course.state in ON_PAPER:
            return rejected(event, LineProblem.CONTRADICTION, f"The coupon of letter {letter.id} was used, so somebody has the letter.")
        if after(letter.course, event.kind, self._arrival.at) is None:
            return rejected(
                event, LineProblem.CONTRADICTION, f"Letter {letter.id} was {letter.course.reason}: it cannot be {event.kind} as well. Ask the print shop."
            )
        return None

    def _wrong_date(self, event: Reported, named: Sequence[Letter]) -> str:
        if event.at is None:
            return ""
        day = event.at.astimezone(self._timezone).date()
        if day > self._arrival.at.astimezone(self._timezone).date():
            return "The date is still to come: report what has happened, on the day or later."
        first = min(letter.handed_over_at for letter in named).astimezone(self._timezone).date()
        return f"The date is before the hand-over on {first}: is it of another print run?" if day < first else ""

    def _move(self, event: Reported, letter: Letter) -> bool:
        if event.kind in _OUT and letter.coupon_used:
            return False
        moment = dated(event, letter).at or max(self._arrival.at, letter.handed_over_at)
        moved = after(letter.course, event.kind, moment, event.reason)
        if moved is None or moved == letter.course:
            return False
        letter.course = moved
        return True

    def _acknowledge(self, event: Reported) -> bool | LineRejection:
        """The shop has exactly our files, or it has not, which somebody must look at before anything is printed."""
        table = print_runs.c
        if event.print_run:
            run = self._naming.run(event)
            if run is None or not is_at_the_shop(run):
                return rejected(event, LineProblem.UNKNOWN_LETTER, f"There is no print run {event.print_run} that was handed over.")
            self.runs.add(run.id)
            if run.manifest_sha256 != event.sha256:
                return self._other_files(
                    event, f"print run {run.id}", f"Print run {run.name} was handed over with manifest.json of SHA-256 {run.manifest_sha256}."
                )
            ours = table.id == run.id
        else:
            ours = table.manifest_sha256 == event.sha256
        found = self._connection.execute(select(table.id).where(ours)).scalars().all()
        if not found:
            return self._other_files(event, "", "No print run was handed over with a manifest.json of this SHA-256.")
        self.runs |= set(found)
        first = (table.id.in_(found), table.acknowledged_at.is_(None))
        changed = update(print_runs).where(*first).values(acknowledged_at=event.at or self._arrival.at).returning(table.id)
        return bool(self._connection.execute(changed).all())

    def _other_files(self, event: Reported, subject: str, message: str) -> LineRejection:
        whole = f"{message} The shop names {event.sha256}: it has other files than we handed over. Have it stop, and look for the difference."
        audit.note(self._connection, self._arrival.at, self._arrival.actor, self._arrival.channel, "shop_has_other_files", subject, whole)
        return rejected(event, LineProblem.CHECKSUM_DIFFERS, whole)

    def _write(self, changed: dict[int, Course], before: dict[int, Course]) -> None:
        alike: defaultdict[Course, list[int]] = defaultdict(list)
        for letter_id, course in changed.items():
            alike[course].append(letter_id)
        for course, ids in alike.items():
            values = {"state": course.state, "state_reason": course.reason, "printed_at": course.printed_at}
            values |= {"posted_at": course.posted_at, "returned_at": course.returned_at}
            self._connection.execute(update(letters).where(among(self._connection, letters.c.id, ids)).values(values))
        consequences.posted(self._connection, [one for one, course in changed.items() if course.posted_at != before[one].posted_at])
        out = (LetterState.FAILED, LetterState.CANCELLED)
        consequences.taken_out(self._connection, [one for one, course in changed.items() if course.state in out])
        back = {one: ReturnReason(course.reason) for one, course in changed.items() if _is_news(course, before[one])}
        consequences.returned(self._connection, back, self._arrival.at)


def _is_news(course: Course, before: Course) -> bool:
    """Whether the post has said something new: the same return reported again must not speak of an address that was corrected since."""
    return course.state is LetterState.RETURNED and (before.state is not LetterState.RETURNED or course.reason != before.reason)
