"""Do the examples for shop developers work against a running Postillion?"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from fastapi import FastAPI

from campaigns.campaign import Campaign, Step
from campaigns.landing import landing_url
from tests.api.checkout_shop import an_offer, issue, uses
from tests.api.conftest import Shop, listening, served

EXAMPLES = Path(__file__).parents[2] / "examples" / "checkout"
on_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@pytest.fixture
def page() -> ModuleType:
    spec = importlib.util.spec_from_file_location("shop_page", EXAMPLES / "shop_page.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def customer(page: ModuleType, app: FastAPI, api_key: str) -> Iterator[httpx.Client]:
    """Somebody who looks at the example's page."""
    make: Callable[[str, str], FastAPI] = page.shop
    with (
        served(app) as url,
        listening(make(url, api_key)) as page_url,
        httpx.Client(timeout=60, base_url=page_url, headers={"Accept-Language": "de-DE"}) as client,
    ):
        yield client


def test_the_page_is_as_short_as_it_says() -> None:
    lines = [line for line in (EXAMPLES / "shop_page.py").read_text("utf-8").splitlines() if line.strip() and not line.startswith(("import", "from", '"""'))]
    assert len(lines) <= 40


@on_sqlite
def test_the_page_takes_a_coupon_off_and_orders_with_it(customer: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer())
    assert "Order for 63.90 €" in customer.get("/").text
    assert "Order for 57.51 €" in customer.get("/", params={"code": "tee 2026"}).text
    order = {"code": "tee 2026", "order_ref": "2026-1"}
    assert "coupon −6.39 €" in customer.post("/order", data=order).text
    assert "coupon −6.39 €" in customer.post("/order", data=order).text, "a retry"
    assert "coupon −0.00 €. Dieser Gutschein ist schon verbraucht." in customer.post("/order", data=order | {"order_ref": "2026-2"}).text
    assert uses(shop) == 1
    assert "Dieser Gutschein ist schon verbraucht." in customer.get("/", params={"code": "tee 2026"}).text


@on_sqlite
def test_every_cart_has_an_order_number_of_its_own_and_keeps_it(customer: httpx.Client) -> None:
    first, second = (re.findall('name=order_ref value="(.*?)"', customer.get("/").text) for _ in range(2))
    assert first[0] == first[1] != second[0]
    assert re.findall('name=order_ref value="(.*?)"', customer.get("/", params={"code": "X", "order_ref": first[0]}).text) == first


@on_sqlite
def test_the_page_says_what_is_wrong_and_repeats_no_markup(customer: httpx.Client) -> None:
    answer = customer.get("/", params={"code": '"><script>'}).text
    assert "Diesen Gutscheincode kennen wir nicht." in answer and "<script>" not in answer


def test_the_page_sells_on_while_postillion_is_away(page: ModuleType) -> None:
    with listening(page.shop("http://127.0.0.1:9", "pst_none")) as url:
        answer = httpx.post(f"{url}/order", timeout=60, data={"code": "X", "order_ref": "2026-1"})
    assert answer.status_code == 200 and "Coupons cannot be checked just now." in answer.text


@on_sqlite
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_script_goes_from_quote_to_roll_back(app: FastAPI, api_key: str, shop: Shop) -> None:
    issue(shop, an_offer())
    with served(app) as url:
        environment = {**os.environ, "KEY": api_key, "CODE": "TEE-2026", "POSTILLION": url}
        done = subprocess.run(["sh", str(EXAMPLES / "curl.sh")], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    quote, reserved, redeemed, invoice, rolled_back = (json.loads(line) for line in done.stdout.splitlines())
    assert (quote["granted"], reserved["redemption"]["state"], redeemed["redemption"]["state"]) == (True, "reserved", "redeemed")
    assert invoice["redemptions"] == [redeemed["redemption"]] and rolled_back["redemptions"][0]["state"] == "rolled_back"
    assert uses(shop) == 0


@on_sqlite
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_script_stops_at_a_code_that_is_worth_nothing(app: FastAPI, api_key: str, shop: Shop) -> None:
    with served(app) as url:
        environment = {**os.environ, "KEY": api_key, "CODE": "NONE", "POSTILLION": url}
        done = subprocess.run(["sh", str(EXAMPLES / "curl.sh")], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "Diesen Gutscheincode kennen wir nicht" in done.stdout and "reserve" not in done.stderr


def test_a_link_applies_a_code_in_shopify() -> None:
    campaign = Campaign("winback", "Winback", "https://shop.example/discount/{coupon_code}?redirect=/collections/tea", (Step("plain", offer="ten"),))
    assert landing_url(campaign, 1, "ABCDE-FGHJK-M") == (
        "https://shop.example/discount/ABCDE-FGHJK-M?redirect=%2Fcollections%2Ftea&utm_source=postillion&utm_medium=letter&utm_campaign=winback&utm_content=step-1"
    )
