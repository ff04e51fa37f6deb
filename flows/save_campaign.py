"""The flows save-campaign and save-offer: definitions from a form into the database."""

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.clock import now
from flows.deployments import deploy_all
from flows.forms import CampaignForm, OfferForm
from flows.saving import save_campaign as save
from flows.wiring import installation
from store import campaigns, offers
from store.engine import writing


@flow(name="save-campaign", description="Creates or changes a campaign and its deployment run-campaign/<short name>.")
def save_campaign(campaign: CampaignForm = CampaignForm()) -> State[str]:  # noqa: B008  # the UI shows static defaults only
    """Save a campaign that can work; what cannot is refused with every reason."""
    with installation() as (engine, settings):
        with writing(engine) as connection:
            before = campaigns.by_slug(connection, campaign.slug)
            saved = save(connection, campaign.to_campaign(), [], settings.layouts_dir)
        deploy_all(engine, settings)
    get_run_logger().info("Saved %s, version %s", saved.definition.slug, saved.definition.version[:12])
    replaced = f"It replaced the version with {len(before.definition.steps)} step(s). " if before and before.version_id != saved.version_id else ""
    steps = len(saved.definition.steps)
    told = f"Saved {saved.definition.slug} with {steps} step(s). {replaced}Start or schedule it as run-campaign/{saved.definition.slug}."
    return Completed(message=told, data=saved.definition.slug)


@flow(name="save-offer", description="Creates or changes a coupon offer that campaigns can use.")
def save_offer(offer: OfferForm = OfferForm()) -> State[str]:  # noqa: B008  # the UI shows static defaults only
    """Save an offer; codes that are already printed keep the terms they were printed with."""
    with installation() as (engine, settings):
        with writing(engine) as connection:
            offers.save(connection, offer.to_offer(), now())
        deploy_all(engine, settings)
    return Completed(message=f"Saved offer {offer.slug}.", data=offer.slug)
