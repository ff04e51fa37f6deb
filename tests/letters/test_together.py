"""Does the end of a line keep what belongs together?"""

import pytest

from letters.together import together, together_value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gilt bis 31. Januar 2027 für alles", "gilt bis 31.~Januar~2027 für alles"),
        ("until 31 January 2027.", "until 31~January~2027."),
        ("am 1. März", "am 1. März"),
        ("10 % und 12,50 € ab 100 g", "10~% und 12,50~€ ab 100~g"),
        ("12 Gläser", "12 Gläser"),
        ("Frau Weber, Herr Prof. Dr. Schulze", "Frau~Weber, Herr~Prof.~Dr.~Schulze"),
        ("Hausfrau Weber", "Hausfrau Weber"),
        ("Mr Jones and J. Smith", "Mr~Jones and J.~Smith"),
        ("nach § 7 und Art. 21 Abs. 2", "nach §~7 und Art.~21 Abs.~2"),
        ("Sehr geehrte Frau ", "Sehr geehrte Frau~"),
        ("die Bestellung 118204. Dafür danken wir", "die Bestellung 118204. Dafür danken wir"),
    ],
)
def test_a_space_that_must_not_be_the_end_of_a_line_does_not_break(text: str, expected: str) -> None:
    assert together(text).replace("\u00a0", "~") == expected


def test_a_value_is_treated_as_fixed_words_are() -> None:
    assert together_value("31. Januar 2027") == together("31. Januar 2027")
    assert together_value("Dr. Weber") == "Dr.\u00a0Weber"
    assert together_value("Anna Maria Weber") == "Anna Maria Weber"
