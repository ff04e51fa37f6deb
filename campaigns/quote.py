"""What does a coupon take off this cart, or why is it refused?  (product.md 7.1, 7.3)"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from campaigns import discount, hours
from campaigns.checkout import Checkout, CheckoutLine, Quote, RefusalReason, Refused, Shopper
from campaigns.errors import InvalidCheckout
from campaigns.newcomer import home, mailbox
from campaigns.offer import Articles, Offer, OfferKind

MOST_LINES = 1000
MOST_CENTS = 10**11
"""A thousand million of a currency: what a line can cost and what no cart of an online shop does."""
MOST_PIECES = 10**6


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store knows of a code, and of the person who wants to redeem it, at this moment."""

    valid_from: date | None = None
    valid_until: date | None = None
    """First and last day of this very code, as it is printed; None: as the offer says."""
    voided: bool = False
    uses: int = 0
    """Reserved or redeemed (checkout.HOLDS_A_USE), without those of the same order."""
    most_uses: int | None = 1
    uses_by_shopper: int = 0
    """Those of ``uses`` that are this shopper's, told by customer, mailbox or home."""
    is_known: bool = False
    """The shopper's customer number or mailbox has found a customer: a number that finds nobody could be made up for each order."""
    is_shoppers: bool = False
    """The code was given to this very customer."""
    has_ordered: bool = False
    """The shopper has a sale already, told by customer, mailbox or home (another order than this one)."""
    was_newcomer: bool = False
    """The shopper's mailbox or home has had a new-customer coupon already, with another order."""
    partner_is_active: bool = True
    """Of the partner whose own code it is; True where it is nobody's."""
    is_own_code: bool = False
    """The shopper is that partner."""
    others_combinable: bool = True
    """Every other coupon of the order allows company."""


def quote(offer: Offer, standing: Standing, checkout: Checkout, moment: datetime, timezone: tzinfo) -> Quote | Refused:
    """What the coupon is worth for this cart, or the first reason to refuse it; ``timezone`` is the shop's calendar.

    Reasons come in this order: what nobody can change (void, partner_inactive, expired, used_up), what time changes (not_yet_valid,
    outside_hours), who it is (customer_required, own_code, other_customer, new_customers_only, customer_limit), and last what the
    shopper can change (wrong_currency, not_combinable, no_eligible_article, minimum_not_reached): nobody is to fill a cart for a
    coupon that is then refused for another reason.

    Pure: the same question has the same answer, so a quote can be repeated.  Raises InvalidCheckout for a cart that cannot be.
    """
    check(checkout)
    refused = _of_code(offer, standing, moment, timezone) or _of_shopper(offer, standing, checkout.shopper) or _of_order(offer, standing, checkout)
    if refused:
        return refused
    positions = eligible(offer, checkout.lines)
    gross = sum(checkout.lines[position].gross_cents for position in positions)
    taken = discount.value(offer, gross)
    if not taken:
        return Refused(RefusalReason.NO_ELIGIBLE_ARTICLE)
    if gross < offer.minimum_order_cents:
        minimum = offer.minimum_order_cents
        return Refused(RefusalReason.MINIMUM_NOT_REACHED, {"minimum_cents": minimum, "missing_cents": minimum - gross, "currency": offer.currency})
    return discount.split(taken, checkout.lines, positions, checkout.currency)


def check(checkout: Checkout) -> None:
    """Raise InvalidCheckout for a cart that cannot be."""
    if not 0 < len(checkout.lines) <= MOST_LINES:
        raise InvalidCheckout(f"The cart has {len(checkout.lines)} lines: send 1 to {MOST_LINES}.")
    for place, line in enumerate(checkout.lines, 1):
        if not 0 < line.quantity <= MOST_PIECES:
            raise InvalidCheckout(f"Line {place} of the cart has {line.quantity} pieces: send 1 to {MOST_PIECES}.")
        if not 0 <= line.gross_cents <= MOST_CENTS:
            raise InvalidCheckout(f"Line {place} of the cart costs {line.gross_cents} cents: send 0 to {MOST_CENTS}.")
        if not 0 <= line.vat_rate <= discount.WHOLE:
            raise InvalidCheckout(f"Line {place} of the cart has a VAT rate of {line.vat_rate} basis points: send 0 to {discount.WHOLE} (1900 is 19 %).")


def eligible(offer: Offer, lines: Iterable[CheckoutLine]) -> list[int]:
    """Positions of the lines that the offer makes cheaper, and that count for its minimum order."""
    of_only, of_never = _choice(offer.only), _choice(offer.never)
    return [
        position
        for position, line in enumerate(lines)
        if (offer.only is None or of_only(line)) and not of_never(line) and (not offer.vat_rates or line.vat_rate in offer.vat_rates)
    ]


def _choice(articles: Articles | None) -> Callable[[CheckoutLine], bool]:
    skus = {_plain(sku) for sku in articles.skus} if articles else set()
    categories = {_plain(category) for category in articles.categories} if articles else set()
    return lambda line: _plain(line.sku) in skus or _plain(line.category) in categories


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name.casefold()).split())


def _of_code(offer: Offer, standing: Standing, moment: datetime, timezone: tzinfo) -> Refused | None:
    today = moment.astimezone(timezone).date()
    starts, ends = standing.valid_from or offer.valid_from, standing.valid_until or offer.valid_until
    found = [Refused(RefusalReason.VOID)] if standing.voided else []
    if not standing.partner_is_active:
        found.append(Refused(RefusalReason.PARTNER_INACTIVE))
    if ends and today > ends:
        found.append(Refused(RefusalReason.EXPIRED, {"valid_until": ends.isoformat()}))
    if standing.most_uses is not None and standing.uses >= standing.most_uses:
        found.append(Refused(RefusalReason.USED_UP, {"most_uses": standing.most_uses}))
    if starts and today < starts:
        found.append(Refused(RefusalReason.NOT_YET_VALID, {"valid_from": starts.isoformat()}))
    if not hours.is_open(offer.windows, moment, timezone):
        found.append(Refused(RefusalReason.OUTSIDE_HOURS, _opening(offer, moment, timezone)))
    return next(iter(found), None)


def _opening(offer: Offer, moment: datetime, timezone: tzinfo) -> Mapping[str, str]:
    opens = hours.opens_at(offer.windows, moment, timezone)
    return {"opens_at": opens.astimezone(timezone).isoformat()} if opens else {}


def _of_shopper(offer: Offer, standing: Standing, shopper: Shopper) -> Refused | None:
    newcomer = bool(mailbox(shopper.email) or home(shopper.address))
    counted = offer.uses_per_customer is not None and (standing.most_uses is None or offer.uses_per_customer < standing.most_uses)
    checks = (
        (offer.new_customers_only and not newcomer, RefusalReason.CUSTOMER_REQUIRED),
        ((offer.personal or counted) and not (newcomer or standing.is_known), RefusalReason.CUSTOMER_REQUIRED),
        (standing.is_own_code, RefusalReason.OWN_CODE),
        (offer.personal and not standing.is_shoppers, RefusalReason.OTHER_CUSTOMER),
        (offer.new_customers_only and (standing.has_ordered or standing.was_newcomer), RefusalReason.NEW_CUSTOMERS_ONLY),
    )
    reason = next((reason for holds, reason in checks if holds), None)
    if reason:
        return Refused(reason)
    if offer.uses_per_customer is not None and standing.uses_by_shopper >= offer.uses_per_customer:
        return Refused(RefusalReason.CUSTOMER_LIMIT, {"uses_per_customer": offer.uses_per_customer})
    return None


def _of_order(offer: Offer, standing: Standing, checkout: Checkout) -> Refused | None:
    names_money = offer.kind is OfferKind.AMOUNT or offer.minimum_order_cents > 0
    if names_money and checkout.currency != offer.currency:
        return Refused(RefusalReason.WRONG_CURRENCY, {"currency": offer.currency})
    if checkout.other_codes and not (offer.combinable and standing.others_combinable):
        return Refused(RefusalReason.NOT_COMBINABLE)
    return None
