"""Do the examples of the API guide work as they stand, and does it tell of every answer?"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.coupons.refusals import said
from campaigns.checkout import RefusalReason, Refused
from campaigns.offer import Offer, OfferKind
from store import api_keys, offers
from store.coupon_history import Fate
from store.engine import open_engine, writing
from store.settings import Settings
from tests.api.conftest import served
from tests.docs.conftest import Document

HERE = "http://127.0.0.1:8330"


@pytest.fixture
def guide(document: Callable[[str], Document]) -> Document:
    return document("docs/api.md")


@pytest.fixture
def settings(sqlite_template: Path, tmp_path: Path) -> Settings:
    """A new installation."""
    shutil.copy(sqlite_template, tmp_path / "postillion.db")
    return Settings(_env_file=None, data_dir=tmp_path)


@pytest.fixture
def run(settings: Settings) -> Iterator[Callable[[str], str]]:
    """Runs a command of the guide against an installation in which the offer is saved, and gives what it prints."""
    engine = open_engine(settings.database)
    now = datetime.now(UTC)
    with writing(engine) as connection:
        key = api_keys.add(connection, "shop-sync", "my-shop", list(api_keys.Scope), now)
        offers.save(connection, Offer("ten-percent", "Ten percent", OfferKind.PERCENTAGE, 1000), now)
    engine.dispose()
    with served(create_app(settings)) as url:

        def shell(command: str) -> str:
            assert HERE in command
            done = subprocess.run(["sh", "-euc", command.replace(HERE, url)], env={**os.environ, "KEY": key}, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            return done.stdout

        yield shell


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_examples_work_in_their_order(guide: Document, run: Callable[[str], str]) -> None:
    examples = [block for block in guide.blocks("sh") if "curl" in block]
    customers, order, cart, coupon_and_objection, idempotent, quote, redeem, history = examples
    shown, quoted, _ = guide.blocks("json")
    assert json.loads(run(customers)) == json.loads(shown)
    assert json.loads(run(customers))["counts"] == {"read": 2, "stored": 0, "unchanged": 1, "rejected": 1}
    for example in (order, cart):
        assert json.loads(run(example))["counts"]["stored"] == 1
    assert run(coupon_and_objection).count('"stored":1,') == 2
    assert "Idempotency-Replayed: true".lower() not in run(idempotent).lower()
    again = run(idempotent)
    assert "Idempotency-Replayed: true".lower() in again.lower() and '"outcome":"stored"' in again
    assert json.loads(run(quote)) == json.loads(quoted)
    redeemed, lines, rolled_back = (json.loads(part) for part in run(redeem).replace("}{", "}\n{").splitlines())
    assert [redeemed["redemption"]] == lines["redemptions"] and redeemed["redemption"]["state"] == "redeemed"
    assert rolled_back["redemptions"][0]["state"] == "rolled_back"
    found = json.loads(run(history))
    assert (found["number"], found["orders"][0]["number"], found["carts"][0]["number"]) == ("K-1001", "2026-4711", "c-9f31")


def test_every_reason_of_a_refusal_stands_in_the_table_in_the_codes_order(guide: Document) -> None:
    assert [row[0] for row in guide.table("Why a coupon is refused")] == [f"`{reason}`" for reason in RefusalReason]


def test_the_refusal_that_is_shown_is_the_one_that_is_said(guide: Document) -> None:
    refusal = json.loads(guide.blocks("json")[2])["refusal"]
    refused = Refused(RefusalReason(refusal["reason"]), refusal["facts"])
    assert {language: said(refused, language).replace("\xa0", " ") for language in ("de", "en")} == refusal["message"]


def test_every_fate_of_a_code_is_explained(document: Callable[[str], Document]) -> None:
    assert [row[0] for row in document("docs/coupons.md").table("The fate of a code")] == [f"`{fate}`" for fate in Fate]


def test_every_answer_of_the_api_stands_in_the_table(guide: Document, settings: Settings) -> None:
    with served(create_app(settings)) as url:
        paths = httpx.get(f"{url}/api/v1/openapi.json").json()["paths"]
    answers = {status for path in paths.values() for operation in path.values() for status in operation["responses"]}
    assert [row[0] for row in guide.table("When it is not a 200")] == sorted(answers - {"200"})
