"""Packstation, post office box, c/o: is the letter sent where the person wants it, however the fields were filled?"""

from dataclasses import replace

import pytest

from campaigns.address import Address, AddressProblem, postal, postal_problem

ANNA = Address(first_name="Anna", last_name="Müller", postcode="01067", town="Dresden", country="DE")
STATION = ("Anna Müller", "1234567", "Packstation 123", "01067 Dresden")


@pytest.mark.parametrize(
    ("company", "addition", "street"),
    [
        ("", "1234567", "Packstation 123"),
        ("", "Packstation 123", "1234567"),
        ("", "Postnummer 1234567", "Packstation 123"),
        ("", "Postnummer: 1234567", "Packstation Nr. 123"),
        ("", "PN 1234567", "PACKSTATION 123"),
        ("", "DHL Kundennummer 1234567", "packstation 123"),
        ("", "", "Packstation 123, 1234567"),
        ("", "", "1234567 Packstation 123"),
        ("", "Packstation 123 / 1234567", ""),
        ("1234567", "", "Packstation 123"),
        ("Postnr. 1234567", "", "Packstation123"),
        ("Packstation 123", "", "1234567"),
        ("Packstation 123", "Postnummer 1234567", ""),
        ("DHL Packstation 123", "", "1234567"),
        ("", "1234567", "DHL-Packstation 123"),
    ],
)
def test_a_packstation_is_found_in_any_order(company: str, addition: str, street: str) -> None:
    address = replace(ANNA, company=company, addition=addition, street=street)
    found = postal(address, "DE")
    assert (found.lines, found.problem, found.dropped) == (STATION, None, ())
    assert postal_problem(address, "DE") is None


@pytest.mark.parametrize("street", ["Packstationsweg 5", "An der Packstation 5", "Neben der Packstation 5"])
def test_a_street_by_a_station_is_a_street(street: str) -> None:
    address = replace(ANNA, street=street)
    assert postal(address, "DE").lines == ("Anna Müller", street, "01067 Dresden")
    assert postal(address, "DE").problem is postal_problem(address, "DE") is None


def test_a_firm_may_be_called_packstation() -> None:
    found = postal(replace(ANNA, company="Packstation Logistik GmbH", street="Weg 1"), "DE")
    assert (found.lines, found.problem) == (("Packstation Logistik GmbH", "Anna Müller", "Weg 1", "01067 Dresden"), None)


@pytest.mark.parametrize(("addition", "above"), [("", ()), ("Hinterhaus", ("Hinterhaus",))])
def test_a_box_that_was_given_as_company_takes_the_place_of_the_street(addition: str, above: tuple[str, ...]) -> None:
    found = postal(replace(ANNA, company="Postfach 99", addition=addition, street="Hauptstr. 5"), "DE")
    assert (found.lines, found.dropped) == (("Anna Müller", *above, "Postfach 99", "01067 Dresden"), ("Hauptstr. 5",))
    swiss = replace(ANNA, company="Postfach 99", addition=addition, street="Weg 1", postcode="8001", town="Zürich", country="CH")
    assert postal(swiss, "CH").lines == ("Anna Müller", *above, "Weg 1", "Postfach 99", "8001 Zürich")


def test_a_french_box_below_the_street_is_written_like_the_street() -> None:
    french = replace(ANNA, street="12, rue du Gal. Leclerc, B.P. 20", postcode="75001", town="Paris", country="FR")
    assert postal(french, "FR").lines[1:] == ("12 RUE DU GAL LECLERC", "BP 20", "75001 PARIS")


def test_a_postfiliale_has_the_same_form_and_a_company_stays_on_top() -> None:
    found = postal(replace(ANNA, company="Tee GmbH", addition="87654321", street="Postfiliale 501"), "DE")
    assert found.lines == ("Tee GmbH", "Anna Müller", "87654321", "Postfiliale 501", "01067 Dresden")


def test_the_street_of_a_packstation_is_not_printed_and_that_is_told() -> None:
    found = postal(replace(ANNA, addition="1234567, Am Bahnhof 2", street="Packstation 123"), "DE")
    assert (found.lines, found.dropped) == (STATION, ("Am Bahnhof 2",))


@pytest.mark.parametrize(
    ("addition", "street"), [("", "Packstation 123"), ("Hinterhaus", "Packstation 123"), ("1234567", "Packstation"), ("12345", "Packstation 123")]
)
def test_a_packstation_without_a_number_is_incomplete(addition: str, street: str) -> None:
    address = replace(ANNA, addition=addition, street=street)
    assert postal(address, "DE").problem is postal_problem(address, "DE") is AddressProblem.NO_POST_NUMBER
    assert AddressProblem.NO_POST_NUMBER.is_gap


def test_a_word_like_packstation_abroad_is_a_street() -> None:
    found = postal(replace(ANNA, street="Packstation 123", country="AT", postcode="1010", town="Wien"), "DE")
    assert (found.lines, found.problem) == (("Anna Müller", "Packstation 123", "1010 WIEN", "ÖSTERREICH"), None)


@pytest.mark.parametrize("box", ["Postfach 12 34", "Postfach 1234", "postfach 1", "Post Box 7", "P.O. Box 12", "PO Box 12", "p. o. box 12"])
def test_a_box_takes_the_place_of_the_street_and_that_is_told(box: str) -> None:
    found = postal(replace(ANNA, addition=box, street="Hauptstraße 5"), "DE")
    assert (found.lines, found.dropped, found.problem) == (("Anna Müller", box, "01067 Dresden"), ("Hauptstraße 5",), None)


def test_a_box_without_a_number_does_not_take_the_place_of_the_street() -> None:
    found = postal(replace(ANNA, addition="Postfach", street="Hauptstraße 5"), "DE")
    assert (found.lines, found.dropped, found.problem) == (("Anna Müller", "Hauptstraße 5", "01067 Dresden"), ("Postfach",), None)
    assert postal(replace(ANNA, addition="Postfach"), "DE").lines == ("Anna Müller", "Postfach", "01067 Dresden")


@pytest.mark.parametrize("street", ["Hauptstraße 5, Postfach 12", "Hauptstraße 5 / Postfach 12", "Hauptstraße 5; Postfach 12"])
def test_street_and_box_in_one_field_are_two_lines_or_the_box(street: str) -> None:
    found = postal(replace(ANNA, company="Tee GmbH", street=street), "DE")
    assert (found.lines, found.dropped, found.problem) == (("Tee GmbH", "Anna Müller", "Postfach 12", "01067 Dresden"), ("Hauptstraße 5",), None)
    swiss = postal(replace(ANNA, street=street, country="CH", postcode="8001", town="Zürich"), "CH")
    assert swiss.lines == ("Anna Müller", "Hauptstraße 5", "Postfach 12", "8001 Zürich")


@pytest.mark.parametrize("street", ["Weg 5, Postfachhaus", "Am Postfach 3", "Weg 5 Hinterhaus, 2. Stock"])
def test_a_street_with_a_comma_stays_one_line(street: str) -> None:
    assert postal(replace(ANNA, street=street), "DE").lines == ("Anna Müller", street, "01067 Dresden")


def test_a_box_in_either_field_will_do() -> None:
    wanted = ("Anna Müller", "Postfach 12 34", "01067 Dresden")
    for part in ("addition", "street"):
        found = postal(replace(ANNA, **{part: "Postfach 12 34"}), "DE")
        assert (found.lines, found.dropped, found.problem) == (wanted, (), None)


@pytest.mark.parametrize("addition", ["Postfachweg 3", "Hinterhaus", "Bpost 5", "Boxberger Hof", "B.P. 3. Etage"])
def test_what_only_sounds_like_a_box_stays_an_addition(addition: str) -> None:
    found = postal(replace(ANNA, addition=addition, street="Weg 1"), "DE")
    assert (found.lines, found.dropped) == (("Anna Müller", addition, "Weg 1", "01067 Dresden"), ())


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (
            replace(ANNA, addition="Postfach", street="Bahnhofstrasse 1", country="CH", postcode="8001", town="Zürich"),
            ("Anna Müller", "Bahnhofstrasse 1", "Postfach", "8001 ZÜRICH", "SCHWEIZ"),
        ),
        (
            replace(ANNA, addition="BP 90432", street="12, rue de l'Église", country="FR", postcode="33700", town="Mérignac Cedex"),
            ("Anna Müller", "12 RUE DE L'ÉGLISE", "BP 90432", "33700 MÉRIGNAC CEDEX", "FRANKREICH"),
        ),
        (
            replace(ANNA, addition="TSA 12345", country="FR", postcode="92919", town="Paris La Défense Cedex"),
            ("Anna Müller", "TSA 12345", "92919 PARIS LA DÉFENSE CEDEX", "FRANKREICH"),
        ),
        (
            replace(ANNA, addition="Postbus 123", street="Damrak 1", country="NL", postcode="1000 AA", town="Amsterdam"),
            ("Anna Müller", "Postbus 123", "1000 AA  AMSTERDAM", "NIEDERLANDE"),
        ),
    ],
)
def test_a_box_abroad_stands_where_the_country_wants_it(address: Address, lines: tuple[str, ...]) -> None:
    assert postal(address, "DE").lines == lines


def test_who_takes_the_letter_in_stands_under_the_name() -> None:
    wanted = ("Anna Müller", "c/o Tee GmbH", "Weg 1", "01067 Dresden")
    for part in ("addition", "company"):
        assert postal(replace(ANNA, street="Weg 1", **{part: "c/o Tee GmbH"}), "DE").lines == wanted
    both = postal(replace(ANNA, street="Weg 1", company="c/o Tee GmbH", addition="Hinterhaus"), "DE")
    assert both.lines == ("Anna Müller", "c/o Tee GmbH", "Hinterhaus", "Weg 1", "01067 Dresden")
