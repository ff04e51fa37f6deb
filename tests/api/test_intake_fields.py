"""What does a field take, and does its message say what is wrong without repeating it?"""

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.intake.checking import check
from api.intake.description import EXAMPLES, MODELS
from api.intake.people import COUPON_EXAMPLE, CUSTOMER_EXAMPLE, CouponRecord, CustomerRecord, IntakeRecord
from api.intake.purchases import ARTICLE_EXAMPLE, CART_EXAMPLE, MOST_LINES, ORDER_EXAMPLE, CartRecord, OrderRecord
from api.intake.reading import records_of
from campaigns.cart import Cart, CartKind
from campaigns.coupon import CouponRecord as Coupon
from campaigns.customer import Customer, Sex
from campaigns.order import Order
from campaigns.rejection import Rejection, RejectionReason


def checked(model: type[IntakeRecord], raw: object) -> Any:
    """As the record comes through JSON."""
    return check(model, records_of(json.dumps({"records": [raw]}).encode())[0], "webshop", 1)


def message(model: type[IntakeRecord], raw: object) -> str:
    found = checked(model, raw)
    assert isinstance(found, Rejection), found
    assert found.reason is RejectionReason.MALFORMED
    return found.message


def test_what_is_left_out_and_what_is_null_is_the_same() -> None:
    bare = Customer("webshop", "1")
    assert checked(CustomerRecord, {"id": 1}) == bare
    assert checked(CustomerRecord, {"id": "1"} | {name: None for name in CustomerRecord.model_fields if name != "id"}) == bare
    moment = "2026-11-21T20:10:00Z"
    at = datetime(2026, 11, 21, 20, 10, tzinfo=UTC)
    assert checked(CartRecord, {"id": "c", "created_at": moment, "updated_at": moment, "kind": None}) == Cart("webshop", "c", at, at)


def test_text_is_trimmed_and_composed() -> None:
    found = checked(CustomerRecord, {"id": " 1 ", "address": {"last_name": "  Mu\u0308ller   Schmidt "}, "tags": [" tea ", ""], "email": " A@B.example "})
    assert (found.source_id, found.address.last_name, found.tags, found.email) == ("1", "Müller Schmidt", ("tea",), "A@B.example")


def test_an_order_without_a_number_goes_by_its_id() -> None:
    assert checked(OrderRecord, {**ORDER_EXAMPLE, "number": None}).number == "82210"


CUSTOMER_FAULTS = [
    ({}, "id is missing."),
    ({"id": None}, "id must be text or a whole number."),
    ({"id": ""}, "id is empty, but needed."),
    ({"id": " "}, "id is empty, but needed."),
    ({"id": 1.5}, "id must be text or a whole number."),
    ({"id": True}, "id must be text or a whole number."),
    ({"id": -1}, "id must be between 0 and 18446744073709551615 as a number: send longer ones as text."),
    ({"id": 2**64}, "id must be between 0 and 18446744073709551615 as a number: send longer ones as text."),
    ({"id": 10**29}, "id must be between 0"),
    ({"id": 10**40}, "id must be text or a whole number."),
    ({"id": "x" * 201}, "id has 201 characters, at most 200 are taken."),
    ({"id": "guest:anna@mail.example"}, "id must not begin with guest: or erased:"),
    ({"id": 1, "email": "keine"}, 'email must hold one "@" and no blank.'),
    ({"id": 1, "email": "a@b@c"}, 'email must hold one "@" and no blank.'),
    ({"id": 1, "email": "a b@c"}, 'email must hold one "@" and no blank.'),
    ({"id": 1, "email": "@c"}, 'email must hold one "@" and no blank.'),
    ({"id": 1, "email": "a@" + "b" * 253}, "email has 255 characters, at most 254 are taken."),
    ({"id": 1, "sex": "w"}, 'sex must be "f", "m" or "".'),
    ({"id": 1, "language": "de-DE"}, 'language must be an ISO 639-1 language code, like "de".'),
    ({"id": 1, "address": "Weg 1"}, "address must be an object, in braces."),
    ({"id": 1, "address": {"country": "de"}}, 'address.country must be an ISO 3166 country code in capitals, like "DE".'),
    ({"id": 1, "address": {"country": "ZZ"}}, 'address.country must be an ISO 3166 country code in capitals, like "DE".'),
    ({"id": 1, "address": {"postcode": 4109}}, "address.postcode must be text, in quotes."),
    ({"id": 1, "address": {"postcode": "4" * 21}}, "address.postcode has 21 characters, at most 20 are taken."),
    ({"id": 1, "address": {"strasse": "Weg 1"}}, "address.strasse is no field of this record"),
    ({"id": 1, "tags": "tea"}, "tags must be a list, in brackets."),
    ({"id": 1, "tags": ["tea", 5]}, "tags[1] must be text, in quotes."),
    ({"id": 1, "tags": ["tea"] * 251}, "tags has 251 entries, at most 250 are taken."),
    ({"id": 1, "e-mail": "x"}, 'e-mail is no field of this record: did you mean "email"?'),
    ({"idd": 1, "nonsense": 2}, 'idd is no field of this record: did you mean "id"?'),
    ({"id": 1, "password": "x"}, "password is no field of this record, which has address, changed_at, email, id,"),
    ({"id": 1, "registered_at": "2026-11-22"}, "registered_at must be a moment between 1970 and 2100 with its offset"),
    ({"id": 1, "registered_at": "2026-11-22T10:00:00"}, "registered_at must be a moment between 1970 and 2100 with its offset"),
    ({"id": 1, "registered_at": "2026-11-22 10:00:00Z"}, "registered_at must be a moment"),
    ({"id": 1, "registered_at": 1763800000}, "registered_at must be a moment"),
    ({"id": 1, "registered_at": "1969-12-31T23:59:59Z"}, "registered_at must be a moment"),
    ({"id": 1, "registered_at": "2101-01-01T00:00:00Z"}, "registered_at must be a moment"),
    ({"id": 1, "registered_at": "2026-02-30T10:00:00Z"}, "registered_at is a day or an hour that does not exist."),
    ({"id": 1, "registered_at": "2026-02-20T25:00:00Z"}, "registered_at is a day or an hour that does not exist."),
    ({"id": 1, "registered_at": "２０26-02-20T10:00:00Z"}, "registered_at must be a moment"),
    ([], "The record must be an object, in braces."),
    (None, "The record must be an object, in braces."),
    (7, "The record must be an object, in braces."),
]


@pytest.mark.parametrize(("raw", "expected"), CUSTOMER_FAULTS, ids=lambda value: ascii(value)[:50])
def test_the_message_names_the_field_and_what_it_takes(raw: object, expected: str) -> None:
    assert message(CustomerRecord, raw).startswith(expected)


def test_a_whole_number_may_be_written_with_a_decimal_point() -> None:
    [raw] = records_of(json.dumps({"records": [{**ORDER_EXAMPLE, "id": 82210.0, "total_cents": -0.0}]}).encode())
    found = check(OrderRecord, raw, "webshop", 1)
    assert isinstance(found, Order) and (found.source_id, found.total_cents) == ("82210", 0)
    [long] = records_of(b'{"records": [{"id": 9007199254740993.000}]}')
    assert long == {"id": 9007199254740993}, "no digit is lost on the way"


@pytest.mark.parametrize("number", ["9" * 10_000, "1e999", "1." + "1" * 10_000, "-" + "9" * 10_000, "3.4E+17"])
def test_a_number_of_any_length_is_one_rejected_record(number: str) -> None:
    [raw, good] = records_of(f'{{"records": [{{"id": {number}}}, {{"id": 2}}]}}'.encode())
    found = check(CustomerRecord, raw, "webshop", 1)
    assert isinstance(found, Rejection) and found.message == "id must be text or a whole number."
    assert check(CustomerRecord, good, "webshop", 2) == Customer("webshop", "2")


def test_an_unknown_field_of_any_length_and_kind_is_named_in_a_short_readable_way() -> None:
    found = message(CustomerRecord, {"id": 1, "x\x1b" * 100_000: 1})
    assert found.startswith("x?x?x?") and len(found) < 300 and found.isprintable()


ORDER_FAULTS = [
    ({"total_cents": 29.5}, "total_cents must be an amount in whole cents, without quotes and decimal point."),
    ({"total_cents": "2900"}, "total_cents must be an amount in whole cents"),
    ({"total_cents": True}, "total_cents must be an amount in whole cents"),
    ({"total_cents": 2**31}, "total_cents must be between -2147483647 and 2147483647."),
    ({"total_cents": 10**40}, "total_cents must be an amount in whole cents"),
    ({"total_cents": None}, "total_cents must be an amount in whole cents"),
    ({"currency": "Euro"}, 'currency must be an ISO 4217 currency code, like "EUR".'),
    ({"currency": "XXY"}, 'currency must be an ISO 4217 currency code, like "EUR".'),
    ({"state": "paid"}, "state must be one of open, completed, cancelled, refunded, offered, test, deleted."),
    ({"ordered_at": None}, "ordered_at must be a moment"),
    ({"lines": [ARTICLE_EXAMPLE] * (MOST_LINES + 1)}, "lines has 501 entries, at most 500 are taken."),
    ({"lines": [{**ARTICLE_EXAMPLE, "quantity": 1_000_001}]}, "lines[0].quantity must be between -1000000 and 1000000."),
    ({"lines": [ARTICLE_EXAMPLE, {**ARTICLE_EXAMPLE, "unit_price": 5}]}, 'lines[1].unit_price is no field of this record: did you mean "unit_price_cents"?'),
    ({"lines": [ARTICLE_EXAMPLE, {"quantity": 1}]}, "lines[1].unit_price_cents is missing."),
    ({"discount_codes": ["x" * 256]}, "discount_codes[0] has 256 characters, at most 255 are taken."),
]


@pytest.mark.parametrize(("change", "expected"), ORDER_FAULTS, ids=lambda value: ascii(value)[:50])
def test_an_order_with_a_fault_is_told_which(change: dict[str, Any], expected: str) -> None:
    assert message(OrderRecord, {**ORDER_EXAMPLE, **change}).startswith(expected)


@pytest.mark.parametrize("url", ["ftp://shop.example", "javascript:alert(1)", "https://", "https:///x", "https://shop.example/a b", "shop.example"])
def test_a_cart_leads_back_to_the_web_or_nowhere(url: str) -> None:
    assert message(CartRecord, {**CART_EXAMPLE, "recovery_url": url}) == "recovery_url must start with https:// and hold no blank."


def test_a_field_that_comes_twice_is_refused_wherever_it_stands() -> None:
    twice = b'{"records": [{"id": 1, "id": 2}, {"id": 3, "address": {"town": "A", "street": "B", "town": "C"}}]}'
    found = [check(CustomerRecord, raw, "webshop", 1) for raw in records_of(twice)]
    assert [one.message for one in found if isinstance(one, Rejection)] == ['The record has the field "id" twice.', 'address has the field "town" twice.']


def test_a_huge_object_with_a_field_that_comes_twice_is_refused_without_delay() -> None:
    fields = ",".join(f'"f{number}":0' for number in range(300_000))
    [raw] = records_of(f'{{"records": [{{{fields},"f7":1}}]}}'.encode())
    found = check(CustomerRecord, raw, "webshop", 1)
    assert isinstance(found, Rejection) and found.message == 'The record has the field "f7" twice.'


def test_a_coupon_and_an_order_and_a_wishlist_become_our_own_records() -> None:
    coupon = checked(CouponRecord, COUPON_EXAMPLE)
    assert coupon == Coupon("webshop", "TEE-7Q4KM", "ten-percent", "anna.mueller@mail.example", "", date(2027, 3, 31))
    order = checked(OrderRecord, {**ORDER_EXAMPLE, "customer_number": 1001, "currency": None})
    assert isinstance(order, Order) and (order.customer_number, order.currency, order.lines[0].unit_price_cents) == ("1001", "EUR", 1450)
    assert checked(CartRecord, {**CART_EXAMPLE, "kind": "wishlist"}).kind is CartKind.WISHLIST
    assert checked(CustomerRecord, CUSTOMER_EXAMPLE).sex is Sex.FEMALE


def test_no_message_repeats_a_value() -> None:
    marker = "Geheimnis"
    for raw in ({"id": 1, name: value} for name in CustomerRecord.model_fields if name != "id" for value in (marker + "\0", [marker + "\0"], {"x": marker})):
        assert marker not in message(CustomerRecord, raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize("kind", MODELS)
@given(data=st.data())
def test_the_published_schema_and_the_checks_agree_on_every_record(kind: Any, data: st.DataObject) -> None:
    """A record that is mostly right, with a few fields made of anything: our check must say what JSON Schema says."""
    model = MODELS[kind]
    names = sorted(model.model_fields)
    changes = data.draw(st.dictionaries(st.sampled_from(names) | st.text(max_size=5), JSON, max_size=3))
    gone = data.draw(st.sets(st.sampled_from(names), max_size=2))
    record = {name: value for name, value in {**EXAMPLES[kind], **changes}.items() if name not in gone}
    found = checked(model, record)
    valid = jsonschema.Draft202012Validator(model.model_json_schema()).is_valid(record)
    if isinstance(found, Rejection) and found.reason is RejectionReason.BROKEN_ENCODING:
        return
    assert isinstance(found, Rejection) is not valid or "e+" in json.dumps(record), found  # 1e16 is a whole number to JSON Schema, a damaged one to us


def test_patterns_mean_the_same_in_every_dialect() -> None:
    """ECMA 262 knows no possessive or named groups, no \\A and \\Z: what we publish must not use them."""
    for model in MODELS.values():
        for pattern in re.findall(r'"pattern": "(.*?)"[,}]', json.dumps(model.model_json_schema())):
            assert not re.search(r"\\\\[AZz]|\(\?P|\*\+|\+\+", pattern), pattern
