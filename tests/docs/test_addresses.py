"""Does the table of destinations say what the code does?"""

from collections.abc import Callable, Iterator

import pytest
from babel import Locale

from campaigns.destinations import DESTINATIONS, Destination
from tests.docs.conftest import Document

NAMES = Locale("en").territories


def row(each: Destination) -> list[str]:
    lines = (line.format(street="street", postcode="postcode", town="TOWN").replace("  ", "␣␣") for line in each.lines)
    masks = ", ".join(f"`{mask}`" for mask in each.masks)
    return [each.code, NAMES[each.code], masks or "none", " / ".join(lines), "; ".join(remarks(each))]


def remarks(each: Destination) -> Iterator[str]:
    said = {
        "town in capitals at home too": each.capitals,
        "street in capitals": each.capital_street,
        "no punctuation": each.without_punctuation,
        "box under the street": each.box_under_street,
        "flat behind the street": each.unit_after_street,
        "may be without postcode": each.may_lack_postcode,
    }
    yield from (words for words, holds in said.items() if holds)


def test_the_table_of_destinations_is_that_of_the_code(document: Callable[[str], Document]) -> None:
    rows = document("docs/addresses.md").table("Destinations")
    assert rows == [row(each) for each in sorted(DESTINATIONS.values(), key=lambda each: NAMES[each.code])]


@pytest.mark.parametrize("words", ["no_post_number", "too_many_lines", "bad_character", "unprintable_text"])
def test_every_way_to_get_no_letter_is_told(words: str, document: Callable[[str], Document]) -> None:
    assert f"`{words}`" in document("docs/addresses.md").text
