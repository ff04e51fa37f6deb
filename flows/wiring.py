"""How does an entry point get its settings and its database?"""

from collections.abc import Iterator
from contextlib import contextmanager

from store import migrate
from store.engine import Engine, open_engine
from store.settings import Settings, settings


@contextmanager
def installation() -> Iterator[tuple[Engine, Settings]]:
    """The database of this installation, its tables checked, and the settings; raises DatabaseNotReady."""
    found = settings()
    engine = open_engine(found.database)
    try:
        migrate.check(engine)
        yield engine, found
    finally:
        engine.dispose()
