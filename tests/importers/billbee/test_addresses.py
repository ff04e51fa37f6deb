"""Do all spellings of an address come to the same, with the house number once?"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.address import Address
from importers.billbee.addresses import is_damaged, is_hidden, to_address, with_house_number
from tests.importers.billbee.test_fields import JSON

ORDER = {
    "FirstName": " Ida ", "LastName": "Groß", "Company": "Teehaus GmbH", "NameAddition": "z. Hd. Einkauf", "Street": "Am Anger", "HouseNumber": "3 a",
    "Zip": "01067", "City": "Dresden", "CountryISO2": "DE", "Country": "DE", "Line2": "2. OG", "Email": "ida@example.com",
}  # fmt: skip
CUSTOMER = {
    "FirstName": "Ida", "LastName": "Groß", "Company": "Teehaus GmbH", "Name2": "z. Hd. Einkauf", "Street": "Am Anger", "Housenumber": "3 a",
    "Zip": "01067", "City": "Dresden", "CountryCode": "DE", "AddressAddition": "2. OG",
}  # fmt: skip
PARCEL = {
    "FullName": "Ida Groß", "Company": "Teehaus GmbH", "Name2": "z. Hd. Einkauf", "FullStreet": "Am Anger 3 a", "Housenumber": "3 a",
    "Zip": "01067", "City": "Dresden", "CountryCode": "DE", "CountryCodeISO3": "DEU", "AddressAddition": "2. OG",
}  # fmt: skip
NAMES = sorted({*ORDER, *CUSTOMER, *PARCEL})


@pytest.mark.parametrize("row", [ORDER, CUSTOMER, PARCEL])
def test_three_spellings_are_one_address(row: dict[str, Any]) -> None:
    assert to_address(row) == Address("Teehaus GmbH", "", "Ida", "Groß", "z. Hd. Einkauf, 2. OG", "Am Anger 3 a", "01067", "Dresden", "DE")


@pytest.mark.parametrize(
    ("street", "number", "line"),
    [
        ("Hauptstraße", "5", "Hauptstraße 5"),
        ("Hauptstraße 5", "5", "Hauptstraße 5"),
        ("Hauptstraße 5", "", "Hauptstraße 5"),
        ("Hauptstraße", "", "Hauptstraße"),
        ("Hauptstr. 5 a", "5a", "Hauptstr. 5 a"),
        ("Hauptstr. 5A", "5 a", "Hauptstr. 5A"),
        ("Hauptstr.5", "5", "Hauptstr.5"),
        ("Hauptstraße5", "5", "Hauptstraße5"),
        ("Hauptstraße 112", "12", "Hauptstraße 112 12"),
        ("Hauptstraße 12-14", "14", "Hauptstraße 12-14"),
        ("Straße des 17. Juni", "17", "Straße des 17. Juni 17"),
        ("C3", "3", "C3 3"),
        ("5. Allee", "5", "5. Allee 5"),
        ("12, rue de Rivoli", "12", "12, rue de Rivoli"),
        ("12 rue de Rivoli", "12", "12 rue de Rivoli"),
        ("Am Anger", "Am Anger 3", "Am Anger 3"),
        ("Am Anger 3", "Am Anger 3", "Am Anger 3"),
        ("", "Am Anger 3", "Am Anger 3"),
        ("", "3", ""),
        ("Am Anger", "-", "Am Anger"),
        ("Am Anger", "0", "Am Anger"),
        ("İ,", "i̇", "İ,"),
    ],
)
def test_a_house_number_stands_once(street: str, number: str, line: str) -> None:
    assert with_house_number(street, number) == line


_NUMBERS = st.from_regex(r"[1-9][0-9]{0,2}( ?[a-c])?(-[1-9])?", fullmatch=True)


@given(st.text(max_size=20), st.text(max_size=6) | _NUMBERS)
def test_a_house_number_is_never_doubled(street: str, number: str) -> None:
    line = with_house_number(street, number)
    assert with_house_number(line, number) == line


@given(st.from_regex(r"[A-ZÄÖÜ][a-zäöüß]{2,12}(straße| Weg|\.)", fullmatch=True), _NUMBERS)
def test_street_and_number_make_one_line_in_one_field_or_in_two(street: str, number: str) -> None:
    line = f"{street} {number}"
    assert with_house_number(street, number) == with_house_number(line, number) == with_house_number(line, "") == line


@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=len(NAMES)))
def test_any_address_is_one(row: dict[str, Any]) -> None:
    address = to_address(row)
    assert isinstance(is_damaged(address), bool)
    for part in (address.company, address.first_name, address.last_name, address.addition, address.street, address.postcode, address.town):
        assert part == part.strip()


@pytest.mark.parametrize("company", ["Keine Firma", "privat", "-", "n/a", "", None])
def test_what_is_no_company_is_left_out(company: str | None) -> None:
    address = to_address({**ORDER, "Company": company})
    assert (address.company, address.last_name) == ("", "Groß")


@pytest.mark.parametrize("row", [{name: None for name in ORDER}, {name: "" for name in ORDER}, {}])
def test_nothing_is_an_empty_address(row: dict[str, Any]) -> None:
    assert to_address(row) == Address()


def test_a_country_may_be_a_name_and_an_unknown_one_is_left_to_the_address_check() -> None:
    assert to_address({**ORDER, "CountryISO2": "", "Country": "Österreich"}).country == "AT"
    assert to_address({**ORDER, "CountryISO2": "Atlantis", "Country": None}).country == ""


def test_a_full_name_is_split() -> None:
    address = to_address({**PARCEL, "FullName": "Dr. Karla von der Heide"})
    assert (address.title, address.first_name, address.last_name) == ("Dr.", "Karla", "von der Heide")


@pytest.mark.parametrize(
    "word",
    ["***", "M*** S***", "Anonymisiert", "anonymisierter Kunde", "Anonym", "anonymized", "Gelöscht", "gelöschter Kunde", "xxxx", "XXX", "deleted", "DSGVO"],
)
@pytest.mark.parametrize("field", ["LastName", "FirstName", "Street", "Company"])
def test_somebody_who_was_made_anonymous_has_no_address(word: str, field: str) -> None:
    assert is_hidden(word)
    assert to_address({**ORDER, field: word}) == Address()


@pytest.mark.parametrize("word", ["Xaver", "Max", "Anonymus-Weg 3", "von Löschen", "Deletedis", "A. * B.", "-", "", "Xx"])
def test_real_names_are_not_hidden(word: str) -> None:
    assert not is_hidden(word)


def test_wrong_encoding_is_noticed() -> None:
    assert is_damaged(to_address({**ORDER, "LastName": "MÃ¼ller"}))
    assert is_damaged(to_address({**ORDER, "City": "K\ufffdln"}))
    assert not is_damaged(to_address(ORDER))


@pytest.mark.parametrize(
    ("name", "line", "both"),
    [("c/o Meier", "", "c/o Meier"), ("", "2. OG", "2. OG"), ("2. OG", "2. OG", "2. OG"), ("c/o Meier, 2. OG", "2. OG", "c/o Meier, 2. OG"), ("-", "***", "")],
)
def test_two_additional_lines_share_the_one_there_is(name: str, line: str, both: str) -> None:
    assert to_address({**ORDER, "NameAddition": name, "Line2": line}).addition == both
