"""Where does a print run stand, and what may happen to it next?"""

from enum import StrEnum


class PrintRunState(StrEnum):
    """The way of a print run (Druckauflage): the letters of one campaign run, printed and handed over together."""

    SELECTING = "selecting"
    RENDERING = "rendering"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    HANDING_OVER = "handing_over"
    """Its content is settled for good; files are on their way to the print shop."""
    HANDED_OVER = "handed_over"
    EMPTY = "empty"
    """Nobody was selected: there was nothing to print."""
    REJECTED = "rejected"

    @property
    def is_finished(self) -> bool:
        """Nothing more will happen to it by itself."""
        return self in FINISHED


FINISHED = (PrintRunState.HANDED_OVER, PrintRunState.EMPTY, PrintRunState.REJECTED)
STOPPABLE = (PrintRunState.SELECTING, PrintRunState.RENDERING, PrintRunState.AWAITING_APPROVAL, PrintRunState.APPROVED)
"""It can still be rejected: nothing of it has left the house."""


class PrintFileState(StrEnum):
    """The way of a print file: which letters are in it is settled before it is rendered."""

    SEALED = "sealed"
    RENDERED = "rendered"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"
