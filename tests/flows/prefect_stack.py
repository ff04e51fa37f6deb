"""A real Prefect server with our worker and API for the session, and what a marketer does in its UI."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.printing.approval import Approval, answer
from flows.stack import Stack, running
from store.settings import Settings

PATIENCE = 90


@contextmanager
def marketer(settings: Settings) -> Iterator["Marketer"]:
    """The whole stack, and somebody who uses its UI."""
    with running(settings) as stack, temporary_settings({PREFECT_API_URL: f"{stack.prefect_url}/api"}), get_client(sync_client=True) as client:
        yield Marketer(stack, client)


class Marketer:
    """The buttons of the Prefect UI."""

    def __init__(self, stack: Stack, client: SyncPrefectClient) -> None:
        self.stack, self.client = stack, client

    def start(self, deployment: str, parameters: dict[str, Any] | None = None, state: "State[Any] | None" = None) -> UUID:
        """The button Run."""
        found = self.client.read_deployment_by_name(deployment)
        return self.client.create_flow_run_from_deployment(found.id, parameters=parameters or {}, state=state).id

    def ended(self, flow_run_id: UUID, *names: str) -> FlowRun:
        """The run as soon as its state is one of ``names`` (or has ended otherwise)."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.stack.check()
            run = self.client.read_flow_run(flow_run_id)
            if run.state and (run.state.name in names or run.state.is_final()):
                assert run.state.name in names, f"{run.state.name}: {run.state.message}"
                return run
            time.sleep(0.2)
        raise AssertionError(f"{flow_run_id} did not get to {names}: {self.client.read_flow_run(flow_run_id).state}")

    def answer(self, flow_run_id: UUID, decision: Literal["approve", "reject"], comment: str = "") -> None:
        """The form of a suspended run."""
        answer(self.client, flow_run_id, Approval(decision=decision, comment=comment, decided_by="Martha"))
