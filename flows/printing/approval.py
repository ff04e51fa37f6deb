"""How does a marketer let a print run go, or stop it?"""

import time
from typing import Literal
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.responses import SetStateStatus
from prefect.input import RunInput
from pydantic import Field

from campaigns.errors import Stop


class Approval(RunInput):
    """The form of a suspended run."""

    decision: Literal["approve", "reject"] = Field(
        title="Decision", description="Approve: the letters go to the print shop. Reject: nothing is printed, customers stay free for another run."
    )
    comment: str = Field("", title="Comment", description="Kept with the print run.")
    decided_by: str = Field("", title="Your name", description="Kept with the print run.")


class AnswerRefused(Stop):
    """Prefect did not take the answer to a suspended run; the message says why."""


def answer(client: SyncPrefectClient, flow_run_id: UUID, form: Approval, seconds: float = 30) -> None:
    """Send the filled-in form of a suspended run, as the button Submit of the Prefect UI does; AnswerRefused if it is not taken.

    Prefect calls a run suspended before it has stored the form, and refuses what comes in between, with a status of success: asked again.
    """
    end = time.monotonic() + seconds
    while (result := client.resume_flow_run(flow_run_id, run_input=form.model_dump())).status is not SetStateStatus.ACCEPT:
        reason = getattr(result.details, "reason", "") or result.status.value
        if "schema not found" not in reason or time.monotonic() > end:
            raise AnswerRefused(f"The answer to the flow run {flow_run_id} was not taken: {reason}")
        time.sleep(0.2)
