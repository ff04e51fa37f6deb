"""What do marketers see of the results so far in the Prefect UI (product.md 9.4)?"""

from collections.abc import Iterator
from contextlib import contextmanager

from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from campaigns.errors import PostillionError
from flows.clock import now
from flows.result_words import as_markdown, meter_rows, overview_rows, result_rows
from printshop.cost import read_tariff
from store import campaigns, results
from store.engine import DatabaseTrouble, Engine, reading
from store.settings import Settings

METER_DAYS = 30


def show_results(engine: Engine, settings: Settings, slug: str) -> None:
    """The campaign's numbers and their table; a run that has handed over is not failed by them."""
    with _told(f"The results of {slug}"):
        with reading(engine) as connection:
            found = results.of_campaign(connection, slug, settings.reckoning(read_tariff(settings.tariff_file).currency), now())
        if found:
            address = f"{settings.desk_url}/desk/campaigns/{slug}/results"
            create_markdown_artifact(key=f"results-{slug}", markdown=as_markdown(found, address), description=f"What {slug} has brought so far")
            create_table_artifact(key=f"results-lines-{slug}", table=result_rows(found), description=f"{slug} by step and layout")


def show_all_results(engine: Engine, settings: Settings) -> None:
    """Every campaign once more, all of them in one table, and the meters."""
    with reading(engine) as connection:
        slugs = campaigns.slugs(connection)
    for slug in slugs:
        show_results(engine, settings, slug)
    with _told("The results of all campaigns"):
        reckoning = settings.reckoning(read_tariff(settings.tariff_file).currency)
        with reading(engine) as connection:
            found = results.overview(connection, reckoning, now())
            meters = results.meters(connection, METER_DAYS, settings.meter_targets, reckoning, now())
        create_table_artifact(key="results", table=overview_rows(found), description=f"All campaigns: orders within {reckoning.window_days} days after posting")
        what = f"Who was written to in the last {METER_DAYS} days, and has ordered since"
        create_table_artifact(key="results-meters", table=meter_rows(meters), description=what)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Nothing that goes wrong here leaves it: known trouble is a warning with its reason, anything else an error with the place where it arose."""
    try:
        yield
    except (PostillionError, DatabaseTrouble) as error:
        get_run_logger().warning("%s are not shown: %s: %s", what, type(error).__name__, error)
    except Exception as error:  # the letters are with the print shop, whatever is wrong with their numbers or with Prefect's API
        get_run_logger().error("%s are not shown: %s: %s", what, type(error).__name__, error, exc_info=True)
