"""What does every request find at hand: settings, the database, the counters of misuse?"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends
from starlette.requests import HTTPConnection

from api.errors import DatabaseAway
from api.throttle import Throttle
from store import engine as database
from store.engine import Connection, DatabaseTrouble, Engine
from store.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Office:
    """One per process, from its start to its end; transactions are opened here, so that a lost database is one refusal everywhere."""

    settings: Settings
    engine: Engine
    misses: Throttle = field(default_factory=lambda: Throttle("30 per 10 minutes"))
    """Codes that no letter carries."""
    tries: Throttle = field(default_factory=lambda: Throttle("5 per 15 minutes"))
    """Sign-ins by user name."""
    sprayed: Throttle = field(default_factory=lambda: Throttle("50 per 15 minutes"))
    """Sign-ins under whatever names."""
    session_notes: Throttle = field(default_factory=lambda: Throttle("1 per 5 minutes"))
    """Writing down that a session is in use."""
    hashing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(2))
    """Passwords checked at once: each takes 64 MiB."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that only reads; raises DatabaseAway."""
        with _refusing(), database.reading(self.engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, committed at the end; raises DatabaseAway."""
        with _refusing(), database.writing(self.engine) as connection:
            yield connection


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except DatabaseTrouble as error:
        log.error("The database refused a transaction: %s", type(error).__name__)  # the message would carry the row
        raise DatabaseAway from error


def office_of(request: HTTPConnection) -> Office:
    """The office that the request came to."""
    office: Office = request.app.state.office
    return office


AtOffice = Annotated[Office, Depends(office_of)]
