"""A campaign's print run handed over to an SFTP server and to a bucket: whole, once, and on again after a cut line or a kill."""

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from campaigns.print_run import PrintRunState
from flows.printing.at_the_shop import try_place
from flows.printing.handing_over import decide_on_run, hand_over_run
from flows.printing.rendering import folder_of
from flows.stack import environment_of
from printshop.errors import PlaceUnreachable
from store import print_files
from store.campaigns import SavedCampaign
from store.engine import reading
from store.print_runs import PrintRun
from store.settings import Settings
from tests.flows.way import again, quiet, rendered
from tests.printshop.shops import PASSWORD, SftpShop, Shop, folder_shop, s3_server, s3_shop, sftp_server

HAND_OVER = """
import sys
from flows.printing.handing_over import hand_over_run
from flows.wiring import installation
with installation() as (engine, settings):
    hand_over_run(engine, settings, int(sys.argv[1]), print)
"""


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[SftpShop]:
    with sftp_server(tmp_path / "sftp") as server:
        yield server


@pytest.fixture
def by_sftp(settings: Settings, sftp: SftpShop) -> Settings:
    own = {"handover_url": sftp.url, "handover_password": SecretStr(PASSWORD), "handover_known_hosts": sftp.known_hosts, "letters_per_file": 60}
    return settings.model_copy(update=own)


def approved(engine: Engine, settings: Settings) -> PrintRun:
    run = rendered(engine, settings)
    decide_on_run(engine, settings, run.id, approved=True, by="Martha", comment="")
    return run


def lies_there_whole(engine: Engine, settings: Settings, run: PrintRun, shop: Shop) -> None:
    run, there = again(engine, run), shop.has()
    with reading(engine) as connection:
        files = print_files.of_run(connection, run.id)
    assert run.state is PrintRunState.HANDED_OVER
    assert run.place == f"{settings.handover_url}/{run.name}"
    assert sorted(there) == sorted(f"{run.name}/{name}" for name in (*(file.name for file in files), "letters.csv", "SHA256SUMS", "manifest.json"))
    for file in files:
        assert there[f"{run.name}/{file.name}"] == (folder_of(settings, run.id) / file.name).read_bytes()
    assert hashlib.sha256(there[f"{run.name}/manifest.json"]).hexdigest() == run.manifest_sha256
    assert len(json.loads(there[f"{run.name}/manifest.json"])["files"]) == len(files) > 1
    for line in there[f"{run.name}/SHA256SUMS"].decode().splitlines():
        checksum, name = line.split("  ")
        assert hashlib.sha256(there[f"{run.name}/{name}"]).hexdigest() == checksum


def test_a_print_run_reaches_the_sftp_server_over_a_cut_line_and_a_kill_exactly_once(
    shop: Engine, by_sftp: Settings, sftp: SftpShop, winback: SavedCampaign
) -> None:
    there = folder_shop(sftp.folder / "in", sftp.url)
    run = approved(shop, by_sftp)
    sftp.trouble.cut_after = 100_000
    with pytest.raises(PlaceUnreachable, match=rf"`postillion print-run hand-over {run.id}` goes on"):
        hand_over_run(shop, by_sftp, run.id, quiet)
    assert again(shop, run).state is PrintRunState.APPROVED
    for death in ("hand_over.after_file:1", "hand_over.after_reveal:1", "hand_over.after_manifest:1"):
        killed = subprocess.run(
            [sys.executable, "-c", HAND_OVER, str(run.id)], env=environment_of(by_sftp) | {"POSTILLION_FAILPOINT": death}, check=False, capture_output=True
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
        assert death.endswith("manifest:1") or f"{run.name}/manifest.json" not in there.has()
    said: list[str] = []
    hand_over_run(shop, by_sftp, run.id, said.append)
    lies_there_whole(shop, by_sftp, run, there)
    before = sftp.trouble.written
    hand_over_run(shop, by_sftp, run.id, said.append)
    assert sftp.trouble.written == before, "it is not sent again"
    assert PASSWORD not in " ".join(said)


def test_what_was_laid_down_is_taken_back_when_the_run_is_rejected(shop: Engine, by_sftp: Settings, sftp: SftpShop, winback: SavedCampaign) -> None:
    run = approved(shop, by_sftp)
    sftp.trouble.cut_after = 1_500_000  # in the second file
    with pytest.raises(PlaceUnreachable):
        hand_over_run(shop, by_sftp, run.id, quiet)
    assert (sftp.folder / "in" / run.name).is_dir()
    decide_on_run(shop, by_sftp, run.id, approved=False, by="Martha", comment="")
    assert not (sftp.folder / "in" / run.name).exists()


def test_a_print_run_reaches_the_bucket_manifest_last(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    with s3_server() as access:
        there = s3_shop(access)
        own = {
            "handover_url": there.url,
            "handover_s3_key_id": access.s3_key_id,
            "handover_s3_secret": SecretStr(access.s3_secret),
            "handover_s3_endpoint": access.s3_endpoint,
            "handover_s3_region": access.s3_region,
            "letters_per_file": 60,
        }
        by_s3 = settings.model_copy(update=own)
        assert try_place(by_s3) == there.url
        assert there.has() == {}
        run = approved(shop, by_s3)
        said: list[str] = []
        hand_over_run(shop, by_s3, run.id, said.append)
        lies_there_whole(shop, by_s3, run, there)
        assert said[-1] == f"Handed over to {there.url}/{run.name}"
        assert any("file 1 of" in line and "MB" in line for line in said)


def test_trying_the_place_leaves_nothing_behind(by_sftp: Settings, sftp: SftpShop) -> None:
    assert try_place(by_sftp) == sftp.url
    assert not [*(sftp.folder / "in").iterdir()]
