"""What keeps a campaign from becoming letters?  Every reason at once, each with what to do about it."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path

import layouts
from campaigns.campaign import MOST_DAYS, Campaign, Step
from campaigns.customer import letter_language
from campaigns.destinations import DESTINATIONS
from campaigns.kinds import LAST_DAY, CampaignKind, CouponExpiry, Segment
from campaigns.offer import Offer
from campaigns.sender import Sender
from flows.forms import AUDIENCE_FORMS, LimitsForm, StepForm
from layouts import Layout
from layouts.errors import LayoutError
from layouts.placeholders import out_of_reach
from letters import check
from letters.errors import Misfit, UnprintableCode
from printshop.cost import Tariff
from printshop.errors import NoPostage


class Draft(Campaign):
    """A campaign that nobody has looked at yet: it may contradict itself."""

    __slots__ = ()

    def __post_init__(self) -> None:
        """Let everything pass, so that all problems can be told together."""


@dataclass(frozen=True, slots=True)
class House:
    """What a campaign meets in this installation on the day that it is saved."""

    offers: Mapping[str, Offer]
    layouts_dir: Path | None
    tariff: Tariff
    sender: Sender
    today: date
    delivery_days: int
    people: int
    """Customers in the database."""
    codes_left: Mapping[str, int]
    """Imported codes that nobody has yet, by the slug of their offer."""
    refused: Collection[str] = ()
    """Offers that come along and cannot be saved: why is told with them."""


def problems(campaign: Campaign, house: House) -> list[str]:
    """Why this campaign must not be saved; empty where it can work."""
    found = [sentence[:1].upper() + sentence[1:] for sentence in (_in_the_forms_words(campaign, problem) for problem in campaign.problems())]
    found += [*_landing_problems(campaign), *_never(campaign, house)]
    for number, step in enumerate(campaign.steps, 1):
        found += [f"Step {number}: {problem}" for problem in (*_offer_problems(campaign, number, house), *_layout_problems(campaign, step, house))]
    return [*found, *_reminders_too_late(campaign, house), *_cost_problems(campaign, house)]


def _in_the_forms_words(campaign: Campaign, sentence: str) -> str:
    """Where the rules name a field, what the form calls it stands before its name in a file."""
    audience = next(form for form in AUDIENCE_FORMS if form.model_fields["kind"].default == campaign.kind)
    titles = {name: field.title for form in (LimitsForm, StepForm, audience) for name, field in form.model_fields.items() if "_" in name}

    def named(found: re.Match[str]) -> str:
        name = found[0].removesuffix("_cents")
        return f'"{titles[name]}" ({name})' if name in titles else found[0]

    return re.sub(r"[a-z]+(?:_[a-z]+)+", named, sentence)


def loaded(campaign: Campaign, layouts_dir: Path | None) -> list[Layout]:
    """The layouts of its steps that can be read, each once."""
    found = []
    for name in sorted({name for step in campaign.steps for name in step.layouts if name}):
        try:
            found.append(layouts.load(name, layouts_dir))
        except LayoutError:
            continue  # told with the step
    return found


def languages(campaign: Campaign, layout: Layout) -> list[str]:
    """Languages of the text that letters of this campaign can be written in, where the layout has them."""
    wanted = {campaign.default_language, *(letter_language("", country) for country in campaign.limits.countries or DESTINATIONS)}
    return sorted(wanted & set(layout.languages))


def _landing_problems(campaign: Campaign) -> Iterator[str]:
    for strange in dict.fromkeys(re.findall(r"\{[^{}]*\}?|\}", campaign.landing_url.replace("{coupon_code}", ""))):
        near = get_close_matches(strange.lower(), ["{coupon_code}"], 1)
        hint = "did you mean {coupon_code}?" if near else "only {coupon_code} is replaced."
        yield f"The landing page holds {strange}, which nothing is put in for: {hint}"
    if "{coupon_code}" not in campaign.landing_url or isinstance(campaign.audience, CouponExpiry):
        return
    for number, step in enumerate(campaign.steps, 1):
        if not step.offer:
            yield (
                f"The landing page asks for {{coupon_code}}, but step {number} has no offer: its scans would lead nowhere. "
                "Choose a landing page without {coupon_code}, or an offer (and a layout with a coupon) for every step."
            )


def _never(campaign: Campaign, house: House) -> Iterator[str]:
    """What nobody, on no day, could get a letter of."""
    limits = campaign.limits
    if campaign.active and limits.latest and limits.latest < house.today:
        yield f"The campaign ended on {limits.latest} and would never run: give it a later last day, or switch it off."
    wanted = campaign.audience.countries if isinstance(campaign.audience, Segment) else ()
    if wanted and limits.countries and not set(wanted) & set(limits.countries):
        yield (
            f"The segment looks for people in {', '.join(wanted)}, but letters go to {', '.join(limits.countries)} only: nobody would get one. "
            "Add the countries to those of the limits."
        )


def _offer_problems(campaign: Campaign, number: int, house: House) -> list[str]:
    slug = campaign.steps[number - 1].offer
    if not slug or slug in house.refused:
        return []
    if slug not in house.offers:
        near = get_close_matches(slug, house.offers, 1)
        return [f"there is no offer {slug!r}: {f'did you mean {near[0]!r}?' if near else 'save it first (flow save-offer).'}"]
    last = house.offers[slug].valid_until
    arrival = _arrival(campaign, number, house)
    if last is None or last >= arrival:
        return []
    return [f"offer {slug!r} ends on {last}, but this letter cannot arrive before {arrival}: give the offer a later last day, or choose another."]


def _arrival(campaign: Campaign, number: int, house: House) -> date:
    """The first day on which a letter of the step can be in the mailbox."""
    begin = min(max(house.today, campaign.limits.earliest or house.today), LAST_DAY)
    waited = min(sum(step.delay_days for step in campaign.steps[1:number]), MOST_DAYS)  # a draft may hold any number: it is refused already
    return begin + timedelta(days=waited + house.delivery_days)


def days_good(campaign: Campaign, number: int, offer: Offer, house: House) -> int:
    """Days that a code of the step is good for once its first letters have arrived."""
    return min(offer.valid_days, (offer.valid_until - _arrival(campaign, number, house)).days if offer.valid_until else offer.valid_days)


def _layout_problems(campaign: Campaign, step: Step, house: House) -> Iterator[str]:
    for name in filter(None, step.layouts):
        try:
            layout = layouts.load(name, house.layouts_dir)
        except LayoutError as error:
            yield str(error)
            continue
        yield from _language_problems(layout, campaign)
        yield from _coupon_problems(layout, step.offer, campaign)
        yield from _placeholder_problems(layout, campaign)
        yield from _misfits(layout, campaign, house)


def _language_problems(layout: Layout, campaign: Campaign) -> list[str]:
    if campaign.default_language in layout.languages:
        return []
    spoken = sorted({letter_language("", country) for country in campaign.limits.countries or DESTINATIONS})
    missing = sorted({campaign.default_language, *(language for language in spoken if language not in layout.languages)})
    return [
        f"layout {layout.name!r} has no text in {', '.join(missing)}, only in {', '.join(layout.languages)}: "
        f"add {missing[0]}.md to the layout, or set the campaign's default language to {layout.languages[0]!r}."
    ]


def _coupon_problems(layout: Layout, offer: str, campaign: Campaign) -> list[str]:
    needing = [language for language in layout.languages if layout.uses_coupon(language)]
    without = ", ".join(language for language in layout.languages if not layout.prints_coupon(language))
    if isinstance(campaign.audience, CouponExpiry):
        return [f"layout {layout.name!r} prints no coupon ({without}), but the letter reminds of one: choose a layout that does."] if without else []
    if needing and not offer:
        return [f"layout {layout.name!r} prints a coupon, but the step has no offer: choose one, or a layout without a coupon."]
    if offer and without:
        return [f"offer {offer!r} would never reach the customer: layout {layout.name!r} prints no coupon ({without})."]
    return []


def _placeholder_problems(layout: Layout, campaign: Campaign) -> list[str]:
    """What a text needs and no letter of this kind can ever have."""
    kind = campaign.kind
    texts = [layout.text(language) for language in layout.languages]
    found = sorted({name for text in texts for name in out_of_reach(text, kind)})
    if found:
        listed = ", ".join(f"{{{name}}}" for name in found)
        return [f"layout {layout.name!r} needs {listed}, which no letter of a {kind} campaign has: choose another layout, or take it out of the text."]
    if kind is not CampaignKind.ABANDONED_CART and any(text.lists_cart for text in texts):
        return [f"layout {layout.name!r} lists the articles of a cart, which a {kind} campaign does not have: choose another layout."]
    return []


def _misfits(layout: Layout, campaign: Campaign, house: House) -> Iterator[str]:
    for language in languages(campaign, layout):
        try:
            check.pages(layout, language, house.sender)
        except (LayoutError, Misfit, UnprintableCode) as error:
            yield str(error)


def _reminders_too_late(campaign: Campaign, house: House) -> Iterator[str]:
    if not isinstance(campaign.audience, CouponExpiry):
        return
    least, before = campaign.audience.least_days_left, campaign.audience.days_before
    for number in range(1, len(campaign.steps) + 1):
        delay = sum(step.delay_days for step in campaign.steps[:number])
        needed = house.delivery_days + least + delay
        if before < needed:
            waited = f" and {delay} of delay" if delay else ""
            yield (
                f"Step {number} would never be sent: {house.delivery_days} days for print and post, {least} days that must be left{waited} "
                f"make {needed}, but it is written only {before} days before the coupon ends: "
                + _in_the_forms_words(campaign, f"set days_before to {needed} or more.")
            )


def _cost_problems(campaign: Campaign, house: House) -> list[str]:
    """Countries that the tariff has no price for, and budgets that the cheapest letter is too dear for."""
    costs, unknown = _costs(campaign, house)
    found = list(unknown)
    least = max(1, campaign.limits.minimum_letters)
    for name, budget in (("budget per run", campaign.limits.budget_per_run_cents), ("budget in total", campaign.limits.budget_cents)):
        if costs and budget is not None and 0 < budget < min(costs) * least:
            letters = f"{least} letters, the least that you print," if least > 1 else "one letter"
            found.append(f"The {name} of {budget / 100:.2f} is below what {letters} would cost ({min(costs) * least / 100:.2f} by your tariff): raise it.")
    return found


def _costs(campaign: Campaign, house: House) -> tuple[list[int], dict[str, None]]:
    """What letters of the campaign cost, and what the tariff cannot say, each once."""
    costs: list[int] = []
    unknown: dict[str, None] = {}
    home = house.sender.country
    for pages in _lengths(campaign, house):
        for country in campaign.limits.countries or (home,):
            try:
                costs.append(house.tariff.letter_cents(country, pages, home))
            except NoPostage as error:
                unknown[str(error)] = None
    return costs, unknown


def without_postage(campaign: Campaign, house: House, countries: Iterable[str]) -> list[str]:
    """Those of the countries, in their order, that the tariff has no price to, for one of the campaign's letters at least."""
    lengths = _lengths(campaign, house)
    return [country for country in countries if not all(_has_price(house, country, pages) for pages in lengths)]


def _has_price(house: House, country: str, pages: int) -> bool:
    try:
        house.tariff.letter_cents(country, pages, house.sender.country)
    except NoPostage:
        return False
    return True


def _lengths(campaign: Campaign, house: House) -> set[int]:
    """Pages of the campaign's letters; what cannot be printed at all is told with its layout."""
    found = set()
    for layout in loaded(campaign, house.layouts_dir):
        for language in languages(campaign, layout):
            with suppress(Misfit, UnprintableCode):
                found.add(check.pages(layout, language, house.sender))
    return found
