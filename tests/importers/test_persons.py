"""Salutations, names, countries and languages, in the words of exports."""

import pytest

from campaigns.customer import Sex
from importers import persons


@pytest.mark.parametrize(
    ("salutation", "sex", "title"),
    [
        ("Frau", Sex.FEMALE, ""),
        ("HERR", Sex.MALE, ""),
        ("Herrn", Sex.MALE, ""),
        ("Ms.", Sex.FEMALE, ""),
        ("Mrs", Sex.FEMALE, ""),
        ("mr", Sex.MALE, ""),
        ("w", Sex.FEMALE, ""),
        ("Frau Prof. Dr.", Sex.FEMALE, "Prof. Dr."),
        ("Herr Dr. med.", Sex.MALE, "Dr. med."),
        ("Dr.", Sex.UNKNOWN, "Dr."),
        ("Firma", Sex.UNKNOWN, ""),
        ("Divers", Sex.UNKNOWN, ""),
        ("Familie", Sex.UNKNOWN, ""),
        ("Herr Müller", Sex.MALE, ""),
        ("", Sex.UNKNOWN, ""),
    ],
)
def test_a_salutation_says_sex_and_title(salutation: str, sex: Sex, title: str) -> None:
    assert persons.sex_and_title(salutation) == (sex, title)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Anna Müller", ("", "Anna", "Müller")),
        ("Anna Maria Müller", ("", "Anna Maria", "Müller")),
        ("Ludwig van Beethoven", ("", "Ludwig", "van Beethoven")),
        ("Ida von der Heide", ("", "Ida", "von der Heide")),
        ("von Atzigen", ("", "von", "Atzigen")),
        ("Dr. Anna Müller", ("Dr.", "Anna", "Müller")),
        ("Prof. Dr. med. Anna Müller", ("Prof. Dr. med.", "Anna", "Müller")),
        ("Drago Ingwer", ("", "Drago", "Ingwer")),
        ("Madonna", ("", "", "Madonna")),
        ("", ("", "", "")),
    ],
)
def test_a_full_name_is_split_before_the_last_name(name: str, parts: tuple[str, str, str]) -> None:
    assert persons.split_name(name) == parts


@pytest.mark.parametrize(("cell", "code"), [("DE", "DE"), ("Deutschland", "DE"), ("österreich", "AT"), ("Switzerland", "CH"), ("Mordor", ""), ("", "")])
def test_an_unknown_country_is_left_to_the_address_check(cell: str, code: str) -> None:
    assert persons.country(cell) == code


@pytest.mark.parametrize(
    ("cell", "code"), [("de", "de"), ("de-AT", "de"), ("en_GB", "en"), ("Deutsch", "de"), ("German", "de"), ("französisch", "fr"), ("xx", ""), ("", "")]
)
def test_languages_are_known_by_code_and_by_name(cell: str, code: str) -> None:
    assert persons.language(cell) == code
