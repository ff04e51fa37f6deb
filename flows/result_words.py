"""How are results said to a marketer at a terminal and in the Prefect UI?"""

from collections.abc import Sequence
from datetime import UTC
from decimal import Decimal

from campaigns.offer_words import money
from campaigns.results import CampaignResults, Counts, Lift, Meter, NoLift, NoLiftReason, Overview, Take

WHY_NOT = {
    NoLiftReason.NO_LETTERS: "no letter has been posted yet",
    NoLiftReason.NO_HOLDOUT: "the campaign holds nobody out, so there is nothing to compare with: a holdout of 10 % is mostly enough",
    NoLiftReason.FEW_HELD_OUT: "fewer than 100 people are held out so far",
    NoLiftReason.FEW_BUYERS: "too few have bought so far to tell an effect from chance",
}


def result_lines(results: CampaignResults) -> list[str]:
    """The three numbers in words, then what makes them preliminary or estimated."""
    lines = [
        f"At least: {_take(results.floor, results.currency)} with the coupon of the letter.",
        f"At most: {_take(results.ceiling, results.currency)} within {results.window_days} days after posting, with the coupon or without.",
        *(["More at least than at most: coupons were redeemed after these days, or by somebody who got no letter."] if results.is_floor_above else []),
        f"Because of the letters: {_effect(results)}{_still(results.lift)}",
        f"Cost: {money(results.total.cost_cents, results.currency, 'en')} without VAT, estimated; at most {_ratio(results.total.return_on_spend)} came back.",
    ]
    lines += [f"In another currency besides: {one.orders} orders, {money(one.revenue_cents, one.currency, 'en')}." for one in results.other_currencies]
    if results.total.estimated:
        told = f"no posting is reported of {results.total.estimated} letters; their days count from {results.posting_days} days after the hand-over"
        lines.append(f"Estimated: {told}.")
    if results.running_until:
        lines.append(f"Preliminary: the days after the last posting are running until {results.running_until.astimezone(UTC):%Y-%m-%d}.")
    return lines


def _take(take: Take, currency: str) -> str:
    return f"{take.buyers} buyers, {take.orders} orders, {money(take.revenue_cents, currency, 'en')}"


def _effect(results: CampaignResults) -> str:
    found = results.lift
    hint = ""
    if found.hint:
        one = found.hint
        hint = f" To see a difference of {one.points:g} percentage point(s) it takes about {one.mailed} letters and {one.held_out} people held out."
    if isinstance(found, NoLift):
        return f"cannot be told: {WHY_NOT[found.reason]}.{hint}"
    buyers, revenue = found.buyers, found.revenue_cents
    groups = f"{found.mailed.people} mailed people against {found.held_out.people} held out"
    between = f"{round(buyers.value):+} buyers (95 % interval {round(buyers.low):+} to {round(buyers.high):+}; {groups})"
    if not found.is_significant:
        return f"not proven yet, {between}.{hint}"
    extra = " to ".join(money(round(end), results.currency, "en") for end in (revenue.low, revenue.high))
    return f"{between}, extra revenue {money(round(revenue.value), results.currency, 'en')} ({extra})."


def _still(found: Lift | NoLift) -> str:
    if isinstance(found, NoLift) or not found.still_watched:
        return ""
    left = "the comparison is preliminary" if found.is_preliminary else "they are not in the comparison"
    return f" Of {found.still_watched} people the time is still running: {left}."


def _ratio(ratio: Decimal | None) -> str:
    return "nothing" if ratio is None else f"{ratio} times"


def result_rows(results: CampaignResults) -> list[dict[str, object]]:
    """A row for each step and layout, and one for all together."""
    named = [(f"step {line.step}" if line.layout is None else f"step {line.step}, {line.layout}", line.counts) for line in results.lines]
    return [{"letters of": name, **_cells(counts, results.currency)} for name, counts in (*named, ("all", results.total))]


def overview_rows(campaigns: Sequence[Overview]) -> list[dict[str, object]]:
    """A row for each campaign."""
    return [{"campaign": one.slug, **_cells(one.total, one.currency)} for one in campaigns]


def meter_rows(meters: Sequence[Meter]) -> list[dict[str, object]]:
    """A row for each meter."""
    return [
        {
            "meter": one.kind.replace("_", " "),
            "written to": one.contacted,
            "ordered since": one.converted,
            "share": "" if one.share is None else f"{one.share:.1%}",
            "target": f"{one.target.low:g} to {one.target.high:g} %",
            "how it stands": one.position.replace("_", " "),
        }
        for one in meters
    ]


def _cells(counts: Counts, currency: str) -> dict[str, object]:
    return {
        "handed over": counts.handed_over,
        "held out": counts.holdout,
        "posted": counts.posted,
        "returned": counts.returned,
        "scanned": counts.scanned,
        "redeemed": counts.redeemed,
        "buyers": counts.buyers,
        "orders": counts.orders,
        "revenue": money(counts.revenue_cents, currency, "en"),
        "cost": money(counts.cost_cents, currency, "en"),
        "return": "" if counts.return_on_spend is None else f"{counts.return_on_spend}",
    }


def as_markdown(results: CampaignResults, address: str) -> str:
    """What the artifact of a campaign says above its table."""
    return "\n".join(
        [f"### Results of *{results.slug}* so far", *(f"- {line}" for line in result_lines(results)), "", f"[Charts, days and reasons]({address})"]
    )
