"""What did a campaign bring?  A handful of questions, each over all its letters at once (docs/results.md)."""

from store.results.campaign import of_campaign, overview
from store.results.meters import meters

__all__ = ["meters", "of_campaign", "overview"]
