"""Do a partner's printed coupons say what they must, whatever the partner and the offer are called?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2 as pdfium
import pytest
import zxingcpp

from campaigns.letter import code_url
from campaigns.sender import Sender
from layouts.layout import load
from letters.errors import UnprintableLetter
from letters.partner_coupons import MOST_PAGES, Make, PartnerCoupon, render

SENDER = Sender("Teehaus Lindenhof", "Lindenstraße 12", "24103", "Kiel", website="teehaus.example", email="service@teehaus.example")
COUPON = PartnerCoupon("von-Meier", "10 %", "Gültig bis 31. Dezember 2027. Nur für Neukunden.", "Anna Meier", "de")
URL = "https://teehaus.example"


def drawn(make: Make, coupon: PartnerCoupon = COUPON, pages: int = 1) -> bytes:
    return render(make, coupon, pages, SENDER, URL, load("welcome").style, datetime(2026, 11, 22, tzinfo=UTC))


@contextmanager
def opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    document = pdfium.PdfDocument(data)
    try:
        yield document
    finally:
        document.close()


@pytest.mark.parametrize(("make", "coupons"), [(Make.SHEET, 8), (Make.LETTER, 1)])
def test_every_coupon_holds_code_value_terms_partner_sender_and_a_code_to_scan(make: Make, coupons: int) -> None:
    with opened(drawn(make)) as document:
        words = " ".join(document[0].get_textpage().get_text_bounded().split())
        codes = zxingcpp.read_barcodes(document[0].render(scale=100 / 72, grayscale=True).to_numpy())
    for said in ("von-Meier", "10 %", "Nur für Neukunden.", "Anna Meier", "Teehaus Lindenhof", "24103 Kiel", "teehaus.example/P/VON-MEIER"):
        assert words.count(said) >= coupons, said
    assert [code.text for code in codes] == [code_url(URL, "P", "VON-MEIER")] * coupons


def test_in_any_number_and_always_the_same_bytes() -> None:
    hundred = drawn(Make.SHEET, pages=100)
    assert hundred == drawn(Make.SHEET, pages=100)
    assert len(hundred) < len(drawn(Make.SHEET)) + 100 * 200, "what all sheets show stands in the file once"
    with opened(hundred) as document:
        assert len(document) == 100
    for pages in (0, MOST_PAGES + 1):
        with pytest.raises(ValueError, match="print 1 to 500"):
            drawn(Make.SHEET, pages=pages)


def test_each_language_has_words_of_its_own_and_others_get_english() -> None:
    for language, said in (("de", "Empfohlen von"), ("en", "Recommended by"), ("fr", "Recommended by")):
        with opened(drawn(Make.SHEET, replace(COUPON, language=language))) as document:
            assert said in document[0].get_textpage().get_text_bounded()


@pytest.mark.parametrize("code", ["abcd", "a" * 20, "MW" * 10])
@pytest.mark.parametrize("partner", ["Li", "Maximiliane-Alexandra Freifrau von Hohenstein-Wackerbarth", "W" * 60])
@pytest.mark.parametrize("make", Make)
def test_short_and_long_ones_stay_within_their_coupon(make: Make, partner: str, code: str) -> None:
    with opened(drawn(make, replace(COUPON, code=code, partner=partner, value="1.250,50 €"))) as document:
        words = "".join(document[0].get_textpage().get_text_bounded().split())
        assert partner.replace(" ", "") in words.replace("\x02", "") and code in words
        [*codes] = zxingcpp.read_barcodes(document[0].render(scale=150 / 72, grayscale=True).to_numpy())
    assert {found.text for found in codes} == {code_url(URL, "P", code.upper())}


@pytest.mark.parametrize(
    "changes",
    [
        {"terms": "Nicht für Bücher. " * 40},
        {"partner": "王小明"},
        {"partner": "W" * 200},
        {"value": "W" * 40},
        {"partner": "Anna \U0001f600"},
        {"terms": "\u202eevil"},
    ],
)
def test_what_has_no_room_or_no_letters_is_refused_with_the_reason(changes: dict[str, str]) -> None:
    with pytest.raises(UnprintableLetter, match=r"too long|the font has no"):
        drawn(Make.SHEET, replace(COUPON, **changes))
