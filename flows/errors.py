"""What can go wrong in a run as a whole, sorted by reaction.

PostillionError
├── TryLater                the same act may succeed soon
│   ├── BeingWorkedOn       another process holds the print run
│   └── DatabaseFailed      the database refused or was away
└── Stop
    ├── UnknownCampaign     nobody saved a campaign of that name
    ├── LayoutChanged       a layout was edited between selection and rendering
    ├── LetterTooOld        a print run waited so long that its date and coupons are wrong
    ├── Unclear             only the print shop knows whether it has a print run
    ├── MisprintedFile      a print file does not say what it should: nothing of it may go out
    └── NothingToImport     no file where one should be
"""

from campaigns.errors import PostillionError, Stop


class TryLater(PostillionError):
    """The same act may succeed soon."""


class BeingWorkedOn(TryLater):
    """Another process holds the print run."""


class DatabaseFailed(TryLater):
    """The database refused or was away; its own words stay out of logs, they can hold personal data."""


class UnknownCampaign(Stop):
    """Nobody saved a campaign of that name."""


class LayoutChanged(Stop):
    """A layout was edited while a print run was being made with it."""


class LetterTooOld(Stop):
    """A print run waited so long that its date and coupons are wrong."""


class Unclear(Stop):
    """Only the print shop knows whether it has a print run."""


class MisprintedFile(Stop):
    """A print file does not say what it should."""


class NothingToImport(Stop):
    """There is no CSV file at the given place."""
