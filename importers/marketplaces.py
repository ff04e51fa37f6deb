"""Was the order made on a marketplace, whose buyers are not the shop's own to write to?"""

import re

MARKETPLACES = ("amazon", "ebay", "otto", "kaufland", "etsy")
_NO_WORD = re.compile(r"[\W_]+")


def marketplace(words: str) -> str:
    """The marketplace that the text names (``Amazon.de`` -> ``amazon``); empty for the shop itself and all else."""
    named = _NO_WORD.sub(" ", words.casefold()).split()
    return next((name for name in MARKETPLACES if name in named), "")
