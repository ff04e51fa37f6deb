"""Cells are cleaned, and damage is refused instead of stored."""

import pytest

from campaigns.rejection import RejectionReason
from importers import text
from importers.errors import BadRecord


@pytest.mark.parametrize(
    ("cell", "clean"),
    [
        ("  Anna ", "Anna"),
        ("Anna \t\u00a0 Müller\n", "Anna Müller"),
        ("Mu\u0308ller", "Müller"),
        ("", ""),
        ("  ", ""),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
    ],
)
def test_blanks_are_trimmed_and_letters_composed(cell: str, clean: str) -> None:
    assert text.text(cell) == clean


@pytest.mark.parametrize(
    ("cell", "clean"), [("'01067", "01067"), ("'7210448301122", "7210448301122"), ('="01067"', "01067"), ("K2P 2L8", "K2P 2L8"), ("'", "")]
)
def test_keys_lose_what_protects_them_from_spreadsheets(cell: str, clean: str) -> None:
    assert text.key(cell) == clean


@pytest.mark.parametrize("cell", ["3,40E+17", "3.40E+17", "7,21E+12", "1E+15", "'3,40E+17", "5,9e+12"])
def test_numbers_that_a_spreadsheet_rounded_are_refused(cell: str) -> None:
    with pytest.raises(BadRecord) as refused:
        text.key(cell)
    assert refused.value.reason is RejectionReason.EXCEL_DAMAGE
    assert "Export again" in refused.value.message


@pytest.mark.parametrize("cell", ["3E5", "12E", "E+17", "85123A", "1-E+2"])
def test_article_numbers_with_an_e_are_no_damage(cell: str) -> None:
    assert text.key(cell) == cell


def test_a_replacement_character_is_refused_everywhere() -> None:
    for parse in (text.text, text.key, text.printed, text.email):
        with pytest.raises(BadRecord) as refused:
            parse("M\ufffdller@example.com")
        assert refused.value.reason is RejectionReason.BROKEN_ENCODING


@pytest.mark.parametrize(
    "name", ["Müller", "Weiß", "Łukasz Wałęsa", "José", "Ärzte für Öl", "5 €", "Åse Ørsted", "São", "Ångström", "Çelik", "Yıldız", "voilà"]
)
def test_text_read_in_the_wrong_encoding_is_refused_where_it_would_be_printed(name: str) -> None:
    assert text.printed(name) == name
    for encoding in ("cp1252", "latin-1"):
        if name not in ("5 €", "Łukasz Wałęsa") or encoding == "cp1252":
            with pytest.raises(BadRecord) as refused:
                text.printed(name.encode().decode(encoding, errors="ignore"))
            assert refused.value.reason is RejectionReason.BROKEN_ENCODING


@pytest.mark.parametrize("name", ["SÃO PAULO", "„Ä“", "Ärzte", "Åmål", "Â la carte", "L’Été – Genève", "D'Aragón"])
def test_rare_but_right_letters_pass(name: str) -> None:
    assert text.printed(name) == name


def test_what_is_no_mail_address_is_left_out_because_people_are_told_apart_by_it() -> None:
    assert text.email(" Anna@Example.com ") == "Anna@Example.com"
    assert text.email("-") == text.email("keine") == ""
