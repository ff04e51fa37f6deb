"""Are words divided where a dictionary divides them, and codes never?"""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyphen import LANGUAGES, HyphDict, language_fallback

from letters import hyphenation
from letters.hyphenation import breaks


def divided(word: str, language: str) -> str:
    """The word with a stroke at each break: ``|`` where a hyphen is added, ``/`` where one stands already."""
    places = dict(breaks(word, language))
    return "".join({True: "|", False: "/", None: ""}[places.get(at)] + char for at, char in enumerate(word))


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("Bestellung", "de", "Be|stel|lung"),
        ("„Bestellung“,", "de", "„Be|stel|lung“,"),
        ("hyphenation", "en", "hy|phen|a|tion"),
        ("Versandkostenpauschale", "de", "Ver|sand|kos|ten|pau|schale"),
        ("livraison", "fr", "li|vrai|son"),
        ("Müller-Lüdenscheidt", "de", "Müller-/Lüdenscheidt"),
        ("Do\u00adnaudampf", "de", "Do|\u00adnaudampf"),
        ("Do\u00adnaudampf", "", "Do|\u00adnaudampf"),
        ("Bestellung", "", "Bestellung"),
        ("Bestellung", "zz", "Bestellung"),
        ("Tee", "de", "Tee"),
    ],
)
def test_a_word_is_divided_by_the_rules_of_its_language(word: str, language: str, expected: str) -> None:
    assert divided(word, language) == expected


@pytest.mark.parametrize(
    "word",
    [
        "TEE-7KQ4MX",
        "B-118204",
        "lindenhof.example/S/K7MWPQ4XH2RD",
        "gruss@lindenhof.example",
        "USt-IdNr.",
        "GmbH",
        "DE123456789",
        "E-Mail",
        "12,50\u00a0€",
        "i-Pad",
    ],
)
def test_a_code_a_link_or_an_abbreviation_stays_whole(word: str) -> None:
    assert divided(word, "de") == word


@given(st.text(max_size=40), st.sampled_from(["de", "en", "fr", "", "zz"]))
def test_two_letters_stay_before_a_break_and_three_after_whatever_the_word(word: str, language: str) -> None:
    for at, _ in breaks(word, language):
        if "\u00ad" not in word:
            assert sum(map(str.isalpha, word[:at])) >= 2
            assert sum(map(str.isalpha, word[at:])) >= 3
            assert not any(char.isdigit() or char in "/@" for char in word)


@pytest.mark.parametrize("language", ["de", "en", "fr", "nl", "pl", "nb", "ru"])
def test_our_reader_of_the_dictionaries_agrees_with_pyphens_own(language: str) -> None:
    slow, fast = HyphDict(LANGUAGES[language_fallback(language)]), hyphenation._dictionary(language)
    assert fast is not None
    assert type(fast) is not HyphDict
    draw = random.Random(7)
    patterns = [letters.strip(".") for letters in slow.patterns]
    words = ["".join(draw.choices(patterns, k=3)) for _ in range(400)]
    assert sum(bool(slow.positions(word)) for word in words) > 200
    for word in words:
        assert list(map(int, fast.positions(word))) == list(map(int, slow.positions(word)))


def test_a_language_that_changes_letters_at_a_break_is_left_to_pyphen() -> None:
    assert type(hyphenation._dictionary("hu")) is HyphDict
    assert divided("asszonnyal", "hu").replace("|", "") == "asszonnyal"
    assert 3 not in dict(breaks("asszonnyal", "hu")), "asz-szonnyal"
