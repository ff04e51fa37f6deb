"""How does the text between two block marks become lines of words and placeholders?"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from markdown_it.token import Token

from layouts.errors import InvalidText
from layouts.text import Line, Placeholder, Run, Words

UNSUPPORTED = {
    "html_block": "HTML is not allowed: write plain words",
    "html_inline": "HTML is not allowed: write plain words",
    "image": "images are not allowed in a text",
    "link_open": "links cannot be clicked on paper: write the address as words, or use {short_link}",
    "code_block": "code (an indented block) is not supported: remove the spaces at the start of the line",
    "code_inline": "code in backticks is not supported",
    "fence": "code blocks are not supported",
    "blockquote_open": "quotations are not supported",
    "hr": "rulers are not supported",
}
"""What the parser finds and no letter can show, and what to do about it."""
BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


def lines(inline: Token, line_by_line: bool, path: Path, at: int) -> tuple[Line, ...]:
    """The lines of an inline token of the parser, whose placeholders are known to be right; raises InvalidText at line ``at`` of ``path``.

    A line break in the file is one on paper with ``line_by_line``, else a space.
    """
    found: list[list[Run]] = [[]]
    bold = italic = 0
    for child in _joined(inline.children or ()):
        match child.type:
            case "text":
                found[-1] += _runs(child.content, bool(bold), bool(italic))
            case "softbreak" if not line_by_line:
                found[-1].append(Words(" ", bool(bold), bool(italic)))
            case "softbreak" | "hardbreak":
                found.append([])
            case "strong_open" | "strong_close":
                bold += child.nesting
            case "em_open" | "em_close":
                italic += child.nesting
            case _:
                raise InvalidText(path, f"{UNSUPPORTED.get(child.type, child.type + ' is not supported')}.", at)
    return tuple(tuple(line) for line in found)


def _runs(text: str, bold: bool, italic: bool) -> list[Run]:
    """Cut at placeholders; the names are known to be right."""
    runs: list[Run] = []
    end = 0
    for match in BRACES.finditer(text):
        if match.start() > end:
            runs.append(Words(text[end : match.start()], bold, italic))
        runs.append(Placeholder(match[1], bold, italic))
        end = match.end()
    if end < len(text):
        runs.append(Words(text[end:], bold, italic))
    return runs


def _joined(children: Sequence[Token]) -> Iterator[Token]:
    """The same with plain text and what a backslash made plain as one: letters are kerned within it."""
    for is_text, group in groupby(children, lambda child: child.type in ("text", "text_special")):
        if is_text:
            yield Token("text", "", 0, content="".join(child.content for child in group))
        else:
            yield from group
