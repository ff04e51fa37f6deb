"""Are the codes of a print run in the shop before its letters go out, each once?"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, select, update

from campaigns.campaign import Campaign, Limits, Step
from campaigns.errors import InvalidOffer
from campaigns.kinds import Winback
from campaigns.letter import LetterState
from campaigns.offer import Articles, CodeSource, Offer, OfferKind
from campaigns.print_run import PrintRunState
from campaigns.verdict import Reason
from flows.errors import CodesMissing
from flows.printing import uploading
from flows.printing.handing_over import decide_on_run, hand_over_run
from flows.printing.uploading import upload_codes
from importers.errors import BrokenAnswer, MissingScope, ShopRefused, ShopUnreachable
from importers.shopify import discounts
from store import campaigns, code_uploads, failpoint, letters, offers
from store.code_uploads import CodeState, UploadState
from store.engine import reading, writing
from store.print_runs import PrintRun
from store.schema import code_uploads as uploads_table
from store.schema import coupons, uploaded_codes, verdicts
from store.schema import letters as letters_table
from store.settings import Settings
from tests.flows.way import again, quiet, rendered
from tests.shops.shopify.faults import Fault
from tests.shops.shopify.server import MockShopify
from tests.store.shop import NOW, order, person, store

PEOPLE = 12
TEN = Offer("ten", "Ten percent", OfferKind.PERCENTAGE, 1000, minimum_order_cents=4000, codes=CodeSource.SHOPIFY)


@pytest.fixture
def mock() -> Iterator[MockShopify]:
    with MockShopify(customers=0, orders=0, checkouts=0, schema="small") as shop:
        yield shop


@pytest.fixture
def settings(engine: Engine, database_url: str, mock: MockShopify, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=tmp_path / "data",
        database_url=database_url,
        handover_dir=tmp_path / "handover",
        render_processes=1,
        shopify_shop=mock.shop,
        shopify_client_id=mock.client_id,
        shopify_client_secret=SecretStr(mock.client_secret),
        shopify_url=mock.url,
    )


@pytest.fixture
def run(engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> PrintRun:
    """Approved, with twelve letters whose codes have to be in the shop; four codes go in one request."""
    monkeypatch.setattr(uploading, "MOST_CODES", 4)
    with writing(engine) as connection:
        people = [person(number) for number in range(1, PEOPLE + 1)]
        store(connection, *people, *(order(number, customer_number=f"K{number}") for number in range(1, PEOPLE + 1)))
        offers.save(connection, TEN, NOW)
    campaign = Campaign("winback", "Win-back", "https://tee.example", (Step("winback", offer="ten"),), Winback(), limits=Limits(holdout_percent=0))
    with writing(engine) as connection:
        campaigns.save(connection, campaign, NOW)
    found = rendered(engine, settings)
    decide_on_run(engine, settings, found.id, approved=True, by="Martha", comment="")
    return again(engine, found)


def codes(engine: Engine) -> set[str]:
    """Those of all letters that are still to go out, or are gone."""
    with reading(engine) as connection:
        joined = select(coupons.c.code).join(letters_table, letters_table.c.id == coupons.c.letter_id)
        return set(connection.execute(joined.where(letters_table.c.state.in_([LetterState.APPROVED, LetterState.HANDED_OVER]))).scalars())


def states(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.execute(select(uploaded_codes.c.state)).scalars())


def test_all_codes_are_in_the_shop_under_one_discount_before_the_letters_go_out(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    with pytest.raises(CodesMissing, match="12 codes of print run"):
        hand_over_run(engine, settings, run.id, quiet)
    assert upload_codes(engine, settings, run.id, quiet, mock.clock.sleep) == PEOPLE
    [row] = mock.discounts.rows
    assert set(row["codes"]) == codes(engine) and len(row["codes"]) == PEOPLE
    assert row["title"].startswith(f"Postillion ten, print run {run.id}, until ")
    assert mock.log.count("AddCodes") == 3  # eleven codes by four; the first came with the discount
    assert hand_over_run(engine, settings, run.id, quiet).state is PrintRunState.HANDED_OVER


def test_the_discount_ends_with_the_last_day_that_is_printed(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    upload_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    with reading(engine) as connection:
        [last_day] = set(connection.execute(select(coupons.c.valid_until)).scalars())
    ends = mock.discounts.rows[0]["input"]["endsAt"]
    assert ends.startswith(last_day.isoformat()) and ends[11:19] in ("22:59:59", "21:59:59")  # UTC, winter or summer
    assert mock.discounts.rows[0]["input"]["minimumRequirement"] == {"subtotal": {"greaterThanOrEqualToSubtotal": "40.00"}}


def test_a_second_time_asks_the_shop_nothing(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    upload_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    mock.log.clear()
    assert upload_codes(engine, settings, run.id, quiet, mock.clock.sleep) == 0
    assert mock.log.requests == []


def test_nothing_is_created_for_a_run_that_nobody_approved(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    decide_on_run(engine, settings, run.id, approved=False, by="Martha", comment="")
    assert upload_codes(engine, settings, run.id, quiet, mock.clock.sleep) == 0
    assert mock.discounts.rows == []


def test_an_offer_with_codes_of_our_own_needs_no_shop(engine: Engine, settings: Settings, run: PrintRun, mock: MockShopify) -> None:
    with writing(engine) as connection:
        connection.execute(update(coupons).values(terms=offers.terms_of(replace(TEN, codes=CodeSource.GENERATED))))
    assert upload_codes(engine, settings.model_copy(update={"shopify_shop": ""}), run.id, quiet) == 0
    assert hand_over_run(engine, settings, run.id, quiet).state is PrintRunState.HANDED_OVER


class Died(BaseException):
    """As if the process had been killed: nothing handles it."""


@pytest.mark.parametrize("place", ["upload.after_discount", "upload.after_sending", "upload.after_noting"])
@pytest.mark.parametrize("time", [1, 2])
def test_whoever_comes_after_a_death_makes_nothing_twice(
    place: str, time: int, engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[str] = []

    def die(name: str) -> None:
        passed.append(name)
        if name == place and passed.count(place) == time:
            raise Died

    with monkeypatch.context() as patched:
        patched.setattr(failpoint, "pass_by", die)
        if place == "upload.after_discount" and time == 2:
            upload_codes(engine, settings, run.id, quiet, mock.clock.sleep)  # there is one discount only
        else:
            with pytest.raises(Died):
                upload_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    upload_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    [row] = mock.discounts.rows
    assert sorted(row["codes"]) == sorted(codes(engine))
    assert states(engine) == [CodeState.CREATED] * PEOPLE
    assert hand_over_run(engine, settings, run.id, quiet).state is PrintRunState.HANDED_OVER


def test_a_batch_that_the_shop_has_forgotten_is_sent_again(
    engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(name: str) -> None:
        if name == "upload.after_noting":
            raise Died

    with monkeypatch.context() as patched:
        patched.setattr(failpoint, "pass_by", die)
        with pytest.raises(Died):
            upload_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    mock.discounts.forget_batches()
    upload_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    assert sorted(mock.discounts.rows[0]["codes"]) == sorted(codes(engine))


def test_codes_that_the_shop_lost_are_sent_again(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    with reading(engine) as connection:  # of each four two: a batch that is lost as a whole is another story
        mock.discounts.lose = set(connection.execute(select(coupons.c.code).order_by(coupons.c.id)).scalars().all()[::2])
    assert upload_codes(engine, settings, run.id, quiet, mock.clock.sleep) == PEOPLE
    assert sorted(mock.discounts.rows[0]["codes"]) == sorted(codes(engine))


class Everything(set[str]):
    """Holds every code, as often as it is taken out."""

    def intersection(self, *others: Iterable[object]) -> set[str]:
        return {str(one) for other in others for one in other}


def test_a_shop_that_loses_whatever_it_is_sent_holds_the_letters_back(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    mock.discounts.lose = Everything()
    with pytest.raises(BrokenAnswer, match="nothing of its 4 codes"):
        upload_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    with pytest.raises(CodesMissing, match="11 codes"):
        hand_over_run(engine, settings, run.id, quiet)
    mock.discounts.lose = set()
    assert upload_codes(engine, settings, run.id, quiet, mock.clock.sleep) == PEOPLE


def test_a_discount_that_somebody_deleted_in_the_shop_is_not_made_again_and_it_is_said_what_to_do(
    engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def delete(name: str) -> None:
        if name == "upload.after_discount":
            mock.discounts.rows.clear()

    monkeypatch.setattr(failpoint, "pass_by", delete)
    for _ in range(2):
        with pytest.raises(ShopRefused, match=r"is not in the shop any more: somebody has deleted it.*Reject the print run"):
            upload_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    assert mock.discounts.rows == []
    assert again(engine, run).state is PrintRunState.APPROVED


def test_an_offer_in_another_currency_than_the_shops_brings_no_code_there(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    with writing(engine) as connection:
        connection.execute(update(coupons).values(terms=offers.terms_of(replace(TEN, currency="CHF"))))
    with pytest.raises(ShopRefused, match="sells in EUR"):
        upload_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    assert mock.discounts.rows == []


def test_a_code_that_the_shop_refuses_takes_its_letter_out(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    odd = sorted(codes(engine))[-1]
    with reading(engine) as connection:
        first = connection.execute(select(coupons.c.code).order_by(coupons.c.id)).scalars().first()
    odd = odd if odd != first else sorted(codes(engine))[0]
    mock.discounts.refuse[odd] = "cannot be used."
    lines: list[str] = []
    assert upload_codes(engine, settings, run.id, lines.append, mock.clock.sleep) == PEOPLE - 1
    assert "1 were refused: their letters are taken out" in lines[-1]
    assert hand_over_run(engine, settings, run.id, quiet).state is PrintRunState.HANDED_OVER
    with reading(engine) as connection:
        gone = connection.execute(select(letters_table).join(coupons, coupons.c.letter_id == letters_table.c.id).where(coupons.c.code == odd)).one()
        said = connection.execute(select(verdicts.c.reason).where(verdicts.c.customer_id == gone.customer_id)).scalar_one()
        assert letters.count(connection, run.id) == PEOPLE - 1
    assert (gone.state, said) == (LetterState.CANCELLED, Reason.NO_COUPON_LEFT)


def test_a_shop_that_is_away_leaves_the_run_approved_and_later_it_goes_on(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    mock.faults.always(Fault.INTERNAL_ERROR, operation="AddCodes")
    with pytest.raises(ShopUnreachable):
        upload_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    assert again(engine, run).state is PrintRunState.APPROVED
    with pytest.raises(CodesMissing):
        hand_over_run(engine, settings, run.id, quiet)
    mock.faults.clear()
    upload_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    assert sorted(mock.discounts.rows[0]["codes"]) == sorted(codes(engine))


def test_without_the_scope_nothing_is_planned_twice_and_the_reason_is_said(engine: Engine, settings: Settings, mock: MockShopify, run: PrintRun) -> None:
    mock.settings.scopes.remove("write_discounts")
    for _ in range(2):
        with pytest.raises(MissingScope, match="write_discounts"):
            upload_codes(engine, settings, run.id, quiet, mock.clock.sleep)
    with reading(engine) as connection:
        assert [row.state for row in connection.execute(select(uploads_table))] == [UploadState.PLANNED]
        assert code_uploads.missing(connection, run.id) == PEOPLE


def test_the_whole_batch_is_two_hundred_and_fifty() -> None:
    assert discounts.MOST_CODES == 250


@pytest.mark.parametrize(
    "changes",
    [
        {"vat_rates": (1900,)},
        {"only": Articles(("T1",))},
        {"never": Articles((), ("books",))},
        {"new_customers_only": True},
        {"personal": True},
        {"uses": None, "uses_per_customer": 2},
        {"uses": None, "for_partners": True},
    ],
)
def test_what_shopifys_checkout_cannot_say_is_refused_when_the_offer_is_made(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidOffer, match="Shopify"):
        replace(TEN, **changes)  # type: ignore[arg-type]
