"""How do all active campaigns look at everybody at one moment, without writing anything?"""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from campaigns.day import Day
from campaigns.errors import InvalidCampaign
from campaigns.overlap import SHOWN, Overlap, Split
from campaigns.roll import Group, Roll
from store import audience, campaigns, overlap
from store.campaigns import SavedCampaign
from store.engine import Connection, Engine, reading
from store.settings import Settings

PAGE = 5000
LOOKS_BACK = 90
"""Days for which the letters in the database are looked at: what the rules say of today proves nothing of them."""
Hear = Callable[[float, str], None]
"""How far the work is, between 0 and 1, and on what."""


@dataclass(frozen=True, slots=True)
class Table:
    """Some rows under a title, for the Prefect UI and for a terminal."""

    title: str
    rows: list[dict[str, str | int]]


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found, with what is needed to say it."""

    roll: Roll
    overlap: Overlap
    resting: tuple[str, ...]
    """Slugs of campaigns that select nobody on this day."""
    broken: tuple[str, ...]
    """Slugs of campaigns whose definition is of an older version and cannot run any more."""
    written_twice: tuple[int, ...]
    """Customer ids that have two letters of one day, in the database and not by the rules: must be empty."""


def compare(engine: Engine, settings: Settings, moment: datetime, hear: Hear) -> Compared:
    """Put everybody before every campaign that runs on the day of ``moment``.

    One transaction that only reads: an import in the middle must not look like a gap. It takes a byte for each person and campaign, and
    three more for each person.
    """
    day = Day(moment, ZoneInfo(settings.timezone), settings.delivery_days)
    with reading(engine) as connection:
        saved, broken = _saved(connection)
        today = {slug: found for slug, found in saved.items() if found.definition.runs_on(day.today)}
        twice = overlap.written_twice(connection, day, LOOKS_BACK)
        roll = Roll([found.definition for found in today.values()], day, settings.secret)
        last_id, parts = _enrol(connection, roll), len(roll.campaigns) or 1
        for place, campaign in enumerate(roll.campaigns):
            for last in _hear_all(connection, roll, place, today[campaign.slug], settings.sender.country, day):
                hear((place + last / last_id) / parts, campaign.slug)
    hear(1.0, "done")
    return Compared(roll, Overlap(roll), tuple(slug for slug in saved if slug not in today), broken, tuple(twice))


def _saved(connection: Connection) -> tuple[dict[str, SavedCampaign], tuple[str, ...]]:
    found: dict[str, SavedCampaign] = {}
    broken: list[str] = []
    for slug in campaigns.slugs(connection):
        try:
            if saved := campaigns.by_slug(connection, slug):
                found[slug] = saved
        except InvalidCampaign:
            broken.append(slug)
    return found, tuple(broken)


def _enrol(connection: Connection, roll: Roll) -> int:
    last = 0
    while page := overlap.people(connection, last, PAGE):
        for customer_id, group in page:
            roll.enrol(customer_id, group)
        last = page[-1][0]
    return last


def _hear_all(connection: Connection, roll: Roll, place: int, saved: SavedCampaign, home: str, day: Day) -> Iterator[int]:
    """Yields the last id of each page."""
    last = 0
    while page := audience.page(connection, saved.id, saved.definition, home, last, PAGE, day):
        for candidate in page:
            roll.hear(place, candidate.facts)
        last = page[-1].facts.customer_id
        yield last


def tables(found: Overlap) -> list[Table]:
    """The counts as tables; those without rows are left out."""
    made = [_standings(found), _wins(found), _unreached(found), _pairs(found)]
    return [table for table in made if table.rows]


def _standings(found: Overlap) -> Table:
    rows: list[dict[str, str | int]] = [
        {
            "campaign": one.campaign.slug,
            "priority": one.campaign.limits.priority,
            "audience": one.audience,
            "would reach": one.reached,
            "of them held out": one.held_out,
            "others want them too": one.contested,
            "writes to": one.writes,
            "wait": one.waiting,
            "out": one.out,
        }
        for one in found.standings
    ]
    return Table("Each campaign, in the order in which they have the day", rows)


def _wins(found: Overlap) -> Table:
    rows: list[dict[str, str | int]] = [{"goes first": winner, "before": loser, "people": count} for (winner, loser), count in found.wins.items()]
    return Table("Whom two campaigns would write to today, and which one does", rows)


def _unreached(found: Overlap) -> Table:
    rows: list[dict[str, str | int]] = [
        {"closest to a letter": label.replace("_", " "), **{_plural(group): counts[group] for group in Group}} for label, counts in found.unreached.items()
    ]
    return Table("Reached by none today", rows)


def _pairs(found: Overlap) -> Table:
    slugs = [campaign.slug for campaign in found.campaigns]
    rows: list[dict[str, str | int]] = [{"belong to": one, **{f"and {other}": found.pairs[one, other] for other in slugs}} for one in slugs]
    return Table("People who belong to two campaigns (a campaign and itself: all of its own)", rows)


def _plural(group: Group) -> str:
    return {Group.CUSTOMER: "customers", Group.PROSPECT: "prospects", Group.PROSPECT_WITHOUT_ACCOUNT: "prospects without an account"}[group]


def sentences(compared: Compared, desk_url: str) -> list[str]:
    """What the numbers mean, one sentence each, with links to the people where something does not add up."""
    found = compared.overlap
    people = ", ".join(f"{found.groups[group]} {_plural(group)}" for group in Group)
    reached = ", ".join(f"{found.reached[group]} {_plural(group)}" for group in Group)
    lines = [f"{found.groups.total()} people: {people}.", f"Reached by at least one campaign today, held-out people included: {reached}."]
    if found.reached_twice:
        lines.append(f"WRONG: {found.reached_twice} people would get two letters today: {_links(found.twice, desk_url)}")
    else:
        lines.append("Nobody would get two letters today.")
    lines.append(_written_twice(compared.written_twice, desk_url))
    for split in found.splits:
        lines += _split_lines(split, desk_url)
    if not found.splits:
        lines.append("Prospects are not split between two campaigns: that takes one of no_purchase and one of abandoned_cart.")
    priorities = [campaign.limits.priority for campaign in found.campaigns]
    if len(set(priorities)) < len(priorities):
        lines.append("Campaigns of equal priority are taken in the order of their names here; in truth whichever runs first has the day.")
    if compared.resting:
        lines.append(f"Not looked at, because they are inactive or do not run on this day: {', '.join(compared.resting)}.")
    if compared.broken:
        lines.append(f"Not looked at, because they were saved by an older version and cannot run: {', '.join(compared.broken)}. Save them anew.")
    lines.append(
        "Households, budgets, minimum print runs, coupons that run out and letters that cannot be printed are not in these numbers: "
        "the dry run of a campaign shows them."
    )
    return lines


def _written_twice(ids: tuple[int, ...], desk_url: str) -> str:
    if not ids:
        return f"The letters of the last {LOOKS_BACK} days: 0 people have two of one day."
    more = " …" if len(ids) > SHOWN else ""
    return (
        f"WRONG, unless they are customers who were merged since: of the letters of the last {LOOKS_BACK} days, {len(ids)} people have two of one day: "
        f"{_links(ids[:SHOWN], desk_url)}{more}"
    )


def _split_lines(split: Split, desk_url: str) -> list[str]:
    how = f"Set up otherwise ({split.differs})" if split.differs else "Split without gap and overlap" if split.holds else "WRONG: not split cleanly"
    lines = [f"{how}: {split}"]
    if split.both:
        lines.append(f"In both: {_links(split.in_both, desk_url)}{' …' if split.both > len(split.in_both) else ''}")
    if split.none:
        lines.append(f"In none: {_links(split.in_none, desk_url)}{' …' if split.none > len(split.in_none) else ''}")
    return lines


def _links(ids: list[int] | tuple[int, ...], desk_url: str) -> str:
    return ", ".join(f"{desk_url}/desk/customers/{one}" for one in ids)


def write_csv(compared: Compared, path: Path) -> int:
    """Everybody in a row: what each campaign says, and which writes today; gives the number of people.  Ids only, no names."""
    count = 0
    with _replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["customer", "group", "writes today", *(campaign.slug for campaign in compared.roll.campaigns)])
        for person, group, winner, labels in compared.roll.people():
            writer.writerow([person, group, winner, *labels])
            count += 1
    return count


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A file of that name is there whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
