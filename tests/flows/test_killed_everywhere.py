"""kill -9 at every place where one can die, whichever there are, then run again: nobody lost, nobody twice, every checksum right."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from store import failpoint
from tests.flows import small_campaign
from tests.printshop.shops import PASSWORD, sftp_server

ROOT = Path(__file__).parents[2]
AT_LEAST = {
    "select.opened",
    "locks.claimed",
    "select.letters_written",
    "select.before_page_commit",
    "select.after_page",
    "select.before_sealing_commit",
    "select.after_sealing",
    "render.half_way",
    "render.before_rename",
    "render.after_rename",
    "render.after_dir_sync",
    "render.before_record_commit",
    "render.after_record_commit",
    "render.before_close_commit",
    "render.after_close_commit",
    "decide.before_commit",
    "hand_over.before_taking_out_commit",
    "hand_over.after_taking_out",
    "hand_over.after_file",
    "hand_over.before_settling",
    "hand_over.before_settling_commit",
    "hand_over.after_settling_commit",
    "hand_over.after_reveal",
    "hand_over.before_manifest",
    "hand_over.after_manifest",
    "hand_over.before_end_commit",
    "hand_over.after_end_commit",
}
"""A new place is tested by itself; one that is gone must be missed (reliability facts 2.2)."""
SEVERAL = ("select.after_page", "render.half_way", "render.after_record_commit", "hand_over.after_file", "hand_over.after_reveal")


@pytest.mark.timeout(900)  # a hundred processes
def test_whoever_dies_anywhere_is_followed_by_somebody_who_finishes(database_url: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.flows.kill_matrix", str(tmp_path / "matrix"), database_url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert not result["wrong"], done.stderr
    assert result["passed"].keys() >= AT_LEAST
    assert all(result["passed"][name] > 1 for name in SEVERAL)
    assert result["kills"] >= len(result["passed"]) + 2 * len(SEVERAL) - 2


@pytest.mark.timeout(300)  # forty processes
def test_whoever_dies_on_the_way_to_an_sftp_server_is_followed_too(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "postillion.db")
    with sftp_server(tmp_path / "sftp") as server:
        command = [sys.executable, "-m", "tests.flows.kill_matrix", str(tmp_path / "matrix"), f"sqlite:///{tmp_path}/postillion.db", "hand_over."]
        place = {small_campaign.SERVER: server.url, small_campaign.SERVERS_FOLDER: str(server.folder / "in")}
        access = {"POSTILLION_HANDOVER_PASSWORD": PASSWORD, "POSTILLION_HANDOVER_KNOWN_HOSTS": str(server.known_hosts)}
        done = subprocess.run(command, cwd=ROOT, env=os.environ | place | access, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert not result["wrong"], done.stderr
    assert result["kills"] >= sum(name.startswith("hand_over.") for name in AT_LEAST)


def test_a_point_that_nobody_asked_for_costs_nothing() -> None:
    failpoint.pass_by("anything")
    assert not failpoint._passed["anything"]
