"""Are mailboxes and homes known again in any spelling, and are different ones told apart?"""

import re
from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.address import Address
from campaigns.newcomer import home, mailbox


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna.Muster@Mail.Example", "anna.muster@mail.example"),
        (" anna@mail.example\n", "anna@mail.example"),
        ("anna+coupon@mail.example", "anna@mail.example"),
        ("anna+a+b@mail.example", "anna@mail.example"),
        ("an.na@gmail.com", "anna@gmail.com"),
        ("a.n.n.a+x@GoogleMail.com", "anna@gmail.com"),
        ("an.na@pm.me", "anna@proton.me"),
        ("anna@protonmail.com", "anna@proton.me"),
        ("anna-shop@yahoo.de", "anna@yahoo.de"),
        ("anna-shop@yahoo.co.uk", "anna@yahoo.co.uk"),
        ("anna@münchen.example", "anna@xn--mnchen-3ya.example"),
        ("anna@MÜNCHEN.example", "anna@münchen.example"),
        ("anna@mu\u0308nchen.example", "anna@münchen.example"),
        ("anna@mail.example.", "anna@mail.example"),
        ("ａｎｎａ@mail.example", "anna@mail.example"),
        ("Anna Muster <anna@mail.example>", "anna@mail.example"),
        ("<anna@mail.example> ", "anna@mail.example"),
        ('"anna"@mail.example', "anna@mail.example"),
        ('"anna+tea"@mail.example', "anna@mail.example"),
        ("an\u200bna\u00ad@mail.example\ufeff", "anna@mail.example"),
        ("anna@me.com", "anna@icloud.com"),
        ("anna@mac.com", "anna@icloud.com"),
        ("an-na_1@pm.me", "anna1@proton.me"),
    ],
)
def test_spellings_of_one_mailbox(one: str, other: str) -> None:
    assert mailbox(one) == mailbox(other) != ""


MAILBOXES = [
    "anna@mail.example",
    "an.na@mail.example",
    "an-na@mail.example",
    "anna@mail2.example",
    "anna2@mail.example",
    "anna@sub.mail.example",
    "anna@gmail.com",
]
MAILBOXES += ["anna@yahoo.de", "anna@yahoo.com", "anna@gmx.de", "an-na@gmx.de", "an.na@gmx.de", "+anna@mail.example", "-anna@yahoo.de"]


def test_different_mailboxes_stay_apart() -> None:
    assert len({mailbox(one) for one in MAILBOXES}) == len(MAILBOXES)


@pytest.mark.parametrize("nothing", ["", " ", "anna", "@", "@mail.example", "anna@", "anna@.", "+"])
def test_what_is_no_mailbox(nothing: str) -> None:
    assert mailbox(nothing) == ""


@given(st.text(max_size=60))
def test_anything_may_be_asked_and_the_answer_stays(text: str) -> None:
    assert mailbox(mailbox(text)) == mailbox(text) or "+" in mailbox(text)


@given(st.emails())
def test_a_real_mailbox_is_never_nothing(email: str) -> None:
    assert mailbox(email)
    assert mailbox(email.upper()) == mailbox(email.lower())


ANNA = Address(first_name="Anna", last_name="Müller", street="Große Bäckerstraße 12a", postcode="20095", town="Hamburg", country="DE")
NAMES = ["Müller", "MÜLLER", "Mueller", "Muller", " müller ", "Mu\u0308ller"]
STREETS = [
    "Große Bäckerstraße 12a",
    "Grosse Baeckerstrasse 12 a",
    "GROSSE BÄCKERSTR. 12A",
    "grosse-bäcker-str 12-a",
    "Große Bäckerstr. Nr. 12 a",
    "Große Bäckerstraße, Nr.12a",
]
POSTCODES = ["20095", "D-20095", "DE-20095", "D 20095", " 20095 "]


def test_every_spelling_of_one_home() -> None:
    found = {home(replace(ANNA, last_name=name, street=street, postcode=code)) for name, street, code in product(NAMES, STREETS, POSTCODES)}
    assert len(found) == 1
    assert home(replace(ANNA, first_name="A.", title="Dr.", town="HH", addition="2. Stock", company="Tee GmbH")) in found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sankt-Georg-Platz 1", "St. Georg Pl. 1"),
        ("Rue de l'Église 3", "RUE DE L'EGLISE 3"),
        ("Søndergade 5", "Sondergade 5"),
        ("Straße des 17. Juni 135", "Strasse d. 17.Juni 135".replace("d.", "des")),
        ("Am Hang 12 - 14", "Am Hang 12-14"),
        ("Am Hang 12/14", "Am Hang 12–14"),
        ("Hauptstr. Hausnummer 7", "Hauptstraße 7"),
        ("Goethestraße 1", "Göthestr. 1"),
    ],
)
def test_spellings_of_one_street(one: str, other: str) -> None:
    assert home(replace(ANNA, street=one)) == home(replace(ANNA, street=other)) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"street": "Große Bäckerstraße 012a"},
        {"street": "Große Bäckerstraße 12a, 2. OG"},
        {"street": "Große Bäckerstraße 12 a, EG links"},
        {"street": "Große Bäckerstraße 12a / 3. Stock"},
        {"street": "Große Bäckerstraße 12a Wohnung 4"},
        {"street": "Große Bäckerstraße", "addition": "12a"},
        {"street": "Große\u200b Bäcker\u00adstraße 12a"},
        {"last_name": "Dr. Müller"},
        {"last_name": "Prof. Dr. med. Müller"},
        {"last_name": "Familie Müller"},
        {"last_name": "Frau Müller"},
        {"last_name": "Mül\u00adler\u200b"},
        {"country": ""},
        {"country": "Deutschland"},
        {"postcode": "200 95"},
        {"postcode": "D–20095"},
        {"postcode": "20095 Hamburg"},
        {"postcode": "D-20095 Hamburg-Altstadt"},
        {"street": "12a Große Bäckerstraße"},
        {"street": "12 a, Große Bäckerstr."},
        {"street": "12a", "addition": "Große Bäckerstraße"},
        {"street": "c/o Meier", "addition": "Große Bäckerstraße 12a"},
        {"street": "Hinterhaus", "addition": "Große Bäckerstr. 12a"},
        {"street": "Große Bäckerstraße 12a c/o Meier"},
        {"street": "Große Bäckerstraße 12a (bei Meier)"},
        {"street": "Große Bäckerstraße 12a HH"},
        {"street": "Große Bäckerstraße 12a, links"},
        {"street": "Große Bäckerstraße 12a/"},
        {"last_name": "von Müller"},
        {"last_name": "van der Müller"},
        {"last_name": "Müller jun."},
        {"last_name": "Müller, geb. Meier"},
        {"last_name": "Müller geb. Meier"},
        {"first_name": "Dr. Anna Müller", "last_name": ""},
        {"first_name": "", "last_name": "Anna Müller"},
        {"first_name": "", "last_name": "Müller, Anna"},
    ],
)
def test_what_else_is_written_for_one_home(change: dict[str, str]) -> None:
    assert home(replace(ANNA, **change)) == home(ANNA)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SW1A 1AA", "sw1a1aa"),
        ("SW1A 1AA", "GB-SW1A 1AA"),
        ("1234 AB", "1234ab"),
        ("1234AB", "NL-1234 AB"),
        ("00-950", "PL 00950"),
        ("01067", "1067"),
        ("123 45", "12345"),
        ("LV-1010", "1010"),
        ("1010", "A-1010"),
        ("20095", "\u200b20095"),
    ],
)
def test_spellings_of_one_postcode(one: str, other: str) -> None:
    assert home(replace(ANNA, postcode=one)) == home(replace(ANNA, postcode=other)) is not None


def test_a_title_alone_is_a_surname() -> None:
    names = ["Herr", "Frau", "Dr", "Mag", "Ing", "Ingwer", "Dragan", "Drechsler", "Herrmann", "Familienname"]
    assert len({home(replace(ANNA, last_name=name)) for name in names}) == len(names)
    assert None not in {home(replace(ANNA, last_name=name)) for name in names}


DIFFERENT = [
    ANNA,
    replace(ANNA, street="Große Bäckerstraße 12b"),
    replace(ANNA, street="Große Bäckerstraße 12"),
    replace(ANNA, street="Große Bäckerstraße 1 2a"),
    replace(ANNA, street="Große Bäckerstraße 1-2a"),
    replace(ANNA, street="Große Bäckerstraße 120a"),
    replace(ANNA, street="Große Bäckerstraße 12a/2"),
    replace(ANNA, street="Große Bäckerstraße 12a, 3"),
    replace(ANNA, street="Große Bäckerstraße", addition="2. Stock"),
    replace(ANNA, street="Kleine Bäckerstraße 12a"),
    replace(ANNA, postcode="20096"),
    replace(ANNA, last_name="Möller"),
    replace(ANNA, last_name="Muster"),
    replace(ANNA, street="Packstation 101", addition="1234567"),
    replace(ANNA, street="Packstation 101", addition="7654321"),
    replace(ANNA, last_name="", company="Müller GmbH"),
    replace(ANNA, first_name="", last_name="Tee GmbH"),
    replace(ANNA, first_name="", last_name="Kaffee GmbH"),
    replace(ANNA, last_name="Le"),
    replace(ANNA, last_name="Zur Mühlen-Müller"),
    replace(ANNA, street="Bei der Kirche 12a"),
    replace(ANNA, street="1. Mai Weg 12a"),
    replace(ANNA, street="Große Bäckerstraße 12a Haus 3"),
]


def test_different_homes_stay_apart() -> None:
    alike = [(one.street, other.street) for one, other in combinations(DIFFERENT, 2) if home(one) == home(other)]
    assert alike == [("Große Bäckerstraße 1 2a", "Große Bäckerstraße 1-2a")]  # a range of numbers, however it is written


@pytest.mark.parametrize("gap", [{"last_name": ""}, {"street": ""}, {"street": "12"}, {"street": "-"}, {"postcode": ""}])
def test_too_little_to_tell(gap: dict[str, str]) -> None:
    assert home(replace(ANNA, **gap)) is None


@given(st.builds(Address, last_name=st.text(max_size=40), first_name=st.text(max_size=20), addition=st.text(max_size=30), street=st.text(max_size=40)))
def test_any_address_may_be_asked(address: Address) -> None:
    asked = replace(address, postcode="20095")
    assert home(asked) == home(replace(asked, postcode="D-20095"))


def test_a_hostile_address_takes_no_time() -> None:
    """Patterns that go back over what they have read would take minutes for this."""
    for text in (" 1" * 20_000, "von " * 20_000, "dr. " * 20_000, "0" * 40_000, "abc" * 20_000, "," * 40_000):
        home(Address(last_name=f"a{text} x", addition=text, street=f"c/o {text} x", postcode="20095"))


WORDS = st.text(alphabet="abcdefghiklmnoprstuwäöüßéø", min_size=3, max_size=12)


@given(WORDS, st.integers(1, 999), st.sampled_from(["", "a", "b"]), st.data())
def test_any_home_is_known_again(street: str, number: int, letter: str, data: st.DataObject) -> None:
    first = Address(last_name="Muster", street=f"{street.title()}straße {number}{letter}", postcode="20095", country="DE")
    word = data.draw(st.sampled_from([street, street.upper(), street.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")]))
    end = data.draw(st.sampled_from(["straße", "strasse", "str.", "str", "-Straße", " Str.", "STRASSE"]))
    other = replace(
        first, street=f"{word}{end}{data.draw(st.sampled_from([' ', '  ', ', ', ' Nr. ']))}{number}{data.draw(st.sampled_from(['', ' ', '-']))}{letter}"
    )
    assert home(first) == home(other)


@given(st.integers(1, 2000), st.integers(1, 2000), st.sampled_from(["", "a", "b"]), st.sampled_from(["", "a", "b"]))
def test_house_numbers_are_never_mixed_up(one: int, other: int, letter: str, second: str) -> None:
    homes = [home(replace(ANNA, street=f"Weg {number}{suffix}")) for number, suffix in ((one, letter), (other, second))]
    assert (homes[0] == homes[1]) is ((one, letter) == (other, second))


def test_the_address_keeps_its_numbers() -> None:
    found = home(ANNA)
    assert found is not None
    assert re.findall(r"\d+", found) == ["12", "20095"]
