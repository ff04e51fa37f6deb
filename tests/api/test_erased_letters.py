"""Does the desk stop showing what was printed for somebody who was erased, and nothing else?"""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import httpx
from pypdf import PdfReader

from store import print_files
from store.engine import writing
from store.erasure import erase
from store.letters import Letter
from tests.api.conftest import ANNA, SECRET, Shop

OTHER = "ZYXWVTSRQPNM"


def erased(shop: Shop, customer_id: int) -> None:
    with writing(shop.engine) as connection:
        assert erase(connection, customer_id, SECRET, datetime.now(UTC))


def words(answer: httpx.Response) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(answer.content)).pages)


def test_a_letter_of_somebody_erased_is_shown_no_more_and_a_page_says_so(desk: httpx.Client, shop: Shop, anna: int, annas_letter: Letter) -> None:
    assert desk.get(f"/desk/letters/{annas_letter.id}.pdf").status_code == 200
    erased(shop, anna)
    answer = desk.get(f"/desk/letters/{annas_letter.id}.pdf")
    assert answer.status_code == 410
    assert "Diesen Brief zeigen wir nicht mehr" in answer.text


def test_the_proof_leaves_them_out_and_the_neighbours_letter_stays(desk: httpx.Client, shop: Shop, anna: int) -> None:
    other = shop.add_customer(replace(ANNA, source_id="2", number="K-2", email="bert@mail.example", address=replace(ANNA.address, first_name="Bert")))
    run = shop.print_letters({anna: "ABCDEFGH2345", other: OTHER})
    erased(shop, anna)
    assert words(desk.get(f"/desk/print-runs/{run}/proof.pdf")) == f"letter {OTHER} page 1 letter {OTHER} page 2"
    assert OTHER in words(desk.get(f"/desk/letters/{shop.letter(OTHER).id}.pdf"))


def test_the_customer_page_shows_an_erased_person_without_a_name(desk: httpx.Client, shop: Shop, anna: int, annas_letter: Letter) -> None:
    erased(shop, anna)
    answer = desk.get(f"/desk/customers/{anna}")
    assert answer.status_code == 200
    for word in ("Müller", "Lindenallee", "Leipzig", "mail.example"):
        assert word not in answer.text
    assert "Müller" not in desk.get("/desk/customers", params={"q": "Müller"}).text.replace('value="Müller"', "").replace("„Müller“", "")


def test_the_code_to_the_shop_is_unknown_then_and_the_other_one_still_objects(browser: httpx.Client, shop: Shop, anna: int, annas_letter: Letter) -> None:
    erased(shop, anna)
    answer = browser.get(f"/S/{annas_letter.token}")
    assert (answer.status_code, "Diesen Code kennen wir leider nicht" in answer.text) == (404, True)
    assert browser.post(f"/O/{annas_letter.token}").status_code == 200


def test_a_print_file_whose_time_is_over_is_said_to_be_no_longer_kept(desk: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    with writing(shop.engine) as connection:
        print_files.mark_deleted(connection, [annas_letter.print_file_id or 0], datetime(2026, 5, 3, 12, tzinfo=UTC))
    for path, words in ((f"letters/{annas_letter.id}.pdf", "seit dem 03.05.2026 gelöscht"), (f"print-runs/{annas_letter.print_run_id}/proof.pdf?lang=en", "")):
        answer = desk.get(f"/desk/{path}")
        assert answer.status_code == 410
        assert words in " ".join(answer.text.split())
    assert "The print file is no longer kept" in answer.text
    assert desk.get(f"/desk/print-runs/{annas_letter.print_run_id}").status_code == 200
    assert desk.get(f"/desk/customers/{annas_letter.customer_id}").status_code == 200
