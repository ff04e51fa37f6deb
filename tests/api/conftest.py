"""A shop with one customer who got a letter, and a browser that reaches its pages over real HTTP."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import Engine
from starlette.types import ASGIApp

from api.app import create_app
from api.scanning.door import Door
from campaigns.address import Address
from campaigns.campaign import Campaign, Step
from campaigns.cart import Cart
from campaigns.customer import Customer
from campaigns.letter import CouponGrant, LetterContent, LetterState, Occasion
from campaigns.offer import Offer, OfferKind
from campaigns.order import Order, OrderLine, OrderState
from campaigns.print_run import PrintRunState
from campaigns.sender import Sender
from campaigns.verdict import Funnel, Outcome, Reason, Verdict
from store import api_keys, audience, campaigns, carts, customers, history, letters, offers, orders, passwords, print_files, print_runs, users
from store.engine import reading, writing
from store.letters import Letter, NewLetter
from store.print_files import Rendering
from store.settings import Settings

SECRET = b"a key that only tests use"
TOKEN = "ABCDEFGH2345"
LANDING = "https://teehaus.example/willkommen?utm_source=brief&code=ABCDE-FGHJK-M"
PASSWORD = "vier Worte und ein Punkt."
ANNA = Customer(
    "shop",
    "1",
    "K-1001",
    "Anna.Mueller@mail.example",
    address=Address(first_name="Anna", last_name="Müller", street="Lindenallee 12", postcode="04109", town="Leipzig", country="DE"),
    language="de",
    registered_at=datetime(2024, 3, 1, 9, tzinfo=UTC),
)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"


@dataclass(frozen=True)
class Shop:
    """The database behind the pages, and what was put into it."""

    engine: Engine
    settings: Settings
    campaign_id: int
    version_id: int

    def add_customer(self, customer: Customer) -> int:
        """Store a customer and give the id."""
        with writing(self.engine) as connection:
            customers.upsert_customers(connection, [customer], SECRET, datetime.now(UTC))
            return history.search(connection, "", 1)[0].id

    def add_orders(self, *wanted: Order) -> None:
        """Store orders."""
        with writing(self.engine) as connection:
            orders.upsert_orders(connection, wanted, SECRET, datetime.now(UTC))

    def add_cart(self, cart: Cart) -> None:
        """Store a cart."""
        with writing(self.engine) as connection:
            carts.upsert_carts(connection, [cart], SECRET)

    def print_letters(self, people: dict[int, str], language: str = "de", handed_over: bool = True, pages: int = 2) -> int:
        """Customer id -> token: a whole print run, its PDF included, which says on each page whose it is; gives the run's id."""
        now = datetime.now(UTC) - timedelta(days=3)
        with writing(self.engine) as connection:
            sender = Sender("Teehaus", "Musterweg 1", "10115", "Berlin")
            occasion = Occasion(sender, date(2026, 11, 20), "https://tee.example")
            run_id = print_runs.open_run(connection, self.campaign_id, self.version_id, {"plain": "1"}, occasion, "", now)
            offer_id, offer = offers.by_slug(connection, ["ten"])["ten"]
            wanted = [_new_letter(customer_id, token, language, offer_id, offer) for customer_id, token in people.items()]
            letters.add(connection, self.campaign_id, run_id, wanted, now)
            print_files.seal(connection, run_id, f"winback-{run_id:05d}", 2000)
            file = print_files.of_run(connection, run_id)[0]
            placed = [(letter_id, 1 + pages * place, pages) for place, (letter_id, _) in enumerate(letters.for_print_file(connection, file.id))]
            tokens = [content.token for _, content in letters.for_print_file(connection, file.id)]
            size = _draw(self.settings.data_dir / "print_runs" / str(run_id) / file.name, tokens, pages)
            print_files.record_rendering(connection, file.id, Rendering(len(tokens) * pages, size, "ab" * 32, placed, []), now)
            run = print_runs.by_id(connection, run_id)
            assert run
            print_runs.note_page(connection, run, 99, Funnel(_counts(len(people))))
            done = PrintRunState.HANDED_OVER if handed_over else PrintRunState.REJECTED
            print_runs.must_move(connection, run_id, PrintRunState.SELECTING, done, rendered_at=now)
            if handed_over:
                letters.advance(connection, run_id, LetterState.RENDERED, LetterState.HANDED_OVER, now)
        return run_id

    def letter(self, token: str = TOKEN) -> Letter:
        """The letter as it stands in the database."""
        with reading(self.engine) as connection:
            found = letters.by_token(connection, token)
        assert found
        return found

    def history(self, customer_id: int) -> history.History:
        """All that is known of a customer."""
        with reading(self.engine) as connection:
            found = history.of(connection, customer_id)
        assert found
        return found

    def scan_kinds(self, customer_id: int) -> list[str]:
        """The kinds of all scans of the customer's letters, in time order."""
        return [str(scan.kind) for past in self.history(customer_id).letters for scan in past.scans]

    def decide(self, customer_id: int, verdict: Verdict) -> None:
        """Record a verdict of the campaign."""
        with writing(self.engine) as connection:
            audience.record(connection, self.campaign_id, [(customer_id, verdict)], datetime.now(UTC))


def _counts(selected: int) -> Counter[str]:
    return Counter({Outcome.SELECTED: selected, Outcome.HOLDOUT: 1, Reason.OBJECTION: 2, Reason.COOLDOWN: 5})


def _new_letter(customer_id: int, token: str, language: str, offer_id: int, offer: Offer) -> NewLetter:
    content = LetterContent("plain", language, token, ("Anna Müller", "04109 Leipzig"), {})
    grant = CouponGrant(f"CODE-{token[-5:]}", offer, date(2027, 1, 31))
    return NewLetter(customer_id, f"order-{token}", 1, content, LANDING, token, "", "04109", "DE", grant, offer_id)


def _draw(path: Path, tokens: list[str], pages: int) -> int:
    path.parent.mkdir(parents=True)
    canvas = Canvas(str(path))
    for token in tokens:
        for page in range(1, pages + 1):
            canvas.drawString(72, 700, f"letter {token} page {page}")
            canvas.showPage()
    canvas.save()
    return path.stat().st_size


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """An installation for trying out, reached by plain http."""
    return Settings(_env_file=None, database_url=database_url, data_dir=tmp_path / "var", public_url="http://127.0.0.1", desk_url="http://testserver")


@pytest.fixture
def shop(engine: Engine, settings: Settings) -> Shop:
    """A shop with a campaign and an offer."""
    campaign = Campaign("winback", "Wir vermissen Sie", LANDING, (Step("plain", offer="ten"),))
    now = datetime.now(UTC)
    with writing(engine) as connection:
        saved = campaigns.save(connection, campaign, now)
        offers.save(connection, Offer("ten", "Zehn Prozent", OfferKind.PERCENTAGE, 1000), now)
    return Shop(engine, settings, saved.id, saved.version_id)


@pytest.fixture
def anna(shop: Shop) -> int:
    """A customer with one order."""
    customer_id = shop.add_customer(ANNA)
    lines = (OrderLine("TEE-1", "Darjeeling First Flush", 2, 1450), OrderLine("TEE-2", "Assam", 1, 990))
    shop.add_orders(Order("shop", "o1", "2024-0001", datetime(2024, 5, 4, 12, tzinfo=UTC), OrderState.COMPLETED, 3890, email=ANNA.email, lines=lines))
    return customer_id


@pytest.fixture
def annas_letter(shop: Shop, anna: int) -> Letter:
    """Handed over three days ago."""
    shop.print_letters({anna: TOKEN})
    return shop.letter()


@pytest.fixture
def app(shop: Shop) -> FastAPI:
    """The application on the shop's database."""
    return create_app(shop.settings)


def served(app: FastAPI) -> AbstractContextManager[str]:
    """The application behind its door and a real server on loopback, as long as the block lasts; gives its URL."""
    return listening(Door(app))


@contextmanager
def listening(app: ASGIApp) -> Iterator[str]:
    """Any application behind a real server on loopback."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, access_log=False, log_config=None, ws="none", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def browser(app: FastAPI) -> Iterator[httpx.Client]:
    """A visitor's phone: follows no redirect by itself, so that tests see it."""
    with served(app) as url, httpx.Client(timeout=60, base_url=url, headers={"User-Agent": PHONE, "Accept-Language": "de-DE,de;q=0.9,en;q=0.5"}) as client:
        yield client


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hashed once: it takes a fifth of a second."""
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def marketer(shop: Shop, password_hash: str) -> str:
    """Somebody who may sign in."""
    with writing(shop.engine) as connection:
        users.save(connection, "Martha", password_hash, "marketer", datetime.now(UTC))
    return "Martha"


@pytest.fixture
def desk(browser: httpx.Client, shop: Shop, marketer: str) -> httpx.Client:
    """A browser that has signed in."""
    with writing(shop.engine) as connection:
        known = users.password_hash(connection, marketer)
        assert known
        browser.cookies.set("postillion", users.open_session(connection, known[0], datetime.now(UTC)))
    return browser


@pytest.fixture
def api_key(shop: Shop) -> str:
    """A key that may do everything, for the records of a source called webshop."""
    with writing(shop.engine) as connection:
        return api_keys.add(connection, "shop-sync", "webshop", list(api_keys.Scope), datetime.now(UTC))


@pytest.fixture
def program(app: FastAPI, api_key: str) -> Iterator[httpx.Client]:
    """A shop's own software."""
    with served(app) as url, httpx.Client(base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {api_key}"}, timeout=60) as client:
        yield client
