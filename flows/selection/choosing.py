"""Who of a page of candidates gets a letter, and what stands in it?

Every person passes the same checks in the same order, the held-out too, so that they differ from the mailed in nothing but the
draw. What takes the longest comes last: a letter is composed only for somebody for whom there is room, and a code.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from campaigns.address import postcode_of
from campaigns.audience import decide
from campaigns.campaign import Campaign, Step
from campaigns.coupon import new_code
from campaigns.customer import letter_language
from campaigns.day import Day
from campaigns.holdout import layout_of
from campaigns.landing import landing_url
from campaigns.letter import CouponGrant, Occasion, compose
from campaigns.offer import CodeSource, Offer, valid_until
from campaigns.token import new_token
from campaigns.verdict import Funnel, Outcome, Reason, Verdict, excluded
from flows.errors import OfferGone
from layouts import Layout
from layouts.errors import MissingLanguage
from letters.check import pages, problem
from printshop.cost import Tariff, read_tariff
from printshop.errors import NoPostage
from store import offers
from store.audience import Candidate
from store.code_pool import PoolCode
from store.engine import Connection
from store.holdouts import NewHoldout
from store.letters import NewLetter

LEAST_DAYS_LEFT = 5
"""An imported code must be good for so many days after the letter has arrived: whoever made it did not know when that is."""

Rivals = Callable[[Collection[int]], Mapping[int, str]]
"""Which of these people would another campaign of higher priority write to today? Customer id -> its slug."""


@dataclass(frozen=True, slots=True)
class Work:
    """What every page of one selection needs."""

    campaign: Campaign
    layouts: Mapping[str, Layout]
    offers: Mapping[str, tuple[int, Offer]]
    """Slug -> id and terms."""
    occasion: Occasion
    day: Day
    secret: bytes
    tariff: Tariff
    max_letters: int | None
    """Of this run: the lower one of what the campaign and whoever started the run allow."""
    costs: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """What was asked of the tariff before, by layout, language and country."""

    def cost_cents(self, layout: Layout, language: str, country: str) -> int:
        """What a letter costs; the same for all with this layout in this language to this country.  Raises NoPostage."""
        key, sender = (layout.name, language, country), self.occasion.sender
        if key not in self.costs:
            self.costs[key] = self.tariff.letter_cents(country, pages(layout, language, sender), sender.country)
        return self.costs[key]

    @property
    def good_until(self) -> timedelta:
        """From the letter's date to the first last day that an imported code may have."""
        return timedelta(days=self.day.delivery_days + LEAST_DAYS_LEFT)


def offers_of(connection: Connection, campaign: Campaign) -> dict[str, tuple[int, Offer]]:
    """The offers of all steps by slug, with their ids; raises OfferGone if one of them was deleted."""
    needed = {step.offer for step in campaign.steps if step.offer}
    known = offers.by_slug(connection, needed)
    if gone := ", ".join(sorted(needed - known.keys())):
        raise OfferGone(f"Campaign {campaign.slug!r} needs the offer {gone}, which is not there any more: save it (flow save-offer) and start again.")
    return known


def prepare(
    connection: Connection,
    campaign: Campaign,
    layouts: Mapping[str, Layout],
    occasion: Occasion,
    day: Day,
    secret: bytes,
    tariff_file: Path | None,
    max_letters: int | None,
) -> Work:
    """All that a selection needs, its offers read from the database.  Raises OfferGone, InvalidTariff."""
    known = offers_of(connection, campaign)
    limits = [limit for limit in (max_letters, campaign.limits.max_letters_per_run) if limit is not None]
    return Work(campaign, layouts, known, occasion, day, secret, read_tariff(tariff_file), min(limits, default=None))


@dataclass(slots=True)
class Tally:
    """What is used up; choosing adds to it as it goes.  Seed letters and the held-out take no room."""

    letters: int = 0
    """Of this run."""
    cost_cents: int = 0
    all_letters: int = 0
    """Of the campaign, this run included."""
    all_cost_cents: int = 0
    households: set[str] = field(default_factory=set)
    """That have a letter, or a held-out person, in this run."""
    codes: Mapping[str, list[PoolCode]] = field(default_factory=dict)
    """Imported codes that are left, by the slug of their offer; the last is taken first."""

    def limit_reached(self, work: Work, cost_cents: int) -> str:
        """Which limit one more letter at that price would exceed, in words; empty for none."""
        limits = work.campaign.limits
        wanted = (
            ("letters of this run", self.letters + 1, work.max_letters),
            ("letters of the campaign", self.all_letters + 1, limits.max_letters),
            ("budget of this run", self.cost_cents + cost_cents, limits.budget_per_run_cents),
            ("budget of the campaign", self.all_cost_cents + cost_cents, limits.budget_cents),
        )
        return next((name for name, after, most in wanted if most is not None and after > most), "")

    def take(self, letter: NewLetter, offer: str) -> None:
        """Count a letter in; one of an imported code takes the code."""
        self.letters += 1
        self.all_letters += 1
        self.cost_cents += letter.cost_cents
        self.all_cost_cents += letter.cost_cents
        if letter.coupon_id is not None:
            self.codes[offer].pop()


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of one candidate: a letter for the selected, a row for the held-out, neither for the others."""

    candidate: Candidate
    verdict: Verdict
    letter: NewLetter | None = None
    holdout: NewHoldout | None = None


def choose(work: Work, tally: Tally, candidates: Sequence[Candidate], rivals: Rivals) -> list[Choice]:
    """A choice for every candidate, in their order; the tally is counted on."""
    return fill(work, tally, sift(work, candidates, rivals))


def sift(work: Work, candidates: Sequence[Candidate], rivals: Rivals) -> list[Choice]:
    """What the rules say of each, and whom a campaign of higher priority takes; who is not excluded is still to be filled in."""
    choices = [Choice(candidate, decide(candidate.facts, work.campaign, work.day, work.secret)) for candidate in candidates]
    reached = {choice.candidate.facts.customer_id for choice in choices if not choice.verdict.is_excluded}
    taken = rivals(reached) if reached else {}
    return [_left_to(taken, choice) for choice in choices] if taken else choices


def _left_to(taken: Mapping[int, str], choice: Choice) -> Choice:
    rival = taken.get(choice.candidate.facts.customer_id)
    return replace(choice, verdict=excluded(Reason.IN_OTHER_CAMPAIGN, rival)) if rival else choice


def fill(work: Work, tally: Tally, sifted: Sequence[Choice]) -> list[Choice]:
    """Letters for those who are not excluded so far, as long as there is room for them."""
    return [choice if choice.verdict.is_excluded else _settle(work, tally, choice) for choice in sifted]


def _settle(work: Work, tally: Tally, choice: Choice) -> Choice:
    if full := tally.limit_reached(work, 1):  # asked first: a run that is full may still have to go through hundreds of thousands
        return replace(choice, verdict=excluded(Reason.BUDGET, full))
    letter = _letter(work, tally, choice)
    if isinstance(letter, Verdict):
        return replace(choice, verdict=letter)
    if letter.household_key:  # an empty one says that there was too little to tell
        tally.households.add(letter.household_key)
    if choice.verdict.outcome is Outcome.HOLDOUT:
        return replace(
            choice, holdout=NewHoldout(letter.customer_id, letter.trigger, letter.step, letter.content.layout, letter.household_key, letter.stops_after)
        )
    tally.take(letter, work.campaign.step(letter.step).offer)
    return replace(choice, letter=letter)


def _letter(work: Work, tally: Tally, choice: Choice) -> NewLetter | Verdict:
    """The letter of a person, or the verdict that there cannot be one."""
    campaign, candidate, number = work.campaign, choice.candidate, choice.verdict.step or 1
    facts, customer, sender = candidate.facts, candidate.recipient.customer, work.occasion.sender
    layout = work.layouts[layout_of(facts.person_key, campaign, number, work.secret)]
    language = letter_language(customer.language, customer.address.country)
    if language not in layout.languages:
        language = campaign.default_language
    cost = _cost(work, layout, language, facts.country)
    if isinstance(cost, Verdict):
        return cost
    if limit := tally.limit_reached(work, cost):
        return excluded(Reason.BUDGET, limit)
    if candidate.household_key in tally.households:
        return excluded(Reason.HOUSEHOLD_DUPLICATE)
    step = campaign.step(number)
    grant = _grant(work, tally, candidate, step)
    if isinstance(grant, Verdict):
        return grant
    content = compose(candidate.recipient, layout.name, language, new_token(), work.occasion, grant.coupon)
    if wrong := problem(content, layout, sender):
        return excluded(Reason.UNPRINTABLE_TEXT, wrong)
    return NewLetter(
        customer_id=facts.customer_id,
        trigger=facts.trigger,
        step=number,
        content=content,
        landing_url=landing_url(campaign, number, grant.coupon.code if grant.coupon else ""),
        sort_key=candidate.sort_key,
        household_key=candidate.household_key,
        postcode=postcode_of(customer.address),
        country=customer.address.country,
        coupon=grant.coupon if step.offer else None,
        offer_id=grant.offer_id,
        coupon_id=grant.coupon_id,
        stops_after=candidate.stops_after,
        cost_cents=cost,
    )


def _cost(work: Work, layout: Layout, language: str, country: str) -> int | Verdict:
    """Cents, or the verdict that there is no price.  Raises NoPostage where there is none for the sender's own country: next to nobody would be left."""
    try:
        return work.cost_cents(layout, language, country)
    except MissingLanguage as error:  # a text that was deleted after the campaign was saved
        return excluded(Reason.UNPRINTABLE_TEXT, str(error))
    except NoPostage:
        if country in ("", work.occasion.sender.country):
            raise
        return excluded(Reason.ABROAD, f"the tariff has no postage for {country}")


def waits(campaign: Campaign, letters: int) -> bool:
    """Whether a print run with so many letters, seed letters aside, is too small to be printed.

    Where no minimum is set, a run in which the draw held out everybody is none that waits: it has been measured.
    """
    return letters < campaign.limits.minimum_letters != 1


def as_waiting(funnel: Funnel) -> Funnel:
    """The funnel of a run that is too small: whoever would have had a letter, or was held out, is below the minimum."""
    counts = funnel.counts.copy()
    counts[Reason.BELOW_MINIMUM] += counts.pop(Outcome.SELECTED, 0) + counts.pop(Outcome.HOLDOUT, 0)
    return Funnel(+counts)


@dataclass(frozen=True, slots=True)
class _Grant:
    """The coupon that a letter prints, and where it comes from."""

    coupon: CouponGrant | None
    offer_id: int | None = None
    coupon_id: int | None = None
    """Of an imported code, which is stored already."""


def _grant(work: Work, tally: Tally, candidate: Candidate, step: Step) -> _Grant | Verdict:
    if not step.offer:
        return _Grant(candidate.recipient.coupon)  # a reminder prints the coupon that the person has
    offer_id, offer = work.offers[step.offer]
    if offer.codes is CodeSource.IMPORTED:
        left = tally.codes.get(step.offer)
        if not left:
            least = work.occasion.letter_date + work.good_until
            return excluded(Reason.NO_COUPON_LEFT, f"no imported code of the offer {offer.slug} is left that is good until {least} or longer")
        return _Grant(CouponGrant(left[-1].code, offer, left[-1].valid_until), offer_id, left[-1].id)
    last_day = valid_until(offer, work.occasion.letter_date, work.day.delivery_days)
    if last_day < work.day.arrives_on:
        return excluded(Reason.NO_COUPON_LEFT, f"the offer {offer.slug} ends on {last_day}, before the letter arrives")
    return _Grant(CouponGrant(new_code(offer.prefix), offer, last_day), offer_id)
