"""A shop of a handful of people, so that a test of the selection can count them by hand; everybody bought 200 days ago."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select, update

from campaigns.campaign import Campaign, Limits, Step
from campaigns.coupon import CouponRecord
from campaigns.kinds import Audience, Winback
from campaigns.offer import Offer
from printshop.cost import BUNDLED
from store import campaigns, letters, offers
from store.campaigns import SavedCampaign
from store.coupons import upsert_coupons
from store.engine import reading, writing
from store.print_runs import PrintRun
from store.schema import customers
from store.schema import letters as letters_table
from store.schema import verdicts as verdicts_table
from tests.store.shop import NOW, OFFER, order, person, store

PLAIN = (Step("note"), Step("note", 30))
INACTIVE = Winback()
ALL = Limits(holdout_percent=0, cooldown_days=0, cap_letters=99)
"""Nobody is kept out by what other letters they had."""


def open_with(engine: Engine, count: int, **changes: Any) -> None:
    """So many people, each with an order of 200 days ago."""
    with writing(engine) as connection:
        add_people(connection, range(1, count + 1), **changes)


def add_people(connection: Any, numbers: range, **changes: Any) -> None:
    buyers = [person(number, **changes) for number in numbers]
    store(connection, *buyers, *(order(number, customer_number=f"K{number}") for number in numbers))
    fix_the_draw(connection)


def fix_the_draw(connection: Any) -> None:
    """Give everybody a key that does not differ from test run to test run: the holdout hangs on it."""
    connection.execute(update(customers).values(person_key="person of " + customers.c.email))


def save(
    engine: Engine, slug: str = "winback", steps: tuple[Step, ...] = PLAIN, audience: Audience = INACTIVE, offer: Offer = OFFER, **limits: Any
) -> SavedCampaign:
    """Save the offer and a campaign that writes to everybody, with these limits."""
    definition = Campaign(slug, slug, "https://shop.example/{coupon_code}", steps, audience, replace(ALL, **limits))
    return save_as(engine, definition, offer)


def save_as(engine: Engine, definition: Campaign, offer: Offer = OFFER) -> SavedCampaign:
    with writing(engine) as connection:
        offers.save(connection, offer, NOW)
        return campaigns.save(connection, definition, NOW)


def import_codes(engine: Engine, codes: list[str], now: datetime = NOW, **changes: Any) -> list[object]:
    """Codes that the shop made for the offer."""
    with writing(engine) as connection:
        return list(upsert_coupons(connection, [replace(CouponRecord("shop", code, OFFER.slug), **changes) for code in codes], now))


def verdicts(engine: Engine, slug: str = "winback") -> dict[str, str]:
    """First name -> what was decided last: the reason, or the outcome."""
    with reading(engine) as connection:
        saved = campaigns.by_slug(connection, slug)
        assert saved
        query = select(customers.c.first_name, verdicts_table.c.outcome, verdicts_table.c.reason)
        query = query.join(verdicts_table, verdicts_table.c.customer_id == customers.c.id).where(verdicts_table.c.campaign_id == saved.id)
        return {row.first_name: row.reason or row.outcome for row in connection.execute(query)}


def details(engine: Engine) -> set[str]:
    """What stands beside the reasons."""
    with reading(engine) as connection:
        return {detail for detail in connection.execute(select(verdicts_table.c.detail)).scalars() if detail}


def written(engine: Engine, run: PrintRun) -> list[str]:
    """First names that letters of the run are on their way to, in the order of the customers."""
    with reading(engine) as connection:
        query = select(customers.c.first_name).join(letters_table, letters_table.c.customer_id == customers.c.id)
        mine = (letters_table.c.print_run_id == run.id, letters_table.c.state.not_in(("cancelled", "failed")))
        return list(connection.execute(query.where(*mine).order_by(customers.c.id)).scalars())


def count(engine: Engine, run: PrintRun) -> int:
    with reading(engine) as connection:
        return letters.count(connection, run.id)


def tariff_without(folder: Path, country: str) -> Path:
    """The bundled prices as a file of the house's own, whose row for that country is one for the United States."""
    file = folder / "prices.toml"
    file.write_text(BUNDLED.read_text(encoding="utf-8").replace(f'country = "{country}"', 'country = "US"'), encoding="utf-8")
    return file
