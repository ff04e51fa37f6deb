"""How do our flows get into the Prefect UI without touching what marketers did there?

``apply()`` on its own deletes or resets schedules, pauses and parameters (prefect facts 2): what a marketer can change is
sent only when a deployment is new.  This leans on pydantic's set of given fields; a test guards it.
"""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from prefect import Flow
from prefect.automations import Automation
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType

import layouts
from campaigns.campaign import Campaign
from campaigns.errors import InvalidCampaign
from campaigns.kinds import CampaignKind
from flows.definition import campaign_files
from flows.form_shapes import Choices, Shape, filled_in, fixed, of_campaign, without_limits
from flows.forms import CampaignFile, CampaignForm
from store import campaigns, offers
from store.engine import Connection, Engine, reading
from store.settings import Settings

WORK_POOL = "postillion"
NIGHTLY = "30 3 * * *"
HALF_HOURLY = "7,37 * * * *"
"""For the print shop's reports: a recall list is worth the more the sooner it is there."""
MARKETERS_OWN = frozenset({"schedules", "paused", "parameters", "tags"})
FORMER = ("save-campaign/campaign",)
"""Deployments of earlier versions that others have taken the place of."""
_ZOMBIES = "Postillion: end runs whose process is gone"


def deploy_all(engine: Engine, settings: Settings) -> list[str]:
    """Create or renew every deployment, one per campaign for run-campaign; the same call again changes nothing."""
    # here and not above: the flows that save definitions deploy them as well
    from flows.add_seed_address import add_seed_address
    from flows.collect_reports import collect_reports
    from flows.hand_over import hand_over
    from flows.housekeeping import housekeeping
    from flows.import_billbee import import_billbee
    from flows.import_csv import import_csv
    from flows.import_shopify import import_shopify
    from flows.intake import blocks
    from flows.overlap_report import overlap_report
    from flows.run_campaign import run_campaign
    from flows.save_campaign import change_campaign, save_campaign
    from flows.save_offer import save_offer

    with reading(engine) as connection:
        slugs, offer_slugs = campaigns.slugs(connection), offers.slugs(connection)
        saved = [found for slug in slugs if (found := _readable(connection, slug))]
    choices = Choices(layouts.names(settings.layouts_dir), offer_slugs, slugs)
    language = campaign_files.language(settings)
    _create_work_pool()
    _end_zombies()
    blocks.register()
    _remove(FORMER)
    nightly = Cron(NIGHTLY, timezone=settings.timezone, slug="nightly")
    half_hourly = Cron(HALF_HOURLY, timezone=settings.timezone, slug="half-hourly")
    return [
        _deploy(import_csv, "csv", "CSV exports of the shop: customers, orders, carts."),
        _deploy(import_shopify, "shopify", "What changed at a Shopify shop: schedule it here.", collisions=ConcurrencyLimitStrategy.ENQUEUE),
        _deploy(import_billbee, "billbee", "What changed in a Billbee account: schedule it here.", collisions=ConcurrencyLimitStrategy.ENQUEUE),
        _deploy(housekeeping, "nightly", "Deletes what has been kept long enough.", schedule=nightly),
        _deploy(save_offer, "offer", "Create or change a coupon offer.", shape=without_limits),
        *(_deploy_kind(save_campaign, campaign_files.preset(kind, language), choices) for kind in CampaignKind),
        *(_deploy_change(change_campaign, campaign, choices) for campaign in saved),
        _deploy(add_seed_address, "seed", "Add a seed address (Kontrolladresse): it gets a letter of each print run."),
        _deploy(overlap_report, "all-campaigns", "Whom the active campaigns would reach today, where they compete, and whom none reaches. Changes nothing."),
        _deploy(hand_over, "print-run", "Hand an approved print run over, or go on after a failure.", collisions=ConcurrencyLimitStrategy.ENQUEUE),
        _deploy(collect_reports, "print-shop", "Takes in the print shop's reports, writes recall lists for it.", schedule=half_hourly),
        *(
            _deploy(run_campaign, slug, f"Run campaign {slug}: schedule it here.", parameters={"campaign": slug}, tags=["campaign"], shape=fixed(campaign=slug))
            for slug in slugs
        ),
    ]


def _deploy_kind(flow: Flow[Any, Any], preset: CampaignFile, choices: Choices) -> str:
    """The form for a new campaign of one kind, filled in with its preset, whose offers are saved with it."""
    kind = preset.audience.kind
    described = f"A new campaign: {(type(preset.audience).__doc__ or '').rstrip('.')}. The form is filled in with a campaign that is ready to save."
    own = choices.with_offers([offer.slug for offer in preset.offers])
    return _deploy(flow, kind.replace("_", "-"), described, parameters=filled_in(preset), tags=["new"], shape=of_campaign(preset, own))


def _deploy_change(flow: Flow[Any, Any], campaign: Campaign, choices: Choices) -> str:
    """The form for a saved campaign, filled in with what is saved."""
    form, slug = CampaignForm.of(campaign), campaign.slug
    described = f"Change campaign {slug}. The form is filled in with what is saved."
    return _deploy(flow, slug, described, parameters=filled_in(form), tags=["change"], shape=of_campaign(form, choices), renewed=True)


def _readable(connection: Connection, slug: str) -> Campaign | None:
    """None for a definition that can no longer work: its run says why, and the other campaigns are deployed all the same."""
    try:
        found = campaigns.by_slug(connection, slug)
    except InvalidCampaign:
        return None
    return found.definition if found else None


def _deploy(
    flow: Flow[Any, Any],
    name: str,
    description: str,
    *,
    parameters: dict[str, Any] | None = None,
    tags: list[str] | None = None,
    shape: Shape | None = None,
    renewed: bool = False,
    schedule: Schedule | None = None,
    collisions: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.CANCEL_NEW,
) -> str:
    """Create or renew one; ``schedule`` is what a new one begins with, ``collisions`` what happens to a run that comes while another runs.

    ``renewed``: the parameters are ours and follow the database, not the marketer's.
    Imports wait in line: there may be several shops, each with a schedule of its own; so do hand-overs, of different print runs.
    """
    is_new = not _exists(f"{flow.name}/{name}")
    deployment = RunnerDeployment.from_flow(
        flow,
        name,
        description=description,
        parameters=parameters,
        tags=tags,
        entrypoint_type=EntrypointType.MODULE_PATH,
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=collisions),
        schedule=schedule if is_new else None,
        job_variables={"working_dir": str(Path.cwd())},  # .env and relative folders mean the same as on the command line
    )
    if shape:
        shape(deployment._parameter_openapi_schema)
    deployment.model_fields_set.difference_update({"schedules", "paused"} if is_new else MARKETERS_OWN - ({"parameters"} if renewed else set()))
    deployment.work_pool_name = WORK_POOL
    deployment.apply()
    return f"{flow.name}/{name}"


def _remove(names: Iterable[str]) -> None:
    with get_client(sync_client=True) as client:
        for name in names:
            try:
                client.delete_deployment(client.read_deployment_by_name(name).id)
            except ObjectNotFound:
                continue


def _exists(full_name: str) -> bool:
    with get_client(sync_client=True) as client:
        try:
            client.read_deployment_by_name(full_name)
        except ObjectNotFound:
            return False
        return True


def _create_work_pool() -> None:
    with get_client(sync_client=True) as client:
        try:
            client.create_work_pool(WorkPoolCreate(name=WORK_POOL, type="process"))
        except ObjectAlreadyExists:
            return


def _end_zombies() -> None:
    """A flow whose process and worker died at once would stay "Running" for ever (prefect facts 3)."""
    with get_client(sync_client=True) as client:
        if client.read_automations_by_name(_ZOMBIES):
            return
    ended = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed", "Suspended", "Paused")}
    Automation(
        name=_ZOMBIES,
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.heartbeat", *ended},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=timedelta(seconds=90),
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message="no heartbeat for 90 seconds: run it again, it goes on where it stopped")],
    ).create()
