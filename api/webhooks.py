"""A shop tells us that something has changed: is it really the shop, and is it noted before we say thank you?"""

import base64
import hashlib
import hmac
import logging
from collections.abc import Collection
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.datastructures import Headers
from starlette.responses import Response

from api.errors import NotFound
from api.office import AtOffice
from importers.errors import UnknownShop
from importers.shopify import Credentials
from importers.shopify.webhooks import is_read
from store.settings import Settings
from store.webhooks import Delivery

router = APIRouter(prefix="/webhooks", include_in_schema=False)
log = logging.getLogger(__name__)

_LONGEST_WORD = 200
"""Characters of a header that we keep; Shopify's are shorter than 50."""


@router.post("/shopify")
async def shopify(request: Request, office: AtOffice) -> Response:
    """200 as soon as the delivery is stored, 401 unless its body is signed; nothing of it is read before that.

    The same delivery again is thanked for and changes nothing. What is done about it, ``api.webhook_work`` says.
    """
    secrets = [secret for secret in (office.settings.shopify_client_secret, office.settings.shopify_former_client_secret) if secret.get_secret_value()]
    if not secrets:
        log.error("A webhook came, but POSTILLION_SHOPIFY_CLIENT_SECRET is empty, so nobody can tell whose it is: set it, and Shopify will send it again")
        raise NotFound
    signature = request.headers.get("X-Shopify-Hmac-Sha256", "")
    with office.intake.receiving():
        if not signature or not is_signed(await request.body(), signature, [secret.get_secret_value() for secret in secrets]):
            log.warning("A webhook without a right signature was refused")
            return Response(status_code=401)
        request.state.actor = "shop"
        await office.keep(_delivery(request.headers, await request.body(), office.settings, datetime.now(UTC)))
    office.deliveries.set()
    return Response()


def is_signed(body: bytes, signature: str, secrets: Collection[str]) -> bool:
    """Whether one of the secrets signed these very bytes (base64 of HMAC-SHA-256); takes the same time whichever it is."""
    right = [base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)) for secret in secrets]
    return any([hmac.compare_digest(each, signature.encode()) for each in right])  # a generator would stop at the first


def _delivery(headers: Headers, body: bytes, settings: Settings, now: datetime) -> Delivery:
    """The headers are not signed: they say what to do with a body, never what is true."""
    topic = headers.get("X-Shopify-Topic", "")[:_LONGEST_WORD].lower()
    is_foreign = not _is_from(headers.get("X-Shopify-Shop-Domain", ""), settings.shopify_shop)
    return Delivery(
        id=headers.get("X-Shopify-Webhook-Id", "")[:_LONGEST_WORD] or f"body:{hashlib.sha256(topic.encode() + body).hexdigest()}",
        source=settings.shopify_source,
        topic=topic,
        body=body if is_read(topic) and not is_foreign else None,
        received_at=now,
        event_id=headers.get("X-Shopify-Event-Id", "")[:_LONGEST_WORD],
        triggered_at=_moment(headers.get("X-Shopify-Triggered-At", "")),
        message="from another shop" if is_foreign else "",
    )


def _is_from(domain: str, shop: str) -> bool:
    """One app may be in two shops, a real one and one to try things out in: both sign with the same secret."""
    try:
        return not shop or domain.lower() == Credentials(shop).domain
    except UnknownShop:
        log.error("POSTILLION_SHOPIFY_SHOP is no name of a Shopify shop, so webhooks of whichever shop has the app are taken: correct it")
        return True


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
