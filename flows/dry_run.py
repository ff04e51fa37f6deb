"""What does a marketer see of a dry run in the Prefect UI?"""

from prefect import get_run_logger
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from flows.artifacts import ProgressBar
from flows.clock import now
from flows.selection.dry_running import dry_run, law, sentences
from flows.wording import funnel_rows
from store.engine import Engine
from store.settings import Settings


def show_dry_run(engine: Engine, settings: Settings, slug: str, max_letters: int | None = None) -> str:
    """Do it and show funnel, cost, proofs and legal notes as artifacts, within a flow run; gives the message to end with."""
    bar = ProgressBar(f"Dry run of {slug}")
    found = dry_run(engine, settings, slug, now(), bar.show, max_letters=max_letters)
    create_table_artifact(key=f"dry-run-funnel-{slug}", table=funnel_rows(found.funnel), description="Dry run: from the audience to the letters")
    lines = sentences(found)
    if found.proof:
        link = f"{settings.desk_url}/desk/dry-runs/{found.proof.name}"
        create_link_artifact(key=f"dry-run-proof-{slug}", link=link, link_text=f"{found.proofs} proofs (PDF, sign in at the desk; kept for 7 days)")
        lines.append(f"[{found.proofs} proofs]({link})")
    lines += [f"Cannot be printed: {settings.desk_url}/desk/customers/{one}" for one, _ in found.unprintable]  # no reason here: it may name people
    text = "\n".join([*(f"{line}\n" for line in lines), "**Law**", *(f"- {line}" for line in law(found))])
    create_markdown_artifact(key=f"dry-run-{slug}", markdown=text, description="What the campaign would do now")
    for line in sentences(found):
        get_run_logger().info(line)
    return " ".join(sentences(found))
