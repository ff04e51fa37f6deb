"""Does each number mean what docs/results.md says?"""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, update

from campaigns.kinds import AbandonedCart, CampaignKind, CouponExpiry, NoPurchase
from campaigns.results import Band, CampaignResults, Lift, MeterKind, NoLift, NoLiftReason, Position, Reckoning
from store import erasure, results
from store.results.watching import watched
from store.schema import campaign_versions
from tests.conftest import SECRET
from tests.store.results.history import History, at
from tests.store.shop import customer_id, person, store

RECKONING = Reckoning(window_days=60, posting_days=2)
TARGETS = {kind: Band(10, 50) for kind in MeterKind}
LATE = at(200)


@pytest.fixture
def history(connection: Connection) -> History:
    return History(connection)


def found(connection: Connection, slug: str = "winback", now: object = LATE) -> CampaignResults:
    answer = results.of_campaign(connection, slug, RECKONING, LATE if now is LATE else now)  # type: ignore[arg-type]
    assert answer
    return answer


def test_there_are_no_results_of_a_campaign_that_is_not_there(connection: Connection) -> None:
    assert results.of_campaign(connection, "nothing", RECKONING, LATE) is None


def test_a_campaign_without_letters_has_nothing_but_zeros(connection: Connection, history: History) -> None:
    history.campaign()
    answer = found(connection)
    assert (answer.total.selected, answer.total.orders, answer.total.return_on_spend, answer.lines, answer.days) == (0, 0, None, (), ())
    assert answer.lift == NoLift(NoLiftReason.NO_LETTERS)


def test_the_window_begins_with_the_posting_and_ends_after_sixty_days_to_the_second(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    run, anna = history.run(campaign), history.person()
    history.letter(run, campaign, anna, posted=0)
    second = 1 / 86_400
    history.order(anna, -second, 100), history.order(anna, 0, 1000), history.order(anna, 60 - second, 2000), history.order(anna, 60, 4000)
    total = found(connection).total
    assert (total.orders, total.buyers, total.revenue_cents, total.estimated) == (2, 1, 3000, 0)


def test_without_a_report_the_window_begins_some_days_after_the_hand_over(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    run, anna = history.run(campaign), history.person()
    history.letter(run, campaign, anna, posted=None, handed_over_at=at(0))
    history.order(anna, 1.9), history.order(anna, 2), history.order(anna, 61.9), history.order(anna, 62)
    total = found(connection).total
    assert (total.orders, total.estimated, total.posted, total.handed_over) == (2, 1, 0, 1)


def test_an_order_after_two_letters_counts_once_and_for_the_last(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    run, anna = history.run(campaign), history.person()
    history.letter(run, campaign, anna, 0, step=1)
    history.letter(run, campaign, anna, 30, step=2)
    history.order(anna, 10, 100), history.order(anna, 40, 200), history.order(anna, 80, 400)
    answer = found(connection)
    first, second = answer.lines
    assert (answer.total.orders, answer.total.buyers, answer.total.revenue_cents) == (3, 1, 700)
    assert (first.step, first.counts.orders, first.counts.buyers, first.counts.revenue_cents) == (1, 1, 1, 100)
    assert (second.step, second.counts.orders, second.counts.buyers, second.counts.revenue_cents) == (2, 2, 1, 600)


def test_layouts_of_a_step_have_lines_where_there_are_two(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    run = history.run(campaign)
    anna, bert, carl = history.person(), history.person(), history.person()
    history.letter(run, campaign, anna, layout="a"), history.letter(run, campaign, bert, layout="b"), history.letter(run, campaign, carl, 9, step=2, layout="a")
    history.order(bert, 1, 500)
    lines = found(connection).lines
    assert [(line.step, line.layout, line.counts.handed_over, line.counts.orders) for line in lines] == [
        (1, None, 2, 1), (1, "a", 1, 0), (1, "b", 1, 1), (2, None, 1, 0),
    ]  # fmt: skip


def test_seeds_and_letters_that_never_went_out_count_in_nothing(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    run = history.run(campaign)
    for changes in ({"is_seed": True}, {"state": "cancelled"}, {"state": "failed"}):
        someone = history.person()
        letter = history.letter(run, campaign, someone, **changes)
        history.order(someone, 5)
        history.scan(letter, 5)
        history.redeem(history.coupon(letter), None)
        history.objection(someone, letter)
    total = found(connection).total
    assert total == type(total)()


def test_a_letter_on_its_way_out_is_selected_and_nothing_more(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    anna = history.person()
    history.letter(history.run(campaign), campaign, anna, None, state="approved", handed_over_at=None)
    history.order(anna, 5)
    answer = found(connection)
    assert (answer.total.selected, answer.total.handed_over, answer.total.cost_cents, answer.total.orders, answer.days) == (1, 0, 0, 0, ())


def test_a_returned_letter_costs_and_its_person_stays_among_the_mailed(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    anna = history.person()
    history.letter(history.run(campaign), campaign, anna, state="returned", returned_at=at(4))
    history.order(anna, 5, 800)
    total = found(connection).total
    assert (total.printed, total.posted, total.returned, total.cost_cents, total.revenue_cents, str(total.return_on_spend)) == (1, 1, 1, 80, 800, "10.00")
    assert watched(connection, campaign, 60, RECKONING, LATE).mailed.buyers == 1


@pytest.mark.parametrize("state", ["cancelled", "refunded", "offered", "test", "deleted"])
def test_what_is_no_sale_is_no_result(connection: Connection, history: History, state: str) -> None:
    campaign = history.campaign()
    anna = history.person()
    letter = history.letter(history.run(campaign), campaign, anna)
    order = history.order(anna, 5, state=state)
    history.redeem(history.coupon(letter), order)
    total = found(connection).total
    assert (total.orders, total.buyers, total.redeemed_orders, total.redeemed_revenue_cents) == (0, 0, 0, 0)


def test_a_purchase_that_two_sources_bring_counts_once(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    anna = history.person()
    history.letter(history.run(campaign), campaign, anna)
    history.order(anna, 5, number="#1001"), history.order(anna, 5.5, number="1001", source="billbee")
    history.order(anna, 7, number="1002"), history.order(anna, 7.1, number="1003", source="billbee")
    total = found(connection).total
    assert (total.orders, total.revenue_cents) == (3, 3000)


def test_the_copy_of_a_purchase_from_before_the_letter_is_not_its_doing(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    anna = history.person()
    history.letter(history.run(campaign), campaign, anna)
    history.order(anna, -0.1, number="#1001"), history.order(anna, 0.1, number="1001", source="billbee")
    assert found(connection).total.orders == 0


def test_other_currencies_are_told_apart_and_never_added(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    anna = history.person()
    history.letter(history.run(campaign), campaign, anna)
    history.order(anna, 5, 1000), history.order(anna, 6, 9999, currency="CHF")
    answer = found(connection)
    assert (answer.total.orders, answer.total.revenue_cents, answer.currency) == (2, 1000, "EUR")
    assert [(each.currency, each.orders, each.revenue_cents) for each in answer.other_currencies] == [("CHF", 1, 9999)]


def test_a_letter_is_scanned_once_however_often_and_only_by_people(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    run = history.run(campaign)
    anna, bert = (history.letter(run, campaign, history.person()) for _ in range(2))
    for letter, days, kind in ((anna, 3, "human"), (anna, 3.1, "human"), (bert, 3, "bot")):
        history.scan(letter, days, kind)
    answer = found(connection)
    assert (answer.total.scanned, sum(day.scans for day in answer.days)) == (1, 2)


def test_an_order_with_the_coupons_of_two_letters_is_one_order(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    run, anna = history.run(campaign), history.person()
    first, second = history.letter(run, campaign, anna, 0, step=1), history.letter(run, campaign, anna, 30, step=2)
    order = history.order(anna, 40, 5000)
    history.redeem(history.coupon(first), order), history.redeem(history.coupon(second), order)
    answer = found(connection)
    assert (answer.total.redeemed, answer.floor.buyers, answer.floor.orders, answer.floor.revenue_cents) == (2, 1, 1, 5000)
    assert [line.counts.redeemers for line in answer.lines] == [1, 1]
    assert [line.counts.redeemed_orders for line in answer.lines] == [0, 1]


def test_what_was_rolled_back_was_not_redeemed(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    letter = history.letter(history.run(campaign), campaign, history.person())
    history.redeem(history.coupon(letter), None, state="rolled_back")
    assert found(connection).total.redeemed == 0


def test_whose_order_was_refunded_is_not_at_least_a_buyer(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    anna, bert = history.person(), history.person()
    run = history.run(campaign)
    for each, state in ((anna, "refunded"), (bert, "completed")):
        history.redeem(history.coupon(history.letter(run, campaign, each)), history.order(each, 5, state=state))
    answer = found(connection)
    assert (answer.total.redeemed, answer.floor.buyers, answer.floor.orders, answer.is_floor_above) == (2, 1, 1, False)


def test_coupons_used_late_or_by_others_put_the_floor_above_the_ceiling_and_that_is_told(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    anna, friend = history.person(), history.person()
    code = history.coupon(history.letter(history.run(campaign), campaign, anna))
    history.redeem(code, history.order(friend, 5, 700)), history.redeem(code, history.order(anna, 61, 900), 61)
    answer = found(connection)
    assert (answer.floor.buyers, answer.floor.orders, answer.floor.revenue_cents) == (1, 2, 1600)
    assert (answer.ceiling.buyers, answer.ceiling.orders, answer.is_floor_above) == (0, 0, True)


def test_a_redemption_whose_order_has_not_come_in_counts_without_revenue(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    letter = history.letter(history.run(campaign), campaign, history.person())
    history.redeem(history.coupon(letter), None)
    floor = found(connection).floor
    assert (floor.buyers, floor.orders, floor.revenue_cents) == (1, 1, 0)


def test_a_reminder_is_credited_with_the_coupon_that_it_is_about_from_its_hand_over_on(connection: Connection, history: History) -> None:
    earlier, reminder = history.campaign(), history.campaign("reminder", CouponExpiry(), (0,))
    anna, bert = history.person(), history.person()
    codes = [history.coupon(history.letter(history.run(earlier), earlier, each)) for each in (anna, bert)]
    for owner, code in zip((anna, bert), codes, strict=True):
        history.letter(history.run(reminder), reminder, owner, 40, trigger=f"coupon-{code}")
    history.redeem(codes[0], history.order(anna, 45, 700), 45)
    history.redeem(codes[1], history.order(bert, 20, 900), 20)
    total = found(connection, "reminder").total
    assert (total.redeemed, total.redeemed_orders, total.redeemed_revenue_cents) == (1, 1, 700)
    assert found(connection).total.redeemed == 2


def test_who_is_erased_counts_on(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    store(connection, person(1))
    anna = customer_id(connection)
    history.letter(history.run(campaign), campaign, anna)
    history.order(anna, 5)
    before = found(connection)
    erasure.erase(connection, anna, SECRET, LATE)
    assert found(connection) == before
    assert before.total.orders == 1


def test_reasons_of_exclusion_are_peoples_last_verdicts(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    for reason in ("cooldown", "objection", "cooldown"):
        history.verdict(campaign, history.person(), "excluded", reason)
    history.verdict(campaign, history.person(), "selected")
    assert found(connection).total.excluded == {"cooldown": 2, "objection": 1}


def test_days_are_those_of_the_shops_calendar_without_a_gap(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    anna = history.person()
    letter = history.letter(history.run(campaign), campaign, anna, posted=0)
    midnight = (23.5 - 8.5) / 24  # 23:30 in London, tomorrow in Berlin
    history.scan(letter, 2 + midnight)
    answer = results.of_campaign(connection, "winback", Reckoning(timezone=ZoneInfo("Europe/Berlin")), LATE)
    assert answer
    assert [(day.day.isoformat(), day.posted, day.scans) for day in answer.days] == [
        ("2026-01-10", 1, 0), ("2026-01-11", 0, 0), ("2026-01-12", 0, 0), ("2026-01-13", 0, 1),
    ]  # fmt: skip


def test_the_window_of_the_newest_letter_says_how_long_orders_are_still_to_come(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    run = history.run(campaign)
    history.letter(run, campaign, history.person(), 0), history.letter(run, campaign, history.person(), 7)
    assert found(connection, now=at(10)).running_until == at(67)
    assert found(connection, now=at(67)).running_until is None


def test_a_definition_that_cannot_be_read_hides_no_number(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    history.letter(history.run(campaign), campaign, history.person())
    connection.execute(update(campaign_versions).values(definition={"kind": "of another time"}))
    answer = found(connection)
    assert (answer.name, answer.kind, answer.total.posted) == ("winback", None, 1)


def test_the_list_of_campaigns_has_the_totals_of_each(connection: Connection, history: History) -> None:
    one, two = history.campaign("a-campaign"), history.campaign("b-campaign", NoPurchase(), (1,))
    anna = history.person()
    history.letter(history.run(two), two, anna, 3)
    history.order(anna, 5)
    first, second = results.overview(connection, RECKONING, LATE)
    assert (first.slug, first.total.selected, first.last_posted_at, one) == ("a-campaign", 0, None, one)
    assert (second.kind, second.name, second.total.orders, second.last_posted_at) == (CampaignKind.NO_PURCHASE, "B-Campaign", 1, at(3))
    assert second.total == found(connection, "b-campaign").total


# --- lift --------------------------------------------------------------------------------------------------------------


def test_both_groups_are_watched_for_the_same_days_from_the_runs_first_posting_on(connection: Connection, history: History) -> None:
    campaign = history.campaign(delays=(0, 30))
    run = history.run(campaign)
    early, late, out = history.person(), history.person(), history.person()
    history.letter(run, campaign, early, 0), history.letter(run, campaign, late, 5)
    history.holdout(run, campaign, out, -1)
    for each in (early, late, out):
        history.order(each, -1, 1), history.order(each, 1, 1000), history.order(each, 89.9, 2000), history.order(each, 90, 1)
    groups = watched(connection, campaign, 90, RECKONING, LATE)
    assert (groups.mailed.people, groups.mailed.buyers, groups.mailed.orders, groups.mailed.revenue_cents) == (2, 2, 4, 6000)
    assert (groups.held_out.people, groups.held_out.buyers, groups.held_out.orders, groups.held_out.revenue_cents) == (1, 1, 2, 3000)


def test_the_days_of_the_later_steps_belong_to_the_time_that_is_watched(connection: Connection, history: History) -> None:
    campaign = history.campaign(delays=(0, 30))
    run = history.run(campaign)
    for number in range(400):
        someone = history.person()
        (history.letter if number % 2 else history.holdout)(run, campaign, someone)
        if number % 8 == 1:
            history.order(someone, 5)
    lift = found(connection).lift
    assert isinstance(lift, Lift)
    assert (lift.watched_days, lift.mailed.buyers, lift.mailed.people, lift.is_preliminary) == (90, 50, 200, False)


def test_whose_days_are_not_over_counts_only_as_preliminary(connection: Connection, history: History) -> None:
    campaign = history.campaign(delays=(0,))
    run = history.run(campaign)
    for number in range(400):
        someone = history.person()
        (history.letter if number % 2 else history.holdout)(run, campaign, someone)
        if number % 8 < 2:
            history.order(someone, 5)
    early, late = found(connection, now=at(30)).lift, found(connection).lift
    assert isinstance(early, Lift)
    assert isinstance(late, Lift)
    assert (early.is_preliminary, early.still_watched) == (True, 400)
    assert (late.is_preliminary, late.still_watched, late.conversion) == (False, 0, early.conversion)


def test_the_return_of_the_lift_sets_the_extra_revenue_against_the_letters_of_those_compared(connection: Connection, history: History) -> None:
    campaign = history.campaign(delays=(0,))
    first, later = history.run(campaign), history.run(campaign)
    for number in range(300):
        someone = history.person()
        (history.letter if number % 2 else history.holdout)(first, campaign, someone)
        if number % 4 == 1 or number % 20 == 0:
            history.order(someone, 5, 1600)
        if number % 2:
            history.letter(later, campaign, someone, 90, step=2)  # of the next round: its orders are not in the comparison
    for _ in range(150):
        history.letter(later, campaign, history.person(), 100)
    answer = found(connection, now=at(110))
    assert isinstance(answer.lift, Lift)
    assert (answer.total.cost_cents, answer.lift.mailed.cost_cents, answer.lift.still_watched) == (450 * 80, 150 * 80, 150)
    assert answer.lift.mailed.buyers - answer.lift.held_out.buyers == 75 - 15
    assert answer.lift.return_on_spend == 8  # 60 x 16.00 for 150 x 0.80; the letters of those still watched would halve it


def test_held_out_people_of_a_run_that_is_not_handed_over_are_not_compared(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    history.holdout(history.run(campaign), campaign, history.person(), handed_over=None)
    assert watched(connection, campaign, 60, RECKONING, LATE).held_out.people == 0
    assert found(connection).total.holdout == 1


@pytest.mark.parametrize("state", ["cancelled", "failed"])
def test_a_letter_recalled_or_spoiled_after_hand_over_is_compared_as_it_was_drawn(connection: Connection, history: History, state: str) -> None:
    campaign = history.campaign()
    anna = history.person()
    history.letter(history.run(campaign), campaign, anna, None, handed_over_at=at(0), state=state)
    history.order(anna, 5)
    assert watched(connection, campaign, 60, RECKONING, LATE).mailed.buyers == 1
    assert found(connection).total.handed_over == 0


def test_a_run_that_held_everybody_out_is_watched_from_the_estimated_posting_on(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    anna = history.person()
    history.holdout(history.run(campaign), campaign, anna, handed_over=0)
    history.order(anna, 1.9), history.order(anna, 2)
    assert watched(connection, campaign, 60, RECKONING, LATE).held_out.orders == 1


def test_two_records_of_one_person_in_both_groups_are_in_neither(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    anna, other = history.person(), history.person()
    history.letter(history.run(campaign), campaign, anna, 0), history.holdout(history.run(campaign), campaign, anna, 9)
    history.merge(anna, other)
    groups = watched(connection, campaign, 60, RECKONING, LATE)
    assert (groups.mailed.people, groups.held_out.people, groups.in_both) == (0, 0, 1)


def test_who_was_moved_between_the_groups_by_another_share_stays_where_they_were_first(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    anna, bert = history.person(), history.person()
    first, second = history.run(campaign), history.run(campaign)
    history.letter(first, campaign, anna, 0), history.holdout(second, campaign, anna, 29)
    history.holdout(first, campaign, bert, -1), history.letter(second, campaign, bert, 30)
    history.order(bert, 31)
    groups = watched(connection, campaign, 90, RECKONING, LATE)
    assert (groups.mailed.people, groups.held_out.people, groups.held_out.buyers, groups.in_both) == (1, 1, 1, 0)


# --- meters ------------------------------------------------------------------------------------------------------------


def test_a_meter_asks_who_of_those_written_to_lately_has_ordered_since(connection: Connection, history: History) -> None:
    welcome, carts = history.campaign("welcome", NoPurchase(), (1, 7)), history.campaign("carts", AbandonedCart(), (1,))
    run = history.run(welcome)
    anna, bert, carl, dora = (history.person() for _ in range(4))
    for each, posted in ((anna, 80), (bert, 80), (bert, 90), (carl, 71), (dora, 69)):
        history.letter(run, welcome, each, posted, step=1 if posted < 90 else 2)
    history.letter(history.run(carts), carts, anna, 95)
    history.order(anna, 79), history.order(bert, 85), history.order(dora, 90), history.order(carl, 80, state="cancelled")
    no_purchase, cart, winback = results.meters(connection, 30, TARGETS, RECKONING, at(100))
    assert (no_purchase.kind, no_purchase.contacted, no_purchase.converted, no_purchase.position) == (MeterKind.NO_PURCHASE, 3, 1, Position.WITHIN)
    assert (cart.contacted, cart.converted, cart.share, cart.position) == (1, 0, 0.0, Position.BELOW)
    assert (winback.contacted, winback.share, winback.position, winback.days) == (0, None, Position.UNKNOWN, 30)
    assert results.meters(connection, 32, TARGETS, RECKONING, at(100))[0].contacted == 4


def test_a_letter_whose_posting_is_still_to_come_has_reached_nobody(connection: Connection, history: History) -> None:
    campaign = history.campaign("welcome", NoPurchase(), (1,))
    history.letter(history.run(campaign), campaign, history.person(), None, handed_over_at=at(99))
    assert results.meters(connection, 30, TARGETS, RECKONING, at(100))[0].contacted == 0
    assert results.meters(connection, 30, TARGETS, RECKONING, at(101))[0].contacted == 1


def test_an_order_of_nobody_is_nobodys(connection: Connection, history: History) -> None:
    campaign = history.campaign()
    history.letter(history.run(campaign), campaign, history.person())
    history.order(None, 5)
    assert found(connection).total.orders == 0
