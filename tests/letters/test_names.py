"""Is every European name printed as it is written, or refused with the letter that cannot be printed?"""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from campaigns.address import Address, AddressProblem, postal
from campaigns.destinations import destination
from layouts import Layout
from layouts.din5008 import Box
from letters.check import problem
from letters.read_back import pages_of
from tests.letters.conftest import SENDER, Compose, Print

ALPHABETS = {
    "bg": "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЬЮЯабвгдежзийклмнопрстуфхцчшщъьюя",
    "cs": "ÁČĎÉĚÍŇÓŘŠŤÚŮÝŽáčďéěíňóřšťúůýž",
    "da": "ÆØÅæøåÉé",
    "de": "ÄÖÜẞäöüß",
    "el": "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏΪΫαβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",
    "es": "ÁÉÍÑÓÚÜáéíñóúüªº",
    "et": "ÄÕÖÜŠŽäõöüšž",
    "fi": "ÄÖÅŠŽäöåšž",
    "fr": "ÀÂÆÇÈÉÊËÎÏÔŒÙÛÜŸàâæçèéêëîïôœùûüÿ’",
    "ga": "ÁÉÍÓÚáéíóú",
    "hr": "ČĆĐŠŽčćđšž",
    "hu": "ÁÉÍÓÖŐÚÜŰáéíóöőúüű",
    "it": "ÀÈÉÌÒÙàèéìòù",
    "lt": "ĄČĘĖĮŠŲŪŽąčęėįšųūž",
    "lv": "ĀČĒĢĪĶĻŅŠŪŽāčēģīķļņšūž",
    "mt": "ĊĠĦŻċġħżÀÈÌÒÙàèìòù",
    "nl": "ÁÉËÍÏÓÖÚÜáéëíïóöúüĲĳ",
    "pl": "ĄĆĘŁŃÓŚŹŻąćęłńóśźż",
    "pt": "ÁÂÃÀÇÉÊÍÓÔÕÚáâãàçéêíóôõú",
    "ro": "ĂÂÎȘȚăâîșțŞŢşţ",
    "sk": "ÁÄČĎÉÍĹĽŇÓÔŔŠŤÚÝŽáäčďéíĺľňóôŕšťúýž",
    "sl": "ČŠŽčšžĆĐćđ",
    "sv": "ÅÄÖÉåäöé",
    "others": "ÐÞðþĞİŞğışĈĜĤĴŜŬĉĝĥĵŝŭƏəŐŒœŁłŊŋŦŧǦǧŽžỲỳŴŵŶŷ",
}
"""The official languages of the European Union, and the neighbours' (Icelandic, Turkish, Sami, Welsh …)."""

LATIN = [
    chr(code)
    for start, end in ((0xC0, 0x17F), (0x1CD, 0x1DC), (0x1E6, 0x1F0), (0x1F4, 0x21F), (0x226, 0x233), (0x1E00, 0x1E9E), (0x1EA0, 0x1EF9))
    for code in range(start, end + 1)
    if unicodedata.category(chr(code))[0] == "L"
]
"""The blocks that DIN 91379 takes its composed letters from."""
_SEQUENCES = (
    "A\u030b C\u0300 C\u0304 C\u0306 C\u0308 C\u0315 C\u0323 C\u0326 C\u0328\u0306 D\u0302 F\u0300 F\u0304 G\u0300 H\u0304 H\u0326 H\u0331 "
    "J\u0301 J\u030c K\u0300 K\u0302 K\u0304 K\u0307 K\u0315 K\u031b K\u0326 K\u035f\u0048 L\u0302 L\u0325 L\u0325\u0304 L\u0326 M\u0300 M\u0302 "
    "M\u0306 M\u0310 N\u0302 N\u0304 N\u0306 N\u0326 P\u0300 P\u0304 P\u0315 P\u0323 R\u0306 R\u030c\u0304 R\u0325 R\u0325\u0304 S\u0300 S\u0304 "
    "T\u0300 T\u0304 T\u0308 T\u0315 T\u031b U\u0307 Z\u0300 Z\u0304 Z\u0306 Z\u0308 Z\u0327"
)
SEQUENCES = _SEQUENCES.split()
"""Letters of DIN 91379 that have no composed form: most come from transliterations."""

NAMES = Path(__file__).parents[3] / "shared" / "data" / "names" / "mimesis"
CODES = {"cs": "CZ", "da": "DK", "de-at": "AT", "de-ch": "CH", "et": "EE", "sv": "SE", "sl": "SI"}
_MOST = 240
"""Names of a language that are printed, those with the rarest letters first."""


def read_back(addresses: Sequence[tuple[str, ...]], content: Compose, print_letters: Print, zone: Box) -> list[list[str]]:
    """The addresses as pdfium reads them from the pages of one file."""
    result, path = print_letters(*(content("plain", address=address) for address in addresses))
    assert not result.failures
    first = {place.first_page for place in result.placed if place}
    with pages_of(path) as pages:
        return [[one_line(line) for line in pages.text(number, zone).splitlines()] for number in sorted(first)]


def one_line(text: str) -> str:
    """Text to compare by: ligatures are read back as their letters, two blanks as one."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def sixes(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Six names at a time, as the lines of an address."""
    rest = iter(names)
    while lines := tuple(islice(rest, 6)):
        yield lines


@pytest.mark.parametrize("language", ALPHABETS)
def test_every_letter_of_the_official_languages_is_printed(language: str, content: Compose, print_letters: Print, all_layouts: dict[str, Layout]) -> None:
    letters = ALPHABETS[language]
    addresses = list(sixes(f"A{letters[at : at + 8]}a" for at in range(0, len(letters), 8)))
    found = read_back(addresses, content, print_letters, all_layouts["plain"].form.address_zone)
    assert found == [[one_line(line) for line in address] for address in addresses]
    assert problem(content("winback", salutation=f"Liebe Frau {letters},"), all_layouts["winback"], SENDER) is None


def test_every_composed_letter_of_din_91379_is_printed_or_refused_by_name(content: Compose, print_letters: Print, all_layouts: dict[str, Layout]) -> None:
    fine = []
    for char in LATIN:
        reason = problem(content("plain", address=(f"Na{char}e", "Weg 1", "20253 Hamburg")), all_layouts["plain"], SENDER)
        if reason is None:
            fine.append(f"Na{char}e")
        else:
            assert f"{char} (U+{ord(char):04X})" in reason
    assert len(fine) > 350
    addresses = list(sixes(fine))
    assert read_back(addresses, content, print_letters, all_layouts["plain"].form.address_zone) == [list(map(one_line, address)) for address in addresses]


@pytest.mark.parametrize("letters", SEQUENCES, ids=[" ".join(f"{ord(char):04X}" for char in each) for each in SEQUENCES])
def test_a_letter_without_a_composed_form_is_refused_by_its_mark(letters: str, content: Compose, all_layouts: dict[str, Layout]) -> None:
    address = Address(last_name=f"Na{letters}e", street="Weg 1", postcode="20253", town="Hamburg", country="DE")
    found = postal(address, "DE")
    assert found.problem is None
    reason = problem(content("plain", address=found.lines), all_layouts["plain"], SENDER)
    assert reason is not None
    assert reason.startswith("the font has no ")
    assert any(f"U+{ord(char):04X}" in reason for char in letters if unicodedata.combining(char))


@pytest.mark.parametrize(
    ("name", "problem_of_it"),
    [
        ("דוד", AddressProblem.BAD_CHARACTER),
        ("محمد", AddressProblem.BAD_CHARACTER),
        ("Anna 😀", AddressProblem.BAD_CHARACTER),
        ("Anna ♥", AddressProblem.BAD_CHARACTER),
        ("王小明", None),
        ("ไทย", None),
        ("अनिल", None),
    ],
)
def test_other_scripts_are_refused_with_the_reason(name: str, problem_of_it: AddressProblem | None, content: Compose, all_layouts: dict[str, Layout]) -> None:
    found = postal(Address(last_name=name, street="Weg 1", postcode="20253", town="Hamburg", country="DE"), "DE")
    assert found.problem is problem_of_it
    reason = problem(content("plain", address=found.lines), all_layouts["plain"], SENDER)
    assert (reason or "").startswith("the font has no ")


def people(language: str) -> list[str]:
    """First and last names of a corpus, those with many letters beyond ASCII first."""
    found = json.loads((NAMES / f"{language}-person.json").read_text(encoding="utf-8"))
    first, last = (sorted(set(words(found[part]))) for part in ("names", "surnames"))
    names = {f"{first[at % len(first)]} {name}" for at, name in enumerate(last)} | {f"{name} {last[at % len(last)]}" for at, name in enumerate(first)}
    return sorted(names, key=lambda name: (sum(char.isascii() for char in name) - len(name), name))


def words(part: Any) -> Iterator[str]:
    """All strings of a list, or of lists by sex."""
    for each in part.values() if isinstance(part, dict) else [part]:
        yield from each


LANGUAGES = sorted(path.name.removesuffix("-person.json") for path in NAMES.glob("*-person.json"))


@pytest.mark.skipif(not NAMES.is_dir(), reason="needs ../shared/data/names (lists of names in European languages)")
@pytest.mark.parametrize("language", LANGUAGES or ["none"])
def test_the_names_and_towns_of_a_country_are_read_back_from_the_envelope(
    language: str, content: Compose, print_letters: Print, all_layouts: dict[str, Layout]
) -> None:
    places = json.loads((NAMES / f"{language}-address.json").read_text(encoding="utf-8"))
    streets, towns = places["street"]["name"], places["city"]
    code = CODES.get(language, language[:2].upper())
    postcode = postcode_in(code)
    people_there = people(language)
    addresses = []
    for at, name in enumerate([*people_there[:_MOST], *people_there[_MOST :: max(1, len(people_there) // 60)]]):
        first, _, last = name.partition(" ")
        found = postal(Address("", "", first, last, "", f"{streets[at % len(streets)]} {at}", postcode, towns[at % len(towns)], code), "DE")
        if not name.isprintable():  # a few of the corpora carry a direction mark
            assert found.problem is AddressProblem.BAD_CHARACTER
            continue
        assert found.problem is None, found
        if reason := problem(content("plain", address=found.lines), all_layouts["plain"], SENDER):
            assert "is wider than" in reason, reason
        else:
            addresses.append(found.lines)
    assert len(addresses) > 100
    shown = read_back(addresses, content, print_letters, all_layouts["plain"].form.address_zone)
    assert shown == [[one_line(line) for line in address] for address in addresses]


def postcode_in(code: str) -> str:
    """Some postcode of a country."""
    return "".join({"#": "1", "@": "A", "*": "1"}.get(char, char) for char in destination(code).masks[0])
