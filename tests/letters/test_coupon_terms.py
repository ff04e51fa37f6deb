"""Do the longest terms that an offer can sensibly have, and the longest code, fit into every layout's coupon?"""

from datetime import date, time
from pathlib import Path

import pypdfium2
import pytest

import layouts
from campaigns.coupon import new_code
from campaigns.offer import Articles, Offer, OfferKind, TimeWindow
from campaigns.offer_words import conditions, worth
from layouts import Layout
from letters import problem
from tests.letters.conftest import SENDER, Compose, Print

STRICT = Offer(
    "strict",
    "Strict",
    OfferKind.AMOUNT,
    12_550,
    minimum_order_cents=10_050,
    valid_from=date(2026, 11, 1),
    windows=(TimeWindow((1, 2, 3, 4, 5), time(14), time(18)), TimeWindow((6,), time(10), time(12))),
    only=Articles(("KANNE-1.5L", "TASSE-0.3L"), ("Grüner Tee", "Schwarzer Tee", "Teekannen und Stövchen")),
    never=Articles(categories=("Bücher", "Geschenkgutscheine")),
    vat_rates=(700, 1900),
    new_customers_only=True,
    personal=True,
    uses=5,
    prefix="WEIHNACH",
)
UNTIL = date(2026, 12, 24)
DESIGNS = [(name, language) for name in layouts.names() for language in ("de", "en") if layouts.load(name).uses_coupon(language)]


@pytest.mark.parametrize(("layout", "language"), DESIGNS)
def test_the_coupon_grows_with_its_terms(content: Compose, all_layouts: dict[str, Layout], print_letters: Print, layout: str, language: str) -> None:
    code, terms = new_code(STRICT.prefix), conditions(STRICT, UNTIL, language)
    letter = content(layout, language, coupon_code=code, coupon_value=worth(STRICT, language), coupon_conditions=terms)
    assert problem(letter, all_layouts[layout], SENDER) is None
    result, path = print_letters(letter)
    assert not result.failures
    printed = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(Path(path)))
    said = _letters(printed)
    assert _letters(terms) in said
    assert _letters(code) in said


def _letters(text: str) -> str:
    """Without blanks and hyphens: words are divided at the ends of lines, which pdfium joins with U+0002."""
    return "".join(char for char in text if not char.isspace() and char not in "-\x02")
