"""On what may a verdict depend?"""

from dataclasses import dataclass
from datetime import date, datetime

from campaigns.address import AddressProblem, AddressState


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known about one candidate of one campaign, as one query finds it."""

    customer_id: int
    person_key: str
    """Names the person for ever, over merges and re-imports; the draws hang on it."""
    country: str
    address_state: AddressState
    address_problem: AddressProblem | None
    objected: bool
    from_marketplace: bool
    """The last sale came through a marketplace."""
    trigger: str
    """What started the sequence: ``order-17``, ``cart-4``, ``account``, ``segment``, ``coupon-9``."""
    trigger_at: datetime
    """When that was: the last sale, the cart's last update, the registration, the coupon's issue."""
    open_cart: bool
    """Has a cart that pauses other campaigns (product.md 2.3)."""
    is_prospect: bool = False
    """Has no completed order (product.md 2.1)."""
    on_robinson_list: bool = False
    has_ordered: bool = True
    """Has a sale of any date."""
    bought_since: bool = False
    """Has a sale that stops the sequence."""
    ends_on: date | None = None
    """Last day of the coupon that is reminded of."""
    last_step: int = 0
    """Highest step of this sequence that a letter exists for, or that the person was held out of."""
    last_step_at: datetime | None = None
    """When that letter was handed over, None while it is not; or when the person was held out of it."""
    last_letter_at: datetime | None = None
    """The newest letter of any campaign, or holdout of this one."""
    letters_in_cap: int = 0
    """Letters of all campaigns within the cap's days, and holdouts of this one."""
    other_campaign: str = ""
    """Slug of another campaign that has a letter to this person of today, or on its way to the print shop."""
