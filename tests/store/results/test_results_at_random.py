"""Whatever has happened: do the database's sums say what one gets by reading everything, letter by letter?"""

import random
from dataclasses import asdict
from functools import partial
from zoneinfo import ZoneInfo

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from campaigns.kinds import NoPurchase
from campaigns.letter import LetterState
from campaigns.order import OrderState
from campaigns.results import CampaignResults, Counts, Reckoning, ResultLine
from campaigns.scan import ScanKind
from store import results
from store.results.watching import watched
from tests.store.results.history import History, at
from tests.store.results.slow import Row, Slow

RECKONING = Reckoning(window_days=3, posting_days=1, timezone=ZoneInfo("Europe/Berlin"))
NOW = at(12)
STATES = [*LetterState, *[LetterState.POSTED] * 6, *[LetterState.HANDED_OVER] * 3]
ORDER_STATES = [*OrderState, *[OrderState.COMPLETED] * 6]


class Happening:
    """A few people, two campaigns and everything that may befall them, at half days, so that moments often coincide."""

    def __init__(self, history: History, chance: random.Random) -> None:
        self.history, self.chance = history, chance
        history.campaign("winback"), history.campaign("welcome", NoPurchase(), (1,))
        self.runs = {each: [history.run(each) for _ in range(3)] for each in history.campaign_ids}
        self.people = [history.person() for _ in range(chance.randint(1, 7))]
        self.letters = [self._letter() for _ in range(chance.randint(0, 12))]
        for _ in range(chance.randint(0, 6)):
            self._holdout()
        self.orders = [self._order() for _ in range(chance.randint(0, 14))]
        for letter in self.letters:
            for _ in range(chance.choice([0, 0, 1, 3])):
                history.scan(letter, self._moment(), chance.choice([*ScanKind, ScanKind.HUMAN, ScanKind.HUMAN]))
        self._redeem([history.coupon(letter) for letter in self.letters if chance.random() < 0.6])
        for person in self.people:
            self._befall(person)

    def _moment(self) -> float:
        return self.chance.randint(0, 28) / 2

    def _rarely(self) -> bool:
        return self.chance.random() < 0.15

    def _letter(self) -> int:
        chance, campaign = self.chance, self.chance.choice(self.history.campaign_ids)
        what = {"state": chance.choice(STATES), "step": chance.randint(1, 3), "layout": chance.choice("ab"), "is_seed": self._rarely()}
        posted = None if self._rarely() else self._moment()
        return self.history.letter(chance.choice(self.runs[campaign]), campaign, chance.choice(self.people), posted, **what)

    def _holdout(self) -> None:
        chance, campaign = self.chance, self.chance.choice(self.history.campaign_ids)
        handed_over = None if self._rarely() else self._moment()
        what = {"step": chance.randint(1, 3), "layout": chance.choice("ab")}
        self.history.holdout(chance.choice(self.runs[campaign]), campaign, chance.choice(self.people), handed_over, **what)

    def _order(self) -> int:
        chance = self.chance
        what = {
            "number": chance.choice(["", "7", "#7", "8", f"n{chance.random()}"]), "state": chance.choice(ORDER_STATES),
            "currency": chance.choice(["EUR", "EUR", "CHF"]), "source": chance.choice(["shop", "billbee"]),
        }  # fmt: skip
        return self.history.order(None if self._rarely() else chance.choice(self.people), self._moment(), chance.choice([900, 5000]), **what)

    def _redeem(self, codes: list[int]) -> None:
        chance = self.chance
        for _ in range(chance.randint(0, 6) if codes else 0):
            order = chance.choice([None, *self.orders, *self.orders])
            self.history.redeem(chance.choice(codes), order, self._moment(), state=chance.choice(["redeemed", "redeemed", "reserved", "rolled_back"]))

    def _befall(self, person: int) -> None:
        history, chance = self.history, self.chance
        if self._rarely():
            history.objection(person, chance.choice([None, *self.letters]))
        if self._rarely():
            history.merge(person, chance.choice(self.people), undone_at=chance.choice([None, at(1)]))
        for campaign in history.campaign_ids:
            if self._rarely():
                history.verdict(campaign, person, *chance.choice([("excluded", "objection"), ("excluded", "cooldown"), ("holdout", None)]))


def plain(counts: Counts) -> dict[str, object]:
    return {name: count for name, count in asdict(counts).items() if name != "excluded"}


@settings(max_examples=20, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.integers(0, 2**32))
def test_the_databases_sums_are_those_of_a_plain_count(shared_engine: Engine, seed: int) -> None:
    with shared_engine.connect() as connection, connection.begin() as transaction:
        history = History(connection)
        Happening(history, random.Random(seed))
        slow = Slow(connection, RECKONING, NOW)
        every = results.overview(connection, RECKONING, NOW)
        for slug, campaign, days in zip(("winback", "welcome"), history.campaign_ids, (5, 3), strict=True):
            found = results.of_campaign(connection, slug, RECKONING, NOW)
            assert found
            check(found, slow, campaign)
            assert found.total == next(one.total for one in every if one.slug == slug)
            assert watched(connection, campaign, days, RECKONING, NOW) == slow.watched(campaign, days)
        transaction.rollback()


def is_of(line: ResultLine, row: Row) -> bool:
    return bool(row["step"] == line.step and line.layout in (None, row["layout"]))


def check(found: CampaignResults, slow: Slow, campaign: int) -> None:
    assert plain(found.total) == slow.counts(campaign, lambda _: True)
    assert found.total.excluded == slow.excluded(campaign)
    for line in found.lines:
        assert plain(line.counts) == slow.counts(campaign, partial(is_of, line)), line
    assert {day.day: (day.posted, day.scans, day.orders) for day in found.days if day.posted or day.scans or day.orders} == slow.days(campaign)
    abroad = [order["total_cents"] for order, _ in slow.attributed(campaign) if order["currency"] == "CHF"]
    assert [(each.currency, each.orders, each.revenue_cents) for each in found.other_currencies] == ([("CHF", len(abroad), sum(abroad))] if abroad else [])
