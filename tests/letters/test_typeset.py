"""Do words become lines without losing or adding anything?"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase.pdfdoc import PDFDocument

from layouts.text import Placeholder, Words
from letters.check import printable
from letters.encoding import Encoder
from letters.fonts import face, regular, semibold
from letters.typeset import Compiled, Setter, Type

BODY = Type(regular(), 10.5, 14)
LINE = (Words("Liebe "), Placeholder("name"), Words(", hier ist "), Placeholder("what", bold=True), Words("."))
PRINTABLE = st.text(st.sampled_from(sorted(char for char in printable() if char.isascii())), max_size=120)


def compiled(measure: float, *lines: tuple[Words | Placeholder, ...]) -> Compiled:
    return Setter(Encoder(PDFDocument())).compile(lines or (LINE,), BODY, measure)


def shown(line: str) -> str:
    """What a line's code shows: strings without the operators and corrections between them."""
    strings = re.findall(r"\(((?:\\.|[^()\\])*)\)", f"({line})")
    return "".join(re.sub(r"\\([()\\])", r"\1", string) for string in strings)


@given(PRINTABLE, PRINTABLE, st.floats(30, 400))
def test_every_character_is_shown_in_order_whatever_the_values(name: str, what: str, measure: float) -> None:
    lines = compiled(measure).set({"name": name, "what": what})
    assert "".join(map(shown, lines)).replace(" ", "") == f"Liebe {name}, hier ist {what}.".replace(" ", "")


@given(PRINTABLE, st.floats(30, 400))
def test_no_line_is_wider_than_the_measure(name: str, measure: float) -> None:
    for line in compiled(measure, (Words("Liebe "), Placeholder("name"))).set({"name": name}):
        change = sum(int(step) for step in re.findall(r"\)(-?\d+)\(", line)) / 1000 * BODY.size
        assert BODY.width(shown(line)) - change <= measure + 0.01


def test_a_non_breaking_space_does_not_break() -> None:
    [first, second] = compiled(BODY.width("wir geben 10\u00a0") + 1, (Words("wir geben 10\u00a0€"),)).set({})
    assert (shown(first), second.replace("(", "")) == ("wir geben", second)


def test_a_single_word_is_not_left_alone_in_the_last_line() -> None:
    text = "eins zwei drei vier fünf sechs"
    first, last = compiled(BODY.width(text) - 1, (Words(text),)).set({})
    assert (shown(first), len(shown(last).split(" "))) == ("eins zwei drei vier", 2)


def test_a_value_with_spaces_breaks_where_words_do() -> None:
    lines = compiled(60).set({"name": "Anna Maria von der Heide", "what": "ein Gruß"})
    assert len(lines) > 3
    assert all(not shown(line).startswith(" ") and not shown(line).endswith(" ") for line in lines)


def test_a_line_whose_values_are_all_empty_can_be_left_out() -> None:
    stack = compiled(200, (Words("Telefon "), Placeholder("phone")), (Words("fest"),))
    assert len(stack.set({"phone": ""}, skip_empty=True)) == 1
    assert len(stack.set({"phone": "1"}, skip_empty=True)) == 2


@pytest.mark.parametrize("pair", ["Te", "LT", "P,", "W."])
def test_pairs_that_gape_are_set_closer(pair: str) -> None:
    for name in ("Regular", "It", "Semibold", "Bold", "BoldIt"):
        assert -200 < face(name).kerning[pair] < -30
    width, code = Setter(Encoder(PDFDocument())).line(pair, Type(semibold(), 21, 24))
    assert width < Type(semibold(), 21, 24).width(pair)
    assert ")" in code


def test_the_kerning_is_that_of_the_font() -> None:
    known = {"Te": -66, "To": -66, "LT": -120, "P,": -112, "re": -10, "nn": 0, "11": 0}
    assert {pair: regular().kerning[pair] for pair in known} == known


def test_an_address_is_not_kerned() -> None:
    assert Setter(Encoder(PDFDocument())).unkerned("LT (To)", BODY) == r"LT \(To\)"
