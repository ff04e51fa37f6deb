"""Which country does a shop mean?"""

import pytest

from campaigns.countries import COUNTRIES, code_of, country, envelope_name, is_known


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("DE", "DE"),
        ("de", "DE"),
        (" at ", "AT"),
        ("Deutschland", "DE"),
        ("GERMANY", "DE"),
        ("Österreich", "AT"),
        ("Oesterreich", "AT"),
        ("Schweiz", "CH"),
        ("Switzerland", "CH"),
        ("UK", "GB"),
        ("England", "GB"),
        ("Großbritannien", "GB"),
        ("GROSSBRITANNIEN", "GB"),
        ("Great Britain", "GB"),
        ("Vereinigtes Königreich", "GB"),
        ("Niederlande", "NL"),
        ("The Netherlands", "NL"),
        ("Holland", "NL"),
        ("USA", "US"),
        ("United States", "US"),
        ("Vereinigte Staaten", "US"),
        ("Tschechien", "CZ"),
        ("Tschechische Republik", "CZ"),
        ("Czech Republic", "CZ"),
        ("Turkey", "TR"),
        ("Kosovo", "XK"),
    ],
)
def test_a_country_is_recognised(name: str, code: str) -> None:
    assert code_of(name) == code


@pytest.mark.parametrize("name", ["", "  ", "Atlantis", "ZZ", "EU", "Europäische Union", "Unbekannte Region", "XA", "276", "D", "DEU", "12", "ßß"])
def test_what_names_no_country(name: str) -> None:
    assert code_of(name) is None


def test_every_listed_country_exists_and_has_a_name_in_capitals() -> None:
    for code in COUNTRIES:
        assert is_known(code)
        assert envelope_name(code) == envelope_name(code).upper()


def test_an_unlisted_country_takes_any_postcode() -> None:
    assert country("JP").postcode is None
    assert country("JP").town_line == "{postcode} {town}"
