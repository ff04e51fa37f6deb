"""What can go wrong in a run as a whole.

PostillionError
└── Stop
    ├── UnknownCampaign     nobody saved a campaign of that name
    ├── LayoutChanged       a layout was edited between selection and rendering
    └── NothingToImport     no file where one should be
"""

from campaigns.errors import Stop


class UnknownCampaign(Stop):
    """Nobody saved a campaign of that name."""


class LayoutChanged(Stop):
    """A layout was edited while a print run was being made with it."""


class NothingToImport(Stop):
    """There is no CSV file at the given place."""
