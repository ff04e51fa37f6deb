"""Does a campaign come out right whatever is killed, whenever?  ``python -m tests.flows.chaos 300`` (make chaos) kills so many times.

The small campaign is run again and again by three processes at once: two machines that share the database and the way to the print
shop, and a double of the first one's flow. They are killed at random and frozen for longer than their lease lasts; a lease is short
here. When the campaign is through, every letter and every byte is looked at. Prints ``name value`` lines; exit code 1 for any damage.
"""

import csv
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from campaigns.errors import TryLater
from campaigns.letter import ON_PAPER
from flows import locks
from printshop.targets import file_sha256
from store import migrate, print_files, print_runs
from store.engine import open_engine, reading
from store.errors import LostLease, WrongState
from store.schema import letters
from store.schema import print_runs as print_runs_table
from store.settings import Settings
from tests.conftest import TEMPLATE, running_postgres
from tests.flows import small_campaign
from tests.flows.small_campaign import Expected

MACHINES = ("one", "one", "two")
LONGEST_PAUSE = 0.4
"""Seconds between two blows: an undisturbed campaign takes about as long."""
FREEZES = 0.15
"""Share of the blows that freeze and do not kill."""
IN_VAIN = 600
"""Seconds after which a campaign counts as stuck."""
locks.LASTS = timedelta(seconds=0.5)
locks.RENEWED_EVERY = timedelta(seconds=0.1)


def work(database_url: str, settings: Settings) -> None:
    """Go on with the campaign until there is nothing left to do."""
    engine = open_engine(database_url)
    while True:
        try:
            small_campaign.go_on(engine, settings)
        except (TryLater, LostLease, WrongState):  # somebody else works on it, has taken it over, or was faster
            time.sleep(0.02)
        else:
            return


def fork(database_url: str, settings: Settings) -> int:
    """Start a worker; gives its process id."""
    child = os.fork()
    if child:
        return child
    try:
        work(database_url, settings)
    except BaseException:  # whatever it is: the parent tells it by the exit code
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


class Storm:
    """Blows that fall on the workers of one campaign after the other."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # no secret
        self.counts: Counter[str] = Counter()

    def rage(self, template: str, folder: Path, expected: Expected) -> None:
        """One campaign, killed and started again until it is through, then looked at."""
        url, settings = small_campaign.open_copy(template, folder)
        machines = [small_campaign.settings_in(folder, url, machine) for machine in MACHINES]
        workers = {fork(url, machine): machine for machine in machines}
        until = time.monotonic() + IN_VAIN
        through = False
        while workers and not (through := self._one_is_done(workers)):
            self._strike(workers, url)
            if time.monotonic() > until:
                self.counts["stuck"] += 1
                break
        for worker in workers:
            if not through:
                os.kill(worker, signal.SIGKILL)
            code = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
            self.counts["failures"] += code > 0
        engine = open_engine(url)
        self.counts += damage(engine, settings, expected)
        self.counts["campaigns"] += 1
        engine.dispose()
        small_campaign.drop(url)
        shutil.rmtree(folder)

    def _one_is_done(self, workers: dict[int, Settings]) -> bool:
        for worker in list(workers):
            found, status = os.waitpid(worker, os.WNOHANG)
            if found:
                del workers[worker]
                self.counts["failures"] += os.waitstatus_to_exitcode(status) != 0
                return True
        return False

    def _strike(self, workers: dict[int, Settings], url: str) -> None:
        time.sleep(self.dice.uniform(0, LONGEST_PAUSE))
        victim = self.dice.choice(list(workers))
        if self.dice.random() < FREEZES:
            os.kill(victim, signal.SIGSTOP)
            time.sleep(self.dice.uniform(0, 2 * locks.LASTS.total_seconds()))
            os.kill(victim, signal.SIGCONT)
            self.counts["freezes"] += 1
            return
        os.kill(victim, signal.SIGKILL)
        machine = workers.pop(victim)
        died = os.waitstatus_to_exitcode(os.waitpid(victim, 0)[1]) == -signal.SIGKILL
        self.counts["kills"] += died
        workers[fork(url, machine)] = machine


def damage(engine: Engine, settings: Settings, expected: Expected) -> Counter[str]:
    """What is wrong with a campaign that is through, counted; ``small_campaign.check`` finds the rest."""
    found: Counter[str] = Counter()
    table = letters.c
    with reading(engine) as connection:
        before = list(connection.execute(select(print_runs_table.c.id).order_by(print_runs_table.c.id).limit(expected.finished_before)).scalars())
        rows = connection.execute(select(table.id, table.customer_id, table.step).where(table.print_run_id.not_in(before), table.state.in_(ON_PAPER))).all()
        runs = [run for run in print_runs.latest(connection, 1000) if run.id not in before and run.manifest_sha256]
        files = {run.name: print_files.of_run(connection, run.id) for run in runs}
    printed: Counter[int] = Counter()
    for run in runs:
        folder = settings.handover_dir / run.name
        shas = {name: file.sha256 for file in files[run.name] if (folder / (name := file.name)).exists()} | {"manifest.json": run.manifest_sha256}
        found["hash_mismatches"] += sum(file_sha256(folder / name) != sha for name, sha in shas.items() if (folder / name).exists())
        if (folder / "manifest.json").exists():
            printed.update(int(line["letter_id"]) for line in csv.DictReader((folder / "letters.csv").read_text().splitlines(), delimiter=";"))
    sent = Counter((row.customer_id, row.step) for row in rows for _ in range(printed[row.id]))
    found["lost"] = len(expected.mailed - sent.keys())
    found["duplicates"] = sent.total() - len(sent) + len(sent.keys() - expected.mailed)
    try:
        time.sleep(locks.LASTS.total_seconds())  # the lease of a machine that died at the very end is waited out
        small_campaign.check(engine, settings, expected)
    except Exception:  # whatever it is, the count says that there is something
        traceback.print_exc()
        found["failures"] += 1
    return found


@contextmanager
def templates(folder: Path) -> Iterator[list[str]]:
    """An empty database with tables of either kind."""
    url = f"sqlite:///{folder}/template.db"
    engine = open_engine(url)
    migrate.upgrade(engine)
    engine.dispose()
    with running_postgres() as server:
        yield [url, server.url(server.new(TEMPLATE))]


def main(kills: int) -> int:
    """Half of the kills on each database; gives the exit code."""
    seed = random.SystemRandom().randrange(10**6)
    storm, began = Storm(seed), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="postillion-chaos-", ignore_cleanup_errors=True) as name, templates(Path(name)) as urls:
        for number, url in enumerate(urls, 1):
            folder = Path(name) / str(number)
            expected, _ = small_campaign.template_in(folder, url)
            while storm.counts["kills"] < kills * number / len(urls):
                storm.rage(url, folder / f"run{storm.counts['campaigns']}", expected)
    wrong = ("lost", "duplicates", "hash_mismatches", "failures", "stuck")
    values = {name: storm.counts[name] for name in ("campaigns", "kills", "freezes", *wrong)} | {"seconds": round(time.monotonic() - began), "seed": seed}
    sys.stdout.writelines(f"chaos.{name} {value}\n" for name, value in values.items())
    return int(any(values[name] for name in wrong))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
