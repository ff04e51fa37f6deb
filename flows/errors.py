"""What can go wrong in a run as a whole, sorted by reaction.

PostillionError
├── TryLater                the same act may succeed soon
│   ├── BeingWorkedOn       another process holds the print run, or the source of records
│   ├── ClusterUnusable     a Dask cluster that is away, or whose workers are not like us
│   ├── DatabaseFailed      the database refused or was away
│   ├── DiskFull            no room for a print file
│   └── ShopTooSlow         a shop that has taken codes and does not say what became of them
└── Stop
    ├── Abandoned           a print file that nobody waits for any more
    ├── UnknownCampaign     nobody saved a campaign of that name
    ├── NotToday            a campaign that is switched off, has not begun or has ended
    ├── UnknownSeed         no seed address of that number
    ├── UnprintableAddress  a seed address that no letter can be sent to
    ├── OfferGone           an offer that a campaign's step needs was deleted
    ├── UnknownCustomer     nobody of that number
    ├── LayoutChanged       a layout was edited between selection and rendering
    ├── LetterTooOld        a print run waited so long that its date and coupons are wrong
    ├── ErasedSince         a print run that is asked for once more holds letters of people who are erased
    ├── CodesMissing        letters whose codes their shop does not have yet
    ├── Unclear             only the print shop knows whether it has a print run
    ├── HandedOverElsewhere the print shop that has a print run is not the one that is set by now
    ├── MisprintedFile      a print file does not say what it should: nothing of it may go out
    ├── NothingToImport     no file where one should be
    ├── ShopNotConnected    no credentials for a shop, or not all of them
    ├── NoBackup            a file that is no whole backup, or not one of this installation
    ├── PlaceTaken          something is where something new should go
    ├── NotReachable        an address of ours that others cannot send to
    ├── WrongSource         a name that no source can have
    └── SourceTaken         two shops would share one source, and one of them its place in the other
"""

from campaigns.errors import Stop, TryLater


class BeingWorkedOn(TryLater):
    """Another process holds the print run, or the source of records."""


class ClusterUnusable(TryLater):
    """A Dask cluster that is away, or whose workers have other code or another data directory."""


class DatabaseFailed(TryLater):
    """The database refused or was away; its own words stay out of logs, they can hold personal data."""


class DiskFull(TryLater):
    """No room for a print file, with us or at the print shop."""


class ShopTooSlow(TryLater):
    """A shop that has taken codes and does not say what became of them."""


class CodesMissing(Stop):
    """Letters whose codes their shop does not have yet: nobody could redeem them."""


class Abandoned(Stop):
    """The flow that asked for a print file on another machine has ended."""


class UnknownCampaign(Stop):
    """Nobody saved a campaign of that name."""


class NotToday(Stop):
    """A campaign that is switched off, has not begun yet or has ended."""


class UnknownSeed(Stop):
    """No seed address of that number."""


class UnprintableAddress(Stop):
    """A seed address that no letter can be sent to."""


class OfferGone(Stop):
    """An offer that a campaign's step needs was deleted."""


class UnknownCustomer(Stop):
    """Nobody of that number."""


class LayoutChanged(Stop):
    """A layout was edited while a print run was being made with it."""


class LetterTooOld(Stop):
    """A print run waited so long that its date and coupons are wrong."""


class ErasedSince(Stop):
    """A print run that is asked for once more holds letters of people who are erased."""


class Unclear(Stop):
    """Only the print shop knows whether it has a print run."""


class HandedOverElsewhere(Stop):
    """The print shop that has a print run is not the one that is set by now."""


class MisprintedFile(Stop):
    """A print file does not say what it should."""


class NothingToImport(Stop):
    """There is no CSV file at the given place."""


class ShopNotConnected(Stop):
    """No credentials for a shop, or not all of them."""


class NoBackup(Stop):
    """A file that is no whole backup of ours, or not one that this installation can take."""


class PlaceTaken(Stop):
    """Something is where something new should go."""


class NotReachable(Stop):
    """An address of ours that others cannot send to."""


class WrongSource(Stop):
    """A name that no source can have."""


class SourceTaken(Stop):
    """Two shops under the name of one source."""
