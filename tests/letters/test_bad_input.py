"""What if names, addresses, values and texts are hostile or broken?

A letter is printed as it was given, or left out with a reason. Nothing else: no other error, no file opened, no connection made, no box
instead of a letter. More examples: ``pytest tests/letters/test_bad_input.py --hypothesis-profile=thorough``.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import layouts
from campaigns.address import Address, AddressProblem, postal, postal_problem
from campaigns.customer import Customer, Sex
from campaigns.destinations import DESTINATIONS
from campaigns.letter import Item, LetterContent, Occasion, Recipient, compose
from layouts import Layout
from layouts.errors import LayoutError
from layouts.placeholders import sample_items, samples
from letters import RenderedFile, render
from letters.address import fitted
from letters.check import problem
from letters.encoding import Codes
from letters.errors import Misfit
from letters.read_back import pages_of
from tests.letters.conftest import CREATED_AT, PUBLIC_URL, SENDER

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")  # where an example with 10,000 characters fails

SECRET = "/etc/hostname"
NASTY = [
    "",
    " ",
    "\x00",
    "Anna\x00Müller",
    "Anna\x1b[31m",
    "Zeile\nzwei\r\nund\tdrei",
    "\x85\u2028\u2029",
    f'<img src="{SECRET}"/>',
    f'<img src="file://{SECRET}">',
    '<img src="http://127.0.0.1:9/x.png">',
    "<font color=\"[[[getattr(pow,Word('__globals__'))]]]\">x</font>",
    "<b>fett</b> <a href='javascript:alert(1)'>x</a>",
    "</para><para>",
    "R&D",
    "Müller <AG> & Co. &amp; &lt;",
    "{coupon_code}",
    "{last_name} {0} {} {{}} {x!r:>{y}}",
    "%s %(name)s %n",
    "$(id) `id` ${HOME}",
    ")]TJ ET Q BT /F1+0 99 Tf (",
    "(\\)\\\\(",
    "endobj endstream xref",
    "'; DROP TABLE customers; --",
    "# Überschrift",
    "::: coupon",
    "**fett** _kursiv_ | a | b |",
    "n" * 10_000,
    "wort " * 2_000,
    "ä\u0308\u0301" * 3_000,
    "Mu\u0308ller",
    "M\u0302",
    "Z\u0361a\u0300\u0316lgo" * 20,
    "\u202egnuldatsetnu\u202c",
    "\u2066x\u2069\u200e\u200f",
    "דוד בן־גוריון",
    "محمد",
    "王小明",
    "😀👨‍👩‍👧🇩🇪",
    "\U0001d400",
    "\ud800",
    "\udfff x",
    "\ufeffAnna",
    "\ufffd\ufffe\uffff",
    "An\u00adna-Ma\u00adria",
    "a\u200bb\u200dc\u2060d",
    "x\u00a0y\u202fz\u2009w",
    "\ufb01nanzen \ufb06",
    "ﷺ",
    "İıŞşĞğ ẞß Ǆǆ ŉ",
    "Ωμέγα Ђура",
    "\u0e01\u0e33",
    "\ue000",
]
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=60),
    st.text(alphabet=st.characters(codec="latin-1"), max_size=60),
    st.text(alphabet=st.characters(max_codepoint=0x24F, exclude_categories=["C"]), max_size=200),
    st.lists(st.sampled_from(NASTY), max_size=3).map(" ".join),
)
NAMES = ("salutation", "first_name", "last_name", "full_name", "customer_number", "last_order_date", "coupon_value", "coupon_code", "coupon_conditions")
VALUES = st.dictionaries(st.sampled_from(NAMES), TEXTS, min_size=1, max_size=4)
ITEMS = st.lists(st.builds(Item, TEXTS, TEXTS, TEXTS), max_size=3).map(tuple)
FEW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)


class Watch:
    """Notes what Python opens and connects to while it is on; an audit hook cannot be taken away again."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._on = False
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if self._on and (event == "open" or event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "urllib."))):
            self.seen.append(f"{event} {args[0]!r}" if event == "open" else event)

    @contextmanager
    def on(self) -> Iterator[list[str]]:
        """Note down; gives the list."""
        self.seen, self._on = [], True
        try:
            yield self.seen
        finally:
            self._on = False


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="module")
def designs() -> dict[str, Layout]:
    return {name: layouts.load(name) for name in layouts.names()}


@pytest.fixture(autouse=True)
def _no_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every character that is encoded has a glyph in its face; glyph 0 is the box."""
    encode = Codes.__missing__

    def checked(codes: Codes, code: int) -> str:
        face = codes._face
        assert chr(code) in face.widths, f"U+{code:04X} would be printed as a box"
        assert face.font.face.charToGlyph[code] > 0
        return encode(codes, code)

    monkeypatch.setattr(Codes, "__missing__", checked)


def letter(layout: str = "winback", address: tuple[str, ...] = ("Johanna Weber", "Möwenweg 7", "20253 Hamburg"), **values: str) -> LetterContent:
    known = {**samples("de"), "short_link": "lindenhof.example/S/K7MWPQ4XH2RD", "objection_link": "lindenhof.example/O/K7MWPQ4XH2RD"}
    return LetterContent(layout, "de", "K7MWPQ4XH2RD", address, {**known, **values}, sample_items("de"))


def printed(contents: list[LetterContent], found: dict[str, Layout], path: Path, watch: Watch) -> RenderedFile:
    """Render while everything that is opened is noted: nothing but the file itself, and what the fonts and the code are read from."""
    with watch.on() as seen:
        result = render(contents, found, SENDER, PUBLIC_URL, path, "Test", CREATED_AT)
    own = (str(path.parent), sys.prefix, sys.base_prefix, str(Path(layouts.__file__).parents[1]))
    assert [what for what in seen if not any(f"open '{place}" in what for place in own)] == []
    return result


def bare(text: str) -> str:
    """Text without what line breaking may add or take: blanks, hyphens; ligatures are read back as their letters."""
    return re.sub(r"[\s\u00ad\u2010\u0002-]", "", unicodedata.normalize("NFKC", text))


def unread(value: str, pages: list[str]) -> str:
    """What is missing of a value that may go over from page to page."""
    for page in pages:
        low, high = 0, len(value)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if value[:middle] in page else (low, middle - 1)
        value = value[low:]
    return value


def check(contents: list[LetterContent], result: RenderedFile, found: dict[str, Layout], path: Path, *shown: str) -> None:
    """Each letter is refused with a reason that its check gives too, or stands on its pages as it was given."""
    reasons = dict(result.failures)
    for index, content in enumerate(contents):
        reason = reasons.get(index)
        assert problem(content, found[content.layout], SENDER) == reason
        assert reason is None or reason.strip()
    if not result.pages:
        return
    with pages_of(path) as pages:
        for content, place in zip(contents, result.placed, strict=True):
            if place is None:
                continue
            layout = found[content.layout]
            lines = fitted(content.address, layout.form)
            assert lines is not None
            zone = pages.text(place.first_page, layout.form.address_zone)
            assert [bare(line) for line in zone.splitlines()] == [bare(line) for line in lines.lines]
            texts = [bare(pages.text(place.first_page + page)) for page in range(place.pages)]
            for name in set(shown) & layout.placeholders(content.language):
                assert unread(bare(content.values[name]), texts) == "", name


@FEW
@given(st.lists(VALUES, min_size=1, max_size=3), st.sampled_from(["winback", "plain", "offer"]))
def test_values_are_printed_as_they_are_or_refused(
    tmp_path_factory: pytest.TempPathFactory, designs: dict[str, Layout], watch: Watch, values: list[dict[str, str]], name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "values.pdf"
    contents = [replace(letter(name), values={**letter(name).values, **each}) for each in values]
    result = printed(contents, designs, path, watch)
    check(contents, result, designs, path, "salutation", "coupon_code", "last_order_date", "customer_number")


@FEW
@given(st.lists(st.lists(TEXTS, max_size=7).map(tuple), min_size=1, max_size=3))
@example([("Anna", "Weg 1", "20253 Hamburg"), tuple(NASTY[5:11])])
def test_lines_of_an_address_are_printed_as_they_are_or_refused(
    tmp_path_factory: pytest.TempPathFactory, designs: dict[str, Layout], watch: Watch, addresses: list[tuple[str, ...]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "addresses.pdf"
    contents = [letter("plain", address) for address in addresses]
    check(contents, printed(contents, designs, path, watch), designs, path)


@pytest.mark.parametrize("text", NASTY, ids=[f"{at}" for at in range(len(NASTY))])
def test_each_nasty_text_as_a_name(text: str, tmp_path: Path, designs: dict[str, Layout], watch: Watch) -> None:
    path = tmp_path / "letter.pdf"
    contents = [letter("winback", salutation=f"Guten Tag {text},"), letter("plain", (text, "Weg 1", "20253 Hamburg")), letter("plain")]
    result = printed(contents, designs, path, watch)
    assert result.placed[2] is not None, "the letter beside it is printed"
    check(contents, result, designs, path, "salutation")


@FEW
@given(ITEMS)
def test_articles_of_a_cart_are_printed_or_refused(
    tmp_path_factory: pytest.TempPathFactory, designs: dict[str, Layout], watch: Watch, items: tuple[Item, ...]
) -> None:
    path = tmp_path_factory.getbasetemp() / "carts.pdf"
    contents = [replace(letter("cart"), items=items)]
    check(contents, printed(contents, designs, path, watch), designs, path)


PARTS = st.one_of(st.sampled_from(NASTY), st.text(max_size=30))
PEOPLE = st.builds(
    Address, PARTS, PARTS, PARTS, PARTS, PARTS, PARTS, st.one_of(PARTS, st.just("20253")), PARTS, st.one_of(PARTS, st.sampled_from([*DESTINATIONS, "AR"]))
)


@FEW
@given(PEOPLE, st.sampled_from(list(Sex)), st.sampled_from(["de", "en", "fr", ""]))
def test_a_person_with_a_broken_record_gets_a_letter_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, designs: dict[str, Layout], watch: Watch, address: Address, sex: Sex, language: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "people.pdf"
    found = postal(address, SENDER.country)
    assert postal_problem(address, SENDER.country) is found.problem
    assert len(found.lines) <= 6 or found.problem
    occasion = Occasion(SENDER, CREATED_AT.date(), PUBLIC_URL)
    content = compose(Recipient(Customer("shop", "1", address=address, sex=sex, language=language)), "plain", language, "K7MWPQ4XH2RD", occasion, None)
    assert content.address == found.lines
    contents = [replace(content, values={**samples("de"), **content.values})]
    check(contents, printed(contents, designs, path, watch), designs, path)


def test_what_nobody_can_read_is_told_at_the_address_already() -> None:
    for name in ("\x00", "\u202eanna", "דוד", "محمد", "😀", "\ud800", "\ufffd", "\ue000", "An\u00adna", "\ufeffAnna"):
        address = Address(last_name=f"X{name}", street="Weg 1", postcode="20253", town="Hamburg", country="DE")
        assert postal_problem(address, "DE") is AddressProblem.BAD_CHARACTER, name


PIECES = st.sampled_from(
    [
        "# {coupon_value}",
        "{salutation}",
        "Ein Satz mit **fettem** und _kursivem_ Wort.",
        "- eins\n- zwei",
        "1. eins\n2. zwei",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "::: coupon\n# {coupon_value}\n## {coupon_code}\n:::",
        "::: qr-code\nText\n:::",
        "::: signature\nGruß\n\n{signatory}\n:::",
        "::: page-break\n:::",
        "::: if coupon_code\nText\n:::",
        "::: objection\n{objection_link}\n:::",
        ":::",
        "::: ",
        "::: footer",
        "{",
        "{unbekannt}",
        "{{salutation}}",
        "![Bild](/etc/hostname)",
        "[Link](file:///etc/hostname)",
        "<b>x</b>",
        "```\ncode\n```",
        "> Zitat",
        "---",
        "\\",
        "***",
        "wort " * 3_000,
        "n" * 5_000,
        *NASTY,
    ]
)


@FEW
@given(st.lists(st.one_of(PIECES, st.text(max_size=40)), max_size=8).map("\n\n".join))
def test_a_text_of_a_layout_is_printed_or_refused(tmp_path_factory: pytest.TempPathFactory, watch: Watch, text: str) -> None:
    home = tmp_path_factory.getbasetemp() / "own" / "mine"
    home.mkdir(parents=True, exist_ok=True)
    (home / "layout.toml").write_text('title = "Meins"\n', encoding="utf-8")
    (home / "de.md").write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        layout = layouts.load("mine", home.parent)
    except LayoutError as error:
        assert str(error).strip()
        return
    path = home.parent / "mine.pdf"
    contents = [letter("mine")]
    try:
        result = printed(contents, {"mine": layout}, path, watch)
    except Misfit as error:
        assert str(error).strip()
        return
    check(contents, result, {"mine": layout}, path)
