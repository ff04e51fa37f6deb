"""Codes of letters that come back with a real shop's later orders, in odd ways: does the ledger say what plain counting says?"""

import csv
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from pydantic import SecretStr
from sqlalchemy import Engine, func, select

from campaigns.checkout import RedemptionState
from campaigns.offer import Offer, OfferKind
from flows.clock import now
from flows.definition import campaign_files, saving
from flows.intake.csv_files import files_at, import_file
from flows.intake.importing import ImportReport
from store import coupon_history, issuing, migrate, offers
from store.coupon_events import Action
from store.coupon_history import Fate
from store.engine import open_engine, reading, writing
from store.schema import coupon_events, coupons, orders, redemptions
from store.settings import Settings
from tests.conftest import TEMPLATE, Postgres
from tests.flows.test_real_shop import MAKE_SHOP
from tests.flows.way import handed_over

pytestmark = pytest.mark.skipif(not MAKE_SHOP.exists(), reason="the real order history is material of ../shared, which is not here")
Row = dict[str, str]
BEGIN = datetime(2026, 11, 22, 9, tzinfo=UTC)
NEWCOMERS = Offer("neu", "Neukunden", OfferKind.PERCENTAGE, 500, valid_days=300, new_customers_only=True)
STANDING = Offer("dauer", "Dauergutschein", OfferKind.PERCENTAGE, 500, valid_days=300, uses=None, uses_per_customer=2, combinable=True)


@dataclass(frozen=True)
class Export:
    """How a shop system writes its files, and what one of its orders looks like."""

    is_german: bool

    @property
    def style(self) -> tuple[str, str]:
        return ("cp1252", ";") if self.is_german else ("utf-8", ",")

    @property
    def columns(self) -> tuple[str, str, str, str]:
        """Of number, date, e-mail and code."""
        return ("Bestellnummer", "Bestelldatum", "E-Mail", "Gutscheincode") if self.is_german else ("Name", "Created at", "Email", "Discount Code")

    def read(self, path: Path) -> list[Row]:
        with path.open(encoding=self.style[0], newline="") as file:
            return list(csv.DictReader(file, delimiter=self.style[1]))

    def pick(self, path: Path, out: Path, emails: Collection[str]) -> None:
        """Copy the rows of some customers; four hundred thousand as lists, for as dictionaries they take their time."""
        with path.open(encoding=self.style[0], newline="") as file, out.open("w", encoding=self.style[0], newline="") as copy:
            rows, writer = csv.reader(file, delimiter=self.style[1]), csv.writer(copy, delimiter=self.style[1])
            heading = next(rows)
            place = heading.index(self.columns[2])
            writer.writerow(heading)
            writer.writerows(row for row in rows if row[place] in emails)

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        with path.open("w", encoding=self.style[0], newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=self.style[1])
            writer.writeheader()
            writer.writerows(rows)

    def later(self, like: Row, number: int, code: str, days: int = 10, email: str = "", state: str = "") -> Row:
        """An order like one of the shop's own, so many days after the letters."""
        at = BEGIN + timedelta(days=days, minutes=number % 1000)
        name, date, mail, discount = self.columns
        row = like | {name: str(number), discount: code, date: f"{at:%d.%m.%Y %H:%M}" if self.is_german else f"{at:%Y-%m-%d %H:%M:%S} +0000"}
        if email:
            last = email.partition("@")[0].title().replace("+", " ").replace(".", " ")
            row |= {mail: email} | ({"Kundennummer": ""} if self.is_german else {"Billing Name": f"Neu {last}", "Billing Address1": f"Neuer Weg {number}"})
        if self.is_german:
            return row | {"Status": {"": "Versendet", "cancelled": "Storniert", "refunded": "Erstattet", "partly": "Teilweise erstattet"}[state]}
        paid = {"": "paid", "cancelled": "paid", "refunded": "refunded", "partly": "partially_refunded"}[state]
        return row | {"Id": f"77{number}", "Financial Status": paid, "Cancelled at": row[date] if state == "cancelled" else ""}


@dataclass(frozen=True)
class Way:
    """What an order does with a code of a letter."""

    write: Callable[[str], str] = str
    days: int = 10
    state: str = ""
    ends: str = ""
    """How the order ends in a later export."""
    again: bool = False
    """Another order has it as well."""
    beside: bool = False
    """The order carries a second code of ours."""
    against: str = ""


WAYS = (
    Way(),
    Way(lambda code: code.lower().replace("-", "")),
    Way(lambda code: f"  {code[:4]} {code[4:9].lower()} {code[9:]} "),
    Way(lambda code: f"SOMMER5, {code} , x"),
    Way(again=True),
    Way(days=95, against="expired"),
    Way(state="cancelled"),
    Way(state="partly"),
    Way(ends="cancelled"),
    Way(ends="refunded"),
    Way(beside=True, against="not_combinable"),
)


@dataclass
class Plan:
    """Later orders, and what plain counting says of the codes that they carry."""

    export: Export
    buyers: Iterator[Row]
    rows: list[Row] = field(default_factory=list)
    uses: Counter[str] = field(default_factory=Counter)
    noticed: Counter[tuple[str, str]] = field(default_factory=Counter)
    ended_later: list[tuple[int, str, str]] = field(default_factory=list)
    """Place among the rows, state, code."""

    def order(self, written: str, *used: str, like: Row | None = None, **how: object) -> Row:
        row = self.export.later(like or next(self.buyers), 900_000 + len(self.rows), written, **how)  # type: ignore[arg-type]
        self.rows.append(row)
        self.uses.update(used)
        return row

    def printed(self, codes: Sequence[str], standing: str) -> None:
        """Codes of letters, each in one of the ways."""
        for place, code in enumerate(codes):
            way = WAYS[place % len(WAYS)]
            written = way.write(code) + (f"|{standing}" if way.beside else "")
            used = () if way.state == "cancelled" else (code, standing) if way.beside else (code,)
            if way.ends:
                self.ended_later.append((len(self.rows), way.ends, code))
            self.order(written, *used, days=way.days, state=way.state)
            if way.again:
                self.order(code.lower())
                self.noticed[Action.DOUBLE_USE, "used_up"] += 1
            if way.against:
                self.noticed[Action.AGAINST_TERMS, way.against] += 1

    def newcomers(self, codes: Sequence[str]) -> None:
        """Somebody new, the same person in another spelling, and somebody who has bought before."""
        for place, code in enumerate(codes):
            email = ("", f"neu.gast{place}@gmail.com", f"NeuGast{place - 1}+Tee@Googlemail.com")[(place + 1) % 3]
            self.order(code, code, email=email)
            self.noticed[Action.AGAINST_TERMS, "new_customers_only"] += place % 3 != 0

    def standing(self, code: str, people: int) -> None:
        """Everybody twice, every fourth a third time."""
        for place in range(people):
            buyer = next(self.buyers)
            for _ in range(3 if place % 4 == 0 else 2):
                self.order(code, code, like=buyer)
            self.noticed[Action.AGAINST_TERMS, "customer_limit"] += place % 4 == 0

    def end(self) -> int:
        """Cancel and refund what is to be ended later; how many."""
        for place, state, code in self.ended_later:
            old = self.rows[place]
            number = old[self.export.columns[0]]
            self.rows[place] = self.export.later(old, int(number), old[self.export.columns[3]], state=state)
            self.uses[code] -= 1
        return len(self.ended_later)


@pytest.fixture(params=["shopify-sqlite", "german-postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Settings, Export]]:
    """A fifth of the customers, imported."""
    form, kind = request.param.split("-")
    export = Export(form == "german")
    subprocess.run([sys.executable, str(MAKE_SHOP), str(tmp_path / "all"), "--format", form], check=True)
    (tmp_path / "inbox").mkdir()
    people, bought = ("kunden.csv", "bestellungen.csv") if export.is_german else ("customers.csv", "orders.csv")
    emails = [row[export.columns[2]] for row in export.read(tmp_path / "all" / people)]
    picked = set(random.Random(5).sample(emails, len(emails) // 5))
    for name in (people, bought):
        export.pick(tmp_path / "all" / name, tmp_path / "inbox" / name, picked)
    server: Postgres | None = request.getfixturevalue("postgres") if kind == "postgresql" else None
    name = server.new(TEMPLATE) if server else ""
    settings = Settings(
        data_dir=tmp_path,
        database_url=server.url(name) if server else "",
        inbox_dir=tmp_path / "inbox",
        handover_dir=tmp_path / "handover",
        public_url="https://tee.example",
        secret_key=SecretStr("a key that only tests use"),
        render_processes=1,
    )
    engine = open_engine(settings.database)
    migrate.upgrade(engine)
    with time_machine.travel(BEGIN):
        imported(engine, settings, settings.inbox_dir)
    yield engine, settings, export
    engine.dispose()
    if server:
        server.drop(name)


def imported(engine: Engine, settings: Settings, place: Path) -> list[ImportReport]:
    return [import_file(engine, settings, file, lambda _report: None) for file in files_at(place, "shop", settings)]


def drawn(engine: Engine, offer: Offer, count: int) -> list[str]:
    with writing(engine) as connection:
        offers.save(connection, offer, now())
        offer_id, found = offers.by_slug(connection, [offer.slug])[offer.slug]
        return issuing.draw(connection, offer_id, found, count, (now() + timedelta(days=300)).date(), now())


def letters_codes(engine: Engine, settings: Settings) -> list[str]:
    """Of a win-back campaign that was handed over."""
    form = campaign_files.read(campaign_files.PRESETS / "winback-de.toml")
    with writing(engine) as connection:
        saving.save_campaign(connection, form.to_campaign(), [offer.to_offer() for offer in form.offers], settings)
    handed_over(engine, settings)
    with reading(engine) as connection:
        return list(connection.execute(select(coupons.c.code).where(coupons.c.letter_id.is_not(None)).order_by(coupons.c.id)).scalars())


def check(engine: Engine, plan: Plan, ended: int) -> None:
    """Against the ledger, the counts, the log and the orders."""
    expected = {code: count for code, count in plan.uses.items() if count}
    with reading(engine) as connection:
        counted = connection.execute(select(coupons.c.code, coupons.c.uses).where(coupons.c.uses > 0))
        assert {row.code: row.uses for row in counted} == expected
        held = select(coupons.c.code, func.count().label("those")).join(redemptions, redemptions.c.coupon_id == coupons.c.id).group_by(coupons.c.code)
        assert {row.code: row.those for row in connection.execute(held.where(redemptions.c.state == RedemptionState.REDEEMED))} == expected
        assert connection.execute(select(func.count()).where(redemptions.c.state == RedemptionState.ROLLED_BACK)).scalar_one() == ended
        table = coupon_events.c
        noticed = select(table.action, table.outcome, func.count().label("those")).where(table.action.in_((Action.DOUBLE_USE, Action.AGAINST_TERMS)))
        found = connection.execute(noticed.group_by(table.action, table.outcome))
        assert {(row.action, row.outcome): row.those for row in found} == dict(plan.noticed)
        linked = select(func.count()).join(orders, (orders.c.id == redemptions.c.order_id) & (orders.c.source_id == redemptions.c.order_ref))
        assert connection.execute(linked.select_from(redemptions)).scalar_one() == sum(expected.values()) + ended, "each goes by its order's own key"


def test_codes_come_back_with_later_orders_in_every_odd_way(shop: tuple[Engine, Settings, Export], tmp_path: Path) -> None:
    engine, settings, export = shop
    with time_machine.travel(BEGIN):
        codes = letters_codes(engine, settings)
        newcomers, [standing, limited] = drawn(engine, NEWCOMERS, 30), drawn(engine, STANDING, 2)
    assert len(codes) > 50
    bought = {row[export.columns[0]]: row for row in reversed(export.read(settings.inbox_dir / ("bestellungen.csv" if export.is_german else "orders.csv")))}
    buyers = list({row[export.columns[2]]: row for row in bought.values()}.values())
    random.Random(6).shuffle(buyers)
    plan = Plan(export, iter(buyers))
    plan.printed(codes, standing)
    plan.newcomers(newcomers)
    plan.standing(limited, 40)
    later = tmp_path / ("bestellungen-spaeter.csv" if export.is_german else "orders-later.csv")
    export.write(later, plan.rows)
    with time_machine.travel(BEGIN + timedelta(days=100)):
        [report] = imported(engine, settings, later)
        assert (report.counts.stored, report.counts.rejected) == (len(plan.rows), 0), report.rejections[:2]
        wrongly = sum(count for (action, _), count in plan.noticed.items() if action == Action.AGAINST_TERMS)
        assert (report.double_uses, report.against_terms) == (plan.noticed[Action.DOUBLE_USE, "used_up"], wrongly)
        check(engine, plan, 0)
        [again] = imported(engine, settings, later)
        assert again.counts.unchanged == len(plan.rows)
        check(engine, plan, 0)
    ended = plan.end()
    export.write(later, plan.rows)
    with time_machine.travel(BEGIN + timedelta(days=101)):
        imported(engine, settings, later)
    check(engine, plan, ended)
    with reading(engine) as connection:
        tally = coupon_history.tallies(connection, BEGIN.date(), "welcome-back-10")["welcome-back-10"]
    assert (tally.redeemed, tally.fates[Fate.USED]) == (sum(plan.uses[code] for code in codes),) * 2
