"""What stands behind /S/ and /O/ in a letter's QR codes?"""

import secrets

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 characters of the QR code's alphanumeric mode without I, O, 0 and 1 (print facts 4.2)."""
LENGTH = 12
"""60 bits: above the 50 that product.md 6.3 asks for, and short enough for a small symbol."""


def new_token() -> str:
    """A fresh token; the database's unique key is the last word on its being unique."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
