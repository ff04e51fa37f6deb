"""How does a connected shop give its records: let in, checked, then stream by stream?"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from campaigns.record import Kind
from flows.clock import now
from flows.errors import ShopNotConnected, SourceTaken
from flows.intake.importing import ImportReport, Report, Stream, close_killed, import_stream
from flows.locks import importing_from
from importers import billbee, shopify
from importers.batch import Batch
from store import sync_states
from store.engine import Connection, Engine, writing
from store.settings import Settings

_GUIDE = "or save a block of that kind in the Prefect UI and name it in the flow: docs/imports.md shows how, step by step."


@dataclass(frozen=True, slots=True)
class ConnectedShop:
    """A shop, as far as an import needs to know it."""

    check: Callable[[bool], tuple[str, ...]]
    """Whether it lets us in, with warnings of what it gives only in part; asked whether all orders are wanted, whatever their age."""
    fetch: Callable[[Kind, str, Mapping[str, Any], datetime], Iterable[Batch]]


@dataclass(frozen=True, slots=True)
class Access:
    """Whose records are meant, what they are kept under, and what opens the door."""

    source: str
    credentials: shopify.Credentials | billbee.Credentials

    @property
    def streams(self) -> tuple[Kind, ...]:
        """What this platform has, in the order of an import."""
        return shopify.STREAMS if isinstance(self.credentials, shopify.Credentials) else billbee.STREAMS

    @property
    def platform(self) -> str:
        """``shopify`` or ``billbee``."""
        return "shopify" if isinstance(self.credentials, shopify.Credentials) else "billbee"

    @property
    def name(self) -> str:
        """How reports call the shop; nobody's e-mail address."""
        return self.credentials.domain if isinstance(self.credentials, shopify.Credentials) else "Billbee"

    @property
    def account(self) -> str:
        """Tells one account from another without telling whose it is."""
        name = self.credentials.domain if isinstance(self.credentials, shopify.Credentials) else self.credentials.user.strip().lower()
        return hashlib.sha256(name.encode()).hexdigest()


def shopify_access(settings: Settings) -> Access:
    """The Shopify shop of the settings; raises ShopNotConnected where they name none."""
    secret, token = settings.shopify_client_secret.get_secret_value(), settings.shopify_access_token.get_secret_value()
    if not settings.shopify_shop:
        raise ShopNotConnected(f"There is no Shopify shop to import from. Set POSTILLION_SHOPIFY_SHOP with its credentials, {_GUIDE}")
    return access_to_shopify(settings.shopify_shop, settings.shopify_client_id, secret, token, settings.shopify_source)


def access_to_shopify(shop: str, client_id: str, client_secret: str, access_token: str, source: str) -> Access:
    """Access to a Shopify shop; raises ShopNotConnected where something is missing."""
    if not (access_token or (client_id and client_secret)):
        raise ShopNotConnected(f"The credentials of the Shopify shop {shop} are not whole: client id and client secret are needed, {_GUIDE}")
    return Access(source, shopify.Credentials(shop, client_id, client_secret, access_token))


def billbee_access(settings: Settings) -> Access:
    """The Billbee account of the settings; raises ShopNotConnected where they name none."""
    api_key, password = settings.billbee_api_key.get_secret_value(), settings.billbee_password.get_secret_value()
    if not (api_key or settings.billbee_user or password):
        raise ShopNotConnected(
            f"There is no Billbee account to import from. Set POSTILLION_BILLBEE_API_KEY, POSTILLION_BILLBEE_USER and POSTILLION_BILLBEE_PASSWORD, {_GUIDE}"
        )
    return access_to_billbee(api_key, settings.billbee_user, password, settings.billbee_source)


def access_to_billbee(api_key: str, user: str, password: str, source: str) -> Access:
    """Access to a Billbee account; raises ShopNotConnected where something is missing, WrongCredentials for what cannot be right."""
    if not (api_key and user and password):
        raise ShopNotConnected(f"The credentials of the Billbee account are not whole: API key, user and API password are needed, {_GUIDE}")
    return Access(source, billbee.Credentials(api_key, user, password))


@contextmanager
def connected(access: Access, settings: Settings) -> Iterator[ConnectedShop]:
    """The shop behind the credentials; nothing is asked yet."""
    if isinstance(access.credentials, shopify.Credentials):
        with shopify.Shop(access.credentials, settings.shopify_url) as shop:
            yield ConnectedShop(lambda whole: shop.check(whole=whole).warnings, partial(shopify.fetch, shop))
    else:
        with billbee.Account(access.credentials, settings.billbee_url) as account:
            yield ConnectedShop(lambda _whole: account.check().warnings, partial(billbee.fetch, account))


def shop_behind(access: Access, settings: Settings, sleep: Callable[[float], None]) -> shopify.Shop:
    """The Shopify shop itself, to bring something into it."""
    if not isinstance(access.credentials, shopify.Credentials):
        raise ShopNotConnected(f"{access.name} is no Shopify shop: codes can be created in Shopify only.")
    return shopify.Shop(access.credentials, settings.shopify_url, sleep=sleep)


def import_shop(
    engine: Engine,
    settings: Settings,
    access: Access,
    kinds: Collection[Kind],
    report: Report,
    warn: Callable[[tuple[str, ...]], None],
    anew_since: datetime | None = None,
) -> list[ImportReport]:
    """Store what is new at the shop since the last time; at first everything, and everything whose place has not moved after ``anew_since``.

    Safe to repeat; one that was killed or failed goes on from its last batch.  Raises what the shop refuses (importers.errors),
    BeingWorkedOn while another process imports from the same source, SourceTaken where that has another shop's records.
    """
    wanted = [kind for kind in access.streams if kind in kinds]
    with importing_from(engine, settings.data_dir, access.source):
        close_killed(engine, settings, access.source)
        with writing(engine) as connection:
            is_another = _is_another(connection, access, may_be=anew_since is not None)
            removed_at = sync_states.get(connection, access.source, sync_states.APP).get("uninstalled_at")
            anew = set(wanted) - _moved_since(connection, access.source, anew_since) if anew_since else set()
            from_its_start = anew | {kind for kind in wanted if is_another or not sync_states.get(connection, access.source, kind)}
        with connected(access, settings) as shop:
            if removed_at:
                warn((f"{access.name} told us that the app was removed from the shop ({removed_at}): unless it was installed again, nothing will come.",))
            warn(shop.check(Kind.ORDERS in from_its_start))
            with writing(engine) as connection:  # not before the shop has let us in: a typing error must not cost the place of another
                for kind in access.streams if is_another else ():
                    sync_states.forget(connection, access.source, kind)
                sync_states.forget(connection, access.source, sync_states.APP)
                sync_states.save(connection, access.source, sync_states.ACCOUNT, {"account": access.account}, now())
            until = now()
            return [import_stream(engine, settings, _stream(shop, access, kind, until), report, anew=kind in anew) for kind in wanted]


def _moved_since(connection: Connection, source: str, moment: datetime) -> set[str]:
    """The streams that an earlier attempt has begun to read anew: they go on from there."""
    return {stream for (whose, stream), (_, moved_at) in sync_states.moved(connection).items() if whose == source and moved_at > moment}


def _stream(shop: ConnectedShop, access: Access, kind: Kind, until: datetime) -> Stream:
    return Stream(access.source, kind, access.name, access.platform, lambda state: shop.fetch(kind, access.source, state, until))


def _is_another(connection: Connection, access: Access, *, may_be: bool) -> bool:
    """Whether the source has the records of another shop: the two would share a watermark, and what the second had before it would never be read."""
    known = sync_states.get(connection, access.source, sync_states.ACCOUNT).get("account", access.account)
    if known != access.account and not may_be:
        raise SourceTaken(
            f'The source "{access.source}" holds the records of another shop. Give this one a source of its own; '
            "if it is the same shop under a new name, import everything once more (whole)."
        )
    return bool(known != access.account)
