"""Was the order made on a marketplace, whose buyers are not the shop's own to write to?"""

import re

MARKETPLACES = (
    "amazon", "ebay", "otto", "kaufland", "etsy",
    "aboutyou", "alibaba", "aliexpress", "allegro", "avocadostore", "bol", "cardmarket", "cdiscount", "check24", "conrad", "crowdfox", "dawanda", "decathlon",
    "dohero", "douglas", "ebaykleinanzeigen", "emag", "fnac", "fruugo", "galaxus", "hitmeister", "hood", "idealo", "joom", "kayamo", "kleinanzeigen",
    "laredoute", "leroymerlin", "limango", "manomano", "mediamarkt", "mediamarktsaturn", "mercateo", "mirapodo", "miravia", "mytoys", "noths", "onbuy",
    "rakuten", "real", "refurbed", "ricardo", "saturn", "sheego", "shein", "shpock", "spartoo", "temu", "tiktok", "vinted", "voelkner", "walmart",
    "willhaben", "wish", "worten", "yatego", "zalando", "zooplus",
)  # fmt: skip
"""In lower case without blanks; those of Billbee's list of partners (Seller.Platform in its SDK) and what else German shops sell on."""
SHOP_SYSTEMS = (
    "shopify", "shopware", "woocommerce", "jtl", "gambio", "magento", "adobecommerce", "prestashop", "oxid", "wix", "jimdo", "epages", "ecwid", "squarespace",
    "bigcommerce", "xtcommerce", "modified", "commerceseo", "oscommerce", "zencart", "opencart", "virtuemart", "hikashop", "strato", "ionos", "1und1",
    "lightspeed", "plentymarkets", "plentyone", "shopgate", "smartstore", "sylius", "spree", "versacommerce", "webflow", "weebly", "wordpress", "randshop",
    "mondoshop", "cosmoshop", "websale", "hostshop", "manual", "manuell", "billbee",
)  # fmt: skip
"""How the name of a shop's own system begins (``woocommercerest``, ``Shopware 6``)."""
_OWN = frozenset(("api", "custom", "shop", "web", "webshop", "onlineshop", "own", "pos", "kasse"))
_SUFFIXES = frozenset((
    "de", "at", "ch", "fr", "it", "es", "nl", "be", "pl", "se", "uk", "couk", "com", "eu",
    "fba", "fbm", "sfp", "prime", "business", "market", "marketplace", "shop",
))  # fmt: skip
"""What is written onto a marketplace's name: its country, or a programme."""
_LONGEST_NAME = 3
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])")


def marketplace(words: str) -> str:
    """The marketplace that the text names (``Amazon.de``, ``AmazonFBA`` -> ``amazon``); empty for the shop itself and all else."""
    parts = [part.casefold() for word in _WORD.findall(words) for part in _HUMP.split(word)]
    written = ("".join(parts[start : start + length]) for length in range(_LONGEST_NAME, 0, -1) for start in range(len(parts) - length + 1))
    return next((name for text in written if (name := _named(text))), "")


def marketplace_unless_shop(platform: str) -> str:
    """The marketplace that a platform's name means; of one that is neither a marketplace nor a shop's system that we know, the name itself.

    A platform that we have never heard of may be a marketplace, and then its buyers must not be written to.
    """
    known = marketplace(platform)
    plain = "".join(_WORD.findall(platform.casefold()))
    return known or ("" if plain in _OWN or plain.startswith(SHOP_SYSTEMS) else " ".join(platform.lower().split())[:100])


def _named(text: str) -> str:
    if text in MARKETPLACES:
        return text
    return next((name for name in MARKETPLACES if text.startswith(name) and text[len(name) :] in _SUFFIXES), "")
