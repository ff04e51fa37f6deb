"""kill -9 of the flow process, again and again, each time where the one before had died and gone on: no letter twice, none lost.

Real processes run the real flow against a real Prefect server; every place by itself, without Prefect: test_killed_everywhere.py.
"""

import csv
import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.testing.utilities import prefect_test_harness
from sqlalchemy import Engine, select

from flows.prefect_environment import prefect_environment
from flows.stack import environment_of
from letters.read_back import pages_of
from printshop.targets import file_sha256
from store import print_files, print_runs
from store.campaigns import SavedCampaign
from store.engine import reading
from store.schema import coupons, customers, order_lines, orders
from store.schema import letters as letters_table
from store.settings import Settings

RUN = "from flows.run_campaign import run_campaign; from flows.forms import RunForm; run_campaign('winback', RunForm(approval='automatic'))"
IMPORT = "from flows.import_csv import import_csv; import_csv()"
DEATHS = (
    "select.after_page:1",
    "render.half_way:20",
    "render.after_record_commit:1",  # between two print files
    "hand_over.after_file:1",
    "hand_over.after_reveal:1",
    "hand_over.after_manifest:1",
)


@pytest.fixture(scope="module")
def prefect_api() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in prefect_environment(Path(), 0).items():
            if "URL" not in name and "PORT" not in name and "HOME" not in name:
                patch.setenv(name, value)
        with prefect_test_harness(server_startup_timeout=90):
            from prefect.settings import PREFECT_API_URL

            yield str(PREFECT_API_URL.value())


def start(code: str, settings: Settings, api: str, death: str = "") -> int:
    environment = environment_of(settings) | {"PREFECT_API_URL": api, "POSTILLION_FAILPOINT": death, "PREFECT_LOGGING_LEVEL": "ERROR"}
    if not death:
        del environment["POSTILLION_FAILPOINT"]
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    if done.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(done.stderr)
    return done.returncode


def test_a_run_that_is_killed_again_and_again_ends_as_if_nothing_had_been(shop: Engine, settings: Settings, winback: SavedCampaign, prefect_api: str) -> None:
    settings = settings.model_copy(update={"letters_per_file": 40})
    for death in DEATHS:
        assert start(RUN, settings, prefect_api, death) == -signal.SIGKILL, f"nobody died at {death}"
    assert start(RUN, settings, prefect_api) == 0
    everything_went_out_once(shop, settings)
    known = {path.name: path.stat().st_mtime_ns for path in settings.handover_dir.rglob("*")}
    assert start(RUN, settings, prefect_api) == 0
    assert {path.name: path.stat().st_mtime_ns for path in settings.handover_dir.rglob("*")} == known, "a finished campaign run again writes no file"


def everything_went_out_once(engine: Engine, settings: Settings) -> None:
    with reading(engine) as connection:
        (run,) = [run for run in print_runs.latest(connection, 10) if run.funnel.selected]
        files = print_files.of_run(connection, run.id)
        made = connection.execute(select(letters_table.c.id, letters_table.c.token, letters_table.c.customer_id, letters_table.c.state)).all()
        issued = connection.execute(select(coupons.c.letter_id)).scalars().all()
    folder = settings.handover_dir / run.name
    whole = json.loads((folder / "manifest.json").read_text())
    lines = list(csv.DictReader((folder / "letters.csv").read_text().splitlines(), delimiter=";"))
    assert len(files) > 2
    assert len(made) == run.funnel.selected == whole["letters"] == len(issued)
    assert len({letter.customer_id for letter in made}) == len(made)
    assert {letter.state for letter in made} == {"handed_over"}
    assert Counter(int(line["letter_id"]) for line in lines) == Counter(letter.id for letter in made)
    printed: Counter[str] = Counter()
    for file in files:
        path = folder / file.name
        assert file_sha256(path) == file.sha256
        with pages_of(path) as pages:
            printed.update(code.rsplit("/", 1)[-1] for number in range(1, len(pages) + 1) for code in pages.codes(number) if "/S/" in code)
    assert printed == Counter(letter.token for letter in made)
    left_behind = {path.name for path in folder.iterdir()} - {file.name for file in files} - {"letters.csv", "SHA256SUMS", "manifest.json"}
    assert not left_behind


def test_an_import_that_is_killed_half_way_ends_as_an_undisturbed_one(engine: Engine, settings: Settings, prefect_api: str, tmp_path: Path) -> None:
    def contents() -> list[object]:
        with reading(engine) as connection:
            people = connection.execute(
                select(customers.c.email, customers.c.street, customers.c.first_sale_at).order_by(customers.c.email, customers.c.street)
            ).all()
            bought = connection.execute(select(orders.c.source_id, orders.c.total_cents, orders.c.customer_id.is_(None)).order_by(orders.c.source_id)).all()
            lines = connection.execute(select(order_lines.c.sku, order_lines.c.quantity).order_by(order_lines.c.sku, order_lines.c.quantity)).all()
            return [people, bought, lines]

    assert start(IMPORT, settings, prefect_api, "import.after_batch:1") == -signal.SIGKILL
    assert start(IMPORT, settings, prefect_api, "import.after_batch:2") == -signal.SIGKILL
    assert start(IMPORT, settings, prefect_api) == 0
    once = contents()
    assert start(IMPORT, settings, prefect_api) == 0
    assert contents() == once
    assert [len(part) for part in once if isinstance(part, list)][:2] == [400, 517]
