"""How does a Markdown file become the words of a letter?

A small part of Markdown on purpose: headings, paragraphs, bold, italic, lists, tables and the named blocks below. Anything else
is an error with its line, so that no letter ever shows markup, and none is silently dropped.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from layouts import containers, inline_text, left_over
from layouts.errors import InvalidText, did_you_mean
from layouts.inline_text import BRACES, UNSUPPORTED
from layouts.placeholders import CATALOGUE
from layouts.text import (
    MORE,
    Alignment,
    Block,
    BulletList,
    Cart,
    Condition,
    Coupon,
    Flowing,
    Heading,
    Line,
    NumberedList,
    PageBreak,
    Paragraph,
    Placeholder,
    QrCode,
    Signature,
    Table,
    Text,
)

CONTAINERS = ("letterhead", "information", "coupon", "cart", "qr-code", "signature", "if", "page-break", "objection", "footer")
_PLACES = ("letterhead", "information", "objection", "footer")
_LINE_BY_LINE = ("letterhead", "information", "signature", "footer")
"""Containers in which a line break in the file is a line break on paper."""

_CONDITION = re.compile(r"if( +not)? +(\S+)")
_BREAK, _END = re.compile(r":{3,} *page-break *"), re.compile(r" {0,3}:{3,} *")
_MOST_COLUMNS = 6
_DEEPEST_HEADING = 3


def read(path: Path, language: str) -> Text:
    """Parse the Markdown file ``path``; raises InvalidText with line and column."""
    try:
        source = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidText(path, "this is no UTF-8: save the file in that encoding.", error.object[: error.start].count(b"\n") + 1) from error
    _check_placeholders(source, path)
    # html=True only lets the parser see HTML, so that it can be refused; nothing is ever rendered as HTML.
    # text_join would mix what a backslash has made plain text with markup that nothing was made of.
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").disable("text_join")
    parser.use(container_plugin, "block", validate=lambda *_: True)
    parser.block.ruler.before("container_block", "page_break", _page_break, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    defined: dict[str, Any] = {}
    tokens = parser.parse(source, defined)
    left_over.refuse_definitions(defined, path)
    return _Reader(path, source.splitlines(), tokens).text(language)


def _page_break(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    """``::: page-break`` stands by itself; a ``:::`` right below it is taken for its end."""

    def words(number: int) -> str:
        return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]

    if not _BREAK.fullmatch(words(line)):
        return False
    if not silent:
        state.line = line + (2 if line + 1 < last and _END.fullmatch(words(line + 1)) else 1)
        state.push("page_break", "", 0).map = [line, state.line]
    return True


def _check_placeholders(source: str, path: Path) -> None:
    for number, line in enumerate(source.splitlines(), 1):
        for match in BRACES.finditer(line):
            column = match.start() + 1
            name = match[1]
            if name is None:
                raise InvalidText(path, f"a single {match[0]} has no partner: braces are for placeholders only, like {{first_name}}.", number, column)
            if name not in CATALOGUE:
                hint = did_you_mean(name, list(CATALOGUE), "{{{}}}")
                raise InvalidText(path, f"there is no placeholder {{{name}}}{hint}", number, column)


class _Reader:
    """Walks the parser's tokens once, from front to back."""

    def __init__(self, path: Path, source: Sequence[str], tokens: Sequence[Token]) -> None:
        self._path, self._source, self._tokens, self._at, self._line, self._container = path, source, tokens, 0, 1, ""
        self._subjects: list[tuple[int, bool]] = []
        """Line of each heading of level 1, and whether it stands in a condition."""

    def text(self, language: str) -> Text:
        body: list[Block] = []
        places: dict[str, tuple[Paragraph, ...]] = {}
        while self._at < len(self._tokens):
            token = self._next()
            if token.type != "container_block_open":
                body.append(self._block(token))
                continue
            name = self._container = self._container_name(token)
            line = self._line
            if name == "if":
                body.append(self._condition(token, line))
                continue
            inside = self._until("container_block_close", name in _LINE_BY_LINE)
            self._container = ""
            if name in _PLACES:
                if name in places:
                    raise InvalidText(self._path, f"there is a second ::: {name}, one is enough.", line)
                places[name] = containers.paragraphs(inside, name, self._path, line)
            else:
                body.append(containers.IN_TEXT[name](inside, self._path, line))
        self._check(places, body)
        return Text(language, places.get("letterhead", ()), places.get("information", ()), tuple(body), places["objection"], places.get("footer", ()))

    def _check(self, places: dict[str, tuple[Paragraph, ...]], body: list[Block]) -> None:
        if not containers.mentions(places.get("objection", ()), "objection_link"):
            raise InvalidText(
                self._path,
                "every letter must tell people that they can object to advertising (Art. 21(4) GDPR, binding in Germany as in all of the EU): "
                "add a ::: objection block that holds {objection_link}.",
            )
        for kind, name in ((Coupon, "coupon"), (Cart, "cart"), (QrCode, "qr-code"), (Signature, "signature")):
            if sum(isinstance(block, kind) for block in body) > 1:
                raise InvalidText(self._path, f"there is a second ::: {name}, one is enough.")
        always = [line for line, conditional in self._subjects if not conditional]
        if always and len(self._subjects) > 1:
            raise InvalidText(self._path, "a letter has one subject (#): make this one a heading (## or ###).", self._subjects[1][0])
        breaks = [at for at, block in enumerate(body) if isinstance(block, PageBreak)]
        if any(at in (0, len(body) - 1) or at + 1 in breaks for at in breaks):
            raise InvalidText(self._path, "::: page-break stands between two parts of the letter: there is nothing before or after it.", self._break_line)

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        if token.map:
            self._line = token.map[0] + 1
        if token.type == "page_break":
            self._break_line = self._line
        if token.type in UNSUPPORTED:
            raise InvalidText(self._path, f"{UNSUPPORTED[token.type]}.", self._line)
        return token

    def _container_name(self, token: Token) -> str:
        info = token.info.strip()
        name = "if" if info.split(" ")[0] == "if" else info
        if name not in CONTAINERS or name == "page-break":
            raise InvalidText(
                self._path, f"there is no block ::: {name}{did_you_mean(name, list(CONTAINERS))} Blocks are: {', '.join(CONTAINERS)}.", self._line
            )
        end = token.map[1] if token.map else 0
        if end >= len(self._source) or not _END.fullmatch(self._source[end]):  # the parser would let it end with the file
            raise InvalidText(self._path, f"::: {name} has no end: write ::: on a line of its own below what belongs to it.", self._line)
        return name

    def _condition(self, token: Token, line: int) -> Condition:
        match = _CONDITION.fullmatch(token.info.strip())
        if not match:
            raise InvalidText(self._path, "a condition names one placeholder, like: ::: if company, or: ::: if not company.", line)
        name = match[2].strip("{}")
        if name not in CATALOGUE or name == MORE:
            column = self._source[line - 1].rindex(match[2]) + 1
            raise InvalidText(self._path, f"there is no placeholder {name!r} to ask for{did_you_mean(name, list(CATALOGUE))}", line, column)
        inside = self._until("container_block_close")
        self._container = ""
        blocks = tuple(block for block in inside if isinstance(block, Flowing))
        if len(blocks) < len(inside) or not blocks:
            raise InvalidText(self._path, "::: if holds paragraphs, headings, lists and tables, at least one.", line)
        return Condition(name, blocks, negated=bool(match[1]))

    def _until(self, end: str, line_by_line: bool = False) -> list[Block]:
        blocks: list[Block] = []
        opened = self._line
        while (token := self._next()).type != end:
            if token.type == "container_block_open":
                raise InvalidText(self._path, f"a block cannot stand inside another one: does that of line {opened} have a ::: below it?", self._line)
            blocks.append(self._block(token, line_by_line))
        return blocks

    def _block(self, token: Token, line_by_line: bool = False) -> Block:
        match token.type:
            case "paragraph_open":
                lines = self._lines(self._next(), line_by_line)
                self._at += 1
                return Paragraph(lines)
            case "heading_open":
                return self._heading(int(token.tag[1:]))
            case "bullet_list_open":
                return BulletList(tuple(self._items("bullet_list_close")))
            case "ordered_list_open":
                return self._numbered()
            case "table_open":
                return self._table()
            case "page_break":
                return PageBreak()
            case _:
                raise InvalidText(self._path, f"{token.type.replace('_', ' ')} is not supported.", self._line)

    def _heading(self, level: int) -> Heading:
        line = self._line
        if level > _DEEPEST_HEADING:
            raise InvalidText(self._path, f"headings have {_DEEPEST_HEADING} levels, # to ###.", line)
        if level == 1 and self._container != "coupon":
            self._subjects.append((line, self._container == "if"))
        lines = self._lines(self._next(), False)
        self._at += 1
        if len(lines) > 1:
            raise InvalidText(self._path, "a heading is one line: it is broken where the paper ends.", line)
        return Heading(level, lines[0])

    def _numbered(self) -> NumberedList:
        """A list as it is numbered in the file: on from its first number, or with the same number before each item, which Markdown allows."""
        numbers: list[tuple[int, int]] = []
        items = self._items("ordered_list_close", numbers)
        first = numbers[0][0]
        repeated = all(number == first for number, _ in numbers)
        for expected, (number, line) in enumerate(numbers, first):
            if number != expected and not repeated:
                raise InvalidText(self._path, f"the list counts on: {number}. would be printed as {expected}.", line)
        return NumberedList(tuple(items), first)

    def _items(self, end: str, numbers: list[tuple[int, int]] | None = None) -> list[Paragraph]:
        items = []
        while (token := self._next()).type != end:
            if numbers is not None:
                numbers.append((int(token.info), self._line))
            inside = self._until("list_item_close")
            if len(inside) != 1 or not isinstance(inside[0], Paragraph):
                raise InvalidText(self._path, "a list item is one paragraph; lists in lists are not supported.", self._line)
            items.append(inside[0])
        return items

    def _table(self) -> Table:
        line, columns, rows = self._line, list[Alignment](), list[tuple[Line, ...]]()
        cells: list[Line] = []
        while (token := self._next()).type != "table_close":
            match token.type:
                case "th_open":
                    columns.append(Alignment(str(token.attrGet("style") or "text-align:left").removeprefix("text-align:")))
                case "inline":
                    cells.append(self._lines(token, False)[0])
                case "tr_close":
                    self._refuse_further_cells(len(columns))
                    rows.append(tuple(cells))
                    cells = []
        header, *others = rows
        if len(columns) > _MOST_COLUMNS:
            raise InvalidText(self._path, f"a table has {_MOST_COLUMNS} columns at the most, this one has {len(columns)}: a letter is no wider.", line)
        if not others:
            raise InvalidText(self._path, "a table has at least one row below its head.", line)
        return Table(tuple(columns), header, tuple(others))

    def _refuse_further_cells(self, columns: int) -> None:
        """Markdown drops the cells of a row for which the head has no column; nothing is dropped from a letter."""
        written = re.sub(r"\\.", "", self._source[self._line - 1]).strip().strip("|").split("|")
        if len(written) > columns:
            raise InvalidText(self._path, f"the row has {len(written)} cells, but the head of the table has {columns}.", self._line)

    def _lines(self, inline: Token, line_by_line: bool) -> tuple[Line, ...]:
        of_paragraph = self._tokens[self._at - 2].type == "paragraph_open"
        left_over.refuse(inline, self._source, self._line, self._path, of_paragraph)
        lines = inline_text.lines(inline, line_by_line, self._path, self._line)
        if self._container != "cart" and any(isinstance(run, Placeholder) and run.name == MORE for line in lines for run in line):
            raise InvalidText(self._path, f"{{{MORE}}} has a value inside ::: cart only, which counts the articles that it has no row for.", self._line)
        return lines
