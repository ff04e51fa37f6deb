"""Is the bucket shared fairly by those who ask at the same time?  (That one query waits for it: test_graphql.)"""

from typing import Any

from importers.shopify.pace import JITTER, Pace


def cost(requested: int, left: int) -> dict[str, Any]:
    return {"requestedQueryCost": requested, "throttleStatus": {"maximumAvailable": 1000, "currentlyAvailable": left, "restoreRate": 100}}


def test_whoever_asks_before_the_first_is_answered_finds_its_points_gone() -> None:
    pace = Pace(clock=lambda: 0.0)
    pace.heard("q", cost(300, 400))
    assert [pace.wait("q"), pace.wait("q"), pace.wait("q")] == [0.0, 2.0, 5.0]


def test_an_answer_says_how_it_really_is() -> None:
    pace = Pace(clock=lambda: 0.0)
    pace.heard("q", cost(300, 400))
    pace.wait("q")
    pace.heard("q", cost(300, 390))
    assert pace.wait("q") == 0.0


def test_a_query_that_costs_more_than_the_bucket_holds_does_not_wait_for_ever() -> None:
    pace = Pace(clock=lambda: 0.0)
    pace.heard("q", cost(5000, 0))
    assert pace.wait("q") == 10.0


def test_a_refusal_without_numbers_waits_a_moment() -> None:
    assert 0 < Pace(clock=lambda: 0.0).wait_refused("q") <= JITTER
