"""The way of a print run by the plain functions behind the flows, as run-campaign takes it."""

from sqlalchemy import Engine

from campaigns.print_run import PrintRunState
from flows.locks import working_on
from flows.printing.handing_over import decide_on_run, hand_over_run
from flows.printing.rendering import close_rendering, render_sealed
from flows.selection.selecting import open_or_resume, select_letters
from store import print_runs
from store.engine import reading
from store.print_runs import PrintRun
from store.settings import Settings


def again(engine: Engine, run: PrintRun) -> PrintRun:
    """The run as it is by now."""
    with reading(engine) as connection:
        return print_runs.get(connection, run.id)


def quiet(_line: str) -> None:
    """Nobody listens."""


def selected(engine: Engine, settings: Settings, slug: str = "winback", max_letters: int | None = None, flow_run_id: str = "a flow run") -> PrintRun:
    run = open_or_resume(engine, settings, slug, flow_run_id, max_letters=max_letters)
    with working_on(engine, settings, run.id) as hold:
        return select_letters(engine, settings, run, hold)


def set_files(engine: Engine, settings: Settings, run: PrintRun) -> None:
    """Set whatever is sealed; the run goes on waiting for its approval."""
    with working_on(engine, settings, run.id) as hold:
        list(render_sealed(engine, settings, run, hold))


def rendered(engine: Engine, settings: Settings, slug: str = "winback", max_letters: int | None = None, flow_run_id: str = "a flow run") -> PrintRun:
    run = selected(engine, settings, slug, max_letters, flow_run_id)
    if run.state is PrintRunState.RENDERING:
        with working_on(engine, settings, run.id) as hold:
            list(render_sealed(engine, settings, run, hold))
            close_rendering(engine, run, hold)
    return again(engine, run)


def handed_over(engine: Engine, settings: Settings, slug: str = "winback") -> PrintRun:
    """The whole way, from wherever the campaign's run is by now."""
    run = rendered(engine, settings, slug)
    if run.state is PrintRunState.AWAITING_APPROVAL:
        decide_on_run(engine, settings, run.id, approved=True, by="Martha", comment="")
    return hand_over_run(engine, settings, run.id, quiet) if run.state is not PrintRunState.EMPTY else run
