"""Is a discount split exact to the cent, whatever is in the cart?"""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from campaigns.checkout import Checkout, CheckoutLine, Quote, Refused
from campaigns.discount import shared, split, value
from campaigns.offer import Offer, OfferKind
from campaigns.quote import Standing, quote
from tests.campaigns.test_quote import BERLIN, NOW

CARTS = 20_000
RATES = (0, 260, 380, 550, 700, 810, 1000, 1300, 1900, 2000, 2550, 2700)
"""VAT rates of Germany, Austria, Switzerland and the European Union's highest."""


def check(found: Quote, lines: tuple[CheckoutLine, ...], wanted: int) -> None:
    """The whole contract of a split."""
    assert found.gross_cents == wanted == sum(line.gross_cents for line in found.lines) == sum(share.gross_cents for share in found.shares)
    for line in found.lines:
        assert (line.sku, line.vat_rate) == (lines[line.position].sku, lines[line.position].vat_rate)
        assert 0 < line.gross_cents <= lines[line.position].gross_cents
        assert 0 <= line.vat_cents <= line.gross_cents
        assert line.gross_cents == line.net_cents + line.vat_cents
    assert [share.vat_rate for share in found.shares] == sorted({line.vat_rate for line in found.lines})
    for share in found.shares:
        its = [line for line in found.lines if line.vat_rate == share.vat_rate]
        assert share.gross_cents == sum(line.gross_cents for line in its) == share.net_cents + share.vat_cents
        assert share.vat_cents == sum(line.vat_cents for line in its)
        assert abs(share.vat_cents - share.gross_cents * share.vat_rate / (10_000 + share.vat_rate)) <= 0.5


def test_the_split_is_exact_for_twenty_thousand_carts() -> None:
    chance = random.Random(20260101)
    for _ in range(CARTS):
        top = chance.choice((3, 99, 5000, 200_000, 10**9))
        lines = tuple(CheckoutLine(f"A{at}", chance.randint(1, 9), chance.randint(0, top), chance.choice(RATES)) for at in range(chance.randint(1, 12)))
        gross = sum(line.gross_cents for line in lines)
        amount = chance.random() < 0.5
        kind, worth = (OfferKind.AMOUNT, chance.randint(1, 2 * gross + 1)) if amount else (OfferKind.PERCENTAGE, chance.randint(1, 10_000))
        offer = Offer("x", "X", kind, worth, vat_rates=tuple(chance.sample(RATES, 6)) if chance.random() < 0.3 else ())
        found = quote(offer, Standing(), Checkout("EUR", lines), NOW, BERLIN)
        eligible = sum(line.gross_cents for line in lines if not offer.vat_rates or line.vat_rate in offer.vat_rates)
        wanted = min(worth, eligible) if amount else (eligible * worth * 2 + 10_000) // 20_000
        assert isinstance(found, Refused) is (wanted == 0)
        if isinstance(found, Quote):
            check(found, lines, wanted)


LINES = st.lists(st.builds(CheckoutLine, st.just("A"), st.integers(1, 9), st.integers(0, 10**11), st.sampled_from(RATES)), min_size=1, max_size=30).map(tuple)


@given(LINES, st.data())
def test_the_split_is_exact_for_any_discount_that_fits(lines: tuple[CheckoutLine, ...], data: st.DataObject) -> None:
    positions = sorted(data.draw(st.sets(st.integers(0, len(lines) - 1), min_size=1)))
    wanted = data.draw(st.integers(0, sum(lines[position].gross_cents for position in positions)))
    found = split(wanted, lines, positions, "EUR")
    check(found, lines, wanted)
    assert {line.position for line in found.lines} <= set(positions)
    assert found == split(wanted, lines, positions, "EUR")


@given(st.lists(st.integers(0, 10**12), max_size=40), st.data())
def test_shares_are_in_proportion_to_less_than_one(weights: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    parts = shared(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < max(1, sum(weights))
        assert 0 <= part <= weight


def test_of_equal_lines_the_first_ones_get_the_odd_cents() -> None:
    assert shared(100, [7, 7, 7]) == [34, 33, 33]
    assert shared(5, [1, 1, 1, 1, 1, 1]) == [1, 1, 1, 1, 1, 0]
    assert shared(0, [0, 0]) == [0, 0]
    assert shared(1, [1, 2]) == [0, 1]  # the largest remainder, not the first


def test_vat_of_a_rate_is_rounded_once_and_not_line_by_line() -> None:
    line = CheckoutLine("A", 1, 100, 1900)
    found = split(9, (line,) * 3, range(3), "EUR")
    assert [one.gross_cents for one in found.lines] == [3, 3, 3]
    assert found.shares[0].vat_cents == 1  # 1.44 cents; of each line it would be 0.48: none
    assert [one.vat_cents for one in found.lines] == [1, 0, 0]


def test_lines_without_vat_carry_none() -> None:
    found = split(50, (CheckoutLine("A", 1, 100, 0), CheckoutLine("B", 1, 100, 1900)), range(2), "EUR")
    assert [(one.net_cents, one.vat_cents) for one in found.lines] == [(25, 0), (21, 4)]


def test_what_a_percentage_takes_off_is_rounded_half_up() -> None:
    ten = Offer("ten", "Ten", OfferKind.PERCENTAGE, 1000)
    assert [value(ten, gross) for gross in (4, 5, 14, 15, 100)] == [0, 1, 1, 2, 10]
    assert value(replace(ten, value=3333), 10_000) == 3333
