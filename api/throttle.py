"""Who does something too often, without our knowing who it is?"""

import hashlib
import ipaddress
import secrets

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import HTTPConnection


class Throttle:
    """Counts the deeds of each visitor within a moving window, in this process and nowhere else.

    The visitor is a hash under a key that dies with the process: no address is kept, and none can be had back.
    """

    def __init__(self, rate: str) -> None:
        """``rate`` as the limits package reads it: ``30 per 10 minutes``."""
        self._rate = parse(rate)
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._key = secrets.token_bytes(32)

    def admits(self, visitor: HTTPConnection | None, *what: str) -> bool:
        """Count one deed of the visitor, or of everybody together (None); False once it is too many."""
        return self._window.hit(self._rate, self._name(visitor, *what))

    def has_room(self, visitor: HTTPConnection | None, *what: str) -> bool:
        """Whether one more deed would be admitted; counts nothing."""
        return self._window.test(self._rate, self._name(visitor, *what))

    def counted(self, visitor: HTTPConnection | None, *what: str) -> int:
        """How many deeds the window holds, up to the most that it admits."""
        return self._rate.amount - self._window.get_window_stats(self._rate, self._name(visitor, *what)).remaining

    def forget(self, visitor: HTTPConnection, *what: str) -> None:
        """Start the count anew."""
        self._window.clear(self._rate, self._name(visitor, *what))

    def _name(self, visitor: HTTPConnection | None, *what: str) -> str:
        text = "\0".join((network_of(visitor.client.host) if visitor and visitor.client else "", *what))
        return hashlib.blake2b(text.encode(), key=self._key, digest_size=16).hexdigest()


NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""How networks without IPv4 spell its addresses (RFC 6052)."""


def network_of(host: str) -> str:
    """A client's address; of IPv6 the /64 that one household or phone has to itself, and an IPv4 address in whatever spelling."""
    if ":" not in host:
        return host
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        return host
    inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF) if address in NAT64 else address.ipv4_mapped
    return str(inner or ipaddress.IPv6Network((address, 64), strict=False))
