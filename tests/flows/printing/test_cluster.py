"""Does a Dask cluster set the same bytes, and is a worker refused that would not?"""

import os
import sys
import time
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine

from flows.errors import Abandoned, ClusterUnusable
from flows.printing import cluster, rendering
from flows.printing.rendering import folder_of
from printshop.targets import file_sha256
from store import print_files
from store.campaigns import SavedCampaign
from store.engine import reading, writing
from store.settings import Settings
from tests.flows.way import rendered, set_files

distributed: Any = pytest.importorskip("distributed", reason="Dask is an extra")
WANTED = ".1.part"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A scheduler and two worker processes on loopback."""
    with (
        warnings.catch_warnings(action="ignore"),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1") as made,
    ):
        yield str(made.scheduler_address)


def whole(path: Path) -> str:
    path.write_bytes(b"whole")
    return path.name


def dies_once(marker: Path, path: Path) -> str:
    path.write_bytes(b"torn")
    if not marker.exists():
        marker.touch()
        os._exit(9)
    return whole(path)


def until_nobody_waits(going_on: Path, said: Path, path: Path) -> None:
    said.with_suffix(".begun").touch()
    while going_on.exists():
        time.sleep(0.01)
    said.touch()


def wait_for(path: Path) -> None:
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_files_set_by_a_cluster_have_the_same_bytes(address: str, shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings.model_copy(update={"letters_per_file": 40, "render_processes": 1}))
    with writing(shop) as connection:
        alone = [file.sha256 for file in print_files.of_run(connection, run.id)]
        for file in print_files.of_run(connection, run.id):
            print_files.reopen(connection, file.id)
    assert len(alone) > 2
    set_files(shop, settings.model_copy(update={"dask_scheduler": address}), run)
    with reading(shop) as connection:
        files = print_files.of_run(connection, run.id)
    assert [file.sha256 for file in files] == alone == [file_sha256(folder_of(settings, run.id) / file.name) for file in files]
    assert not list(folder_of(settings, run.id).glob("*.part"))


def test_a_worker_that_dies_in_the_middle_is_followed_by_another(address: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.pdf{WANTED}"
    with cluster.joined(address, tmp_path, WANTED) as workers:
        workers.result(workers.submit(partial(dies_once, tmp_path / "marker"), path))
        assert path.read_bytes() == b"whole"
    assert not (tmp_path / f"going-on{WANTED}").exists()


def test_work_that_nobody_waits_for_any_more_ends(address: str, tmp_path: Path) -> None:
    said = tmp_path / "said"
    with pytest.raises(KeyboardInterrupt), cluster.joined(address, tmp_path, WANTED) as workers:
        workers.submit(partial(until_nobody_waits, workers.going_on, said), tmp_path / f"a.pdf{WANTED}")
        wait_for(said.with_suffix(".begun"))
        raise KeyboardInterrupt
    wait_for(said)


def test_letters_are_set_only_as_long_as_somebody_waits(tmp_path: Path) -> None:
    going_on = tmp_path / "going-on"
    going_on.touch()
    job: Any = SimpleNamespace(contents=[1] * 250, going_on=going_on)
    letters = rendering._with_failpoint(job)
    next(letters)
    going_on.unlink()
    with pytest.raises(Abandoned):
        list(letters)
    assert len(list(rendering._with_failpoint(SimpleNamespace(contents=[1] * 250, going_on=None)))) == 250  # type: ignore[arg-type]


def test_a_worker_of_another_version_is_refused(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "fingerprint", lambda: "other code")
    with pytest.raises(ClusterUnusable, match="another version of Postillion"), cluster.joined(address, tmp_path, WANTED):
        pass
    with pytest.raises(ClusterUnusable, match="another version of Postillion"):  # one that came later
        cluster.carried_out(whole, tmp_path / "a.pdf", "our code")
    assert list(tmp_path.iterdir()) == []


def fake(answer: Any) -> Any:
    def run(*_: object) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return SimpleNamespace(run=run)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({}, "has no workers"),
        ({"tcp://10.0.0.9:1": (cluster.fingerprint(), False)}, "tcp://10.0.0.9:1 does not see"),
        (ModuleNotFoundError("flows"), "another version of Postillion.*ModuleNotFoundError"),
    ],
)
def test_what_is_wrong_with_the_workers_is_said(answer: object, said: str, tmp_path: Path) -> None:
    with pytest.raises(ClusterUnusable, match=said):
        cluster._fit_workers(fake(answer), tmp_path, "probe")


def test_a_worker_says_whether_it_shares_the_folder(tmp_path: Path) -> None:
    assert cluster.probed(tmp_path, "probe") == (cluster.fingerprint(), False)
    assert cluster.probed(tmp_path / "nowhere", "probe") == (cluster.fingerprint(), False)
    (tmp_path / "probe").touch()
    assert cluster.probed(tmp_path, "probe") == (cluster.fingerprint(), True)
    assert [path.name for path in tmp_path.iterdir()] == ["probe"]


def test_without_a_scheduler_the_message_names_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.3)
    nobody = r"No Dask scheduler answers at tcp://127\.0\.0\.1:9 .*POSTILLION_DASK_SCHEDULER"
    with pytest.raises(ClusterUnusable, match=nobody), cluster.joined("tcp://127.0.0.1:9", tmp_path, WANTED):
        pass
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterUnusable, match=r"install postillion\[dask\]"), cluster.joined("tcp://127.0.0.1:9", tmp_path, WANTED):
        pass


def test_bytes_that_do_not_arrive_are_no_print_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "APPEARS_WITHIN_SECONDS", 0.0)
    path = tmp_path / "a.pdf"
    whole(path)
    cluster.appeared(path, file_sha256(path), file_sha256)
    with pytest.raises(ClusterUnusable, match=r"has set a\.pdf, but its bytes do not arrive"):
        cluster.appeared(path, "0" * 64, file_sha256)


def test_a_scheduler_that_goes_away_in_the_middle_is_said_in_words(address: str, tmp_path: Path) -> None:
    """Dask's own error is no Exception: Prefect would show a run that somebody cancelled."""
    with distributed.Client(address, timeout=10, set_as_default=False) as client:
        asked = client.submit(time.sleep, 0.5)
        client.cancel([asked], reason="scheduler-connection-lost", msg="as Dask does it then")
        with pytest.raises(ClusterUnusable, match="went away"):
            cluster.Cluster(client, 1, tmp_path).result(asked)


def test_nobody_waits_for_ever_where_all_workers_are_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cluster, "LOOKS_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(cluster, "WITHOUT_WORKERS_SECONDS", 0.05)
    with (
        warnings.catch_warnings(action="ignore"),
        distributed.LocalCluster(n_workers=0, processes=True, dashboard_address=None, host="127.0.0.1") as made,
        distributed.Client(made.scheduler_address, timeout=10, set_as_default=False) as client,
        pytest.raises(ClusterUnusable, match="no workers"),
    ):
        cluster.Cluster(client, 1, tmp_path).result(client.submit(time.sleep, 0))
