"""Does the importer ask again when "later" is meant, and only then?"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from importers.asking import ATTEMPTS, LONGEST_PAUSE, Asking, refuse_a_wrong_clock, retry_after, said_at
from importers.errors import ShopUnreachable, WrongClock

Answer = Callable[[httpx.Request], httpx.Response]


class Shop:
    """Gives the prepared answers one after the other, the last one for ever."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests = 0
        self.pauses: list[float] = []
        self.asking = Asking(httpx.Client(transport=httpx.MockTransport(self._answer)), "The shop", self.pauses.append)

    def _answer(self, _request: httpx.Request) -> httpx.Response:
        self.requests += 1
        answer = self.answers[min(self.requests, len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def ask(self, judge: Callable[[httpx.Response], float | None] = lambda _answer: None) -> httpx.Response:
        return self.asking.ask(lambda: httpx.Request("GET", "http://127.0.0.1/"), judge)


def test_a_good_answer_is_asked_for_once() -> None:
    shop = Shop(httpx.Response(200, text="here"))
    assert shop.ask().text == "here"
    assert (shop.requests, shop.pauses) == (1, [])


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 423])
def test_a_refusal_goes_to_the_caller_at_once(status: int) -> None:
    shop = Shop(httpx.Response(status))
    assert shop.ask().status_code == status
    assert shop.requests == 1


@pytest.mark.parametrize(
    "trouble", [httpx.Response(503), httpx.Response(429), httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.DecodingError("gzip")]
)
def test_trouble_is_asked_again_after_growing_pauses(trouble: httpx.Response | Exception) -> None:
    shop = Shop(trouble, trouble, trouble, httpx.Response(200))
    assert shop.ask().status_code == 200
    assert shop.pauses == [0.5, 1.0, 2.0]


def test_the_pause_is_the_one_that_the_shop_names() -> None:
    shop = Shop(httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(200))
    shop.ask()
    assert shop.pauses == [7.0]


def test_the_caller_may_read_later_in_a_good_looking_answer() -> None:
    shop = Shop(httpx.Response(200, text="throttled"), httpx.Response(200, text="here"))
    assert shop.ask(lambda answer: 1.5 if answer.text == "throttled" else None).text == "here"
    assert shop.pauses == [1.5]


def test_patience_ends() -> None:
    shop = Shop(httpx.Response(502))
    with pytest.raises(ShopUnreachable, match=r"The shop did not answer usefully in 8 attempts; the last time: HTTP 502"):
        shop.ask()
    assert shop.requests == ATTEMPTS
    assert max(shop.pauses) <= LONGEST_PAUSE


def test_each_attempt_is_a_request_of_its_own() -> None:
    """A token may have been renewed in between."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["token"])
        return httpx.Response(200 if len(seen) == 2 else 503)

    tokens = iter(("old", "new"))
    asking = Asking(httpx.Client(transport=httpx.MockTransport(answer)), "The shop", lambda _seconds: None)
    asking.ask(lambda: httpx.Request("GET", "http://127.0.0.1/", headers={"token": next(tokens)}))
    assert seen == ["old", "new"]


@pytest.mark.parametrize(
    ("written", "seconds"), [("3", 3.0), ("0.5", 0.5), ("", 0.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0.0), ("-4", 0.0), ("nan", 0.0), ("inf", 900.0)]
)
def test_retry_after(written: str, seconds: float) -> None:
    assert retry_after(httpx.Response(429, headers={"Retry-After": written})) == seconds


NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "at"),
    [("Sun, 01 Nov 2026 12:00:00 GMT", NOON), ("Sun, 01 Nov 2026 12:00:00 -0000", NOON), ("Sun, 01 Nov 2026 13:00:00 +0100", NOON), ("", None), ("noon", None)],
)
def test_an_answer_says_when_it_was_given(written: str, at: datetime | None) -> None:
    assert said_at(httpx.Response(200, headers={"Date": written})) == at


def test_a_run_ends_where_the_clock_of_the_shop_stands_if_ours_is_ahead() -> None:
    shop = Shop(httpx.Response(200, headers={"Date": "Sun, 01 Nov 2026 12:00:00 GMT"}), httpx.Response(200))
    assert shop.asking.not_after_the_shop(NOON + timedelta(days=1)) == NOON + timedelta(days=1)
    shop.ask()
    assert shop.asking.not_after_the_shop(NOON + timedelta(days=1)) == NOON
    assert shop.asking.not_after_the_shop(NOON - timedelta(days=1)) == NOON - timedelta(days=1)
    shop.ask()
    assert shop.asking.not_after_the_shop(NOON + timedelta(days=1)) == NOON + timedelta(days=1)


def test_a_time_to_come_up_to_which_the_shop_was_read_is_an_error() -> None:
    refuse_a_wrong_clock(NOON, NOON - timedelta(minutes=9), timedelta(minutes=10), "The shop")
    with pytest.raises(WrongClock, match="The shop was read up to 2026-11-01 12:00 UTC, and now it is said to be 2026-11-01 11:50 UTC"):
        refuse_a_wrong_clock(NOON, NOON - timedelta(minutes=10), timedelta(minutes=10), "The shop")
