"""What do the other coupons of an order leave of its cart, so that all of them together never take more than it costs?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from campaigns.checkout import CheckoutLine, DiscountLine
from store.redemptions.asking import Redemption


def left(lines: Sequence[CheckoutLine], held: Iterable[Redemption]) -> tuple[CheckoutLine, ...]:
    """The cart's lines less what the order's coupons take off already.

    Line by line as they were sent; where the cart has changed since, off the same article, else off whatever is left.
    """
    rest = [line.gross_cents for line in lines]
    for one in held:
        for taken in one.quote.lines:
            open_cents = taken.gross_cents
            for at in _places(lines, taken):
                off = min(open_cents, rest[at])
                rest[at], open_cents = rest[at] - off, open_cents - off
    return tuple(replace(line, gross_cents=cents) for line, cents in zip(lines, rest, strict=True))


def _places(lines: Sequence[CheckoutLine], taken: DiscountLine) -> list[int]:
    """Where in the cart a discount belongs, best first: the same article in its place, the same article elsewhere, whatever is there."""
    return sorted(range(len(lines)), key=lambda at: ((lines[at].sku, lines[at].vat_rate) != (taken.sku, taken.vat_rate), at != taken.position))
