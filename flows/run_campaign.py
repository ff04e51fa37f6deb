"""The flow run-campaign: select, render, wait for approval, hand over.

The states in our database say what is left to do: a run that was killed, or resumed after approval, starts at the top and
finds its way by them.
"""

from datetime import datetime, timedelta
from uuid import UUID

from prefect import flow, get_run_logger, runtime, suspend_flow_run, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.exceptions import ObjectNotFound
from prefect.states import Completed

from campaigns.print_run import PrintFileState, PrintRunState
from campaigns.verdict import Reason
from flows.artifacts import ProgressBar, show_funnel, show_print_run
from flows.clock import now
from flows.dry_run import show_dry_run
from flows.errors import NotToday
from flows.forms import RunForm
from flows.hand_over import hand_over
from flows.locks import working_on
from flows.printing.approval import Approval
from flows.printing.handing_over import decide_on_run
from flows.printing.rendering import close_rendering, render_sealed
from flows.result_artifacts import show_results
from flows.selection.selecting import open_or_resume, seeds_left_out, select_letters
from flows.wiring import installation
from flows.wording import funnel_line
from printshop.cost import read_tariff
from store import campaigns, letters, print_files, print_runs
from store.engine import Engine, reading, writing
from store.print_runs import PrintRun
from store.settings import Settings


@flow(
    name="run-campaign",
    flow_run_name="{campaign}",
    description="Selects people, renders their letters, waits for your approval and hands over to the print shop.",
)
def run_campaign(campaign: str, options: RunForm = RunForm()) -> State[str]:  # noqa: B008  # the UI shows static defaults only
    """Run a campaign, or go on with its unfinished print run."""
    log = get_run_logger()
    flow_run_id = str(runtime.flow_run.id or "")
    with installation() as (engine, settings):
        if options.dry_run:
            return Completed(message=show_dry_run(engine, settings, campaign, max_letters=options.max_letters), data="dry run")
        stop = reason_to_stop(engine, settings, campaign, flow_run_id, runtime.flow_run.scheduled_start_time)
        if stop:
            log.warning(stop)
            return Completed(message=stop, data="skipped")
        try:
            run = open_or_resume(engine, settings, campaign, flow_run_id, approval=options.approval, max_letters=options.max_letters)
        except NotToday as rest:
            log.warning(str(rest))
            return Completed(message=str(rest), data="skipped")
        with writing(engine) as connection:
            print_runs.adopt(connection, run, flow_run_id)
        if run.state is PrintRunState.SELECTING:
            select(run.id)
            run = _by_id(engine, run.id)
            show_funnel(run)
        if run.state is PrintRunState.EMPTY:
            return Completed(message=nothing_printed(run), data="empty")
        if run.state is PrintRunState.RENDERING:
            render(run.id)
            run = _by_id(engine, run.id)
        if run.state is PrintRunState.AWAITING_APPROVAL:
            _decide(engine, settings, run)
            run = _by_id(engine, run.id)
    if run.state is PrintRunState.REJECTED:
        return Completed(message=f"Print run {run.id} was rejected: {run.comment or 'no comment'}. Nothing was printed.", data="rejected")
    outcome = hand_over(run.id)
    with installation() as (engine, settings):
        show_results(engine, settings, campaign)
    return Completed(message=f"{outcome} {funnel_line(run.funnel)}", data="handed_over")


def reason_to_stop(engine: Engine, settings: Settings, slug: str, flow_run_id: str, scheduled_at: datetime | None) -> str | None:
    """Why this flow run must not start anything: it comes too late, or an earlier one is waiting for its approval.

    Prefect catches up on missed schedules, all at once; a letter that was due last week is not sent by surprise today.
    A run that owns the unfinished print run was started in time: approval may take as long as it takes.
    """
    with reading(engine) as connection:
        saved = campaigns.by_slug(connection, slug)
        run = print_runs.unfinished(connection, saved.id) if saved else None
        mine = print_runs.of_flow_run(connection, flow_run_id)
    if mine and mine.state.is_finished:
        return f"Print run {mine.id} of this flow run is {mine.state} already. Nothing new was selected: start the campaign anew."
    if run and run.flow_run_id == flow_run_id:
        return None
    limit = timedelta(hours=settings.stale_after_hours)
    if scheduled_at and now() - scheduled_at > limit:
        due = f"{scheduled_at:%Y-%m-%d %H:%M} UTC"
        return f"This run was due at {due}, more than {settings.stale_after_hours} hours ago. Nothing was sent; start it by hand if it still should."
    if run and run.state is PrintRunState.AWAITING_APPROVAL and _is_waiting(run.flow_run_id):
        return f"Print run {run.id} of this campaign still waits for approval. Nobody new was selected: approve or reject that one first."
    return None


def _is_waiting(flow_run_id: str) -> bool:
    if not flow_run_id:
        return False
    with get_client(sync_client=True) as client:
        try:
            state = client.read_flow_run(UUID(flow_run_id)).state
        except ObjectNotFound:
            return False
    return bool(state and state.is_paused())


@task(name="select", cache_policy=NO_CACHE)
def select(print_run_id: int) -> None:
    """Decide on the whole audience."""
    with installation() as (engine, settings), working_on(engine, settings, print_run_id) as hold:
        run = select_letters(engine, settings, _by_id(engine, print_run_id), hold)
        with reading(engine) as connection:
            seedless = seeds_left_out(connection, settings, run)
    get_run_logger().info("Print run %s: %s", run.id, funnel_line(run.funnel))
    if seedless:
        get_run_logger().warning(seedless)


@task(name="render", cache_policy=NO_CACHE)
def render(print_run_id: int) -> None:
    """Set the print files that are not set yet, in as many processes as the settings allow."""
    with installation() as (engine, settings), working_on(engine, settings, print_run_id) as hold:
        run = _by_id(engine, print_run_id)
        with reading(engine) as connection:
            files = print_files.of_run(connection, run.id)
        done = sum(file.state is not PrintFileState.SEALED for file in files)
        bar = ProgressBar(f"Print files of print run {run.id}")
        for file in render_sealed(engine, settings, run, hold):
            done += 1
            bar.show(done / len(files))
            get_run_logger().info("%s: %s letters, %s pages", file.name, file.letters, file.pages)
        close_rendering(engine, run, hold)


def _decide(engine: Engine, settings: Settings, run: PrintRun) -> None:
    with reading(engine) as connection:
        files = [file for file in print_files.of_run(connection, run.id) if file.state is PrintFileState.RENDERED]
        campaign, paper = campaigns.version(connection, run.version_id), letters.paper(connection, run.id)
        seedless = seeds_left_out(connection, settings, run)
    text = show_print_run(run, files, settings, campaign, paper, read_tariff(settings.tariff_file).currency, seedless)
    if run.approval == "automatic":
        decide_on_run(engine, settings, run.id, approved=True, by="automatic approval", comment="")
        return
    # the key: an answer belongs to this print run, never to a later one of the same flow run
    answer = suspend_flow_run(wait_for_input=Approval.with_initial_data(description=text), key=f"print-run-{run.id}")
    decide_on_run(engine, settings, run.id, approved=answer.decision == "approve", by=answer.decided_by or "Prefect UI", comment=answer.comment)


def _by_id(engine: Engine, print_run_id: int) -> PrintRun:
    with reading(engine) as connection:
        return print_runs.get(connection, print_run_id)


def nothing_printed(run: PrintRun) -> str:
    """Why there is nothing to print."""
    if waiting := run.funnel.counts[Reason.BELOW_MINIMUM]:
        return f"{waiting} people are too few for a print run of this campaign: nothing is printed, they wait for the next run. {funnel_line(run.funnel)}"
    return f"Nobody to write to today. {funnel_line(run.funnel)}"
