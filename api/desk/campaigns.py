"""Which campaigns are there, what does each say, and what has it done so far?"""

import logging
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.desk.campaign_words import audience_in_words, limits_in_words, steps_in_words
from api.desk.results import overview_of, reckoning_of
from api.desk.sessions import SignedIn
from api.errors import NotFound
from api.office import AtOffice, Office
from api.pages import render, wording_for
from printshop.cost import read_tariff
from printshop.errors import InvalidTariff
from store import campaign_history, offers

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])

log = logging.getLogger(__name__)

RUNS = 20
NO_CURRENCY = "XXX"
"""ISO 4217's own code for none."""


@router.get("/campaigns")
def campaign_list(request: Request, office: AtOffice) -> Response:
    """Every campaign with its newest run."""
    with office.reading() as connection:
        found = campaign_history.everything(connection)
    overview, now = overview_of(office, reckoning_of(office))
    brought = {one.slug: one for one in overview}
    return render(request, "desk/campaigns.html", campaigns=found, brought=brought, now=now, prefect=deployment_url(office.settings.prefect_url, ""))


@router.get("/campaigns/{slug}")
def campaign(slug: str, request: Request, office: AtOffice) -> Response:
    """One campaign in words, with its newest runs."""
    with office.reading() as connection:
        found = campaign_history.of(connection, slug.replace("\0", ""), RUNS)
        if found is None:
            raise NotFound
        definition = found.definition
        known = offers.by_slug(connection, {step.offer for step in definition.steps} - {""}) if definition else {}
    wording, currency = wording_for(request), _currency(office)
    return render(
        request,
        "desk/campaign.html",
        found=found,
        campaign=definition,
        audience=audience_in_words(definition, wording) if definition else (),
        steps=steps_in_words(definition, {name: offer for name, (_, offer) in known.items()}, wording) if definition else (),
        limits=limits_in_words(definition.limits, currency, wording) if definition else (),
        currency=currency,
        limit=RUNS,
        prefect=deployment_url(office.settings.prefect_url, found.slug),
    )


def _currency(office: Office) -> str:
    """Of costs and budgets; where the tariff cannot be read, a page without the name of the currency is better than none."""
    try:
        return read_tariff(office.settings.tariff_file).currency
    except InvalidTariff as error:
        log.warning("Amounts are shown without their currency: %s", error)
        return NO_CURRENCY


def deployment_url(prefect_url: str, name: str) -> str:
    """The list of deployments in the Prefect UI, narrowed to those of a name: their ids are known to Prefect alone."""
    return f"{prefect_url}/deployments?{urlencode({'deployments.flowOrDeploymentNameLike': name})}" if name else f"{prefect_url}/deployments"
