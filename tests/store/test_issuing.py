"""Are codes drawn in advance stored once each, however many and with whatever there is already?"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select, update

from campaigns import coupon
from campaigns.errors import InvalidOffer
from campaigns.offer import CodeSource, Offer
from store import issuing, offers
from store.engine import reading, writing
from store.schema import coupons
from tests.store.shop import NOW, OFFER, add_letter, count, customer_id, person, rows, start_run, store

UNTIL = date(2027, 2, 1)


def saved(connection: Connection, offer: Offer = OFFER) -> int:
    offers.save(connection, offer, NOW)
    return offers.by_slug(connection, [offer.slug])[offer.slug][0]


def test_codes_are_stored_with_the_rules_of_their_offer(connection: Connection) -> None:
    offer = replace(OFFER, prefix="TEE", uses=5, valid_from=date(2026, 12, 1))
    codes = issuing.draw(connection, saved(connection, offer), offer, 20, UNTIL, NOW)
    stored = rows(connection, coupons)
    assert sorted(row["code"] for row in stored) == sorted(codes)
    assert len(set(codes)) == 20
    for row in stored:
        assert coupon.is_well_formed(row["code"], "TEE")
        assert row["code_key"] == coupon.normalise(row["code"])
        assert (row["valid_from"], row["valid_until"], row["most_uses"], row["uses"]) == (date(2026, 12, 1), UNTIL, 5, 0)
        assert (row["customer_id"], row["letter_id"], row["partner_id"], row["voided"], row["issued_at"], row["source"]) == (
            None,
            None,
            None,
            False,
            NOW,
            "postillion",
        )
        assert offers.offer_of(row["terms"]) == offer


def test_a_code_that_was_issued_before_is_drawn_again(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    offer_id = saved(connection)
    [taken] = issuing.draw(connection, offer_id, OFFER, 1, UNTIL, NOW)
    fresh = coupon.new_code()
    draws = iter([[taken, fresh], [coupon.new_code()]])
    monkeypatch.setattr(issuing, "new_codes", lambda count, prefix: next(draws)[:count])
    codes = issuing.draw(connection, offer_id, OFFER, 2, UNTIL, NOW)
    assert len(codes) == 2 and fresh in codes and taken not in codes
    assert count(connection, coupons) == 3


def test_two_who_draw_at_once_share_no_code(engine: Engine) -> None:
    with writing(engine) as connection:
        offer_id = saved(connection)

    def draw(_: int) -> list[str]:
        with writing(engine) as connection:
            return issuing.draw(connection, offer_id, OFFER, 300, UNTIL, NOW)

    with ThreadPoolExecutor(4) as pool:
        drawn = [code for codes in pool.map(draw, range(4)) for code in codes]
    with reading(engine) as connection:
        assert set(connection.execute(select(coupons.c.code)).scalars()) == set(drawn)
    assert len(drawn) == len(set(drawn)) == 1200


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"codes": CodeSource.IMPORTED}, "come from another system"),
        ({"codes": CodeSource.SHOPIFY}, "are created in your shop"),
        ({"personal": True}, "is personal"),
        ({"for_partners": True, "uses": None}, "derive its codes themselves"),
    ],
)
def test_what_is_never_for_nobody_in_particular_is_not_drawn(connection: Connection, rule: dict[str, Any], why: str) -> None:
    offer = replace(OFFER, **rule)
    with pytest.raises(InvalidOffer, match=why):
        issuing.draw(connection, saved(connection, offer), offer, 1, UNTIL, NOW)
    assert count(connection, coupons) == 0


def test_codes_drawn_in_advance_are_found_again_and_those_of_letters_and_void_ones_are_none(connection: Connection) -> None:
    run = start_run(connection)
    store(connection, person())
    add_letter(connection, run, customer_id(connection))
    codes = issuing.draw(connection, run.offer_id, OFFER, 3, UNTIL, NOW)
    connection.execute(update(coupons).where(coupons.c.code == codes[0]).values(voided=True))
    connection.execute(update(coupons).where(coupons.c.code == codes[1]).values(uses=1))
    assert {(one.code, one.valid_until, one.uses, one.most_uses) for one in issuing.drawn(connection, run.offer_id)} == {
        (codes[1], UNTIL, 1, 1),
        (codes[2], UNTIL, 0, 1),
    }
