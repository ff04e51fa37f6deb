"""Does an offer come back as it was saved, and does a code keep the terms that it was issued with?"""

import json
from dataclasses import replace
from datetime import date

from hypothesis import given
from sqlalchemy import Connection

from campaigns.coupon import CouponRecord
from campaigns.offer import CodeSource, Offer
from store import offers
from store.coupons import upsert_coupons
from store.schema import coupons
from tests.campaigns.offers import offers as any_offer
from tests.store.shop import LATER, NOW, OFFER, add_letter, customer_id, person, rows, start_run, store

LIMITED = replace(OFFER, valid_until=date(2026, 12, 31), codes=CodeSource.IMPORTED, minimum_order_cents=2000)


def test_an_offer_comes_back_as_it_was_saved_last(connection: Connection) -> None:
    for saved in (OFFER, LIMITED, OFFER):
        offers.save(connection, saved, NOW)
        assert offers.by_slug(connection, ["ten"])["ten"][1] == saved
    assert offers.slugs(connection) == ["ten"]


def test_every_offer_comes_back_from_the_database_as_it_was(connection: Connection) -> None:
    @given(any_offer())
    def saved_and_read(offer: Offer) -> None:
        offers.save(connection, offer, NOW)
        assert offers.every(connection) == {offer.slug: offer}
        assert offers.by_slug(connection, [offer.slug])[offer.slug][1] == offer

    saved_and_read()


def test_terms_are_json_and_become_the_same_offer_again() -> None:
    for offer in (OFFER, LIMITED):
        assert offers.offer_of(json.loads(json.dumps(offers.terms_of(offer)))) == offer


def test_terms_of_before_the_last_day_and_the_pool_of_codes_still_read() -> None:
    terms = {"slug": "ten", "name": "Ten percent", "kind": "percentage", "value": 1000, "currency": "EUR", "minimum_order_cents": 0, "valid_days": 70}
    assert offers.offer_of(terms) == OFFER


def test_codes_keep_the_terms_they_were_issued_with(connection: Connection) -> None:
    run = start_run(connection)
    store(connection, person())
    offers.save(connection, LIMITED, NOW)
    add_letter(connection, run, customer_id(connection))
    offers.save(connection, replace(LIMITED, value=2000), LATER)
    assert offers.offer_of(rows(connection, coupons)[0]["terms"]) == OFFER  # the grant of the letter says what is printed


def test_codes_of_another_system_are_stored_under_an_offer_with_a_last_day(connection: Connection) -> None:
    offers.save(connection, LIMITED, NOW)
    upsert_coupons(connection, [CouponRecord("shop", "TEE-1", "ten")], NOW)
    assert offers.offer_of(rows(connection, coupons)[0]["terms"]) == LIMITED


def test_what_a_change_of_an_offer_changes_is_said_field_by_field() -> None:
    assert offers.changes(OFFER, OFFER) == ""
    assert offers.changes(OFFER, replace(OFFER, value=5000, valid_until=date(2026, 12, 31))) == "value 1000 → 5000, valid_until – → 2026-12-31"
    assert offers.changes(replace(OFFER, personal=True), OFFER) == "personal True → –"
    assert "value 1000" in offers.changes(None, OFFER)
