"""Which stretch of an audience is asked for, and who is in no audience at all?"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection

from campaigns.day import Day
from store.matching import LIVE
from store.schema import customers
from store.sets import among


@dataclass(frozen=True, slots=True)
class Scope:
    """One page: people with a customer id above ``after``, ``limit`` at the most."""

    connection: Connection
    after: int
    limit: int
    day: Day
    only: Collection[int] | None
    """Nobody else; None for everybody."""

    def holds(self, customer_id: ColumnElement[int]) -> list[ColumnElement[bool]]:
        """What a customer's id must fulfil."""
        found = [customer_id > self.after]
        return found if self.only is None else [*found, among(self.connection, customer_id, self.only)]

    def people(self) -> list[ColumnElement[bool]]:
        """The same with what makes somebody of the customers table a person whom one can write to."""
        return [*self.holds(customers.c.id), *LIVE]
