"""kill -9 of an import at every batch, then run again: does the database hold the same as after an undisturbed one?

Real processes of the real command line, against a Shopify and a Billbee on loopback; each goes on where the one before was killed.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store import imports, migrate, sync_states
from store.engine import open_engine, reading
from store.imports import ImportState
from store.settings import Settings
from tests.flows import killed_cli
from tests.flows.contents import contents
from tests.flows.shop_mocks import connected_to_billbee, connected_to_shopify
from tests.shops.billbee.server import MockBillbee
from tests.shops.billbee.settings import Settings as BillbeeSettings
from tests.shops.shopify.clock import Clock
from tests.shops.shopify.server import MockShopify

POINTS = ("import.before_commit", "import.after_batch")
"""With rows and place written and not stored yet, and with both stored."""
MOMENTS = ("watermark", "upto", "news_since")
"""Of the importers' states."""
KILLED = -signal.SIGKILL


def kill_until_it_passes(engine: Engine, settings: Settings, folder: Path, *words: str) -> int:
    """Kill a run at its first batch, at both points; the next one at its second, and so on; gives how many died.

    Where a run has got on so far that the next one does not begin at the same place, that one dies at its first batch again: no
    batch is passed over.
    """
    number = deaths = 0
    place: object = None
    while deaths < 200:
        before, place = place, places(engine)
        number = number + 1 if place == before else 1
        for point in POINTS:
            code = killed_cli.run(settings, *words, death=f"{point}:{number}", folder=folder)
            if code != KILLED:
                assert code == 0, (folder / "said.txt").read_text()
                return deaths
            deaths += 1
    raise AssertionError("it never came to its end")


def places(engine: Engine) -> object:
    """Where the next run will begin, without moments: a watermark moves with the clock, and the overlap reads the same again."""
    with reading(engine) as connection:
        states = {stream: state for stream, (state, _) in sync_states.moved(connection).items()}
    return {stream: {name: "" if name.endswith("_at") or name in MOMENTS else value for name, value in state.items()} for stream, state in states.items()}


@pytest.fixture
def undisturbed(settings: Settings, tmp_path: Path) -> Iterator[tuple[Settings, Engine]]:
    """Another installation, on SQLite."""
    folder = tmp_path / "undisturbed"
    found = settings.model_copy(update={"data_dir": folder, "database_url": f"sqlite:///{folder}/postillion.db"})
    engine = open_engine(found.database)
    migrate.upgrade(engine)
    yield found, engine
    engine.dispose()


def imported(settings: Settings, folder: Path, *words: str) -> None:
    assert killed_cli.run(settings, *words, folder=folder) == 0, (folder / "said.txt").read_text()


def all_closed(engine: Engine) -> None:
    with reading(engine) as connection:
        assert {one.state for one in imports.latest(connection)} == {ImportState.FINISHED}
        assert not imports.left_running(connection, "shopify") + imports.left_running(connection, "billbee") + imports.left_running(connection, "shop")


def test_a_shopify_import_that_is_killed_at_every_batch(engine: Engine, settings: Settings, undisturbed: tuple[Settings, Engine], tmp_path: Path) -> None:
    with MockShopify(customers=25, orders=25, checkouts=15, bulk_polls=0, real_time=True) as shop:
        mine, other = (connected_to_shopify(one, shop.url) for one in (settings, undisturbed[0]))
        assert kill_until_it_passes(engine, mine, tmp_path, "import", "shopify") >= 40
        imported(other, tmp_path, "import", "shopify")
        assert contents(engine) == contents(undisturbed[1])
        all_closed(engine)
        shop.clock.advance(-60)  # changed before the next run begins, not in its first second: that would be the run's after it
        for number in range(1, 25):
            shop.world.change("Customer", number, lastName=f"Changed{number}")
            shop.world.change("Order", number, cancelledAt=shop.clock.iso())
        shop.clock.advance(60)
        assert kill_until_it_passes(engine, mine, tmp_path, "import", "shopify") >= 10
        imported(other, tmp_path, "import", "shopify")
        assert contents(engine) == contents(undisturbed[1])
        assert "Changed24" in str(contents(engine)["customers"])
        before = contents(engine)
        imported(mine, tmp_path, "import", "shopify", "--whole")
        assert contents(engine) == before
        all_closed(engine)


def test_a_billbee_import_that_is_killed_at_every_batch(engine: Engine, settings: Settings, undisturbed: tuple[Settings, Engine], tmp_path: Path) -> None:
    with MockBillbee(customers=25, orders=35, settings=BillbeeSettings(unlimited=True), clock=Clock(real=True)) as account:
        mine, other = (connected_to_billbee(one, account.url) for one in (settings, undisturbed[0]))
        assert kill_until_it_passes(engine, mine, tmp_path, "import", "billbee") >= 40
        imported(other, tmp_path, "import", "billbee")
        assert contents(engine) == contents(undisturbed[1])
        all_closed(engine)
        account.clock.advance(-60)  # as above
        for order in list(account.world.orders)[:15]:
            account.world.change_order(order, State=8)
        account.clock.advance(60)
        assert kill_until_it_passes(engine, mine, tmp_path, "import", "billbee") >= 4
        imported(other, tmp_path, "import", "billbee")
        assert contents(engine) == contents(undisturbed[1])
        all_closed(engine)
        assert not account.violations


def test_a_csv_import_that_is_killed_at_every_batch(engine: Engine, settings: Settings, undisturbed: tuple[Settings, Engine], tmp_path: Path) -> None:
    place = str(settings.inbox_dir)
    assert kill_until_it_passes(engine, settings, tmp_path, "import", "csv", place) >= 20
    imported(undisturbed[0], tmp_path, "import", "csv", place)
    assert contents(engine) == contents(undisturbed[1])
    all_closed(engine)


def test_a_process_of_the_shell_is_killed_as_well(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    """Once without any preparation: the script itself, with the batches that it has."""
    from flows.stack import environment_of

    command = [str(Path(sys.executable).parent / "postillion"), "import", "csv", str(settings.inbox_dir)]
    environment = environment_of(settings)
    killed = subprocess.run(command, env=environment | {"POSTILLION_FAILPOINT": "import.after_batch:2"}, capture_output=True, check=False)
    assert killed.returncode == KILLED
    with reading(engine) as connection:
        assert imports.left_running(connection, "shop")
    status = subprocess.run([*command[:2], "status"], env=environment | {"COLUMNS": "250"}, capture_output=True, text=True, check=True).stdout
    assert "killed, begun " in status
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert "0 stored, 400 unchanged" in done
    all_closed(engine)
