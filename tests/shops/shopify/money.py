"""How does Shopify write an amount?"""

from typing import Any

CURRENCY = "EUR"


def money(cents: int) -> dict[str, Any]:
    """A ``MoneyV2``: the amount is a string without a trailing zero ("11884.9", "0.0")."""
    return {"amount": amount(cents), "currencyCode": CURRENCY}


def bag(cents: int) -> dict[str, Any]:
    """A ``MoneyBag``: in the shop's money and in the buyer's, here the same."""
    return {"shopMoney": money(cents), "presentmentMoney": money(cents)}


def amount(cents: int) -> str:
    """The number of a ``MoneyV2``."""
    text = f"{cents // 100}.{cents % 100:02d}"
    return text[:-1] if text.endswith("0") else text


def to_cents(text: str) -> int:
    """The other way round."""
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])
