"""How does an entry point get its settings and its database?"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from flows.errors import DatabaseFailed
from store import log_lines, migrate
from store.engine import DatabaseTrouble, Engine, driver_words, open_engine
from store.settings import Settings, settings

_LOG = logging.getLogger(__name__)


@contextmanager
def installation() -> Iterator[tuple[Engine, Settings]]:
    """The database of this installation, its tables checked, and the settings; raises DatabaseNotReady, or DatabaseFailed for whatever goes wrong in it."""
    found = settings()
    if not logging.getLogger().handlers:  # in a flow's process Prefect has set them up
        log_lines.configure(found.log_format)
    engine = open_engine(found.database)
    try:
        migrate.check(engine)
        yield engine, found
    except DatabaseTrouble as error:
        if words := driver_words(error):
            _LOG.error("The database said: %s", words)
        raise DatabaseFailed(f"The database answered with {type(error).__name__}: run this again; if it stays, {_what_to_do(engine)}.") from None
    finally:
        engine.dispose()


def _what_to_do(engine: Engine) -> str:
    if engine.dialect.name != "sqlite":
        return "look at the database's own log"
    return f"see that the disk has room, that {engine.url.database} can be written to, and that no other program (a backup, a database browser) holds it"
