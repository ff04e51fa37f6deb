"""Is a word divided where the line is filled best, however many places it has for that?"""

from typing import cast

import pytest

from letters.encoding import Codes
from letters.word import Cut, Word

SOFT = "\u00ad"


class _Measured(dict[str, tuple[float, str]]):
    """Every character is one point wide, but soft hyphens are nothing; ``asked`` are the words that were measured."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __missing__(self, word: str) -> tuple[float, str]:
        self.asked.append(word)
        self[word] = found = (float(len(word.replace(SOFT, ""))), word.replace(SOFT, ""))
        return found


class _Codes:
    def __init__(self) -> None:
        self.words = _Measured()


def word(text: str) -> tuple[Word, _Measured]:
    codes = _Codes()
    return Word([(Cut(cast(Codes, codes)), text)], "de"), codes.words


@pytest.mark.parametrize("places", [1, 2, 3, 7, 8, 9, 40])
def test_the_last_break_that_fits_is_taken(places: int) -> None:
    long, _ = word(SOFT.join(["ab"] * (places + 1)))
    for room in range(2 * places + 5):
        fitting = [2 * count for count in range(1, places + 1) if 2 * count + 1 <= room]
        division = long.divided(room)
        assert (division[1] if division else "") == ("ab" * (fitting[-1] // 2) + "-" if fitting else "")
        if division:
            assert division[1][:-1] + division[3] == "ab" * (places + 1)


def test_a_word_of_many_lines_is_measured_as_far_as_one_line_goes() -> None:
    long, measured = word(f"a{SOFT}" * 20_000 + "a")
    assert long.divided(90)
    assert len(measured.asked) < 20
    assert sorted(map(len, measured.asked))[-2] < 300
