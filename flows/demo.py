"""Does the main job work on this machine?  A sample shop, from its exports to a scanned letter, through the real Prefect."""

import json
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.objects import FlowRun
from prefect.settings import PREFECT_API_URL, temporary_settings

from campaigns.errors import Stop
from flows.clock import now
from flows.printing.approval import Approval, answer
from flows.stack import Stack, running
from letters.read_back import pages_of
from store import letters, users
from store.engine import open_engine, writing
from store.passwords import hash_password
from store.settings import Settings

SHOP = Path(__file__).parent.parent / "examples" / "make_sample_shop.py"
CAMPAIGN = "winback"
WAIT_SECONDS = 120
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1"


class DemoFailed(Stop):
    """A step of the demo did not end as it should; the message says which and what Prefect said."""


def run_demo(folder: Path, keep: bool, say: Callable[[str], None]) -> None:
    """Run the whole line once and say what came out; with ``keep`` everything stays up until Ctrl-C."""
    started = time.monotonic()
    _make_room(folder.resolve())
    settings = installation_in(folder.resolve())
    say(f"1. A sample shop in {settings.inbox_dir}")
    subprocess.run([sys.executable, str(SHOP), str(settings.inbox_dir), "--end", date.today().isoformat()], check=True)  # noqa: S603  # our own script
    say("2. Prefect server, worker and API are starting …")
    with running(settings) as stack, temporary_settings({PREFECT_API_URL: f"{stack.prefect_url}/api"}):
        say(f"   Prefect UI {stack.prefect_url} · desk {stack.api_url}/desk")
        say("3. Import through the flow import-csv")
        say(f"   {_message(_run(stack, 'import-csv/csv', {}, 'COMPLETED'))}")
        say(f"4. Win-back campaign through the flow run-campaign/{CAMPAIGN}")
        suspended = _run(stack, f"run-campaign/{CAMPAIGN}", {"campaign": CAMPAIGN}, "PAUSED")
        for line in _funnel():
            say(f"   {line}")
        say("5. It waits for approval: approved, as a marketer would in the UI")
        done = _approve(stack, suspended.id)
        say(f"   {_message(done)}")
        _finish(stack, say)
        say(f"Done in {time.monotonic() - started:.0f} seconds.")
        if keep:
            say("Everything stays up. Ctrl-C ends it.")
            try:
                while True:
                    time.sleep(1)
            except KeyboardInterrupt:
                say("Stopping …")


def _make_room(folder: Path) -> None:
    """Remove an earlier demo from ``folder``, and nothing else."""
    if folder.exists():
        if not (folder / ".postillion-demo").exists() and any(folder.iterdir()):
            raise DemoFailed(f"{folder} holds something that is not an earlier demo: name another folder with --folder.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / ".postillion-demo").touch()


def installation_in(folder: Path) -> Settings:
    """An installation that keeps to ``folder`` and to free ports."""
    api, prefect = _free_port(), _free_port()
    url = f"http://127.0.0.1:{api}"
    return Settings(
        data_dir=folder,
        database_url="",
        inbox_dir=folder / "inbox",
        handover_dir=folder / "handover",
        public_url=url,
        desk_url=url,
        api_port=api,
        prefect_port=prefect,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(stack: Stack, deployment: str, parameters: dict[str, Any], wanted: str) -> FlowRun:
    """Start a deployment as the UI's button does and wait for the wanted state."""
    with get_client(sync_client=True) as client:
        found = client.read_deployment_by_name(deployment)
        run = client.create_flow_run_from_deployment(found.id, parameters=parameters)
    return _wait(stack, run.id, wanted)


def _wait(stack: Stack, flow_run_id: UUID, wanted: str) -> FlowRun:
    end = time.monotonic() + WAIT_SECONDS
    log = stack.settings.data_dir / "logs" / "worker.log"
    with get_client(sync_client=True) as client:
        while time.monotonic() < end:
            stack.check()
            run = client.read_flow_run(flow_run_id)
            if run.state and run.state.type == wanted:
                return run
            if run.state and run.state.is_final():
                raise DemoFailed(f"The flow run ended as {run.state.name}: {run.state.message}. See {log}.")
            time.sleep(0.3)
    raise DemoFailed(f"The flow run did not get to {wanted} within {WAIT_SECONDS} seconds: see {log}.")


def _funnel() -> list[str]:
    with get_client(sync_client=True) as client:
        found = client.read_artifacts(artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[f"funnel-{CAMPAIGN}"])))
    rows = json.loads(str(found[0].data))
    return [f"{row['verdict'].rjust(20)} {row['people']:>5}" for row in rows]


def _approve(stack: Stack, flow_run_id: UUID) -> FlowRun:
    with get_client(sync_client=True) as client:
        answer(client, flow_run_id, Approval(decision="approve", comment="looks good", decided_by="demo"))
    return _wait(stack, flow_run_id, "COMPLETED")


def _message(run: FlowRun) -> str:
    return (run.state.message if run.state else None) or ""


def _finish(stack: Stack, say: Callable[[str], None]) -> None:
    folder = next(stack.settings.handover_dir.iterdir())
    whole = json.loads((folder / "manifest.json").read_text("utf-8"))
    print_file = folder / whole["files"][0]["name"]
    with pages_of(print_file) as pages:
        link = next(code for code in pages.codes(1) if "/S/" in code)
    say(f"6. The first letter's QR code, read from the finished PDF: {link}")
    answer = httpx.get(link, headers={"User-Agent": PHONE}, follow_redirects=False, timeout=60)
    if answer.status_code != httpx.codes.FOUND:
        raise DemoFailed(f"The scan was answered with {answer.status_code} instead of a redirect.")
    say(f"   scanned: {answer.status_code} to {answer.headers['location']}")
    say("7. The customer's history at the desk")
    say(f"   {_history_line(stack, link.rsplit('/', 1)[-1])}")
    say("")
    say(f"Print file: {print_file}")
    say(f"Letters: {whole['letters']}")
    say(f"Scan link: {link}")


def _history_line(stack: Stack, token: str) -> str:
    """The letter in the customer's history, as the desk tells it to somebody who has signed in."""
    password = secrets.token_urlsafe(18)
    engine = open_engine(stack.settings.database)
    with writing(engine) as connection:
        users.save(connection, "demo", hash_password(password), "marketer", now())
        letter = letters.by_token(connection, token)
    engine.dispose()
    if letter is None:
        raise DemoFailed(f"No letter carries the token {token}.")
    with httpx.Client(timeout=60, base_url=stack.api_url, headers={"Origin": stack.api_url}) as desk:
        desk.post("/desk/sign-in", data={"name": "demo", "password": password}, follow_redirects=True).raise_for_status()
        history = desk.get(f"/api/v1/customers/{letter.customer_id}").raise_for_status().json()
    mine = next(one for one in history["letters"] if one["id"] == letter.id)
    scans = [scan["scanned_at"][:19].replace("T", " ") for scan in mine["scans"] if scan["kind"] == "human"]
    if not scans:
        raise DemoFailed("The scan is missing from the customer's history.")
    name = f"{history['address']['first_name']} {history['address']['last_name']}".strip()
    return f"{name}: campaign {mine['campaign']}, step {mine['step']}, {mine['state']}, coupon {mine['coupon_code']}, scanned {', '.join(scans)} UTC"
