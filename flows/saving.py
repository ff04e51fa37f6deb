"""Can this campaign work, and how is it saved?"""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

import layouts
from campaigns.campaign import Campaign
from campaigns.countries import COUNTRIES
from campaigns.customer import letter_language
from campaigns.errors import InvalidCampaign
from campaigns.offer import Offer
from flows.clock import now
from layouts.errors import LayoutError
from store import campaigns, offers
from store.campaigns import SavedCampaign
from store.engine import Connection


def save_campaign(connection: Connection, campaign: Campaign, new_offers: list[Offer], layouts_dir: Path | None) -> SavedCampaign:
    """Save offers and campaign together, or raise InvalidCampaign naming everything that cannot work."""
    for offer in new_offers:
        offers.save(connection, offer, now())
    known = {slug: offer for slug, (_, offer) in offers.by_slug(connection, offers.slugs(connection)).items()}
    wrong = problems(campaign, known, layouts_dir)
    if wrong:
        raise InvalidCampaign(f"Campaign {campaign.slug!r} was not saved:\n" + "\n".join(f"- {problem}" for problem in wrong))
    return campaigns.save(connection, campaign, now())


def problems(campaign: Campaign, known_offers: Mapping[str, Offer], layouts_dir: Path | None) -> list[str]:
    """What keeps the campaign's steps from becoming letters, each with what to do about it."""
    found: list[str] = []
    if "{coupon_code}" in campaign.landing_url:
        bare = [str(number) for number, step in enumerate(campaign.steps, 1) if not step.offer]
        found += [f"the landing page asks for {{coupon_code}}, but step {number} has no offer: its scans would lead nowhere." for number in bare]
    for number, step in enumerate(campaign.steps, 1):
        found += [f"Step {number}: {problem}" for problem in _offer_problems(step.offer, known_offers)]
        try:
            layout = layouts.load(step.layout, layouts_dir)
        except LayoutError as error:
            found.append(f"Step {number}: {error}")
            continue
        found += [f"Step {number}: {problem}" for problem in _language_problems(layout, campaign)]
        found += [f"Step {number}: {problem}" for problem in _coupon_problems(layout, step.offer)]
    return found


def _offer_problems(slug: str, known: Mapping[str, Offer]) -> list[str]:
    if not slug or slug in known:
        return []
    near = get_close_matches(slug, known, 1)
    advice = f"did you mean {near[0]!r}?" if near else "save it first (flow save-offer)."
    return [f"there is no offer {slug!r}: {advice}"]


def _language_problems(layout: layouts.Layout, campaign: Campaign) -> list[str]:
    if campaign.default_language in layout.languages:
        return []
    spoken = sorted({letter_language("", country) for country in campaign.limits.countries or COUNTRIES})
    missing = sorted({campaign.default_language, *(language for language in spoken if language not in layout.languages)})
    return [
        f"layout {layout.name!r} has no text in {', '.join(missing)}, only in {', '.join(layout.languages)}: "
        f"add {missing[0]}.md to the layout, or set the campaign's default language to {layout.languages[0]!r}."
    ]


def _coupon_problems(layout: layouts.Layout, offer: str) -> list[str]:
    with_coupon = [language for language in layout.languages if layout.uses_coupon(language)]
    if with_coupon and not offer:
        return [f"layout {layout.name!r} prints a coupon, but the step has no offer: choose one, or a layout without a coupon."]
    if offer and len(with_coupon) < len(layout.languages):
        without = ", ".join(language for language in layout.languages if language not in with_coupon)
        return [f"offer {offer!r} would never reach the customer: layout {layout.name!r} prints no coupon ({without})."]
    return []
