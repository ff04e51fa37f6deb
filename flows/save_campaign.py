"""The flows save-campaign, change-campaign and save-offer: definitions from a form into the database."""

from collections.abc import Mapping
from typing import Any

from prefect import flow, get_run_logger, runtime
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from campaigns.definition import version
from campaigns.errors import InvalidCampaign, InvalidOffer
from flows.clock import now
from flows.definition import campaign_files
from flows.definition.saving import Saved, save_form
from flows.deployments import deploy_all
from flows.forms import CampaignForm, OfferForm
from flows.wiring import installation
from store import offers
from store.engine import writing


def _run_name() -> str:
    values = runtime.flow_run.parameters.get("campaign")
    return str(values.get("slug", "campaign")) if isinstance(values, Mapping) else "campaign"


# Parameters are not validated by Prefect, which stops at the first field that is wrong: whoever filled in a long form wants every reason at once.
@flow(name="save-campaign", flow_run_name=_run_name, validate_parameters=False, description="Creates a campaign and its deployment run-campaign/<short name>.")
def save_campaign(campaign: CampaignForm = CampaignForm()) -> State[str]:  # noqa: B008  # the UI shows static defaults only
    """Save a campaign that can work; what cannot is refused with every reason."""
    return _save(campaign)


@flow(name="change-campaign", flow_run_name=_run_name, validate_parameters=False, description="Changes a saved campaign.")
def change_campaign(campaign: CampaignForm = CampaignForm()) -> State[str]:  # noqa: B008  # the UI shows static defaults only
    """The same for a form that is filled in with what is saved."""
    return _save(campaign)


def _save(values: Any) -> State[str]:
    try:
        form, wrong = (values, []) if isinstance(values, CampaignForm) else campaign_files.in_part(values, "The campaign")
        with installation() as (engine, settings):
            with writing(engine) as connection:
                saved = save_form(connection, form, settings, campaign_files.language(settings), wrong)
            deploy_all(engine, settings)
    except (InvalidCampaign, InvalidOffer) as error:
        return _refused(error)
    definition = saved.campaign.definition
    get_run_logger().info("%s Version %s", saved.told, version(definition)[:12])
    _show(saved)
    return Completed(message=" ".join([saved.told, f"Start or schedule it as run-campaign/{definition.slug}.", *saved.advice]), data=definition.slug)


def _refused(error: InvalidCampaign | InvalidOffer) -> State[str]:
    """A run that has failed, with the reasons alone: a traceback tells a marketer nothing."""
    get_run_logger().error("%s", error)
    create_markdown_artifact(key="not-saved", markdown=str(error), description="What must be changed: Copy to new run opens the form as it was filled in")
    return Failed(message=str(error))


def _show(saved: Saved) -> None:
    slug = saved.campaign.definition.slug
    lines = [saved.told, *([f"**Before you start it**\n\n{_list(saved.advice)}"] if saved.advice else [])]
    create_markdown_artifact(key=f"saved-{slug}", markdown="\n\n".join(lines), description=f"Campaign {slug} as it was saved")


def _list(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


@flow(name="save-offer", flow_run_name="{offer.slug}", description="Creates or changes a coupon offer that campaigns can use.")
def save_offer(offer: OfferForm = OfferForm()) -> State[str]:  # noqa: B008  # the UI shows static defaults only
    """Save an offer; codes that are already printed keep the terms they were printed with."""
    try:
        wanted = offer.to_offer()
    except InvalidOffer as error:
        return _refused(error)
    with installation() as (engine, settings):
        with writing(engine) as connection:
            offers.save(connection, wanted, now())
        deploy_all(engine, settings)
    return Completed(message=f"Saved offer {offer.slug}.", data=offer.slug)
