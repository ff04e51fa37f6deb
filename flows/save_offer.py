"""The flow save-offer: a coupon rule from a form into the database."""

from collections.abc import Mapping
from typing import Any

from prefect import flow, runtime
from prefect.client.schemas.objects import State
from prefect.states import Completed

from campaigns.errors import InvalidOffer
from campaigns.offer import Offer
from flows.clock import now
from flows.definition import offer_files
from flows.deployments import deploy_all
from flows.forms import OfferForm
from flows.refusing import refused
from flows.wiring import installation
from store import offers
from store.engine import writing


def _run_name() -> str:
    values = runtime.flow_run.parameters.get("offer")
    return str(values.get("slug", "offer")) if isinstance(values, Mapping) else "offer"


# Not validated by Prefect, which stops at the first field that is wrong: whoever filled in a long form wants every reason at once.
@flow(name="save-offer", flow_run_name=_run_name, validate_parameters=False, description="Creates or changes a coupon offer that campaigns can use.")
def save_offer(offer: OfferForm = OfferForm()) -> State[str]:  # noqa: B008  # the UI shows static defaults only
    """Save an offer; codes that are already printed keep the terms they were printed with."""
    try:
        wanted = _wanted(offer)
    except InvalidOffer as error:
        return refused(error)
    with installation() as (engine, settings):
        with writing(engine) as connection:
            offers.save(connection, wanted, now())
        deploy_all(engine, settings)
    return Completed(message=f"Saved offer {wanted.slug}.", data=wanted.slug)


def _wanted(values: Any) -> Offer:
    return values.to_offer() if isinstance(values, OfferForm) else offer_files.offer(values, "The offer")
