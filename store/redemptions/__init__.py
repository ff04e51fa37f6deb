"""Is a coupon granted to an order, once and not once more, and how does it become free again?"""

from store.redemptions.arrival import Arrival, to_arrival
from store.redemptions.arriving import arrived, lock_codes
from store.redemptions.asking import Asking, Redemption, Wish
from store.redemptions.completing import completed, owned, people_came_in
from store.redemptions.coupon import Coupon, find
from store.redemptions.ending import expire, release, roll_back, roll_back_one, void
from store.redemptions.granting import grant, quote, redeem, reserve
from store.redemptions.rows import by_id, by_order, of_coupon, of_customer
from store.redemptions.settling import settle_anew, settle_page, spell_page
from store.redemptions.sign_up import remember
from store.redemptions.together import Act, together

__all__ = [
    "Act",
    "Arrival",
    "Asking",
    "Coupon",
    "Redemption",
    "Wish",
    "arrived",
    "by_id",
    "by_order",
    "completed",
    "expire",
    "find",
    "grant",
    "lock_codes",
    "of_coupon",
    "of_customer",
    "owned",
    "people_came_in",
    "quote",
    "redeem",
    "release",
    "remember",
    "reserve",
    "roll_back",
    "roll_back_one",
    "settle_anew",
    "settle_page",
    "spell_page",
    "to_arrival",
    "together",
    "void",
]
