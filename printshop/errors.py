"""What can go wrong on the way to the print shop, and how a caller should react.

PostillionError
├── TryLater
│   ├── PlaceUnreachable    the print shop's server is away, or the line was cut
│   └── PlaceFull           it has no room left
└── Stop
    ├── TargetDiffers       a file of that name with other content is there already: nothing is overwritten
    ├── NameTaken           a file was to get a name that another one has
    ├── InvalidPlace        an address that no print shop can have
    ├── PlaceRefuses        wrong credentials, no such folder or bucket, or nothing may be written there
    ├── UnknownHost         a server whose key nobody has checked
    ├── InvalidTariff       the file of prices cannot be used
    ├── NoPostage           it has no price for a letter of that weight to that country
    └── NoReport            the file is no report of a print shop
"""

from campaigns.errors import Stop, TryLater


class PlaceUnreachable(TryLater):
    """The print shop's server is away, or the line to it was cut."""


class PlaceFull(TryLater):
    """The print shop's server has no room left."""


class TargetDiffers(Stop):
    """A file of that name with other content lies at the print shop already."""


class NameTaken(Stop):
    """A file was to get a name that another one has."""


class InvalidPlace(Stop):
    """An address that no print shop can have."""


class PlaceRefuses(Stop):
    """Wrong credentials, no such folder or bucket, or nothing may be written there."""


class UnknownHost(Stop):
    """A server whose key nobody has checked: it may be somebody else's."""


class InvalidTariff(Stop):
    """The file of prices cannot be used."""


class NoPostage(Stop):
    """The tariff has no price for a letter of that weight to that country."""


class NoReport(Stop):
    """The file is no report of a print shop; the message says what was found and what is expected."""
