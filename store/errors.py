"""What can go wrong with the database, and how a caller should react.

PostillionError
├── TryLater
│   └── DatabaseInUse       another program has the database open that is to be replaced
└── Stop
    ├── BackupFailed        the database could not be copied, or not be put back
    ├── DatabaseNotReady    no tables or an older version of them: run the migrations
    ├── InvalidSettings     a setting that cannot be meant
    ├── UnsafeSqlite        a SQLite library that can corrupt the file
    ├── CountsDiffer        an import whose counts do not add up
    ├── WrongState          something was to be moved on from a state in which it is not
    ├── LostLease           another process has taken over what this one was working on
    ├── CannotUndo          a merge that cannot be taken back
    └── WrongName           a name that is taken, that nothing bears, or that cannot be one
        └── PartnerRefused  of a partner or a partner's sign-in
"""

from campaigns.errors import Stop, TryLater
from campaigns.partner import PartnerProblem


class DatabaseInUse(TryLater):
    """Another program has the database open that is to be replaced."""


class BackupFailed(Stop):
    """The database could not be copied, or not be put back."""


class DatabaseNotReady(Stop):
    """No tables, or an older version of them."""


class InvalidSettings(Stop):
    """A setting that cannot be meant."""


class UnsafeSqlite(Stop):
    """A SQLite library with the WAL-reset bug."""


class CountsDiffer(Stop):
    """read = stored + unchanged + rejected does not hold."""


class WrongState(Stop):
    """A print run or letter is not in the state that this act starts from."""


class LostLease(Stop):
    """Another process has taken over what this one was working on."""


class CannotUndo(Stop):
    """A merge that was undone already, or whose people are no longer there."""


class WrongName(Stop):
    """A name that is taken, that nothing bears, or that cannot be one."""


class PartnerRefused(WrongName):
    """Somebody cannot be taken in as a partner, or cannot sign in as one."""

    def __init__(self, problem: PartnerProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem
