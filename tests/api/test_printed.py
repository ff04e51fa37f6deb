"""Does the desk show the pages that were really printed, and no other file?"""

import base64
import hashlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from pypdf import PdfReader
from sqlalchemy import update

from api.desk.printed import print_file_path
from api.errors import PdfMissing
from campaigns.print_run import PrintFileState
from letters.preflight import Code, Report
from store.engine import writing
from store.letters import Letter
from store.print_files import PrintFile
from store.schema import print_files, print_runs
from tests.api.conftest import ANNA, Shop

PEOPLE = 12


def pages(answer: httpx.Response) -> list[str]:
    assert answer.headers["Content-Type"] == "application/pdf"
    return [page.extract_text().strip() for page in PdfReader(BytesIO(answer.content)).pages]


def tokens(count: int) -> list[str]:
    return [f"TKENTKENTK{a}{b}" for a in "ABCD" for b in "ABCD"][:count]


def print_for_many(shop: Shop) -> int:
    people = {}
    for number, token in enumerate(tokens(PEOPLE)):
        address = replace(ANNA.address, street=f"Lindenallee {number + 1}")
        people[shop.add_customer(type(ANNA)("shop", f"many{number}", email=f"{number}@mail.example", address=address))] = token
    return shop.print_letters(people)


def test_the_preview_is_this_letter_and_only_this(desk: httpx.Client, shop: Shop) -> None:
    print_for_many(shop)
    token = tokens(PEOPLE)[6]
    letter = shop.letter(token)
    answer = desk.get(f"/desk/letters/{letter.id}.pdf")
    assert pages(answer) == [f"letter {token} page 1", f"letter {token} page 2"]
    assert answer.headers["Content-Disposition"] == f'inline; filename="letter-{letter.id}.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_proof_is_the_first_ten_letters(desk: httpx.Client, shop: Shop) -> None:
    run_id = print_for_many(shop)
    answer = desk.get(f"/desk/print-runs/{run_id}/proof.pdf")
    assert pages(answer) == [f"letter {token} page {page}" for token in tokens(10) for page in (1, 2)]
    assert answer.headers["Content-Disposition"] == f'inline; filename="winback-{run_id:05d}-proof.pdf"'


def test_a_file_that_is_gone_is_said_so(desk: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    for file in (shop.settings.data_dir / "print_runs").rglob("*.pdf"):
        file.unlink()
    for path in (f"/desk/letters/{annas_letter.id}.pdf", f"/desk/print-runs/{annas_letter.print_run_id}/proof.pdf"):
        answer = desk.get(path)
        assert answer.status_code == 404
        assert "Die PDF-Datei liegt nicht vor" in answer.text


def a_file(name: str) -> PrintFile:
    return PrintFile(1, 1, 1, name, PrintFileState.RENDERED, 1, 1, 1, "", None, None, None)


@pytest.mark.parametrize("name", ["../../secret.pdf", "/etc/hostname", "../1/../../secret.pdf", "..", ""])
def test_no_name_leads_out_of_the_folder(name: str, desk: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    (shop.settings.data_dir / "secret.pdf").write_text("secret")
    with writing(shop.engine) as connection:
        connection.execute(update(print_files).values(name=name))
    assert desk.get(f"/desk/letters/{annas_letter.id}.pdf").status_code == 404
    with pytest.raises(PdfMissing):
        print_file_path(shop.settings.data_dir, a_file(name))


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "print_runs" / "1").mkdir(parents=True)
    (tmp_path / "secret.pdf").write_text("secret")
    (tmp_path / "print_runs" / "1" / "a.pdf").symlink_to(tmp_path / "secret.pdf")
    with pytest.raises(PdfMissing):
        print_file_path(tmp_path, a_file("a.pdf"))


@pytest.mark.parametrize("path", ["/desk/letters/99.pdf", "/desk/letters/x.pdf", "/desk/print-runs/99", "/desk/print-runs/99/proof.pdf", "/desk/letters/1"])
def test_what_does_not_exist_is_a_404(path: str, desk: httpx.Client) -> None:
    assert desk.get(path).status_code == 404


def test_print_runs_show_their_funnel_their_files_and_their_checksums(desk: httpx.Client, annas_letter: Letter) -> None:
    run_id = annas_letter.print_run_id
    listed = desk.get("/desk/print-runs").text
    page = desk.get(f"/desk/print-runs/{run_id}").text
    for shown in (listed, page):
        assert f"winback-{run_id:05d}" in shown and "übergeben" in shown and f"/desk/print-runs/{run_id}/proof.pdf" in shown
        funnel = [
            shown.index(mark) for mark in ("Zielgruppe</th>\n<td", "Werbewiderspruch", "Kürzlich angeschrieben", "Kontrollgruppe", "Bekommen einen Brief")
        ]
        assert funnel == sorted(funnel)
        assert "11,1\u00a0%" in shown  # 1 of 9
    assert "ab" * 32 in page and f"winback-{run_id:05d}-0001of0001.pdf" in page


def test_the_page_tells_where_the_print_shop_finds_it(desk: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    page = f"/desk/print-runs/{annas_letter.print_run_id}"
    assert "Liegt unter" not in desk.get(page).text
    with writing(shop.engine) as connection:
        connection.execute(update(print_runs).values(place="sftp://shop@print.example/in/winback-00001"))
    assert "sftp://shop@print.example/in/winback-00001" in desk.get(page).text


def test_the_page_tells_what_the_preflight_read(desk: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    page = f"/desk/print-runs/{annas_letter.print_run_id}"
    assert "Prüfung vor dem Druck" not in desk.get(page).text  # of files from before there was any
    report = Report((), {Code.ADDRESS_CUT_OFF: 3}, 2000, 1000, 1987, 42)
    with writing(shop.engine) as connection:
        connection.execute(update(print_files).values(preflight=report.as_dict()))
    told = desk.get(page).text
    assert "geprüft: 2.000 Seiten auf 1.000 Blatt, 1.987 Anschriften, 42 Codes" in told
    assert "Hinweise: address_cut_off 3" in told


def test_a_preview_comes_with_its_checksum(desk: httpx.Client, annas_letter: Letter) -> None:
    answers = [desk.get(f"/desk/letters/{annas_letter.id}.pdf") for _ in range(2)]
    digest = hashlib.sha256(answers[0].content)
    for answer in answers:
        assert answer.headers["ETag"] == f'"{digest.hexdigest()}"'
        assert answer.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"


def test_without_print_runs_the_page_says_so(desk: httpx.Client) -> None:
    assert "Noch keine Druckauflage" in desk.get("/desk/print-runs").text
