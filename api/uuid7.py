"""How is a scan numbered before the database has seen it?  RFC 9562, 5.7; Python has it from 3.14 on."""

import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """A fresh id that starts with the time in milliseconds: ids made later sort later, so the index only grows at its end."""
    milliseconds = time.time_ns() // 1_000_000
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62))
