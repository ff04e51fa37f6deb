"""How does a campaign's audience become letters, page by page, so that a killed run goes on where it stopped?"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import layouts
from campaigns.audience import Funnel, Outcome, Reason, Verdict, decide, excluded
from campaigns.campaign import Campaign, Step
from campaigns.coupon import new_code
from campaigns.customer import letter_language
from campaigns.landing import landing_url
from campaigns.letter import CouponGrant, Occasion, compose
from campaigns.offer import Offer, valid_until
from campaigns.print_run import PrintRunState
from campaigns.token import new_token
from flows.clock import local_date, now
from flows.errors import UnknownCampaign
from flows.rendering import load_layouts
from layouts import Layout
from letters.check import problem, refuse_misfits
from store import audience, campaigns, failpoint, imports, letters, offers, print_files, print_runs
from store.audience import Candidate
from store.engine import Connection, Engine, writing
from store.letters import NewLetter
from store.print_runs import PrintRun
from store.settings import Settings

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Work:
    """What every page of one selection needs."""

    settings: Settings
    run: PrintRun
    campaign: Campaign
    layouts: Mapping[str, Layout]
    offers: Mapping[str, tuple[int, Offer]]
    occasion: Occasion
    max_letters: int | None


def open_or_resume(engine: Engine, settings: Settings, slug: str, flow_run_id: str, *, approval: str = "ask", max_letters: int | None = None) -> PrintRun:
    """The campaign's unfinished print run, or a new one with the campaign's present version and these options."""
    with writing(engine) as connection:
        audience.lock(connection)  # two at once would both find none
        saved = campaigns.by_slug(connection, slug)
        if saved is None:
            known = ", ".join(campaigns.slugs(connection)) or "none yet"
            raise UnknownCampaign(f"There is no campaign {slug!r} (saved are: {known}). Save it with the flow save-campaign.")
        run = print_runs.unfinished(connection, saved.id)
        if run:
            return run
        versions = {}
        for step in saved.definition.steps:
            layout = layouts.load(step.layout, settings.layouts_dir)
            refuse_misfits(layout, settings.sender)
            versions[layout.name] = layout.version
        started = now()
        occasion = Occasion(settings.sender, local_date(started, settings.timezone), settings.public_url)
        run_id = print_runs.open_run(
            connection, saved.id, saved.version_id, versions, occasion, flow_run_id, started, approval=approval, max_letters=max_letters
        )
        return print_runs.get(connection, run_id)


def select_letters(engine: Engine, settings: Settings, run: PrintRun) -> PrintRun:
    """Decide on the whole audience and seal the print files; safe to repeat at any point."""
    with writing(engine) as connection:
        campaign = campaigns.version(connection, run.version_id)
        known_offers = offers.by_slug(connection, [step.offer for step in campaign.steps])
    limits = [limit for limit in (run.max_letters, campaign.limits.max_letters_per_run) if limit is not None]
    work = Work(
        settings,
        run,
        campaign,
        load_layouts(run, settings.layouts_dir),
        known_offers,
        Occasion(run.sender, run.letter_date, run.public_url, ZoneInfo(settings.timezone)),
        min(limits, default=None),
    )
    while run.state is PrintRunState.SELECTING:
        with writing(engine) as connection:
            imports.lock(connection)  # else an import could unite two people after the page has found them, before they have their letters
            audience.lock(connection)
            run = print_runs.locked(connection, run.id)
            if run.state is PrintRunState.SELECTING:
                _page(connection, work, run)
            run = print_runs.get(connection, run.id)
        failpoint.pass_by("select.after_page")
    return run


def _page(connection: Connection, work: Work, run: PrintRun) -> None:
    """Decide on the next page, or close the selection after the last."""
    candidates = audience.page(connection, run.campaign_id, work.campaign, run.sender.country, run.cursor, PAGE, run.created_at)
    if not candidates:
        _seal(connection, run, work.settings.letters_per_file)
        return
    wanted, verdicts = _decide(connection, work, candidates)
    added = letters.add(connection, run.campaign_id, run.id, wanted, run.created_at)
    for new in wanted:
        if new.customer_id not in added:  # another run was faster: the unique key says that this letter exists
            verdicts[new.customer_id] = excluded(Reason.NOT_DUE)
    audience.record(connection, run.campaign_id, list(verdicts.items()), run.created_at)
    funnel = Funnel(run.funnel.counts + Counter(verdict.label for verdict in verdicts.values()))
    print_runs.note_page(connection, run, candidates[-1].facts.customer_id, funnel)


def _seal(connection: Connection, run: PrintRun, per_file: int) -> None:
    sealed = print_files.seal(connection, run.id, run.name, per_file)
    print_runs.must_move(connection, run.id, PrintRunState.SELECTING, PrintRunState.RENDERING if sealed else PrintRunState.EMPTY)


def _decide(connection: Connection, work: Work, candidates: list[Candidate]) -> tuple[list[NewLetter], dict[int, Verdict]]:
    run = work.run
    room = None if work.max_letters is None else work.max_letters - letters.count(connection, run.id)
    taken = letters.households(connection, run.id, (candidate.household_key for candidate in candidates if candidate.household_key))
    wanted: list[NewLetter] = []
    verdicts: dict[int, Verdict] = {}
    for candidate in candidates:
        verdict = decide(candidate.facts, work.campaign, run.created_at, work.settings.secret)
        letter: NewLetter | None = None
        if verdict.outcome is not Outcome.EXCLUDED:
            if room is not None and len(wanted) >= room:  # before the draw: else the held-out would come from more people than the mailed
                verdict = excluded(Reason.BUDGET)
            elif candidate.household_key in taken:
                verdict = excluded(Reason.HOUSEHOLD_DUPLICATE)
            else:
                verdict, letter = _compose(work, candidate, verdict)
        if letter:
            wanted.append(letter)
            if candidate.household_key:
                taken.add(candidate.household_key)
        verdicts[candidate.facts.customer_id] = verdict
    return wanted, verdicts


def _compose(work: Work, candidate: Candidate, verdict: Verdict) -> tuple[Verdict, NewLetter | None]:
    """The letter of a selected person, or the verdict that it cannot be printed.

    The held-out are asked the same, so that they differ from the mailed in nothing but the draw; they get no letter.
    """
    number = verdict.step or 1
    step, customer = work.campaign.steps[number - 1], candidate.recipient.customer
    layout = work.layouts[step.layout]
    language = letter_language(customer.language, customer.address.country)
    if language not in layout.languages:
        language = work.campaign.default_language
    coupon, offer_id = _grant(work, step)
    content = compose(candidate.recipient, step.layout, language, new_token(), work.occasion, coupon)
    wrong = problem(content, layout, work.occasion.sender)
    if wrong:
        return excluded(Reason.UNPRINTABLE_TEXT, wrong), None
    if verdict.outcome is Outcome.HOLDOUT:
        return verdict, None
    return verdict, NewLetter(
        customer_id=candidate.facts.customer_id,
        trigger=candidate.facts.trigger,
        step=number,
        content=content,
        landing_url=landing_url(work.campaign, number, coupon.code if coupon else ""),
        sort_key=candidate.sort_key,
        household_key=candidate.household_key,
        postcode=customer.address.postcode,
        country=customer.address.country,
        coupon=coupon,
        offer_id=offer_id,
    )


def _grant(work: Work, step: Step) -> tuple[CouponGrant | None, int | None]:
    if not step.offer:
        return None, None
    offer_id, offer = work.offers[step.offer]
    last_day = valid_until(offer, work.run.letter_date, work.settings.delivery_days)
    return CouponGrant(new_code(), offer, last_day), offer_id
