"""Does each stream of each shop remember its own place?"""

from sqlalchemy import Connection

from store import sync_states
from tests.store.shop import LATER, NOW


def test_a_stream_goes_on_where_it_stopped(connection: Connection) -> None:
    assert sync_states.get(connection, "shop", "orders") == {}
    sync_states.save(connection, "shop", "orders", {"until": "2026-11-22T12:00:00+00:00", "page": {"after": None}}, NOW)
    sync_states.save(connection, "shop", "customers", {"until": "a"}, NOW)
    sync_states.save(connection, "other", "orders", {"until": "b"}, NOW)
    sync_states.save(connection, "shop", "orders", {"until": "c"}, LATER)
    assert sync_states.get(connection, "shop", "orders") == {"until": "c"}
    assert sync_states.get(connection, "shop", "customers") == {"until": "a"}
    assert sync_states.get(connection, "other", "orders") == {"until": "b"}
