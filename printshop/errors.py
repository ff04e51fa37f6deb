"""What can go wrong on the way to the print shop, and how a caller should react.

PostillionError
└── Stop
    ├── TargetDiffers       a file of that name with other content is there already: nothing is overwritten
    ├── InvalidTariff       the file of prices cannot be used
    └── NoPostage           it has no price for a letter of that weight to that country
"""

from campaigns.errors import Stop


class TargetDiffers(Stop):
    """A file of that name with other content lies at the print shop already."""


class InvalidTariff(Stop):
    """The file of prices cannot be used."""


class NoPostage(Stop):
    """The tariff has no price for a letter of that weight to that country."""
