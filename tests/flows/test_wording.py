"""What a marketer reads of a run's decisions."""

from collections import Counter
from dataclasses import fields

from campaigns.verdict import Funnel, Outcome, Reason
from flows.run_campaign import nothing_printed
from flows.wording import IN_WORDS, funnel_line, funnel_rows
from store.print_runs import PrintRun


def test_every_verdict_has_words() -> None:
    assert set(IN_WORDS) == {"audience", Outcome.SELECTED, Outcome.HOLDOUT, *Reason}
    assert len(set(IN_WORDS.values())) == len(IN_WORDS)


def test_the_funnel_is_told_in_words_from_the_audience_to_the_letters() -> None:
    funnel = Funnel(Counter({Outcome.SELECTED: 3, Reason.OPEN_CART: 2, Outcome.HOLDOUT: 1}))
    rows = funnel_rows(funnel)
    assert [(row["verdict"], row["people"]) for row in rows] == [("audience", 6), ("open cart", 2), ("holdout", 1), ("selected", 3)]
    assert rows[1]["meaning"] == "has products in the cart: the campaign waits"
    assert funnel_line(funnel) == "audience 6 · open cart 2 · holdout 1 · selected 3"


def a_run(counts: dict[str, int]) -> PrintRun:
    """A print run of which only the funnel matters."""
    nothing = dict.fromkeys(field.name for field in fields(PrintRun))
    return PrintRun(**{**nothing, "funnel": Funnel(Counter(counts))})  # type: ignore[arg-type]


def test_a_run_that_prints_nothing_says_whether_somebody_waits() -> None:
    assert nothing_printed(a_run({Reason.NOT_DUE: 4})).startswith("Nobody to write to today. audience 4 · not due 4")
    waiting = nothing_printed(a_run({Reason.BELOW_MINIMUM: 7, Reason.ABROAD: 2}))
    assert waiting.startswith("7 people are too few for a print run of this campaign: nothing is printed, they wait for the next run.")
