"""Which of the known formats is this file, and what does one tell somebody whose file is none of them?"""

import difflib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from campaigns.record import Kind
from importers.csv_file.formats import Format, best, heading_key, nearest
from importers.csv_file.known_formats import FORMATS, OBJECTIONS, ROBINSON
from importers.csv_file.rows import FIELDS
from importers.errors import UnknownFormat, UnsaidKind

SHOWN_COLUMNS = 100
"""Of a file with more of them, so that the answer stays readable; Shopify's widest has 79."""
_OBJECTION_NAMES = ("widerspruch", "widersprueche", "widersprüche", "werbesperre", "sperrliste", "objection", "opt-out", "optout")
_NOT = re.compile(r"(?<![^\W_])(?:ohne|kein|keine|nicht|without|no|not|non)(?![^\W_])")


def recognise(columns: Sequence[str], path: Path, kind: Kind | None = None) -> Format:
    """The format of the file with these headings; ``kind`` is what somebody says that it holds.

    A list of objections is one by what somebody says, by a column for objections, or by its name where its headings are of nothing
    else; a Robinson list only by what somebody says.  Headings of orders that lack something are never customers.
    Raises ``UnsaidKind``, or ``UnknownFormat`` with the columns, the nearest format, what it misses and a mapping file to start from.
    """
    told, kind = kind, kind or _kind_by_name(columns, path)
    candidates = _candidates(path, kind)
    found = best(candidates, columns)
    if found is None and kind is None:
        found = best((OBJECTIONS,), columns)
    if found is None:
        raise _unknown(columns, path, nearest(candidates, columns))
    if told is None and found.kind in (Kind.CUSTOMERS, Kind.OBJECTIONS) and (orders := _orders(columns)):
        raise _unknown(columns, path, nearest(orders, columns), f"If it does hold {found.kind} and no orders, import it with --as {found.kind}.\n")
    return found


def _orders(columns: Sequence[str]) -> list[Format]:
    """The formats of orders whose number and date the file has, under headings that no customers have."""
    ours = {heading_key(heading) for each in FORMATS if each.kind is Kind.CUSTOMERS for headings in each.headings.values() for heading in headings}
    rest = [column for column in columns if heading_key(column) not in ours]
    found = ((each, each.places(rest).keys()) for each in FORMATS if each.kind is Kind.ORDERS)
    return [each for each, fields in found if "ordered_at" in fields and fields & {"number", "id"}]


def _kind_by_name(columns: Sequence[str], path: Path) -> Kind | None:
    name = path.stem.casefold()
    if "robinson" in name:
        raise UnsaidKind(
            f"{path} looks like a Robinson list: read as customers it would do the opposite. "
            "Import it with --as robinson; if it does hold customers, with --as customers."
        )
    if not any(word in name for word in _OBJECTION_NAMES):
        return None
    if _NOT.search(name) or best(_candidates(path, None), columns) or _orders(columns):
        raise UnsaidKind(
            f"{path} is called like a list of objections and may be something else: nobody on such a list gets a letter. "
            "If each row is an objection, import it with --as objections; else say what it holds, like --as customers."
        )
    return Kind.OBJECTIONS


def _candidates(path: Path, kind: Kind | None) -> tuple[Format, ...]:
    if kind is Kind.OBJECTIONS:
        return (replace(OBJECTIONS, needs=OBJECTIONS.needs[1:], is_list=True),)
    if kind is Kind.ROBINSON:
        return (ROBINSON,)
    return tuple(each for each in FORMATS if (each.kind is kind if kind else each.hint in path.name.casefold()))


def _unknown(columns: Sequence[str], path: Path, closest: Format, perhaps: str = "") -> UnknownFormat:
    missing = closest.missing(columns)
    found = closest.places(columns)
    unread = [column for index, column in enumerate(columns) if column and index not in found.values()]
    words = "; ".join(
        closest.in_words(group) + _perhaps([heading for name in group for heading in closest.headings.get(name, ())], unread) for group in missing
    )
    skeleton = mapping_skeleton(columns, path, closest)
    return UnknownFormat(
        f"{path} has headings of no format that we know.\n"
        f"Found: {_first_of(columns)}.\n"
        f"Nearest: {closest.name} ({closest.kind}), which also needs {words}.\n{perhaps}"
        f"Export again with these headings, or save the following as a mapping file, complete it (docs/csv.md) and add --mapping FILE.toml:\n\n{skeleton}",
        tuple(columns),
        closest.name,
        tuple(closest.in_words(group) for group in missing),
        skeleton,
    )


def _first_of(columns: Sequence[str]) -> str:
    return ", ".join(columns[:SHOWN_COLUMNS]) + (f" and {len(columns) - SHOWN_COLUMNS} more" if len(columns) > SHOWN_COLUMNS else "")


def _perhaps(wanted: Iterable[str], unread: Sequence[str]) -> str:
    """The column that may be meant, as far as spelling can tell."""
    keys = {heading_key(column): column for column in unread}
    close = next((match[0] for heading in wanted if (match := difflib.get_close_matches(heading_key(heading), keys, 1, 0.6))), None)
    return f' (perhaps "{keys[close]}"?)' if close else ""


def mapping_skeleton(columns: Sequence[str], path: Path, closest: Format) -> str:
    """A mapping file for these columns, as complete as the nearest format allows."""
    columns = columns[:SHOWN_COLUMNS]
    fields = {index: name for name, index in closest.places(columns).items()}
    known = [f'{_quoted(column)} = "{fields[index]}"' for index, column in enumerate(columns) if index in fields]
    open_ = [f'# {_quoted(column)} = ""' for index, column in enumerate(columns) if index not in fields and column]
    needed = [closest.in_words(group) for group in closest.missing(columns)]
    lines = [
        f"name = {_quoted(path.stem)}",
        f'kind = "{closest.kind}"  # {", ".join(Kind)}',
        f"match = [{', '.join(_quoted(column) for column in columns if column)}]  # a file with all these headings is read by this mapping",
        "",
        f"[columns]  # still missing: {'; '.join(needed)}",
        *known,
        *open_,
        f"# fields: {', '.join(FIELDS[closest.kind])}",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """As a TOML string (JSON's escapes are a part of TOML's)."""
    return json.dumps(text, ensure_ascii=False)
