"""How long does dlt take for an orders file?  Run by benchmarks.imports with the interpreter that has dlt: `dlt_peer.py FILE.csv OUT.db`.

The file's rows as they are, all columns, into SQLite by the SQLAlchemy destination; merge by order and place in the order, so that
a second run would change nothing, as ours.
"""

import csv
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dlt  # type: ignore[import-not-found]  # lives in an environment of its own


def rows(path: Path) -> Iterator[list[dict[str, object]]]:
    """The file's rows with their place in the order, some thousand at a time (dlt's advice for speed)."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        page: list[dict[str, object]] = []
        name, place = None, 0
        for row in csv.DictReader(file):
            place = place + 1 if row["Name"] == name else 1
            name = row["Name"]
            page.append({**row, "place": place})
            if len(page) == 5000:
                yield page
                page = []
        yield page


def main(path: Path, out: Path) -> None:
    """Load the file and print the seconds as JSON."""
    started = time.perf_counter()
    destination = dlt.destinations.sqlalchemy(credentials=f"sqlite:///{out}")
    pipeline = dlt.pipeline("peer", destination=destination, dataset_name="shop", pipelines_dir=str(out.parent / "pipelines"))
    lines = dlt.resource(rows(path), name="lines", write_disposition="merge", primary_key=["Name", "place"])
    pipeline.run(lines)
    print(json.dumps({"seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
