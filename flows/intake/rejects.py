"""Where does a shop owner read which records stayed outside, and why?"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from campaigns.rejection import Rejection
from importers.rejects_list import rejects_csv
from store import imports
from store.engine import Engine, reading

SHOWN = 500
"""Rejections that a report holds and an artifact shows; all of them are in the file."""


def write_list(engine: Engine, data_dir: Path, import_id: int, name: str) -> tuple[Path, tuple[Rejection, ...]]:
    """Write all rejections of an import into a list for a spreadsheet; gives the list and the first ones."""
    path = data_dir / "rejects" / f"import-{import_id:05d}-{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    first: list[Rejection] = []

    def noted(rejected: Iterable[Rejection]) -> Iterator[Rejection]:
        for one in rejected:
            if len(first) < SHOWN:
                first.append(one)
            yield one

    with reading(engine) as connection, path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(rejects_csv(noted(imports.rejections_of(connection, import_id))))
    return path, tuple(first)
