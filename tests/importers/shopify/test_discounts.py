"""Do our codes get into a Shopify shop, each once, whatever goes wrong on the way?"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from importers.errors import BrokenAnswer, MissingScope, ShopRefused
from importers.shopify import Credentials, Shop, discounts
from importers.shopify.discounts import Batch, Discount, add, create, deactivate, find, has, is_done, listed, poll, remove
from tests.shops.shopify.faults import Fault
from tests.shops.shopify.server import MockShopify

TEN = Discount(
    "Postillion ten, print run 1", 10.0, None, "40.00", 1, True, False, datetime(2026, 11, 22, tzinfo=UTC), datetime(2027, 1, 31, 22, 59, 59, tzinfo=UTC)
)


@pytest.fixture(params=["auto", "small"])
def mock(request: pytest.FixtureRequest) -> Iterator[MockShopify]:
    with MockShopify(customers=0, orders=0, checkouts=0, schema=request.param) as shop:
        yield shop


@pytest.fixture
def shop(mock: MockShopify) -> Iterator[Shop]:
    with Shop(Credentials(mock.shop, mock.client_id, mock.client_secret), mock.url, mock.clock.sleep) as opened:
        yield opened


def test_a_discount_says_what_the_offer_says(shop: Shop, mock: MockShopify) -> None:
    create(shop, TEN, "AAAAA-BBBBB-C")
    [row] = mock.discounts.rows
    assert row["title"] == TEN.title and row["codes"] == ["AAAAA-BBBBB-C"]
    assert row["input"]["customerGets"] == {"value": {"percentage": 0.1}, "items": {"all": True}}
    assert row["input"]["minimumRequirement"] == {"subtotal": {"greaterThanOrEqualToSubtotal": "40.00"}}
    assert (row["input"]["usageLimit"], row["input"]["appliesOncePerCustomer"]) == (1, True)
    assert row["input"]["endsAt"] == "2027-01-31T22:59:59+00:00"
    assert row["input"]["combinesWith"]["orderDiscounts"] is False


def test_an_amount_without_a_minimum(shop: Shop, mock: MockShopify) -> None:
    create(shop, replace(TEN, percent=None, amount="5.00", minimum=None, combinable=True), "A")
    [row] = mock.discounts.rows
    assert row["input"]["customerGets"]["value"] == {"discountAmount": {"amount": "5.00", "appliesOnEachItem": False}}
    assert row["input"].get("minimumRequirement") is None and row["input"]["combinesWith"]["orderDiscounts"] is True


def test_asked_for_again_it_is_the_same_discount(shop: Shop, mock: MockShopify) -> None:
    assert create(shop, TEN, "AAAAA") == create(shop, TEN, "aaaaa")
    assert len(mock.discounts.rows) == 1


def test_an_answer_that_got_lost_makes_no_second_discount(shop: Shop, mock: MockShopify) -> None:
    mock.faults.next(Fault.CUT_JSON, operation="CreateDiscount")
    with pytest.raises(BrokenAnswer):
        create(shop, TEN, "AAAAA")
    create(shop, TEN, "AAAAA")
    assert len(mock.discounts.rows) == 1


def test_a_code_of_another_discount_is_refused(shop: Shop) -> None:
    create(shop, TEN, "AAAAA")
    with pytest.raises(ShopRefused, match=r'has the code "AAAAA" already, of another discount \(Postillion ten, print run 1\)'):
        create(shop, replace(TEN, title="Another"), "AAAAA")


def test_without_the_scope_it_is_said_which(shop: Shop, mock: MockShopify) -> None:
    mock.settings.scopes.remove("write_discounts")
    with pytest.raises(MissingScope, match="write_discounts"):
        create(shop, TEN, "AAAAA")
    assert mock.discounts.rows == []


def test_codes_are_worked_off_in_the_shops_own_time(shop: Shop, mock: MockShopify) -> None:
    mock.discounts.polls = 2
    discount_id = create(shop, TEN, "C0")
    batch = add(shop, discount_id, [f"C{number}" for number in range(1, 251)])
    looks = [poll(shop, batch) for _ in range(4)]
    done = Batch(True, {}, frozenset(f"C{number}" for number in range(1, 251)))
    assert looks == [Batch(False, {}), Batch(False, {}), done, done]
    assert len(mock.discounts.rows[0]["codes"]) == 251


def test_a_code_that_the_shop_lost_is_neither_taken_nor_refused(shop: Shop, mock: MockShopify) -> None:
    discount_id = create(shop, TEN, "C0")
    mock.discounts.lose = {"C2"}
    batch = add(shop, discount_id, ["C1", "C2", "C3"])
    poll(shop, batch)
    assert poll(shop, batch) == Batch(True, {}, frozenset({"C1", "C3"}))


@pytest.mark.parametrize("changes", [{"percent": None, "amount": "5.00"}, {"minimum": "40.00"}])
def test_amounts_in_another_currency_than_the_shops_make_no_discount(changes: dict[str, str | None], shop: Shop, mock: MockShopify) -> None:
    with pytest.raises(ShopRefused, match=r"sells in EUR, and the discount .* is in CHF"):
        create(shop, replace(TEN, currency="CHF", **changes), "AAAAA")  # type: ignore[arg-type]
    assert mock.discounts.rows == []
    assert create(shop, replace(TEN, currency="EUR", **changes), "AAAAA")  # type: ignore[arg-type]


def test_one_code_too_many_is_refused_as_a_whole(shop: Shop) -> None:
    discount_id = create(shop, TEN, "C0")
    with pytest.raises(BrokenAnswer, match="MAX_INPUT_SIZE_EXCEEDED"):
        add(shop, discount_id, [f"C{number}" for number in range(discounts.MOST_CODES + 1)])


def test_a_refused_code_comes_with_the_shops_words(shop: Shop, mock: MockShopify) -> None:
    mine, other = create(shop, TEN, "MINE"), create(shop, replace(TEN, title="Another"), "THEIRS")
    mock.discounts.refuse["ODD"] = "cannot contain newline characters."
    batch = add(shop, mine, ["mine", "THEIRS", "ODD", "FRESH"])
    poll(shop, batch)
    taken = "must be unique. Please try a different code."
    assert poll(shop, batch) == Batch(True, {"mine": taken, "THEIRS": taken, "ODD": "cannot contain newline characters."}, frozenset({"FRESH"}))
    assert has(shop, mine, "MINE") and not has(shop, mine, "THEIRS") and has(shop, other, "theirs") and not has(shop, mine, "ODD")


def test_a_discount_that_is_gone_and_a_batch_that_is_forgotten_are_told_apart(shop: Shop, mock: MockShopify) -> None:
    discount_id = create(shop, TEN, "C0")
    batch = add(shop, discount_id, ["C1"])
    mock.discounts.forget_batches()
    assert poll(shop, batch) is None
    mock.discounts.rows.clear()
    with pytest.raises(ShopRefused, match="Code discount does not exist"):
        add(shop, discount_id, ["C2"])


def test_codes_are_deleted_in_the_shops_own_time(shop: Shop, mock: MockShopify) -> None:
    mock.discounts.polls = 1
    discount_id = create(shop, TEN, "C0")
    batch = add(shop, discount_id, [f"C{number}" for number in range(1, 251)])
    while not (looked := poll(shop, batch)) or not looked.is_done:
        pass
    found = listed(shop, discount_id)
    assert found is not None and set(found) == {f"C{number}" for number in range(251)}, "two pages"
    job = remove(shop, discount_id, [found["C1"], found["C250"]])
    assert [is_done(shop, job) for _ in range(3)] == [False, True, True]
    assert set(found) - set(listed(shop, discount_id) or ()) == {"C1", "C250"}
    assert is_done(shop, "gid://shopify/Job/forgotten")


def test_a_discount_is_switched_off_as_often_as_one_likes(shop: Shop, mock: MockShopify) -> None:
    discount_id = create(shop, TEN, "C0")
    for _ in range(2):
        deactivate(shop, discount_id)
    assert [row["is_active"] for row in mock.discounts.rows] == [False]


def test_a_discount_that_is_gone_has_no_codes_and_cannot_be_switched_off(shop: Shop, mock: MockShopify) -> None:
    discount_id = create(shop, TEN, "C0")
    assert find(shop, TEN.title, ["NOBODY", "c0"]) == discount_id and find(shop, "Another", ["C0"]) is None
    mock.discounts.rows.clear()
    assert listed(shop, discount_id) is None and find(shop, TEN.title, ["C0"]) is None
    with pytest.raises(ShopRefused, match="does not exist"):
        deactivate(shop, discount_id)
    with pytest.raises(ShopRefused, match="does not exist"):
        remove(shop, discount_id, ["gid://shopify/DiscountRedeemCode/1"])
