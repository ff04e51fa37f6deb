"""The flow hand-over: an approved print run to the print shop."""

from prefect import flow, get_run_logger

from campaigns.print_run import PrintRunState
from flows.artifacts import show_hand_over
from flows.printing.handing_over import hand_over_run
from flows.wiring import installation


@flow(name="hand-over", flow_run_name="print run {print_run}", description="Puts an approved print run into the print shop's folder. Safe to repeat.")
def hand_over(print_run: int) -> str:
    """Files, checksums, then the manifest; whoever has objected by now is taken out before."""
    log = get_run_logger()
    with installation() as (engine, settings):
        run = hand_over_run(engine, settings, print_run, log.info)
        where = settings.handover_dir / run.name
        show_hand_over(run, where)
    if run.state is PrintRunState.EMPTY:
        return f"Print run {run.id}: everybody in it has objected by now, nothing was handed over."
    return f"Print run {run.id} was handed over to {where}."
