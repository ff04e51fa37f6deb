"""How does a discount fall on the lines of a cart, and how much VAT is in it, exact to the cent?

A discount coupon lowers what is taxed (Directive 2006/112/EC, Art. 79(b)), in proportion to what the lines cost (reliability facts 3).
"""

from collections.abc import Sequence

from campaigns.checkout import CheckoutLine, DiscountLine, Quote, VatShare
from campaigns.offer import Offer, OfferKind

WHOLE = 10_000
"""Basis points of 100 %."""


def value(offer: Offer, gross_cents: int) -> int:
    """What the offer takes off eligible lines that cost ``gross_cents`` together: half a cent is rounded up, and it is never more than they cost."""
    wanted = offer.value if offer.kind is OfferKind.AMOUNT else _rounded(gross_cents * offer.value, WHOLE)
    return min(wanted, gross_cents)


def split(discount_cents: int, lines: Sequence[CheckoutLine], positions: Sequence[int], currency: str) -> Quote:
    """``discount_cents`` taken off the lines at ``positions`` in proportion to their gross prices, with net and VAT of each.

    ``discount_cents`` is at most what these lines cost together.  No line gets more than it costs, one that gets nothing is left out.
    VAT is worked out once for each rate and then shared among its lines, so that the invoice's sums are those of its lines.
    """
    taken = dict(zip(positions, shared(discount_cents, [lines[position].gross_cents for position in positions]), strict=True))
    cheaper = [position for position in positions if taken[position]]
    vat: dict[int, int] = {}
    shares = []
    for rate in sorted({lines[position].vat_rate for position in cheaper}):
        its = [position for position in cheaper if lines[position].vat_rate == rate]
        gross = sum(taken[position] for position in its)
        tax = _rounded(gross * rate, WHOLE + rate)
        shares.append(VatShare(rate, gross, gross - tax, tax))
        vat |= zip(its, shared(tax, [taken[position] for position in its]), strict=True)
    found = (DiscountLine(at, lines[at].sku, lines[at].vat_rate, taken[at], taken[at] - vat[at], vat[at]) for at in cheaper)
    return Quote(currency, discount_cents, tuple(found), tuple(shares))


def shared(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` in whole parts in proportion to ``weights``, by largest remainder; of equal remainders the earlier part is served.

    The parts sum to ``total`` exactly; none is above its weight as long as ``total`` is not above their sum.
    """
    whole = sum(weights)
    if not whole:
        return [0 for _ in weights]
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    for place in sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))[:left]:
        parts[place] += 1
    return parts


def _rounded(numerator: int, denominator: int) -> int:
    """The quotient, half rounded up."""
    return (2 * numerator + denominator) // (2 * denominator)
