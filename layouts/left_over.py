"""What in a text looks like markup but is none, so that it would be printed as it was typed?"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markdown_it.token import Token

from layouts.errors import InvalidText

_LEFT_OVER = re.compile(r"\*\*|__|~~|`|\[\^|\]\(")
"""Markup that the parser has found no meaning for; what is written with a backslash is meant to be printed."""
_WHY_LEFT_OVER = {
    "**": "** has no partner: bold words stand **between two of them**, without blanks inside",
    "__": "__ has no partner: bold words stand **between two stars**",
    "~~": "words cannot be struck through: take them out",
    "`": "code in backticks is not supported; the apostrophe is ’",
    "[^": "footnotes are not supported: write the note in brackets, or as a paragraph below",
    "](": "links cannot be clicked on paper: write the address as words, or use {short_link}",
}
_WHY_NO_BEGINNING = {
    "|": "this is no table: below its head stands a line like |:---|---:| with as many columns as the head",
    ":": "this is no block: blocks begin with three colons and a blank, like ::: coupon",
    "#": "this is no heading: # to ### are followed by a blank and its words",
}


def refuse_definitions(defined: Mapping[str, Any], path: Path) -> None:
    """``[name]: …`` says where links of that name lead; the parser takes it out of the text."""
    for label, place in defined.get("references", {}).items():
        why = _WHY_LEFT_OVER["[^" if label.startswith("^") else "]("]
        raise InvalidText(path, f"{why}.", place["map"][0] + 1)


def refuse(inline: Token, source: Sequence[str], line: int, path: Path, of_paragraph: bool) -> None:
    """Raise InvalidText for the first such place in a paragraph, heading or cell that begins on ``line`` (from 1) of ``source``.

    Only lines of a paragraph (``of_paragraph``) could be meant to begin a block: a cell may hold ``#1``.
    """
    begins = of_paragraph
    for child in inline.children or ():
        if child.type in ("softbreak", "hardbreak"):
            line, begins = line + 1, True
            continue
        if child.type == "text" and (wrong := _wrong(child.content, begins)):
            why, at = wrong
            column = max(0, source[line - 1].find(child.content)) + at + 1
            raise InvalidText(path, f"{why}. A backslash in front prints it as it stands.", line, column)
        begins = begins and child.type == "text" and not child.content


def _wrong(text: str, begins: bool) -> tuple[str, int] | None:
    """Why a piece of plain text cannot be meant, and where in it; ``begins`` where it stands at the beginning of a line."""
    if begins and (text[:1] in _WHY_NO_BEGINNING or _is_table_rule(text)):
        return _WHY_NO_BEGINNING.get(text[:1], _WHY_NO_BEGINNING["|"]), 0
    found = _LEFT_OVER.search(text)
    return (_WHY_LEFT_OVER[found[0]], found.start()) if found else None


def _is_table_rule(text: str) -> bool:
    """Whether this is the line below a table's head; where there was a table the parser has taken it."""
    return "|" in text and "-" in text and not text.strip("|:- ")
