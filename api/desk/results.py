"""What has each campaign brought, and how sure is that (product.md 9)?"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.desk import result_charts
from api.desk.charts import share_bar
from api.desk.sessions import SignedIn
from api.errors import NotFound
from api.office import AtOffice, Office
from api.pages import render, wording_for
from campaigns.results import CampaignResults, Meter, Overview, Reckoning
from campaigns.results.as_csv import overview_csv, results_csv
from printshop.cost import read_tariff
from printshop.errors import InvalidTariff
from store import campaigns, results

log = logging.getLogger(__name__)

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])

WINDOWS = (30, 60, 90)
METER_DAYS = (30, 60, 90, 365)
LONGEST_DAYS = 365
SORTED: dict[str, Callable[[Overview], object]] = {
    "campaign": lambda one: (one.name.casefold(), one.slug),
    "letters_out": attrgetter("total.handed_over"),
    "stage_scanned": attrgetter("total.scanned"),
    "redeemed_coupons": attrgetter("total.redeemed"),
    "orders_of_mailed": attrgetter("total.orders"),
    "revenue": attrgetter("total.revenue_cents"),
    "cost": attrgetter("total.cost_cents"),
    "return_on_spend_short": lambda one: one.total.return_on_spend or Decimal(0),
}
"""Column -> what it is sorted by; numbers the largest first."""
Days = Annotated[int | None, Query(ge=1, le=LONGEST_DAYS)]


@router.get("/results")
def overview(request: Request, office: AtOffice, days: Annotated[int, Query(ge=1, le=LONGEST_DAYS)] = 30, sort: str = "campaign") -> Response:
    """All campaigns, and how many of those written to in the last days have ordered."""
    column, reckoning = sort if sort in SORTED else "campaign", reckoning_of(office)
    found, now = overview_of(office, reckoning)
    meters = office.reckoned.of(("meters", days, reckoning), lambda: _meters(office, days, reckoning))
    wording = wording_for(request)
    return render(
        request,
        "desk/results.html",
        campaigns=sorted(found, key=SORTED[column], reverse=column != "campaign"),  # type: ignore[arg-type]  # each column is of one kind
        meters=[(one, result_charts.meter(one, wording)) for one in meters],
        days=days,
        choices=METER_DAYS,
        columns=tuple(SORTED),
        sort=column,
        window=reckoning.window_days,
        now=now,
    )


@router.get("/results.csv")
def overview_list(office: AtOffice) -> Response:
    """The same for a spreadsheet."""
    reckoning = reckoning_of(office)
    found, _ = overview_of(office, reckoning)
    return _csv("".join(overview_csv(found, reckoning.window_days)), "results.csv")


@router.get("/campaigns/{slug}/results")
def campaign_results(slug: str, request: Request, office: AtOffice, days: Days = None) -> Response:
    """One campaign: what its letters brought, at least, at most and beyond the holdout."""
    found, wording = _results(office, slug, days), wording_for(request)
    return render(
        request,
        "desk/campaign_results.html",
        found=found,
        total=found.total,
        excluded=sorted(found.total.excluded.items(), key=lambda one: -one[1]),
        everybody_excluded=sum(found.total.excluded.values()),
        three=result_charts.three(found, wording),
        funnel=result_charts.funnel(found.total, wording),
        over_time=result_charts.days(found, wording),
        by_week=len(found.days) > result_charts.MOST_COLUMNS,
        windows=sorted({*WINDOWS, found.window_days}),
        signed=lambda number: result_charts.signed(number, wording),
        share_bar=share_bar,
    )


@router.get("/campaigns/{slug}/results.csv")
def campaign_list(slug: str, office: AtOffice, days: Days = None) -> Response:
    """The same for a spreadsheet, by step and layout."""
    found = _results(office, slug, days)
    return _csv("".join(results_csv(found)), f"results-{found.slug}.csv")


def _results(office: Office, slug: str, days: int | None) -> CampaignResults:
    """Raises NotFound for a campaign that nobody knows."""
    usual = reckoning_of(office)
    reckoning = replace(usual, window_days=days or usual.window_days)

    def reckon() -> CampaignResults:
        with office.reading() as connection:
            found = results.of_campaign(connection, slug.replace("\0", ""), reckoning, datetime.now(UTC))
        if found is None:
            raise NotFound
        return found

    return office.reckoned.of(("campaign", slug, reckoning), reckon)


def overview_of(office: Office, reckoning: Reckoning) -> tuple[Sequence[Overview], datetime]:
    """Every campaign that there is now, and as of when their numbers are: up to a minute ago where they take long."""
    with office.reading() as connection:
        slugs = tuple(campaigns.slugs(connection))

    def reckon() -> tuple[Sequence[Overview], datetime]:
        now = datetime.now(UTC)
        with office.reading() as connection:
            return results.overview(connection, reckoning, now), now

    return office.reckoned.of(("overview", slugs, reckoning), reckon)


def _meters(office: Office, days: int, reckoning: Reckoning) -> Sequence[Meter]:
    with office.reading() as connection:
        return results.meters(connection, days, office.settings.meter_targets, reckoning, datetime.now(UTC))


def reckoning_of(office: Office) -> Reckoning:
    """With the tariff's currency; where the tariff cannot be read, as an installation has it that never set one."""
    try:
        return office.settings.reckoning(read_tariff(office.settings.tariff_file).currency)
    except InvalidTariff as error:
        log.warning("Results are reckoned in %s: %s", Reckoning().currency, error)
        return office.settings.reckoning(Reckoning().currency)


def _csv(content: str, name: str) -> Response:
    return Response(content.encode(), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'})
