"""What can go wrong with other people's records, and how should a caller react?

PostillionError
├── BadRecord               skip this one: it becomes a Rejection with its reason, the rest goes on
├── TryLater
│   └── ShopUnreachable     no answer, an error of the shop's own, or too many requests for too long
└── Stop                    nothing of this file or shop may go on until a person has changed something
    ├── ShopRefused         the shop does not let us in, or not do this
    │   ├── WrongCredentials    secret, token or password is not right, or not any more
    │   ├── UnknownShop         there is no shop under this name
    │   ├── NotSwitchedOn       the account's interface for programs is not switched on, or not booked
    │   ├── MissingScope        the app may not do this before it is given the access
    │   ├── HiddenPeople        names and addresses come as blanks: the app has no access to personal data
    │   └── ShopFrozen          closed or locked, mostly for an unpaid bill
    ├── WrongClock          the shop was read up to a time that has not come yet: a clock is or was wrong
    ├── BrokenAnswer        an answer that is not what was agreed: going on would lose records
    │   ├── WrongApiVersion     answered by another version of the interface than was asked
    │   └── TooExpensive        a question above what the shop allows at once
    ├── InvalidMapping      a mapping file that cannot work, with every reason
    └── UnreadableFile      not there, no permission, or a quote that is never closed
        ├── EmptyFile       no heading at all
        ├── BinaryFile      a workbook, an archive, UTF-16: no text that we read
        ├── NoDelimiter     text, but no table
        ├── UnsaidKind      a list that would do the opposite if it were read as customers
        └── UnknownFormat   a table, but none that we know
"""

from campaigns.errors import PostillionError, Stop, TryLater
from campaigns.rejection import RejectionReason


class BadRecord(PostillionError):
    """One record that cannot be taken over; never leaves the importers, which turn it into a ``Rejection``."""

    def __init__(self, reason: RejectionReason, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.position = position
        """The row at fault where it is not the record's first."""


class ShopUnreachable(TryLater):
    """A shop that gave no usable answer, however often it was asked."""


class ShopRefused(Stop):
    """A shop that does not let us in, or not do this."""


class WrongCredentials(ShopRefused):
    """Secret, token or password is not right, or not any more."""


class UnknownShop(ShopRefused):
    """There is no shop under this name."""


class NotSwitchedOn(ShopRefused):
    """The account's interface for programs is not switched on, or not booked."""


class MissingScope(ShopRefused):
    """The app may not do this before it is given the access that the message names."""


class HiddenPeople(ShopRefused):
    """Names and addresses come as blanks, since the app has no access to personal data."""


class ShopFrozen(ShopRefused):
    """A shop that is closed or locked."""


class WrongClock(Stop):
    """The shop was read up to a time that has not come yet: going on would miss changes."""


class BrokenAnswer(Stop):
    """An answer of a shop that is not what was agreed."""


class WrongApiVersion(BrokenAnswer):
    """Answered by another version of the interface than was asked."""


class TooExpensive(BrokenAnswer):
    """A question above what the shop allows at once."""


class InvalidMapping(Stop):
    """A mapping file that cannot work."""


class UnreadableFile(Stop):
    """A file that cannot be read to its end."""


class EmptyFile(UnreadableFile):
    """A file without a heading."""


class BinaryFile(UnreadableFile):
    """A file that is no text."""


class NoDelimiter(UnreadableFile):
    """A file whose first line is no row of headings."""


class UnsaidKind(UnreadableFile):
    """A list of people of which nobody said what it is."""


class UnknownFormat(UnreadableFile):
    """A table whose headings fit no format that we know."""

    def __init__(self, message: str, columns: tuple[str, ...], nearest: str, missing: tuple[str, ...], skeleton: str = "") -> None:
        super().__init__(message)
        self.columns = columns
        self.nearest = nearest
        """Name of the format that fits best."""
        self.missing = missing
        """What that format needs and the file lacks."""
        self.skeleton = skeleton
        """A mapping file to start from."""
