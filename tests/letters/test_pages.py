"""What does a printed page look like to somebody who did not write it?"""

import re
from dataclasses import replace
from pathlib import Path
from unicodedata import is_normalized

import pypdfium2
import pytest
from PIL.Image import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject

import layouts
from campaigns.letter import code_url
from campaigns.sender import Sender
from layouts import Layout
from layouts.din5008 import FORM_B, FORMS, Form
from letters.check import printable
from letters.read_back import pages_of
from tests.letters.conftest import ADDRESS, PUBLIC_URL, SENDER, Compose, Print, text_in, text_of

DESIGNS = [(layout, language) for layout in layouts.names() for language in ("de", "en")]
LONG_ADDRESS = (
    "Bergmann & Söhne Feinkosthandel mbH",
    "Prof. Dr. Maximiliane von Hohenzollern",
    "c/o Schulze-Osterkamp, Hinterhaus",
    "Straße der Pariser Kommune 1234a",
    "LONDON",
    "VEREINIGTES KÖNIGREICH",
)


@pytest.mark.parametrize(("layout", "language"), DESIGNS)
@pytest.mark.parametrize("address", [ADDRESS, LONG_ADDRESS])
def test_the_window_shows_the_address_and_the_return_line_and_nothing_else(
    content: Compose, print_letters: Print, layout: str, language: str, address: tuple[str, ...]
) -> None:
    _, path = print_letters(content(layout, language, address=address))
    window, zone = FORM_B.window_reserved, FORM_B.address_zone
    assert text_in(path, 0, zone.x - 1, zone.y, zone.width + 1, zone.height) == "\n".join(address)
    assert text_in(path, 0, window.x, window.y, window.width, window.height) == "\n".join((SENDER.return_line, *address))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("name", layouts.names())
def test_nothing_is_printed_in_the_window_but_return_line_and_address(
    content: Compose, print_letters: Print, all_layouts: dict[str, Layout], form: Form, name: str
) -> None:
    layout = all_layouts[name]
    layout = replace(layout, style=replace(layout.style, form=form))
    _, path = print_letters(content(name), layouts={name: layout})
    window, zone, scale = form.window_reserved, form.address_zone, 150 / 25.4
    assert text_in(path, 0, zone.x - 1, zone.y, zone.width, zone.height) == "\n".join(ADDRESS)
    picture = _picture(path, 150).convert("L")
    for box in (form.return_line, form.address_zone):
        picture.paste(255, (int(box.x * scale), int(box.y * scale), int(box.right * scale), int(box.bottom * scale) + 1))
    assert picture.crop((int(window.x * scale), int(window.y * scale), int(window.right * scale), int(window.bottom * scale))).getextrema() == (255, 255)


@pytest.mark.parametrize(("layout", "language"), DESIGNS)
def test_both_codes_are_read_from_the_page_at_100_dpi(content: Compose, print_letters: Print, layout: str, language: str) -> None:
    letter = content(layout, language)
    _, path = print_letters(letter)
    with pages_of(path) as pages:
        assert pages.codes(1, dpi=100) == [code_url(PUBLIC_URL, room, letter.token) for room in "SO"]


@pytest.mark.parametrize(("layout", "language"), DESIGNS)
def test_every_font_is_embedded_and_no_standard_font_is_named(content: Compose, print_letters: Print, layout: str, language: str) -> None:
    _, path = print_letters(content(layout, language))
    fonts = [font.get_object() for page in PdfReader(path).pages for font in _dictionary(_dictionary(page["/Resources"])["/Font"]).values()]
    assert fonts
    for font in fonts:
        assert re.search("Source(Sans|Serif)Pro", font["/BaseFont"])
        assert "/FontFile2" in font["/FontDescriptor"].get_object()
        assert "/ToUnicode" in font


@pytest.mark.parametrize(("layout", "language"), DESIGNS)
def test_every_colour_is_cmyk_and_text_and_codes_are_black_only(content: Compose, print_letters: Print, layout: str, language: str) -> None:
    _, path = print_letters(content(layout, language))
    colour_operators = re.compile(rb"(?<![\w)])(rg|RG|g|G|cs|CS|sc|SC|scn|SCN|sh)(?![\w(])")
    for stream in _streams(path):
        without_text = re.sub(rb"\((?:\\.|[^()\\])*\)", b"()", stream)
        assert not colour_operators.search(without_text)


def test_the_page_is_a4_with_a_trim_box(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content())
    page = PdfReader(path).pages[0]
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox] == [0, 0, 210, 297]
    assert page.trimbox == page.mediabox
    assert "/TrimBox" in page


def test_a_page_names_the_forms_that_it_shows_and_no_others(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content(), content("plain"), content())
    reader = PdfReader(path, strict=True)
    for page in reader.pages:
        contents = page.get_contents()
        assert contents is not None
        shown = {name.decode() for name in re.findall(rb"(/\d+) Do", contents.get_data())}
        assert shown == set(_dictionary(_dictionary(page["/Resources"])["/XObject"]))
        assert "/Trans" not in page
    assert reader.pages[0]["/Resources"] != reader.pages[1]["/Resources"]


def test_the_file_names_no_person_and_carries_the_given_time(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content())
    metadata = PdfReader(path).metadata
    assert metadata is not None
    assert (metadata.title, metadata.creator, metadata.author, metadata.subject) == ("Test", "Postillion", None, None)
    assert metadata.creation_date is not None
    assert metadata.creation_date.year == 2026
    assert b"Weber" not in path.read_bytes()


@pytest.mark.parametrize("value", ["R&D", "<b>Weber</b>", "{first_name}", "back\\slash", "(open", "close)", "100%", "Ŵŷłĕş", "O’Neill–Öğüz", "a  b"])
def test_hostile_values_are_printed_as_they_are(content: Compose, print_letters: Print, value: str) -> None:
    result, path = print_letters(content(salutation=f"Hallo {value},", address=(value, "Möwenweg 7", "20253 Hamburg")))
    assert not result.failures
    assert f"Hallo {' '.join(value.split())}," in text_of(path)


def test_a_very_long_word_is_cut_at_the_end_of_the_line_and_loses_nothing(content: Compose, print_letters: Print) -> None:
    word = "Donaudampfschifffahrtsgesellschaftskapitän" * 8
    result, path = print_letters(content(salutation=f"Hallo {word},"))
    assert not result.failures
    assert f"Hallo{word}," in text_of(path).replace(" ", "").replace("\ufffe", "")
    with pypdfium2.PdfDocument(path) as pdf:
        textpage = pdf[0].get_textpage()
        boxes = [textpage.get_charbox(index) for index in range(textpage.count_chars())]
    assert max(right for _, _, right, _ in boxes) <= (210 - 20) / 25.4 * 72 + 3


def test_more_characters_than_one_subset_holds_are_all_printed(content: Compose, print_letters: Print) -> None:
    strange = "".join(chr(code) for code in range(0x100, 0x460) if chr(code).isalpha())
    words = " ".join(char for char in strange if char in printable() and is_normalized("NFC", char))
    result, path = print_letters(content(salutation=words))
    assert not result.failures
    assert len(words) > 400
    assert words in text_of(path)


def test_a_text_that_needs_two_pages_gets_them_and_the_notice_stays_on_the_first(content: Compose, print_letters: Print) -> None:
    result, path = print_letters(content(salutation="Guten Tag " + "und noch ein Wort " * 150), content())
    assert [placed and (placed.first_page, placed.pages) for placed in result.placed] == [(1, 2), (3, 1)]
    assert "jederzeit widersprechen" in text_of(path, 0)
    assert "2 / 2" in text_of(path, 1)
    assert "Marlene Lindenhof" in text_of(path, 1)
    assert text_in(path, 1, 0, 0, 110, 20) == ""


def test_lines_without_a_value_are_left_out_of_information_block_and_footer(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content(customer_number="", sender_phone=""))
    assert "Kundennummer" not in text_of(path)
    assert "0431" not in text_of(path)


def test_text_stays_clear_of_the_objection_notice(content: Compose, print_letters: Print) -> None:
    for words in range(0, 120, 4):
        _, path = print_letters(content(salutation="Wort " * words + "Ende,"))
        with pypdfium2.PdfDocument(path) as pdf:
            textpage = pdf[0].get_textpage()
            found = textpage.get_text_range()
            start = found.index("Sie möchten keine Werbung")
            top = textpage.get_charbox(start)[3]
            boxes = [(char, textpage.get_charbox(index)) for index, char in enumerate(found) if char.strip()]
        assert not [char for char, (left, bottom, _, box_top) in boxes if bottom < top + 4 < box_top and left > 0]


@pytest.mark.parametrize("name", ["Ä" * 40, "Schuhmanufaktur Wolfenbütteler Land, Inhaberin Anna-Maria Müller-Lüdenscheidt"])
def test_a_long_name_of_the_sender_is_set_smaller_or_refused_but_never_runs_over(content: Compose, print_letters: Print, name: str) -> None:
    sender = Sender(name, "Lindenstraße 12", "24103", "Kiel")
    result, path = print_letters(content(sender_name=name), sender=sender)
    if result.failures:
        assert "shorten" in result.failures[0][1]
    else:
        assert name in text_of(path)


def _picture(path: Path, dpi: int) -> Image:
    with pypdfium2.PdfDocument(path) as pdf:
        picture: Image = pdf[0].render(scale=dpi / 72).to_pil()
    return picture


def _dictionary(thing: object) -> DictionaryObject:
    resolved = thing.get_object() if hasattr(thing, "get_object") else thing
    assert isinstance(resolved, DictionaryObject)
    return resolved


def _streams(path: Path) -> list[bytes]:
    """Every content stream: pages and forms."""
    page = PdfReader(path).pages[0]
    contents = page.get_contents()
    assert contents is not None
    forms = [form.get_object() for form in _dictionary(_dictionary(page["/Resources"])["/XObject"]).values()]
    return [contents.get_data(), *(form.get_data() for form in forms if isinstance(form, StreamObject))]
