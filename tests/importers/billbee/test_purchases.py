"""Which order does a record describe?"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.address import Address
from campaigns.order import Order, OrderLine, OrderState
from campaigns.rejection import RejectionReason
from importers.billbee.purchases import state_of, to_buyer, to_order
from importers.errors import BadRecord
from tests.importers.billbee.test_addresses import ORDER as ADDRESS
from tests.importers.billbee.test_fields import JSON

ITEM = {"Product": {"SKU": "TEE-01", "Title": "Darjeeling"}, "Quantity": Decimal("2.0"), "TotalPrice": Decimal("25.80"), "IsCoupon": False}
COUPON = {"Product": {"SKU": "", "Title": "Gutschein SOMMER-24 (10%)"}, "Quantity": 1, "TotalPrice": Decimal("-5.00"), "IsCoupon": True}
ROW: dict[str, Any] = {
    "BillBeeOrderId": 100000186018330123, "Id": "#1001", "OrderNumber": "B-1001", "State": 4, "CreatedAt": "2024-05-01T10:00:00",
    "ShippedAt": None, "PayedAt": None, "InvoiceAddress": ADDRESS, "ShippingAddress": None, "ShippingCost": Decimal("4.90"), "TotalCost": Decimal("30.70"),
    "OrderItems": [ITEM], "Currency": "EUR", "Seller": {"Platform": "shopware"}, "Buyer": None,
    "Customer": {"Id": 7, "Number": 1, "Email": "ida@example.com"}, "CustomerNumber": "K-1", "LanguageCode": "DE",
    "LastModifiedAt": "2024-05-03T10:00:00",
}  # fmt: skip


def order(**changes: Any) -> Order:
    return to_order({**ROW, **changes}, "billbee")


def test_an_order() -> None:
    assert order() == Order(
        "billbee", "100000186018330123", "B-1001", datetime(2024, 5, 1, 8, tzinfo=UTC), OrderState.COMPLETED, 3070, "EUR", "1", "ida@example.com",
        address=Address("Teehaus GmbH", "", "Ida", "Groß", "z. Hd. Einkauf, 2. OG", "Am Anger 3 a", "01067", "Dresden", "DE"),
        lines=(OrderLine("TEE-01", "Darjeeling", 2, 1290),), changed_at=datetime(2024, 5, 3, 8, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (6, OrderState.DELETED), (8, OrderState.CANCELLED), (14, OrderState.OFFERED), (3, OrderState.COMPLETED), (4, OrderState.COMPLETED),
        (7, OrderState.COMPLETED), (9, OrderState.COMPLETED), ("8", OrderState.CANCELLED), (Decimal("8.0"), OrderState.CANCELLED),
        *((number, OrderState.OPEN) for number in (1, 2, 5, 10, 11, 12, 13, 15, 16, 17, 99, None, "versandt", 2**64)),
    ],
)  # fmt: skip
def test_states(state: object, expected: OrderState) -> None:
    assert order(State=state).state is expected


@pytest.mark.parametrize("state", [1, 5, 11, 13, 99])
@pytest.mark.parametrize("date", ["ShippedAt", "PayedAt"])
def test_what_is_shipped_or_paid_is_completed_whatever_its_state(state: int, date: str) -> None:
    assert order(State=state, **{date: "2024-05-02T00:00:00"}).state is OrderState.COMPLETED
    assert order(State=state, **{date: "0001-01-01T00:00:00"}).state is OrderState.OPEN


@pytest.mark.parametrize("state", [6, 8, 14])
def test_no_sale_stays_none_though_it_was_shipped_and_paid(state: int) -> None:
    assert not order(State=state, ShippedAt="2024-05-02T00:00:00", PayedAt="2024-05-02T00:00:00").state.is_sale


def test_an_order_that_takes_another_one_back_is_no_sale() -> None:
    assert state_of({**ROW, "IsCancelationFor": "#1000"}) is OrderState.CANCELLED


def test_the_total_includes_shipping_already() -> None:
    assert order().total_cents == 2580 + 490


def test_a_missing_total_is_summed_up_with_the_coupon_taken_off() -> None:
    assert order(TotalCost=None, OrderItems=[ITEM, COUPON], AdjustmentCost=Decimal("0.10")).total_cents == 2580 + 490 - 500 + 10


def test_a_coupon_is_a_payment_whose_code_is_a_discount_code() -> None:
    found = order(OrderItems=[ITEM, COUPON])
    assert (len(found.lines), found.discount_codes) == (1, ("SOMMER-24",))


@pytest.mark.parametrize(
    ("sku", "title", "codes"),
    [
        ("ABCDE-FGHJK-M", "Gutschein", ("ABCDE-FGHJK-M",)),
        ("", "Gutschein: abcd1234", ("abcd1234",)),
        ("X7Y8Z9", "Gutschein X7Y8Z9", ("X7Y8Z9",)),
        ("", "Rabatt 10%", ()),
        ("", "Geschenkgutschein vom 01.05.2024", ()),
        ("4711234", "", ("4711234",)),
        (None, None, ()),
    ],
)
def test_codes_stand_in_number_or_title(sku: str | None, title: str | None, codes: tuple[str, ...]) -> None:
    assert order(OrderItems=[{**COUPON, "Product": {"SKU": sku, "Title": title}}]).discount_codes == codes


@pytest.mark.parametrize(
    ("quantity", "total", "line"),
    [
        (3, Decimal("10.00"), (3, 333)),
        (Decimal("2.5"), Decimal("10.00"), (1, 1000)),
        (0, Decimal("10.00"), (1, 1000)),
        (None, None, (1, 0)),
        (-1, Decimal("-10.00"), (-1, 1000)),
    ],
)
def test_lines_have_pieces_and_a_price_per_piece(quantity: object, total: object, line: tuple[int, int]) -> None:
    (found,) = order(OrderItems=[{**ITEM, "Quantity": quantity, "TotalPrice": total}]).lines
    assert (found.quantity, found.unit_price_cents) == line


def test_an_article_is_known_by_whatever_number_there_is() -> None:
    found = order(
        OrderItems=[
            {"Product": {"SkuOrId": "77", "Title": "x"}},
            {"InvoiceSKU": "I-1", "Product": {"Title": "y"}},
            {"Product": None},
            {"Product": {"Title": "z"}},
        ]
    )
    assert [(line.sku, line.title) for line in found.lines] == [("77", "x"), ("I-1", "y"), ("", "z")]


@pytest.mark.parametrize(
    ("platform", "kept"),
    [
        ("amazon", "amazon"),
        ("Amazon.de", "amazon"),
        ("ebay", "ebay"),
        ("avocadostore", "avocadostore"),
        ("Rakuten", "rakuten"),
        ("shopware", ""),
        ("woocommercerest", ""),
        ("Shopify Plus", ""),
        ("manual", ""),
        ("AmazonFBA", "amazon"),
        ("OttoMarket", "otto"),
        ("real.de", "real"),
        ("Neuer  Marktplatz", "neuer marktplatz"),
        ("", ""),
        (None, ""),
    ],
)
def test_marketplaces_are_kept_and_shops_are_the_shop_itself(platform: str | None, kept: str) -> None:
    assert order(Seller={"Platform": platform}).platform == kept


@pytest.mark.parametrize(
    ("written", "changed_at"),
    [
        ("2026-10-25T01:59:59", datetime(2026, 10, 24, 23, 59, 59, tzinfo=UTC)),
        ("2026-10-25T02:00:00", None),
        ("2026-10-25T02:59:59", None),
        ("2026-10-25T03:00:00", datetime(2026, 10, 25, 2, tzinfo=UTC)),
        ("2026-03-29T03:15:00", datetime(2026, 3, 29, 1, 15, tzinfo=UTC)),
    ],
)
def test_a_change_in_autumns_double_hour_has_no_time_so_that_what_is_read_later_is_newer(written: str, changed_at: datetime | None) -> None:
    assert order(LastModifiedAt=written, UpdatedAt="2024-05-01T10:00:00").changed_at == changed_at


def test_the_platform_may_stand_with_the_buyer_alone() -> None:
    assert order(Seller=None, Buyer={"Platform": "etsy"}).platform == "etsy"


@pytest.mark.parametrize(
    ("customer", "number", "names"),
    [
        ({"Id": 7, "Number": 1}, "K-1", "1"),
        ({"Id": 7, "Number": None}, "K-1", "K-1"),
        ({"Id": 7, "Number": 0}, None, "7"),
        (None, "K-1", "K-1"),
        (None, None, ""),
    ],
)
def test_the_buyer_is_named_by_number_and_else_by_id(customer: object, number: object, names: str) -> None:
    assert order(Customer=customer, CustomerNumber=number).customer_number == names


def test_everybody_may_be_missing() -> None:
    found = order(
        InvoiceAddress=None,
        ShippingAddress=None,
        Buyer=None,
        Customer=None,
        Seller=None,
        OrderItems=None,
        CustomerNumber=None,
        Currency=None,
        OrderNumber=None,
        Id=None,
    )
    assert (found.address, found.email, found.platform, found.lines, found.currency, found.number) == (Address(), "", "", (), "EUR", found.source_id)
    assert to_buyer({**ROW, "Customer": None}, "billbee") is None


def test_without_an_invoice_address_the_parcel_knows_the_way() -> None:
    assert order(InvoiceAddress={**ADDRESS, "Street": ""}, ShippingAddress={**ADDRESS, "Street": "Lange Reihe"}).address.street == "Lange Reihe 3 a"


def test_the_buyer_is_as_old_as_the_order_and_not_as_its_last_change() -> None:
    buyer = to_buyer(ROW, "billbee")
    assert buyer
    assert (buyer.source_id, buyer.number, buyer.language, buyer.address, buyer.changed_at) == ("7", "1", "de", order().address, order().ordered_at)


def test_a_damaged_address_does_not_cost_the_sale() -> None:
    damaged = {**ADDRESS, "LastName": "MÃ¼ller"}
    assert order(InvoiceAddress=damaged).address == Address()
    with pytest.raises(BadRecord, match="wrong encoding"):
        to_buyer({**ROW, "InvoiceAddress": damaged}, "billbee")


@pytest.mark.parametrize(
    ("changes", "reason", "says"),
    [
        ({"BillBeeOrderId": None}, RejectionReason.NO_KEY, "BillBeeOrderId"),
        ({"CreatedAt": None}, RejectionReason.BAD_DATE, "no CreatedAt"),
        ({"CreatedAt": "gestern"}, RejectionReason.BAD_DATE, '"gestern"'),
        ({"TotalCost": "viel"}, RejectionReason.BAD_NUMBER, '"viel"'),
        ({"TotalCost": 10**9}, RejectionReason.BAD_NUMBER, "more than 21 million"),
        ({"OrderItems": [{**ITEM, "Quantity": 10**12}]}, RejectionReason.BAD_NUMBER, "was bought 1000000000000 times"),
        ({"Currency": "Taler"}, RejectionReason.BAD_NUMBER, "no currency"),
    ],
)
def test_bad_orders_have_a_reason(changes: dict[str, Any], reason: RejectionReason, says: str) -> None:
    with pytest.raises(BadRecord, match=says) as refused:
        order(**changes)
    assert refused.value.reason is reason


@given(st.dictionaries(st.sampled_from(sorted(ROW)), JSON))
def test_any_order_is_taken_or_refused(changes: dict[str, Any]) -> None:
    for make in (to_order, to_buyer):
        try:
            make({**ROW, **changes}, "billbee")
        except BadRecord as refused:
            assert refused.message
