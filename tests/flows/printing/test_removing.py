"""Do codes leave the shop again whose letters were never sent, whatever goes wrong on the way?"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select, update

from campaigns.checkout import Channel
from flows.errors import ShopTooSlow
from flows.locks import working_on
from flows.printing import removing
from flows.printing.handing_over import decide_on_run, hand_over_run
from flows.printing.removing import remove_codes, remove_from_all
from flows.printing.uploading import upload_codes
from flows.stack import environment_of
from importers.errors import ShopUnreachable
from store import code_uploads, failpoint, redemptions
from store import settings as settings_module
from store.code_uploads import CodeState
from store.engine import reading, writing
from store.erasure import erase
from store.print_runs import PrintRun
from store.schema import coupons, uploaded_codes
from store.schema import letters as letters_table
from store.settings import Settings
from tests.flows.printing.test_uploading import PEOPLE, Died, codes, mock, run, settings, states
from tests.flows.terminal import postillion
from tests.flows.way import again, quiet
from tests.shops.shopify.faults import Fault
from tests.shops.shopify.server import MockShopify
from tests.store.redeeming import ASKING
from tests.store.shop import NOW

__all__ = ["mock", "run", "settings"]
FIVE = 5


def uploaded(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    upload_codes(engine, settings, run.id, quiet, mock.clock.sleep)


def reject(engine: Engine, settings: Settings, run: PrintRun) -> None:
    decide_on_run(engine, settings, run.id, approved=False, by="Martha", comment="wrong picture")


def erase_some(engine: Engine, run: PrintRun, how_many: int = FIVE) -> set[str]:
    """Their codes."""
    with writing(engine) as connection:
        query = select(letters_table.c.customer_id, coupons.c.code).join(coupons, coupons.c.letter_id == letters_table.c.id)
        found = connection.execute(query.where(letters_table.c.print_run_id == run.id).order_by(letters_table.c.id).limit(how_many)).all()
        for row in found:
            erase(connection, row.customer_id, b"secret", NOW)
    return {row.code for row in found}


def die_on_the_way(monkeypatch: pytest.MonkeyPatch, place: str, act: Callable[[], object]) -> None:
    def die(name: str) -> None:
        if name == place:
            raise Died

    with monkeypatch.context() as patched:
        patched.setattr(failpoint, "pass_by", die)
        with pytest.raises(Died):
            act()


def test_a_rejected_run_leaves_no_good_code_in_the_shop(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    uploaded(engine, settings, mock, run)
    reject(engine, settings, run)
    lines: list[str] = []
    assert remove_codes(engine, settings, run.id, lines.append, mock.clock.sleep) == PEOPLE
    assert [row["is_active"] for row in mock.discounts.rows] == [False]
    assert states(engine) == [CodeState.REMOVED] * PEOPLE
    assert lines == [f'12 codes of "{mock.discounts.rows[0]["title"]}" are no longer good in the shop: no letter carries them']
    mock.log.clear()
    assert remove_codes(engine, settings, run.id, quiet, mock.clock.sleep) == 0
    assert mock.log.requests == []


def test_a_run_that_was_rejected_while_its_codes_were_on_their_way_leaves_none(
    engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    die_on_the_way(monkeypatch, "upload.after_discount", lambda: uploaded(engine, settings, mock, run))
    reject(engine, settings, run)
    assert remove_codes(engine, settings, run.id, quiet, mock.clock.sleep) == PEOPLE
    assert [row["is_active"] for row in mock.discounts.rows] == [False], "its key was never written down"


def test_codes_of_letters_that_were_taken_out_leave_and_the_others_stay(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    uploaded(engine, settings, mock, run)
    gone = erase_some(engine, run)
    hand_over_run(engine, settings, run.id, quiet)
    assert remove_codes(engine, settings, run.id, quiet, mock.clock.sleep) == FIVE
    [row] = mock.discounts.rows
    assert row["is_active"] and sorted(row["codes"]) == sorted(codes(engine)) and not gone & set(row["codes"])
    assert states(engine).count(CodeState.REMOVED) == FIVE


def test_a_letter_that_goes_while_its_code_still_waits_brings_none_there(
    engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    die_on_the_way(monkeypatch, "upload.after_discount", lambda: uploaded(engine, settings, mock, run))
    gone = erase_some(engine, run)
    assert remove_codes(engine, settings, run.id, quiet, mock.clock.sleep) == 0, "the upload is not done: it goes first"
    uploaded(engine, settings, mock, run)
    hand_over_run(engine, settings, run.id, quiet)
    remove_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    assert not gone & set(mock.discounts.rows[0]["codes"])
    assert sorted(mock.discounts.rows[0]["codes"]) == sorted(codes(engine))


def test_codes_that_were_on_their_way_when_their_letters_went_do_not_stay_good(
    engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is missing any more, so nobody needs to send anything; but the shop may have what was sent before the death."""
    die_on_the_way(monkeypatch, "upload.after_noting", lambda: uploaded(engine, settings, mock, run))
    with writing(engine) as connection:
        theirs = select(letters_table.c.customer_id, coupons.c.code).join(coupons, coupons.c.letter_id == letters_table.c.id)
        unanswered = uploaded_codes.c.state.in_((CodeState.WAITING, CodeState.SENT))
        gone = connection.execute(theirs.join(uploaded_codes, uploaded_codes.c.coupon_id == coupons.c.id).where(unanswered)).all()
        for row in gone:
            erase(connection, row.customer_id, b"secret", NOW)
        assert gone and code_uploads.missing(connection, run.id) == 0
    uploaded(engine, settings, mock, run)
    hand_over_run(engine, settings, run.id, quiet)
    assert remove_codes(engine, settings, run.id, quiet, mock.clock.sleep) == len(gone)
    assert not {row.code for row in gone} & set(mock.discounts.rows[0]["codes"])
    assert sorted(mock.discounts.rows[0]["codes"]) == sorted(codes(engine))


def test_a_shop_without_credentials_keeps_nobody_from_housekeeping(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    poor = settings.model_copy(update={"shopify_client_id": ""})
    lines: list[str] = []
    assert remove_codes(engine, poor, run.id, quiet) == remove_from_all(engine, poor, lines.append) == 0 and lines == []
    uploaded(engine, settings, mock, run)
    reject(engine, settings, run)
    assert remove_from_all(engine, poor, lines.append) == 0
    assert "may still be good" in lines[0] and "credentials" in lines[0]


@pytest.mark.parametrize("is_removed", [True, False])
def test_an_offer_whose_letters_are_all_gone_keeps_no_other_from_the_shop(
    is_removed: bool, engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun
) -> None:
    """Planned and killed; then all who had one of the two last days were taken out."""
    with writing(engine) as connection:
        theirs = select(coupons.c.id).order_by(coupons.c.id).limit(FIVE)
        connection.execute(update(coupons).where(coupons.c.id.in_(theirs.scalar_subquery())).values(valid_until=NOW.date()))
        code_uploads.plan(connection, run.id, settings.shopify_source, NOW)
    gone = erase_some(engine, run)
    if is_removed:
        assert remove_codes(engine, settings, run.id, quiet, mock.clock.sleep) == FIVE
    uploaded(engine, settings, mock, run)
    assert again(engine, run).state == "approved" and hand_over_run(engine, settings, run.id, quiet).state == "handed_over"
    assert [sorted(row["codes"]) for row in mock.discounts.rows] == [sorted(codes(engine))] and not gone & codes(engine), "no discount for nobody"


def test_a_code_that_the_desk_has_blocked_leaves_the_shop_by_housekeeping(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    uploaded(engine, settings, mock, run)
    hand_over_run(engine, settings, run.id, quiet)
    with writing(engine) as connection:
        row = connection.execute(select(coupons.c.id, coupons.c.code).order_by(coupons.c.id.desc()).limit(1)).one()
        redemptions.void(connection, row.id, replace(ASKING, channel=Channel.DESK), "lost")
    assert remove_from_all(engine, settings, quiet, mock.clock.sleep) == 1
    assert row.code not in mock.discounts.rows[0]["codes"] and len(mock.discounts.rows[0]["codes"]) == PEOPLE - 1


@pytest.mark.parametrize("place", ["remove.after_asking", "remove.after_removing"])
def test_whoever_comes_after_a_death_finds_what_is_left(
    place: str, engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "MOST_CODES", 2)
    uploaded(engine, settings, mock, run)
    gone = erase_some(engine, run)
    hand_over_run(engine, settings, run.id, quiet)

    die_on_the_way(monkeypatch, place, lambda: remove_codes(engine, settings, run.id, quiet, mock.clock.sleep))
    assert remove_codes(engine, settings, run.id, quiet, mock.clock.sleep) == FIVE
    assert not gone & set(mock.discounts.rows[0]["codes"]) and states(engine).count(CodeState.REMOVED) == FIVE


def test_a_job_that_deleted_nothing_is_asked_for_again(
    engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploaded(engine, settings, mock, run)
    gone = erase_some(engine, run)
    hand_over_run(engine, settings, run.id, quiet)
    mock.discounts.fail_jobs = removing.ROUNDS
    with pytest.raises(ShopTooSlow, match="tried again later"):
        remove_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    assert states(engine).count(CodeState.REMOVED) == 0
    mock.discounts.fail_jobs = 1
    assert remove_codes(engine, settings, run.id, quiet, mock.clock.sleep) == FIVE
    assert not gone & set(mock.discounts.rows[0]["codes"])
    monkeypatch.setattr(removing, "LOOKS", 1)
    with writing(engine) as connection:
        connection.execute(update(coupons).where(coupons.c.code.in_(sorted(codes(engine))[:1])).values(voided=True))
    with pytest.raises(ShopTooSlow, match="has not worked off"):
        remove_codes(engine, settings, run.id, quiet, mock.clock.sleep)


def test_a_discount_that_somebody_deleted_in_the_shop_has_nothing_left(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    uploaded(engine, settings, mock, run)
    mock.discounts.rows.clear()
    reject(engine, settings, run)
    assert remove_codes(engine, settings, run.id, quiet, mock.clock.sleep) == PEOPLE
    assert states(engine) == [CodeState.REMOVED] * PEOPLE


def test_a_shop_that_is_away_keeps_nobody_from_rejecting_and_is_asked_again(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    uploaded(engine, settings, mock, run)
    reject(engine, settings, run)
    mock.faults.always(Fault.INTERNAL_ERROR, operation="Deactivate")
    with pytest.raises(ShopUnreachable):
        remove_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    lines: list[str] = []
    assert remove_from_all(engine, settings, lines.append, mock.clock.sleep) == 0
    assert [line.partition(":")[0] for line in lines] == [f"Void codes of print run {run.id} may still be good in {mock.shop}"]
    mock.faults.clear()
    with working_on(engine, settings, run.id):
        assert remove_from_all(engine, settings, lines.append, mock.clock.sleep) == 0, "somebody is at work on it"
    assert remove_from_all(engine, settings, lines.append, mock.clock.sleep) == PEOPLE
    assert len(lines) == 2 and not mock.discounts.rows[0]["is_active"]


def test_another_shops_codes_and_an_installation_without_one_are_left_alone(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    uploaded(engine, settings, mock, run)
    reject(engine, settings, run)
    mock.log.clear()
    for changed in ({"shopify_source": "another"}, {"shopify_shop": ""}):
        other = settings.model_copy(update=changed)
        assert remove_codes(engine, other, run.id, quiet, mock.clock.sleep) == remove_from_all(engine, other, quiet, mock.clock.sleep) == 0
    assert mock.log.requests == [] and again(engine, run).state == "rejected"
    with reading(engine) as connection:
        assert connection.execute(select(uploaded_codes.c.state).distinct()).scalars().all() == [CodeState.CREATED]


def test_who_rejects_at_the_terminal_hears_that_the_shop_is_away_and_the_run_is_rejected(
    engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploaded(engine, settings, mock, run)
    for name, value in environment_of(settings).items():
        if name.startswith("POSTILLION_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("POSTILLION_SHOPIFY_CLIENT_SECRET", "wrong")
    settings_module.settings.cache_clear()
    try:
        said = postillion("print-run", "reject", run.id, "--yes")
        assert f"Print run {run.id} is rejected." in said and f"Void codes of print run {run.id} may still be good in the shop" in said
        monkeypatch.setenv("POSTILLION_SHOPIFY_CLIENT_SECRET", mock.client_secret)
        settings_module.settings.cache_clear()
        assert remove_from_all(engine, settings, quiet, mock.clock.sleep) == PEOPLE
    finally:
        settings_module.settings.cache_clear()
    assert again(engine, run).state == "rejected"
