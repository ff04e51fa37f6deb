"""Does the desk show what print shops reported, and take a report by hand?"""

from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import update

from campaigns.letter import LetterState
from campaigns.objection import ObjectionChannel
from store import audit, objections, recalls, users
from store.engine import reading, writing
from store.letters import Letter
from store.schema import print_runs
from store.shop_reports import listing
from tests.api.conftest import Shop


def bring(desk: httpx.Client, content: str, name: str = "report.csv") -> httpx.Response:
    return desk.post("/desk/shop-reports", files={"file": (name, content.encode(), "text/csv")}, follow_redirects=True)


def test_a_report_by_hand_moves_letters_and_shows_what_stayed_outside(desk: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    shown = bring(desk, f"event;letter_id\nposted;{annas_letter.id}\n<b>;1\n")
    assert shown.status_code == 200
    assert "report.csv" in shown.text
    assert "No event" in shown.text or "Kein Ereignis" in shown.text
    assert "<b>" not in shown.text
    assert shop.letter().state is LetterState.POSTED
    with reading(shop.engine) as connection:
        (found,) = listing.newest(connection, 99, 10)
        assert audit.newest(connection, 1)[0].action == "take_in_shop_report"
    assert (found.counts.stored, found.counts.rejected) == (1, 1)
    assert "report.csv" in desk.get("/desk/shop-reports").text
    page = desk.get(f"/desk/print-runs/{annas_letter.print_run_id}").text
    assert f"/desk/shop-reports/{found.id}" in page


def test_the_same_file_again_is_the_same_report(desk: httpx.Client, annas_letter: Letter) -> None:
    content = f"event;letter_id\nposted;{annas_letter.id}\n"
    assert bring(desk, content).url == bring(desk, content, "other name.csv").url


def test_what_is_no_report_is_shown_as_refused(desk: httpx.Client) -> None:
    shown = bring(desk, "Vorname;Nachname\nAnna;Müller\n")
    assert shown.status_code == 200
    assert "This is no report of a print shop" in shown.text


def test_a_file_that_is_too_large_is_refused(desk: httpx.Client) -> None:
    assert bring(desk, "x" * (10 * 1024 * 1024 + 1)).status_code == 413


def test_no_file_changes_nothing(desk: httpx.Client) -> None:
    assert desk.post("/desk/shop-reports", follow_redirects=True).status_code == 200


def test_an_unknown_report_is_not_found(desk: httpx.Client) -> None:
    assert desk.get("/desk/shop-reports/77").status_code == 404


def test_support_may_look_and_not_bring(desk: httpx.Client, shop: Shop, password_hash: str) -> None:
    with writing(shop.engine) as connection:
        users.save(connection, "Sam", password_hash, "support", datetime.now(UTC))
        known = users.password_hash(connection, "Sam")
        assert known
        desk.cookies.set("postillion", users.open_session(connection, known[0], datetime.now(UTC)))
    assert 'type="file"' not in desk.get("/desk/shop-reports").text
    assert bring(desk, "event;letter_id\n").status_code == 403


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_print_run_shows_other_files_and_recall_lists(desk: httpx.Client, shop: Shop, annas_letter: Letter, anna: int, language: str) -> None:
    now = datetime.now(UTC)
    with writing(shop.engine) as connection:
        connection.execute(update(print_runs).values(manifest_sha256="a" * 64))
        objections.add(connection, anna, ObjectionChannel.DESK, now)
        assert recalls.make(connection, annas_letter.print_run_id, lambda _: "0" * 64, now) == 1
    bring(desk, f"event;print_run;sha256\naccepted;{annas_letter.print_run_id};{'b' * 64}\n")
    page = desk.get(f"/desk/print-runs/{annas_letter.print_run_id}", headers={"Accept-Language": language}).text
    assert "recall-0001.csv" in page
    assert ("andere Dateien" if language == "de" else "other files") in page
