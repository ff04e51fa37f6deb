"""Is a marketplace known by the words that an order carries?"""

import pytest

from importers.marketplaces import MARKETPLACES, marketplace


@pytest.mark.parametrize("name", MARKETPLACES)
def test_a_marketplace_is_known_in_any_company(name: str) -> None:
    for words in (name, name.upper(), f"{name}-de", f"{name}.de", f"shop_{name}", f"Bestellung über {name.title()}!"):
        assert marketplace(words) == name


@pytest.mark.parametrize("words", ["", "web", "pos", "Amazonien", "ebayer", "Ottos Teeladen", "580111"])
def test_a_word_that_only_begins_like_one_is_none(words: str) -> None:
    assert marketplace(words) == ""
