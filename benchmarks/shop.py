"""Where do the benchmarks get a shop from?  The real history of ../shared where it is, else our sample shop made large."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "tools" / "make_shop.py"


@contextmanager
def exports(customers: int | None = None) -> Iterator[Path]:
    """A folder with customers.csv, orders.csv and carts.csv; ``customers`` asks for the sample shop of that size."""
    with tempfile.TemporaryDirectory(prefix="postillion-bench-") as folder:
        if customers is None and REAL.exists():
            command = [sys.executable, str(REAL), folder]
        else:
            command = [sys.executable, str(ROOT / "examples" / "make_sample_shop.py"), folder, "--customers", str(customers or 20_000)]
        subprocess.run(command, check=True)
        yield Path(folder)
