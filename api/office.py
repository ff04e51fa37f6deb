"""What does every request find at hand: settings, the database, the counters of misuse?"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from anyio import CapacityLimiter
from fastapi import Depends
from starlette.requests import HTTPConnection

from api.coupons.guessing import Guesses
from api.desk.previews import Previews
from api.desk.reckoned import Reckoned
from api.errors import DatabaseAway
from api.group_commit import Closed, GroupCommit
from api.measures.meters import Meters
from api.scanning.patience import Database
from api.scanning.recorder import Kept
from api.scanning.visitors import Visitors
from api.throttle import Throttle
from api.webhook_intake import Intake
from campaigns.checkout import Refused
from store import engine as database
from store import failpoint, giving_way, redemptions, webhooks
from store.engine import Connection, DatabaseTrouble, Engine
from store.journal import Journal
from store.redemptions import Act, Redemption, Wish
from store.scans import Arrival
from store.settings import Settings
from store.webhooks import Delivery

log = logging.getLogger(__name__)

T = TypeVar("T")
WEBHOOKS_AT_ONCE = 100
"""In one transaction; each may have 5 MB."""
CHECKOUTS_AT_ONCE = 64
"""In one transaction: one flush to disk for all of them."""


@dataclass(frozen=True, slots=True)
class Office:
    """One per process, from its start to its end; transactions are opened here, so that a lost database is one refusal everywhere."""

    settings: Settings
    engine: Engine
    scans: GroupCommit[Arrival, Kept]
    """Keeps every scan before its answer."""
    visitors: Visitors
    journal: Journal
    """Where scans wait while the database is away."""
    questions: Database[Any]
    """Asks the database without waiting for ever."""
    meters: Meters = field(default_factory=Meters)
    """What /metrics shows."""
    misses: Throttle = field(default_factory=lambda: Throttle("30 per 10 minutes"))
    """Codes that no letter carries."""
    all_misses: Throttle = field(default_factory=lambda: Throttle("600 per minute"))
    """The same of everybody together: whoever guesses from many addresses."""
    tries: Throttle = field(default_factory=lambda: Throttle("5 per 15 minutes"))
    """Sign-ins by user name."""
    sprayed: Throttle = field(default_factory=lambda: Throttle("50 per 15 minutes"))
    """Sign-ins under whatever names."""
    session_notes: Throttle = field(default_factory=lambda: Throttle("1 per 5 minutes"))
    """Writing down that a session is in use."""
    guesses: Guesses = field(default_factory=Guesses)
    """Coupon codes that nobody has."""
    taken_codes: Throttle = field(default_factory=lambda: Throttle("20 per hour"))
    """Codes that a partner wanted and somebody else has: they tell which codes there are."""
    wrong_keys: Throttle = field(default_factory=lambda: Throttle("20 per 15 minutes"))
    """API keys that are not valid."""
    taking_in: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(2))
    """Batches read and stored at once: a hostile one takes 400 MB for a moment, and they queue for the database anyway."""
    hashing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(2))
    """Passwords checked at once: each takes 64 MiB."""
    drawing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(2))
    """Layouts looked at at once: each preview keeps a processor busy for a second."""
    previews: Previews = field(default_factory=Previews)
    """Of layouts, as they were drawn last."""
    reckoned: Reckoned = field(default_factory=Reckoned)
    """Results that took long, of the last minute."""
    intake: Intake = field(default_factory=Intake)
    """Whether webhooks come in just now."""
    webhooks: GroupCommit[Delivery, None] = field(init=False)
    """Stores webhooks, each before its answer."""
    checkouts: GroupCommit[Act, Any] = field(init=False)
    """Carries out what checkouts ask for, each before its answer."""
    deliveries: threading.Event = field(default_factory=threading.Event)
    """Set when a webhook has been stored."""

    def __post_init__(self) -> None:
        """Webhooks and checkouts are stored in this office's database."""
        object.__setattr__(self, "webhooks", GroupCommit(self._keep, WEBHOOKS_AT_ONCE))
        object.__setattr__(self, "checkouts", GroupCommit(partial(redemptions.together, self.engine), CHECKOUTS_AT_ONCE))

    @property
    def timezone(self) -> ZoneInfo:
        """Of the shop's calendar."""
        return ZoneInfo(self.settings.timezone)

    async def carry_out(self, act: Callable[[Connection], T]) -> T:
        """Give the result of an act once it is committed, together with what else came at this moment; raises DatabaseAway."""
        result: T = await self._carry_out(act)
        return result

    async def grant(self, wish: Wish) -> Redemption | Refused:
        """The same of a wish: those that come at one moment are looked at together."""
        result: Redemption | Refused = await self._carry_out(wish)
        return result

    async def _carry_out(self, act: Act) -> Any:
        with self._refusing():
            try:
                result = await self.checkouts.put(act)
            except Closed as error:
                raise DatabaseAway from error
            if isinstance(result, Exception):
                raise result
            return result

    async def keep(self, delivery: Delivery) -> None:
        """Return once a webhook is committed, together with what else came at this moment; raises DatabaseAway."""
        try:
            await self.webhooks.put(delivery)
        except Closed as error:
            raise DatabaseAway from error

    def _keep(self, deliveries: Sequence[Delivery]) -> list[None]:
        with self.writing() as connection:
            webhooks.add(connection, *deliveries)
            failpoint.pass_by("webhook.before_keeping")
        failpoint.pass_by("webhook.after_keeping")
        return [None] * len(deliveries)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that only reads; raises DatabaseAway."""
        with self._refusing(), database.reading(self.engine) as connection:
            yield connection

    def written(self, act: Callable[[Connection], T]) -> T:
        """Give the result of an act in a transaction of its own, done again where it has to give way to another one; raises DatabaseAway."""
        with self._refusing():
            return giving_way.written(self.engine, act, giving_way.tries_of_a_request(self.engine))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, committed at the end; raises DatabaseAway."""
        begun = time.perf_counter()
        with self._refusing(), database.writing(self.engine) as connection:
            self.meters.database_wait.observe(time.perf_counter() - begun)
            yield connection

    def connections(self) -> tuple[int, int]:
        """How many connections to the database are open, and how many of them are in use."""
        return database.connections(self.engine)

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except DatabaseTrouble as error:
            self.meters.database_refusals.inc()
            log.error("The database refused a transaction: %s", type(error).__name__)  # the message would carry the row
            raise DatabaseAway from error


def office_of(request: HTTPConnection) -> Office:
    """The office that the request came to."""
    office: Office = request.app.state.office
    return office


AtOffice = Annotated[Office, Depends(office_of)]
