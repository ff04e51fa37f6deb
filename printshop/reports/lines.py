"""What does one line of a report say?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from campaigns.shop_report import EventKind, LineProblem, LineRejection, Reported, ReturnReason
from printshop.reports.words import EVENTS, KINDS, REASONS, WHY, plain

_LONGEST = 200
_WHOLE = re.compile(r"(\d{1,18})(?:[.,]0+)?", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TOKEN = re.compile(r"[0-9A-Za-z]{6,40}", re.ASCII)
_FORMULA = re.compile(r'="(.*)"')
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?(?: Uhr)?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ].+)?", re.ASCII)
_YEARS = range(2000, 2101)


@dataclass(frozen=True, slots=True)
class Told:
    """A line by our own names of its columns."""

    line: int
    cells: Mapping[str, str]


class _Wrong(Exception):
    def __init__(self, reason: LineProblem, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


def shown(text: str) -> str:
    """As much of a foreign text as is fit to be stored and shown."""
    if len(text) <= _LONGEST and text.isprintable():
        return text
    kept = "".join(char if char.isprintable() and not "\ud800" <= char <= "\udfff" else "\ufffd" for char in text[: _LONGEST + 1])
    return kept if len(kept) <= _LONGEST else f"{kept[: _LONGEST - 1]}…"


def to_event(told: Told, timezone: ZoneInfo) -> Reported | LineRejection:
    """The typed line, or why it is none."""
    cells = {name: _cell(value) for name, value in told.cells.items()}
    try:
        return _event(told.line, cells, timezone)
    except _Wrong as wrong:
        return LineRejection(told.line, wrong.reason, wrong.message, {name: shown(value) for name, value in cells.items() if value})


def _cell(text: str) -> str:
    """Without what a spreadsheet puts around a text, the apostrophe or ``="…"``."""
    text = shown(text.strip())  # databases refuse some characters
    formula = _FORMULA.fullmatch(text) if text.startswith("=") else None
    return (formula[1] if formula else text.removeprefix("'")).strip()


def _event(line: int, cells: Mapping[str, str], timezone: ZoneInfo) -> Reported:
    kind, reason = _kind(cells.get("event", ""), cells.get("reason", ""))
    at, whole_day = _moment(cells.get("date", ""), timezone)
    found = Reported(
        line, kind, at, whole_day, reason,
        _number(cells.get("letter_id", ""), "letter_id"),
        _token(cells.get("token", "")),
        PurePosixPath(cells.get("file", "").replace("\\", "/")[-400:]).name,
        _number(cells.get("sequence", ""), "sequence"),
        cells.get("print_run", "")[:_LONGEST],
        _sha256(cells.get("sha256", "")),
    )  # fmt: skip
    _complete(found)
    return found


def _complete(found: Reported) -> None:
    """Whether the line says what it is about."""
    if found.kind is EventKind.ACCEPTED:
        if not found.sha256:
            raise _Wrong(LineProblem.NO_LETTER, "An acknowledgement names the SHA-256 of manifest.json (column sha256), else it acknowledges nothing.")
        return
    if found.sequence is not None and not found.file and found.letter_id is None and not found.token:
        raise _Wrong(LineProblem.NO_LETTER, "A sequence counts the letters of one print file: name the file as well.")
    if not (found.names_a_letter or found.file or found.print_run):
        raise _Wrong(LineProblem.NO_LETTER, "The line names no letter: give letter_id, the code's token, file and sequence, or a whole file or print_run.")
    if found.kind is EventKind.RETURNED and not found.names_a_letter:
        raise _Wrong(LineProblem.NO_LETTER, "A return is about one letter: give letter_id, the code's token, or file and sequence.")


def _kind(word: str, why: str) -> tuple[EventKind, ReturnReason | None]:
    """What happened; a reason may stand in place of "returned"."""
    name = plain(word[:_LONGEST])
    reason = WHY.get(name)
    kind = KINDS.get(name) or (EventKind.RETURNED if reason else None)
    if kind is None:
        words = ", ".join(f"{few[0]}" for few in EVENTS.values())
        raise _Wrong(LineProblem.NO_EVENT, f'"{shown(word)}" is no event that we know: use {words}, or a German word of docs/printing.md.')
    if kind is not EventKind.RETURNED:
        return kind, None
    if why:
        told = WHY.get(plain(why[:_LONGEST]))
        if told is None and reason is None:
            words = ", ".join(few[0] for few in REASONS.values())
            raise _Wrong(LineProblem.UNKNOWN_REASON, f'"{shown(why)}" is no reason that we know: use {words}, or a German word of docs/printing.md.')
        reason = told or reason
    return kind, reason or ReturnReason.UNDELIVERABLE


def _number(text: str, column: str) -> int | None:
    if not text:
        return None
    found = _WHOLE.fullmatch(text)
    if not found or int(found[1]) < 1:
        raise _Wrong(LineProblem.BAD_NUMBER, f'{column} is "{shown(text)}", but must be a whole number: format the column as text before you save it.')
    return int(found[1])


def _token(text: str) -> str:
    """Of a scanned code the last part: scanners give the whole address."""
    token = text.rstrip("/").rsplit("/", 1)[-1]
    if text and not _TOKEN.fullmatch(token):
        raise _Wrong(LineProblem.BAD_NUMBER, f'"{shown(text)}" is no code of a letter: give what stands behind /S/ in it, or the whole link.')
    return token.upper()


def _sha256(text: str) -> str:
    if text and not _SHA256.fullmatch(text.lower()):
        raise _Wrong(LineProblem.BAD_NUMBER, f'"{shown(text)}" is no SHA-256: it has 64 digits and letters from a to f.')
    return text.lower()


def _moment(text: str, timezone: ZoneInfo) -> tuple[datetime | None, bool]:
    """The moment, and whether only a day was named."""
    if not text:
        return None, False
    try:
        if german := _GERMAN.fullmatch(text):
            day, month, year, hour, minute, second = (int(part) if part else 0 for part in german.groups())
            found, whole_day = datetime(year, month, day, hour, minute, second), german[4] is None
        elif iso := _ISO.fullmatch(text):
            found, whole_day = datetime.fromisoformat(text), iso[1] is None
        else:
            raise ValueError
        if found.year not in _YEARS:
            raise ValueError
    except ValueError:
        raise _Wrong(LineProblem.BAD_DATE, f'"{shown(text)}" is no date that we can read: use 2026-11-25 or 25.11.2026.') from None
    if whole_day:
        found = datetime.combine(found.date(), time(), timezone)
    return (found if found.tzinfo else found.replace(tzinfo=timezone)), whole_day
