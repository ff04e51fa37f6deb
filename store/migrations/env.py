"""What Alembic runs a migration with: always the connection that store.migrate opened."""

from typing import Any, Literal

from alembic import context

from store.columns import UtcDateTime
from store.schema import metadata


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """A migration names plain types: it must work when our own classes have moved on."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and type(item).__name__ == "JSON":
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, compare_type=False, render_item=render_item)
context.run_migrations()
