"""Does the importer keep its token fresh, and its secrets to itself?"""

import logging
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import httpx
import pytest

from importers.errors import BrokenAnswer, ShopFrozen, ShopUnreachable, UnknownShop, WrongCredentials
from importers.shopify import Credentials
from tests.importers.shopify.scripted import GRANT, Scripted, data

DAY = 86_400.0
SECRETS = Credentials("my-shop", "the-id", "shpss_very_secret", "shpat_very_secret")


class Grants:
    """A token office: each token is another one."""

    def __init__(self, seconds: float | None = DAY) -> None:
        self.given = 0
        self._seconds = seconds

    def __call__(self, _request: httpx.Request) -> httpx.Response:
        self.given += 1
        return httpx.Response(200, json={"access_token": f"token-{self.given}", "expires_in": self._seconds})


def test_id_and_secret_buy_a_token_once_for_many_queries() -> None:
    mock = Scripted(data())
    with mock.shop() as shop:
        for _ in range(3):
            shop.graph.execute("{shop{name}}")
    assert mock.tokens == ["token-1"] * 3
    [request] = mock.grants
    assert parse_qs(request.content.decode()) == {"grant_type": ["client_credentials"], "client_id": ["id"], "client_secret": ["secret"]}
    assert request.url == "https://my-shop.myshopify.com/admin/oauth/access_token"


def test_a_fixed_token_is_used_as_it_is() -> None:
    mock = Scripted(data())
    with mock.shop(Credentials("my-shop", access_token="shpat_fixed")) as shop:
        shop.graph.execute("{shop{name}}")
    assert (mock.tokens, mock.grants) == (["shpat_fixed"], [])


@pytest.mark.parametrize("seconds", [DAY, 60.0])
def test_a_token_is_exchanged_before_it_ends(seconds: float) -> None:
    mock = Scripted(data(), grant=Grants(seconds))
    with mock.shop() as shop:
        for mock.now in (0.0, seconds * 0.49, seconds * 0.999, seconds * 1.2):
            shop.graph.execute("{shop{name}}")
    assert mock.tokens == ["token-1", "token-1", "token-2", "token-2"]


def test_a_token_without_an_end_is_used_until_it_is_refused() -> None:
    mock = Scripted(data(), httpx.Response(401), data(), grant=Grants(None))
    with mock.shop() as shop:
        shop.graph.execute("{shop{name}}")
        mock.now = 400 * DAY
        shop.graph.execute("{shop{name}}")
    assert mock.tokens == ["token-1", "token-1", "token-2"]


def test_a_token_refused_in_the_middle_is_exchanged_and_the_query_put_again() -> None:
    mock = Scripted(httpx.Response(401), data({"shop": {"name": "Teeladen"}}), grant=Grants())
    with mock.shop() as shop:
        assert shop.graph.execute("{shop{name}}") == {"shop": {"name": "Teeladen"}}
    assert mock.tokens == ["token-1", "token-2"]


def test_a_new_token_that_is_refused_too_ends_it() -> None:
    mock = Scripted(httpx.Response(401), grant=Grants())
    with mock.shop() as shop, pytest.raises(WrongCredentials, match="install it again"):
        shop.graph.execute("{shop{name}}")
    assert len(mock.requests) == 2


def test_a_fixed_token_that_is_refused_ends_it() -> None:
    mock = Scripted(httpx.Response(401))
    with mock.shop(Credentials("my-shop", access_token="shpat_fixed")) as shop, pytest.raises(WrongCredentials, match="revoked"):
        shop.graph.execute("{shop{name}}")


def test_many_threads_ask_for_one_token() -> None:
    together = threading.Barrier(8)
    mock = Scripted(data(), grant=Grants())
    with mock.shop() as shop, ThreadPoolExecutor(8) as pool:

        def ask() -> None:
            together.wait()
            shop.graph.execute("{shop{name}}")

        for future in [pool.submit(ask) for _ in range(8)]:
            future.result()
    assert (len(mock.grants), mock.tokens) == (1, ["token-1"] * 8)


def test_many_threads_refused_together_exchange_the_token_once() -> None:
    together = threading.Barrier(8)
    grants = Grants()
    mock = Scripted(data(), grant=grants)
    with mock.shop() as shop, ThreadPoolExecutor(8) as pool:
        shop.graph.execute("{shop{name}}")

        def renew() -> str:
            together.wait()
            return shop.graph._tokens.renewed("token-1")

        assert {future.result() for future in [pool.submit(renew) for _ in range(8)]} == {"token-2"}
    assert grants.given == 2


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (httpx.Response(400, json={"error": "invalid_client"}), WrongCredentials, r"\(invalid_client\)\. Compare both with the Dev Dashboard"),
        (httpx.Response(400, json={"error": "shop_not_permitted"}), WrongCredentials, r"\(shop_not_permitted\)"),
        (httpx.Response(401, text="<html>no</html>"), WrongCredentials, "does not accept the app's id and secret. Compare"),
        (httpx.Response(400, json={"error": "shpss_very_secret <script>"}), WrongCredentials, "id and secret. Compare"),
        (httpx.Response(404), UnknownShop, "There is no shop my-shop.myshopify.com"),
        (httpx.Response(302, headers={"Location": "https://www.shopify.com/"}), UnknownShop, "There is no shop"),
        (httpx.Response(402), ShopFrozen, "unpaid bill"),
        (httpx.Response(423), ShopFrozen, "locked"),
        (httpx.Response(418), BrokenAnswer, "HTTP 418"),
        (httpx.Response(200, text="<html>"), BrokenAnswer, "without one"),
        (httpx.Response(200, json=[]), BrokenAnswer, "without one"),
        (httpx.Response(200, json={"access_token": ""}), BrokenAnswer, "without one"),
        (httpx.Response(200, json=GRANT | {"expires_in": 0}), None, ""),
        (httpx.Response(200, json=GRANT | {"expires_in": -5}), BrokenAnswer, "without one"),
        (httpx.Response(200, json=GRANT | {"expires_in": "soon"}), BrokenAnswer, "without one"),
        (httpx.Response(503), ShopUnreachable, "8 attempts"),
    ],
)
def test_what_the_token_office_says_is_said_in_our_words(answer: httpx.Response, error: type[Exception] | None, says: str) -> None:
    mock = Scripted(data(), grant=lambda _request: answer)
    with mock.shop() as shop:
        if error is None:
            shop.graph.execute("{shop{name}}")
        else:
            with pytest.raises(error, match=says):
                shop.graph.execute("{shop{name}}")


@pytest.mark.parametrize(
    "given", ["my-shop", "My-Shop", " my-shop.myshopify.com ", "https://my-shop.myshopify.com/admin", "https://admin.shopify.com/store/my-shop/orders?x=1"]
)
def test_a_shop_is_known_by_any_form_of_its_name(given: str) -> None:
    assert Credentials(given).domain == "my-shop.myshopify.com"


@pytest.mark.parametrize(
    "given", ["", "www.my-shop.de", "my-shop.myshopify.com.evil.example", "evil.example/my-shop.myshopify.com", "my shop", "-shop", "a\n.b"]
)
def test_a_secret_goes_to_no_other_host(given: str) -> None:
    with pytest.raises(UnknownShop, match=r"\.myshopify\.com"):
        Scripted(data()).shop(Credentials(given, "id", "secret"))


def test_what_was_copied_with_the_end_of_its_line_is_cleaned() -> None:
    found = Credentials("my-shop", " the-id\n", "shpss_secret\r\n", "\tshpat_token ")
    assert (found.client_id, found.client_secret, found.access_token) == ("the-id", "shpss_secret", "shpat_token")


@pytest.mark.parametrize(("field", "called"), [("client_id", "client id"), ("client_secret", "client secret"), ("access_token", "access token")])
@pytest.mark.parametrize("value", ["shpat_ümlaut", "shpat_two words", "shpat_\0", "shpat_a\nb"])
def test_what_no_secret_can_be_is_named_and_not_shown(field: str, called: str, value: str) -> None:
    with pytest.raises(WrongCredentials, match=f"The {called} of the Shopify shop") as refused:
        Credentials("my-shop", **{field: value})
    assert value not in str(refused.value)


@pytest.mark.parametrize("credentials", [Credentials("my-shop"), Credentials("my-shop", "id"), Credentials("my-shop", client_secret="secret")])
def test_half_credentials_are_none(credentials: Credentials) -> None:
    with pytest.raises(WrongCredentials, match="neither a token nor"):
        Scripted(data()).shop(credentials)


@pytest.mark.parametrize("answer", [httpx.Response(401), httpx.Response(503), httpx.ConnectError("refused"), httpx.Response(200, text="?")])
def test_no_secret_shows_in_errors_reprs_and_logs(answer: httpx.Response | Exception, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    text = ""
    for credentials in (SECRETS, Credentials("my-shop", "the-id", "shpss_very_secret")):
        mock = Scripted(answer, grant=lambda _request: httpx.Response(200, json=GRANT | {"access_token": "shpat_very_secret"}))
        with mock.shop(credentials) as shop:
            try:
                shop.graph.execute("{shop{name}}")
            except Exception as error:
                text += "".join(traceback.format_exception(error))
            text += repr(credentials) + repr(shop) + repr(shop.graph) + repr(shop.graph._tokens) + repr(shop.asking)
    assert "my-shop" in text
    assert "very_secret" not in text + caplog.text
