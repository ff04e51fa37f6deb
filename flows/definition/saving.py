"""How is a campaign saved, and what is said about it?"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from campaigns.campaign import Campaign
from campaigns.day import Day
from campaigns.errors import InvalidCampaign, InvalidOffer
from campaigns.offer import CodeSource, Offer
from flows.clock import now
from flows.definition import advice, campaign_files, feasibility
from flows.definition.feasibility import Draft, House
from flows.forms import CampaignFile, CampaignForm
from flows.selection.choosing import LEAST_DAYS_LEFT
from printshop.cost import read_tariff
from store import campaigns, code_pool, customers, offers
from store.campaigns import SavedCampaign
from store.engine import Connection
from store.settings import Settings


@dataclass(frozen=True, slots=True)
class Saved:
    """A campaign that was saved, and what should be known about it."""

    campaign: SavedCampaign
    told: str
    """What was done, in a sentence or two."""
    advice: list[str]


def save_form(connection: Connection, form: CampaignForm, settings: Settings, language: str, wrong: Sequence[str] = ()) -> Saved:
    """Save what a form or a file says, or raise InvalidCampaign naming everything that cannot work, ``wrong`` first.

    Offers that nobody has saved and a preset brings along are saved with it, named in ``language``.
    """
    problems = list(wrong)
    refused: set[str] = set()
    brought: list[Offer] = []
    for one in form.offers if isinstance(form, CampaignFile) else []:
        try:
            brought.append(one.to_offer())
        except InvalidOffer as error:
            problems.append(str(error))
            refused.add(one.slug)
    named = {step.offer for step in form.steps} - {offer.slug for offer in brought}
    bundled = campaign_files.bundled_offers(language)
    missing = sorted((named & set(bundled)) - set(offers.by_slug(connection, named)))
    brought += [bundled[slug] for slug in missing]
    known = {slug: offer for slug, (_, offer) in offers.by_slug(connection, [offer.slug for offer in brought]).items()}
    changed = [offer.slug for offer in brought if known.get(offer.slug, offer) != offer]
    for offer in brought:
        offers.save(connection, offer, now())
    before = _version_before(connection, form.slug)
    draft = Draft(**form.parts())
    house = replace(_house(connection, draft, settings), refused=refused)
    name = f"Campaign {form.slug!r}" if "slug" in form.model_fields_set else "The campaign"  # a name that is wrong gave way to the field's default
    _refuse(name, [*problems, *feasibility.problems(draft, house)])
    saved = campaigns.save(connection, form.to_campaign(), now())
    return Saved(saved, " ".join([_told(saved, before, missing), *_offers_told(connection, changed, form.slug)]), advice.advice(saved.definition, house))


def save_campaign(connection: Connection, campaign: Campaign, new_offers: Sequence[Offer], settings: Settings) -> SavedCampaign:
    """Save a finished definition with its offers, or raise InvalidCampaign naming everything that cannot work."""
    for offer in new_offers:
        offers.save(connection, offer, now())
    _refuse(f"Campaign {campaign.slug!r}", feasibility.problems(campaign, _house(connection, campaign, settings)))
    return campaigns.save(connection, campaign, now())


def switch(connection: Connection, campaign: Campaign, settings: Settings, *, active: bool) -> str:
    """Switch a saved campaign on or off and say so; raises InvalidCampaign where one that is to write again cannot work any more."""
    changed = replace(campaign, active=active)
    if active:
        save_campaign(connection, changed, [], settings)
        return f"Campaign {campaign.slug} is active: it writes again from its next run on."
    campaigns.save(connection, changed, now())
    return f"Campaign {campaign.slug} is switched off. Letters that wait for approval are not touched: approve or reject their print run."


def _refuse(name: str, problems: Sequence[str]) -> None:
    if problems:
        raise InvalidCampaign(f"{name} was not saved:\n" + "\n".join(f"- {problem}" for problem in problems))


def _version_before(connection: Connection, slug: str) -> int | None:
    try:
        found = campaigns.by_slug(connection, slug)
    except InvalidCampaign:
        return None  # it could not work any more: this saving is the way out
    return found.version_id if found else None


def _house(connection: Connection, campaign: Campaign, settings: Settings) -> House:
    known = offers.by_slug(connection, offers.slugs(connection))
    day = Day(now(), ZoneInfo(settings.timezone), settings.delivery_days)
    used = {step.offer for step in campaign.steps}
    pools = {slug: offer_id for slug, (offer_id, offer) in known.items() if slug in used and offer.codes is CodeSource.IMPORTED}
    return House(
        offers={slug: offer for slug, (_, offer) in known.items()},
        layouts_dir=settings.layouts_dir,
        tariff=read_tariff(settings.tariff_file),
        sender=settings.sender,
        today=day.today,
        delivery_days=settings.delivery_days,
        people=customers.count(connection),
        codes_left={slug: code_pool.count(connection, offer_id, day.arrives_on + timedelta(days=LEAST_DAYS_LEFT)) for slug, offer_id in pools.items()},
    )


def _told(saved: SavedCampaign, before: int | None, brought: Sequence[str]) -> str:
    campaign = saved.definition
    steps = f"{len(campaign.steps)} step" + ("s" if len(campaign.steps) > 1 else "")
    what = "Nothing has changed in" if before == saved.version_id else "Changed" if before else "Saved"
    offered = f" with the offer{'s' if len(brought) > 1 else ''} {', '.join(brought)}" if brought else ""
    return f"{what} campaign {campaign.slug} ({campaign.kind.replace('_', ' ')}, {steps}){offered}."


def _offers_told(connection: Connection, changed: Sequence[str], own: str) -> list[str]:
    """Offers that the file has changed: whoever else uses them gives the new terms, too."""
    users = {slug: [name for name in _using(connection, slug) if name != own] for slug in changed}
    named = [f"{slug} (also used by {', '.join(names)})" if names else slug for slug, names in users.items()]
    return [f"Changed offer{'s' if len(named) > 1 else ''}: {', '.join(named)}; codes that are printed keep their terms."] if named else []


def _using(connection: Connection, offer: str) -> list[str]:
    """Saved campaigns that name the offer in a step."""
    found = []
    for slug in campaigns.slugs(connection):
        with suppress(InvalidCampaign):  # it can no longer work, so it gives no coupons
            saved = campaigns.by_slug(connection, slug)
            found += [slug] if saved and any(step.offer == offer for step in saved.definition.steps) else []
    return found
