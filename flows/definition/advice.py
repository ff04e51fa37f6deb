"""What should a marketer know about a campaign that can work, before it is started?"""

from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urlsplit

from campaigns.campaign import Campaign
from campaigns.destinations import DESTINATIONS
from campaigns.kinds import AbandonedCart, NoPurchase, Segment, Who
from campaigns.offer import CodeSource
from flows.definition.feasibility import House, days_good, loaded, without_postage

ENOUGH_FOR_LIFT = 1000
"""Below so many letters a holdout tells next to nothing (market facts 9: NaviStone)."""
COUNTRIES_SHOWN = 5
FEW_DAYS = 7
"""A coupon that is good for less hardly leaves time to order."""

_RIGHTS = (
    " never bought from you. A letter needs no consent, unlike an e-mail, as long as your interest in advertising outweighs theirs "
    "(Art. 6(1)(f) GDPR): say in your privacy notice that you advertise by letter, and import the Robinson list, which Postillion checks for them. "
    "Have it checked by somebody who knows the law."
)
NEVER_BOUGHT = "Law: these people have" + _RIGHTS
SOME_NEVER_BOUGHT = "Law: some of these people, the prospects, have" + _RIGHTS
BROKEN_OFF = (
    "Law: switched off, this campaign also writes to people who have never bought from you and broke a purchase off. What they typed in for it may not simply "
    "be kept or used for advertising; that is disputed even for letters, which need no consent. Have it checked by somebody who knows the law, or switch "
    '"Only with an earlier order" on again. The Robinson list is checked for them: import it.'
)


def advice(campaign: Campaign, house: House) -> list[str]:
    """Sentences that refuse nothing; empty where there is nothing to say."""
    return [
        *_law(campaign),
        *_times(campaign, house),
        *_measuring(campaign, house),
        *_offers(campaign, house),
        *_landing(campaign),
        *_cart(campaign, house),
        *_postage(campaign, house),
    ]


def _law(campaign: Campaign) -> Iterator[str]:
    match campaign.audience:
        case NoPurchase() | Segment(who=Who.PROSPECTS):
            yield NEVER_BOUGHT
        case Segment(who=Who.ALL):
            yield SOME_NEVER_BOUGHT
        case AbandonedCart(only_with_earlier_order=False):
            yield BROKEN_OFF


def _times(campaign: Campaign, house: House) -> Iterator[str]:
    limits = campaign.limits
    if not campaign.active:
        yield "The campaign is switched off: its runs write to nobody."
    if limits.minimum_letters > max(1, house.people):
        yield f"A run prints {limits.minimum_letters} letters or none, and only {house.people} customers are known: it waits until there are more."
    for number, step in enumerate(campaign.steps[1:], 2):
        if step.delay_days < limits.cooldown_days:
            yield f"Step {number} comes {limits.cooldown_days} days after the letter before, not {step.delay_days}: the cooldown is longer than the delay."


def _measuring(campaign: Campaign, house: House) -> Iterator[str]:
    if campaign.limits.holdout_percent == 0:
        yield "Without a holdout nobody can tell what the letters bring about: 10 % is usual."
        return
    most = min(house.people, campaign.limits.max_letters or house.people)
    if most < ENOUGH_FOR_LIFT:
        yield f"At the most {most} people can be reached: below {ENOUGH_FOR_LIFT} letters the holdout tells next to nothing about the effect."


def _offers(campaign: Campaign, house: House) -> Iterator[str]:
    named = [(number, house.offers[step.offer]) for number, step in enumerate(campaign.steps, 1) if step.offer]
    for (_, before), (number, after) in pairwise(named):
        if (before.kind, before.currency) == (after.kind, after.currency) and after.value < before.value:
            yield f"Step {number} offers less than the step before: a further letter should be worth more, not less."
    for number, offer in named:
        if (days := days_good(campaign, number, offer, house)) < FEW_DAYS:
            good = "1 day" if days == 1 else f"{days} days"
            yield f"Step {number}: the coupon of the offer {offer.slug!r} is good for {good} after the letter's arrival: 8 to 12 weeks are usual."
        if offer.codes is CodeSource.IMPORTED and not house.codes_left.get(offer.slug):
            yield f"Step {number}: no imported code of the offer {offer.slug!r} is left. Import codes first, else nobody gets this letter (no_coupon_left)."


def _landing(campaign: Campaign) -> Iterator[str]:
    host = urlsplit(campaign.landing_url).hostname or ""
    if host in ("localhost", "127.0.0.1") or host.endswith(".example"):
        yield f"The landing page is at {host}, which customers cannot reach: put in your shop's address before real letters are printed."


def _cart(campaign: Campaign, house: House) -> Iterator[str]:
    if not isinstance(campaign.audience, AbandonedCart):
        return
    for layout in loaded(campaign, house.layouts_dir):
        if not any(layout.text(language).lists_cart for language in layout.languages):
            yield f"Layout {layout.name!r} does not list the articles of the cart: people may not see what the letter is about."


def _postage(campaign: Campaign, house: House) -> Iterator[str]:
    """Countries that are listed and have no postage are refused (flows.definition.feasibility); here it is about a campaign that writes everywhere."""
    if campaign.limits.countries:
        return
    filtered = campaign.audience.countries if isinstance(campaign.audience, Segment) else ()
    if found := without_postage(campaign, house, filtered or DESTINATIONS):
        some = f"{', '.join(found[:COUNTRIES_SHOWN])}{' …' if len(found) > COUNTRIES_SHOWN else ''}"
        yield (
            f"The campaign writes everywhere, but the tariff has no postage for {some}: people there get no letter (abroad). "
            'Add a [[postage]] row with the country "*" to the tariff, or list the campaign\'s countries.'
        )
