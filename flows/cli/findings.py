"""How is shown what a look at a CSV file has found out?"""

from dataclasses import fields, is_dataclass
from typing import Any

from rich.table import Table

from flows.cli.terminal import console, say
from importers.csv_file import Report

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def show_findings(found: Report) -> None:
    """What would be read and how, what would stay outside and why, and the first records."""
    delimiter = _DELIMITERS.get(found.delimiter, found.delimiter)
    say(f"{found.path}: {found.format} ({found.kind}), {found.encoding}, {delimiter}, {found.line_end}, {found.size:,} bytes")
    columns = Table("column", "read as", "written")
    for column in found.read:
        columns.add_row(column.heading, column.field, column.written)
    for field, value in found.fixed.items():
        columns.add_row("(mapping file)", field, value)
    console.print(columns)
    if found.ignored:
        say(f"Not read: {', '.join(found.ignored)}")
    counts = ", ".join(f"{count:,} of the kind {name}" for name, count in found.records.items()) or "none"
    say(f"Records: {counts}. Rejected: {found.rejected:,}.")
    for reason in found.reasons:
        say(f"- {reason.reason.replace('_', ' ')}: {reason.count:,}, like")
        for one in reason.first:
            say(f"    row {one.position}: {one.message}")
    if found.unknown_states:
        words = ", ".join(f'"{word}" ({count:,})' for word, count in found.unknown_states.items())
        say(f"Unknown states of orders, read as open, with their rows: {words}. Say what they mean in a mapping file.")
    for number, record in enumerate(found.samples, 1):
        say(f"Record {number}: {_in_words(record)}")
    say("Nothing was stored.")


def _in_words(record: Any) -> str:
    """The fields that say something."""
    return ", ".join(f"{field.name}: {told}" for field in fields(record) if (told := _told(getattr(record, field.name))))


def _told(value: Any) -> str:
    if is_dataclass(value):
        told = _in_words(value)
        return f"({told})" if told else ""
    if isinstance(value, tuple):
        return "; ".join(_told(one) for one in value)
    return "" if value is None else str(value)
