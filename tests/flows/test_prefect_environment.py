"""Does Prefect get the database and the look of its log that our settings name?"""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from flows.stack import environment_of
from flows.wiring import installation
from store.settings import Settings
from tests.flows.terminal import postillion

URL = "postgresql://prefect:word@db.example/prefect"


def test_a_postgresql_of_its_own_is_handed_on_with_the_driver_that_prefect_needs(tmp_path: Path) -> None:
    found = environment_of(Settings(_env_file=None, data_dir=tmp_path, prefect_database_url=SecretStr(URL)))
    assert found["PREFECT_API_DATABASE_CONNECTION_URL"] == "postgresql+asyncpg://prefect:word@db.example/prefect"


def test_without_one_what_the_operator_has_set_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_DATABASE_CONNECTION_URL", "postgresql+asyncpg://theirs")
    assert environment_of(Settings(_env_file=None, data_dir=tmp_path))["PREFECT_API_DATABASE_CONNECTION_URL"] == "postgresql+asyncpg://theirs"


def test_another_kind_of_database_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="postgresql://user:password@host/prefect"):
        Settings(_env_file=None, prefect_database_url=SecretStr("mysql://prefect@db.example/prefect"))


def test_the_password_is_in_no_text_of_the_settings() -> None:
    assert "word@" not in repr(Settings(_env_file=None, prefect_database_url=SecretStr(URL)))


@pytest.mark.parametrize(("log_format", "formatter"), [("text", None), ("json", "json")])
def test_prefects_own_lines_follow_the_setting(log_format: str, formatter: str | None, tmp_path: Path) -> None:
    settings = Settings.model_validate({"data_dir": tmp_path, "log_format": log_format})
    assert environment_of(settings).get("PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER") == formatter


def test_the_command_line_logs_as_the_setting_says(own_installation: None) -> None:
    postillion("migrate")
    code = "import logging\nfrom flows.wiring import installation\nwith installation(): logging.getLogger('flows.x').warning('Said %s', 'so')"
    environment = {**os.environ, "POSTILLION_LOG_FORMAT": "json", "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert '"event": "Said so"' in done.stderr and '"level": "warning"' in done.stderr


def test_where_somebody_has_set_up_the_log_it_stays(own_installation: None) -> None:
    postillion("migrate")
    before = list(logging.getLogger().handlers)
    assert before, "pytest's own"
    with installation():
        assert logging.getLogger().handlers == before
