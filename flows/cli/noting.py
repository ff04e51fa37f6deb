"""How does an act on the command line get into the audit log?"""

import os

from flows.clock import now
from store import audit
from store.audit import Channel
from store.engine import Connection


def user() -> str:
    """Who sits at the command line, as the system knows them."""
    return os.environ.get("USER", "command line")


def note(connection: Connection, action: str, subject: str, detail: str = "") -> None:
    """Write down who did it, in the transaction that does it; ``subject`` is a kind and a number or short name, never a person's name."""
    audit.note(connection, now(), user(), Channel.COMMAND_LINE, action, subject, detail)
