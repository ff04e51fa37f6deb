"""How is a visitor known again within a visit, without our knowing who it is?"""

import hashlib
import hmac
from datetime import date, datetime
from functools import lru_cache

from api.throttle import network_of


class Visitors:
    """Hashes of network addresses under a key that changes every day: of yesterday's visitors nothing can be told any more but their number."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._key_of = lru_cache(2)(self._make_key)

    def name(self, host: str, at: datetime) -> str:
        """32 hexadecimal digits; IPv4 addresses count whole, of IPv6 the /64 that one household or phone has to itself."""
        if not host:
            return ""
        return hashlib.blake2b(network_of(host).encode(), key=self._key_of(at.date()), digest_size=16).hexdigest()

    def _make_key(self, day: date) -> bytes:
        return hmac.digest(self._secret, f"visitor\0{day.isoformat()}".encode(), hashlib.sha256)
