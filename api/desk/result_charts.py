"""How do a campaign's results become charts, and the numbers beside them?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from markupsafe import Markup

from api.desk.charts import Bar, Gauge, Panel, bars, gauge, panels
from api.wording import Wording
from campaigns.results import CampaignResults, Counts, Day, Lift, Meter

MOST_COLUMNS = 92
"""A quarter by day; what is longer is shown by week, or the columns of a phone would be hairs."""
STAGES = ("selected", "handed_over", "printed", "posted", "scanned", "redeemed", "buyers")


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture and what it shows: rows of a label and a number in words."""

    picture: Markup
    rows: tuple[tuple[str, ...], ...]


def funnel(counts: Counts, wording: Wording) -> Chart:
    """From the letters that were selected to the people who bought."""
    shown = [(wording.say(f"stage_{stage}"), getattr(counts, stage), _stage(counts, stage, wording)) for stage in STAGES]
    told = wording.names(wording.say("label_and_count", stage=label, count=text) for label, _, text in shown)
    rows = tuple((label, text, wording.share(count, counts.selected)) for label, count, text in shown)
    return Chart(bars("funnel", wording.say("results_funnel"), told, [Bar(label, count, text) for label, count, text in shown]), rows)


def _stage(counts: Counts, stage: str, wording: Wording) -> str:
    count = getattr(counts, stage)
    is_silent = stage in ("printed", "posted") and not count and counts.handed_over
    return wording.say("not_reported") if is_silent else wording.count(count)


def three(results: CampaignResults, wording: Wording) -> Chart:
    """Buyers: at least, at most, because of the letters; the last one only where it can be told."""
    say, count = wording.say, wording.count
    shown = [
        Bar(say("at_least"), results.floor.buyers, count(results.floor.buyers), "found"),
        Bar(say("at_most"), results.ceiling.buyers, count(results.ceiling.buyers), "most"),
    ]
    effect = say("no_lift")
    if isinstance(results.lift, Lift):
        lifted = results.lift.buyers
        effect = say("interval_of", value=signed(lifted.value, wording), low=signed(lifted.low, wording), high=signed(lifted.high, wording))
        shown.append(Bar(say("because_of_letters"), lifted.value, effect, "effect", lifted.low, lifted.high))
    rows = (*((bar.label, bar.text) for bar in shown[:2]), (say("because_of_letters"), effect))
    told = wording.names(say("label_and_count", stage=label, count=text) for label, text in rows)
    return Chart(bars("three", say("chart_three"), told, shown), rows)


def signed(number: float, wording: Wording) -> str:
    """A difference as a whole number, its sign in front: ``+38``."""
    whole = round(number)
    return f"+{wording.count(whole)}" if whole > 0 else wording.count(whole).replace("-", "\u2212")


def days(results: CampaignResults, wording: Wording) -> Chart | None:
    """Letters posted, scans and orders, by day or by week; None where nothing has happened yet."""
    by_week = len(results.days) > MOST_COLUMNS
    shown = _weeks(results.days) if by_week else results.days
    if not shown:
        return None
    numbers = {
        "letters_posted": ("quiet", [day.posted for day in shown]),
        "scans_by_people": ("", [day.scans for day in shown]),
        "orders_of_mailed": ("effect", [day.orders for day in shown]),
    }
    drawn = [Panel(wording.say(label), wording.count(sum(values)), tuple(values), kind) for label, (kind, values) in numbers.items()]
    told = wording.names(wording.say("label_and_count", stage=panel.label, count=panel.text) for panel in drawn)
    title = f"{wording.say('results_days')} ({wording.say('by_week' if by_week else 'by_day')})"
    picture = panels("days", title, told, drawn, wording.day(shown[0].day), wording.day(shown[-1].day))
    rows = tuple(
        (wording.day(day.day), wording.count(day.posted), wording.count(day.scans), wording.count(day.orders))
        for day in shown
        if day.posted or day.scans or day.orders
    )
    return Chart(picture, rows)


def _weeks(shown: Sequence[Day]) -> tuple[Day, ...]:
    return tuple(_week(monday, within) for monday, within in groupby(shown, key=lambda day: day.day - timedelta(days=day.day.weekday())))


def _week(monday: date, within: Iterable[Day]) -> Day:
    found = list(within)
    return Day(monday, sum(day.posted for day in found), sum(day.scans for day in found), sum(day.orders for day in found))


def meter(shown: Meter, wording: Wording) -> Markup:
    """A meter against its target band."""
    low, high = (wording.share(round(end * 10), 1000) for end in (shown.target.low, shown.target.high))
    label = wording.say("meter_target", low=low, high=high)
    text = wording.say(f"position_{shown.position}")
    title, told = wording.say(f"meter_{shown.kind}"), f"{wording.share(shown.converted, shown.contacted)}, {text}. {label}."
    return gauge(f"meter-{shown.kind}", title, told, Gauge(label, shown.share or 0.0, shown.target.low / 100, shown.target.high / 100, low, high))
