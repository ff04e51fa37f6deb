"""Which words must not be parted by the end of a line?

A day and its month, an amount and its unit, a title and the name: the space between them becomes one that does not break. Done
where text is set, so that stored letters, web pages and manifests keep ordinary spaces.
"""

import re
from functools import lru_cache

from letters.encoding import NO_BREAK_SPACE

_UNITS = "%|‰|€|£|\\$|Euro|EUR|CHF|kg|g|mg|l|ml|cm|mm|m|km|Uhr|Liter|litres?|Prozent|Stück|St\\."
_TITLES = "Frau|Herrn?|Familie|Dr\\.|Prof\\.|Mag\\.|Mr\\.?|Mrs\\.?|Ms\\.?|Mx\\.?|Miss|Mme"
_SIGNS = "§§?|Art\\.|Abs\\.|Nr\\.|No\\.|S\\.|Tel\\.|z\\.|u\\.|d\\.|i\\."
_DATE = re.compile(r"(?<!\w)(\d{1,2}\.?) ([^\W\d_]{3,}) (?=\d{4}(?!\d))")
_AMOUNT = re.compile(rf"(?<=\d) (?=(?:{_UNITS})(?!\w))")
_NAME = re.compile(rf"(?<!\w)({_TITLES}|{_SIGNS}|[A-ZÄÖÜ]\.) (?=\S|$)")
_WORTH_A_LOOK = re.compile(r"[\d.]")


@lru_cache(20_000)
def together(text: str) -> str:
    """The text with spaces that do not break where it must not be parted; at its end too, where a value may follow."""
    text = _DATE.sub(rf"\1{NO_BREAK_SPACE}\2{NO_BREAK_SPACE}", text)
    return _NAME.sub(rf"\1{NO_BREAK_SPACE}", _AMOUNT.sub(NO_BREAK_SPACE, text))


def together_value(value: str) -> str:
    """The same for one of a letter's values; most are names, which have neither dates nor amounts in them (0.2 µs)."""
    return together(value) if _WORTH_A_LOOK.search(value) else value
