"""What would a campaign do now?  Everything up to the proofs, and nothing that stays in the database (product.md 3.6)."""

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import layouts
from campaigns.day import Day
from campaigns.letter import Occasion
from campaigns.offer import CodeSource
from campaigns.offer_words import money
from campaigns.overlap import SHOWN
from campaigns.print_run import PrintRunState
from campaigns.verdict import Funnel, Reason
from flows.clock import local_date
from flows.errors import UnknownCampaign
from flows.selection.choosing import Choice, Tally, Work, as_waiting, choose, prepare, waits
from flows.selection.competing import rivals_of
from flows.selection.proofs import Cell, Proofs, print_proofs
from layouts import print_shop
from layouts.production import Production
from letters.check import refuse_misfits
from letters.free_zones import refuse_intrusions
from store import audience, campaigns, code_pool, letters, overlap, print_runs
from store.campaigns import SavedCampaign
from store.engine import Connection, Engine, reading
from store.print_runs import PrintRun
from store.settings import Settings

PAGE = 5000
MOST_CODES = 1_000_000
"""Imported codes that are looked at: more letters than that are not made in one run."""
KEPT = timedelta(days=7)
"""Proofs name people."""
Hear = Callable[[float], None]
"""How far the work is, between 0 and 1."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What came out."""

    campaign: str
    letter_date: date
    funnel: Funnel
    """Just as a print run of this moment would have it."""
    would_be: int
    """Letters that the run would make, whether it is printed or waits because it is too small."""
    cost_cents: int
    """Of these letters, without VAT."""
    currency: str
    parts: dict[Cell, int]
    """Letters by step, layout and language."""
    proof: Path | None
    """The PDF, None where there is no letter to show."""
    proofs: int
    notes: tuple[str, ...]
    """What must be known to read it, a sentence each."""
    unprintable: tuple[tuple[int, str], ...]
    """Customer id and reason, the first of those whose letter cannot be set.  The reason may hold a name."""

    @property
    def waits(self) -> bool:
        """Too small to be printed."""
        return bool(self.would_be) and not self.funnel.selected


def folder_of(settings: Settings) -> Path:
    """Where proofs lie until housekeeping removes them."""
    return settings.data_dir / "dry_runs"


def dry_run(
    engine: Engine, settings: Settings, slug: str, moment: datetime, hear: Hear, *, max_letters: int | None = None, proof: Path | None = None
) -> DryRun:
    """Decide on everybody as a print run of ``moment`` would, and print proofs into ``proof`` or the folder of dry runs.

    Only reads the database, each page in a transaction of its own. Raises UnknownCampaign, and what keeps a real run from starting:
    LayoutError, Misfit, InvalidTariff, NoPostage.
    """
    day = Day(moment, ZoneInfo(settings.timezone), settings.delivery_days)
    production = print_shop.load(settings.print_shop, settings.output_profile, settings.output_condition)
    with reading(engine) as connection:
        saved = _saved(connection, slug)
        notes = [*_resting(saved, day), *_meanwhile(print_runs.unfinished(connection, saved.id))]
        work = _work(connection, settings, saved, day, production, max_letters)
        tally = _tally(connection, saved, work)
        last_id = overlap.last_id(connection)
    seen, after = _Seen(), 0
    while choices := _page(engine, settings, saved, work, tally, after):
        for choice in choices:
            seen.add(choice)
        after = choices[-1].candidate.facts.customer_id
        hear(min(after / last_id, 1.0))
    funnel = as_waiting(Funnel(seen.counts)) if waits(work.campaign, tally.letters) else Funnel(seen.counts)
    where, printed = None, 0
    if seen.proofs.counts:
        where = proof or folder_of(settings) / f"{slug}-{moment:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}.pdf"
        rendered = print_proofs(seen.proofs, work, where, moment, production)
        printed = len(rendered.placed) - len(rendered.failures)
        notes += [f"{len(rendered.failures)} of the proofs could not be set: a run would leave such letters out."] if rendered.failures else []
    hear(1.0)
    return DryRun(
        slug,
        work.occasion.letter_date,
        funnel,
        tally.letters,
        tally.cost_cents,
        work.tariff.currency,
        seen.proofs.counts,
        where,
        printed,
        tuple(notes),
        tuple(seen.unprintable),
    )


@dataclass(slots=True)
class _Seen:
    """What is kept of the choices, page by page."""

    counts: Counter[str] = field(default_factory=Counter)
    proofs: Proofs = field(default_factory=Proofs)
    unprintable: list[tuple[int, str]] = field(default_factory=list)

    def add(self, choice: Choice) -> None:
        self.counts[choice.verdict.label] += 1
        if choice.letter:
            self.proofs.see(choice.letter)
        if choice.verdict.reason is Reason.UNPRINTABLE_TEXT and len(self.unprintable) < SHOWN:
            self.unprintable.append((choice.candidate.facts.customer_id, choice.verdict.detail))


def _saved(connection: Connection, slug: str) -> SavedCampaign:
    saved = campaigns.by_slug(connection, slug)
    if saved is None:
        known = ", ".join(campaigns.slugs(connection)) or "none yet"
        raise UnknownCampaign(f"There is no campaign {slug!r} (saved are: {known}). Save it with the flow save-campaign.")
    return saved


def _work(connection: Connection, settings: Settings, saved: SavedCampaign, day: Day, production: Production, max_letters: int | None) -> Work:
    names = dict.fromkeys(name for step in saved.definition.steps for name in step.layouts)
    found = {name: production.fitted(layouts.load(name, settings.layouts_dir)) for name in names}
    for layout in found.values():
        refuse_misfits(layout, settings.sender)
        refuse_intrusions(layout, settings.sender, settings.public_url, production)
    occasion = Occasion(settings.sender, local_date(day.now, settings.timezone), settings.public_url, ZoneInfo(settings.timezone), production.address_lines)
    return prepare(connection, saved.definition, found, occasion, day, settings.secret, settings.tariff_file, max_letters)


def _tally(connection: Connection, saved: SavedCampaign, work: Work) -> Tally:
    """What the campaign has used up so far, and the codes that are left; households and letters of this run are counted as it goes."""
    made, cents = letters.spent(connection, campaign_id=saved.id)
    imported = {slug: offer_id for slug, (offer_id, offer) in work.offers.items() if offer.codes is CodeSource.IMPORTED}
    least, most = work.occasion.letter_date + work.good_until, MOST_CODES if work.max_letters is None else work.max_letters
    codes = {slug: code_pool.left(connection, offer_id, least, most) for slug, offer_id in imported.items()}
    return Tally(all_letters=made, all_cost_cents=cents, codes=codes)


def _page(engine: Engine, settings: Settings, saved: SavedCampaign, work: Work, tally: Tally, after: int) -> list[Choice]:
    """What becomes of the next page of people; empty after the last."""
    home = work.occasion.sender.country
    with reading(engine) as connection:
        candidates = audience.page(connection, saved.id, work.campaign, home, after, PAGE, work.day)
        return choose(work, tally, candidates, rivals_of(connection, work, settings.layouts_dir))


def _resting(saved: SavedCampaign, day: Day) -> list[str]:
    if saved.definition.runs_on(day.today):
        return []
    return [
        f"The campaign is switched off, or {day.today} is before its first or after its last day: a real run would select nobody today. "
        "This is what it would do if it might."
    ]


def _meanwhile(run: PrintRun | None) -> list[str]:
    if run is None:
        return []
    here = f"Print run {run.id} of this campaign is {run.state.replace('_', ' ')}: whom it has selected counts as written to here."
    if run.state is PrintRunState.SELECTING:
        return [f"{here} A real run started now would go on with that one."]
    if run.state is PrintRunState.AWAITING_APPROVAL:
        return [f"{here} A real run started now would end and ask you to approve or reject that one first; what you see is what the next one would do now."]
    return [f"{here} A real run started now would go on with that one and select nobody new; what you see is what the next one would do now."]


def sentences(found: DryRun) -> list[str]:
    """The result in words, a sentence each."""
    each = f", {money(round(found.cost_cents / found.would_be), found.currency, 'en')} each" if found.would_be else ""
    cost = f"{found.would_be} letter{'' if found.would_be == 1 else 's'} for {money(found.cost_cents, found.currency, 'en')} without VAT{each}"
    lines = [f"Dry run of {found.campaign}, letter date {found.letter_date}: nothing was stored, no coupon was issued, nothing was handed over."]
    if found.waits:
        lines.append(f"It would wait: {cost}, fewer than the minimum print run.")
    elif found.would_be:
        lines.append(f"It would print {cost}; seed addresses come on top.")
    else:
        lines.append("It would print nothing.")
    parts = ", ".join(f"{count} of step {step} ({layout}, {language})" for (step, layout, language), count in sorted(found.parts.items()))
    return [*lines, *([f"Letters: {parts}."] if parts else []), *found.notes]


def law(found: DryRun) -> list[str]:
    """What was looked at for the law's sake, with its numbers."""
    counts = found.funnel.counts
    return [
        f"{counts['objection']} people left out because they objected; objections are checked again right before hand-over",
        f"{counts['robinson']} prospects left out because they stand on the Robinson list",
        f"{counts['marketplace_order']} marketplace buyers and {counts['too_old']} people for whom it is too late left out",
        "every letter tells of the right to object and carries the code for it (the layout is refused otherwise)",
    ]
