"""What can go wrong on the way to the print shop, and how a caller should react.

PostillionError
└── Stop
    └── TargetDiffers       a file of that name with other content is there already: nothing is overwritten
"""

from campaigns.errors import Stop


class TargetDiffers(Stop):
    """A file of that name with other content lies at the print shop already."""
