"""Is the operators' guide true to the processes and to the schema?"""

from collections.abc import Callable
from inspect import getsource
from pathlib import Path

from flows import stack
from flows.prefect_environment import prefect_environment
from store.columns import Pii
from store.schema import metadata
from tests.docs.conftest import Document


def test_prefect_gets_the_same_settings_in_production(document: Callable[[str], Document]) -> None:
    [block] = [block for block in document("docs/operations.md").blocks("ini") if "DO_NOT_TRACK" in block]
    written = dict(line.split("=", 1) for line in block.splitlines() if line)
    ours = prefect_environment(Path("/srv/postillion/var/prefect"), 4200)
    assert {name: written.get(name) for name in ours} == dict(ours)


def test_units_start_what_make_up_starts(document: Callable[[str], Document]) -> None:
    units = "".join(document("docs/operations.md").blocks("ini"))
    code = getsource(stack.running)
    for words in ("prefect server start", "prefect worker start --pool postillion --type process", "uvicorn --factory api.app:create_server --port"):
        assert words in units
        assert ", ".join(f'"{word}"' for word in words.split()) in code
    assert "--no-access-log" in units and "--no-access-log" in code
    assert f"TimeoutStopSec={stack.DRAIN_SECONDS}" in units


def test_every_personal_column_is_named(document: Callable[[str], Document]) -> None:
    expected = []
    for table in sorted(metadata.tables.values(), key=lambda table: table.name):
        kinds = [", ".join(f"`{column.name}`" for column in table.columns if column.info["pii"] is kind) for kind in (Pii.PERSONAL, Pii.FREE_TEXT)]
        if any(kinds):
            expected.append([f"`{table.name}`", *kinds])
    assert document("docs/operations.md").table("Privacy") == expected
