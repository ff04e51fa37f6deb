"""Do words become lines without losing or adding anything?"""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from reportlab.pdfbase.pdfdoc import PDFDocument

from layouts.style import Font
from layouts.text import Placeholder, Words
from letters.check import printable
from letters.encoding import Encoder
from letters.fonts import face, regular, semibold
from letters.hyphenation import breaks
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


WORDS = (
    "Bestellung Versandkostenpauschale wir und Sie Gutschein, Maier-Leibnitz B-118204 Lebensmittel\u00adverordnung "
    "(Weihnachtsveranstaltung) lindenhof.example/S/K7"
)
GERMAN = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=60).map(" ".join)


def broken(text: str, measure: float, type_: Type = BODY) -> list[tuple[float, str]]:
    setter = Setter(Encoder(PDFDocument())).speaking("de")
    return [(width, shown(code)) for width, code in setter.compile([(Words(text),)], type_, measure, divides=True).measured({})]


@given(GERMAN, st.floats(60, 400))
def test_divided_words_lose_nothing_and_are_divided_where_the_language_allows(text: str, measure: float) -> None:
    rest, lines = text.split(" "), [line for _, line in broken(text, measure)]
    for number, line in enumerate(lines):
        *whole, last = line.split(" ")
        assert whole == [word.replace("\u00ad", "") for word in rest[: len(whole)]]
        word = rest[len(whole)]
        rest = rest[len(whole) + 1 :]
        if last != word.replace("\u00ad", ""):
            assert number < len(lines) - 1
            assume(BODY.width(word) <= measure)  # a word wider than the line is cut at last between any letters
            places = [at for at, added in breaks(word, "de") if word[:at].replace("\u00ad", "") + "-" * added == last]
            assert places, (word, last)
            rest.insert(0, word[places[0] :])
    assert not rest


@given(GERMAN, st.floats(60, 400))
def test_the_measured_width_is_that_of_the_line_and_none_is_beyond_the_measure(text: str, measure: float) -> None:
    for width, line in broken(text, measure):
        assert width <= measure + 0.01
        assert width in (measure, pytest.approx(BODY.width(line), abs=0.1 * len(line))), "but for kerning, and words that were cut"


@given(GERMAN, st.floats(120, 400))
def test_three_lines_below_each_other_never_end_in_a_divided_word(text: str, measure: float) -> None:
    setter = Setter(Encoder(PDFDocument())).speaking("de")
    compiled = setter.compile([(Words(text),)], BODY, measure, divides=True)
    divided, lines = compiled.divided({}), len(compiled.set({}))
    assert not [number for number in divided if {number + 1, number + 2} <= divided]
    assert lines - 1 not in divided


def test_a_word_is_divided_only_where_the_line_would_be_ragged() -> None:
    start, word = "Wir senden Ihnen ", "Versandkostenpauschalen"
    rest = " " + "und noch ein paar Worte mehr " * 4
    room = BODY.width(start) + 3 + BODY.width(word)
    assert broken(start + word + rest, room - 4)[0][1] == "Wir senden Ihnen Versandkostenpauscha-"
    full = "Wir senden Ihnen heute also die "
    assert broken(full + word + rest, BODY.width(full) * 1.08)[0][1] == full.strip(), "a centimetre and a half is no reason"
    assert broken(start + word + " an", room - 4)[-1][1] == "Versandkostenpauschalen an", "not for the last line's sake"


def test_names_and_headings_are_not_divided_but_running_values_are() -> None:
    setter = Setter(Encoder(PDFDocument())).speaking("de")

    def lines(name: str, divides: bool, value: str) -> list[str]:
        line = (Words("Sehr sanft "), Placeholder(name), Words(" und noch ein paar Worte, damit es weitergeht"))
        return [shown(code) for code in setter.compile([line], BODY, 110, divides).set({name: value})]

    assert lines("coupon_conditions", True, "Mindestbestellwert")[0] == "Sehr sanft Mindestbe-"
    assert lines("coupon_conditions", False, "Mindestbestellwert")[0] == "Sehr sanft"
    assert lines("last_name", True, "Mindestbestellwert")[0] == "Sehr sanft"
    assert lines("last_name", False, "Mindest\u00adbestellwert")[0] == "Sehr sanft Mindest-"
    assert lines("last_name", False, "Mi\u00adn\u00add")[0] == "Sehr sanft Mind und", "a soft hyphen that is not needed is not printed"


def test_a_word_wider_than_the_line_is_divided_before_it_is_cut() -> None:
    assert [line for _, line in broken("Versandkostenpauschale", 60)] == ["Versandkos-", "tenpauschale"]
    assert [line for _, line in broken("A" * 30, 100)] == ["A" * 17, "A" * 13]


@pytest.mark.parametrize("space", ["\u00a0", "\u202f"])
def test_spaces_that_do_not_break_are_printed_as_spaces(space: str) -> None:
    text = f"wir geben 10{space}€"
    [(_, first), (_, second)] = broken(text, BODY.width("wir geben 10 ") + 1)
    assert first == "wir geben"
    assert second.startswith("10")
    assert BODY.width(f"a{space}b") > BODY.width("ab")


def test_dates_and_amounts_in_values_are_not_parted() -> None:
    setter = Setter(Encoder(PDFDocument()))
    line = (Words("Der Gutschein gilt bis "), Placeholder("coupon_valid_until"), Words(" im Laden"))
    measure = BODY.width("Der Gutschein gilt bis 31. Januar ")
    first, second = setter.compile([line], BODY, measure).set({"coupon_valid_until": "31. Januar 2027"})
    assert (shown(first), shown(second)) == ("Der Gutschein gilt bis", "31. Januar 2027 im Laden")


def test_a_title_stays_with_the_name_that_follows_it() -> None:
    line = (Words("Das ist nun Frau "), Placeholder("last_name"), Words(", und "), Words("Frau "))
    lines = compiled(BODY.width("Das ist nun Frau W"), line).set({"last_name": "Weber"})
    assert list(map(shown, lines)) == ["Das ist nun", "Frau Weber, und", "Frau"]


def test_letter_and_accent_are_printed_as_one_character() -> None:
    setter = Setter(Encoder(PDFDocument()))
    assert setter.line("Jose\u0301", BODY) == setter.line("José", BODY)
    assert setter.unkerned("Jose\u0301", BODY) == setter.unkerned("José", BODY)
    assert BODY.width("Jose\u0301") == BODY.width("José")


def test_source_serif_is_kerned_has_its_own_capitals_and_borrows_what_it_lacks() -> None:
    serif = regular(Font.SERIF)
    assert serif is not regular()
    assert serif.kerning["To"] < -30
    assert semibold(Font.SERIF).kerning["Te"] < -30
    assert (regular().cap_height, serif.cap_height) == (0.66, 0.67)
    assert printable() <= set(serif.widths)
    width, code = Setter(Encoder(PDFDocument())).line("Aŋŋa", Type(serif, 10.5, 14))
    assert code.count(" Tf [(") == 4, "to the other face and back, twice"
    assert width == pytest.approx(Type(serif, 10.5, 14).width("Aŋŋa"), abs=1)


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
