"""How are many checkouts that ask at the same moment answered in one transaction, so that they share its way to the disk?"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import func, select

from store import failpoint
from store.engine import Connection, Engine, writing
from store.sets import is_postgresql

Answer = TypeVar("Answer")


def together(engine: Engine, acts: Sequence[Callable[[Connection], Answer]]) -> list[Answer | Exception]:
    """The answer of each act, in their order; what one of them raises is its answer and undoes that one alone.

    All in one transaction; if anything goes wrong, each again in one of its own. An act is a function of this package, so it may be
    done again: the same order gets the same answer.
    """
    try:
        return list(_kept(engine, acts))
    except Exception as error:  # whatever it is: the others must not fail with it
        if len(acts) == 1:
            return [error]
    return [answer for act in acts for answer in together(engine, [act])]


def _kept(engine: Engine, acts: Sequence[Callable[[Connection], Answer]]) -> list[Answer]:
    with writing(engine) as connection:
        _prepare(connection, len(acts) > 1)
        answers = [act(connection) for act in acts]
        failpoint.pass_by("redeem.before_commit")
    failpoint.pass_by("redeem.after_commit")
    return answers


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
