"""What do the flows import-shopify and import-billbee do, whichever of the two it is?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

from prefect import get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Completed
from prefect.tasks import Task

from campaigns.errors import TryLater
from campaigns.record import Kind
from flows.artifacts import ImportArtifacts, show_warnings
from flows.clock import now
from flows.intake.blocks import BillbeeAccount, ShopifyShop
from flows.intake.shops import Access, billbee_access, import_shop, shopify_access
from flows.wiring import installation
from store import imports
from store.engine import Engine, reading
from store.imports import ImportState
from store.settings import Settings

Platform: TypeAlias = Literal["shopify", "billbee"]


def import_and_tell(platform: Platform, block: str, kinds: Sequence[str], *, whole: bool) -> State[list[str]]:
    """Import, and say in a line what came of it; a run that comes too late to read anything new ends at once."""
    with installation() as (engine, settings):
        access = access_of(platform, block, settings)
        if not whole:
            stop = reason_to_stop(engine, access.source, kinds, runtime.flow_run.scheduled_start_time)
            if stop:
                get_run_logger().info(stop)
                return Completed(message=stop, data=[])
    told = import_records(platform, block, list(kinds), now() if whole else None)
    return Completed(message="; ".join(told), data=told)


def access_of(platform: Platform, block: str, settings: Settings) -> Access:
    """What the block holds, or the settings where none is named; raises ShopNotConnected."""
    if platform == "shopify":
        return ShopifyShop.named(block).access() if block else shopify_access(settings)
    return BillbeeAccount.named(block).access() if block else billbee_access(settings)


def reason_to_stop(engine: Engine, source: str, kinds: Sequence[str], scheduled_at: datetime | None) -> str | None:
    """Why this run has nothing to do: Prefect catches up on missed schedules, all at once, and the first of them has read everything."""
    if scheduled_at is None:
        return None
    with reading(engine) as connection:
        if not set(kinds) <= imports.kinds_since(connection, source, scheduled_at, [ImportState.FINISHED]):
            return None
    return f'This run was due at {scheduled_at:%Y-%m-%d %H:%M} UTC. A newer one has read the source "{source}" since: nothing was left to do.'


def may_succeed_later(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Only what says so of itself is tried again; a shop that refuses us does so again in five minutes."""
    return isinstance(state.data, TryLater)


@task(name="import", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=300, retry_condition_fn=may_succeed_later)
def import_records(platform: Platform, block: str, kinds: list[str], anew_since: datetime | None) -> list[str]:
    """What the shop has to give; a further attempt goes on where the one before stopped."""
    with installation() as (engine, settings):
        access = access_of(platform, block, settings)

        def warn(warnings: tuple[str, ...]) -> None:
            for warning in warnings:
                get_run_logger().warning(warning)
            show_warnings(access.source, warnings)

        with ImportArtifacts(access.source) as artifacts:
            done = import_shop(engine, settings, access, [Kind(kind) for kind in kinds], artifacts.show, warn, anew_since)
    return [report.in_words for report in done]
