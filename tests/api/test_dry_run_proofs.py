"""Who may look at the proofs of a dry run?"""

from pathlib import Path

import httpx
import pytest

from tests.api.conftest import Shop

NAME = "winback-20261122-120000-0a1b2c3d.pdf"


@pytest.fixture
def proof(shop: Shop) -> Path:
    path = shop.settings.data_dir / "dry_runs" / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(b"%PDF-1.6 a specimen")
    return path


@pytest.mark.usefixtures("proof")
def test_whoever_has_signed_in_sees_them(desk: httpx.Client) -> None:
    answer = desk.get(f"/desk/dry-runs/{NAME}")
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, b"%PDF-1.6 a specimen", "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("proof")
def test_nobody_else_does(browser: httpx.Client) -> None:
    answer = browser.get(f"/desk/dry-runs/{NAME}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/sign-in?next=%2Fdesk%2Fdry-runs%2F{NAME}")


def test_what_is_gone_or_no_proof_is_not_found(desk: httpx.Client, proof: Path) -> None:
    (proof.parent.parent / "secret.pdf").write_bytes(b"%PDF of somebody else")
    for name in (NAME.replace("winback", "other"), "..%2Fsecret.pdf", "%2e%2e%2fsecret.pdf", "winback.pdf%00", "postillion.db"):
        answer = desk.get(f"/desk/dry-runs/{name}")
        assert answer.status_code in (404, 422)
        assert b"somebody else" not in answer.content
