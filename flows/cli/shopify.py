"""The commands ``postillion shopify …``."""

from urllib.parse import urlsplit

import typer

from flows.cli.terminal import plain_errors, say
from flows.clock import now
from flows.errors import NotReachable
from flows.intake.shops import shopify_access
from flows.wiring import installation
from importers import shopify
from importers.shopify.subscriptions import PRIVACY, subscribe
from store.engine import writing
from store.settings import Settings, settings
from store.webhooks import try_again as again

app = typer.Typer(no_args_is_help=True, help="What a Shopify shop must be told.")
PATH = "/webhooks/shopify"


@app.callback()
def shop() -> None:
    """What a Shopify shop must be told."""


@app.command("webhooks")
def webhooks() -> None:
    """Have the shop of the settings tell us of every change at once; only what is missing is registered."""
    with plain_errors():
        found = settings()
        uri = _address(found)
        credentials = shopify_access(found).credentials
        if not isinstance(credentials, shopify.Credentials):
            raise TypeError("the access to Shopify holds other credentials")
        with shopify.Shop(credentials, found.shopify_url) as connected:
            done = subscribe(connected, uri)
        for topic in done.there:
            say(f"{topic}: was there")
        for topic in done.added:
            say(f"{topic}: registered")
        say(f"Not to be registered by a program: {', '.join(PRIVACY)}. In the Dev Dashboard, in the app's version, enter {uri} for these three.")


@app.command("try-again")
def try_again() -> None:
    """Have the webhooks that failed worked off once more, after the cause is gone; the API does it within seconds."""
    with plain_errors(), installation() as (engine, _), writing(engine) as connection:
        say(f"{again(connection, now())} webhooks are waiting once more.")


def _address(found: Settings) -> str:
    """Where Shopify would send them; raises NotReachable for what it would refuse."""
    parts = urlsplit(found.public_url)
    if parts.scheme != "https" or parts.hostname in ("127.0.0.1", "localhost"):
        raise NotReachable(
            f"Shopify sends webhooks to https addresses only, and POSTILLION_PUBLIC_URL is {found.public_url}: set it to the address customers reach."
        )
    return found.public_url + PATH
