"""Does the check at selection say what a marketer can act on, and the same as the renderer?"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import layouts
from campaigns.sender import Sender
from layouts import Layout
from layouts.errors import MissingLanguage
from letters import problem
from letters.address import address_type
from letters.check import pages, printable
from letters.errors import Misfit
from letters.sheet import LetterSetter
from tests.letters.conftest import SENDER, Compose, Print

SHOP = replace(SENDER, email="gruss@lindenhof.example", phone="0431 555 01 20", website="lindenhof.example", signatory="Marlene Lindenhof")


def test_a_good_letter_has_no_problem(content: Compose, all_layouts: dict[str, Layout]) -> None:
    assert problem(content(), all_layouts["winback"], SENDER) is None
    assert problem(content("plain", "en"), all_layouts["plain"], SENDER) is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"full_name": "王", "salutation": "Guten Tag 王,"}, "the font has no 王 (U+738B) in salutation"),
        ({"last_order_date": ""}, "there is no value for {last_order_date}"),
        ({"salutation": "  "}, "there is no value for {salutation}"),
        ({"coupon_code": ""}, "the letter has no coupon: give the campaign's step an offer"),
        ({"salutation": "Liebe\u202eFrau"}, "U+202E in salutation"),
        ({"salutation": "Hallo\nDu,"}, "U+000A"),
        ({"salutation": "Liebe 😀,"}, "U+1F600"),
        ({"salutation": "Liebe q\u0308"}, "accent that makes no single character"),
        ({"salutation": "Liebe שרה,"}, "Hebrew is written from right to left, which is not printed; write it in Latin letters"),
        ({"salutation": "Liebe ليلى,"}, "Arabic is written from right to left"),
        ({"salutation": "Liebe 王,"}, "Chinese characters are not printed; write it in Latin letters"),
        ({"salutation": "Liebe ხ,"}, "Georgian characters are not printed"),
        ({"salutation": "Liebe 🎁,"}, "pictures and emoji are not printed"),
        ({"salutation": "Liebe\u202eFrau"}, "turns the direction of text"),
        ({"salutation": "Liebe\u200bFrau"}, "an invisible control character, take it out"),
        ({"salutation": "Liebe \ud800"}, "U+D800 in salutation ('Liebe \\ud800')"),
    ],
)
def test_a_value_that_cannot_be_printed_is_named(content: Compose, all_layouts: dict[str, Layout], changed: dict[str, str], reason: str) -> None:
    assert reason in str(problem(content(**changed), all_layouts["winback"], SENDER))


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (("Anna 王", "Weg 1", "20253 Hamburg"), "the font has no 王 (U+738B) in the address line 'Anna 王'"),
        (("W" * 60, "Weg 1", "20253 Hamburg"), "is wider than the 80 mm"),
        (tuple("1234567"), "7 lines"),
        ((), "no lines"),
        (("Anna", "", "20253 Hamburg"), "empty line"),
    ],
)
def test_an_address_that_does_not_fit_is_named(content: Compose, all_layouts: dict[str, Layout], address: tuple[str, ...], reason: str) -> None:
    assert reason in str(problem(content(address=address), all_layouts["winback"], SENDER))


def test_a_value_that_the_layout_does_not_print_may_hold_anything(content: Compose, all_layouts: dict[str, Layout]) -> None:
    assert problem(content(company="王"), all_layouts["winback"], SENDER) is None
    assert problem(content("plain", coupon_code=""), all_layouts["plain"], SENDER) is None


def test_a_language_without_text_and_a_sender_that_is_too_long_are_named(content: Compose, all_layouts: dict[str, Layout]) -> None:
    assert "only in de, en" in str(problem(content(language="fr"), all_layouts["winback"], SENDER))
    assert "shorten the sender's name" in str(problem(content(), all_layouts["winback"], Sender("W" * 90, "Weg 1", "20253", "Hamburg")))


def test_the_renderer_gives_the_same_reason(content: Compose, all_layouts: dict[str, Layout], print_letters: Print) -> None:
    letter = content(salutation="Liebe 王,")
    result, _ = print_letters(letter)
    assert result.failures == ((0, problem(letter, all_layouts["winback"], SENDER)),)


@pytest.mark.parametrize("name", layouts.names())
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_letter_of_a_bundled_layout_takes_the_page_that_a_budget_reckons_with(
    content: Compose, all_layouts: dict[str, Layout], print_letters: Print, name: str, language: str
) -> None:
    assert pages(all_layouts[name], language, SHOP) == print_letters(content(name, language))[0].pages == 1


def test_pages_are_counted_once_and_a_longer_text_has_more(all_layouts: dict[str, Layout], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "long").mkdir()
    (tmp_path / "long" / "layout.toml").write_text('title = "Long"\n')
    (tmp_path / "long" / "de.md").write_text("Ein Satz. " * 250 + "\n\n" + "Ein Satz. " * 250 + "\n\n::: objection\n{objection_link}\n:::\n")
    long = layouts.load("long", tmp_path)
    assert pages(long, "de", SHOP) == 2
    monkeypatch.setattr(LetterSetter, "set", None)
    assert pages(long, "de", SHOP) == 2
    with pytest.raises(MissingLanguage):
        pages(long, "en", SHOP)
    with pytest.raises(Misfit, match="shorten the sender's name"):
        pages(all_layouts["plain"], "de", replace(SHOP, name="W" * 60))


def test_a_line_up_to_the_field_is_set_and_none_below_9_points(content: Compose, all_layouts: dict[str, Layout]) -> None:
    sizes = []
    for letters in range(10, 70):
        line = "n" * letters
        type_ = address_type([line], all_layouts["winback"].style.form)
        if type_ is None:
            assert problem(content(address=(line, "Weg 1")), all_layouts["winback"], SENDER)
        else:
            sizes.append(type_.size)
            assert type_.width(line) <= 80 / 25.4 * 72
    assert (sizes[0], min(sizes)) == (10.5, 9)
    assert sizes == sorted(sizes, reverse=True)


NAMES = Path(__file__).parents[3] / "shared" / "data" / "names" / "mimesis"
LATIN = ("cs", "da", "de", "de-at", "de-ch", "en", "es", "et", "fi", "fr", "hr", "hu", "is", "it", "nl", "no", "pl", "pt", "sk", "sv", "tr")


@pytest.mark.skipif(not NAMES.is_dir(), reason="needs ../shared/data/names (lists of names in European languages)")
def test_names_of_europes_latin_languages_can_all_be_printed() -> None:
    people = [
        json.loads((NAMES / f"{language}-person.json").read_text(encoding="utf-8")) for language in LATIN if (NAMES / f"{language}-person.json").is_file()
    ]
    names = {name for person in people for key in ("names", "surnames") for name in _strings(person.get(key, ()))}
    names = {name.strip("\u200e") for name in names}  # five of them carry a direction mark, which no letter may hold
    assert len(names) > 1000
    assert not [name for name in names if not printable() >= set(name)]


def _strings(tree: Any) -> list[str]:
    if isinstance(tree, str):
        return [tree]
    parts = tree.values() if isinstance(tree, dict) else tree
    return [text for part in parts for text in _strings(part)]
