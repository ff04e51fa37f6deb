"""How does a report file become typed lines, whatever a print shop calls its columns and however it writes them?

CSV (semicolon, comma or tab), a JSON list or object, or JSON lines.  A line of a CSV file is one record: a quotation mark that
nobody closes spoils its own line and swallows no others.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.shop_report import LineProblem, LineRejection, Reported
from printshop.errors import NoReport
from printshop.reports.lines import Told, shown, to_event
from printshop.reports.words import COLUMNS, plain

MOST_BYTES = 32 * 1024 * 1024
"""Half a million lines of CSV; more come as several files."""
MOST_JSON_BYTES = 8 * 1024 * 1024
"""A JSON document is in memory as a whole; JSON lines are not."""
MOST_COLUMNS = 100
_DELIMITERS = ";\t,"
_FOUND_AT_MOST = 12


def read(content: bytes, timezone: ZoneInfo) -> Iterator[Reported | LineRejection]:
    """The lines of a report in their order, each an event or the reason why it is none; times without an offset are of ``timezone``.

    Raises NoReport, before the first line, for what is no report at all.
    """
    if len(content) > MOST_BYTES:
        raise NoReport(
            f"The file has {len(content) // 1024 // 1024} MB, more than the {MOST_BYTES // 1024 // 1024} MB that a report may have: send it in parts."
        )
    text = _decoded(content)
    beginning = text.lstrip()[:1]
    if not beginning:
        raise NoReport("The file is empty.")
    rows = _json_rows(text, len(content)) if beginning in "[{" else _csv_rows(text)
    return (_line(row, timezone) for row in rows)


def is_whole(content: bytes) -> bool:
    """Whether the file ends as a report does: the last number of one that is still on its way may lack digits."""
    text = content.removeprefix(b"\xef\xbb\xbf").strip(b" \t\x1a")
    begins = text.lstrip()[:1]
    if begins not in (b"[", b"{"):
        return text.endswith((b"\n", b"\r")) or len(content) > MOST_BYTES
    if len(content) <= MOST_JSON_BYTES and _is_json(text):
        return True
    lines = text.strip().splitlines()
    return len(content) > MOST_JSON_BYTES if begins == b"[" else _is_json(lines[0]) and _is_json(lines[-1])


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Broken:
    line: int
    message: str
    seen: str = ""


def _line(row: Told | _Broken, timezone: ZoneInfo) -> Reported | LineRejection:
    if isinstance(row, _Broken):
        return LineRejection(row.line, LineProblem.BROKEN_LINE, row.message, {"line": shown(row.seen)} if row.seen else {})
    return to_event(row, timezone)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NoReport("The file is UTF-16: save it as CSV UTF-8.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NoReport("The file is neither UTF-8 nor Windows-1252: save it as CSV UTF-8.")


# --- CSV -----------------------------------------------------------------------------------------------------------------


def _csv_rows(text: str) -> Iterator[Told | _Broken]:
    lines = enumerate(_physical_lines(text), 1)
    heading = next(line for _, line in lines if line.strip())
    delimiter = max(_DELIMITERS, key=lambda sign: (len(_known(_cells(heading, sign) or [])), heading.count(sign)))
    cells = _cells(heading, delimiter)
    columns = _columns(cells or [])
    return _csv_lines(lines, columns, delimiter)


def _csv_lines(lines: Iterator[tuple[int, str]], columns: Mapping[str, int], delimiter: str) -> Iterator[Told | _Broken]:
    for number, line in lines:
        if not line.strip(" \t;,\x1a"):
            continue
        cells = _cells(line, delimiter)
        if cells is None:
            yield _Broken(number, "The line cannot be read: a quotation mark is not closed, or a cell is too long.", line)
        else:
            yield Told(number, {column: cells[place] for column, place in columns.items() if place < len(cells)})


def _physical_lines(text: str) -> Iterator[str]:
    """One at a time.  CR, LF or both end a line, and nothing else does."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end + 1


def _cells(line: str, delimiter: str) -> list[str] | None:
    """None for a line that is broken."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return None


def _known(cells: list[str]) -> set[str]:
    return {COLUMNS[name] for cell in cells[:MOST_COLUMNS] if (name := plain(cell[:100])) in COLUMNS}


def _columns(cells: list[str]) -> dict[str, int]:
    """Column -> where it stands.  Raises NoReport naming what was found and what is expected."""
    if len(cells) > MOST_COLUMNS:
        raise NoReport(f"The first line has {len(cells)} columns, more than {MOST_COLUMNS}. {_EXPECTED}")
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = COLUMNS.get(plain(cell[:100]))
        if column in found:
            raise NoReport(f'The columns "{shown(cells[found[column]])}" and "{shown(cell)}" mean the same to us ({column}): leave one of them out.')
        if column:
            found[column] = place
    _refuse_unless_report(found, cells)
    return found


_EXPECTED = (
    "A report has a column for the event (event, Status, Ereignis) and one that names the letter, the file or the print run "
    "(letter_id, file, sequence, token, print_run, or in German Briefnummer, Datei, Laufnummer, Code, Auftrag). See docs/printing.md."
)


def _refuse_unless_report(found: Mapping[str, int], names: list[str]) -> None:
    if "event" in found and found.keys() & {"letter_id", "token", "file", "print_run", "sha256"}:
        return
    seen = ", ".join(f'"{shown(name)}"' for name in names[:_FOUND_AT_MOST]) or "nothing"
    more = f" and {len(names) - _FOUND_AT_MOST} more" if len(names) > _FOUND_AT_MOST else ""
    raise NoReport(f"This is no report of a print shop: the first line has {seen}{more}. {_EXPECTED}")


# --- JSON ----------------------------------------------------------------------------------------------------------------


def _json_rows(text: str, size: int) -> Iterator[Told | _Broken]:
    document, is_document = _document(text, size)
    if not is_document:
        return _json_lines(text)
    common: dict[str, Any] = {}
    if isinstance(document, dict):
        listed = next((document[name] for name in ("events", "letters", "lines") if isinstance(document.get(name), list)), None)
        common = {name: value for name, value in document.items() if not isinstance(value, list | dict)} if listed is not None else {}
        document = [document] if listed is None else listed
    known = [one for one in document if isinstance(one, dict) and (_told(common | one).keys() & {"event"})]
    if not known:
        first = next((one for one in document if isinstance(one, dict)), {})
        raise NoReport(f"This is no report of a print shop: its JSON has {', '.join(map(shown, list(first)[:_FOUND_AT_MOST])) or 'no objects'}. {_EXPECTED}")
    return (_from_object(number, one, common) for number, one in enumerate(document, 1))


def _document(text: str, size: int) -> tuple[Any, bool]:
    """The JSON document, or False for what may be JSON lines."""
    try:
        if size <= MOST_JSON_BYTES:
            return json.loads(text), True
        first, _, rest = text.strip().partition("\n")
        if rest and first.startswith("{") and isinstance(json.loads(first), dict):
            return None, False
    except (ValueError, RecursionError):
        if text.lstrip().startswith("{"):
            return None, False
        raise NoReport("The file begins like JSON and is none.") from None
    raise NoReport(f"A JSON document may have {MOST_JSON_BYTES // 1024 // 1024} MB at the most: send one object a line (JSON lines), or CSV.")


def _json_lines(text: str) -> Iterator[Told | _Broken]:
    first = next(line for line in _physical_lines(text) if line.strip())
    found = _object(first)
    if found is None:
        raise NoReport("The file begins like JSON, but neither the whole file nor its first line is JSON.")
    if "event" not in _told(found):
        raise NoReport(f"This is no report of a print shop: its first line has {', '.join(map(shown, list(found)[:_FOUND_AT_MOST]))}. {_EXPECTED}")
    return _all_json_lines(text)


def _all_json_lines(text: str) -> Iterator[Told | _Broken]:
    for number, line in enumerate(_physical_lines(text), 1):
        if not line.strip():
            continue
        found = _object(line)
        yield _Broken(number, "The line is no JSON object.", line) if found is None else _from_object(number, found, {})


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _from_object(number: int, one: object, common: Mapping[str, Any]) -> Told | _Broken:
    if not isinstance(one, dict):
        return _Broken(number, "The record is no JSON object.")
    return Told(number, _told({**common, **one}))


def _told(one: Mapping[str, Any]) -> dict[str, str]:
    """What an object says in our columns; of two names for one column the first counts, null is nothing."""
    found: dict[str, str] = {}
    for name, value in list(one.items())[:MOST_COLUMNS]:
        column = COLUMNS.get(plain(name[:100]))
        if column and value is not None and not isinstance(value, dict | list | bool):
            found.setdefault(column, value if isinstance(value, str) else _number(value))
    return found


def _number(value: int | float) -> str:
    try:
        return str(value)
    except ValueError:  # more digits than Python writes down
        return "a number without end"
