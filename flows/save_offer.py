"""The flow save-offer: a coupon rule from a form into the database."""

from collections.abc import Mapping
from typing import Any

from prefect import flow, runtime
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from campaigns.errors import InvalidOffer
from campaigns.offer import Offer
from campaigns.offer_words import conditions, worth
from flows.clock import now
from flows.definition import offer_files
from flows.definition.campaign_files import language
from flows.deployments import deploy_all
from flows.forms import OfferForm
from flows.refusing import refused
from flows.wiring import installation
from store import audit, offers, partners
from store.audit import Channel
from store.engine import writing
from store.settings import Settings


def _run_name() -> str:
    values = runtime.flow_run.parameters.get("offer")
    return str(values.get("slug", "offer")) if isinstance(values, Mapping) else "offer"


# Not validated by Prefect, which stops at the first field that is wrong: whoever filled in a long form wants every reason at once.
@flow(
    name="save-offer",
    flow_run_name=_run_name,
    validate_parameters=False,
    description="Creates a coupon offer that campaigns and partners can use, or changes all of a saved one.",
)
def save_offer(offer: OfferForm = OfferForm()) -> State[str]:  # noqa: B008  # the UI shows static defaults only
    """Save an offer; codes that are already printed keep the terms they were printed with."""
    try:
        wanted = _wanted(offer)
    except InvalidOffer as error:
        return refused(error)
    with installation() as (engine, settings):
        with writing(engine) as connection:
            before = offers.by_slug(connection, [wanted.slug]).get(wanted.slug)
            if wanted.partner and partners.by_slug(connection, wanted.partner) is None:
                return refused(
                    InvalidOffer(f"The offer cannot be saved:\n- Partner: there is no partner {wanted.partner!r}; add that partner at the desk first.")
                )
            offers.save(connection, wanted, now())
            if changed := offers.changes(before[1] if before else None, wanted):
                audit.note(connection, now(), "Prefect", Channel.PREFECT, "save_offer", f"offer {wanted.slug}", changed)
        deploy_all(engine, settings)
        told = _told(wanted, before[1] if before else None, settings)
    create_markdown_artifact(key=f"saved-offer-{wanted.slug}", markdown=told, description=f"Offer {wanted.slug} as it was saved")
    return Completed(message=told, data=wanted.slug)


def _told(offer: Offer, before: Offer | None, settings: Settings) -> str:
    """What was saved, as a marketer checks it: the words that are printed, and where to go on."""
    spoken = language(settings)
    done = "Created" if before is None else "Changed" if before != offer else "Nothing has changed in"
    kept = " Codes that are out keep the terms they were given out with." if before not in (None, offer) else ""
    words = f"{worth(offer, spoken)}. {conditions(offer, offer.valid_until, spoken)}"
    told = f"{done} offer {offer.slug}: {words}{kept} The desk shows it and makes codes for flyers: {settings.desk_url}/desk/offers/{offer.slug} ."
    return told.replace("\u00a0", " ")  # the UI would spell it out


def _wanted(values: Any) -> Offer:
    return values.to_offer() if isinstance(values, OfferForm) else offer_files.offer(values, "The offer")
