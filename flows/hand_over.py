"""The flow hand-over: an approved print run to the print shop."""

from typing import Any

from prefect import Task, flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from campaigns.print_run import PrintRunState
from flows.artifacts import show_hand_over
from flows.intake.shop_imports import may_succeed_later
from flows.printing.handing_over import hand_over_run
from flows.printing.removing import remove_codes
from flows.printing.uploading import upload_codes
from flows.wiring import installation
from printshop.errors import PlaceFull, PlaceUnreachable
from store import print_runs
from store.engine import reading


@task(name="upload-codes", cache_policy=NO_CACHE, retries=5, retry_delay_seconds=[30, 120, 600, 1800, 3600], retry_condition_fn=may_succeed_later)
def bring_codes(print_run: int) -> int:
    """Create the letters' codes in the Shopify shop, where their offer says so; goes on where an attempt before it stopped."""
    with installation() as (engine, settings):
        return upload_codes(engine, settings, print_run, get_run_logger().info)


def the_way_may_open(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """A server that is away or full may be back soon; whatever else is wrong is so in half an hour."""
    return isinstance(state.data, PlaceUnreachable | PlaceFull)


@task(name="bring-files", cache_policy=NO_CACHE, retries=5, retry_delay_seconds=[30, 120, 600, 1800, 3600], retry_condition_fn=the_way_may_open)
def bring_files(print_run: int) -> None:
    """Put the files where the print shop takes them from; a further attempt goes on where the one before stopped."""
    with installation() as (engine, settings):
        hand_over_run(engine, settings, print_run, get_run_logger().info)


@task(name="remove-codes", cache_policy=NO_CACHE, retries=3, retry_delay_seconds=[30, 300, 1800], retry_condition_fn=may_succeed_later)
def take_codes_back(print_run: int) -> int:
    """Let the codes of letters that were taken out be good no more in the Shopify shop."""
    with installation() as (engine, settings):
        return remove_codes(engine, settings, print_run, get_run_logger().info)


@flow(name="hand-over", flow_run_name="print run {print_run}", description="Brings an approved print run to the print shop. Safe to repeat.")
def hand_over(print_run: int) -> str:
    """Files, checksums, then the manifest; whoever has objected by now is taken out before."""
    log = get_run_logger()
    bring_codes(print_run)
    bring_files(print_run)
    with installation() as (engine, _), reading(engine) as connection:
        run = print_runs.get(connection, print_run)
    show_hand_over(run)
    if take_codes_back(print_run, return_state=True).is_failed():  # the letters are on their way all the same
        log.warning("Codes of letters that were taken out of print run %s are still good in the shop: housekeeping tries again tonight.", print_run)
    if run.state is PrintRunState.EMPTY:
        return f"Print run {run.id}: everybody in it has objected by now, nothing was handed over."
    return f"Print run {run.id} was handed over to {run.place}."
