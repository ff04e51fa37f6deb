"""Which codes may a partner choose, and which look like another's?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import coupon
from campaigns.partner_code import PartnerCodeProblem, first_letters, last_letters, partner_code_problem, skeleton


@pytest.mark.parametrize(
    "code",
    [
        "vonmeier",
        "von-meier",
        "MEIER2026",
        "tee4you",
        "Marschall",
        "ignazio",
        "essex",
        "niggemann",
        "schleicher",
        "therapistin",
        "dickmann",
        "scunthorpe",
        "saltwater",
        "gymnasium",
        "marschkapelle",
        "fickenscher",
        "schwarzenegger",
        "abcd",
        "a" * 20,
        "1234",
    ],
)
def test_codes_that_a_partner_may_have(code: str) -> None:
    assert partner_code_problem(code) is None


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("", PartnerCodeProblem.CHARACTERS),
        ("von meier", PartnerCodeProblem.CHARACTERS),
        ("müller", PartnerCodeProblem.CHARACTERS),
        ("vonmeiеr", PartnerCodeProblem.CHARACTERS),  # a Cyrillic е
        ("-meier", PartnerCodeProblem.CHARACTERS),
        ("von--meier", PartnerCodeProblem.CHARACTERS),
        ("a/b/c", PartnerCodeProblem.CHARACTERS),
        ("meier\x00", PartnerCodeProblem.CHARACTERS),
        ("abc", PartnerCodeProblem.TOO_SHORT),
        ("a-b-c", PartnerCodeProblem.TOO_SHORT),
        ("a" * 21, PartnerCodeProblem.TOO_LONG),
        ("postillion", PartnerCodeProblem.RESERVED),
        ("P0ST1LL10N", PartnerCodeProblem.RESERVED),
        ("gut-schein", PartnerCodeProblem.RESERVED),
        ("admin", PartnerCodeProblem.RESERVED),
        ("hitler", PartnerCodeProblem.RUDE),
        ("H1TL3R", PartnerCodeProblem.RUDE),
        ("hit-ler", PartnerCodeProblem.RUDE),
        ("arsch", PartnerCodeProblem.RUDE),
        ("arsch-meier", PartnerCodeProblem.RUDE),
        ("meier-sau-99", PartnerCodeProblem.RUDE),
        ("sau99", PartnerCodeProblem.RUDE),
        ("FVCKYOU", PartnerCodeProblem.RUDE),
        ("scheisse", PartnerCodeProblem.RUDE),
        ("5ch3155e", PartnerCodeProblem.RUDE),
        ("hurenbock", PartnerCodeProblem.RUDE),
        ("a55hole", PartnerCodeProblem.RUDE),
        ("Nazi-Party", PartnerCodeProblem.RUDE),
        ("meier1488", PartnerCodeProblem.RUDE),
        ("fick-dich", PartnerCodeProblem.RUDE),
    ],
)
def test_codes_that_nobody_may_have(code: str, problem: PartnerCodeProblem) -> None:
    assert partner_code_problem(code) is problem


def test_what_could_be_drawn_is_nobodys_to_choose() -> None:
    assert partner_code_problem(coupon.new_code()) is PartnerCodeProblem.LOOKS_GENERATED


@given(st.text(max_size=40))
def test_anything_may_be_asked(text: str) -> None:
    assert partner_code_problem(text) in (None, *PartnerCodeProblem)
    skeleton(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vonmeier", "VON-MEIER"),
        ("bolo", "8010"),
        ("lilli", "1i11I"),
        ("susi2", "5U51z"),
        ("george", "6e0r6e"),
        ("vvinter", "winter"),
        ("bernd", "bemd"),
        ("mueller", "müller"),
        ("muller", "müller"),
        ("claus", "daus"),
        ("claus", "c1aus"),
        ("claus", "cIaus"),
        ("moeller", "m0eller"),
        ("möller", "m0ller"),
        ("vvvolf", "vwolf"),
        ("cleo", "deo"),
    ],
)
def test_codes_that_look_alike(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


LOOKING_ALIKE = ["OQD0", "ILJ1", "S5", "B8", "Z2", "G6"]
ONE_FOR_TWO = {"W": "VV", "M": "RN", "D": "CL"}


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=4, max_size=20), st.data())
def test_a_sign_may_be_swapped_for_one_that_looks_like_it_wherever_it_stands(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(code) - 1))
    others = [*next((set_ for set_ in LOOKING_ALIKE if code[at] in set_), code[at]), ONE_FOR_TWO.get(code[at], code[at])]
    changed = code[:at] + data.draw(st.sampled_from(others)) + code[at + 1 :]
    assert skeleton(changed) == skeleton(code)
    assert code[0] in first_letters(skeleton(changed)) and code[-1] in last_letters(skeleton(changed))


@pytest.mark.parametrize(("one", "other"), [("meier", "maier"), ("meier", "meyer"), ("tee1", "tee3"), ("tee7", "tee9"), ("anna", "hanna"), ("meier", "meiers")])
def test_codes_that_can_be_told_apart(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)
