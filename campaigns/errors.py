"""What can go wrong in the rules themselves, and how a caller should react.

PostillionError
├── InvalidCheckout         skip this one: a cart that cannot be, so nothing can be said of its coupon
├── TryLater                the same act may succeed soon
└── Stop                    nothing may go on until a person has changed something
    ├── InvalidCampaign     a campaign definition that cannot work
    └── InvalidOffer        an offer whose terms contradict each other
"""

from collections.abc import Sequence


class PostillionError(Exception):
    """Root of every error that Postillion raises on purpose; its text says which thing, what is wrong, what to do."""


class InvalidCheckout(PostillionError):
    """A cart that cannot be: nothing in it, negative or huge amounts, a VAT rate above 100 %."""


class TryLater(PostillionError):
    """The same act may succeed soon."""


class Stop(PostillionError):
    """Nothing of this act may go on."""


class InvalidCampaign(Stop):
    """A campaign definition that cannot work."""


class InvalidOffer(Stop):
    """An offer whose terms contradict each other."""

    def __init__(self, message: str, problems: Sequence[tuple[str, str]] = ()) -> None:
        """``problems``: each contradiction as an OfferProblem for programs that speak another language, and as an English sentence."""
        super().__init__(message)
        self.problems = tuple(problems)
