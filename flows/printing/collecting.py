"""How do the print shop's reports come in, and our recall lists go out?

Moving a file away comes after it was taken in: whoever is killed on the way is followed by somebody who finds by the file's checksum how
much of it was taken in, and goes on from there.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from campaigns.errors import PostillionError
from flows.clock import now
from flows.errors import HandedOverElsewhere
from flows.locks import importing_from
from flows.printing.at_the_shop import access_of, handover_place
from printshop import manifest, recall
from printshop.errors import NoReport
from printshop.inbox import Inbox, Tray, rejections_text
from printshop.places import Place, open_place, write_once
from printshop.recall import Recalled
from printshop.reports import reading as reports
from store import failpoint, recalls
from store.audit import Channel
from store.engine import Engine, reading, writing
from store.giving_way import written
from store.recalls import RecalledLetter, RecallList
from store.settings import Settings
from store.shop_reports import listing
from store.shop_reports.listing import ReportState, ShopReport
from store.shop_reports.taking_in import Arrival, OnLines, refuse, take_in

Report = Callable[[str], None]
LISTED = 1000
"""Rejections in the text beside a file; the desk has all of them."""
BY = "collect-reports"
LEFT = "print-shop-reports.json"
"""Which files were left the last time because they did not seem to be whole."""
PAUSE = 3.0
"""Seconds between two looks at the inbox."""


@dataclass(slots=True)
class Collected:
    """What one collection did."""

    reports: list[ShopReport] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Files that are still being written, or seem to be."""
    recalled: int = 0
    """Letters on new recall lists."""


def collect(
    engine: Engine, settings: Settings, report: Report, channel: Channel, told: OnLines = lambda _: None, sleep: Callable[[float], None] = time.sleep
) -> Collected:
    """Take in every report that lies in the inbox, then tell the print shop which letters to take out; safe to repeat.

    Raises BeingWorkedOn while another process collects, and what a place raises (printshop.places): an inbox that is away keeps no
    recall list from going out.
    """
    found = Collected()
    trouble: Exception | None = None
    with importing_from(engine, settings.data_dir, "print-shop-reports"):
        try:
            with open_place(settings.reports_place, access_of(settings), "POSTILLION_REPORTS_URL") as place:
                inbox = Inbox(place)
                for name, content in _whole(inbox, found, settings.data_dir / "imports" / LEFT, report, sleep):
                    found.reports.append(_take(engine, settings, inbox, name, content, report, channel, told))
        except (PostillionError, OSError) as error:
            trouble = error
        found.recalled = recall_letters(engine, settings, report)
    if trouble:
        raise trouble
    return found


def _whole(inbox: Inbox, found: Collected, memory: Path, report: Report, sleep: Callable[[float], None]) -> Iterator[tuple[str, bytes]]:
    """The files that do not change between two looks: an upload has no end mark (print facts 3).

    One that does not end as a report does may have stalled in the middle of a number: it must be the same the next time, too.
    """
    before, doubtful = _remembered(memory), dict[str, str]()
    first = {name: _checksum(inbox, name) for name in inbox.names()}
    if first:
        sleep(PAUSE)
    for name, checksum in first.items():
        content = inbox.read(name, reports.MOST_BYTES)
        if content is None:
            continue
        if hashlib.sha256(content).hexdigest() != checksum:
            found.left.append(name)
            report(f"{name} is still being written: it is left for the next time.")
        elif reports.is_whole(content) or before.get(name) == checksum:
            yield name, content
        else:
            found.left.append(name)
            doubtful[name] = checksum
            report(f"{name} has no line break at its end, or is half a JSON document. If it is the same the next time, it is taken in as it is.")
    _remember(memory, doubtful)


def _checksum(inbox: Inbox, name: str) -> str:
    content = inbox.read(name, reports.MOST_BYTES)
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _remembered(memory: Path) -> dict[str, str]:
    """Name -> checksum of the files that were left the last time; what cannot be read was left by nobody."""
    with suppress(OSError, ValueError):
        found = json.loads(memory.read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def _remember(memory: Path, doubtful: dict[str, str]) -> None:
    if doubtful or memory.exists():
        memory.write_text(json.dumps(doubtful), encoding="utf-8")


def take_in_bytes(engine: Engine, settings: Settings, name: str, content: bytes, actor: str, channel: Channel, told: OnLines = lambda _: None) -> ShopReport:
    """Take in one report, or keep why it is none; the same content again changes nothing."""
    arrival = Arrival(name, hashlib.sha256(content).hexdigest(), now(), actor, channel)
    timezone = ZoneInfo(settings.timezone)
    try:
        lines = reports.read(content, timezone)
    except NoReport as error:
        message = str(error)
        return written(engine, lambda connection: refuse(connection, arrival, message))
    return take_in(partial(written, engine), arrival, lines, timezone, told)


def _take(engine: Engine, settings: Settings, inbox: Inbox, name: str, content: bytes, report: Report, channel: Channel, told: OnLines) -> ShopReport:
    found = take_in_bytes(engine, settings, name, content, BY, channel, told)
    failpoint.pass_by("report.after_commit")
    tray = Tray.REJECTED if found.state is ReportState.REFUSED else Tray.DONE
    if not inbox.put_away(name, content, tray, _text(engine, found)):
        report(f"{name} was written to while it was taken in: it is read again the next time, and lines that stand already change nothing.")
    failpoint.pass_by("report.after_moving")
    report(in_words(found))
    return found


def in_words(found: ShopReport) -> str:
    """What became of a report, in one line."""
    if found.state is ReportState.REFUSED:
        return f"{found.name} was not taken in: {found.message}"
    counts = found.counts
    return f"{found.name}: {counts.read} lines read, {counts.stored} stored, {counts.unchanged} unchanged, {counts.rejected} rejected"


def _text(engine: Engine, found: ShopReport) -> str:
    if found.state is ReportState.REFUSED:
        return f"{found.message}\n"
    if not found.counts.rejected:
        return ""
    with reading(engine) as connection:
        wrong = listing.rejections_of(connection, found.id, LISTED)
    return rejections_text(in_words(found), [(one.line, one.message) for one in wrong], found.counts.rejected)


def recall_letters(engine: Engine, settings: Settings, report: Report) -> int:
    """Write a recall list for each print run of which letters must not go out any more; how many letters are new on one."""
    count = 0
    with reading(engine) as connection:
        runs = recalls.runs_with_new(connection, now())
    for run in runs:
        with writing(engine) as connection:
            count += recalls.make(connection, run, _digest, now())
            failpoint.pass_by("recall.before_commit")
        failpoint.pass_by("recall.after_commit")
    with reading(engine) as connection:
        lists = recalls.unwritten(connection)
    if lists:
        _write_all(engine, settings, lists, report)
    return count


def _write_all(engine: Engine, settings: Settings, lists: Sequence[RecallList], report: Report) -> None:
    """A list that cannot be written keeps no other from its print shop; raises the first trouble at the end."""
    trouble: Exception | None = None
    with handover_place(settings) as place:
        for one in lists:
            try:
                _write(engine, place, one, report)
            except (PostillionError, OSError) as error:
                report(f"{one.run_name}: {recall.name_of(one.number)} is not at the print shop: {error}")
                trouble = trouble or error
    if trouble:
        raise trouble


def _write(engine: Engine, place: Place, one: RecallList, report: Report) -> None:
    if one.place not in ("", f"{place.url}/{one.run_name}") and not place.has(f"{one.run_name}/{manifest.MANIFEST}"):
        raise HandedOverElsewhere(
            f"Print run {one.print_run_id} was handed over to {one.place}, but POSTILLION_HANDOVER_URL is {place.url} by now, whose print shop has none of it. "
            "Set the former address and run `postillion print-run reports` once, so that the list goes to whoever prints the letters."
        )
    with reading(engine) as connection:
        content = _content(recalls.lines(connection, one.print_run_id, one.number))
    name = recall.name_of(one.number)
    write_once(place, f"{one.run_name}/{name}", content)
    failpoint.pass_by("recall.after_reveal")
    with writing(engine) as connection:
        recalls.note_written(connection, one.id, now())
    report(f"{one.run_name}: {name} asks the print shop to take out {one.letters} letter(s). Tell it that the list is there.")


def _content(lines: Sequence[RecalledLetter]) -> bytes:
    return recall.content([Recalled(one.letter_id, one.file, one.sequence, one.first_page, one.reason) for one in lines])


def _digest(lines: Sequence[RecalledLetter]) -> str:
    return hashlib.sha256(_content(lines)).hexdigest()
