"""Which lines stand in the window, and what keeps a letter from being posted?"""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaigns.address import MAX_LINES, Address, AddressProblem, household_key, postal, postal_problem, postcode_of, sort_key

ANNA = Address(first_name="Anna", last_name="Müller", street="Hauptstraße 5", postcode="01067", town="Dresden", country="DE")


@pytest.mark.parametrize(
    ("address", "home", "lines"),
    [
        pytest.param(ANNA, "DE", ("Anna Müller", "Hauptstraße 5", "01067 Dresden"), id="inland without a country line"),
        pytest.param(
            replace(ANNA, title="Dr.", addition="c/o Schmidt"),
            "DE",
            ("Dr. Anna Müller", "c/o Schmidt", "Hauptstraße 5", "01067 Dresden"),
            id="title before the name, c/o under it",
        ),
        pytest.param(
            replace(ANNA, company="Tee & Söhne GmbH"),
            "DE",
            ("Tee & Söhne GmbH", "Anna Müller", "Hauptstraße 5", "01067 Dresden"),
            id="company first",
        ),
        pytest.param(
            Address(company="Tee GmbH", street="Weg 1", postcode="10115", town="Berlin", country="DE"),
            "DE",
            ("Tee GmbH", "Weg 1", "10115 Berlin"),
            id="company alone",
        ),
        pytest.param(replace(ANNA, company="anna müller"), "DE", ("Anna Müller", "Hauptstraße 5", "01067 Dresden"), id="company that is the name again"),
        pytest.param(replace(ANNA, street="Postfach 12 34"), "DE", ("Anna Müller", "Postfach 12 34", "01067 Dresden"), id="PO box in the place of the street"),
        pytest.param(
            replace(ANNA, addition="12345678", street="Packstation 123"),
            "DE",
            ("Anna Müller", "12345678", "Packstation 123", "01067 Dresden"),
            id="Packstation: post number over the station",
        ),
        pytest.param(
            Address(first_name="Max", last_name="Huber", street="Ring 1", postcode="1010", town="Wien", country="AT"),
            "DE",
            ("Max Huber", "Ring 1", "1010 WIEN", "ÖSTERREICH"),
            id="Austria from Germany",
        ),
        pytest.param(
            Address(first_name="Urs", last_name="Frei", street="Gasse 2", postcode="8001", town="Zürich", country="CH"),
            "DE",
            ("Urs Frei", "Gasse 2", "8001 ZÜRICH", "SCHWEIZ"),
            id="Switzerland from Germany, no CH- before the postcode",
        ),
        pytest.param(
            Address(first_name="Max", last_name="Huber", street="Ring 1", postcode="1010", town="Wien", country="AT"),
            "AT",
            ("Max Huber", "Ring 1", "1010 Wien"),
            id="inland is wherever the sender is",
        ),
        pytest.param(ANNA, "AT", ("Anna Müller", "Hauptstraße 5", "01067 DRESDEN", "DEUTSCHLAND"), id="Germany from Austria"),
        pytest.param(
            Address(first_name="Ann", last_name="Lee", street="1 High Street", postcode="sw1a 1aa", town="London", country="GB"),
            "DE",
            ("Ann Lee", "1 High Street", "LONDON", "SW1A 1AA", "GROSSBRITANNIEN"),
            id="Great Britain: the postcode has its own line, in capitals",
        ),
        pytest.param(
            Address(first_name="Joe", last_name="Doe", street="5 Main St", postcode="10001", town="New York NY", country="US"),
            "DE",
            ("Joe Doe", "5 Main St", "NEW YORK NY 10001", "USA"),
            id="USA: town before postcode",
        ),
        pytest.param(
            Address(first_name="Li", last_name="Wong", street="1 Queen's Road", town="Central", country="HK"),
            "DE",
            ("Li Wong", "1 Queen's Road", "CENTRAL", "HONGKONG"),
            id="a country without postcodes",
        ),
        pytest.param(replace(ANNA, town="Großenhain"), "AT", ("Anna Müller", "Hauptstraße 5", "01067 GROSSENHAIN", "DEUTSCHLAND"), id="ß in capitals"),
    ],
)
def test_the_window_shows(address: Address, home: str, lines: tuple[str, ...]) -> None:
    found = postal(address, home)
    assert found.lines == lines
    assert found.problem is None


FULL_ABROAD = Address(
    company="Tea Ltd", first_name="Ann", last_name="Lee", addition="c/o Smith", street="1 High Street", postcode="SW1A 1AA", town="London", country="GB"
)


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        (replace(ANNA, first_name="", last_name=""), AddressProblem.NO_NAME),
        (replace(ANNA, street=""), AddressProblem.NO_STREET),
        (replace(ANNA, town=""), AddressProblem.NO_TOWN),
        (replace(ANNA, country=""), AddressProblem.NO_COUNTRY),
        (replace(ANNA, country="XX"), AddressProblem.UNKNOWN_COUNTRY),
        (replace(ANNA, country="ZZ"), AddressProblem.UNKNOWN_COUNTRY),
        (replace(ANNA, country="EU"), AddressProblem.UNKNOWN_COUNTRY),
        (replace(ANNA, country="de"), AddressProblem.UNKNOWN_COUNTRY),
        (replace(ANNA, postcode=""), AddressProblem.NO_POSTCODE),
        (replace(ANNA, postcode="1067"), AddressProblem.BAD_POSTCODE),
        (replace(ANNA, postcode="A-01067"), AddressProblem.BAD_POSTCODE),
        (replace(ANNA, postcode="01067 Dresden"), AddressProblem.BAD_POSTCODE),
        (replace(ANNA, postcode="٠١٠٦٧"), AddressProblem.BAD_POSTCODE),
        (replace(ANNA, country="AT", postcode="01067"), AddressProblem.BAD_POSTCODE),
        (replace(ANNA, town="Dres\ufffdden"), AddressProblem.BAD_CHARACTER),
        (replace(ANNA, street="Haupt\nstraße 5"), AddressProblem.BAD_CHARACTER),
        (replace(ANNA, last_name="Mül\u200bler"), AddressProblem.BAD_CHARACTER),
        (replace(ANNA, last_name="Muller\x00"), AddressProblem.BAD_CHARACTER),
        (replace(ANNA, first_name="An\ue000na"), AddressProblem.BAD_CHARACTER),
        (replace(ANNA, last_name="דוד"), AddressProblem.BAD_CHARACTER),
        (replace(ANNA, last_name="محمد"), AddressProblem.BAD_CHARACTER),
        (replace(ANNA, last_name="Mül\u202eler"), AddressProblem.BAD_CHARACTER),
        (replace(ANNA, first_name="Anna 😀"), AddressProblem.BAD_CHARACTER),
        (replace(ANNA, first_name="Anna ❤"), AddressProblem.BAD_CHARACTER),
        (replace(ANNA, first_name="An\ud800na"), AddressProblem.BAD_CHARACTER),
        (Address(), AddressProblem.NO_NAME),
    ],
)
def test_an_address_is_not_printed_with(address: Address, problem: AddressProblem) -> None:
    assert postal(address, "DE").problem is problem
    assert postal_problem(address, "DE") is problem


@pytest.mark.parametrize(
    ("address", "most", "lines"),
    [
        pytest.param(
            replace(FULL_ABROAD, country="AT", postcode="1010", town="Wien"),
            6,
            ("Tea Ltd", "Ann Lee", "c/o Smith", "1 High Street", "1010 WIEN", "ÖSTERREICH"),
            id="six lines stand as they are",
        ),
        pytest.param(
            FULL_ABROAD, 6, ("Tea Ltd", "Ann Lee", "c/o Smith", "1 High Street", "LONDON SW1A 1AA", "GROSSBRITANNIEN"), id="first the postcode joins the town"
        ),
        pytest.param(
            replace(FULL_ABROAD, addition="Flat 2"),
            5,
            ("Tea Ltd", "Ann Lee", "Flat 2, 1 High Street", "LONDON SW1A 1AA", "GROSSBRITANNIEN"),
            id="then the addition the street",
        ),
        pytest.param(
            replace(FULL_ABROAD, addition="Flat 2"),
            4,
            ("Tea Ltd, Ann Lee", "Flat 2, 1 High Street", "LONDON SW1A 1AA", "GROSSBRITANNIEN"),
            id="then the company the name",
        ),
        pytest.param(
            replace(FULL_ABROAD, addition="Apt 2", street="5 Main St", postcode="10001", town="New York NY", country="US"),
            5,
            ("Tea Ltd", "Ann Lee", "5 Main St Apt 2", "NEW YORK NY 10001", "USA"),
            id="a flat behind the street, where the country wants it there",
        ),
        pytest.param(
            FULL_ABROAD,
            5,
            ("Tea Ltd, Ann Lee", "c/o Smith", "1 High Street", "LONDON SW1A 1AA", "GROSSBRITANNIEN"),
            id="c/o stays under the name",
        ),
        pytest.param(
            replace(ANNA, company="Tee GmbH", addition="1234567", street="Packstation 123"),
            4,
            ("Tee GmbH, Anna Müller", "1234567", "Packstation 123", "01067 Dresden"),
            id="a Postnummer stays alone",
        ),
        pytest.param(
            replace(ANNA, company="Tee GmbH", addition="Hinterhaus", street="Weg 5"),
            4,
            ("Tee GmbH", "Anna Müller", "Hinterhaus, Weg 5", "01067 Dresden"),
            id="four lines where the franking takes two",
        ),
    ],
)
def test_too_many_lines_are_joined_in_a_stated_order(address: Address, most: int, lines: tuple[str, ...]) -> None:
    found = postal(address, "DE", most)
    assert found.lines == lines
    assert (found.problem, found.dropped) == (None, ())
    assert postal_problem(address, "DE", most) is None


def test_lines_that_would_get_too_long_are_not_joined() -> None:
    address = replace(ANNA, company="Gesellschaft für die Einfuhr von Tee mbH", addition="Hinterhaus, dritter Aufgang links")
    found = postal(address, "DE", 4)
    assert (len(found.lines), found.problem) == (5, AddressProblem.TOO_MANY_LINES)
    assert postal_problem(address, "DE", 4) is AddressProblem.TOO_MANY_LINES
    assert postal_problem(address, "DE", 5) is None


@pytest.mark.parametrize("addition", ["Tee GmbH", "anna müller", "Hauptstraße 5"])
def test_nothing_is_said_twice(addition: str) -> None:
    found = postal(replace(ANNA, company="Tee GmbH", addition=addition), "DE")
    assert found.lines == ("Tee GmbH", "Anna Müller", "Hauptstraße 5", "01067 Dresden")


def test_lines_are_composed_however_they_were_typed() -> None:
    found = postal(replace(ANNA, last_name="Mu\u0308ller", town="Ko\u0308ln"), "DE")
    assert found.lines == ("Anna Müller", "Hauptstraße 5", "01067 Köln")


def test_capitals_keep_their_accents() -> None:
    found = postal(replace(ANNA, street="Č 1", postcode="110 00", town="Praha – Žižkov", country="CZ"), "DE")
    assert found.lines == ("Anna Müller", "Č 1", "110 00 PRAHA – ŽIŽKOV", "TSCHECHIEN")


def test_every_problem_is_either_a_gap_or_an_error() -> None:
    assert {problem for problem in AddressProblem if problem.is_gap} == {
        AddressProblem.NO_NAME,
        AddressProblem.NO_STREET,
        AddressProblem.NO_POSTCODE,
        AddressProblem.NO_TOWN,
        AddressProblem.NO_COUNTRY,
        AddressProblem.NO_POST_NUMBER,
    }


PART = st.text(max_size=12)


@given(st.builds(Address, PART, PART, PART, PART, PART, PART, PART, PART, st.sampled_from(["DE", "AT", "GB", "US", "HK", "", "ZZ", "xx"])))
def test_what_may_be_printed_has_two_to_six_readable_lines_without_a_blank_one(address: Address) -> None:
    found = postal(address, "DE")
    assert all(found.lines)
    if found.problem is None:
        assert 2 < len(found.lines) <= MAX_LINES
        assert all(line.isprintable() or not line.isascii() for line in found.lines)


NUMBERS = ["Weg 1", "Weg 1, Postfach 12", "Packstation 123", "1234567", "Postfach 12"]
WORDS = ["", "Anna", "Müller", "\u200bWeg", "W\u00e9g\ufffd", "王", "x\u00a0y", "c/o Weg", "ß" * 41, "\u0627", *NUMBERS]
PARTS = st.sampled_from(WORDS)
POSTCODES = st.sampled_from(["", "01067", "1067", "1010", "sw1a 1aa", "SW1A 1AA", "D-01067", "０１０６７"])
COUNTRY_CODES = st.sampled_from(["", "DE", "AT", "CH", "GB", "JP", "XX"])


@given(st.builds(Address, PARTS, PARTS, PARTS, PARTS, PARTS, PARTS, POSTCODES, PARTS, COUNTRY_CODES), COUNTRY_CODES, st.sampled_from([4, 5, 6]))
@example(replace(ANNA, company="W" * 41, addition="Hof", country="AT", postcode="1010"), "DE", 6)
def test_a_problem_is_the_same_without_the_lines(address: Address, home: str, most: int) -> None:
    assert postal_problem(address, home, most) == postal(address, home, most).problem


@pytest.mark.parametrize(
    "same",
    [
        replace(ANNA, first_name="Paul"),
        replace(ANNA, street="Hauptstr. 5"),
        replace(ANNA, street="HAUPTSTRASSE 5"),
        replace(ANNA, street="Haupt-Straße  5"),
        replace(ANNA, last_name="MÜLLER "),
        replace(ANNA, last_name="Mu\u0308ller"),
        replace(ANNA, addition="Hinterhaus", company="Tee GmbH", title="Dr."),
    ],
)
def test_one_household_in_other_spelling(same: Address) -> None:
    assert household_key(same) == household_key(ANNA)


@pytest.mark.parametrize(
    "other",
    [
        replace(ANNA, last_name="Muller"),
        replace(ANNA, street="Hauptstraße 15"),
        replace(ANNA, postcode="01069"),
        replace(ANNA, country="AT"),
    ],
)
def test_another_household(other: Address) -> None:
    assert household_key(other) != household_key(ANNA)


@pytest.mark.parametrize("gap", ["last_name", "street", "postcode"])
def test_too_little_is_no_household(gap: str) -> None:
    assert household_key(replace(ANNA, **{gap: ""})) is None


@pytest.mark.parametrize(
    ("code", "typed", "postcode"), [("DE", "D-01067", "01067"), ("DE", "01067", "01067"), ("DE", "1067", "1067"), ("SE", "11151", "111 51"), ("", "x", "X")]
)
def test_the_manifest_has_the_postcode_that_is_printed(code: str, typed: str, postcode: str) -> None:
    assert postcode_of(replace(ANNA, country=code, postcode=typed)) == postcode


def test_mail_is_sorted_inland_by_postcode_then_abroad_by_country() -> None:
    wanted = [
        replace(ANNA, postcode="01067", street="Allee 1"),
        replace(ANNA, postcode="D-01067", street="berg 1"),
        replace(ANNA, postcode="01067", street="Chor 1"),
        replace(ANNA, postcode="99999"),
        replace(ANNA, country="AT", postcode="1010"),
        replace(ANNA, country="AT", postcode="9999"),
        replace(ANNA, country="CH", postcode="CH-1000"),
    ]
    assert sorted(reversed(wanted), key=lambda address: sort_key(address, "DE")) == wanted
