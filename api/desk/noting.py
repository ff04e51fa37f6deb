"""How does an act at the desk get into the audit log?"""

from datetime import UTC, datetime

from store import audit
from store.audit import Channel
from store.engine import Connection
from store.users import User


def note(connection: Connection, user: User, action: str, subject: str, detail: str = "") -> None:
    """Write down who did it, in the transaction that does it; ``subject`` is a kind and a number or short name, never a person's name."""
    audit.note(connection, datetime.now(UTC), user.name, Channel.DESK, action, subject, detail)
