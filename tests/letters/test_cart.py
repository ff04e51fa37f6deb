"""Is a cart listed as it was left: every article, its price in the column, nothing lost without a word?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.letter import Item, LetterContent, code_url
from layouts import Layout, load
from layouts.placeholders import sample_items, samples
from letters import problem, render
from letters.cart import rows
from letters.check import printable
from letters.read_back import pages_of
from letters.room import Room
from tests.letters.conftest import ADDRESS, CREATED_AT, PUBLIC_URL, SENDER, Compose, Print, text_of

RIGHT = (210 - 20) / 25.4 * 72
"""Right edge of the text, in points."""
TEA = Item("1", "Assam", "9,90 €")


@dataclass(frozen=True)
class Word:
    """A line's piece as pdfium finds it, in points from the lower left corner."""

    text: str
    left: float
    bottom: float
    right: float


def words_of(path: Path, page: int = 0) -> list[Word]:
    with pypdfium2.PdfDocument(path) as pdf:
        textpage = pdf[page].get_textpage()
        boxes = [textpage.get_rect(index) for index in range(textpage.count_rects())]
        return [Word(textpage.get_text_bounded(*box).strip(), box[0], box[1], box[2]) for box in boxes]


def find(words: Sequence[Word], text: str) -> Word:
    [found] = [word for word in words if word.text == text.replace("\u00a0", " ")]
    return found


def articles(*numbers: int) -> tuple[Item, ...]:
    return tuple(Item(str(number), f"Tee Nummer {number}", f"{number},50 €") for number in numbers)


@pytest.mark.parametrize("name", ["cart", "cart-coupon"])
@pytest.mark.parametrize(("language", "total"), [("de", "Summe 70,20 €"), ("en", "Total €70.20")])
def test_every_article_stands_in_a_row_with_its_price_at_the_right(content: Compose, print_letters: Print, name: str, language: str, total: str) -> None:
    _, path = print_letters(content(name, language))
    read = text_of(path)
    for item in sample_items(language):
        assert f"{item.quantity} × {item.title} {item.price}".replace("\u00a0", " ") in read
    assert total in read
    words = words_of(path)
    prices = [find(words, item.price) for item in sample_items(language)]
    label = find(words, total.split()[0])
    last = max((word for word in words if abs(word.bottom - label.bottom) < 4), key=lambda word: word.right)
    assert [word.right for word in [*prices, last]] == pytest.approx([RIGHT] * 4, abs=0.8)
    assert [word.bottom for word in prices] == sorted((word.bottom for word in prices), reverse=True)
    assert last.bottom < prices[-1].bottom


def test_digits_of_equal_rank_stand_below_each_other(content: Compose, print_letters: Print) -> None:
    items = (Item("1", "Eins", "111,11 €"), Item("2", "Zwei", "777,47 €"), Item("3", "Drei", "1.404,04 €"))
    _, path = print_letters(content("cart", items=items))
    with pypdfium2.PdfDocument(path) as pdf:
        textpage = pdf[0].get_textpage()
        text = textpage.get_text_range()
        commas = [textpage.get_charbox(text.index(item.price) + item.price.index(","))[0] for item in items]
    assert commas == pytest.approx([commas[0]] * 3, abs=0.01)


@pytest.mark.parametrize(("count", "listed", "rest"), [(1, 1, 0), (6, 6, 0), (7, 5, 2), (40, 5, 35)])
def test_a_long_cart_is_summed_up_in_the_layouts_own_words(content: Compose, print_letters: Print, count: int, listed: int, rest: int) -> None:
    items = articles(*range(1, count + 1))
    result, path = print_letters(content("cart", items=items))
    read = text_of(path)
    assert [item for item in items if f"{item.title} {item.price}" in read] == list(items[:listed])
    assert ("weitere Artikel" in read) is bool(rest)
    assert not rest or f"und {rest} weitere Artikel" in read
    assert result.pages == 1


@pytest.mark.parametrize("name", ["cart", "cart-coupon"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_as_many_rows_as_a_bundled_layout_has_fit_on_its_first_page(
    content: Compose, print_letters: Print, all_layouts: dict[str, Layout], name: str, language: str
) -> None:
    result, path = print_letters(content(name, language, items=articles(*range(1, all_layouts[name].style.cart_rows + 1))))
    assert result.pages == 1
    with pages_of(path) as pages:
        assert pages.codes(1) == [code_url(PUBLIC_URL, room, "K7MWPQ4XH2RD") for room in "SO"]


def test_a_very_long_title_ends_after_three_lines(content: Compose, print_letters: Print) -> None:
    long = ("Handgetöpferte Teeschale aus der Werkstatt Müller in Husum, dunkelblau mit Goldrand, " * 4)[:300]
    _, path = print_letters(content("cart", items=(Item("1", long, "149 €"), Item("2", "W" * 300, "5 €"), TEA)))
    read = text_of(path)
    start = read.index("1 × Handgetöpferte")
    shown, _, after = read[start + 4 :].partition("…")
    assert long.startswith(shown.replace(" 149 €", ""))
    assert 150 < len(shown) < 300
    assert after.lstrip().startswith(("149 €", "2 ×"))
    assert "WWW…" in read
    assert "1 × Assam 9,90 €" in read


def test_an_article_is_data_and_never_markup(content: Compose, print_letters: Print) -> None:
    titles = ("R&D <b>Tee</b>", "{first_name}", "**fett** (offen", "back\\slash) 100 %")
    _, path = print_letters(content("cart", items=tuple(Item("1", title, "1 €") for title in titles)))
    assert all(f"1 × {title} 1 €" in text_of(path) for title in titles)


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ((), "'cart' lists the articles of a cart, but the letter has none"),
        ((TEA, Item("1", " ", "9,90 €")), "an article of the cart has no title"),
        ((Item("", "Assam", "9,90 €"),), "an article of the cart has no quantity"),
        ((Item("1", "Assam", ""),), "an article of the cart has no price"),
        ((TEA, Item("1", "玉露", "9,90 €")), "the font has no 玉 (U+7389), 露 (U+9732) in the cart's article '玉露'"),
        ((Item("1", "Assam\n100 g", "9,90 €"),), "U+000A in the cart's article"),
        ((Item("1", "Assam", "9,90 ﷼"),), "U+FDFC"),
        ((Item("1000000", "Assam", "9,90 €"),), "the quantity '1000000' or the price '9,90 €' of 'Assam' is wider than its column"),
        ((Item("1", "Assam", "1.234.567.890.123,00 €"),), "is wider than its column"),
    ],
)
def test_a_cart_that_cannot_be_listed_is_a_problem_and_the_renderer_gives_the_same_reason(
    content: Compose, all_layouts: dict[str, Layout], print_letters: Print, items: tuple[Item, ...], reason: str
) -> None:
    letter = content("cart", items=items)
    found = problem(letter, all_layouts["cart"], SENDER)
    assert found is not None
    assert reason in found
    assert print_letters(letter)[0].failures == ((0, found),)


def test_only_rows_that_are_printed_must_be_printable(content: Compose, all_layouts: dict[str, Layout]) -> None:
    items = (TEA,) * 6 + (Item("1", "玉露", ""),)
    assert problem(content("cart", items=items), all_layouts["cart"], SENDER) is None
    assert problem(content("plain", items=items[6:]), all_layouts["plain"], SENDER) is None


def test_a_thousand_pieces_of_one_article_have_room(content: Compose, print_letters: Print) -> None:
    result, path = print_letters(content("cart", items=(Item("1000", "Teefilter", "12.345,67 €"),)))
    assert not result.failures
    assert "1000 × Teefilter 12.345,67 €" in text_of(path)


def many_rows(all_layouts: dict[str, Layout], rows: int = 20) -> Layout:
    layout = all_layouts["cart-coupon"]
    return replace(layout, style=replace(layout.style, cart_rows=rows))


def test_a_page_ends_between_two_rows_and_the_sum_is_never_alone(content: Compose, print_letters: Print, all_layouts: dict[str, Layout]) -> None:
    title = "Zwölf Beutel Tee in einer Dose mit Deckel und Sichtfenster, die man auch anders verwenden kann, " * 2
    for lines, count in ((1, 20), (3, 20), (3, 12), (2, 13), (1, 17)):
        items = tuple(Item("1", f"Nr. {number} {title[: 60 * lines]}", f"{number},00 €") for number in range(1, count + 1))
        result, path = print_letters(content("cart-coupon", items=items), layouts={"cart-coupon": many_rows(all_layouts)})
        pages = [text_of(path, page) for page in range(result.pages)]
        starts = [[number for number in range(1, count + 1) if f"1 × Nr. {number} " in page] for page in pages]
        prices = [[number for number in range(1, count + 1) if f" {number},00 €" in page] for page in pages]
        assert starts == prices, "a row and its price are on one page"
        assert [number for page in starts for number in page] == list(range(1, count + 1))
        [ends] = [page for page in pages if "Summe 70,20 €" in page]
        assert f"1 × Nr. {count} " in ends
    assert len(pages) > 1


def test_letters_with_usual_carts_are_not_set_one_by_one(content: Compose, all_layouts: dict[str, Layout], monkeypatch: pytest.MonkeyPatch) -> None:
    layout = replace(all_layouts["cart"])  # one that no other test has asked about
    heard: list[int] = []
    monkeypatch.setattr(Room, "_set", lambda _, letter: heard.append(len(letter.items)))
    for items in (articles(1), articles(*range(1, 30)), (Item("1000", "W" * 300, "12.345,67 €"),)):
        assert problem(content("cart", items=items), layout, SENDER) is None
    assert heard == [6, 7], "once with all rows, once with the line for the rest"
    problem(content("cart", items=(Item("10000", "Assam", "9,90 €"),)), layout, SENDER)
    assert heard[2:] == [1]


def test_the_same_letter_reads_the_same_whatever_carts_are_printed_around_it(content: Compose, print_letters: Print) -> None:
    letters = [content("cart", items=articles(number, number + 1), token=f"K7MWPQ4XH2R{end}") for number, end in enumerate("ABCD", 1)]
    result, path = print_letters(*letters)
    for number in range(1, 5):
        read = text_of(path, number - 1)
        assert f"Tee Nummer {number} {number},50 €" in read
        assert read.count("Tee Nummer") == 2
    assert print_letters(*letters)[0] == result


_TITLES = (
    st.text(st.sampled_from([char for char in sorted(printable()) if char < "\u0180"]), min_size=1, max_size=300)
    .map(lambda title: " ".join(title.split()))
    .filter(bool)
)
_ITEMS = st.lists(st.builds(Item, st.integers(1, 1000).map(str), _TITLES, st.integers(0, 10**7).map(lambda cents: f"{cents // 100},{cents % 100:02} €")))


@given(_ITEMS.map(tuple))
@settings(deadline=None, max_examples=60)
def test_any_cart_is_set_or_refused_alike_by_check_and_renderer(tmp_path_factory: pytest.TempPathFactory, items: tuple[Item, ...]) -> None:
    layout = load("cart")
    letter = LetterContent("cart", "de", "K7MWPQ4XH2RD", ADDRESS, samples("de"), items)
    path = tmp_path_factory.getbasetemp() / "any-cart.pdf"
    result = render([letter], {"cart": layout}, SENDER, PUBLIC_URL, path, "Test", CREATED_AT)
    found = problem(letter, layout, SENDER)
    assert result.failures == (((0, found),) if found else ())
    assert (found is None) is bool(items)
    if items:
        text = "".join("".join(text_of(path, page).split()) for page in range(result.pages)).replace("\ufffe", "")
        for item in rows(items, layout.style):
            shown = "".join(item.title.split())
            assert f"{item.quantity}×{shown[:100]}" in text
            assert item.price.replace(" ", "") in text


def test_the_sample_cart_of_every_language_is_listed(content: Compose, all_layouts: dict[str, Layout]) -> None:
    for name in ("cart", "cart-coupon"):
        for language in all_layouts[name].languages:
            assert problem(content(name, language), all_layouts[name], SENDER) is None
