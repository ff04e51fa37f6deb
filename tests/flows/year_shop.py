"""What does a shop know on each day of a year: who registers, orders, fills a cart, and what becomes of an order?"""

import csv
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from campaigns.cart import Cart
from campaigns.customer import Customer, email_key
from campaigns.order import Order, OrderState
from flows.intake.csv_files import files_at
from store.settings import Settings

BERLIN = ZoneInfo("Europe/Berlin")
ROOT = Path(__file__).parents[2]
MAKE_SAMPLE = ROOT / "examples" / "make_sample_shop.py"
MAKE_SHOP = ROOT.parent / "shared" / "tools" / "make_shop.py"
LAST_DAY = date(2026, 11, 15)
SENT_AFTER = timedelta(days=3)
REFUNDED_AFTER = timedelta(days=12)
Record: TypeAlias = Customer | Order | Cart


@dataclass(frozen=True)
class Shop:
    """Records by the day on which the shop has them; all that is older than the year stands on its first day."""

    first_day: date
    people: int
    news: dict[date, list[Record]]

    def on(self, day: date) -> list[Record]:
        """What is new or changed on a day."""
        return self.news.get(day, [])


def real_shop(folder: Path, people: int, settings: Settings) -> Shop:
    """So many customers of the real order history as a German shop system exports them; every third one is as old again."""
    subprocess.run([sys.executable, str(MAKE_SHOP), str(folder / "all"), "--format", "german"], check=True)
    picked = folder / "picked"
    picked.mkdir()
    with (folder / "all" / "kunden.csv").open(encoding="cp1252", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    emails = {row["E-Mail"] for row in random.Random(3).sample(rows, min(people, len(rows)))}
    for name, delimiter, encoding, column in (
        ("kunden.csv", ";", "cp1252", "E-Mail"),
        ("bestellungen.csv", ";", "cp1252", "E-Mail"),
        ("warenkoerbe.csv", ";", "cp1252", "Email"),
    ):
        with (folder / "all" / name).open(encoding=encoding, newline="") as file, (picked / name).open("w", encoding=encoding, newline="") as out:
            reader = csv.DictReader(file, delimiter=delimiter)
            writer = csv.DictWriter(out, reader.fieldnames or (), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(row for row in reader if row[column] in emails)
    return _shop(picked, settings, drifts=(0, 0, 330))


def sample_shop(folder: Path, people: int, settings: Settings) -> Shop:
    """The tea shop that comes with Postillion: its orders reach back for years."""
    command = [sys.executable, str(MAKE_SAMPLE), str(folder), "--customers", str(people), "--end", LAST_DAY.isoformat()]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return _shop(folder, settings, drifts=(0,))


def _shop(folder: Path, settings: Settings, drifts: Sequence[int]) -> Shop:
    rng = random.Random(4)
    people: list[Customer] = []
    bought: dict[str, list[Order]] = defaultdict(list)
    carts: list[Cart] = []
    for file in files_at(folder, "shop", settings):
        for record in (each for batch in file.batches() for each in batch.records):
            match record:
                case Customer():
                    people.append(record)
                case Order():
                    bought[email_key(record.email)].append(record)
                case Cart():
                    carts.append(record)
    first_day = LAST_DAY - timedelta(days=364)
    news: dict[date, list[Record]] = defaultdict(list)
    for person in people:
        drift = timedelta(days=rng.choice(drifts))
        orders = [replace(order, ordered_at=order.ordered_at - drift) for order in bought[email_key(person.email)]]
        for moment, record in _life(person, orders, drift, rng):
            news[max(moment.astimezone(BERLIN).date(), first_day)].append(record)
    for cart in carts:  # the files know those of the last months only
        back = timedelta(days=rng.randint(0, 270))
        moved = replace(cart, created_at=cart.created_at - back, updated_at=cart.updated_at - back)
        news[max(moved.updated_at.astimezone(BERLIN).date(), first_day)].append(moved)
    return Shop(first_day, len(people), news)


def _life(person: Customer, orders: Sequence[Order], drift: timedelta, rng: random.Random) -> list[tuple[datetime, Record]]:
    """Registered with the first order at the latest; an order is open, then sent, and now and then refunded."""
    some_day = datetime.combine(LAST_DAY, datetime.min.time(), BERLIN) - timedelta(days=rng.randint(0, 500))
    since = (person.registered_at - drift) if person.registered_at else some_day
    since = min([since, *(order.ordered_at for order in orders)])
    found: list[tuple[datetime, Record]] = [(since, replace(person, registered_at=since))]
    for order in orders:
        if order.state is not OrderState.COMPLETED:
            found.append((order.ordered_at, order))
            continue
        found.append((order.ordered_at, replace(order, state=OrderState.OPEN)))
        found.append((order.ordered_at + SENT_AFTER, order))
        if rng.random() < 0.02:
            found.append((order.ordered_at + REFUNDED_AFTER, replace(order, state=OrderState.REFUNDED)))
    return [(moment, record) for moment, record in found if moment.astimezone(BERLIN).date() <= LAST_DAY]
