"""Do coupon codes catch slips of the finger, and are tokens long enough?"""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import coupon, token

BODY = st.text(alphabet=coupon.ALPHABET, min_size=coupon.LENGTH, max_size=coupon.LENGTH)
BODIES = [coupon.ALPHABET[start : start + coupon.LENGTH] for start in range(0, 19, 3)] + [char * coupon.LENGTH for char in coupon.ALPHABET[::4]]
SAMPLE = [body + coupon.check_character(body) for body in BODIES]


def test_the_alphabet_has_a_prime_number_of_symbols_and_no_look_alikes() -> None:
    assert len(coupon.ALPHABET) == len(set(coupon.ALPHABET)) == 29
    assert all(len(coupon.ALPHABET) % divisor for divisor in range(2, 29))
    assert not set(coupon.ALPHABET) & set("01OILUZ")


def test_a_new_code_is_printed_in_three_groups() -> None:
    code = coupon.new_code()
    assert [len(group) for group in code.split("-")] == [5, 5, 1]
    assert coupon.is_well_formed(code)


def test_codes_differ() -> None:
    assert len({coupon.new_code() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("code", SAMPLE)
def test_every_single_wrong_character_is_detected(code: str) -> None:
    wrong = [code[:at] + char + code[at + 1 :] for at in range(len(code)) for char in coupon.ALPHABET if char != code[at]]
    assert len(wrong) == 11 * 28
    assert not any(coupon.is_well_formed(each) for each in wrong)


@pytest.mark.parametrize("code", SAMPLE)
def test_every_swap_of_neighbours_is_detected(code: str) -> None:
    wrong = [code[:at] + second + first + code[at + 2 :] for at, (first, second) in enumerate(pairwise(code)) if first != second]
    assert not any(coupon.is_well_formed(each) for each in wrong)


@given(BODY)
def test_a_code_is_known_again_however_it_is_typed(body: str) -> None:
    plain = body + coupon.check_character(body)
    typed = f" {plain[:5].lower()} - {plain[5:10]} {plain[10]}\n"
    assert coupon.normalise(typed) == plain
    assert coupon.is_well_formed(typed)


@given(st.text(max_size=30))
def test_anything_may_be_asked(typed: str) -> None:
    assert coupon.is_well_formed(typed) in (True, False)


@pytest.mark.parametrize("typed", ["", "-", "A", "22222", "2222222222", "222222222222", "0OIL1ABCDEF", "ÄÖÜÄÖÜÄÖÜÄÖ"])
def test_what_is_no_code(typed: str) -> None:
    assert not coupon.is_well_formed(typed)


def test_a_token_fits_the_alphanumeric_mode_of_a_qr_code_and_cannot_be_guessed() -> None:
    found = {token.new_token() for _ in range(1000)}
    assert len(found) == 1000
    assert all(len(each) == token.LENGTH and set(each) <= set(token.ALPHABET) for each in found)
    assert len(set(token.ALPHABET)) == 32
    assert token.LENGTH * math.log2(len(token.ALPHABET)) >= 50
    assert not set(token.ALPHABET) & set("IO01")
