"""Do the counts of the overlap report say who is whose, who goes first, and who is left out?"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.address import AddressState
from campaigns.audience import decide
from campaigns.campaign import Campaign, Limits, Step
from campaigns.day import Day
from campaigns.facts import Facts
from campaigns.holdout import in_holdout
from campaigns.kinds import AbandonedCart, Audience, NoPurchase, Winback
from campaigns.overlap import NO_AUDIENCE, SHOWN, Overlap
from campaigns.roll import Group, Roll, claims, in_order
from campaigns.verdict import Outcome, Reason
from tests.conftest import SECRET

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = Day(NOW, UTC, 5)


def campaign(slug: str, audience: Audience, priority: int = 5, **limits: Any) -> Campaign:
    return Campaign(slug, slug, "https://shop.example", (Step("plain", 1),), audience, Limits(**{"holdout_percent": 0, "priority": priority} | limits))


def facts(person: int, **changes: Any) -> Facts:
    """Somebody who registered, or put something into the cart, ten days ago, and never bought."""
    known = Facts(
        person, f"p{person}", "DE", AddressState.OK, None, objected=False, from_marketplace=False, trigger="account", trigger_at=NOW - timedelta(days=10),
        open_cart=False, is_prospect=True, has_ordered=False,
    )  # fmt: skip
    return replace(known, **changes)


ACCOUNT = campaign("account", NoPurchase())
CART = campaign("cart", AbandonedCart(only_with_earlier_order=False))


def compared(campaigns: list[Campaign], people: dict[int, Group], candidates: dict[str, list[Facts]]) -> Overlap:
    roll = Roll(campaigns, DAY, SECRET)
    for person, group in people.items():
        roll.enrol(person, group)
    for place, one in enumerate(roll.campaigns):
        for candidate in candidates.get(one.slug, []):
            roll.hear(place, candidate)
    return Overlap(roll)


def prospects(*ids: int) -> dict[int, Group]:
    return dict.fromkeys(ids, Group.PROSPECT)


def test_whom_two_campaigns_want_the_one_of_higher_priority_writes_to() -> None:
    late, early = campaign("a-late", NoPurchase(), 7), campaign("b-early", NoPurchase(), 2)
    found = compared([late, early], prospects(1, 2, 3), {"a-late": [facts(1), facts(2)], "b-early": [facts(2), facts(3)]})
    assert [one.campaign.slug for one in found.standings] == ["b-early", "a-late"]
    assert [(one.reached, one.contested, one.writes) for one in found.standings] == [(2, 1, 2), (2, 1, 1)]
    assert found.wins == {("b-early", "a-late"): 1}
    assert found.reached_twice == 0
    assert found.twice == []
    assert found.pairs["a-late", "b-early"] == found.pairs["b-early", "a-late"] == 1
    assert found.pairs["a-late", "a-late"] == 2


def test_equals_go_by_name() -> None:
    assert [one.slug for one in in_order([campaign("b", NoPurchase()), campaign("a", NoPurchase()), campaign("z", NoPurchase(), 1)])] == ["z", "a", "b"]


def test_a_held_out_person_is_free_for_the_next_campaign() -> None:
    first, second = campaign("first", NoPurchase(), 1, holdout_percent=50), campaign("second", NoPurchase(), 2)
    held = next(person for person in range(1, 100) if in_holdout(f"p{person}", first, SECRET))
    found = compared([first, second], prospects(held), {"first": [facts(held)], "second": [facts(held)]})
    assert [(one.held_out, one.writes) for one in found.standings] == [(1, 0), (0, 1)]
    assert found.wins == {}
    assert found.reached[Group.PROSPECT] == 1


def test_two_letters_of_a_day_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules that forget the other campaign: the report must notice, or its "nobody" means nothing."""
    monkeypatch.setattr("campaigns.roll.decide", lambda facts, *rest: decide(replace(facts, other_campaign=""), *rest))
    both = [facts(1), facts(2)]
    found = compared([campaign("one", NoPurchase(), 1), campaign("two", NoPurchase(), 2)], prospects(1, 2, 3), {"one": both, "two": both[1:]})
    assert found.reached_twice == 1
    assert found.twice == [2]


def test_who_is_reached_by_none_stands_under_the_reason_that_came_closest() -> None:
    people = {**prospects(1, 2, 3), 4: Group.CUSTOMER, 5: Group.PROSPECT_WITHOUT_ACCOUNT}
    candidates = {
        "account": [facts(1, objected=True), facts(2, open_cart=True), facts(3, trigger_at=NOW)],
        "cart": [facts(2, trigger_at=NOW), facts(4, last_letter_at=NOW - timedelta(days=3))],
    }
    found = compared([ACCOUNT, CART], people, candidates)
    assert found.unreached == {
        NO_AUDIENCE: Counter({Group.PROSPECT_WITHOUT_ACCOUNT: 1}),
        Reason.OBJECTION: Counter({Group.PROSPECT: 1}),
        Reason.NOT_DUE: Counter({Group.PROSPECT: 2}),
        Reason.COOLDOWN: Counter({Group.CUSTOMER: 1}),
    }
    assert [(one.campaign.slug, one.audience, one.waiting, one.out) for one in found.standings] == [("account", 3, 2, 1), ("cart", 2, 2, 0)]


def test_a_clean_split_a_gap_and_an_overlap() -> None:
    people = {**prospects(1, 2), 3: Group.CUSTOMER}
    cart = facts(2, open_cart=True, objected=True)
    [clean] = compared([ACCOUNT, CART], people, {"account": [facts(1), cart], "cart": [cart, facts(3, has_ordered=True)]}).splits
    assert str(clean) == "account and cart: 0 prospects in both, 0 prospects in none (1 + 1 of 2 prospects with an account)."
    assert clean.holds
    [gap] = compared([ACCOUNT, CART], people, {"account": [facts(1), cart]}).splits
    assert (gap.both, gap.none, gap.in_none, gap.holds) == (0, 1, (2,), False)
    [twice] = compared([ACCOUNT, CART], people, {"account": [facts(1), facts(2)], "cart": [cart]}).splits
    assert (twice.both, twice.none, twice.in_both, twice.holds) == (1, 0, (2,), False)


def test_of_many_the_first_are_named_and_all_are_counted() -> None:
    [split] = compared([ACCOUNT, CART], prospects(*range(1, 100)), {}).splits
    assert split.none == 99
    assert split.in_none == tuple(range(1, SHOWN + 1))


def test_options_that_split_nobody_are_named() -> None:
    both, neither = campaign("both", NoPurchase(only_with_empty_cart=False)), campaign("neither", AbandonedCart())
    cart = facts(2, open_cart=True)
    found = compared(
        [both, neither, ACCOUNT, CART], prospects(1, 2), {"both": [facts(1), cart], "account": [facts(1), cart], "neither": [cart], "cart": [cart]}
    )
    told = {(split.no_purchase, split.abandoned_cart): (split.both, split.none, split.differs) for split in found.splits}
    full = "only_with_empty_cart is off: people with a full cart are in both"
    bought = "only_with_earlier_order is on: people with a full cart who never ordered are in none"
    assert told == {
        ("account", "cart"): (0, 0, ""),
        ("both", "cart"): (1, 0, full),
        ("account", "neither"): (0, 1, bought),
        ("both", "neither"): (0, 0, f"{full}, and {bought}"),
    }
    assert compared([ACCOUNT, campaign("other", Winback())], prospects(1), {}).splits == []


def test_without_campaigns_everybody_is_in_no_audience() -> None:
    assert compared([], prospects(1, 2), {}).unreached == {NO_AUDIENCE: Counter({Group.PROSPECT: 2})}


def test_somebody_whom_no_campaign_may_look_at_stops_the_report() -> None:
    for stranger in (2, 7):
        with pytest.raises(ValueError, match=f"customer {stranger} is in the audience of account, but no campaign may look"):
            compared([ACCOUNT], prospects(1, 3), {"account": [facts(stranger)]})


@given(data=st.data())
def test_the_counts_add_up_whatever_the_campaigns(data: st.DataObject) -> None:
    kinds: st.SearchStrategy[Audience] = st.sampled_from(
        [NoPurchase(), AbandonedCart(only_with_earlier_order=False), AbandonedCart(), NoPurchase(only_with_empty_cart=False)]
    )
    some = data.draw(st.lists(st.tuples(kinds, st.integers(1, 9), st.sampled_from([0, 20, 50])), min_size=1, max_size=4))
    campaigns = [campaign(f"c{number}", kind, priority, holdout_percent=share) for number, (kind, priority, share) in enumerate(some)]
    people = {person: data.draw(st.sampled_from(Group)) for person in data.draw(st.sets(st.integers(1, 30)))}
    person = st.builds(
        facts, st.sampled_from(sorted(people)) if people else st.nothing(), objected=st.booleans(), open_cart=st.booleans(), has_ordered=st.booleans(),
        trigger_at=st.sampled_from([NOW, NOW - timedelta(days=5), NOW - timedelta(days=2000)]), last_step=st.integers(0, 1),
        other_campaign=st.sampled_from(["", "elsewhere"]),
    )  # fmt: skip
    candidates = {one.slug: data.draw(st.lists(person, max_size=20, unique_by=lambda each: each.customer_id)) for one in campaigns}
    found = compared(campaigns, people, candidates)
    written: Counter[int] = Counter()
    for one in found.standings:
        mine = candidates[one.campaign.slug]
        verdicts = [decide(each, one.campaign, DAY, SECRET) for each in mine]
        assert one.audience == len(mine) == one.reached + one.waiting + one.out
        assert one.reached == sum(not verdict.is_excluded for verdict in verdicts)
        assert one.held_out == sum(verdict.outcome is Outcome.HOLDOUT for verdict in verdicts)
        selected = {each.customer_id for each, verdict in zip(mine, verdicts, strict=True) if verdict.outcome is Outcome.SELECTED}
        assert one.writes == len(selected - set(written))
        written.update(selected)
        owned = [each for each, verdict in zip(mine, verdicts, strict=True) if claims(each, one.campaign) and verdict.reason not in
                 (Reason.TOO_OLD, Reason.CONVERTED, Reason.SEQUENCE_DONE)]  # fmt: skip
        assert found.pairs[one.campaign.slug, one.campaign.slug] == len(owned)
    assert found.groups.total() == len(people) == found.reached.total() + sum(counts.total() for counts in found.unreached.values())
    assert found.reached_twice == 0
    assert len(written) == sum(one.writes for one in found.standings)
