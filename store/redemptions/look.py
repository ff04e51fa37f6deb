"""What do checkouts that ask at the same moment need to know: read in one go, and kept up while they are answered one by one?

Fifty that ask for themselves ask two hundred questions, one after the other; together they ask six.
"""

from collections.abc import Collection, Sequence
from itertools import groupby

from sqlalchemy import Connection

from campaigns.checkout import HOLDS_A_USE, Shopper
from campaigns.coupon import normalise
from campaigns.newcomer import mailbox
from store.redemptions import bought, coupon, rows
from store.redemptions.asking import Redemption, Wish
from store.redemptions.bought import Use
from store.redemptions.buyer import Buyer, whoever
from store.redemptions.coupon import CameIn, Coupon


class Look:
    """The coupons, orders and people of some wishes; whoever writes something of theirs says so (``keep``, ``tell``), or looks ``again``."""

    def __init__(self, connection: Connection, wishes: Sequence[Wish], coupons: dict[str, Coupon]) -> None:
        """``coupons``: by their normalised codes."""
        self._connection, self._wishes, self._coupons = connection, wishes, coupons
        self._orders: dict[tuple[str, str], list[Redemption]] = {}
        self._came_in: dict[str, list[CameIn]] = {}
        self._buyers: dict[tuple[str, Shopper], Buyer] = {}
        for source, those in _by_source(self._possible):
            people, secret = {one.checkout.shopper for one in those}, those[0].asking.secret
            self._buyers |= {(source, who): it for who, it in whoever(connection, people, source, secret).items()}
            self._came_in[source] = coupon.came_in(connection, source, {one.order_ref for one in those} - {""})
        self._uses: dict[int, Use] = {}
        self._read()

    @property
    def _possible(self) -> list[Wish]:
        """Those for a coupon that there is."""
        return [one for one in self._wishes if one.key in self._coupons]

    def _read(self) -> None:
        for source, those in _by_source(self._possible):
            found = rows.by_orders(self._connection, source, {one.order_ref for one in those} - {""})
            self._orders |= {(source, order_ref): redeemed for order_ref, redeemed in found.items()}
        counted = [one for one in self._possible if self._coupons[one.key].is_counted_by_person]
        whose, codes = {(one.asking.source, one.checkout.shopper) for one in counted}, {self._coupons[one.key].id for one in counted}
        self._uses = {use.redemption_id: use for use in bought.uses(self._connection, [self._buyers[one] for one in whose], codes)}

    def again(self, wish: Wish) -> Coupon:
        """More has changed than a wish itself: read everything that may have; gives its coupon."""
        self._coupons = coupon.by_key(self._connection, self._coupons)
        self._read()
        return self._coupons[wish.key]

    def found(self, wish: Wish) -> Coupon | None:
        """Its coupon."""
        return self._coupons.get(wish.key)

    def before(self, wish: Wish) -> list[Redemption]:
        """The coupons of its order, first used first."""
        return list(self._orders.get((wish.asking.source, wish.order_ref), ()))

    def is_cancelled(self, wish: Wish) -> bool:
        """Whether the shop has said so of its order: of this key, or of all that have this number and are not somebody else's."""
        mine = [one for one in self._came_in[wish.asking.source] if self._is_meant(one, wish)]
        return bool(mine) and all(one.is_cancelled for one in mine)

    def _is_meant(self, one: CameIn, wish: Wish) -> bool:
        if one.source_id == wish.order_ref or one.number != wish.order_ref:
            return one.source_id == wish.order_ref
        who, box = self.buyer(wish), mailbox(one.email_key or "")
        is_told = (who.ids and one.customer_id) or (who.mailbox and box)
        return not is_told or one.customer_id in who.ids or bool(box and box == mailbox(who.shopper.email))

    def buyer(self, wish: Wish) -> Buyer:
        """Who stands at the checkout."""
        return self._buyers[wish.asking.source, wish.checkout.shopper]

    def uses_of(self, found: Coupon, wish: Wish, own: int | None) -> int:
        """How often this person, or household, uses the coupon, beside the redemption ``own``."""
        return bought.count(self._uses.values(), found.id, self.buyer(wish), own, wish.asking.now)

    def keep(self, wish: Wish, found: Coupon, done: Redemption) -> None:
        """A wish was granted: so stand its redemption and its coupon now."""
        self._coupons[wish.key] = found
        self.tell(done)
        mine = self._orders[wish.asking.source, wish.order_ref]
        if all(one.id != done.id for one in mine):
            mine.append(done)
        if done.state in HOLDS_A_USE:
            who = self.buyer(wish)
            self._uses[done.id] = Use(done.id, done.coupon_id, done.customer_id, who.mailbox, who.home, done.expires_at)

    def tell(self, done: Redemption) -> None:
        """More is known of a redemption; its use stays whose it was."""
        for those in self._orders.values():
            those[:] = [done if one.id == done.id else one for one in those]


def locked(connection: Connection, wishes: Sequence[Wish]) -> Look:
    """Until the transaction ends nobody else has these orders and coupons: every limit is kept by these locks."""
    for source, those in _by_source(wishes):
        coupon.lock_orders(connection, source, {one.order_ref for one in those})
    return Look(connection, wishes, coupon.locked_by_key(connection, {one.key for one in wishes}))


def passing(connection: Connection, wish: Wish) -> Look:
    """The same for a mere question: it holds for now."""
    return Look(connection, [wish], coupon.by_key(connection, {normalise(wish.code)}))


def _by_source(wishes: Collection[Wish]) -> list[tuple[str, list[Wish]]]:
    """Shops, in the order of their names."""
    return [(source, list(those)) for source, those in groupby(sorted(wishes, key=lambda one: one.asking.source), key=lambda one: one.asking.source)]
