"""The flows save-campaign and change-campaign: definitions from a form into the database."""

from collections.abc import Mapping
from typing import Any

from prefect import flow, get_run_logger, runtime
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from campaigns.definition import version
from campaigns.errors import InvalidCampaign, InvalidOffer
from flows.clock import now
from flows.definition import campaign_files
from flows.definition.saving import Saved, save_form
from flows.deployments import deploy_all
from flows.forms import CampaignForm
from flows.refusing import refused
from flows.wiring import installation
from store import audit
from store.audit import Channel
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
                made = saved.campaign.definition
                audit.note(connection, now(), "Prefect", Channel.PREFECT, "save_campaign", f"campaign {made.slug}", f"version {version(made)[:12]}")
            deploy_all(engine, settings)
    except (InvalidCampaign, InvalidOffer) as error:
        return refused(error)
    definition = saved.campaign.definition
    get_run_logger().info("%s Version %s", saved.told, version(definition)[:12])
    _show(saved)
    return Completed(message=" ".join([saved.told, f"Start or schedule it as run-campaign/{definition.slug}.", *saved.advice]), data=definition.slug)


def _show(saved: Saved) -> None:
    slug = saved.campaign.definition.slug
    lines = [saved.told, *([f"**Before you start it**\n\n{_list(saved.advice)}"] if saved.advice else [])]
    create_markdown_artifact(key=f"saved-{slug}", markdown="\n\n".join(lines), description=f"Campaign {slug} as it was saved")


def _list(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
