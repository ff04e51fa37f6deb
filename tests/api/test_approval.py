"""Can a print run be approved and rejected at the desk, and is everybody told what becomes of it?"""

import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import update

from api import waking
from api.app import create_app
from campaigns.print_run import PrintRunState
from store import audit, print_runs, users
from store.audit import Channel
from store.engine import reading, writing
from store.print_runs import PrintRun
from store.schema import print_files
from store.schema import print_runs as table
from tests.api.conftest import TOKEN, Shop
from tests.api.prefect_answerer import ACCEPT, GONE, LOCKED, NO_SCHEMA, NOT_PAUSED, PrefectAnswerer, answering

FLOW_RUN = "8d7c7d5e-93a1-4d43-8f9f-1b8e0b7d2a10"


@pytest.fixture
def prefect(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrefectAnswerer]:
    monkeypatch.setattr(waking, "_PAUSE", 0.01)
    with answering() as found:
        yield found


@pytest.fixture
def app(shop: Shop, prefect: PrefectAnswerer) -> FastAPI:
    """The desk, which knows where its Prefect is."""
    url = {"prefect_api_url": f"http://127.0.0.1:{prefect.port}/api", "prefect_url": "https://prefect.example", "prefect_api_auth": SecretStr("tee:haus")}
    return create_app(shop.settings.model_copy(update=url))


@pytest.fixture
def run_id(shop: Shop, anna: int) -> int:
    """Rendered, and a flow run waits for somebody to say yes."""
    run_id = shop.print_letters({anna: TOKEN}, handed_over=False)
    with writing(shop.engine) as connection:
        today = datetime.now(UTC).date()
        values = {"state": PrintRunState.AWAITING_APPROVAL, "flow_run_id": FLOW_RUN, "letter_date": today}
        connection.execute(update(table).where(table.c.id == run_id).values(values))
    return run_id


def run_of(shop: Shop, run_id: int) -> PrintRun:
    with reading(shop.engine) as connection:
        return print_runs.get(connection, run_id)


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def decide(desk: httpx.Client, run_id: int, approve: bool, comment: str = "", **more: str) -> httpx.Response:
    """Both steps, as a browser does them; the answer to the first where it is a refusal."""
    path = f"/desk/print-runs/{run_id}"
    seen = fields(desk.get(path).text).get("seen", "gone")
    asked = desk.post(f"{path}/decision", data={"seen": seen, "approve": str(approve).lower(), "comment": comment})
    if asked.status_code != 200:
        return asked
    return desk.post(f"{path}/decision", data=fields(asked.text) | more)


def test_the_page_shows_what_prefects_form_shows_and_leads_to_its_run(desk: httpx.Client, run_id: int) -> None:
    page = desk.get(f"/desk/print-runs/{run_id}?lang=en").text
    for told in (
        "https://prefect.example/runs/flow-run/" + FLOW_RUN,
        f"/desk/print-runs/{run_id}/proof.pdf",
        "2 in 1 print file(s)",
        "2 people left out because they objected",
        "Sender in letterhead and return line: Teehaus",
        "The codes or links lead to tee.example, which customers cannot reach.",
        "Approve …",
    ):
        assert told in page, told


def test_a_question_is_asked_before_anything_happens(desk: httpx.Client, shop: Shop, run_id: int, prefect: PrefectAnswerer) -> None:
    page = f"/desk/print-runs/{run_id}"
    seen = fields(desk.get(page).text)["seen"]
    asked = desk.post(f"{page}/decision?lang=en", data={"seen": seen, "approve": "true", "comment": "<b>Good"})
    assert asked.status_code == 200
    assert "Yes, have 1 letters printed" in asked.text and "&lt;b&gt;Good" in asked.text and "cannot be taken back" in asked.text
    assert run_of(shop, run_id).state is PrintRunState.AWAITING_APPROVAL
    assert prefect.asked == []


def test_an_approval_is_noted_and_wakes_the_run_that_waits(desk: httpx.Client, shop: Shop, run_id: int, prefect: PrefectAnswerer) -> None:
    prefect.resumes = [LOCKED, NO_SCHEMA, ACCEPT]
    answer = decide(desk, run_id, approve=True, comment="Looks good")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/print-runs/{run_id}?done=run_is_approved")
    run = run_of(shop, run_id)
    assert (run.state, run.decided_by, run.comment) == (PrintRunState.APPROVED, "Martha", "Looks good")
    assert shop.letter().state == "approved"
    path, form, auth = prefect.asked[-1]
    assert path == f"/api/flow_runs/{FLOW_RUN}/resume"
    assert form == {"run_input": {"decision": "approve", "comment": "Looks good", "decided_by": "Martha"}}
    assert auth == f"Basic {b64encode(b'tee:haus').decode()}"
    assert prefect.started == []
    with reading(shop.engine) as connection:
        [event] = audit.newest(connection, 5, subject=f"print run {run_id}")
    assert (event.actor, event.channel, event.action, event.detail) == ("Martha", Channel.DESK, "approve_print_run", "Looks good")


@pytest.mark.parametrize("answered", [NOT_PAUSED, GONE])
def test_where_no_run_waits_any_more_a_hand_over_is_started(
    answered: tuple[int, dict[str, object]], desk: httpx.Client, shop: Shop, run_id: int, prefect: PrefectAnswerer
) -> None:
    prefect.resumes = [answered]
    assert decide(desk, run_id, approve=True).headers["Location"].endswith("done=run_is_approved")
    assert run_of(shop, run_id).state is PrintRunState.APPROVED
    assert prefect.started == [run_id]


def test_a_run_of_the_command_line_is_handed_over_too(desk: httpx.Client, shop: Shop, run_id: int, prefect: PrefectAnswerer) -> None:
    with writing(shop.engine) as connection:
        connection.execute(update(table).values(flow_run_id=""))
    assert "prefect.example/runs" not in desk.get(f"/desk/print-runs/{run_id}").text
    assert decide(desk, run_id, approve=True).headers["Location"].endswith("done=run_is_approved")
    assert prefect.started == [run_id]


def test_a_rejection_frees_the_letters_and_removes_the_paper(desk: httpx.Client, shop: Shop, run_id: int, prefect: PrefectAnswerer) -> None:
    folder = shop.settings.data_dir / "print_runs" / str(run_id)
    assert folder.exists()
    answer = decide(desk, run_id, approve=False, comment="Wrong photo")
    assert answer.headers["Location"].endswith("done=run_is_rejected")
    assert (run_of(shop, run_id).state, run_of(shop, run_id).comment) == (PrintRunState.REJECTED, "Wrong photo")
    assert shop.letter().state == "cancelled"
    assert not folder.exists()
    assert prefect.asked[-1][1]["run_input"]["decision"] == "reject" and prefect.started == []


def test_with_prefect_away_the_decision_stands_and_the_page_says_what_to_do(
    desk: httpx.Client, shop: Shop, run_id: int, prefect: PrefectAnswerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = PrefectAnswerer.answer
    monkeypatch.setattr(PrefectAnswerer, "answer", lambda *_: (500, {"exception_message": "Internal Server Error"}))
    answer = decide(desk, run_id, approve=True)
    page = desk.get(answer.headers["Location"] + "&lang=en").text
    assert "Prefect cannot be reached" in page and f"postillion print-run hand-over {run_id}" in page
    assert run_of(shop, run_id).state is PrintRunState.APPROVED
    again = desk.post(f"/desk/print-runs/{run_id}/hand-over")
    assert again.headers["Location"].endswith("done=hand_over_alone")
    monkeypatch.setattr(PrefectAnswerer, "answer", away)
    assert desk.post(f"/desk/print-runs/{run_id}/hand-over").headers["Location"].endswith("done=hand_over_started")
    assert prefect.started == [run_id]


def test_a_rejection_with_prefect_away_says_that_its_run_still_waits(
    desk: httpx.Client, shop: Shop, run_id: int, monkeypatch: pytest.MonkeyPatch, prefect: PrefectAnswerer
) -> None:
    monkeypatch.setattr(prefect, "answer", lambda *_: (500, {}))
    answer = decide(desk, run_id, approve=False)
    assert "its run still waits" in desk.get(answer.headers["Location"] + "&lang=en").text
    assert run_of(shop, run_id).state is PrintRunState.REJECTED


@pytest.mark.parametrize("odd", [[], "a page", None, {"detail": "?"}])
def test_whatever_answers_in_prefects_place_counts_as_away(odd: Any, desk: httpx.Client, shop: Shop, run_id: int, prefect: PrefectAnswerer) -> None:
    prefect.resumes = [(200, odd)]
    assert decide(desk, run_id, approve=True).headers["Location"].endswith("done=run_approved_alone")
    assert run_of(shop, run_id).state is PrintRunState.APPROVED


@pytest.mark.parametrize("answered", [LOCKED, NO_SCHEMA, None])
def test_all_calls_of_one_act_share_their_seconds(answered: tuple[int, Any] | None, shop: Shop, run_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=1000.0)
    clock.monotonic = lambda: clock.now
    clock.sleep = lambda seconds: setattr(clock, "now", clock.now + seconds)

    def slow(request: httpx.Request) -> httpx.Response:
        patience = request.extensions["timeout"]["read"]
        clock.sleep(min(patience, 3.0) if answered else patience)
        if answered is None:
            raise httpx.ReadTimeout("")
        return httpx.Response(answered[0], json=answered[1])

    monkeypatch.setattr(waking, "time", clock)
    monkeypatch.setattr(waking.Prefect, "_client", lambda _: httpx.Client(base_url="http://prefect.example/api", transport=httpx.MockTransport(slow)))
    told = waking.Prefect(shop.settings).answer(run_of(shop, run_id), approved=True, comment="", by="Martha")
    assert told is waking.Woken.UNREACHABLE
    assert clock.now - 1000.0 <= waking.SECONDS + 1


def test_who_comes_second_is_told_and_changes_nothing(desk: httpx.Client, shop: Shop, run_id: int, prefect: PrefectAnswerer) -> None:
    path = f"/desk/print-runs/{run_id}"
    asked = desk.post(f"{path}/decision", data={"seen": fields(desk.get(path).text)["seen"], "approve": "false"})
    assert decide(desk, run_id, approve=True).status_code == 303
    calls = len(prefect.asked)
    for _ in range(2):
        late = desk.post(f"{path}/decision", data=fields(asked.text))
        assert late.status_code == 409 and "nichts mehr zu entscheiden" in late.text
    assert run_of(shop, run_id).state is PrintRunState.APPROVED
    assert len(prefect.asked) == calls


def test_a_page_that_shows_something_else_by_now_decides_nothing(desk: httpx.Client, shop: Shop, run_id: int) -> None:
    path = f"/desk/print-runs/{run_id}"
    seen = fields(desk.get(path).text)["seen"]
    with writing(shop.engine) as connection:
        connection.execute(update(print_files).values(sha256="cd" * 32))
    for step in ({}, {"confirmed": "true"}):
        answer = desk.post(f"{path}/decision", data={"seen": seen, "approve": "true", **step})
        assert answer.status_code == 409 and "nicht mehr aktuell" in answer.text
    assert run_of(shop, run_id).state is PrintRunState.AWAITING_APPROVAL


def test_letters_that_waited_too_long_can_only_be_rejected(desk: httpx.Client, shop: Shop, run_id: int) -> None:
    with writing(shop.engine) as connection:
        connection.execute(update(table).values(letter_date=datetime.now(UTC).date() - timedelta(days=30)))
    assert decide(desk, run_id, approve=True).status_code == 409
    assert decide(desk, run_id, approve=False).status_code == 303


def test_support_may_look_and_not_decide(desk: httpx.Client, shop: Shop, run_id: int, password_hash: str) -> None:
    with writing(shop.engine) as connection:
        users.save(connection, "Sven", password_hash, "support", datetime.now(UTC))
        known = users.password_hash(connection, "Sven")
        assert known
        token = users.open_session(connection, known[0], datetime.now(UTC))
    seen = fields(desk.get(f"/desk/print-runs/{run_id}").text)["seen"]
    desk.cookies.set("postillion", token)
    page = desk.get(f"/desk/print-runs/{run_id}?lang=en").text
    assert "Only marketers and admins can approve" in page and "<textarea" not in page
    for path in ("decision", "hand-over"):
        answer = desk.post(f"/desk/print-runs/{run_id}/{path}", data={"seen": seen, "approve": "true", "confirmed": "true"})
        assert answer.status_code == 403
    assert run_of(shop, run_id).state is PrintRunState.AWAITING_APPROVAL


def test_what_does_not_exist_or_does_not_wait_is_refused(desk: httpx.Client, run_id: int) -> None:
    assert desk.post("/desk/print-runs/999/decision", data={"seen": "x", "approve": "true"}).status_code == 404
    assert desk.post("/desk/print-runs/999/hand-over").status_code == 404
    assert desk.post(f"/desk/print-runs/{run_id}/hand-over").status_code == 409
