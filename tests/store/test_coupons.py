"""Do codes of another system come in once, however they are written, and never under the wrong offer?"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from campaigns.coupon import CouponRecord
from campaigns.offer import CodeSource, Offer, OfferKind
from campaigns.rejection import Rejection
from store import offers
from store.coupons import upsert_coupons
from store.schema import coupons, partners
from tests.store.shop import NOW, OFFER, add_letter, customer_id, person, rows, start_run, store

CODE = CouponRecord("shop", "SOMMER-10", "ten", valid_until=date(2027, 1, 31))


@pytest.fixture(autouse=True)
def saved(connection: Connection) -> None:
    offers.save(connection, OFFER, NOW)
    offers.save(connection, Offer("five", "Five euros", OfferKind.AMOUNT, 500), NOW)


def upsert(connection: Connection, *records: CouponRecord) -> list[str]:
    """Stored, unchanged or the reason of the rejection."""
    return [one.reason if isinstance(one, Rejection) else str(one) for one in upsert_coupons(connection, records, NOW)]


def test_a_code_comes_in_under_its_offer(connection: Connection) -> None:
    store(connection, person())
    assert upsert(connection, replace(CODE, customer_number="K1"), CouponRecord("shop", "WINTER", "five")) == ["stored", "stored"]
    first, second = rows(connection, coupons)
    assert (first["code"], first["code_key"], first["customer_id"], first["valid_until"]) == (
        "SOMMER-10",
        "SOMMER10",
        customer_id(connection),
        date(2027, 1, 31),
    )
    assert (second["customer_id"], second["valid_until"], second["terms"]["slug"], second["source"]) == (
        None, (NOW + timedelta(days=Offer("x", "x", OfferKind.AMOUNT, 1).valid_days)).date(), "five", "shop",
    )  # fmt: skip


def test_the_same_codes_again_change_nothing(connection: Connection) -> None:
    codes = [CODE, CouponRecord("shop", "WINTER", "five", email="anna1@example.org")]
    upsert(connection, *codes)
    before = rows(connection, coupons)
    assert upsert(connection, *codes) == ["unchanged", "unchanged"]
    assert rows(connection, coupons) == before
    assert upsert(connection) == []


@pytest.mark.parametrize("code", ["sommer-10", "SOMMER10", " Sommer 10 ", "SOMMER–10"])
def test_a_code_is_one_however_it_is_written(connection: Connection, code: str) -> None:
    assert upsert(connection, CODE, replace(CODE, code=code)) == ["stored", "unchanged"]
    assert upsert(connection, replace(CODE, code=code)) == ["unchanged"]
    assert [row["code"] for row in rows(connection, coupons)] == ["SOMMER-10"]


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ({"valid_until": date(2027, 2, 28)}, (None, date(2027, 2, 28))),
        ({"email": "anna1@example.org", "valid_until": None}, (1, date(2027, 1, 31))),
        ({"customer_number": "K1"}, (1, date(2027, 1, 31))),
    ],
)
def test_a_changed_code_is_stored_and_a_blank_overwrites_nothing(connection: Connection, change: dict[str, Any], after: tuple[int | None, date]) -> None:
    store(connection, person())
    upsert(connection, CODE)
    assert upsert(connection, replace(CODE, **change), CODE) == ["stored", "stored" if change.get("valid_until") else "unchanged"]
    upsert(connection, replace(CODE, **change))
    (row,) = rows(connection, coupons)
    assert (row["customer_id"], row["valid_until"]) == (customer_id(connection) if after[0] else None, after[1])


def test_what_is_refused_says_what_to_do(connection: Connection) -> None:
    upsert(connection, CODE)
    results = upsert_coupons(
        connection, [CouponRecord("shop", "", "ten"), CouponRecord("shop", " - ", "ten"), replace(CODE, offer="nope"), replace(CODE, offer="five")], NOW
    )
    assert [(one.position, one.reason) for one in results if isinstance(one, Rejection)] == [
        (0, "no_key"), (1, "no_key"), (2, "unknown_offer"), (3, "contradiction"),
    ]  # fmt: skip
    assert 'There is no offer "nope"' in results[2].message  # type: ignore[union-attr]
    assert 'The code "SOMMER-10" stands for another offer already' in results[3].message  # type: ignore[union-attr]


def test_two_offers_for_one_code_in_one_batch_are_a_contradiction(connection: Connection) -> None:
    assert upsert(connection, CODE, replace(CODE, code="sommer10", offer="five")) == ["stored", "contradiction"]


def test_a_code_of_a_letter_of_ours_cannot_be_given_away(connection: Connection) -> None:
    store(connection, person())
    run = start_run(connection)
    add_letter(connection, run, customer_id(connection))
    code = connection.execute(select(coupons.c.code)).scalar_one()
    assert upsert(connection, CouponRecord("shop", code.replace("-", "").lower(), "ten")) == ["contradiction"]


def test_an_imported_code_is_bound_to_the_rules_of_its_offer(connection: Connection) -> None:
    offers.save(connection, replace(OFFER, uses=50, valid_from=date(2026, 12, 1), valid_until=date(2026, 12, 24)), NOW)
    assert upsert(connection, replace(CODE, valid_until=None), replace(CODE, code="LATER", valid_until=date(2027, 6, 1))) == ["stored", "stored"]
    for row in rows(connection, coupons):
        assert (row["most_uses"], row["uses"], row["valid_from"], row["valid_until"]) == (50, 0, date(2026, 12, 1), date(2026, 12, 24))
    offers.save(connection, replace(OFFER, uses=None), NOW)
    upsert(connection, replace(CODE, code="ENDLESS"))
    assert [row["most_uses"] for row in rows(connection, coupons)] == [50, 50, None]


def test_a_partners_code_is_not_taken_over(connection: Connection) -> None:
    partner = connection.execute(insert(partners).values(slug="meier", name="Meier", created_at=NOW).returning(partners.c.id)).scalar_one()
    upsert(connection, CODE)
    connection.execute(update(coupons).values(partner_id=partner))
    store(connection, person())
    [said] = upsert_coupons(connection, [replace(CODE, email="anna1@example.org")], NOW)
    assert isinstance(said, Rejection) and "belongs to a partner" in said.message
    assert rows(connection, coupons)[0]["customer_id"] is None


def test_a_personal_code_names_its_person(connection: Connection) -> None:
    store(connection, person())
    offers.save(connection, replace(OFFER, personal=True), NOW)
    [said] = upsert_coupons(connection, [CODE], NOW)
    assert isinstance(said, Rejection) and "is personal: name the customer" in said.message
    assert upsert(connection, replace(CODE, email="anna1@example.org")) == ["stored"]
    offers.save(connection, replace(OFFER, personal=True, codes=CodeSource.IMPORTED), NOW)
    assert upsert(connection, replace(CODE, code="FOR-A-LETTER")) == ["stored"], "it becomes the person's whose letter takes it"


@pytest.mark.parametrize("offer", [replace(OFFER, personal=True), replace(OFFER, codes=CodeSource.IMPORTED), OFFER])
def test_a_code_for_somebody_unknown_goes_to_no_stranger(offer: Offer, connection: Connection) -> None:
    """Without either it is anybody's all the same: who it was meant for does not matter."""
    offers.save(connection, offer, NOW)
    assert upsert(connection, replace(CODE, email="not-imported-yet@example.org")) == ["stored" if offer is OFFER else "contradiction"]
    store(connection, person())
    assert upsert(connection, replace(CODE, code="KNOWN", email="anna1@example.org")) == ["stored"]
