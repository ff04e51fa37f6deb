"""How does a marketer let a print run go, or stop it?"""

from typing import Literal

from prefect.input import RunInput
from pydantic import Field


class Approval(RunInput):
    """The form of a suspended run."""

    decision: Literal["approve", "reject"] = Field(
        title="Decision", description="Approve: the letters go to the print shop. Reject: nothing is printed, customers stay free for another run."
    )
    comment: str = Field("", title="Comment", description="Kept with the print run.")
    decided_by: str = Field("", title="Your name", description="Kept with the print run.")
