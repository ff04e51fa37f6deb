"""A tiny campaign that has everything a killed process can leave half done: two steps, coupons, a seed address, several pages and print files.

One person objects between approval and hand-over, so that a file is set anew. Built once, then copied for every death.
"""

import csv
import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from psycopg import connect
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.engine import make_url

from campaigns.address import Address
from campaigns.campaign import Campaign, Limits, Step
from campaigns.customer import Sex
from campaigns.kinds import Winback
from campaigns.letter import ON_PAPER, LetterState
from campaigns.objection import ObjectionChannel
from campaigns.offer import Offer, OfferKind
from campaigns.print_run import PrintFileState, PrintRunState
from flows.definition.saving import save_campaign
from flows.locks import working_on
from flows.printing.handing_over import decide_on_run, hand_over_run
from flows.selection import selecting
from layouts.din5008 import FORM_B
from letters.read_back import pages_of
from printshop.targets import file_sha256
from store import failpoint, letters, objections, print_files, print_runs, seeds
from store.engine import open_engine, reading, writing
from store.print_runs import PrintRun
from store.schema import coupons, holdouts
from store.schema import letters as letters_table
from store.schema import print_runs as print_runs_table
from store.settings import Settings
from tests.flows.little_shop import fix_the_draw
from tests.flows.way import again, handed_over, quiet, rendered
from tests.store.shop import order, person, store

SECRET = "a key that only tests use"
SLUG = "small"
EARLIER = 8
"""People who had the first step two months ago."""
LATER = 8
OFFERS = (Offer("ten", "Ten percent", OfferKind.PERCENTAGE, 1000), Offer("fifteen", "Fifteen percent", OfferKind.PERCENTAGE, 1500))
CAMPAIGN = Campaign(
    SLUG,
    "Small",
    "https://tee.example/",
    (Step("winback", offer="ten"), Step("winback", delay_days=60, offer="fifteen")),
    Winback(),
    limits=Limits(holdout_percent=10, countries=()),
)
selecting.PAGE = 5
SERVER, SERVERS_FOLDER = "TEST_SFTP_URL", "TEST_SFTP_FOLDER"
"""Environment: an SFTP server to hand over to, and where what it has lies on this disk."""


@dataclass(frozen=True)
class Expected:
    """What an undisturbed run comes to; the same people in every copy."""

    mailed: frozenset[tuple[int, int]]
    """Customer and step."""
    held_out: frozenset[tuple[int, int]]
    taken_out: frozenset[tuple[int, int]]
    finished_before: int
    """Print runs that the copies begin with."""


def settings_in(folder: Path, database_url: str, machine: str = "data") -> Settings:
    """An installation in a folder; another ``machine`` shares nothing but the database and the way to the print shop."""
    server = os.environ.get(SERVER)
    return Settings(
        data_dir=folder / machine,
        database_url=database_url,
        handover_dir=Path(os.environ[SERVERS_FOLDER]) / folder.name if server else folder / "handover",
        handover_url=f"{server}/{folder.name}" if server else "",
        public_url="https://tee.example",
        secret_key=SecretStr(SECRET),
        letters_per_file=5,
        render_processes=1,
    )


def copy(template: str, folder: Path) -> str:
    """A database of its own like the template; nobody may be connected to that one."""
    url = make_url(template)
    if url.get_backend_name() == "sqlite":
        shutil.copy(str(url.database), folder / "postillion.db")
        return f"sqlite:///{folder}/postillion.db"
    name = f"{url.database}_{folder.name}".replace("-", "_")
    with connect(url.set(database="postgres").render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{url.database}"'.encode())
    return url.set(database=name).render_as_string(hide_password=False)


def drop(database_url: str) -> None:
    """Remove a copy; a file goes with its folder."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        with connect(url.set(database="postgres").render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{url.database}" WITH (FORCE)'.encode())


def build(engine: Engine, settings: Settings) -> None:
    """Fill an empty database with tables: people, a finished first run two months ago, new people since."""
    _people(engine, 1, EARLIER)
    with writing(engine) as connection:
        save_campaign(connection, CAMPAIGN, OFFERS, settings)
    with time_machine.travel(datetime.now(UTC) - timedelta(days=62)):
        handed_over(engine, settings, SLUG)
    _people(engine, EARLIER + 1, EARLIER + LATER)
    with writing(engine) as connection:
        address = Address(first_name="Kontroll", last_name="Adresse", street="Probeweg 1", postcode="01067", town="Dresden", country="DE")
        seeds.add(connection, address, Sex.UNKNOWN, "de", datetime.now(UTC))


def _people(engine: Engine, first: int, last: int) -> None:
    now = datetime.now(UTC)
    numbers = range(first, last + 1)
    bought = [order(number, customer_number=f"K{number}", ordered_at=now - timedelta(days=400)) for number in numbers]
    with writing(engine) as connection:
        store(connection, *(person(number) for number in numbers), *bought, now=now - timedelta(days=70))
        fix_the_draw(connection)


def go_on(engine: Engine, settings: Settings) -> PrintRun:
    """Take the campaign's run on from wherever it is to the print shop, as run-campaign does."""
    run = rendered(engine, settings, SLUG)
    if run.state is PrintRunState.AWAITING_APPROVAL:
        decide_on_run(engine, settings, run.id, approved=True, by="Martha", comment="")
        run = again(engine, run)
    if run.state is PrintRunState.APPROVED:
        _object(engine, run)
    return run if run.state.is_finished else hand_over_run(engine, settings, run.id, quiet)


def _object(engine: Engine, run: PrintRun) -> None:
    """The same person however often the run is taken up."""
    with writing(engine) as connection:
        theirs = (letters_table.c.print_run_id == run.id, letters_table.c.step == 1, letters_table.c.is_seed.is_(False))
        one = connection.execute(select(func.min(letters_table.c.customer_id)).where(*theirs)).scalar_one()
        objections.add(connection, one, ObjectionChannel.DESK, datetime.now(UTC))


def expected_of(engine: Engine) -> Expected:
    """What a run that nobody killed has come to."""
    with reading(engine) as connection:
        runs = print_runs.latest(connection, 100)
        run = next(run for run in runs if run.state is PrintRunState.HANDED_OVER)
        made = _made(connection, run)
        held = connection.execute(select(holdouts.c.customer_id, holdouts.c.step).where(holdouts.c.print_run_id == run.id))
        gone = frozenset(key for key, state in made.items() if state == LetterState.CANCELLED)
        return Expected(frozenset(made) - gone, frozenset((row.customer_id, row.step) for row in held), gone, len(runs) - 1)


def _made(connection: Connection, run: PrintRun) -> dict[tuple[int, int], str]:
    table = letters_table.c
    rows = connection.execute(select(table.customer_id, table.step, table.state).where(table.print_run_id == run.id)).all()
    found = {(row.customer_id, row.step): row.state for row in rows}
    assert len(found) == len(rows), "somebody has a step twice in one run"
    return found


def check(engine: Engine, settings: Settings, expected: Expected) -> None:
    """Nobody lost, nobody twice, every checksum right, nothing left lying about; raises AssertionError."""
    with reading(engine) as connection:
        before = select(print_runs_table.c.id).order_by(print_runs_table.c.id).limit(expected.finished_before)
        known = set(connection.execute(before).scalars())
        runs = [run for run in print_runs.latest(connection, 100) if run.id not in known]
        (run,) = [run for run in runs if run.state is not PrintRunState.EMPTY]
        assert run.state is PrintRunState.HANDED_OVER
        made = _made(connection, run)
        assert {key for key, state in made.items() if state == LetterState.HANDED_OVER} == expected.mailed, "letters"
        assert {key for key, state in made.items() if state == LetterState.CANCELLED} == expected.taken_out, "taken out"
        held = connection.execute(select(holdouts.c.customer_id, holdouts.c.step).where(holdouts.c.print_run_id >= run.id)).all()
        assert Counter((row.customer_id, row.step) for row in held) == Counter(expected.held_out), "held out"
        _check_codes(connection, run)
        _check_paper(connection, settings, run)
    with working_on(engine, settings, run.id):  # raises BeingWorkedOn: a lease that outlived its owner
        pass
    assert not [*settings.handover_dir.rglob("*.part")], "something without a name at the print shop"
    assert not [*settings.data_dir.rglob("*.part")], "half a print file"


def _check_codes(connection: Connection, run: PrintRun) -> None:
    table = letters_table.c
    rows = connection.execute(select(table.id, table.token, table.state, table.is_seed).where(table.print_run_id == run.id)).all()
    assert len({row.token for row in rows}) == len(rows), "a token twice"
    its = select(coupons.c.letter_id, coupons.c.voided, coupons.c.code_key).where(coupons.c.letter_id.in_([row.id for row in rows]))
    issued = connection.execute(its).all()
    ours = {row.id for row in rows if row.is_seed}
    assert Counter(row.letter_id for row in issued if row.letter_id not in ours) == Counter(row.id for row in rows if not row.is_seed), "a coupon per letter"
    assert len({row.code_key for row in issued}) == len(issued), "a code twice"
    assert {row.letter_id for row in issued if row.voided} - ours == {row.id for row in rows if row.state not in ON_PAPER}, "void coupons"


def _check_paper(connection: Connection, settings: Settings, run: PrintRun) -> None:
    folder = settings.handover_dir / run.name
    files = [file for file in print_files.of_run(connection, run.id) if file.state is not PrintFileState.CANCELLED]
    whole = json.loads((folder / "manifest.json").read_text())
    assert file_sha256(folder / "manifest.json") == run.manifest_sha256, "manifest"
    assert [(file["name"], file["sha256"]) for file in whole["files"]] == [(file.name, file.sha256) for file in files], "files of the manifest"
    assert {path.name for path in folder.iterdir()} == {file.name for file in files} | {"manifest.json", "letters.csv", "SHA256SUMS"}, "strange files"
    assert {file.state for file in files} == {PrintFileState.HANDED_OVER}
    lines = list(csv.DictReader((folder / "letters.csv").read_text().splitlines(), delimiter=";"))
    printed: Counter[int] = Counter()
    for file in files:
        assert file_sha256(folder / file.name) == file.sha256, "checksum"
        rows = letters.for_print_file(connection, file.id)
        with pages_of(folder / file.name) as pages:
            assert len(pages) == len(rows) == file.letters, "pages"
            for number, (letter_id, content) in enumerate(rows, 1):
                assert pages.text(number, FORM_B.address_zone).split() == " ".join(content.address).split(), "address"
                printed[letter_id] += 1
    assert printed == Counter(int(line["letter_id"]) for line in lines), "letters of the manifest"
    assert set(printed.values()) == {1}
    assert len(printed) == sum(state == LetterState.HANDED_OVER for state in _made(connection, run).values())


def open_copy(template: str, folder: Path) -> tuple[str, Settings]:
    """A copy in a folder of its own, and the settings to work on it."""
    folder.mkdir(parents=True)
    url = copy(template, folder)
    return url, settings_in(folder, url)


def template_in(folder: Path, database_url: str) -> tuple[Expected, dict[str, int]]:
    """Build the campaign in an empty database with tables, and say what a run of it comes to, and how often it passes each place to die."""
    folder.mkdir(parents=True)
    engine = open_engine(database_url)
    build(engine, settings_in(folder, database_url))
    engine.dispose()
    return _run_undisturbed(database_url, folder / "undisturbed")


def _run_undisturbed(template: str, folder: Path) -> tuple[Expected, dict[str, int]]:
    url, settings = open_copy(template, folder)
    engine = open_engine(url)
    failpoint._passed.clear()
    failpoint._ARMED = "nobody:0"
    go_on(engine, settings)
    failpoint._ARMED = None
    expected = expected_of(engine)
    check(engine, settings, expected)
    engine.dispose()
    drop(url)
    return expected, dict(failpoint._passed)
