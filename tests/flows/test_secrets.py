"""Does no secret of the settings get into anything that is written or said?"""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from flows.backing_up import back_up
from flows.clearing import clean_up
from flows.clock import now
from flows.definition import campaign_files, saving
from flows.intake.csv_files import files_at, import_file
from store.engine import open_engine, reading, writing
from store.schema import metadata
from store.settings import Settings
from tests.flows.conftest import SAMPLE
from tests.flows.way import handed_over
from tests.store.shop import rows

SECRETS = {name: f"hidden-{name}-hidden" for name, field in Settings.model_fields.items() if field.annotation is SecretStr}


@pytest.fixture(scope="module")
def settings(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation that has every secret, and a password in its database's address."""
    home = tmp_path_factory.mktemp("secrets")
    (home / "data").mkdir()
    (home / "data" / "postillion.db").write_bytes(sqlite_template.read_bytes())
    values = SECRETS | {"prefect_database_url": f"postgresql://prefect:{SECRETS['prefect_database_url']}@127.0.0.1/prefect"}
    folders = {"data_dir": home / "data", "handover_dir": home / "handover", "inbox_dir": SAMPLE}
    return Settings(_env_file=None, **folders, public_url="https://tee.example", render_processes=1, **values)  # type: ignore[arg-type]


def everything(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


def test_there_are_secrets_to_look_for() -> None:
    assert {"secret_key", "shopify_client_secret", "shopify_access_token", "billbee_api_key", "billbee_password"} <= set(SECRETS)


def test_settings_that_are_printed_hide_them(settings: Settings) -> None:
    for said in (repr(settings), str(settings), settings.model_dump_json(), f"{settings.model_dump()}"):
        assert not [name for name, value in SECRETS.items() if value in said]


def test_an_address_of_the_database_that_is_printed_hides_its_password() -> None:
    engine = open_engine("postgresql://shop:hidden-password-hidden@127.0.0.1:1/shop")
    assert "hidden-password-hidden" not in f"{engine!r} {engine.url}"


def test_a_shops_whole_day_writes_none_of_them_anywhere(settings: Settings, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    engine: Engine = open_engine(settings.database)
    for file in files_at(settings.inbox_dir, "shop", settings):
        import_file(engine, settings, file, lambda _share: None)
    form = campaign_files.read(campaign_files.PRESETS / "winback-de.toml")
    with writing(engine) as connection:
        saving.save_campaign(connection, form.to_campaign(), [offer.to_offer() for offer in form.offers], settings)
    run = handed_over(engine, settings)
    assert run.handed_over_at
    clean_up(engine, settings, now())
    back_up(engine, settings, settings.data_dir / "backup.tar.gz", all_print_files=True)
    with reading(engine) as connection:
        tables = "".join(str(rows(connection, table)) for table in metadata.sorted_tables)
    engine.dispose()
    said = [("logs", caplog.text.encode()), ("output", "".join(capfd.readouterr()).encode()), ("tables", tables.encode())]
    found = [*everything(settings.data_dir), *everything(settings.handover_dir), *said]
    assert len(found) > 8
    assert [(where, name) for where, content in found for name, value in SECRETS.items() if value.encode() in content] == []
