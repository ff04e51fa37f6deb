"""Does every webhook become what it means, and the same record as a query would have brought?"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from campaigns.cart import Cart
from campaigns.customer import Customer
from campaigns.order import Order, OrderState
from campaigns.record import Kind
from campaigns.rejection import RejectionReason
from importers.errors import BadRecord
from importers.shopify import subscriptions, webhooks
from importers.shopify.records import to_cart, to_customer, to_order
from importers.shopify.webhooks import (
    AccessWanted,
    Changed,
    CustomerRedacted,
    Deleted,
    Meaning,
    Nothing,
    ShopRedacted,
    Uninstalled,
    United,
    is_read,
    read,
)
from tests.importers.shopify import payloads, samples
from tests.importers.shopify.payloads import Payload, body

LONGER_THAN_64_BITS = 2**64 + 7
TOPICS = sorted(webhooks._TOPICS)


def meaning(topic: str, payload: Any) -> Meaning:
    return read(topic, body(payload), "shopify")


def order(**changes: Any) -> Order:
    found = meaning("orders/updated", payloads.order(5, **changes))
    assert isinstance(found, Changed) and isinstance(found.record, Order)
    return found.record


def cart(**changes: Any) -> Cart:
    found = meaning("checkouts/update", payloads.checkout(5, **changes))
    assert isinstance(found, Changed) and isinstance(found.record, Cart)
    return found.record


def customer(**changes: Any) -> Customer:
    found = meaning("customers/update", payloads.customer(5, **changes))
    assert isinstance(found, Changed) and isinstance(found.record, Customer)
    return found.record


def reason(topic: str, content: bytes) -> RejectionReason:
    with pytest.raises(BadRecord) as caught:
        read(topic, content, "shopify")
    return caught.value.reason


@pytest.mark.parametrize("topic", ["create", "updated", "cancelled", "paid", "fulfilled", "partially_fulfilled"])
def test_an_order_is_the_record_that_a_query_would_have_brought(topic: str) -> None:
    record = to_order(samples.order(5), "shopify")
    assert meaning(f"orders/{topic}", payloads.order(5)) == Changed(Kind.ORDERS, record, "5")


@pytest.mark.parametrize(
    ("payload", "node"),
    [
        ({"financial_status": "refunded"}, {"displayFinancialStatus": "REFUNDED"}),
        ({"financial_status": "partially_refunded"}, {"displayFinancialStatus": "PARTIALLY_REFUNDED"}),
        ({"financial_status": "voided"}, {"displayFinancialStatus": "VOIDED"}),
        ({"financial_status": None}, {"displayFinancialStatus": None}),
        ({"financial_status": "pending", "fulfillment_status": "fulfilled"}, {"displayFinancialStatus": "PENDING", "displayFulfillmentStatus": "FULFILLED"}),
        (
            {"financial_status": "pending", "fulfillment_status": "partial"},
            {"displayFinancialStatus": "PENDING", "displayFulfillmentStatus": "PARTIALLY_FULFILLED"},
        ),
        ({"cancelled_at": "2026-10-02T10:00:00Z"}, {"cancelledAt": "2026-10-02T10:00:00Z"}),
        ({"test": True}, {"test": True}),
        ({"customer": None, "email": ""}, {"customer": None, "email": None}),
        ({"billing_address": None}, {"billingAddress": None}),
        ({"billing_address": None, "shipping_address": None}, {"billingAddress": None, "shippingAddress": None}),
        ({"source_name": "amazon"}, {"sourceName": "amazon"}),
        ({"discount_codes": [{"code": "TREUE10", "amount": "5.00", "type": "percentage"}]}, {"discountCodes": ["TREUE10"]}),
        ({"current_total_price_set": payloads.money("29.90")}, {"currentTotalPriceSet": samples.money("29.90")}),
        ({"current_total_price_set": None, "current_total_price": "29.90"}, {"currentTotalPriceSet": samples.money("29.90")}),
        ({"line_items": []}, {"lineItems": {"nodes": []}}),
        (
            {"line_items": [payloads.line(3, current_quantity=1), payloads.line(2, variant_title="Rot", price_set=None)]},
            {"lineItems": {"nodes": [samples.line(3, currentQuantity=1), samples.line(2, variantTitle="Rot")]}},
        ),
    ],
)
def test_whatever_an_order_says_is_read_as_in_a_query(payload: Payload, node: Payload) -> None:
    assert order(**payload) == to_order(samples.order(5, **node), "shopify")


def test_no_line_of_a_long_order_is_left_out() -> None:
    assert len(order(line_items=[payloads.line(number) for number in range(1, 501)]).lines) == 500


def test_a_refund_in_part_leaves_a_sale_and_a_whole_one_does_not() -> None:
    assert order(financial_status="partially_refunded").state is OrderState.COMPLETED
    assert order(financial_status="refunded").state is OrderState.REFUNDED


@pytest.mark.parametrize("topic", ["create", "update", "enable", "disable"])
def test_a_customer_is_the_record_that_a_query_would_have_brought_without_language_and_tags(topic: str) -> None:
    record = replace(to_customer(samples.customer(5), "shopify"), language="", tags=())
    assert meaning(f"customers/{topic}", payloads.customer(5)) == Changed(Kind.CUSTOMERS, record, "5")


def test_tags_are_read_where_a_payload_has_them() -> None:
    assert customer(tags="Stammkunde, vip").tags == ("Stammkunde", "vip")


def test_a_customer_of_blanks_is_one() -> None:
    assert customer(first_name=None, last_name=None, email=None, default_address=None).email == ""


@pytest.mark.parametrize("topic", ["checkouts/create", "checkouts/update"])
def test_a_checkout_is_the_record_that_a_query_would_have_brought(topic: str) -> None:
    record = to_cart(samples.checkout(5), "shopify")
    assert meaning(topic, payloads.checkout(5)) == Changed(Kind.CARTS, record, "5")


def test_a_checkouts_own_e_mail_address_counts_before_that_of_the_account() -> None:
    assert cart(email=" other@example.com ").email == "other@example.com"
    assert cart(email=None).email == "ida@example.com"
    assert cart(email="guest@example.com", customer=None).email == "guest@example.com"


def test_a_completed_checkout_says_when() -> None:
    found = cart(completed_at="2026-10-30T09:00:00Z").completed_at
    assert found and found.isoformat() == "2026-10-30T09:00:00+00:00"


def test_all_articles_of_a_checkout_are_there_in_order() -> None:
    items = [dict(payloads.checkout()["line_items"][0], sku=f"S{number}") for number in range(30)]
    assert [item.sku for item in cart(line_items=items).items] == [f"S{number}" for number in range(30)]


def test_a_checkout_is_known_by_its_number_with_or_without_a_field_for_it() -> None:
    assert meaning("checkouts/update", payloads.checkout(5) | {"id": 5}) == meaning("checkouts/update", payloads.checkout(5))


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        ("orders/delete", {"id": 5}, Deleted(Kind.ORDERS, "5")),
        ("customers/delete", {"id": 5, "tax_exemptions": []}, Deleted(Kind.CUSTOMERS, "5")),
        ("checkouts/delete", {"id": 5, "total_price": "1.00"}, Deleted(Kind.CARTS, "5")),
        ("customers/merge", payloads.merge(1, 2), United("1", "2")),
        ("customers/merge", payloads.merge(1, 2, "failed"), Nothing("the merge was not completed", "2")),
        ("customers/data_request", payloads.data_request(7), AccessWanted("7", "ida1@example.com", "9999")),
        ("customers/data_request", payloads.data_request(7, None), AccessWanted("7", "", "9999")),
        ("customers/redact", payloads.redact(7, orders=(1, 2)), CustomerRedacted("7", "ida1@example.com", ("1", "2"))),
        ("shop/redact", {"shop_id": 1, "shop_domain": "tee.myshopify.com"}, ShopRedacted()),
        ("app/uninstalled", {"id": 1, "name": "Tee"}, Uninstalled()),
    ],
)
def test_what_is_no_record_is_told_apart(topic: str, payload: Payload, expected: Meaning) -> None:
    assert meaning(topic, payload) == expected


def test_ids_may_be_longer_than_64_bits() -> None:
    number = LONGER_THAN_64_BITS
    assert order(id=number, customer={"id": number}).customer_number == str(number)
    assert customer(id=number).source_id == str(number)
    assert cart(id=number).source_id == str(number)
    assert meaning("orders/delete", {"id": number}).subject == str(number)


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"null", b"[]", b'"text"', b"3", b"[" * 100_000, b"9" * 5_000], ids=range(9))
def test_what_is_no_json_object_has_a_reason(topic: str, content: bytes) -> None:
    assert reason(topic, content) is RejectionReason.MALFORMED


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic not in ("shop/redact", "app/uninstalled")])
@pytest.mark.parametrize("key", [None, True, 1.5, 1e18, "", "12a", -1, [], {}], ids=range(9))
def test_an_impossible_key_has_a_reason(topic: str, key: Any) -> None:
    payload = {"customer": {"id": key}, "data_request": {"id": 1}} if topic in ("customers/redact", "customers/data_request") else {"id": key, "name": key}
    assert reason(topic, body(payload)) in (RejectionReason.NO_KEY, RejectionReason.MALFORMED)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"updated_at": "yesterday"}, RejectionReason.BAD_DATE),
        ({"updated_at": None}, RejectionReason.BAD_DATE),
        ({"updated_at": 1_700_000_000}, RejectionReason.BAD_DATE),
        ({"total_price_set": payloads.money("much")}, RejectionReason.BAD_NUMBER),
        ({"total_price_set": payloads.money("1e30"), "test": True}, RejectionReason.BAD_NUMBER),
        ({"line_items": "none"}, RejectionReason.MALFORMED),
        ({"line_items": [None]}, RejectionReason.MALFORMED),
        ({"line_items": {"id": 1}}, RejectionReason.MALFORMED),
        ({"discount_codes": [1]}, RejectionReason.MALFORMED),
        ({"name": 7}, RejectionReason.MALFORMED),
        ({"billing_address": {"city": 3}}, RejectionReason.MALFORMED),
    ],
)
def test_a_bad_order_has_its_reason(changes: Payload, expected: RejectionReason) -> None:
    assert reason("orders/updated", body(payloads.order(5) | changes)) is expected


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(sorted(payloads.order() | payloads.checkout() | payloads.redact())) | st.text(), inner),
    max_leaves=12,
)


@given(topic=st.sampled_from(TOPICS), payload=_JSON)
def test_whatever_comes_is_read_or_refused(topic: str, payload: Any) -> None:
    try:
        found = read(topic, json.dumps(payload).encode(), "shopify")
    except BadRecord:
        return
    assert isinstance(found.subject, str)


@given(changes=st.dictionaries(st.sampled_from(sorted(payloads.order())), _JSON, max_size=3))
def test_an_order_with_whatever_fields_is_read_or_refused(changes: dict[str, Any]) -> None:
    try:
        found = read("orders/updated", json.dumps(payloads.order() | changes).encode(), "shopify")
    except BadRecord:
        return
    assert found.subject


def test_a_topic_that_is_expected_but_not_read_says_why() -> None:
    assert not [topic for topic in webhooks.IGNORED if is_read(topic)]
    assert not is_read("products/update")


def test_everything_that_a_shop_is_asked_for_is_read() -> None:
    assert [topic for topic in (*subscriptions.TOPICS, *subscriptions.PRIVACY) if not is_read(topic)] == []


def examples(shared: Path) -> Iterator[tuple[str, Any, Any]]:
    """Topic, example payload and its schema."""
    folder = shared / "data" / "shopify-webhooks" / "2026-07"
    for path in sorted(folder.rglob("*.json")):
        if not path.name.endswith(".schema.json"):
            schema = json.loads(path.with_name(f"{path.stem}.schema.json").read_text("utf-8"))
            yield f"{path.parent.name}/{path.stem}", json.loads(path.read_text("utf-8"))["response"], schema


def test_every_example_of_shopifys_own_is_read_or_ignored(shared: Path) -> None:
    found = {topic: meaning(topic, payload) if is_read(topic) else None for topic, payload, _ in examples(shared)}
    assert len(found) == 36
    records = {topic: type(one.record) for topic, one in found.items() if isinstance(one, Changed)}
    assert records == {
        **{f"orders/{what}": Order for what in ("create", "updated", "cancelled", "paid", "fulfilled")},
        **{f"customers/{what}": Customer for what in ("create", "update", "enable", "disable")},
        "checkouts/create": Cart,
        "checkouts/update": Cart,
    }
    assert set(webhooks._TOPICS) - set(found) == {"orders/partially_fulfilled"}
    assert set(webhooks.IGNORED) <= set(found)


def test_the_example_order_is_what_it_says(shared: Path) -> None:
    [found] = [meaning(topic, payload) for topic, payload, _ in examples(shared) if topic == "orders/updated"]
    assert isinstance(found, Changed) and isinstance(found.record, Order)
    record = found.record
    assert (record.number, record.state, record.total_cents, record.currency) == ("#9999", OrderState.TEST, 40495, "USD")
    assert (record.email, record.customer_number) == ("jon@example.com", "115310627314723950")
    assert record.address.street == "123 Shipping Street"
    assert [line.title for line in record.lines][:2] == ["Coffee table", "Aviator sunglasses"]


def test_our_own_payloads_keep_to_shopifys_schemas_where_they_have_the_field(shared: Path) -> None:
    """A payload of ours names a few fields of many: what it names is of the kind that the schema says."""
    ours = {
        "orders/updated": payloads.order(5),
        "customers/update": payloads.customer(5),
        "checkouts/update": payloads.checkout(5),
        "customers/merge": payloads.merge(1, 2),
        "shop/redact": {"shop_id": 1, "shop_domain": "tee.myshopify.com"},
    }
    schemas = {topic: schema for topic, _, schema in examples(shared)}
    for topic, payload in ours.items():
        faults = [fault for fault in Draft202012Validator(without_required(schemas[topic])).iter_errors(payload) if fault.instance is not None]
        assert not faults, (topic, faults[0].message)


def without_required(schema: Any) -> Any:
    """The schema with nothing obligatory."""
    if isinstance(schema, dict):
        return {name: without_required(part) for name, part in schema.items() if name != "required" or not isinstance(part, list)}
    return [without_required(part) for part in schema] if isinstance(schema, list) else schema
