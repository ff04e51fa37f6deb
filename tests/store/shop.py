"""A small shop for the store's tests: people, orders, campaigns and letters with only what a test cares about."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, func, select

from campaigns.address import Address
from campaigns.campaign import Campaign, Step
from campaigns.cart import Cart, CartItem
from campaigns.coupon import new_code
from campaigns.customer import Customer
from campaigns.letter import CouponGrant, LetterContent, Occasion
from campaigns.offer import Offer, OfferKind
from campaigns.order import Order, OrderLine, OrderState
from campaigns.record import Outcome
from campaigns.sender import Sender
from campaigns.token import new_token
from store import campaigns, holdouts, letters, offers, print_runs
from store.customers import upsert_customers
from store.holdouts import NewHoldout
from store.letters import NewLetter
from store.orders import upsert_orders
from store.print_runs import PrintRun
from store.schema import customers
from tests.conftest import SECRET

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OCCASION = Occasion(Sender("Teehaus", "Musterweg 1", "10115", "Berlin"), date(2026, 11, 22), "https://tee.example")
LATER = NOW + timedelta(hours=1)
DRESDEN = Address(first_name="Anna", last_name="Müller", street="Hauptstraße 5", postcode="01067", town="Dresden", country="DE")
OFFER = Offer("ten", "Ten percent", OfferKind.PERCENTAGE, 1000)
CAMPAIGN = Campaign("winback", "Win-back", "https://shop.example", (Step("winback"), Step("winback", 30)))


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def person(number: int = 1, /, **changes: Any) -> Customer:
    """Person ``number`` of the shop."""
    address = replace(DRESDEN, first_name=f"Anna{number}", street=f"Weg {number}")
    return replace(Customer("shop", str(number), f"K{number}", f"anna{number}@example.org", address=address), **changes)


def order(number: int = 1, /, **changes: Any) -> Order:
    """Order ``number``, placed by person 1 200 days ago."""
    lines = (OrderLine("T1", "Tea", 2, 450),)
    return replace(Order("shop", f"o{number}", f"A-{number}", days_ago(200), OrderState.COMPLETED, 900, customer_number="K1", lines=lines), **changes)


def cart(number: int = 1, /, **changes: Any) -> Cart:
    """A cart that person 1 filled yesterday."""
    return replace(Cart("shop", f"c{number}", days_ago(1), days_ago(1), "anna1@example.org", items=(CartItem("T1", "Tea", 1, 450),)), **changes)


def store(connection: Connection, *records: Customer | Order, now: datetime = NOW) -> int:
    """Customers first, then orders; how many were stored."""
    people = [record for record in records if isinstance(record, Customer)]
    bought = [record for record in records if isinstance(record, Order)]
    results = upsert_customers(connection, people, SECRET, now)
    for source in dict.fromkeys(record.source for record in bought):
        results += upsert_orders(connection, [record for record in bought if record.source == source], SECRET, now)
    return results.count(Outcome.STORED)


def customer_id(connection: Connection, email: str = "anna1@example.org") -> int:
    return int(connection.execute(select(customers.c.id).where(customers.c.email_key == email)).scalar_one())


def rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    """Everything in a table, in the order of its key."""
    return [dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]


def count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@dataclass(frozen=True)
class Run:
    """A saved campaign with a print run under way."""

    campaign_id: int
    version_id: int
    id: int
    offer_id: int

    def read(self, connection: Connection) -> PrintRun:
        found = print_runs.by_id(connection, self.id)
        assert found
        return found


def start_run(connection: Connection, campaign: Campaign = CAMPAIGN) -> Run:
    """Save the campaign and its offer, open a print run."""
    saved = campaigns.save(connection, campaign, NOW)
    offers.save(connection, OFFER, NOW)
    offer_id = offers.by_slug(connection, ["ten"])["ten"][0]
    run_id = print_runs.open_run(connection, saved.id, saved.version_id, {"winback": "v1"}, OCCASION, "flow-1", NOW)
    return Run(saved.id, saved.version_id, run_id, offer_id)


def wanted(customer: int, run: Run, trigger: str = "order-1", step: int = 1, **changes: Any) -> NewLetter:
    """A letter with a coupon for a customer."""
    token = new_token()
    content = LetterContent("winback", "de", token, ("Anna Müller", "Weg 1", "01067 Dresden"), {"first_name": "Anna"})
    new = NewLetter(
        customer, trigger, step, content, "https://shop.example", f"0|01067|{customer}", f"müller|{customer}", "01067", "DE",
        CouponGrant(new_code(), OFFER, date(2027, 2, 1)), run.offer_id,
    )  # fmt: skip
    return replace(new, **changes)


def add_letter(connection: Connection, run: Run, customer: int, trigger: str = "order-1", step: int = 1, now: datetime = NOW) -> int:
    """Create one letter and give its id."""
    new = wanted(customer, run, trigger, step)
    assert letters.add(connection, run.campaign_id, run.id, [new], now) == {customer}
    found = letters.by_token(connection, new.content.token)
    assert found
    return found.id


def hold_out(connection: Connection, run: Run, customer: int, trigger: str = "order-1", step: int = 1, now: datetime = NOW) -> None:
    """Draw the customer into the control group of a step, in a run that has been handed over."""
    holdouts.add(connection, run.campaign_id, run.id, [NewHoldout(customer, trigger, step, "winback", f"müller|{customer}")], now)
    holdouts.settle(connection, run.id, now)


def redemption(coupon_id: int, order_ref: str = "o1", **changes: Any) -> dict[str, Any]:
    """A row of redemptions of nobody's, as a checkout leaves it."""
    quote = {"currency": "EUR", "gross_cents": 90, "lines": [], "shares": []}
    row = {
        "coupon_id": coupon_id, "source": "shop", "order_ref": order_ref, "state": "redeemed", "checkout": {"currency": "EUR", "lines": []}, "quote": quote,
        "currency": "EUR", "discount_cents": 90, "channel": "api", "created_at": NOW, "redeemed_at": NOW,
    }  # fmt: skip
    return row | changes
