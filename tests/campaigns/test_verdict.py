"""Do decisions add up, and how does one read them?"""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from campaigns.audience import decide
from campaigns.facts import Facts
from campaigns.kinds import CampaignKind
from campaigns.verdict import Funnel, Outcome, Reason, Verdict, excluded
from tests.campaigns.people import CAMPAIGNS, DAY, FACTS
from tests.conftest import SECRET


@given(st.lists(FACTS, max_size=30), st.sampled_from(CampaignKind))
def test_the_sum_of_verdicts_is_the_audience(people: list[Facts], kind: CampaignKind) -> None:
    funnel = Funnel(Counter(decide(facts, CAMPAIGNS[kind], DAY, SECRET).label for facts in people))
    rows = funnel.rows()
    assert rows[0] == ("audience", len(people))
    assert sum(count for _, count in rows[1:]) == len(people)
    assert rows[-1] == ("selected", funnel.selected)


def test_a_funnel_reads_from_the_audience_to_the_selected() -> None:
    funnel = Funnel(Counter({"selected": 5, "cooldown": 2, "objection": 1, "holdout": 1}))
    assert funnel.rows() == [("audience", 9), ("objection", 1), ("cooldown", 2), ("holdout", 1), ("selected", 5)]


def test_no_reason_is_called_like_an_outcome() -> None:
    assert not {reason.value for reason in Reason} & {outcome.value for outcome in Outcome}, "a funnel counts both under one label"


def test_an_exclusion_can_carry_a_detail() -> None:
    found = excluded(Reason.UNPRINTABLE_TEXT, "U+0416")
    assert found == Verdict(Outcome.EXCLUDED, Reason.UNPRINTABLE_TEXT, detail="U+0416")
    assert found.is_excluded
    assert not Verdict(Outcome.HOLDOUT, step=1).is_excluded
