"""A shop that is imported, a campaign that is saved, on either database."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from flows.definition import campaign_files, saving
from flows.intake.csv_files import files_at, import_file
from store import failpoint
from store import settings as settings_module
from store.campaigns import SavedCampaign
from store.engine import writing
from store.settings import Settings

SAMPLE = Path(__file__).parents[2] / "examples" / "sample_shop"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """An installation of its own."""
    return Settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        inbox_dir=SAMPLE,
        handover_dir=tmp_path / "handover",
        public_url="https://tee.example",
        secret_key=SecretStr("a key that only tests use"),
        render_processes=1,
    )


@pytest.fixture
def shop(engine: Engine, settings: Settings) -> Engine:
    """The sample shop's 400 customers with orders and carts."""
    for file in files_at(settings.inbox_dir, "shop", settings):
        import_file(engine, settings, file, lambda _share: None)
    return engine


@pytest.fixture
def winback(shop: Engine, settings: Settings) -> SavedCampaign:
    """The bundled win-back campaign."""
    form = campaign_files.read(campaign_files.PRESETS / "winback-de.toml")
    with writing(shop) as connection:
        return saving.save_campaign(connection, form.to_campaign(), [offer.to_offer() for offer in form.offers], settings)


@pytest.fixture
def own_installation(tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment of an installation of its own, its database still without tables, for the command line."""
    for name in [name for name in os.environ if name.startswith("POSTILLION_")]:
        monkeypatch.delenv(name)
    for name, value in {"DATA_DIR": tmp_path, "DATABASE_URL": empty_url, "HANDOVER_DIR": tmp_path / "handover", "RENDER_PROCESSES": 1}.items():
        monkeypatch.setenv(f"POSTILLION_{name}", str(value))
    settings_module.settings.cache_clear()
    yield
    settings_module.settings.cache_clear()


@pytest.fixture(autouse=True)
def no_failpoints() -> Iterator[None]:
    """Nobody dies in this process."""
    assert failpoint._ARMED is None
    yield
