"""What do programs say of our print files that had no part in making them: qpdf, poppler, ghostscript, a PDF/A validator, zxing?"""

import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import pikepdf
import pytest
import zxingcpp
from pikepdf.pdfa import Flavour
from pikepdf.pdfa import check as check_pdfa
from PIL import Image, ImageFilter

import layouts
from campaigns.letter import LetterContent, code_url, short_link
from campaigns.token import ALPHABET, LENGTH
from layouts import Layout
from layouts.placeholders import sample_items, samples
from layouts.production import InserterMark, MarkKind, Production, SheetNumber
from layouts.style import Letterhead
from letters import RenderedFile, render
from letters.preflight import Sampling, check, expected
from letters.read_back import Picture, PrintedPages, codes_in, pages_of
from tests.letters.conftest import ADDRESS, CREATED_AT, PUBLIC_URL, SENDER
from tests.letters.foreign_pdf import pdf

PLAIN = Production()
EVERYTHING = replace(
    PLAIN, duplex=True, document_parts=True, bleed=3, fold_marks=True, sheet_number=SheetNumber(), inserter=InserterMark(MarkKind.DATA_MATRIX, 2, 120)
)
DASHES = replace(PLAIN, fold_marks=False, inserter=InserterMark(MarkKind.OMR, 6, 100, length=6))
SWITCHES = {"plain": PLAIN, "everything": EVERYTHING, "dashes": DASHES}


def needs(program: str, package: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not here: apt-get install {package}")


@dataclass(frozen=True)
class Printed:
    """A print file with a letter of every layout in every language."""

    path: Path
    production: Production
    contents: list[LetterContent]
    found: dict[str, Layout]
    result: RenderedFile


def tokens(count: int) -> Iterator[str]:
    draw = random.Random(5)
    for _ in range(count):
        yield "".join(draw.choices(ALPHABET, k=LENGTH))


def letter(layout: str, language: str, token: str) -> LetterContent:
    links = {"short_link": short_link(PUBLIC_URL, "S", token), "objection_link": short_link(PUBLIC_URL, "O", token)}
    return LetterContent(layout, language, token, ADDRESS, {**samples(language), **links}, sample_items(language))


def on_stationery() -> Layout:
    """A bundled layout on a marketer's company paper."""
    plain = layouts.load("plain")
    style = replace(plain.style, letterhead=Letterhead.NONE, stationery="paper.pdf")
    return replace(plain, name="on-stationery", style=style, files={"paper.pdf": pdf()})


def printed(path: Path, production: Production, contents: list[LetterContent]) -> Printed:
    found = {name: layouts.load(name) for name in layouts.names()} | {"on-stationery": on_stationery()}
    result = render(contents, found, SENDER, PUBLIC_URL, path, "Everything", CREATED_AT, production=production)
    assert not result.failures
    return Printed(path, production, contents, found, result)


@pytest.fixture(scope="module", params=list(SWITCHES.values()), ids=list(SWITCHES))
def everything(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    kinds = list(product([*layouts.names(), "on-stationery"], ("de", "en")))
    contents = [letter(layout, language, token) for (layout, language), token in zip(kinds, tokens(len(kinds)), strict=True)]
    return printed(tmp_path_factory.mktemp("printed") / "all.pdf", request.param, contents)


@pytest.fixture(scope="module")
def run_of_300(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return printed(tmp_path_factory.mktemp("printed") / "run.pdf", PLAIN, [letter("winback", "de", token) for token in tokens(300)])


def said(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_our_own_preflight_finds_nothing_in_any_layout(everything: Printed) -> None:
    placed = {number: (place.first_page, place.pages) for number, place in enumerate(everything.result.placed) if place}
    wanted = expected(enumerate(everything.contents), placed, everything.found, SENDER, PUBLIC_URL, everything.production)
    report = check(everything.path, wanted, everything.production, Sampling(1))
    assert report.findings == ()
    assert (report.pages, report.addresses_read) == (everything.result.pages, len(everything.contents))


@needs("qpdf", "qpdf")
def test_qpdf_finds_no_error_and_warns_of_nothing(everything: Printed) -> None:
    told = said("qpdf", "--check", everything.path)
    assert "No syntax or stream encoding errors found" in told
    assert "WARNING" not in told


@needs("pdffonts", "poppler-utils")
def test_every_font_is_embedded_as_a_subset(everything: Printed) -> None:
    fonts = [line.split() for line in said("pdffonts", everything.path).splitlines()[2:]]
    assert len(fonts) >= 3
    for name, *_, embedded, subset, to_unicode, _, _ in fonts:
        assert (embedded, subset, to_unicode) == ("yes", "yes", "yes"), name
        assert re.match(r"[A-Z]{6}\+SourceS", name)


@needs("pdfinfo", "poppler-utils")
def test_every_page_is_a4_with_its_boxes_within_each_other(everything: Printed) -> None:
    told = said("pdfinfo", "-box", "-f", 1, "-l", everything.result.pages, everything.path)
    bleed = everything.production.bleed * 72 / 25.4
    for name, extra in (("TrimBox", 0.0), ("BleedBox", bleed), ("MediaBox", bleed)):
        rows = [[float(number) for number in row.split()] for row in re.findall(rf"Page +\d+ {name}: +(.*)", told)]
        assert len(rows) == everything.result.pages
        for left, bottom, right, top in rows:
            assert (left, bottom) == pytest.approx((bleed - extra, bleed - extra), abs=0.02)
            assert (right - left, top - bottom) == pytest.approx((595.276 + 2 * extra, 841.89 + 2 * extra), abs=0.02)
    assert re.search(r"PDF version: +1\.6", told)
    assert re.search(r"PDF subtype: +PDF/(X-4|VT-1)", told)
    for feature in ("JavaScript", "Encrypted"):
        assert re.search(rf"{feature}: +no", told)


def inks(path: Path, *options: str) -> list[tuple[float, ...]]:
    """Share of each page that cyan, magenta, yellow and black lie on."""
    told = said("gs", "-q", "-dNOPAUSE", "-dBATCH", *options, "-sDEVICE=inkcov", "-o", "-", path)
    return [tuple(map(float, row)) for row in re.findall(r"^ *([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+) CMYK OK", told, re.MULTILINE)]


@needs("gs", "ghostscript")
def test_letters_without_colours_are_printed_in_black_alone(tmp_path: Path) -> None:
    file = printed(tmp_path / "plain.pdf", PLAIN, [letter("plain", language, token) for language, token in zip(("de", "en"), tokens(2), strict=True)])
    pages = inks(file.path)
    assert len(pages) == file.result.pages
    for cyan, magenta, yellow, black in pages:
        assert (cyan, magenta, yellow) == (0, 0, 0)
        assert black > 0.01


@needs("gs", "ghostscript")
def test_codes_are_printed_in_black_alone_whatever_the_layout(everything: Printed, tmp_path: Path) -> None:
    """Each page cut down to where a code stands."""
    with pikepdf.open(everything.path) as opened, pages_of(everything.path) as pages:
        places = [list(places_of_codes(pages, number)) for number in range(1, len(pages) + 1)]
        codes = pikepdf.new()
        for page, boxes in zip(opened.pages, places, strict=True):
            for box in boxes:
                codes.pages.append(page)
                cut = codes.pages[-1].obj
                cut.MediaBox = cut.CropBox = cut.TrimBox = cut.BleedBox = pikepdf.Array(box)
        for page in codes.pages:
            if "/DPart" in page.obj:
                del page.obj.DPart
        codes.save(tmp_path / "codes.pdf")
    found = inks(tmp_path / "codes.pdf")
    assert len(found) >= 2 * len(everything.contents)
    for cyan, magenta, yellow, black in found:
        assert (cyan, magenta, yellow) == (0, 0, 0)
        assert black > 0.3


def places_of_codes(pages: PrintedPages, number: int) -> Iterator[tuple[float, ...]]:
    """The rectangles of a page's QR codes, in points from its lower left corner."""
    with pages.page(number) as page:
        picture = page.picture(144)
    for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
        first, last = code.position.top_left, code.position.bottom_right
        yield first.x / 2, (picture.shape[0] - last.y) / 2, last.x / 2, (picture.shape[0] - first.y) / 2


@needs("gs", "ghostscript")
def test_running_text_is_printed_in_black_alone_whatever_the_layout(everything: Printed) -> None:
    pages = inks(everything.path, "-dFILTERVECTOR", "-dFILTERIMAGE")
    assert len(pages) == everything.result.pages
    coloured = [page for page in pages if any(page[:3])]
    assert all(max(page[:3]) < page[3] / 3 for page in coloured)  # large words may be in the accent colour


ALLOWED = {
    "no PDF/A identification": "a print file is no PDF/A and does not say so",
    "pdfx": "the marks of PDF/X-4 stand in a namespace that PDF/A does not know",
    "pdfvt": "so do those of PDF/VT",
    "pdf:Trapped": "PDF/X wants Trapped in the metadata; PDF/A's schema of XMP 2004 does not know it",
}
"""What the validator may report, by words of its message, and why that is right."""


def test_the_validator_of_pdf_a_finds_nothing_else(everything: Printed) -> None:
    """Fonts, their widths and maps, colours against the profile, streams: for all that, PDF/A-2 wants what PDF/X-4 wants."""
    with pikepdf.open(everything.path) as opened:
        opened.Root.OutputIntents[0].S = pikepdf.Name.GTS_PDFA1  # the same profile under the name that it is looked for by
        if "/DPartRoot" in opened.Root:  # records are younger than PDF/A-2: what it does not know keeps it from looking at the rest
            del opened.Root.DPartRoot
            for page in opened.pages:
                del page.obj.DPart
        report = check_pdfa(opened, Flavour.PDFA_2B)
    told = [one.message for one in report.findings]
    assert [message for message in told if not any(words in message for words in ALLOWED)] == []
    assert any("no PDF/A identification" in message for message in told)


def test_every_code_of_a_run_can_be_read_at_100_dpi(run_of_300: Printed) -> None:
    with pages_of(run_of_300.path) as pages:
        for number, content in enumerate(run_of_300.contents, 1):
            assert sorted(pages.codes(number)) == sorted(code_url(PUBLIC_URL, room, content.token) for room in "SO")


def close_ups(picture: Picture) -> Iterator[Picture]:
    """The codes of a page, each with some of the white around it."""
    for code in zxingcpp.read_barcodes(picture):
        corners = [code.position.top_left, code.position.top_right, code.position.bottom_right, code.position.bottom_left]
        left, top = (max(0, min(edge) - _MARGIN) for edge in ([corner.x for corner in corners], [corner.y for corner in corners]))
        yield picture[top : max(corner.y for corner in corners) + _MARGIN, left : max(corner.x for corner in corners) + _MARGIN]


_MARGIN = 12


def spoiled(picture: Picture, draw: random.Random) -> Picture:
    """As a telephone sees it: askew, out of focus, noisy, in bad light."""
    image = Image.fromarray(picture).rotate(draw.uniform(-15, 15), resample=Image.Resampling.BICUBIC, fillcolor=255, expand=True)
    blurred = np.asarray(image.filter(ImageFilter.GaussianBlur(draw.uniform(0.6, 1.4))), dtype=np.float32)
    noise = np.random.default_rng(draw.randrange(2**32)).normal(0, 16, blurred.shape)
    return np.clip(blurred * 0.8 + 25 + noise, 0, 255).astype(np.uint8)


def test_spoiled_codes_are_read_nearly_always(run_of_300: Printed) -> None:
    """Rotated up to 15 degrees, blurred and noisy at 200 dpi."""
    draw, read, wanted = random.Random(11), 0, 0
    with pages_of(run_of_300.path) as pages:
        for number in range(1, 301, 8):
            codes = {code_url(PUBLIC_URL, room, run_of_300.contents[number - 1].token) for room in "SO"}
            with pages.page(number) as page:
                found = [text for close_up in close_ups(page.picture(200)) for text in codes_in(spoiled(close_up, draw))]
            assert set(found) <= codes
            read, wanted = read + len(set(found)), wanted + len(codes)
    assert wanted == 76
    assert read / wanted >= 0.95


def test_every_address_is_read_from_its_place_in_the_window(everything: Printed) -> None:
    with pages_of(everything.path) as pages:
        for content, place in zip(everything.contents, everything.result.placed, strict=True):
            assert place
            form = everything.production.fitted(everything.found[content.layout]).form
            assert pages.text(place.first_page, form.address_zone).split("\r\n") == list(content.address)
