"""Are two records taken for one person when they are one, and only then?"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.address import Address
from campaigns.identity import person_key, place, real_number, same_name

ANNA = Address(first_name="Anna", last_name="Müller", street="Hauptstraße 5", postcode="01067", town="Dresden", country="DE")


@pytest.mark.parametrize(
    "other",
    [
        replace(ANNA, street="Hauptstr. 5"),
        replace(ANNA, street="HAUPTSTRASSE  5"),
        replace(ANNA, first_name=" anna ", last_name="MÜLLER"),
        replace(ANNA, town="Dresden-Altstadt", addition="Hinterhaus", title="Dr.", company="Tee GmbH"),
        replace(ANNA, last_name="Mu\u0308ller"),
    ],
)
def test_spellings_of_one_person_at_one_address(other: Address) -> None:
    assert person_key(other) == person_key(ANNA) is not None


@pytest.mark.parametrize(
    "other",
    [
        replace(ANNA, first_name="Peter"),
        replace(ANNA, last_name="Meier"),
        replace(ANNA, street="Hauptstraße 15"),
        replace(ANNA, postcode="01069"),
        replace(ANNA, country="AT"),
        Address(company="Anna Müller", last_name="", street=ANNA.street, postcode=ANNA.postcode, country="AT"),
    ],
)
def test_another_person_or_another_address(other: Address) -> None:
    assert person_key(other) not in (person_key(ANNA), None)


@pytest.mark.parametrize("gap", ["first_name", "last_name", "street", "postcode"])
def test_too_little_to_tell(gap: str) -> None:
    assert person_key(replace(ANNA, **{gap: ""})) is None


@pytest.mark.parametrize("gap", ["first_name", "last_name", "street", "postcode"])
@pytest.mark.parametrize("placeholder", ["-", ".", " "])
def test_a_placeholder_tells_nothing(gap: str, placeholder: str) -> None:
    assert person_key(replace(ANNA, **{gap: placeholder})) is None


def test_a_house_number_alone_is_no_street() -> None:
    assert person_key(replace(ANNA, street="5")) is None
    assert person_key(replace(ANNA, street="Q7, 24")) is not None


@pytest.mark.parametrize("box", ["Packstation 101", "PACKSTATION-101", "Postfiliale 512", "DHL Packstation 101", "Postfach 12 34"])
def test_whose_a_box_is_tells_the_post_number(box: str) -> None:
    anna = replace(ANNA, street=box, addition="1234 5678")
    assert person_key(anna) == person_key(replace(anna, addition="Postnummer 12345678"))
    assert person_key(anna) not in (person_key(replace(anna, addition="87654321")), None)
    assert place(anna) != place(replace(anna, addition=""))


@pytest.mark.parametrize("number", ["", "0", "00", "000000", "-", "--", " ", "n/a", "N.A.", "NA", "none", "NULL", "nan", "Gast", "guest", "-guest-", "#0"])
def test_what_shops_write_where_there_is_no_number(number: str) -> None:
    assert real_number(number) == ""


@pytest.mark.parametrize("number", ["1", "0001", "K-0", "10", "Gast1", "guest:a@x.org", "Nana", "noneA", "0x0"])
def test_a_number_is_a_number(number: str) -> None:
    assert real_number(number) == number


def test_a_company_without_a_name_is_one_recipient() -> None:
    firm = Address(company="Tee GmbH", street="Weg 1", postcode="01067", country="DE")
    assert person_key(firm) == person_key(replace(firm, company="TEE GmbH")) is not None
    assert person_key(replace(firm, last_name="Müller")) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Anna", "Müller"), ("ANNA", "Mueller"), False),
        (("Anna", "Müller"), ("anna", "MÜLLER"), True),
        (("Anna", "Müller"), ("A.", "Müller"), True),
        (("Anna", "Müller"), ("Anna Maria", "Müller"), True),
        (("Anna", "Müller"), ("Peter", "Müller"), False),
        (("Anna", "Müller"), ("", "Müller"), False),
        (("Anna", "Müller"), ("Anna", ""), False),
        (("Anna", "Müller"), ("Anna", "Meier"), False),
        (("", ""), ("", ""), False),
        (("", "-"), ("", "."), False),
    ],
)
def test_names_that_agree(one: tuple[str, str], other: tuple[str, str], same: bool) -> None:
    first, second = (Address(first_name=name[0], last_name=name[1]) for name in (one, other))
    assert same_name(first, second) is same_name(second, first) is same


def test_companies_agree_by_their_name_where_no_person_is_named() -> None:
    assert same_name(Address(company="Tee-GmbH"), Address(company="tee gmbh"))
    assert not same_name(Address(company="Tee GmbH"), Address(company="Kaffee GmbH"))
    assert not same_name(Address(company="Tee GmbH"), Address(company="Tee GmbH", last_name="Müller"))


@given(st.builds(Address, *(st.text(max_size=4) for _ in range(9))), st.builds(Address, *(st.text(max_size=4) for _ in range(9))))
def test_any_address_can_be_asked_and_the_order_does_not_matter(one: Address, other: Address) -> None:
    assert same_name(one, other) is same_name(other, one)
    assert person_key(one) is None or person_key(one) == person_key(replace(one, town=other.town))
