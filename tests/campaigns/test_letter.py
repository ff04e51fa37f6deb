"""What does one person's letter say?"""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from campaigns.address import Address
from campaigns.cart import CartItem
from campaigns.customer import Customer, Sex, email_key, letter_language
from campaigns.letter import (
    BEFORE_HAND_OVER,
    ON_PAPER,
    CartContents,
    CouponGrant,
    Item,
    LetterState,
    Occasion,
    Recipient,
    code_url,
    compose,
    content_as_dict,
    content_from_dict,
    short_link,
)
from campaigns.offer import Offer, OfferKind
from campaigns.sender import Sender

SENDER = Sender("Teehaus", "Musterweg 1", "10115", "Berlin", "DE", "service@teehaus.example", "030 1", "teehaus.example", "Ihr Teehaus", "HRB 1")
OCCASION = Occasion(SENDER, date(2026, 11, 22), "https://l.teehaus.example", ZoneInfo("Europe/Berlin"))
ANNA = Customer(
    "shop",
    "7",
    registered_at=datetime(2024, 2, 29, 23, 30, tzinfo=UTC),
    number="K-7",
    email="anna@example.org",
    sex=Sex.FEMALE,
    address=Address(
        company="Tee & Söhne", title="Dr.", first_name="Anna", last_name="Müller", street="Hauptstraße 5", postcode="01067", town="Dresden", country="DE"
    ),
)
RECIPIENT = Recipient(ANNA, "A-100", datetime(2025, 12, 31, 23, 30, tzinfo=UTC), 3)
GRANT = CouponGrant("ABCDE-FGHJK-M", Offer("ten", "Ten percent", OfferKind.PERCENTAGE, 1000, minimum_order_cents=2500), date(2027, 2, 5))


def test_every_placeholder_of_a_letter_with_a_coupon() -> None:
    content = compose(RECIPIENT, "winback", "de", "TOKEN2345678", OCCASION, GRANT)
    assert (content.layout, content.language, content.token) == ("winback", "de", "TOKEN2345678")
    assert content.address == ("Tee & Söhne", "Dr. Anna Müller", "Hauptstraße 5", "01067 Dresden")
    assert content.values == {
        "salutation": "Liebe Frau Dr. Müller,",
        "first_name": "Anna",
        "last_name": "Müller",
        "full_name": "Dr. Anna Müller",
        "company": "Tee & Söhne",
        "customer_number": "K-7",
        "last_order_number": "A-100",
        "last_order_date": "1. Januar 2026",
        "orders_count": "3",
        "registered_date": "1. März 2024",
        "letter_date": "22. November 2026",
        "sender_name": "Teehaus",
        "sender_street": "Musterweg 1",
        "sender_postcode": "10115",
        "sender_town": "Berlin",
        "sender_email": "service@teehaus.example",
        "sender_phone": "030 1",
        "sender_website": "teehaus.example",
        "sender_register": "HRB 1",
        "signatory": "Ihr Teehaus",
        "short_link": "l.teehaus.example/S/TOKEN2345678",
        "objection_link": "l.teehaus.example/O/TOKEN2345678",
        "coupon_code": "ABCDE-FGHJK-M",
        "coupon_value": "10\u00a0%",
        "coupon_valid_until": "5. Februar 2027",
        "coupon_conditions": "Gültig bis 5. Februar 2027. Ab einem Bestellwert von 25\u00a0€. Einmal einlösbar, nicht mit anderen Gutscheinen kombinierbar.",
    }


def test_a_letter_without_a_coupon_has_no_coupon_placeholders() -> None:
    values = compose(RECIPIENT, "winback", "en", "T", OCCASION, None).values
    assert not [name for name in values if name.startswith("coupon_")]
    assert values["letter_date"] == "22 November 2026"


def test_the_last_order_is_dated_by_the_shops_clock() -> None:
    utc = compose(RECIPIENT, "winback", "en", "T", replace(OCCASION, timezone=UTC), None)
    berlin = compose(RECIPIENT, "winback", "en", "T", OCCASION, None)
    assert (utc.values["last_order_date"], berlin.values["last_order_date"]) == ("31 December 2025", "1 January 2026")


def test_a_company_without_a_person_has_a_full_name() -> None:
    company = replace(RECIPIENT, customer=replace(ANNA, address=replace(ANNA.address, title="", first_name="", last_name="")))
    values = compose(company, "winback", "de", "T", OCCASION, None).values
    assert (values["full_name"], values["salutation"]) == ("Tee & Söhne", "Guten Tag,")


def test_a_name_in_two_characters_a_letter_is_printed_composed() -> None:
    typed = replace(RECIPIENT, customer=replace(ANNA, address=replace(ANNA.address, last_name="Mu\u0308ller")), cart=replace(CART, items=(DECOMPOSED,)))
    content = compose(typed, "cart", "de", "T", OCCASION, None)
    assert (content.values["last_name"], content.items[0].title) == ("Müller", "Grüntee")
    assert all("\u0308" not in text for text in (*content.values.values(), *content.address))


def test_lines_are_joined_for_a_print_shop_with_a_small_window() -> None:
    address = Address("Tee & Söhne", "", "Anna", "Müller", "Hinterhaus", "Weg 1", "10115", "Berlin", "DE")
    recipient = replace(RECIPIENT, customer=replace(ANNA, address=address))
    assert len(compose(recipient, "winback", "de", "T", OCCASION, None).address) == 5
    few = compose(recipient, "winback", "de", "T", replace(OCCASION, address_lines=4), None)
    assert few.address == ("Tee & Söhne", "Anna Müller", "Hinterhaus, Weg 1", "10115 Berlin")


DECOMPOSED = CartItem("G1", "Gru\u0308ntee", 1, 450)
CART = CartContents(
    (CartItem("T1", "Assam", 2, 450), CartItem("K9", "", 1, 1999)),
    "EUR",
    datetime(2026, 11, 20, 23, 15, tzinfo=UTC),
)


def test_a_letter_about_a_cart_lists_its_articles() -> None:
    content = compose(replace(RECIPIENT, cart=CART), "cart", "de", "T", OCCASION, None)
    assert content.items == (Item("2", "Assam", "9\u00a0€"), Item("1", "K9", "19,99\u00a0€")), "an article without a title goes by its number"
    found = {name: value for name, value in content.values.items() if name.startswith("cart_")}
    assert found == {"cart_total": "28,99\u00a0€", "cart_items_count": "3", "cart_date": "21. November 2026"}
    assert content_from_dict(json.loads(json.dumps(content_as_dict(content)))) == content


def test_other_letters_know_nothing_of_a_cart() -> None:
    content = compose(RECIPIENT, "winback", "de", "T", OCCASION, None)
    assert content.items == ()
    assert "items" not in content_as_dict(content), "as letters of older versions are stored"
    assert not [name for name in content.values if name.startswith("cart_")]


def test_who_never_ordered_has_no_order_to_be_named() -> None:
    values = compose(Recipient(replace(ANNA, registered_at=None)), "welcome", "de", "T", OCCASION, None).values
    assert [values[name] for name in ("last_order_number", "last_order_date", "orders_count", "registered_date")] == [""] * 4


def test_who_signs_is_the_shop_unless_somebody_is_named() -> None:
    assert compose(RECIPIENT, "winback", "de", "T", replace(OCCASION, sender=replace(SENDER, signatory="")), None).values["signatory"] == "Teehaus"


@pytest.mark.parametrize(("language", "signed"), [("de", "Anna Meier, Inhaberin"), ("en", "Anna Meier, owner"), ("fr", "Anna Meier, Inhaberin")])
def test_the_signatorys_function_is_named_in_the_letters_language(language: str, signed: str) -> None:
    sender = replace(SENDER, signatory="Anna Meier, Inhaberin | en: Anna Meier, owner")
    assert compose(RECIPIENT, "winback", language, "T", replace(OCCASION, sender=sender), None).values["signatory"] == signed


def test_equal_input_gives_equal_letters() -> None:
    assert compose(RECIPIENT, "winback", "de", "T", OCCASION, GRANT) == compose(RECIPIENT, "winback", "de", "T", OCCASION, GRANT)


def test_the_content_survives_the_database() -> None:
    content = compose(RECIPIENT, "winback", "de", "T", OCCASION, GRANT)
    assert content_from_dict(json.loads(json.dumps(content_as_dict(content)))) == content


@pytest.mark.parametrize(
    ("public_url", "code", "words"),
    [
        ("https://l.teehaus.example", "https://L.TEEHAUS.EXAMPLE/S/T2", "l.teehaus.example/S/T2"),
        ("HTTP://127.0.0.1:8330", "http://127.0.0.1:8330/S/T2", "127.0.0.1:8330/S/T2"),
    ],
)
def test_the_code_holds_capitals_and_the_words_hold_no_scheme(public_url: str, code: str, words: str) -> None:
    assert code_url(public_url, "S", "T2") == code
    assert short_link(public_url, "S", "T2") == words


def test_a_letter_can_be_taken_out_only_before_hand_over() -> None:
    assert set(BEFORE_HAND_OVER) < set(ON_PAPER)
    assert set(LetterState) - set(ON_PAPER) == {LetterState.FAILED, LetterState.CANCELLED}
    assert not set(BEFORE_HAND_OVER) & {LetterState.HANDED_OVER, LetterState.PRINTED, LetterState.POSTED, LetterState.RETURNED}


def test_the_return_line_is_short() -> None:
    assert SENDER.return_line == "Teehaus · Musterweg 1 · 10115 Berlin"


def test_one_mailbox_is_one_person() -> None:
    assert email_key("  Anna@Example.ORG\n") == "anna@example.org"


@pytest.mark.parametrize(("language", "country", "found"), [("fr", "DE", "fr"), ("", "AT", "de"), ("", "LI", "de"), ("", "US", "en"), ("", "", "en")])
def test_the_language_to_write_in(language: str, country: str, found: str) -> None:
    assert letter_language(language, country) == found
