"""Do coupon codes catch slips of the finger, and are tokens long enough?"""

import math
import secrets
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import coupon, token
from campaigns.rude_words import spells_rude

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


def test_many_codes_are_different_well_formed_and_never_rude() -> None:
    codes = list(coupon.new_codes(5000, "TEE"))
    assert len({coupon.normalise(code) for code in codes}) == 5000
    assert all(code.startswith("TEE-") and coupon.is_well_formed(code, "TEE") and not coupon.is_well_formed(code) for code in codes)
    assert not any(spells_rude(coupon.normalise(code)) for code in codes)
    assert len({char for code in codes for char in code[4:]} - {"-"}) == 29, "every symbol is drawn"


def test_a_rude_draw_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def number(body: str) -> int:
        return sum(coupon.ALPHABET.index(char) * 29**place for place, char in enumerate(body))

    draws = iter([number("FVCK222222"), number("A55AAAAAAA"), number("2345678923")])
    monkeypatch.setattr(secrets, "randbelow", lambda limit: next(draws))
    assert coupon.normalise(coupon.new_code()).startswith("2345678923")


def test_a_prefix_and_the_body_spell_no_rude_word_together() -> None:
    assert spells_rude("TEEA" + "SS2222222")
    assert not spells_rude("TEE" + "22222222222")


@pytest.mark.parametrize("code", SAMPLE)
def test_behind_a_prefix_every_slip_is_detected_as_well(code: str) -> None:
    whole = "TEE" + code
    wrong = {whole[:at] + char + whole[at + 1 :] for at in range(len(whole)) for char in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"}
    wrong |= {whole[:at] + whole[at + 1] + whole[at] + whole[at + 2 :] for at in range(len(whole) - 1)}
    assert not any(coupon.is_well_formed(each, "TEE") for each in wrong - {whole})


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
