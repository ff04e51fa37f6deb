"""Is a marketplace known by the words that an order carries?"""

import pytest

from importers.marketplaces import MARKETPLACES, SHOP_SYSTEMS, marketplace, marketplace_unless_shop


@pytest.mark.parametrize("name", MARKETPLACES)
def test_a_marketplace_is_known_in_any_company(name: str) -> None:
    for words in (name, name.upper(), f"{name}-de", f"{name}.de", f"{name}de", f"shop_{name}", f"Bestellung über {name.title()}!"):
        assert marketplace(words) == name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("AmazonFBA", "amazon"), ("AmazonDE", "amazon"), ("eBay (New)", "ebay"), ("OttoMarket", "otto"), ("OTTO Market", "otto"), ("KauflandDe", "kaufland"),
        ("real.de", "real"), ("Hood.de", "hood"), ("ManoMano", "manomano"), ("Mano Mano", "manomano"), ("About You", "aboutyou"), ("AboutYou", "aboutyou"),
        ("MediaMarkt", "mediamarkt"),
        ("TikTok Shop", "tiktok"), ("Tik Tok", "tiktok"), ("bol.com", "bol"), ("Check 24", "check24"), ("La Redoute", "laredoute"),
    ],
)  # fmt: skip
def test_a_marketplace_is_known_however_its_name_is_written(words: str, name: str) -> None:
    assert marketplace(words) == name == marketplace_unless_shop(words)


@pytest.mark.parametrize("words", ["", "web", "pos", "Amazonien", "ebayer", "Ottos Teeladen", "580111", "Realität", "Shopify Plus"])
def test_a_word_that_only_begins_like_one_is_none(words: str) -> None:
    assert marketplace(words) == ""


@pytest.mark.parametrize("name", [*SHOP_SYSTEMS, "Shopware 6", "WooCommerceRest", "xt:Commerce", "commerce:SEO", "API", "OXID eShop", ""])
def test_the_system_of_a_shop_is_the_shop_itself(name: str) -> None:
    assert marketplace_unless_shop(name) == marketplace_unless_shop(name.upper()) == ""


def test_a_platform_that_nobody_knows_is_kept_since_it_may_be_a_marketplace() -> None:
    assert marketplace_unless_shop(" Neuer  Marktplatz 24") == "neuer marktplatz 24"
    assert len(marketplace_unless_shop("x" * 500)) == 100
