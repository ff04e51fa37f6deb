"""Who are a campaign's candidates, what may their verdicts depend on, and what was decided about them?"""

from store.audience.candidates import Candidate, page
from store.audience.no_purchase import has_account
from store.audience.turns import lock
from store.audience.verdicts import last_said, record

__all__ = ["Candidate", "has_account", "last_said", "lock", "page", "record"]
