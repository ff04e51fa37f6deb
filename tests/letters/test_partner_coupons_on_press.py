"""What do programs that had no part in making them say of partners' printed coupons: our preflight, qpdf, poppler, ghostscript, a PDF/A validator?"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from pikepdf.pdfa import Flavour
from pikepdf.pdfa import check as check_pdfa

from layouts.layout import load
from layouts.production import Production
from letters.partner_coupons import Make, PartnerCoupon, render
from letters.preflight import Code, check
from letters.read_back import pages_of
from tests.letters.conftest import PUBLIC_URL, SENDER
from tests.letters.test_other_programs import ALLOWED, inks, needs, places_of_codes, said

PAGES = 3
COUPON = PartnerCoupon("von-Meier", "10 %", "Gültig bis 31. Dezember 2027. Nur für Neukunden.", "Žofie Meier", "de")
PRODUCTION = Production()


def drawn(folder: Path, make: Make, production: Production = PRODUCTION) -> Path:
    path = folder / f"{make}.pdf"
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    path.write_bytes(render(make, COUPON, PAGES, SENDER, PUBLIC_URL, load("welcome").style, moment, production.output))
    return path


@pytest.fixture(scope="module", params=list(Make))
def coupons(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn(tmp_path_factory.mktemp("coupons"), request.param)


def test_our_own_preflight_finds_nothing(coupons: Path) -> None:
    report = check(coupons, None, PRODUCTION)
    assert report.findings == ()
    assert report.pages == PAGES


def test_without_an_output_profile_they_are_no_pdf_x_and_say_so(tmp_path: Path) -> None:
    digital = replace(PRODUCTION, output=None)
    path = drawn(tmp_path, Make.SHEET, digital)
    assert check(path, None, digital).findings == ()
    assert {one.code for one in check(path, None, PRODUCTION).findings} == {Code.NO_OUTPUT_INTENT, Code.NOT_PDF_X}


@needs("qpdf", "qpdf")
def test_qpdf_finds_no_error_and_warns_of_nothing(coupons: Path) -> None:
    told = said("qpdf", "--check", coupons)
    assert "No syntax or stream encoding errors found" in told
    assert "WARNING" not in told


@needs("pdffonts", "poppler-utils")
def test_every_font_is_embedded_as_a_subset(coupons: Path) -> None:
    fonts = [line.split() for line in said("pdffonts", coupons).splitlines()[2:]]
    assert len(fonts) >= 3
    for name, *_, embedded, subset, to_unicode, _, _ in fonts:
        assert (embedded, subset, to_unicode) == ("yes", "yes", "yes"), name


@needs("pdfinfo", "poppler-utils")
def test_every_page_is_pdf_x_of_a4(coupons: Path) -> None:
    told = said("pdfinfo", "-box", "-f", 1, "-l", PAGES, coupons)
    assert re.search(r"PDF subtype: +PDF/X-4", told)
    rows = [[float(number) for number in row.split()] for row in re.findall(r"Page +\d+ TrimBox: +(.*)", told)]
    assert rows == [pytest.approx([0, 0, 595.276, 841.89], abs=0.02)] * PAGES


@needs("gs", "ghostscript")
def test_codes_are_printed_in_black_alone(coupons: Path, tmp_path: Path) -> None:
    with pikepdf.open(coupons) as opened, pages_of(coupons) as pages:
        places = list(places_of_codes(pages, 1))
        for box in places:
            opened.pages.append(opened.pages[0])
            cut = opened.pages[-1].obj
            cut.MediaBox = cut.TrimBox = pikepdf.Array(box)
        del opened.pages[:PAGES]
        opened.save(tmp_path / "codes.pdf")
    found = inks(tmp_path / "codes.pdf")
    assert len(found) == len(places) == (8 if "sheet" in coupons.name else 1)
    for cyan, magenta, yellow, black in found:
        assert (cyan, magenta, yellow) == (0, 0, 0)
        assert black > 0.3


def test_the_validator_of_pdf_a_finds_nothing_but_that_it_is_none(coupons: Path) -> None:
    with pikepdf.open(coupons) as opened:
        opened.Root.OutputIntents[0].S = pikepdf.Name.GTS_PDFA1
        told = [one.message for one in check_pdfa(opened, Flavour.PDFA_2B).findings]
    assert [message for message in told if not any(words in message for words in ALLOWED)] == []
