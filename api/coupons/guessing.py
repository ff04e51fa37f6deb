"""How are coupon codes kept from being guessed, without shutting out those who have one?

A code of ours has 48 bits: with a million live codes a guess hits once in 600 million. What is counted are codes that nobody has.
"""

import logging

from starlette.requests import HTTPConnection

from api.throttle import Throttle
from campaigns.coupon import normalise

log = logging.getLogger(__name__)


class Guesses:
    """Counts wrong codes by whoever typed them, by the program that passed them on, and all together.

    A visitor of too many wrong codes is not looked up any more, right or wrong: a guess that would hit must not be told from one that
    would not. A program or an installation of too many goes on working, because behind it stand honest shoppers; but it has an alarm in
    the log, and until it calms down three wrong codes are enough to end a visitor's luck.
    """

    def __init__(self) -> None:
        self._repeated = Throttle("1 per 10 minutes")
        self._visitors = Throttle("20 per 10 minutes")
        self._at_once = Throttle("25 per 2 seconds")
        self._asked_again = Throttle("1 per 2 seconds")
        self._suspects = Throttle("3 per 10 minutes")
        self._programs = Throttle("300 per hour")
        self._everybody = Throttle("1000 per hour")
        self._alarms = Throttle("1 per hour")

    @property
    def within_the_hour(self) -> int:
        """Wrong codes of everybody, up to the 1,000 at which the alarm is given."""
        return self._everybody.counted(None)

    def admits(self, request: HTTPConnection, program: str, client: str, code: str) -> bool:
        """Whether this visitor may have the code looked up; ``client`` is what the program calls the visitor, empty: the program itself.

        A hundred guesses at once are all under way before the first is known to be wrong, so of a visitor the different codes of a moment
        are counted, right or wrong; a program by itself may be busy.
        """
        who = _who(request, program, client)
        if client and self._asked_again.admits(*who, normalise(code)) and not self._at_once.admits(*who):
            return False
        limit = self._visitors if self._is_calm(program) else self._suspects
        return limit.has_room(*who)

    def count(self, request: HTTPConnection, program: str, client: str, code: str) -> None:
        """A code that nobody has was looked up; the same once more, because the cart has changed, is no new guess."""
        who = _who(request, program, client)
        if not self._repeated.admits(*who, normalise(code)):
            return
        for limit in (self._visitors, self._suspects):
            limit.admits(*who)
        self._programs.admits(None, program)
        self._everybody.admits(None)
        if not self._programs.has_room(None, program):
            self._warn(program)
        if not self._everybody.has_room(None):
            self._warn("")

    def _warn(self, program: str) -> None:
        """Once an hour for each program, and for all together."""
        if self._alarms.admits(None, program):
            whose = f"through the API key {program}" if program else "through all API keys together"
            log.warning("Somebody is guessing coupon codes: too many within an hour that nobody has, %s", whose)

    def _is_calm(self, program: str) -> bool:
        return self._programs.has_room(None, program) and self._everybody.has_room(None)


def _who(request: HTTPConnection, program: str, client: str) -> tuple[HTTPConnection | None, str, str]:
    return (None if client else request, program, client)
