"""How does an entry point get its settings and its database?"""

from collections.abc import Iterator
from contextlib import contextmanager

from flows.errors import DatabaseFailed
from store import migrate
from store.engine import DatabaseTrouble, Engine, open_engine
from store.settings import Settings, settings


@contextmanager
def installation() -> Iterator[tuple[Engine, Settings]]:
    """The database of this installation, its tables checked, and the settings; raises DatabaseNotReady, or DatabaseFailed for whatever goes wrong in it."""
    found = settings()
    engine = open_engine(found.database)
    try:
        migrate.check(engine)
        yield engine, found
    except DatabaseTrouble as error:
        raise DatabaseFailed(f"The database answered with {type(error).__name__}: run this again; if it stays, look at the database's own log.") from None
    finally:
        engine.dispose()
