"""Who is let in, and with which token?"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from tests.shops.shopify.clock import Clock
from tests.shops.shopify.settings import ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, Settings


class Tokens:
    """Issued tokens with their end; ``ACCESS_TOKEN`` is let in as long as ``fixed_token`` is set."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._ends: dict[str, datetime] = {}

    @property
    def issued(self) -> int:
        """How many were given out."""
        return len(self._ends)

    def issue(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Status and body of ``POST /admin/oauth/access_token``; what Shopify answers to a wrong secret is known from users' reports only."""
        if form.get("grant_type") != "client_credentials":
            return 400, {"error": "unsupported_grant_type", "error_description": "The grant type is not supported."}
        if form.get("client_id") != CLIENT_ID:
            unknown = f"Could not find Shopify API application with api_key {form.get('client_id', '')}"
            return 400, {"error": "application_cannot_be_found", "error_description": unknown}
        if form.get("client_secret") != CLIENT_SECRET:
            return 400, {"error": "invalid_client", "error_description": "The client secret is invalid."}
        if not self._settings.own_organisation:
            return 400, {"error": "shop_not_permitted", "error_description": "Client credentials cannot be performed on this shop."}
        token = f"shpat_{secrets.token_hex(16)}"
        self._ends[token] = self._clock.now() + timedelta(seconds=self._settings.token_seconds)
        return 200, {"access_token": token, "scope": ",".join(self._settings.scopes), "expires_in": int(self._settings.token_seconds)}

    def lets_in(self, token: str) -> bool:
        """Whether a request with this token is answered."""
        if token == ACCESS_TOKEN:
            return self._settings.fixed_token
        return token in self._ends and self._clock.now() < self._ends[token]

    def revoke(self) -> None:
        """No issued token is good any more."""
        self._ends = {token: self._clock.now() for token in self._ends}
