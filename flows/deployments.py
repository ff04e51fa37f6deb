"""How do our flows get into the Prefect UI without touching what marketers did there?

``apply()`` on its own deletes or resets schedules, pauses and parameters (prefect facts 2): what a marketer can change is
sent only when a deployment is new.  This leans on pydantic's set of given fields; a test guards it.
"""

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
from store import campaigns, offers
from store.engine import Engine, reading
from store.settings import Settings

WORK_POOL = "postillion"
NIGHTLY = "30 3 * * *"
MARKETERS_OWN = frozenset({"schedules", "paused", "parameters", "tags"})
_ZOMBIES = "Postillion: end runs whose process is gone"


def deploy_all(engine: Engine, settings: Settings) -> list[str]:
    """Create or renew every deployment, one per campaign for run-campaign; the same call again changes nothing."""
    # here and not above: the flows that save definitions deploy them as well
    from flows import blocks
    from flows.hand_over import hand_over
    from flows.housekeeping import housekeeping
    from flows.import_billbee import import_billbee
    from flows.import_csv import import_csv
    from flows.import_shopify import import_shopify
    from flows.run_campaign import run_campaign
    from flows.save_campaign import save_campaign, save_offer

    with reading(engine) as connection:
        slugs, offer_slugs = campaigns.slugs(connection), offers.slugs(connection)
    choices = {"layout": layouts.names(settings.layouts_dir), "offer": ["", *offer_slugs]}
    _create_work_pool()
    _end_zombies()
    blocks.register()
    nightly = Cron(NIGHTLY, timezone=settings.timezone, slug="nightly")
    return [
        _deploy(import_csv, "csv", "CSV exports of the shop: customers, orders, carts."),
        _deploy(import_shopify, "shopify", "What changed at a Shopify shop: schedule it here.", collisions=ConcurrencyLimitStrategy.ENQUEUE),
        _deploy(import_billbee, "billbee", "What changed in a Billbee account: schedule it here.", collisions=ConcurrencyLimitStrategy.ENQUEUE),
        _deploy(housekeeping, "nightly", "Deletes what has been kept long enough.", schedule=nightly),
        _deploy(save_offer, "offer", "Create or change a coupon offer."),
        _deploy(save_campaign, "campaign", "Create or change a campaign.", choices=choices),
        _deploy(hand_over, "print-run", "Hand an approved print run over again, after a failure."),
        *(
            _deploy(run_campaign, slug, f"Run campaign {slug}: schedule it here.", parameters={"campaign": slug}, tags=["campaign"], fixed={"campaign": slug})
            for slug in slugs
        ),
    ]


def _deploy(
    flow: Flow[Any, Any],
    name: str,
    description: str,
    *,
    parameters: dict[str, Any] | None = None,
    tags: list[str] | None = None,
    choices: dict[str, list[str]] | None = None,
    fixed: dict[str, str] | None = None,
    schedule: Schedule | None = None,
    collisions: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.CANCEL_NEW,
) -> str:
    """Create or renew one; ``schedule`` is what a new one begins with, ``collisions`` what happens to a run that comes while another runs.

    Imports wait in line: there may be several shops, each with a schedule of its own.
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
    _offer_choices(deployment._parameter_openapi_schema, choices or {}, fixed or {})
    deployment.model_fields_set.difference_update({"schedules", "paused"} if is_new else MARKETERS_OWN)
    deployment.work_pool_name = WORK_POOL
    deployment.apply()
    return f"{flow.name}/{name}"


def _offer_choices(schema: Any, choices: dict[str, list[str]], fixed: dict[str, str]) -> None:
    """Turn text fields into dropdowns of what exists; the server then refuses anything else."""
    for definition in schema.definitions.values():
        for field, values in choices.items():
            if field in definition.get("properties", {}):
                definition["properties"][field]["enum"] = values
    for field, value in fixed.items():
        schema.properties[field]["enum"] = [value]


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
