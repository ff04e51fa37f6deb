"""The flow hand-over: an approved print run to the print shop."""

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.handing_over import hand_over_run
from flows.wiring import installation


@flow(name="hand-over", flow_run_name="print run {print_run}", description="Puts an approved print run into the print shop's folder. Safe to repeat.")
def hand_over(print_run: int) -> State[str]:
    """Files, checksums, then the manifest; whoever has objected by now is taken out before."""
    log = get_run_logger()
    with installation() as (engine, settings):
        run = hand_over_run(engine, settings, print_run, log.info)
        where = settings.handover_dir / run.name
    return Completed(message=f"Print run {run.id} is {run.state}: {where}", data=str(where))
