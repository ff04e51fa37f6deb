"""Does whoever changes people wait for an import that meets the same people, and not for ever?"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from campaigns.identity import MergeReason
from campaigns.objection import ObjectionChannel
from campaigns.profile import Part
from store import imports, merges, objections
from store.desk_edits import edit, release
from store.engine import DatabaseTrouble, writing
from tests.conftest import SECRET
from tests.store.shop import NOW, person, store

CHANGES: dict[str, Callable[[Connection], Any]] = {
    "edit": lambda connection: edit(connection, 1, {"street": "Ring 9"}, "mara", SECRET, NOW),
    "release": lambda connection: release(connection, 1, tuple(Part), SECRET, NOW),
    "unite": lambda connection: merges.unite(connection, 1, 2, MergeReason.DESK, SECRET, NOW),
    "undo": lambda connection: merges.undo(connection, 1, "mara", SECRET, NOW),
    "objection": lambda connection: objections.add(connection, 1, ObjectionChannel.LETTER, NOW),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nobody_is_changed_while_a_batch_is_stored(engine: Engine, monkeypatch: pytest.MonkeyPatch, change: Callable[[Connection], Any]) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time by itself")
    monkeypatch.setattr(imports, "PATIENCE_SECONDS", 1)
    with writing(engine) as connection:
        store(connection, person(1), person(2), person(1, source="other"))
    with writing(engine) as importing:
        imports.lock(importing)
        with pytest.raises(DatabaseTrouble, match="lock timeout"), writing(engine) as connection:
            change(connection)
    with writing(engine) as connection:
        change(connection)
