"""What can go wrong with other people's records, and how should a caller react?

PostillionError
├── BadRecord               skip this one: it becomes a Rejection with its reason, the rest goes on
└── Stop                    nothing of this file may go on until a person has changed something
    └── UnreadableFile      not there, no permission, or a quote that is never closed
        ├── EmptyFile       no heading at all
        ├── BinaryFile      a workbook, an archive, UTF-16: no text that we read
        ├── NoDelimiter     text, but no table
        └── UnknownFormat   a table, but none that we know
"""

from campaigns.errors import PostillionError, Stop
from campaigns.rejection import RejectionReason


class BadRecord(PostillionError):
    """One record that cannot be taken over; never leaves the importers, which turn it into a ``Rejection``."""

    def __init__(self, reason: RejectionReason, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.position = position
        """The row at fault where it is not the record's first."""


class UnreadableFile(Stop):
    """A file that cannot be read to its end."""


class EmptyFile(UnreadableFile):
    """A file without a heading."""


class BinaryFile(UnreadableFile):
    """A file that is no text."""


class NoDelimiter(UnreadableFile):
    """A file whose first line is no row of headings."""


class UnknownFormat(UnreadableFile):
    """A table whose headings fit no format that we know."""

    def __init__(self, message: str, columns: tuple[str, ...], nearest: str, missing: tuple[str, ...]) -> None:
        super().__init__(message)
        self.columns = columns
        self.nearest = nearest
        """Name of the format that fits best."""
        self.missing = missing
        """What that format needs and the file lacks."""
