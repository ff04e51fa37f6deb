"""How does a campaign's audience become letters, page by page, so that a killed run goes on where it stopped?

A page is one transaction, and so is the sealing after the last one. What is used up (letters, money, households, codes) is read
anew for every page: whoever goes on for a killed process needs to know nothing of it.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import layouts
from campaigns.campaign import Campaign
from campaigns.day import Day
from campaigns.errors import PostillionError
from campaigns.letter import Occasion
from campaigns.offer import CodeSource
from campaigns.print_run import PrintRunState
from campaigns.verdict import Funnel, Reason, excluded
from flows.clock import local_date, now
from flows.errors import NotToday, UnknownCampaign
from flows.locks import Hold
from flows.printing.rendering import load_layouts
from flows.selection import seeding
from flows.selection.choosing import Choice, Tally, Work, as_waiting, fill, offers_of, prepare, sift, waits
from flows.selection.competing import rivals_of
from layouts import print_shop
from letters.check import refuse_misfits
from letters.free_zones import refuse_intrusions
from store import audience, campaigns, code_pool, failpoint, holdouts, imports, letters, print_files, print_runs
from store.engine import Connection, Engine, reading, writing
from store.print_runs import PrintRun
from store.settings import Settings

PAGE = 5000


def open_or_resume(engine: Engine, settings: Settings, slug: str, flow_run_id: str, *, approval: str = "ask", max_letters: int | None = None) -> PrintRun:
    """The campaign's unfinished print run, or a new one with the campaign's present version and these options.

    Raises UnknownCampaign; for a new run NotToday if the campaign rests, and OfferGone. What was begun before is brought to its end.
    """
    with writing(engine) as connection:
        audience.lock(connection)  # two at once would both find none
        saved = campaigns.by_slug(connection, slug)
        if saved is None:
            known = ", ".join(campaigns.slugs(connection)) or "none yet"
            raise UnknownCampaign(f"There is no campaign {slug!r} (saved are: {known}). Save it with the flow save-campaign.")
        run = print_runs.unfinished(connection, saved.id)
        if run:
            return run
        started = now()
        today = local_date(started, settings.timezone)
        _refuse_resting(saved.definition, Day(started, ZoneInfo(settings.timezone), settings.delivery_days))
        offers_of(connection, saved.definition)
        production = print_shop.load(settings.print_shop, settings.output_profile, settings.output_condition)
        versions = {}
        for name in dict.fromkeys(name for step in saved.definition.steps for name in step.layouts):
            layout = production.fitted(layouts.load(name, settings.layouts_dir))
            refuse_misfits(layout, settings.sender)
            refuse_intrusions(layout, settings.sender, settings.public_url, production)
            versions[layout.name] = layout.version
        occasion = Occasion(settings.sender, today, settings.public_url, address_lines=production.address_lines)
        run_id = print_runs.open_run(
            connection, saved.id, saved.version_id, versions, occasion, flow_run_id, started, approval=approval, max_letters=max_letters, production=production
        )
        run = print_runs.get(connection, run_id)
    failpoint.pass_by("select.opened")
    return run


def _refuse_resting(campaign: Campaign, day: Day) -> None:
    if campaign.runs_on(day.today):
        return
    earliest, latest = campaign.limits.earliest, campaign.limits.latest
    if not campaign.active:
        why = "is switched off: switch it on (flow save-campaign) to write to people again"
    elif earliest and day.today < earliest:
        why = f"begins on {earliest}"
    else:
        why = f"ended on {latest}: give it a later last day (flow save-campaign) to write to people again"
    raise NotToday(f"Campaign {campaign.slug!r} {why}. Today, {day.today}, it selects nobody.")


def select_letters(engine: Engine, settings: Settings, run: PrintRun, hold: Hold) -> PrintRun:
    """Decide on the whole audience and seal the print files; safe to repeat at any point.  Raises LostLease."""
    if run.state is not PrintRunState.SELECTING:
        return run
    with reading(engine) as connection:
        work = _work(connection, settings, run)
    while run.state is PrintRunState.SELECTING:
        with writing(engine) as connection:
            hold.check(connection)
            imports.lock(connection)  # else an import could unite two people after the page has found them, before they have their letters
            audience.lock(connection)
            run = print_runs.locked(connection, run.id)
            if run.state is PrintRunState.SELECTING and not _page(connection, work, run, settings.layouts_dir):
                _seal(connection, work, run, min(settings.letters_per_file, run.production.letters_per_file or settings.letters_per_file))
            run = print_runs.get(connection, run.id)
        failpoint.pass_by("select.after_page" if run.state is PrintRunState.SELECTING else "select.after_sealing")
    return run


def seeds_left_out(connection: Connection, settings: Settings, run: PrintRun) -> str:
    """Which seed addresses get no letter of a sealed run and why, empty where each has one; by numbers, for it goes into logs."""
    without = seeding.without_letter(connection, run)
    if not without:
        return ""
    try:
        return seeding.told(seeding.left_out(connection, _work(connection, settings, run), run, without))
    except PostillionError as error:  # a layout or an offer is gone since: that keeps nobody from approving what is set already
        return seeding.told({seed.id: f"the reason can no longer be told ({error})" for seed in without})


def _work(connection: Connection, settings: Settings, run: PrintRun) -> Work:
    zone = ZoneInfo(settings.timezone)
    return prepare(
        connection,
        campaigns.version(connection, run.version_id),
        load_layouts(run, settings.layouts_dir),
        Occasion(run.sender, run.letter_date, run.public_url, zone, run.production.address_lines),
        Day(run.created_at, zone, settings.delivery_days),
        settings.secret,
        settings.tariff_file,
        run.max_letters,
    )


def _page(connection: Connection, work: Work, run: PrintRun, layouts_dir: Path | None) -> bool:
    """Decide on the next page; False if there is none."""
    candidates = audience.page(connection, run.campaign_id, work.campaign, run.sender.country, run.cursor, PAGE, work.day)
    if not candidates:
        return False
    sifted = sift(work, candidates, rivals_of(connection, work, layouts_dir))
    choices = fill(work, _tally(connection, work, run, sifted), sifted)
    wanted = [choice.letter for choice in choices if choice.letter]
    added = letters.add(connection, run.campaign_id, run.id, wanted, run.created_at)
    verdicts = {choice.candidate.facts.customer_id: choice.verdict for choice in choices}
    for new in wanted:
        if new.customer_id not in added:  # the unique key says that they have had this step for this trigger
            verdicts[new.customer_id] = excluded(Reason.NOT_DUE)
    holdouts.add(connection, run.campaign_id, run.id, [choice.holdout for choice in choices if choice.holdout], run.created_at)
    audience.record(connection, run.campaign_id, list(verdicts.items()), run.created_at)
    funnel = Funnel(run.funnel.counts + Counter(verdict.label for verdict in verdicts.values()))
    print_runs.note_page(connection, run, candidates[-1].facts.customer_id, funnel)
    failpoint.pass_by("select.before_page_commit")
    return True


def _tally(connection: Connection, work: Work, run: PrintRun, sifted: Sequence[Choice]) -> Tally:
    """What the run, and the campaign as a whole, have used up so far, as far as anything limits it."""
    reached = [choice for choice in sifted if not choice.verdict.is_excluded]
    if not reached:
        return Tally()
    limits, tally = work.campaign.limits, Tally()
    if work.max_letters is not None or limits.budget_per_run_cents is not None:
        tally.letters, tally.cost_cents = letters.spent(connection, print_run_id=run.id)
    if limits.max_letters is not None or limits.budget_cents is not None:
        tally.all_letters, tally.all_cost_cents = letters.spent(connection, campaign_id=run.campaign_id)
    if tally.limit_reached(work, 1):
        return tally  # nobody will be asked for more: to make a household's key takes time
    keys = {choice.candidate.household_key for choice in reached}
    tally.households = letters.households(connection, run.id, keys) | holdouts.households(connection, run.id, keys)
    imported = {slug: offer_id for slug, (offer_id, offer) in work.offers.items() if offer.codes is CodeSource.IMPORTED}
    least = run.letter_date + work.good_until
    tally.codes = {slug: code_pool.left(connection, offer_id, least, len(reached)) for slug, offer_id in imported.items()}
    return tally


def _seal(connection: Connection, work: Work, run: PrintRun, per_file: int) -> None:
    """Settle what is printed: with a letter to each seed address, or nothing at all where the run is too small."""
    made = letters.count(connection, run.id, seeds=False)
    if waits(work.campaign, made):
        _let_wait(connection, run)
    elif made:
        seeding.add_letters(connection, work, run)
    sealed = print_files.seal(connection, run.id, run.name, per_file)
    if not sealed:  # everybody was held out: there is no hand-over to wait for
        holdouts.settle(connection, run.id, run.created_at)
    print_runs.must_move(connection, run.id, PrintRunState.SELECTING, PrintRunState.RENDERING if sealed else PrintRunState.EMPTY)
    failpoint.pass_by("select.before_sealing_commit")


def _let_wait(connection: Connection, run: PrintRun) -> None:
    """Take everything back: the people are as free for the next run as if they had not been looked at."""
    people = letters.remove(connection, run.id) | holdouts.remove(connection, run.id)
    audience.record(connection, run.campaign_id, [(one, excluded(Reason.BELOW_MINIMUM)) for one in sorted(people)], run.created_at)
    print_runs.note_page(connection, run, run.cursor, as_waiting(run.funnel))
