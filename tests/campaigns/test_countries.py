"""Which country does a shop mean?"""

import pytest
from babel import Locale

from campaigns.countries import code_of, envelope_name, is_known


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


NAMES = [
    ("DE", "GB", "GROSSBRITANNIEN"),
    ("DE", "US", "USA"),
    ("DE", "HK", "HONGKONG"),
    ("DE", "CI", "CÔTE D'IVOIRE (REP.)"),
    ("DE", "IR", "RÉP. ISLAMIQUE D'IRAN"),
    ("DE", "CG", "KONGO"),
    ("AT", "DE", "DEUTSCHLAND"),
    ("CH", "DE", "ALLEMAGNE"),
    ("CH", "GB", "GRANDE-BRETAGNE"),
    ("FR", "CI", "CÔTE D'IVOIRE (REP.)"),
    ("NL", "DE", "GERMANY"),
    ("PL", "IR", "ISLAMIC REP. OF IRAN"),
    ("", "DE", "GERMANY"),
]


@pytest.mark.parametrize(("home", "code", "name"), NAMES)
def test_the_last_line_names_the_country(home: str, code: str, name: str) -> None:
    assert envelope_name(code, home) == name


@pytest.mark.parametrize("home", ["DE", "CH", "NL"])
def test_every_country_has_a_name_in_capitals_that_fits_a_line(home: str) -> None:
    for code in filter(is_known, Locale("en").territories):
        name = envelope_name(code, home)
        assert name == name.upper()
        assert 2 < len(name) <= 44, name
        assert "’" not in name
