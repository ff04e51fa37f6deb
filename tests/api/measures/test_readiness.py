"""Does a load balancer hear in time that this process should get no requests, and why?"""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text

from api.measures import readiness
from api.measures.readiness import Readiness, _secret_key
from api.office import Office
from store.engine import is_writable, open_engine, writing
from store.settings import TRYING_OUT, Settings
from tests.api.conftest import Shop

READY = {"ready": True, "database": "ok", "data_dir": "ok", "journal": "ok", "secret_key": "ok"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """An installation that is reached from its own machine alone."""
    return settings.model_copy(update={"desk_url": "http://127.0.0.1"})


@pytest.fixture(autouse=True)
def looked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "KEPT_SECONDS", 0)


def ask(browser: httpx.Client, status: int) -> dict[str, Any]:
    answer = browser.get("/readyz")
    assert answer.status_code == status
    return dict(answer.json())


def test_an_installation_in_order_is_ready_and_leaves_nothing_behind(browser: httpx.Client, shop: Shop) -> None:
    assert ask(browser, 200) == READY
    assert not list(shop.settings.data_dir.glob("**/.readyz-*"))


def test_tables_of_another_version(browser: httpx.Client, engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert ask(browser, 503) == READY | {"ready": False, "database": "other_version"}


def test_a_database_that_does_not_answer(browser: httpx.Client, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: Engine) -> bool:
        raise ConnectionError

    monkeypatch.setattr(readiness, "is_writable", gone)
    assert ask(browser, 503)["database"] == "away"


def test_a_database_that_takes_no_changes(browser: httpx.Client, engine: Engine, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "is_writable", lambda _: False)
    assert ask(browser, 503)["database"] == "read_only"


def test_whether_a_database_takes_changes_is_tried(engine: Engine, kind: str) -> None:
    assert is_writable(engine)
    url = engine.url
    if kind == "postgresql":
        with writing(engine) as connection:
            connection.execute(text(f'ALTER DATABASE "{url.database}" SET default_transaction_read_only = on'))
    if kind == "sqlite":
        url = url.set(database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})
    read_only = open_engine(url.render_as_string(hide_password=False))
    assert not is_writable(read_only)
    read_only.dispose()


def test_somebody_who_writes_just_now_is_no_reason(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE customers SET email = ''"))
        assert is_writable(engine)


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_disk_that_is_nearly_full(browser: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9 - 1000, 1000))
    assert ask(browser, 503) == READY | {"ready": False, "data_dir": "full", "journal": "full"}


def test_a_disk_that_takes_no_file(browser: httpx.Client, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_bytes

    def refuse(path: Path, data: bytes) -> int:
        if path.parent.name == "journal":
            raise PermissionError
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert ask(browser, 503) == READY | {"ready": False, "journal": "read_only"}


@pytest.mark.parametrize(
    ("public_url", "desk_url", "key", "word"),
    [
        ("http://127.0.0.1", "http://localhost:8330", TRYING_OUT, "ok"),
        ("http://127.0.0.1", "https://desk.tee.example", TRYING_OUT, "only_for_trying_out"),
        ("https://tee.example", "https://desk.tee.example", "a key of one's own", "ok"),
    ],
)
def test_a_desk_that_others_reach_needs_a_key_of_its_own(public_url: str, desk_url: str, key: str, word: str, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, public_url=public_url, desk_url=desk_url, secret_key=SecretStr(key))
    assert _secret_key(settings) == word


def test_many_who_ask_cost_one_look(browser: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    look = readiness.look

    def counted(office: Office) -> Readiness:
        looks.append(office)
        return look(office)

    monkeypatch.setattr(readiness, "KEPT_SECONDS", 1000)
    monkeypatch.setattr(readiness, "look", counted)
    for _ in range(5):
        assert ask(browser, 200) == READY
    assert len(looks) == 1
