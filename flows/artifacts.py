"""What do marketers see of a run in the Prefect UI?"""

import time
from collections.abc import Sequence
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID

from prefect import get_run_logger
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_progress_artifact, create_table_artifact, update_progress_artifact

from campaigns.campaign import Campaign
from campaigns.offer_words import money
from flows.intake.importing import ImportReport
from flows.wording import funnel_line, funnel_rows
from letters.preflight import report_from_dict
from store.imports import ImportState
from store.letters import Paper
from store.print_files import PrintFile
from store.print_runs import PrintRun
from store.settings import Settings


def show_funnel(run: PrintRun) -> None:
    """How the audience became letters, every reason counted."""
    create_table_artifact(key=f"funnel-{run.campaign}", table=funnel_rows(run.funnel), description=f"Print run {run.id}: from the audience to the letters")


def show_print_run(run: PrintRun, files: Sequence[PrintFile], settings: Settings, campaign: Campaign, paper: Paper, currency: str, seedless: str = "") -> str:
    """Files, proof and checklist; gives the text that the approval form shows."""
    rows = [{"file": file.name, "letters": file.letters, "pages": file.pages, "preflight": _preflight(file), "SHA-256": file.sha256} for file in files]
    create_table_artifact(key=f"print-files-{run.campaign}", table=rows, description=f"Print run {run.id}: the files for the print shop")
    proof = f"{settings.desk_url}/desk/print-runs/{run.id}/proof.pdf"
    create_link_artifact(key=f"proof-{run.campaign}", link=proof, link_text="Proof: the first ten letters (PDF, sign in at the desk)")
    text = approval_text(run, files, proof, campaign, paper, currency, seedless)
    create_markdown_artifact(key=f"approval-{run.campaign}", markdown=text, description="What is about to be printed")
    return text


def _preflight(file: PrintFile) -> str:
    """What was read back from the file before it was released, and what is worth a look."""
    if not file.preflight:
        return ""
    report = report_from_dict(file.preflight)
    return "; ".join(filter(None, (f"checked: {report.checked}", report.counts_in_words)))


def _warnings(run: PrintRun, landing_url: str) -> list[str]:
    """What may be all right for a try and is wrong on a real letter."""
    hosts = {"the QR codes lead to": urlsplit(run.public_url).hostname or "", "the landing page is at": urlsplit(landing_url).hostname or ""}
    return [f"{what} {host}, which customers cannot reach" for what, host in hosts.items() if host in ("127.0.0.1", "localhost") or host.endswith(".example")]


def approval_text(run: PrintRun, files: Sequence[PrintFile], proof: str, campaign: Campaign, paper: Paper, currency: str, seedless: str = "") -> str:
    """What a marketer should have read before approving; ``seedless`` says which seed addresses get no letter."""
    counts = run.funnel.counts
    letters, pages = sum(file.letters for file in files), sum(file.pages or 0 for file in files)
    left, least = letters - paper.seeds, campaign.limits.minimum_letters
    lost = run.funnel.selected - left
    few = [f"**Only {left} letter(s) are left, and the campaign prints {least} at the least.** Reject the run to let its people wait."] if left < least else []
    seeds = f", {paper.seeds} of them to seed addresses of yours" if paper.seeds else ""
    failed = [f"**{lost} letter(s) could not be set** and were left out; the reasons stand on the customers' pages."] if lost else []
    return "\n".join(
        [
            f"### Print run {run.id} of campaign *{run.campaign}*",
            f"**{letters} letters**{seeds} on {pages} pages in {len(files)} print file(s), letter date {run.letter_date}.",
            f"They cost {money(paper.cost_cents, currency, 'en')} without VAT, by the tariff of this installation.",
            "",
            funnel_line(run.funnel),
            *[f"Preflight of {file.name}: {_preflight(file)}" for file in files if file.preflight],
            *failed,
            *few,
            *([f"**{seedless}**"] if seedless else []),
            "",
            f"[Proof: the first ten letters]({proof})",
            f"The codes lead to {run.public_url} and on to {campaign.landing_url}",
            *[f"**Warning: {warning}**" for warning in _warnings(run, campaign.landing_url)],
            "",
            "**Law**",
            f"- sender in letterhead and return line: {run.sender.return_line}",
            "- every letter tells of the right to object and carries the code for it (the layout is refused otherwise)",
            f"- {counts['objection']} people left out because they objected; objections are checked again right before hand-over",
            f"- {counts['robinson']} people left out because they are on the Robinson list and have never bought",
            f"- {counts['marketplace_order']} marketplace buyers and {counts['too_old']} people whose last order, account or coupon is too old left out",
        ]
    )


def show_hand_over(run: PrintRun) -> None:
    """Where the print shop finds the run."""
    state = run.state.replace("_", " ")
    lines = [f"Print run {run.id} of *{run.campaign}* is **{state}**.", f"Place: `{run.place or 'none'}`", f"Manifest: `{run.manifest_sha256 or 'none'}`"]
    text = "\n\n".join(lines)
    create_markdown_artifact(key=f"hand-over-{run.campaign}", markdown=text, description=f"Print run {run.id} at the print shop")


class ImportArtifacts:
    """What the UI shows of the imports of one run: a bar for each, the rejected records of each, and a table of all at the end, however it ends."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._bars: dict[int, ProgressBar] = {}
        self._reports: dict[int, ImportReport] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._reports:
            rows = [_import_row(report) for report in self._reports.values()]
            create_table_artifact(key=f"import-{self._source}", table=rows, description=f'Import from the source "{self._source}"')

    def show(self, report: ImportReport) -> None:
        """Hear how an import stands."""
        log = get_run_logger()
        if report.import_id not in self._reports:
            self._bars[report.import_id] = ProgressBar(f"Import of {report.name}")
            log.info("%s: %s of the source %s, as %s", report.name, report.kind, report.source, report.format)
        self._reports[report.import_id] = report
        ended = report.state is not ImportState.RUNNING
        self._bars[report.import_id].show(report.share or 0.0, f"{report.name}: {report.in_words}", last=ended)
        if ended:
            log.info("%s: %s%s", report.name, report.in_words, f"; {report.message}" if report.message else "")
            _show_rejected(report)


def _import_row(report: ImportReport) -> dict[str, object]:
    counts = report.counts
    return {
        "from": report.name,
        "what": report.kind,
        "recognised as": report.format,
        "read": counts.read,
        "stored": counts.stored,
        "unchanged": counts.unchanged,
        "rejected": counts.rejected,
        "codes used twice": report.double_uses,
        "codes used against their terms": report.against_terms,
        "how it ended": report.message or report.state,
    }


def _show_rejected(report: ImportReport) -> None:
    if not report.rejections:
        return
    # row and reason only: keys and cells are personal data, and nothing is ever erased from Prefect's database
    rows = [{"row": one.position, "reason": one.reason.replace("_", " ")} for one in report.rejections]
    told = f"Import {report.import_id}: {report.counts.rejected} records not taken over; what to do about each stands in {report.rejects_file}"
    create_table_artifact(key=f"rejected-{report.kind}-{report.import_id}", table=rows, description=told)


def show_warnings(source: str, warnings: Sequence[str]) -> None:
    """What the shop lets us do only in part."""
    if warnings:
        text = "\n".join(f"- {warning}" for warning in warnings)
        create_markdown_artifact(key=f"warnings-{source}", markdown=text, description=f'What the source "{source}" gives only in part')


class ProgressBar:
    """A progress bar in the UI that moves once a second at the most (an update costs the server 17 ms)."""

    def __init__(self, what: str) -> None:
        key = create_progress_artifact(progress=0.0, description=what)
        if not isinstance(key, UUID):
            raise TypeError("create_progress_artifact was called inside an event loop")
        self._id, self._shown_at = key, 0.0

    def show(self, share: float, told: str | None = None, *, last: bool = False) -> None:
        """Show how far the work is, between 0 and 1, and in words; ``last`` is shown whenever it comes."""
        if last or share >= 1 or time.monotonic() - self._shown_at > 1:
            update_progress_artifact(self._id, progress=round(share * 100, 1), description=told)
            self._shown_at = time.monotonic()
