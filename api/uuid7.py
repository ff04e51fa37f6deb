"""How is a scan numbered before the database has seen it?  RFC 9562, 5.7; Python has it from 3.14 on."""

import os
import time
import uuid

_VERSION_AND_VARIANT = 0x7 << 76 | 0b10 << 62
_RANDOM = ~(0xFFFFFFFFFFFF << 80 | 0xF << 76 | 0b11 << 62) & (1 << 128) - 1


def uuid7() -> uuid.UUID:
    """A fresh id that starts with the time in milliseconds: ids made later sort later, so the index only grows at its end."""
    random = int.from_bytes(os.urandom(10)) & _RANDOM
    return uuid.UUID(int=time.time_ns() // 1_000_000 << 80 | _VERSION_AND_VARIANT | random)
