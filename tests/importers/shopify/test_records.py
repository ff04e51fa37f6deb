"""Do Shopify's objects become the right customers, orders and carts, and bad ones a reason?"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.address import Address, postal
from campaigns.cart import Cart, CartItem
from campaigns.customer import Customer
from campaigns.order import Order, OrderLine, OrderState
from campaigns.rejection import RejectionReason
from importers.errors import BadRecord
from importers.shopify.records import language, number_of, order_state, to_cart, to_customer, to_order
from tests.importers.shopify import samples
from tests.importers.shopify.samples import Node, money


def test_a_customer() -> None:
    assert to_customer(samples.customer(7), "shopify") == Customer(
        "shopify",
        "7",
        email="ida7@example.com",
        address=Address(first_name="Ida", last_name="Groß", street="Lindenweg 4", postcode="01067", town="Dresden", country="DE"),
        language="de",
        registered_at=datetime(2024, 5, 6, 2, 40, 36, tzinfo=UTC),
        tags=("Stammkunde", "vip"),
        changed_at=datetime(2026, 10, 30, 8, tzinfo=UTC),
    )


def test_a_customer_of_blanks_is_one() -> None:
    blank = samples.customer(firstName=None, lastName=None, defaultEmailAddress=None, defaultAddress=None, tags=[], locale=None)
    found = to_customer(blank, "shopify")
    assert (found.source_id, found.email, found.address, found.language) == ("1", "", Address(), "")


def test_the_address_names_a_customer_without_a_name() -> None:
    nameless = samples.customer(firstName=None, lastName=" ", defaultAddress=samples.address(firstName="Max", lastName="Mustermann"))
    assert to_customer(nameless, "shopify").address.name == "Max Mustermann"


@pytest.mark.parametrize(
    ("country", "city", "province", "zip_code", "printed"),
    [
        ("US", "Cambridge", "MA", "02139", ("CAMBRIDGE MA 02139", "USA")),
        ("US", "Cambridge, MA", "MA", "02139", ("CAMBRIDGE MA 02139", "USA")),
        ("CA", "Toronto", "ON", "M5V2T6", ("TORONTO ON  M5V 2T6", "KANADA")),
        ("AU", "Sydney", "NSW", "2000", ("SYDNEY NSW 2000", "AUSTRALIEN")),
        ("BR", "São Paulo", "SP", "01310100", ("SÃO PAULO-SP", "01310-100", "BRASILIEN")),
        ("MX", "Cancún", "Q ROO", "77500", ("77500 CANCÚN, Q ROO", "MEXIKO")),
        ("IT", "Milano", "MI", "20121", ("20121 MILANO MI", "ITALIEN")),
        ("IT", "Roma (rm)", "RM", "00184", ("00184 ROMA (RM)", "ITALIEN")),
        ("US", "Cambridge", None, "02139", ("CAMBRIDGE 02139", "USA")),
        ("US", "Cambridge", "Massachusetts", "02139", ("CAMBRIDGE 02139", "USA")),
        ("JP", "Tokyo", "JP-13", "100-0001", ("TOKYO 100-0001", "JAPAN")),
    ],
)
def test_a_state_or_province_stands_behind_the_town_where_the_post_wants_it(
    country: str, city: str, province: str | None, zip_code: str, printed: tuple[str, ...]
) -> None:
    given = samples.address(address1="1 Main St", city=city, provinceCode=province, zip=zip_code, countryCodeV2=country)
    found = postal(to_customer(samples.customer(defaultAddress=given), "shopify").address, "DE")
    assert (found.lines[2:], found.problem) == (printed, None)


def test_the_customers_own_name_counts_before_that_of_the_address() -> None:
    gift = samples.customer(defaultAddress=samples.address(firstName="Max", lastName="Mustermann", company="Beispiel GmbH"))
    found = to_customer(gift, "shopify").address
    assert (found.name, found.company) == ("Ida Groß", "Beispiel GmbH")


def test_an_order() -> None:
    assert to_order(samples.order(5, discountCodes=["TREUE10"]), "shopify") == Order(
        "shopify",
        "5",
        "#1005",
        datetime(2026, 10, 1, 10, tzinfo=UTC),
        OrderState.COMPLETED,
        5485,
        customer_number="1",
        email="ida@example.com",
        discount_codes=("TREUE10",),
        address=Address(first_name="Ida", last_name="Groß", street="Lindenweg 4", postcode="01067", town="Dresden", country="DE"),
        lines=(OrderLine("TEE-1", "Teekanne", 2, 2495),),
        changed_at=datetime(2026, 10, 2, 10, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("payment", "delivery", "state"),
    [
        ("PAID", "UNFULFILLED", OrderState.COMPLETED),
        ("PARTIALLY_REFUNDED", "FULFILLED", OrderState.COMPLETED),
        ("PENDING", "FULFILLED", OrderState.COMPLETED),
        ("PENDING", "UNFULFILLED", OrderState.OPEN),
        ("AUTHORIZED", "SCHEDULED", OrderState.OPEN),
        ("PARTIALLY_PAID", "PARTIALLY_FULFILLED", OrderState.OPEN),
        ("", "UNFULFILLED", OrderState.OPEN),
        ("A_WORD_OF_2031", "ANOTHER", OrderState.OPEN),
        ("REFUNDED", "FULFILLED", OrderState.REFUNDED),
        ("VOIDED", "UNFULFILLED", OrderState.CANCELLED),
        ("EXPIRED", "UNFULFILLED", OrderState.CANCELLED),
    ],
)
def test_the_state_of_an_order(payment: str, delivery: str, state: OrderState) -> None:
    assert order_state(False, False, payment, delivery) is state
    assert order_state(False, True, payment, delivery) is OrderState.CANCELLED
    assert order_state(True, True, payment, delivery) is OrderState.TEST


def test_a_refund_in_part_leaves_a_sale_of_what_was_kept() -> None:
    kept, returned, shrunk = samples.line(1), samples.line(2, currentQuantity=0), samples.line(3, quantity=5, currentQuantity=1)
    partly = samples.order(
        displayFinancialStatus="PARTIALLY_REFUNDED",
        totalPriceSet=money("224.55"),
        currentTotalPriceSet=money("74.85"),
        lineItems={"nodes": [kept, returned, shrunk]},
    )
    found = to_order(partly, "shopify")
    assert found.state.is_sale
    assert found.total_cents == 7485 == sum(line.quantity * line.unit_price_cents for line in found.lines)
    assert [(line.sku, line.quantity) for line in found.lines] == [("TEE-1", 2), ("TEE-3", 1)]


@pytest.mark.parametrize("changes", [{"cancelledAt": "2026-10-02T10:00:00Z"}, {"displayFinancialStatus": "REFUNDED"}])
def test_an_order_that_is_no_sale_any_more_shows_what_it_was_about(changes: Node) -> None:
    gone = samples.order(currentTotalPriceSet=money("0.0"), lineItems={"nodes": [samples.line(currentQuantity=0)]}, **changes)
    found = to_order(gone, "shopify")
    assert not found.state.is_sale
    assert (found.total_cents, [line.quantity for line in found.lines]) == (5485, [2])


def test_a_guest_is_known_by_email_and_address() -> None:
    guest = to_order(samples.order(customer=None), "shopify")
    assert (guest.customer_number, guest.email, guest.address.street) == ("", "ida@example.com", "Lindenweg 4")


def test_a_sale_over_the_counter_has_neither_customer_nor_address() -> None:
    till = to_order(samples.order(customer=None, email=None, billingAddress=None, shippingAddress=None, sourceName="pos"), "shopify")
    assert (till.customer_number, till.email, till.address, till.platform) == ("", "", Address(), "")


@pytest.mark.parametrize("billing", [None, samples.address(address1=None), samples.address(firstName=None, lastName=None)])
def test_the_delivery_address_stands_in_for_a_billing_address_nobody_can_write_to(billing: Node | None) -> None:
    assert to_order(samples.order(billingAddress=billing), "shopify").address.street == "Packhof 1"


def test_a_company_without_a_person_can_be_written_to() -> None:
    firm = samples.address(firstName=None, lastName=None, company="Beispiel GmbH")
    assert to_order(samples.order(billingAddress=firm), "shopify").address.company == "Beispiel GmbH"


@pytest.mark.parametrize(("source_name", "platform"), [("amazon-de", "amazon"), ("ebay", "ebay"), ("web", ""), ("580111", ""), (None, "")])
def test_an_order_of_a_marketplace_says_so(source_name: str | None, platform: str) -> None:
    assert to_order(samples.order(sourceName=source_name), "shopify").platform == platform


def test_lines_stand_in_the_order_of_their_ids_and_once_each() -> None:
    nodes = [samples.line(10), samples.line(9), samples.line(10)]
    assert [line.sku for line in to_order(samples.order(lineItems={"nodes": nodes}), "shopify").lines] == ["TEE-9", "TEE-10"]


@pytest.mark.parametrize(("variant", "title"), [("blau / L", "Teekanne - blau / L"), (None, "Teekanne"), ("", "Teekanne"), ("Default Title", "Teekanne")])
def test_the_variant_is_part_of_the_title(variant: str | None, title: str) -> None:
    found = to_order(samples.order(lineItems={"nodes": [samples.line(variantTitle=variant)]}), "shopify")
    assert [line.title for line in found.lines] == [title]


@pytest.mark.parametrize(("amount", "cents"), [("11884.9", 1188490), ("0.0", 0), ("10", 1000), ("0.005", 1), ("-3.50", -350), ("19.99", 1999)])
def test_money_is_counted_in_cents(amount: str, cents: int) -> None:
    assert to_order(samples.order(currentTotalPriceSet=money(amount)), "shopify").total_cents == cents


@pytest.mark.parametrize("number", [2**53 + 1, 2**63, 2**64, 10**30])
def test_an_id_of_any_length_keeps_all_its_digits(number: int) -> None:
    """JavaScript, SQLite and careless JSON would round it."""
    assert to_order(samples.order(number), "shopify").source_id == str(number)
    assert to_cart(samples.checkout(number), "shopify").source_id == str(number)
    written_as_number = json.loads(json.dumps(samples.customer(number, legacyResourceId=number)))
    assert to_customer(written_as_number, "shopify").source_id == str(number)


def test_a_cart() -> None:
    assert to_cart(samples.checkout(9), "shopify") == Cart(
        "shopify",
        "9",
        datetime(2026, 10, 30, 8, tzinfo=UTC),
        datetime(2026, 10, 30, 8, 20, tzinfo=UTC),
        email="ida@example.com",
        items=(CartItem("TEE-1", "Teekanne", 2, 2495),),
        customer_number="1",
        recovery_url="https://shop.example/checkouts/ac/token/recover?key=secret",
    )


def test_a_recovered_cart_says_when() -> None:
    recovered = to_cart(samples.checkout(completedAt="2026-10-31T09:00:00+01:00"), "shopify")
    assert recovered.completed_at == datetime(2026, 10, 31, 8, tzinfo=UTC)


def test_a_cart_of_nobody_is_one() -> None:
    nobody = to_cart(samples.checkout(customer=None), "shopify")
    assert (nobody.customer_number, nobody.email) == ("", "")


@pytest.mark.parametrize(
    ("locale", "code"), [("de", "de"), ("de-AT", "de"), ("pt_BR", "pt"), ("zh-Hant-TW", "zh"), ("DE", "de"), ("deu", ""), ("", ""), ("?", "")]
)
def test_the_language_of_a_locale(locale: str, code: str) -> None:
    assert language(locale) == code


@pytest.mark.parametrize(
    ("given_id", "number"),
    [("gid://shopify/Order/12", "12"), ("gid://shopify/AbandonedCheckout/12?key=ab", "12"), ("gid://shopify/Order/", ""), ("", ""), ("12", "")],
)
def test_the_number_of_a_global_id(given_id: str, number: str) -> None:
    assert number_of(given_id) == number


@pytest.mark.parametrize(
    ("changes", "reason", "names"),
    [
        ({"legacyResourceId": None}, RejectionReason.NO_KEY, "legacyResourceId"),
        ({"legacyResourceId": 1.8446744073709552e19}, RejectionReason.NO_KEY, "legacyResourceId"),
        ({"processedAt": None}, RejectionReason.BAD_DATE, "processedAt"),
        ({"processedAt": "31.10.2026"}, RejectionReason.BAD_DATE, "processedAt"),
        ({"processedAt": "2026-10-31T10:00:00"}, RejectionReason.BAD_DATE, "processedAt"),
        ({"processedAt": 1_790_000_000}, RejectionReason.BAD_DATE, "processedAt"),
        ({"processedAt": "0001-01-01T00:00:00+14:00"}, RejectionReason.BAD_DATE, "processedAt"),
        ({"currentTotalPriceSet": money("12,50")}, RejectionReason.BAD_NUMBER, "currentTotalPriceSet.shopMoney.amount"),
        ({"currentTotalPriceSet": money("NaN")}, RejectionReason.BAD_NUMBER, "currentTotalPriceSet.shopMoney.amount"),
        ({"currentTotalPriceSet": money("1e400")}, RejectionReason.BAD_NUMBER, "too large"),
        ({"currentTotalPriceSet": money("99999999999")}, RejectionReason.BAD_NUMBER, "too large"),
        ({"currentTotalPriceSet": None}, RejectionReason.MALFORMED, "currentTotalPriceSet"),
        ({"currentTotalPriceSet": money("1", "euro")}, RejectionReason.MALFORMED, "currencyCode"),
        ({"lineItems": {"nodes": [samples.line(quantity="two")]}}, RejectionReason.BAD_NUMBER, "lineItems.nodes.0.quantity"),
        ({"lineItems": {"nodes": [samples.line(quantity=2**64)]}}, RejectionReason.BAD_NUMBER, "lineItems.nodes.0.quantity"),
        ({"lineItems": None}, RejectionReason.MALFORMED, "lineItems"),
        ({"billingAddress": "Lindenweg 4"}, RejectionReason.MALFORMED, "billingAddress"),
        ({"test": None}, RejectionReason.MALFORMED, "test"),
    ],
)
def test_a_bad_order_is_refused_by_the_field_at_fault(changes: Node, reason: RejectionReason, names: str) -> None:
    with pytest.raises(BadRecord) as refused:
        to_order(samples.order(**changes), "shopify")
    assert refused.value.reason is reason
    assert names in refused.value.message
    assert "Look at this record in the shop" in refused.value.message


def test_a_field_that_is_missing_is_no_blank() -> None:
    """A query that forgets a field must not empty it for everybody."""
    lacking = samples.customer()
    del lacking["defaultAddress"]
    with pytest.raises(BadRecord, match="defaultAddress: field required"):
        to_customer(lacking, "shopify")


def test_no_message_quotes_the_person() -> None:
    with pytest.raises(BadRecord) as refused:
        to_customer(samples.customer(defaultAddress="Ida Groß, Lindenweg 4"), "shopify")
    assert "Ida" not in refused.value.message


def test_text_that_no_database_stores_is_cleaned() -> None:
    found = to_customer(samples.customer(firstName="I\0da ", lastName="  Groß\ud800 "), "shopify").address
    assert (found.first_name, found.last_name) == ("I da", "Groß\ufffd")
    found.last_name.encode()


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3))


def places(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path to each value of an object."""
    yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def put(node: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    copy = node.copy()
    copy[path[0]] = put(node[path[0]], path[1:], value)
    return copy


@pytest.mark.parametrize(("make", "read"), [(samples.customer, to_customer), (samples.order, to_order), (samples.checkout, to_cart)])
@settings(deadline=None)
@given(data=st.data())
def test_whatever_stands_in_a_field_gives_a_record_or_a_reason(
    make: Callable[[], Node], read: Callable[[Any, str], Customer | Order | Cart], data: st.DataObject
) -> None:
    node = make()
    damaged = put(node, data.draw(st.sampled_from(list(places(node)))), data.draw(JSON))
    try:
        record = read(damaged, "shopify")
    except BadRecord as refused:
        assert refused.message.endswith(".")
    else:
        assert record.source_id.isdigit()
        repr(record).encode()


@pytest.mark.parametrize("field", ["email", "zip", "firstName"])
def test_what_no_index_could_hold_is_refused(field: str) -> None:
    """Else one record of three million characters would stop every batch that it is in."""
    long = "x" * 3_000_000
    changes: dict[str, Any] = {
        "email": {"defaultEmailAddress": {"emailAddress": f"{long}@example.com"}},
        "zip": {"defaultAddress": samples.customer()["defaultAddress"] | {"zip": long}},
        "firstName": {"firstName": long},
    }
    with pytest.raises(BadRecord, match="at most") as refused:
        to_customer(samples.customer(**changes[field]), "shopify")
    assert (refused.value.reason, len(refused.value.message) < 300) == (RejectionReason.MALFORMED, True)
    order = samples.order(email=f"{long}@example.com")
    with pytest.raises(BadRecord, match="at most"):
        to_order(order, "shopify")
