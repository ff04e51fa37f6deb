"""What should a print file say, and how much of it is looked at closely?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaigns.letter import LetterContent, code_url
from campaigns.sender import Sender
from layouts.din5008 import Form
from layouts.layout import Layout
from layouts.production import Production
from layouts.text import QrCode
from letters import address


@dataclass(frozen=True, slots=True)
class ExpectedLetter:
    """What one letter of a print file should say, and where it stands."""

    number: int
    """The letter's number in the database; findings name it."""
    first_page: int
    """Counted from 1."""
    pages: int
    address: tuple[str, ...]
    """Line by line, as it is broken for the window. Empty for a letter to somebody who was erased: it is counted, and not read."""
    return_line: str
    form: Form
    codes: frozenset[str]
    """The addresses that its QR codes lead to."""
    token: str = ""
    """What its short links end with, which no other letter has; empty where its text prints no link."""
    line_ends: tuple[tuple[float, float], ...] = ()
    """Where the last character of each line of the address begins: from the left and to the baseline, in millimetres."""
    type_pt: float = 0
    """Size of the address."""
    kind: str = ""
    """Layout and language: what letters of one kind share is looked at in the first of them."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many letters have their QR codes decoded and their window looked at as pixels (6 ms each).

    The first and the last of a file always have, the first of each layout and language, and the first of each way in which pages are drawn.
    """

    every: int = 50
    """Every how many letters; 1 looks at all."""

    def picks(self, letters: Sequence[ExpectedLetter]) -> set[int]:
        """The places of the letters to look at, from 0."""
        first_of_kind = {letter.kind: place for place, letter in reversed(list(enumerate(letters)))}
        return {*range(0, len(letters), self.every), *first_of_kind.values(), len(letters) - 1}


def expected(
    contents: Iterable[tuple[int, LetterContent]],
    placed: Mapping[int, tuple[int, int]],
    layouts: Mapping[str, Layout],
    sender: Sender,
    public_url: str,
    production: Production,
) -> list[ExpectedLetter]:
    """What the file with these letters (number and content) should say; ``placed`` gives each letter's first page and number of pages.

    A letter that stands nowhere (it could not be set) is not expected.
    """
    layouts = {name: production.fitted(layout) for name, layout in layouts.items()}
    rooms: dict[tuple[str, str], str] = {}
    return_line = sender.return_line if production.return_line else ""
    letters = []
    for number, content in contents:
        if number not in placed:
            continue
        layout, key = layouts[content.layout], (content.layout, content.language)
        if key not in rooms:
            rooms[key] = "SO" if _leads_to_the_shop(layout.text(content.language).body) else "O"
        codes = frozenset(code_url(public_url, room, content.token) for room in rooms[key])
        first_page, pages = placed[number]
        set_as = address.fitted(content.address, layout.form)
        lines = set_as.lines if set_as else content.address
        ends, size = (address.line_ends(set_as, layout.form), set_as.type.size) if set_as else ((), 0)
        text = layout.text(content.language)
        token = content.token if "objection_link" in text.placeholders - text.conditional else ""
        kind = f"{layout.name} {content.language}"
        letters.append(ExpectedLetter(number, first_page, pages, lines, return_line, layout.form, codes, token, ends, size, kind))
    return letters


def _leads_to_the_shop(body: Sequence[Any]) -> bool:
    """Whether a text has a QR code for the shop; the one for the objection stands in every letter."""
    return any(isinstance(part, QrCode) for part in body)
