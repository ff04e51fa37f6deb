"""The main job on a shop with a real order history: 4,338 customers, 18,532 orders, 397,884 lines (where ../shared is)."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, func, select

from campaigns.letter import code_url
from campaigns.verdict import Reason
from flows.definition import campaign_files, saving
from flows.intake.csv_files import files_at, import_file
from flows.intake.importing import ImportReport
from flows.printing.handing_over import decide_on_run, hand_over_run
from layouts.din5008 import FORM_B
from letters.address import fitted
from letters.read_back import pages_of
from store import letters, migrate, print_files
from store.engine import open_engine, reading, writing
from store.schema import order_lines, verdicts
from store.settings import Settings
from tests.conftest import TEMPLATE, Postgres
from tests.flows.way import rendered

MAKE_SHOP = Path(__file__).parents[3] / "shared" / "tools" / "make_shop.py"
pytestmark = pytest.mark.skipif(not MAKE_SHOP.exists(), reason="the real order history is material of ../shared, which is not here")


@pytest.fixture(params=["shopify-sqlite", "german-postgresql"])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Settings]]:
    form, kind = request.param.split("-")
    subprocess.run([sys.executable, str(MAKE_SHOP), str(tmp_path / "inbox"), "--format", form], check=True)
    server: Postgres | None = request.getfixturevalue("postgres") if kind == "postgresql" else None
    name = server.new(TEMPLATE) if server else ""
    url = server.url(name) if server else ""
    settings = Settings(
        data_dir=tmp_path,
        database_url=url,
        inbox_dir=tmp_path / "inbox",
        handover_dir=tmp_path / "handover",
        public_url="https://tee.example",
        secret_key=SecretStr("a key that only tests use"),
    )
    engine = open_engine(settings.database)
    migrate.upgrade(engine)
    yield engine, settings
    engine.dispose()
    if server:
        server.drop(name)


def imported(engine: Engine, settings: Settings) -> list[ImportReport]:
    return [import_file(engine, settings, file, lambda _share: None) for file in files_at(settings.inbox_dir, "shop", settings)]


def test_a_real_shop_from_its_exports_to_readable_letters(installation: tuple[Engine, Settings]) -> None:
    engine, settings = installation
    first = imported(engine, settings)
    assert [(result.kind, result.counts.read, result.counts.rejected) for result in first] == [("customers", 5422, 0), ("orders", 18532, 0), ("carts", 349, 0)]
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(order_lines)).scalar_one() == 397884
    assert [result.counts.stored for result in imported(engine, settings)] == [0, 0, 0]

    form = campaign_files.read(campaign_files.PRESETS / "winback-de.toml")
    with writing(engine) as connection:
        saving.save_campaign(connection, form.to_campaign(), [offer.to_offer() for offer in form.offers], settings)
    run = rendered(engine, settings)
    decide_on_run(engine, settings, run.id, approved=True, by="Martha", comment="")
    run = hand_over_run(engine, settings, run.id, lambda _line: None)
    assert run.funnel.selected > 500
    with reading(engine) as connection:
        unprintable = connection.execute(select(verdicts.c.detail).where(verdicts.c.reason == Reason.UNPRINTABLE_TEXT)).scalars().all()
    assert all("wider than the 80 mm" in detail for detail in unprintable), "a few streets of the material are longer than any window"

    with reading(engine) as connection:
        files = print_files.of_run(connection, run.id)
        expected = {file.name: letters.for_print_file(connection, file.id) for file in files}
    assert sum(len(contents) for contents in expected.values()) == run.funnel.selected
    for name, contents in expected.items():
        with pages_of(settings.handover_dir / run.name / name) as pages:
            assert len(pages) == len(contents)
            for number, (_, content) in enumerate(contents, 1):
                as_printed = fitted(content.address, FORM_B)
                assert as_printed and pages.text(number, FORM_B.address_zone).split("\r\n") == list(as_printed.lines)
                assert pages.codes(number) == [code_url(run.public_url, room, content.token) for room in "SO"]
