"""How does a run say that what was filled in cannot be saved?"""

from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Failed

from campaigns.errors import InvalidCampaign, InvalidOffer


def refused(error: InvalidCampaign | InvalidOffer) -> State[str]:
    """A run that has failed, with the reasons alone: a traceback tells a marketer nothing."""
    get_run_logger().error("%s", error)
    create_markdown_artifact(key="not-saved", markdown=str(error), description="What must be changed: Copy to new run opens the form as it was filled in")
    return Failed(message=str(error))
