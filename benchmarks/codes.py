"""How long do a million coupon codes take, without a duplicate?

``codes.drawn_seconds_1m`` is drawing alone, ``codes.sqlite_seconds_1m`` and ``codes.postgresql_seconds_1m`` with storing them, ten thousand
in a transaction, as ``postillion coupon generate`` does.
"""

import time
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from benchmarks.redeem import databases
from campaigns.coupon import new_codes
from campaigns.offer import Offer, OfferKind
from flows.drawing import AT_ONCE
from store import issuing, offers
from store.engine import Engine, reading, writing
from store.schema import coupons

CODES = 1_000_000
OFFER = Offer("flyer", "Flyer", OfferKind.PERCENTAGE, 1000, prefix="TEE")


def drawn() -> float:
    """Seconds of drawing."""
    started = time.perf_counter()
    codes = set(new_codes(CODES, OFFER.prefix))
    seconds = time.perf_counter() - started
    if len(codes) != CODES:
        raise RuntimeError(f"{CODES - len(codes)} codes came twice")
    return seconds


def stored(engine: Engine) -> float:
    """Seconds of drawing and storing."""
    now = datetime.now(UTC)
    with writing(engine) as connection:
        offers.save(connection, OFFER, now)
        offer_id = offers.by_slug(connection, [OFFER.slug])[OFFER.slug][0]
    started = time.perf_counter()
    for _ in range(CODES // AT_ONCE):
        with writing(engine) as connection:
            issuing.draw(connection, offer_id, OFFER, AT_ONCE, date(2030, 1, 1), now)
    seconds = time.perf_counter() - started
    with reading(engine) as connection:
        different = connection.execute(select(func.count(coupons.c.code_key.distinct()))).scalar_one()
    if different != CODES:
        raise RuntimeError(f"{CODES} codes were wanted, {different} are there")
    return seconds


def main() -> None:
    """Print the area's lines."""
    print(f"codes.drawn_seconds_1m {drawn():.1f}")
    with databases() as engines:
        for kind, engine in engines.items():
            print(f"codes.{kind}_seconds_1m {stored(engine):.1f}")
