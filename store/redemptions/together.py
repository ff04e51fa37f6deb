"""How are many checkouts that ask at the same moment answered in one transaction, so that they share its way to the disk?"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select

from store import failpoint
from store.engine import Connection, Engine
from store.giving_way import gave_way, tries_of_a_request, written
from store.redemptions.asking import Wish
from store.redemptions.granting import grant
from store.sets import is_postgresql

log = logging.getLogger(__name__)

Act = Wish | Callable[[Connection], Any]
"""A wish, or another function of this package."""


def together(engine: Engine, acts: Sequence[Act]) -> list[Any]:
    """The answer of each act, in their order; what one of them raises is its answer and undoes that one alone.

    All in one transaction, wishes first; if anything goes wrong, each again in one of its own, and once more where that has to give
    way to an import. An act may be done again: the same order gets the same answer.
    """

    def answered(connection: Connection) -> list[Any]:
        _prepare(connection, len(acts) > 1)
        granted = iter(grant(connection, [act for act in acts if isinstance(act, Wish)]))
        answers = [next(granted) if isinstance(act, Wish) else act(connection) for act in acts]
        failpoint.pass_by("redeem.before_commit")
        return answers

    try:
        answers = written(engine, answered, tries_of_a_request(engine) if len(acts) == 1 else 1)
    except Exception as error:  # whatever it is: the others must not fail with it
        if len(acts) == 1 or _have_waited(engine, error):
            return [error] * len(acts)
        log.warning("%s checkouts of one transaction are asked one by one: %s", len(acts), type(error).__name__)  # the message would carry the row
        return [answer for act in acts for answer in together(engine, [act])]
    failpoint.pass_by("redeem.after_commit")
    return answers


def _have_waited(engine: Engine, error: Exception) -> bool:
    """All of them in vain, for SQLite's one lock: one by one they would wait for ten seconds each."""
    return engine.dialect.name == "sqlite" and gave_way(error)


_PLAN_ONCE = (func.set_config("plan_cache_mode", "auto", True), func.set_config("enable_seqscan", "off", True))
_ALONE, _WITH_OTHERS = select(*_PLAN_ONCE), select(*_PLAN_ONCE, func.set_config("lock_timeout", "500ms", True))


def _prepare(connection: Connection, with_others: bool) -> None:
    """Let PostgreSQL keep the plans of these few statements: planning them each time took a third of the whole.

    Elsewhere nothing is kept (store.engine), since a plan from an empty table reads all of it once it is full; without sequential scans
    there is no such plan, and everything that a checkout asks has an index.

    Many checkouts in one transaction may wait in a ring with an import: they give way, before PostgreSQL looks for rings (a second) and
    may choose the import, and are asked again one by one.
    """
    if is_postgresql(connection):
        connection.execute(_WITH_OTHERS if with_others else _ALONE)
