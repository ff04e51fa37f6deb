"""What can go wrong between a letter and its page, and how a caller should react.

PostillionError                 (campaigns.errors)
├── UnprintableLetter           skip this letter, the others stand
└── Stop
    ├── UnprintableCode         no QR code of this print file can be set: change the public URL or the layout
    ├── UnusableFile            a picture or the stationery of a layout cannot be printed: export it as the text says
    └── Misfit                  what every letter of a layout prints has no room in it: change the layout or the sender
"""

from campaigns.errors import PostillionError, Stop


class UnprintableLetter(PostillionError):
    """One letter cannot be set; the text says why, in words for a marketer."""


class UnprintableCode(Stop):
    """The address in the QR codes does not suit the space for them."""


class Misfit(Stop):
    """No letter of a layout can be set for this sender, whoever it goes to."""


class UnusableFile(Stop):
    """A picture or the stationery of a layout cannot be printed, and no letter without it; the text says what to do."""
