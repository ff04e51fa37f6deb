"""What does a marketer choose for one run of a campaign?"""

from typing import Literal

from pydantic import Field

from campaigns.kinds import MOST
from flows.forms.form import Form


class RunForm(Form):
    """How this run is done."""

    dry_run: bool = Field(
        False,
        title="Dry run",
        description="On: shows funnel, cost and ten proofs marked SPECIMEN. Nothing is stored, no coupon is issued, nothing is handed over.",
    )
    approval: Literal["ask", "automatic"] = Field("ask", title="Approval", description="Ask: the run waits for you before anything leaves the house.")
    max_letters: int | None = Field(None, title="Letters at the most", description="For a first try; the rest waits for the next run.", ge=1, le=MOST)
