"""How fast does a shop's order history come in, beside pandas.read_csv + sqlite3.executemany of the bare rows?

The peer does none of the work that makes an import safe: no detection, no parsing of money and dates, no rejects, no
grouping of rows into orders, no upsert, no second run that changes nothing.  Rows are lines of the orders file.
"""

import sqlite3
import tempfile
import time
from pathlib import Path

import pandas as pd

from benchmarks.processes import in_a_process
from benchmarks.shop import exports
from flows.csv_files import files_at, import_file
from store import migrate
from store.engine import open_engine
from store.settings import Settings

COLUMNS = ("Name", "Email", "Created at", "Total", "Lineitem sku", "Lineitem name", "Lineitem quantity", "Lineitem price")


def ours(orders: Path) -> tuple[int, float, float]:
    """Rows, seconds of the first import, seconds of the second one (in which nothing changes)."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url="")
        engine = open_engine(settings.database)
        migrate.upgrade(engine)
        seconds = []
        for _ in range(2):
            started = time.perf_counter()
            for file in files_at(orders, "shop", settings):
                import_file(engine, settings, file, lambda _share: None)
            seconds.append(time.perf_counter() - started)
        engine.dispose()
    return _rows(orders), seconds[0], seconds[1]


def peer(orders: Path) -> float:
    """Seconds for pandas in chunks and sqlite3.executemany of the same columns."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        connection = sqlite3.connect(Path(folder) / "peer.db")
        connection.execute(f"CREATE TABLE lines ({', '.join(f'c{number} TEXT' for number in range(len(COLUMNS)))})")
        for chunk in pd.read_csv(orders, usecols=list(COLUMNS), dtype=str, keep_default_na=False, chunksize=20_000):
            rows = chunk[list(COLUMNS)].itertuples(index=False, name=None)
            connection.executemany(f"INSERT INTO lines VALUES ({','.join('?' * len(COLUMNS))})", rows)
            connection.commit()
        connection.close()
        return time.perf_counter() - started


def _rows(orders: Path) -> int:
    return int(pd.read_csv(orders, usecols=["Name"], dtype=str)["Name"].size)


def main() -> None:
    """Print the area's lines."""
    with exports() as folder:
        orders = folder / "orders.csv"
        (rows, first, second), peak = in_a_process(ours, orders)
        beside, _ = in_a_process(peer, orders)
    print(f"import.rows {rows}")
    print(f"import.rows_per_second {rows / first:.0f}")
    print(f"import.unchanged_rows_per_second {rows / second:.0f}")
    print(f"import.pandas_sqlite_rows_per_second {rows / beside:.0f}")
    print(f"import.ratio_to_pandas_sqlite {beside / first:.2f}")
    print(f"import.peak_mb {peak:.0f}")


if __name__ == "__main__":
    main()
