"""How does a report of a print shop move letters, to its end and only once, and without keeping others waiting?

Part by part: what a part names is looked up in a few queries, the rule (campaigns.shop_report) decides in memory, and letters
that end alike are written in one statement.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select, update

from campaigns.letter import ON_PAPER, LetterState
from campaigns.shop_report import Course, EventKind, LineProblem, LineRejection, Reported, ReturnReason, after
from store import audit, failpoint, imports
from store.audit import Channel
from store.schema import letters, print_runs, shop_report_rejections, shop_reports
from store.sets import among
from store.shop_reports import consequences, listing
from store.shop_reports.listing import ReportState, ShopReport
from store.shop_reports.naming import Letter, Naming, is_at_the_shop, load, moment_of, rejected

CHUNK = 2000
"""Lines, or letters, of one transaction: half a second, for which others wait."""
_OUT = (EventKind.SPOILED, EventKind.RECALLED)

OnLines = Callable[[int], None]
"""Is told how many lines have been read."""
_T = TypeVar("_T")


class Write(Protocol):
    """Does an act in a transaction of its own, again where that had to give way, and gives its result."""

    def __call__(self, act: Callable[[Connection], _T], /) -> _T:
        """Raises what the act raises."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A report file, and who brought it when."""

    name: str
    sha256: str
    at: datetime
    actor: str
    channel: Channel


def take_in(write: Write, arrival: Arrival, lines: Iterable[Reported | LineRejection], timezone: ZoneInfo, told: OnLines = lambda _: None) -> ShopReport:
    """Apply a report and give its counts, read = stored + unchanged + rejected; a file that was taken in before changes nothing.

    Part by part, each in a transaction that ``write`` makes: checkouts and imports wait for one part at the most. Whoever is killed is
    followed by somebody who brings the same file and goes on behind the last part.
    """
    found = write(lambda connection: _opened(connection, arrival))
    if found.state is ReportState.TAKEN_IN:
        return found
    work, place = _Work(found, arrival, timezone), found.counts.read
    whole = islice(lines, place, None)
    while block := list(islice(whole, CHUNK)):
        for part in work.parts(write, block):
            work.take(write, place, part)
            place += len(part)
            told(place)
            failpoint.pass_by("report.after_chunk")
    return write(work.close)


def refuse(connection: Connection, arrival: Arrival, message: str) -> ShopReport:
    """Keep that a file was no report, and why; the same file again is the same row."""
    imports.lock(connection)
    if found := listing.by_sha256(connection, arrival.sha256):
        return found
    return _found(connection, _open(connection, arrival, ReportState.REFUSED, message))


def _opened(connection: Connection, arrival: Arrival) -> ShopReport:
    imports.lock(connection)
    if found := listing.by_sha256(connection, arrival.sha256):
        if found.state is not ReportState.REFUSED:
            return found
        _forget(connection, found.id)  # refused by an earlier version, which may have known fewer words
    return _found(connection, _open(connection, arrival, ReportState.TAKING_IN))


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
    """What the parts of one report share."""

    def __init__(self, report: ShopReport, arrival: Arrival, timezone: ZoneInfo) -> None:
        self._report, self._timezone, self._naming = report, timezone, Naming(CHUNK)
        self._arrival = replace(arrival, at=report.received_at)  # whoever goes on means the same moment
        self._moved: set[int] = set()
        self.runs: set[int | None] = {report.print_run_id} if report.counts.read else set()

    def parts(self, write: Write, block: Sequence[Reported | LineRejection]) -> Iterator[Sequence[Reported | LineRejection]]:
        """The lines in their order, few enough at a time: a line may name all letters of a print run."""
        write(lambda connection: self._naming.find(connection, [line for line in block if isinstance(line, Reported)]))
        part: list[Reported | LineRejection] = []
        weight = 0
        for line in block:
            own = max(len(self._naming.ids(line)), 1) if isinstance(line, Reported) else 1
            if part and weight + own > CHUNK:
                yield part
                part, weight = [], 0
            part.append(line)
            weight += own
        if part:
            yield part

    def take(self, write: Write, place: int, part: Sequence[Reported | LineRejection]) -> None:
        """Apply some lines, in their order, and count them with that; ``place`` is that of the first, from 0."""
        for event in (line for line in part if isinstance(line, Reported)):
            for more in self._naming.further(event):
                if write(partial(self._move_all, event, more)):
                    self._moved.add(event.line)
        write(partial(self._take, place, part))

    def close(self, connection: Connection) -> ShopReport:
        """All lines are taken in."""
        imports.lock(connection)
        table = shop_reports.c
        mine = (table.id == self._report.id, table.state == ReportState.TAKING_IN)
        closed = update(shop_reports).where(*mine).values(state=ReportState.TAKEN_IN).returning(table.id)
        is_closed = connection.execute(closed).all()
        found = _found(connection, self._report.id)
        if is_closed:
            arrival, counts = self._arrival, asdict(found.counts)
            counted = ", ".join(f"{count} {name}" for name, count in counts.items())
            audit.note(connection, arrival.at, arrival.actor, arrival.channel, "take_in_shop_report", f"shop report {found.id}", counted)
        failpoint.pass_by("report.before_commit")
        return found

    @property
    def _one_run(self) -> int | None:
        """Where all that was taken over is of one print run."""
        return next(iter(self.runs)) if len(self.runs) == 1 else None

    def _move_all(self, event: Reported, ids: Sequence[int], connection: Connection) -> bool:
        """Apply a line to letters of a print run that are too many to go with the others; whether that changed anything."""
        imports.lock(connection)
        known = load(connection, ids)
        if self._naming.contradiction(event) or not known or self._refusal(event, list(known.values())):
            return False
        before = {letter.id: letter.course for letter in known.values()}
        is_moved = sum([self._move(event, letter) for letter in known.values()]) > 0
        self._write(connection, {letter.id: letter.course for letter in known.values() if letter.course != before[letter.id]}, before)
        return is_moved

    def _take(self, place: int, part: Sequence[Reported | LineRejection], connection: Connection) -> None:
        imports.lock(connection)
        table = shop_reports.c
        mine = select(table.read, table.state).where(table.id == self._report.id).with_for_update()
        row = connection.execute(mine).one()
        done = len(part) if row.state == ReportState.TAKEN_IN else max(row.read - place, 0)
        chunk = part[done:]  # somebody who brings the same file at the same time was faster
        if not chunk:
            return
        known = self._naming.look_up(connection, [line for line in chunk if isinstance(line, Reported)])
        before = {letter.id: letter.course for letter in known.values()}
        outcomes = [line if isinstance(line, LineRejection) else self._apply(connection, line, known) for line in chunk]
        wrong = [one for one in outcomes if isinstance(one, LineRejection)]
        listing.add_rejections(connection, self._report.id, wrong)
        self._write(connection, {letter.id: letter.course for letter in known.values() if letter.course != before[letter.id]}, before)
        read, stored = len(chunk), sum(one is True for one in outcomes)
        more = {"read": read, "stored": stored, "unchanged": read - stored - len(wrong), "rejected": len(wrong)}
        counted = {name: table[name] + count for name, count in more.items()}
        connection.execute(update(shop_reports).where(table.id == self._report.id).values(**counted, print_run_id=self._one_run))

    def _apply(self, connection: Connection, event: Reported, known: dict[int, Letter]) -> bool | LineRejection:
        """Whether the event changed anything."""
        if event.kind is EventKind.ACCEPTED:
            return self._acknowledge(connection, event)
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
        return sum([self._move(event, letter) for letter in named]) > 0 or event.line in self._moved

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
        moved = after(letter.course, event.kind, moment_of(event, letter, self._arrival.at), event.reason)
        if moved is None or moved == letter.course:
            return False
        letter.course = moved
        return True

    def _acknowledge(self, connection: Connection, event: Reported) -> bool | LineRejection:
        """The shop has exactly our files, or it has not, which somebody must look at before anything is printed."""
        table = print_runs.c
        if event.print_run:
            run = self._naming.run(event)
            if run is None or not is_at_the_shop(run):
                return rejected(event, LineProblem.UNKNOWN_LETTER, f"There is no print run {event.print_run} that was handed over.")
            self.runs.add(run.id)
            if run.manifest_sha256 != event.sha256:
                return self._other_files(
                    connection, event, f"print run {run.id}", f"Print run {run.name} was handed over with manifest.json of SHA-256 {run.manifest_sha256}."
                )
            ours = table.id == run.id
        else:
            ours = table.manifest_sha256 == event.sha256
        found = connection.execute(select(table.id).where(ours)).scalars().all()
        if not found:
            return self._other_files(connection, event, "", "No print run was handed over with a manifest.json of this SHA-256.")
        self.runs |= set(found)
        first = (table.id.in_(found), table.acknowledged_at.is_(None))
        changed = update(print_runs).where(*first).values(acknowledged_at=event.at or self._arrival.at).returning(table.id)
        return bool(connection.execute(changed).all())

    def _other_files(self, connection: Connection, event: Reported, subject: str, message: str) -> LineRejection:
        whole = f"{message} The shop names {event.sha256}: it has other files than we handed over. Have it stop, and look for the difference."
        audit.note(connection, self._arrival.at, self._arrival.actor, self._arrival.channel, "shop_has_other_files", subject, whole)
        return rejected(event, LineProblem.CHECKSUM_DIFFERS, whole)

    def _write(self, connection: Connection, changed: dict[int, Course], before: dict[int, Course]) -> None:
        alike: defaultdict[Course, list[int]] = defaultdict(list)
        for letter_id, course in changed.items():
            alike[course].append(letter_id)
        for course, ids in alike.items():
            values = {"state": course.state, "state_reason": course.reason, "printed_at": course.printed_at}
            values |= {"posted_at": course.posted_at, "returned_at": course.returned_at}
            connection.execute(update(letters).where(among(connection, letters.c.id, ids)).values(values))
        consequences.posted(connection, [one for one, course in changed.items() if course.posted_at != before[one].posted_at])
        out = (LetterState.FAILED, LetterState.CANCELLED)
        consequences.taken_out(connection, [one for one, course in changed.items() if course.state in out])
        back = {one: ReturnReason(course.reason) for one, course in changed.items() if _is_news(course, before[one])}
        consequences.returned(connection, back, self._arrival.at)


def _is_news(course: Course, before: Course) -> bool:
    """Whether the post has said something new: the same return reported again must not speak of an address that was corrected since."""
    return course.state is LetterState.RETURNED and (before.state is not LetterState.RETURNED or course.reason != before.reason)
