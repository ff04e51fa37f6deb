"""The flow overlap-report: who would be reached by which campaign today, and by none?"""

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.artifacts import ProgressBar
from flows.clock import now
from flows.selection.overlapping import compare, sentences, tables
from flows.wiring import installation


@flow(name="overlap-report", description="Shows whom the active campaigns would reach today, where they compete, and who is reached by none. Changes nothing.")
def overlap_report() -> State[str]:
    """Compare all campaigns that run today."""
    log = get_run_logger()
    with installation() as (engine, settings):
        bar = ProgressBar("Everybody before every campaign")
        compared = compare(engine, settings, now(), bar.show)
        lines = sentences(compared, settings.desk_url)
    for number, table in enumerate(tables(compared.overlap), 1):
        create_table_artifact(key=f"overlap-{number}", table=[dict(row) for row in table.rows], description=table.title)
    create_markdown_artifact(key="overlap", markdown="\n\n".join(lines), description="What the numbers mean")
    for line in lines:
        log.info(line)
    return Completed(message=" ".join(line for line in lines if "/desk/" not in line), data="compared")
