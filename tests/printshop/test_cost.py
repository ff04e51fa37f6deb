"""Does a letter cost what the table says, and does a wrong table say what is wrong?"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printshop.cost import BUNDLED, read_tariff
from printshop.errors import InvalidTariff, NoPostage

OWN = """
currency = "EUR"
products = ["Brief", "Bulk"]
[paper]
sheet_cents = 1.25
grams = 5
duplex = true
[print]
page_cents = 2
[handling]
letter_cents = 10.5
envelope_grams = 4.5
[[postage]]
product = "Brief"
country = "DE"
max_grams = 20
cents = 95
[[postage]]
product = "Brief"
country = "DE"
max_grams = 50
cents = 110
[[postage]]
product = "Bulk"
country = "DE"
max_grams = 14.5
cents = 38
[[postage]]
product = "Not used"
country = "AT"
max_grams = 1000
cents = 1
[[postage]]
product = "Brief"
country = "*"
max_grams = 20
cents = 125
"""


def own(folder: Path, text: str = OWN) -> Path:
    path = folder / "prices.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("country", "pages", "cents", "because"),
    [
        ("DE", 1, 52, "1 sheet 1.25 + 1 page 2 + 10.5 + bulk 38 = 51.75"),
        ("DE", 2, 54, "1 sheet 1.25 + 2 pages 4 + 10.5 + bulk 38 = 53.75"),
        ("DE", 3, 57, "2 sheets of 5 g and 4.5 g are the 14.5 g that bulk just takes: 2.5 + 6 + 10.5 + 38 = 57"),
        ("DE", 5, 119, "3 sheets are 19.5 g, too heavy for bulk: 3.75 + 10 + 10.5 + 95 = 119.25"),
        ("DE", 7, 140, "4 sheets are 24.5 g: 5 + 14 + 10.5 + 110 = 139.5, and a half goes up"),
        ("", 1, 52, "no country means the sender's"),
        ("AT", 1, 139, "anywhere else, and not by a product that is not used: 1.25 + 2 + 10.5 + 125 = 138.75"),
    ],
)
def test_a_letter_costs_paper_print_handling_and_the_cheapest_postage(tmp_path: Path, country: str, pages: int, cents: int, because: str) -> None:
    assert read_tariff(own(tmp_path)).letter_cents(country, pages, "DE") == cents, because


def test_without_duplex_every_page_is_a_sheet(tmp_path: Path) -> None:
    tariff = read_tariff(own(tmp_path, OWN.replace("duplex = true", "duplex = false")))
    assert tariff.letter_cents("DE", 2, "DE") == 55  # 2.5 + 4 + 10.5 + 38


def test_a_letter_that_no_product_takes_stops_with_country_and_weight(tmp_path: Path) -> None:
    path = own(tmp_path)
    with pytest.raises(NoPostage, match=r"prices\.toml has no postage for a letter of 4 sheet\(s\), 24\.5 g, to CH: add a \[\[postage\]\] row"):
        read_tariff(path).letter_cents("CH", 8, "DE")


@given(country=st.sampled_from(["DE", "AT", "US", ""]), pages=st.integers(1, 15))
def test_the_bundled_prices_rise_with_the_pages_and_abroad_costs_more(country: str, pages: int) -> None:
    tariff = read_tariff(None)
    assert tariff.letter_cents(country, pages, "DE") < tariff.letter_cents(country, pages + 1, "DE")
    assert tariff.letter_cents("DE", pages, "DE") <= tariff.letter_cents(country, pages, "DE")


def test_the_bundled_prices_are_what_their_comments_say() -> None:
    tariff = read_tariff(None)
    assert "comes to 86 cents" in BUNDLED.read_text("utf-8").replace("\n# ", " ")
    assert tariff.letter_cents("DE", 2, "DE") == 86  # 1.5 + 14 + 14 + 56 = 85.5


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("sheet_cents = 1.25\n", "", r"paper\.sheet_cents is missing, but must be a number"),
        ("sheet_cents = 1.25", 'sheet_cents = "1,25"', r"paper\.sheet_cents is '1,25', but must be a number from 0"),
        ("sheet_cents = 1.25", "sheet_cents = -1.5", r"paper\.sheet_cents is '-1\.5'"),
        ("sheet_cents = 1.25", "sheet_cents = nan", r"paper\.sheet_cents is 'NaN'"),
        ("page_cents = 2", "page_cents = true", r"print\.page_cents is True"),
        ("page_cents = 2", "page_cent = 2", r"print\.page_cent is unknown: there may be page_cents"),
        ("duplex = true", 'duplex = "yes"', r"paper\.duplex must be true"),
        ("[print]\npage_cents = 2\n", "", r"the section \[print\] is missing: it holds page_cents"),
        ('products = ["Brief", "Bulk"]', "", "products must be a list of product names"),
        ('"Bulk"]', '"Bulky"]', "products names 'Bulky', but no .* there are Brief, Bulk, Not used"),
        ('country = "AT"', 'country = "Austria"', r"postage 4: country is 'Austria', but must be an ISO code"),
        ('product = "Not used"\n', "", "postage 4: product is missing"),
        ("max_grams = 14.5\n", "", r"postage 3: max_grams is missing"),
        ("[paper]", "[paper", "is no TOML"),
        ('currency = "EUR"', 'currency = "Euro"', 'currency must be an ISO code like "EUR"'),
    ],
)
def test_a_wrong_file_is_refused_by_name_and_field(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in OWN
    with pytest.raises(InvalidTariff, match=rf"The tariff .*prices\.toml: .*{told}"):
        read_tariff(own(tmp_path, OWN.replace(old, new, 1)))


def test_a_file_without_postage_or_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidTariff, match=r"postage is missing: add at least one"):
        read_tariff(own(tmp_path, OWN.split("[[postage]]")[0]))
    with pytest.raises(InvalidTariff, match=r"none\.toml: cannot be read .* POSTILLION_TARIFF_FILE"):
        read_tariff(tmp_path / "none.toml")
