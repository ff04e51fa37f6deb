"""The flow housekeeping: what has been kept long enough goes."""

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.clearing import clean_up
from flows.clock import now
from flows.printing.removing import remove_from_all
from flows.result_artifacts import show_all_results
from flows.wiring import installation
from store import readings
from store.engine import writing


@flow(
    name="housekeeping",
    description="Deletes carts after 90 days and what else need not be kept, frees reserved coupons, shows the results so far. Safe to repeat.",
)
def housekeeping() -> State[dict[str, int]]:
    """Delete and set free, and show how much of what."""
    warn = get_run_logger().warning
    with installation() as (engine, settings):
        deleted = {**clean_up(engine, settings, now(), warn), "void codes in the Shopify shop": remove_from_all(engine, settings, warn)}
        with writing(engine) as connection:
            readings.note_housekeeping(connection, now())
        show_all_results(engine, settings)
    rows = [{"what": what, "deleted": count} for what, count in deleted.items()]
    create_table_artifact(key="housekeeping", table=rows, description="What was deleted because it was old")
    return Completed(message=", ".join(f"{what}: {count} deleted" for what, count in deleted.items()), data=dict(deleted))
