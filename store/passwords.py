"""How are the desk's passwords kept, so that a stolen database does not give them away?"""

import secrets
from functools import cache

from pwdlib import PasswordHash

from campaigns.errors import Stop

MINIMUM_LENGTH = 12
"""Length is what counts; no rules about digits and signs (NIST SP 800-63B)."""


class WeakPassword(Stop):
    """A password that is too easily guessed."""


def hash_password(plain: str) -> str:
    """What is stored instead of the password (Argon2id, 64 MiB, about 0.2 s); raises WeakPassword for a short one."""
    if len(plain) < MINIMUM_LENGTH:
        raise WeakPassword(f"The password has {len(plain)} characters: choose one of {MINIMUM_LENGTH} or more, three or four words do.")
    return _argon2().hash(plain)


def verify(plain: str, hashed: str | None) -> bool:
    """Whether the password is right; None for ``hashed`` takes as long and is always wrong, so that timing names no users."""
    return _argon2().verify(plain, hashed or _nobody()) and hashed is not None


@cache
def _argon2() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobody() -> str:
    return _argon2().hash(secrets.token_urlsafe())
