"""Do lists, tables, conditions and page breaks come to their places, and paragraphs over the end of a page?"""

import re
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import layouts
from layouts import Layout
from layouts.style import BLACK
from letters import problem
from letters.blocks import chunks
from tests.letters.conftest import SENDER, Compose, Print, text_of

OBJECTION = "\n\n::: objection\nWiderspruch: {objection_link}\n:::\n"
SENTENCE = "Dieser Satz steht hier mehr als einmal, damit die Seite voll wird. "
SIGNATURE = "\n\n::: signature\nHerzliche Grüße\n\n{signatory}\n:::"


def layout_of(folder: Path, text: str, toml: str = 'title = "Mine"\n') -> dict[str, Layout]:
    (folder / "mine").mkdir(exist_ok=True)
    (folder / "mine" / "layout.toml").write_text(toml)
    (folder / "mine" / "de.md").write_text(text + OBJECTION)
    return {"mine": layouts.load("mine", folder)}


def lines_of(path: Path, page: int) -> list[list[tuple[str, float]]]:
    """The lines of the running text, from top to bottom: words, each with its left edge in points."""
    with pypdfium2.PdfDocument(path) as pdf:
        textpage = pdf[page].get_textpage()
        found: dict[float, list[tuple[float, str]]] = {}
        for index in range(textpage.count_rects()):
            left, bottom, right, top = textpage.get_rect(index)
            if (98 if page == 0 else 20) < (842 - top) / 72 * 25.4 < (262 if page == 0 else 272):
                line = next((known for known in found if abs(known - bottom) < 5), bottom)
                found.setdefault(line, []).append((left, textpage.get_text_bounded(left, bottom, right, top).strip()))
        return [[(words, left) for left, words in sorted(row)] for _, row in sorted(found.items(), reverse=True)]


@given(st.integers(1, 60), st.frozensets(st.integers(0, 60)))
def test_a_paragraph_leaves_two_lines_on_each_side_and_no_divided_word(lines: int, divided: frozenset[int]) -> None:
    parts = chunks(lines, divided)
    assert sum(parts) == lines
    if len(parts) > 1:
        assert min(parts[0], parts[-1]) >= 2
    assert not {sum(parts[: number + 1]) - 1 for number in range(len(parts) - 1)} & divided


def test_white_between_blocks_is_taken_before_a_second_page_is_begun_but_not_much_of_it(content: Compose, print_letters: Print, tmp_path: Path) -> None:
    pages, gaps = [], []
    for spare in range(12):
        text = f"# Betreff\n\n{{salutation}}\n\n{SENTENCE * 8}\n\n{SENTENCE * 8}\n\n{SENTENCE * 8}\n\n{SENTENCE * 5}{'Ende. ' * 9 * spare}{SIGNATURE}"
        result, path = print_letters(content("mine"), layouts=layout_of(tmp_path, text))
        pages.append(result.pages)
        with pypdfium2.PdfDocument(path) as pdf:
            textpage = pdf[0].get_textpage()
            tops = sorted({round(textpage.get_rect(index)[1]) for index in range(textpage.count_rects())}, reverse=True)
            body = [top for top in tops if 200 < top < 560]
            gaps.append(max(above - below for above, below in pairwise(body[1:9])))
    assert pages == sorted(pages) and set(pages) == {1, 2}
    on_one = gaps[: pages.index(2)]
    assert min(on_one) < max(on_one), "the last letters that fit on one page stand closer"
    assert min(on_one) > 14 + 7 * 0.6, "but their paragraphs still stand apart"
    assert gaps[-1] == max(on_one), "and a letter that needs two pages has its usual white"


@pytest.mark.parametrize("sentences", range(34, 60, 2))
def test_a_long_paragraph_goes_on_on_the_next_page_with_two_lines_on_each(content: Compose, print_letters: Print, tmp_path: Path, sentences: int) -> None:
    text = "# Betreff\n\n" + SENTENCE * 9 + "\n\n" + SENTENCE * 6 + "\n\n" + SENTENCE * (sentences - 15) + SIGNATURE
    result, path = print_letters(content("mine"), layouts=layout_of(tmp_path, text))
    assert not result.failures
    whole = " ".join(text_of(path, page) for page in range(result.pages)).replace("- ", "")
    assert whole.count("damit die Seite voll wird.") == sentences
    if result.pages == 2:
        first, second = (lines_of(path, page) for page in (0, 1))
        assert len(second) >= 4, "a signature has two lines of text above it"
        assert len(first) >= 3


def test_a_heading_goes_to_the_next_page_with_its_paragraph(content: Compose, print_letters: Print, tmp_path: Path) -> None:
    places = set()
    for sentences in range(14, 46, 2):
        text = "\n\n".join([SENTENCE * 2] * (sentences // 2)) + "\n\n## Zwischentitel\n\n" + SENTENCE * 6
        result, path = print_letters(content("mine"), layouts=layout_of(tmp_path, text))
        for page in range(result.pages):
            lines = [line[0][0] for line in lines_of(path, page)]
            if "Zwischentitel" in lines:
                assert len(lines) - lines.index("Zwischentitel") > 2, "two lines stay with it"
                places.add(page)
    assert places == {0, 1}


def test_a_heading_is_set_smaller_for_a_name_that_is_wider_than_the_text(content: Compose, print_letters: Print, tmp_path: Path) -> None:
    own = layout_of(tmp_path, "# Für {last_name}\n\nText", 'title = "Mine"\nheading_pt = 28\n')
    for letters, lines in ((12, [f"Für {'n' * 12}"]), (40, ["Für", "n" * 40])):
        _, path = print_letters(content("mine", last_name="n" * letters), layouts=own)
        assert [line[0][0] for line in lines_of(path, 0)][: len(lines)] == lines
    result, path = print_letters(content("mine", last_name="n" * 400), layouts=own)
    assert not result.failures
    assert "n" * 400 in text_of(path).replace(" ", ""), "cut, and nothing lost"


def test_numbers_stand_in_front_and_the_words_begin_at_one_place(content: Compose, print_letters: Print, tmp_path: Path) -> None:
    text = "\n".join(f"{number}. {SENTENCE * 2}" for number in range(8, 12))
    _, path = print_letters(content("mine"), layouts=layout_of(tmp_path, text))
    lines = lines_of(path, 0)
    assert [line[0][0] for line in lines if re.fullmatch(r"\d+\.", line[0][0])] == ["8.", "9.", "10.", "11."]
    assert len({round(left) for line in lines for words, left in line if not re.fullmatch(r"\d+\.", words)}) == 1
    assert lines[0][0][1] > lines[4][0][1], "the dots stand below each other"


TABLE = "| Land | Preis |\n|:--|--:|\n| Österreich | 9,90 € |\n| {company} | 114,90 € |\n"


def test_the_columns_of_a_table_are_as_wide_as_their_words_and_aligned(content: Compose, print_letters: Print, tmp_path: Path) -> None:
    own = layout_of(tmp_path, TABLE)
    for company in ("Kranz", "Kranz & Töchter Feinkosthandel GmbH"):
        _, path = print_letters(content("mine", company=company), layouts=own)
        with pypdfium2.PdfDocument(path) as pdf:
            textpage = pdf[0].get_textpage()
            found = textpage.get_text_range()
            ends = [textpage.get_charbox(found.index(price) + len(price) - 1)[2] for price in ("9,90 €", "114,90 €")]
            starts = [textpage.get_charbox(found.index(word))[0] for word in ("Land", "Österreich", company)]
        assert ends[0] == pytest.approx(ends[1], abs=0.5)
        assert max(starts) - min(starts) < 1.5, "side bearings"


def test_a_cell_that_is_too_long_runs_over_several_lines_and_loses_nothing(content: Compose, print_letters: Print, tmp_path: Path) -> None:
    text = f"| Nr. | Was |\n|---|---|\n| 1 | {SENTENCE * 4}|\n| 2 | {{full_name}} |\n"
    _, path = print_letters(content("mine"), layouts=layout_of(tmp_path, text))
    assert text_of(path).count("damit die Seite voll wird.") == 4
    assert len(lines_of(path, 0)) == 5


def test_a_table_that_is_too_wide_is_refused_with_the_reason(content: Compose, tmp_path: Path) -> None:
    own = layout_of(tmp_path, TABLE)["mine"]
    assert problem(content("mine"), own, SENDER) is None
    assert "a table is wider than the text" in str(problem(content("mine", company="W" * 80), own, SENDER))


def test_a_table_is_divided_between_rows_and_its_head_is_not_left_alone(content: Compose, print_letters: Print, tmp_path: Path) -> None:
    for before in range(30, 44):
        text = SENTENCE * before + "\n\n| Kopf | Zahl |\n|---|--:|\n" + "".join(f"| Zeile | {row} |\n" for row in range(8))
        result, path = print_letters(content("mine"), layouts=layout_of(tmp_path, text))
        pages = [text_of(path, page) for page in range(result.pages)]
        assert sum(page.count("Zeile") for page in pages) == 8
        for page in pages:
            assert not re.search(r"Kopf Zahl(?! Zeile)", page)
            assert page.count("Kopf Zahl") == ("Zeile" in page), "every page that shows rows shows the head above them"


CONDITION = "{salutation}\n\n::: if company\n## Nur für {company}\n\nRabatt für Firmen\n:::\n\n::: if not company\nGruß an {first_name}\n:::\n\nSchluss"


def test_a_condition_prints_its_blocks_only_where_it_holds(content: Compose, print_letters: Print, tmp_path: Path) -> None:
    own = layout_of(tmp_path, CONDITION)
    _, path = print_letters(content("mine", company="Tee AG"), content("mine", company=""), content("mine", company="  "), layouts=own)
    with_company, without, blank = (text_of(path, page) for page in range(3))
    assert "Nur für Tee AG Rabatt für Firmen Schluss" in with_company
    assert "Gruß an" not in with_company
    assert "Gruß an Johanna Schluss" in without
    assert "Firmen" not in without
    assert without == blank


def test_a_value_inside_a_condition_is_needed_only_where_it_holds(content: Compose, tmp_path: Path) -> None:
    own = layout_of(tmp_path, CONDITION)["mine"]
    assert problem(content("mine", company="Tee AG", first_name=""), own, SENDER) is None
    assert "no value for {first_name}" in str(problem(content("mine", company="", first_name=""), own, SENDER))
    assert own.text("de").required == {"salutation", "objection_link"}
    assert own.text("de").conditional == {"company", "first_name"}


def test_whether_there_is_room_is_asked_for_each_outcome_of_a_condition(content: Compose, print_letters: Print, tmp_path: Path) -> None:
    own = layout_of(tmp_path, f"{{salutation}}\n\n::: if not company\n{SENTENCE * 500}\n:::")
    assert problem(content("mine"), own["mine"], SENDER) is None
    assert "longer than 6 pages" in str(problem(content("mine", company=""), own["mine"], SENDER))
    assert [index for index, _ in print_letters(content("mine"), content("mine", company=""), layouts=own)[0].failures] == [1]


def test_a_page_break_begins_a_page_and_leaves_none_empty(content: Compose, print_letters: Print, tmp_path: Path) -> None:
    text = "Vorn\n\n::: page-break\n\n::: if company\nFirma\n:::\n\n::: page-break\n\nHinten"
    own = layout_of(tmp_path, text)
    result, path = print_letters(content("mine"), content("mine", company=""), layouts=own)
    assert [placed and placed.pages for placed in result.placed] == [3, 2]
    assert ["Firma" in text_of(path, page) for page in range(5)] == [False, True, False, False, False]
    assert ["Hinten" in text_of(path, page) for page in range(5)] == [False, False, True, False, True]


def test_a_letter_in_serif_keeps_the_address_in_sans(content: Compose, print_letters: Print, tmp_path: Path) -> None:
    own = layout_of(tmp_path, CONDITION, 'title = "Mine"\nfont = "serif"\nheading_font = "serif"\n')
    assert own["mine"].style.accent == BLACK
    _, path = print_letters(content("mine", company="Tee AG ŋ"), layouts=own)
    with pypdfium2.PdfDocument(path) as pdf:
        textpage = pdf[0].get_textpage()
        found = textpage.get_text_range()
        fonts = {word: textpage.get_textobj(found.index(word)).get_font().get_base_name() for word in ("Möwenweg", "Rabatt", "Nur für", "Schluss", "ŋ")}
    assert {word: re.sub(r"^\w+\+", "", name) for word, name in fonts.items()} == {
        "Möwenweg": "SourceSansPro-Regular",
        "Rabatt": "SourceSerifPro-Regular",
        "Nur für": "SourceSerifPro-Semibold",
        "Schluss": "SourceSerifPro-Regular",
        "ŋ": "SourceSansPro-Semibold",
    }


@pytest.mark.parametrize(
    ("written", "printed"),
    [("Jose\u0301", "José"), ("Do\u00adnau", "Donau"), ("10\u00a0€ oder 10\u202f€", "10 € oder 10 €")],
)
def test_letters_are_printed_as_people_write_them(content: Compose, print_letters: Print, written: str, printed: str) -> None:
    result, path = print_letters(content(salutation=f"Hallo {written},", address=(written, "Weg 1", "20253 Hamburg")))
    assert not result.failures
    assert f"Hallo {printed}," in text_of(path)
    assert text_of(path).count(printed) >= 2
