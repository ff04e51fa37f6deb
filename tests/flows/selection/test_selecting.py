"""Who gets a letter within which limits, with which layout and which code; each on both databases."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, select, update

from campaigns.campaign import Step
from campaigns.coupon import is_well_formed
from campaigns.holdout import in_holdout
from campaigns.kinds import AbandonedCart, CouponExpiry
from campaigns.offer import CodeSource
from campaigns.offer_words import conditions
from campaigns.print_run import PrintRunState
from campaigns.record import Outcome
from campaigns.verdict import Reason
from flows.errors import NotToday, OfferGone
from flows.locks import working_on
from flows.printing.handing_over import decide_on_run, hand_over_run
from flows.selection import selecting
from flows.selection.choosing import LEAST_DAYS_LEFT
from printshop.errors import NoPostage
from store import letters, objections, print_runs
from store.carts import upsert_carts
from store.engine import reading, writing
from store.errors import LostLease, WrongState
from store.schema import coupons, customers, holdouts, print_files
from store.schema import letters as letters_table
from store.schema import print_runs as print_runs_table
from store.settings import Settings
from tests.flows.little_shop import add_people, count, details, fix_the_draw, import_codes, open_with, save, save_as, tariff_without, verdicts, written
from tests.flows.way import again, handed_over, quiet, rendered, selected
from tests.store.shop import NOW, OFFER, cart, customer_id, order, person, rows, store

IMPORTED = replace(OFFER, codes=CodeSource.IMPORTED)
WITH_COUPON = (Step("offer", offer="ten"),)


@pytest.fixture(autouse=True)
def sunday() -> object:
    """The day of tests.store.shop."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few people make several pages."""
    monkeypatch.setattr(selecting, "PAGE", 3)


def test_the_run_stops_at_its_number_of_letters_over_all_pages(engine: Engine, settings: Settings) -> None:
    open_with(engine, 10)
    save(engine, max_letters_per_run=4)
    run = selected(engine, settings)
    assert written(engine, run) == ["Anna1", "Anna2", "Anna3", "Anna4"]
    assert run.funnel.counts == Counter({"selected": 4, Reason.BUDGET: 6})
    assert details(engine) == {"letters of this run"}


def test_the_campaign_stops_at_its_number_of_letters_over_all_runs(engine: Engine, settings: Settings) -> None:
    open_with(engine, 10)
    save(engine, max_letters_per_run=4, max_letters=6)
    handed_over(engine, settings)
    second = handed_over(engine, settings)
    assert written(engine, second) == ["Anna5", "Anna6"]
    assert selected(engine, settings).state is PrintRunState.EMPTY
    assert details(engine) == {"letters of the campaign"}


def test_a_rejected_run_has_used_nothing_up(engine: Engine, settings: Settings) -> None:
    open_with(engine, 4)
    save(engine, max_letters=4, budget_cents=1000)
    first = selected(engine, settings)
    assert count(engine, first) == 4
    decide_on_run(engine, settings, first.id, approved=False, by="Martha", comment="")
    assert count(engine, selected(engine, settings)) == 4


def test_money_is_counted_by_the_tariff_and_a_letter_that_would_exceed_it_is_not_made(engine: Engine, settings: Settings) -> None:
    open_with(engine, 10)
    save(engine)
    first = selected(engine, settings)
    with reading(engine) as connection:
        (price,) = set(connection.execute(select(letters_table.c.cost_cents)).scalars())
        assert letters.paper(connection, first.id).cost_cents == 10 * price
    assert 50 < price < 200, "paper, print and postage of one page"
    decide_on_run(engine, settings, first.id, approved=False, by="Martha", comment="")
    save(engine, budget_per_run_cents=4 * price + price - 1, budget_cents=7 * price)
    assert count(engine, handed_over(engine, settings)) == 4
    assert details(engine) == {"budget of this run"}
    assert count(engine, handed_over(engine, settings)) == 3
    assert details(engine) == {"budget of the campaign"}


def test_a_run_below_the_minimum_prints_nothing_and_leaves_nothing_behind(engine: Engine, settings: Settings) -> None:
    open_with(engine, 5)
    save(engine, steps=WITH_COUPON, minimum_letters=6)
    run = selected(engine, settings)
    assert run.state is PrintRunState.EMPTY
    assert run.funnel.counts == Counter({Reason.BELOW_MINIMUM: 5})
    assert set(verdicts(engine).values()) == {Reason.BELOW_MINIMUM}
    with reading(engine) as connection:
        for table in (letters_table, coupons, holdouts, print_files):
            assert rows(connection, table) == [], table.name
    with writing(engine) as connection:
        add_people(connection, range(6, 8))
    second = selected(engine, settings)
    assert second.state is PrintRunState.RENDERING
    assert count(engine, second) == 7, "whoever waited is with them"


def test_who_waits_for_a_minimum_is_held_out_of_nothing(engine: Engine, settings: Settings) -> None:
    open_with(engine, 12)
    save(engine, minimum_letters=12, holdout_percent=50)
    run = selected(engine, settings)
    assert run.funnel.counts == Counter({Reason.BELOW_MINIMUM: 12})
    with reading(engine) as connection:
        assert rows(connection, holdouts) == []


def test_without_a_minimum_a_run_that_holds_out_everybody_has_been_measured(engine: Engine, settings: Settings) -> None:
    open_with(engine, 12)
    saved = save(engine, holdout_percent=50)
    with writing(engine) as connection:
        keys = {row.id: row.person_key for row in connection.execute(select(customers))}
        mailed = [one for one, key in keys.items() if not in_holdout(key, saved.definition, settings.secret)]
        connection.execute(update(customers).where(customers.c.id.in_(mailed)).values(address_state="moved"))
    run = selected(engine, settings)
    assert run.state is PrintRunState.EMPTY
    assert run.funnel.counts == Counter({"holdout": 12 - len(mailed), Reason.MOVED: len(mailed)})
    with reading(engine) as connection:
        assert {row["customer_id"] for row in rows(connection, holdouts)} == keys.keys() - set(mailed)


def test_the_held_out_pass_the_same_checks_and_take_no_room(engine: Engine, settings: Settings) -> None:
    open_with(engine, 30)
    save(engine, holdout_percent=50, max_letters_per_run=5)
    run = selected(engine, settings)
    counts = run.funnel.counts
    assert counts["selected"] == 5
    assert 0 < counts["holdout"] < 20, "those who come before the room is used up"
    assert counts["holdout"] + 5 + counts[Reason.BUDGET] == 30
    with reading(engine) as connection:
        held = rows(connection, holdouts)
    assert {(row["step"], row["layout"], row["print_run_id"]) for row in held} == {(1, "note", run.id)}


def test_one_household_is_written_to_or_held_out_as_one(engine: Engine, settings: Settings) -> None:
    with writing(engine) as connection:
        for number in range(1, 21):
            store(
                connection,
                person(number, address=replace(person(number // 2).address, first_name=f"Anna{number}")),
                order(number, customer_number=f"K{number}"),
            )
        fix_the_draw(connection)
    save(engine, holdout_percent=50)
    run = selected(engine, settings)
    counts = run.funnel.counts
    assert counts["selected"] + counts["holdout"] == 11
    assert counts["holdout"], "of whom some are held out, with all of their household"
    assert counts[Reason.HOUSEHOLD_DUPLICATE] == 9


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"earliest": date(2026, 11, 23)}, "begins on 2026-11-23"),
        ({"latest": date(2026, 11, 21)}, "ended on 2026-11-21"),
    ],
)
def test_a_campaign_on_another_day_opens_no_print_run_and_says_why(engine: Engine, settings: Settings, changes: dict[str, Any], why: str) -> None:
    open_with(engine, 1)
    save(engine, **changes)
    with pytest.raises(NotToday, match=why):
        selected(engine, settings)
    with reading(engine) as connection:
        assert rows(connection, print_runs_table) == []
    with time_machine.travel(NOW + timedelta(days=1 if "earliest" in changes else -1)):
        assert count(engine, selected(engine, settings)) == 1


def test_a_campaign_that_is_switched_off_ends_what_it_began_and_begins_nothing(engine: Engine, settings: Settings) -> None:
    open_with(engine, 2)
    saved = save(engine, max_letters_per_run=1)
    begun = selected(engine, settings)
    save_as(engine, replace(saved.definition, active=False))
    assert handed_over(engine, settings).id == begun.id
    with pytest.raises(NotToday, match="switched off"):
        selected(engine, settings)


def test_each_person_keeps_their_layout_of_a_test(engine: Engine, settings: Settings) -> None:
    def of_run(number: int) -> dict[int, str]:
        with reading(engine) as connection:
            mine = select(letters_table.c.customer_id, letters_table.c.layout).where(letters_table.c.print_run_id == number)
            return {row.customer_id: row.layout for row in connection.execute(mine)}

    open_with(engine, 24)
    save(engine, steps=(Step("note", test_layout="plain", test_percent=50),))
    first = selected(engine, settings)
    layouts_of = of_run(first.id)
    assert set(layouts_of.values()) == {"note", "plain"}
    assert set(first.layouts) == {"note", "plain"}
    decide_on_run(engine, settings, first.id, approved=False, by="Martha", comment="")
    assert of_run(selected(engine, settings).id) == layouts_of
    rendered(engine, settings)


def test_each_letter_takes_an_imported_code_until_none_is_left(engine: Engine, settings: Settings) -> None:
    open_with(engine, 5)
    save(engine, steps=WITH_COUPON, offer=IMPORTED)
    codes = ["TEA-1", "TEA-2", "TEA-3"]
    assert import_codes(engine, codes) == [Outcome.STORED] * 3
    run = selected(engine, settings)
    assert written(engine, run) == ["Anna1", "Anna2", "Anna3"]
    assert run.funnel.counts[Reason.NO_COUPON_LEFT] == 2
    (why,) = details(engine)
    assert "no imported code of the offer ten is left" in why
    with reading(engine) as connection:
        stored = rows(connection, coupons)
        printed = {one.id: one for one in map(lambda row: letters.by_id(connection, row["letter_id"]), stored) if one}
        contents = dict(letters.contents(connection, list(printed)))
    assert [row["code"] for row in stored] == codes, "no code of our own was issued"
    for row in stored:
        assert contents[row["letter_id"]].values["coupon_code"] == row["code"]
        assert printed[row["letter_id"]].customer_id == row["customer_id"]
        assert printed[row["letter_id"]].landing_url.startswith(f"https://shop.example/{row['code']}")
    assert import_codes(engine, codes) == [Outcome.UNCHANGED] * 3, "the same file once more"


def test_a_letter_prints_the_prefix_and_all_rules_of_its_offer(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    offer = replace(OFFER, prefix="TEE", new_customers_only=True, uses=3, valid_from=NOW.date() + timedelta(days=100), valid_days=10)
    save(engine, steps=WITH_COUPON, offer=offer)
    selected(engine, settings)
    with reading(engine) as connection:
        (row,) = rows(connection, coupons)
        ((_, content),) = letters.contents(connection, [row["letter_id"]])
    assert is_well_formed(row["code"], "TEE") and content.values["coupon_code"] == row["code"]
    assert content.values["coupon_conditions"] == conditions(offer, row["valid_until"], content.language)
    assert (row["most_uses"], row["valid_from"], row["valid_until"]) == (3, offer.valid_from, NOW.date() + timedelta(days=110))


def test_a_code_that_ends_too_soon_or_is_somebodys_is_not_taken(engine: Engine, settings: Settings) -> None:
    open_with(engine, 3)
    save(engine, steps=WITH_COUPON, offer=IMPORTED)
    least = NOW.date() + timedelta(days=settings.delivery_days + LEAST_DAYS_LEFT)
    import_codes(engine, ["SOON"], valid_until=least - timedelta(days=1))
    import_codes(engine, ["ANNAS"], valid_until=least, email="anna1@example.org")
    import_codes(engine, ["GOOD"], valid_until=least)
    run = selected(engine, settings)
    assert written(engine, run) == ["Anna1"]
    with reading(engine) as connection:
        assert {row["code"] for row in rows(connection, coupons) if row["letter_id"]} == {"GOOD"}


def test_the_code_of_a_letter_that_is_taken_out_goes_to_another_one(engine: Engine, settings: Settings) -> None:
    open_with(engine, 2)
    save(engine, steps=WITH_COUPON, offer=IMPORTED)
    import_codes(engine, ["TEA-1"])
    run = rendered(engine, settings)
    assert written(engine, run) == ["Anna1"]
    with writing(engine) as connection:
        letter = letters.of_customer(connection, customer_id(connection))[0]
        objections.add_by_letter(connection, letter.id, NOW)
    decide_on_run(engine, settings, run.id, approved=True, by="Martha", comment="")
    assert hand_over_run(engine, settings, run.id, quiet).state is PrintRunState.EMPTY
    second = selected(engine, settings)
    assert written(engine, second) == ["Anna2"]
    with reading(engine) as connection:
        (row,) = rows(connection, coupons)
    assert (row["code"], row["voided"]) == ("TEA-1", False)


def test_a_code_that_somebody_else_took_stops_the_page_and_nothing_of_it_is_written(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    save(engine, steps=WITH_COUPON, offer=IMPORTED)
    import_codes(engine, ["TEA-1"])
    run = selecting.open_or_resume(engine, settings, "winback", "")
    real = selecting._tally

    def late(*given: object) -> object:
        tally = real(*given)  # type: ignore[arg-type]
        given[0].execute(update(coupons).values(voided=True))  # type: ignore[attr-defined]
        return tally

    with pytest.MonkeyPatch.context() as patch, working_on(engine, settings, run.id) as hold:
        patch.setattr(selecting, "_tally", late)
        with pytest.raises(WrongState, match="taken by somebody else"):
            selecting.select_letters(engine, settings, run, hold)
    assert count(engine, run) == 0
    assert again(engine, run).cursor == 0
    assert written(engine, selected(engine, settings)) == ["Anna1"], "the next one finds it as it was"


def test_an_offer_that_ends_before_the_letter_arrives_is_printed_nowhere(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    save(engine, steps=WITH_COUPON, offer=replace(OFFER, valid_until=NOW.date() + timedelta(days=settings.delivery_days - 1)))
    assert selected(engine, settings).state is PrintRunState.EMPTY
    assert verdicts(engine) == {"Anna1": Reason.NO_COUPON_LEFT}
    assert details(engine) == {"the offer ten ends on 2026-11-26, before the letter arrives"}
    save(engine, steps=WITH_COUPON, offer=replace(OFFER, valid_until=NOW.date() + timedelta(days=settings.delivery_days)))
    assert count(engine, selected(engine, settings)) == 1


def test_an_offer_that_is_gone_stops_the_run_before_it_begins(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    save(engine, steps=WITH_COUPON)
    with writing(engine) as connection:
        connection.exec_driver_sql("DELETE FROM offers")
    with pytest.raises(OfferGone, match="needs the offer ten, which is not there any more: save it"):
        selected(engine, settings)
    with reading(engine) as connection:
        assert rows(connection, print_runs_table) == []


def test_a_reminder_prints_the_coupon_that_the_person_has_and_issues_none(engine: Engine, settings: Settings) -> None:
    open_with(engine, 2)
    save(engine, steps=(Step("reminder"),), audience=CouponExpiry())
    import_codes(engine, ["HERS"], email="anna1@example.org", valid_until=NOW.date() + timedelta(days=20))
    run = rendered(engine, settings)
    assert written(engine, run) == ["Anna1"]
    with reading(engine) as connection:
        (letter,) = letters.of_customer(connection, customer_id(connection))
        ((_, content),) = letters.contents(connection, [letter.id])
        (row,) = rows(connection, coupons)
    assert content.values["coupon_code"] == row["code"] == "HERS"
    assert letter.landing_url.startswith("https://shop.example/HERS")
    assert row["letter_id"] is None


def test_the_letter_about_a_cart_lists_what_lies_in_it(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    with writing(engine) as connection:
        upsert_carts(connection, [cart(1, created_at=NOW - timedelta(days=3), updated_at=NOW - timedelta(days=3))], settings.secret)
    save(engine, steps=(Step("cart", 1),), audience=AbandonedCart())
    run = rendered(engine, settings)
    with reading(engine) as connection:
        (letter,) = letters.of_customer(connection, customer_id(connection))
        ((_, content),) = letters.contents(connection, [letter.id])
    assert [item.title for item in content.items] == ["Tea"]
    assert run.state is PrintRunState.AWAITING_APPROVAL


def test_a_run_that_is_resumed_counts_what_was_there(engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    open_with(engine, 10)
    save(engine, max_letters_per_run=5)
    run = selecting.open_or_resume(engine, settings, "winback", "")

    class Killed(Exception):
        """As a kill in the middle."""

    def die(name: str) -> None:
        if name == "select.after_page":
            raise Killed

    monkeypatch.setattr("store.failpoint.pass_by", die)
    for _ in range(2):
        with pytest.raises(Killed), working_on(engine, settings, run.id) as hold:
            selecting.select_letters(engine, settings, again(engine, run), hold)
    monkeypatch.undo()
    monkeypatch.setattr(selecting, "PAGE", 3)
    done = selected(engine, settings)
    assert done.id == run.id
    assert written(engine, done) == ["Anna1", "Anna2", "Anna3", "Anna4", "Anna5"]
    assert done.funnel.counts == Counter({"selected": 5, Reason.BUDGET: 5})


def test_whoever_has_lost_the_run_to_another_process_writes_nothing(engine: Engine, settings: Settings) -> None:
    open_with(engine, 2)
    save(engine)
    run = selecting.open_or_resume(engine, settings, "winback", "")
    with working_on(engine, settings, run.id) as hold, pytest.raises(LostLease):
        selecting.select_letters(engine, settings, run, replace(hold, fence=hold.fence - 1))
    assert (count(engine, run), again(engine, run).cursor, verdicts(engine)) == (0, 0, {})


def test_a_letter_carries_when_a_sale_makes_it_moot(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    save(engine)
    selected(engine, settings)
    with reading(engine) as connection:
        assert connection.execute(select(letters_table.c.stops_after)).scalar_one() == NOW - timedelta(days=200)


def test_the_run_says_which_campaigns_ran_lately(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    save(engine)
    selected(engine, settings)
    with reading(engine) as connection:
        assert print_runs.run_since(connection, NOW) == {"winback"}
        assert print_runs.run_since(connection, NOW + timedelta(seconds=1)) == set()


def test_who_lives_where_the_tariff_has_no_postage_for_is_left_out_and_the_run_goes_on(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    open_with(engine, 3)
    with writing(engine) as connection:
        connection.execute(update(customers).where(customers.c.first_name == "Anna2").values(country="FR", postcode="75001"))
    save(engine, countries=())
    run = selected(engine, settings.model_copy(update={"tariff_file": tariff_without(tmp_path, "*")}))
    assert written(engine, run) == ["Anna1", "Anna3"]
    assert verdicts(engine)["Anna2"] == Reason.ABROAD
    assert details(engine) == {"the tariff has no postage for FR"}


def test_without_postage_for_the_own_country_the_run_stops(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    open_with(engine, 1)
    save(engine, countries=())
    file = tariff_without(tmp_path, "*")
    file.write_text(file.read_text(encoding="utf-8").replace('country = "DE"', 'country = "US"'), encoding="utf-8")
    with pytest.raises(NoPostage, match="to DE"):
        selected(engine, settings.model_copy(update={"tariff_file": file}))
