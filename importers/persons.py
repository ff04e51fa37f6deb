"""Who is it: sex and title from a salutation, first and last name from a full one, language and country from words?"""

import re
from functools import cache

from babel import Locale

from campaigns.countries import code_of
from campaigns.customer import Sex
from importers.text import printed, text

_SEXES = {
    Sex.FEMALE: ("frau", "fr", "fräulein", "ms", "mrs", "miss", "mme", "madame", "f", "w", "female", "weiblich"),
    Sex.MALE: ("herr", "herrn", "hr", "mr", "m", "monsieur", "male", "männlich"),
}
_SEX = {word: sex for sex, words in _SEXES.items() for word in words}
_TITLE = re.compile(r"(?:(?:dr|prof|dipl|mag)\b[.-]*\s*)(?:(?:dr|prof|dipl|mag|ing|med|phil|jur|rer|nat|h\.?c)\b[.-]*\s*)*", re.IGNORECASE)
_PARTICLES = frozenset(("von", "vom", "van", "der", "den", "de", "del", "di", "da", "dos", "du", "la", "le", "zu", "zum", "zur", "ter", "ten", "al", "el"))
_LANGUAGE_TAG = re.compile(r"([a-z]{2})(?:[-_][a-z]+)?", re.IGNORECASE | re.ASCII)


def sex_and_title(salutation: str) -> tuple[Sex, str]:
    """``Frau Prof. Dr.`` says both; a salutation that is neither Frau nor Herr (Firma, Familie, Divers) says nothing."""
    first, _, rest = salutation.partition(" ")
    sex = _SEX.get(first.casefold().rstrip("."), Sex.UNKNOWN)
    return (sex, rest if _TITLE.fullmatch(rest) else "") if sex else (sex, salutation if _TITLE.fullmatch(salutation) else "")


def split_name(name: str) -> tuple[str, str, str]:
    """Title, first and last name of a full name: split at the last blank, particles (von, van der) going with the last name.

    ``Müller, Dr. Anna`` is split at its comma.
    """
    if "," in name:
        last, _, rest = name.partition(",")
        title, rest = _without_title(rest.strip())
        return title, rest, last.strip()
    title, rest = _without_title(name)
    words = rest.split()
    at = max(len(words) - 1, 0)
    while at > 1 and words[at - 1] in _PARTICLES:
        at -= 1
    return title, " ".join(words[:at]), " ".join(words[at:])


def _without_title(name: str) -> tuple[str, str]:
    found = _TITLE.match(name)
    title = name[: found.end()].strip() if found and name[found.end() - 1] in " ." else ""
    return title, name[len(title) :].strip()


def country(cell: str) -> str:
    """The ISO code of a country's code or name; empty for an unknown one, which the address check will say."""
    return code_of(printed(cell)) or ""


def language(cell: str) -> str:
    """The ISO 639-1 code of ``de``, ``de-AT``, ``Deutsch`` or ``German``; empty for anything else."""
    cell = text(cell)
    tag = _LANGUAGE_TAG.fullmatch(cell)
    if tag and tag[1].lower() in Locale("de").languages:
        return tag[1].lower()
    return _languages().get(cell.casefold(), "")


@cache
def _languages() -> dict[str, str]:
    return {label.casefold(): code for display in ("de", "en") for code, label in Locale(display).languages.items() if len(code) == 2}
