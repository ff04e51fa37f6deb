"""Does the desk show layouts as they are at this moment, and say where a broken one is wrong?"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image
from pypdf import PdfReader

import layouts
from api.app import create_app
from api.desk import previews
from api.desk.previews import Previews, key_of
from campaigns.cart import Cart, CartItem
from campaigns.customer import Customer
from campaigns.sender import Sender
from layouts import print_shop
from letters import proof_sheet
from letters.drawn_preview import Job, Preview
from store import users
from store.engine import writing
from store.settings import Settings
from store.users import Role
from tests.api.conftest import ANNA, TOKEN, Shop, served

NOW = datetime.now(UTC)
SENDER = Sender("Teehaus", "Musterweg 1", "10115", "Berlin")
PRODUCTION = print_shop.load("lettershop")
ONE_DATABASE = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
"""What is shown comes from files alone."""


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """As in conftest, with a folder for layouts of one's own."""
    own = tmp_path / "own"
    own.mkdir()
    return Settings(
        _env_file=None, database_url=database_url, data_dir=tmp_path / "var", public_url="http://127.0.0.1", desk_url="http://testserver", layouts_dir=own
    )  # fmt: skip


@pytest.fixture
def own(settings: Settings) -> Path:
    """A layout of one's own, whose files can be changed."""
    assert settings.layouts_dir
    return layouts.copy("plain", "mine", settings.layouts_dir)


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).replace("\u00a0", " ").split())


def words_in(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


@ONE_DATABASE
def test_the_list_shows_own_layouts_first_each_with_a_picture(desk: httpx.Client, own: Path) -> None:
    page = desk.get("/desk/layouts").text
    names = re.findall(r'href="/desk/layouts/([a-z-]+)"', page)
    assert names == ["mine", *layouts.names()]
    assert "eigenes" in text_of(page) and "Kampagnen: 1" in text_of(page)
    answer = desk.get("/desk/layouts/mine/small.png")
    assert answer.headers["Content-Type"] == "image/png"
    picture = Image.open(BytesIO(answer.content))
    assert abs(picture.height / picture.width - 297 / 210) < 0.01


@ONE_DATABASE
def test_a_page_shows_the_letter_its_words_and_who_uses_it(desk: httpx.Client, shop: Shop) -> None:
    page = desk.get("/desk/layouts/plain").text
    assert re.findall(r'src="(/desk/layouts/plain/page-\d\.png)', page) == ["/desk/layouts/plain/page-1.png"]
    for words in ("{salutation}", "Anrede", "Liebe Frau Weber,", "Wir vermissen Sie", "de.md", "layout.toml", "mitgeliefert", "Seite 1 von 1"):
        assert words in text_of(page), words
    assert Image.open(BytesIO(desk.get("/desk/layouts/plain/page-1.png").content)).width == round(210 / 25.4 * 96)
    assert desk.get("/desk/layouts/plain/page-2.png").status_code == 404
    english = desk.get("/desk/layouts/plain/preview.pdf?language=en&long=1")
    assert english.headers["Content-Type"] == "application/pdf"
    assert "Dear Dr Anna-Magdalena Weber-Hohenlohe," in words_in(english.content) and "SPECIMEN" in words_in(english.content)
    assert "MUSTER" in words_in(desk.get("/desk/layouts/plain/preview.pdf").content)
    zones = desk.get("/desk/layouts/plain?overlay=1").text
    assert "page-1.png?overlay=1" in zones and "Absenderzeile" in zones
    assert desk.get("/desk/layouts/plain/page-1.png?overlay=1").content != desk.get("/desk/layouts/plain/page-1.png").content


def test_a_real_customer_is_found_and_written_to_with_codes_that_are_worth_nothing(desk: httpx.Client, shop: Shop, anna: int) -> None:
    shop.print_letters({anna: TOKEN})
    shop.add_cart(Cart("shop", "c-1", NOW - timedelta(days=1), NOW - timedelta(days=1), ANNA.email, items=(CartItem("K", "Teekanne", 2, 3990),)))
    found = desk.get("/desk/layouts/cart-coupon?q=K-1001&overlay=1").text
    assert f'href="?customer={anna}&amp;overlay=1"' in found
    assert "Niemand gefunden" in desk.get("/desk/layouts/cart-coupon?q=nobody").text
    page = desk.get(f"/desk/layouts/cart-coupon?customer={anna}").text
    assert "Für Anna Müller" in text_of(page)
    words = words_in(desk.get(f"/desk/layouts/cart-coupon/preview.pdf?customer={anna}").content)
    for part in ("Anna Müller", "04109 Leipzig", "Teekanne", "79,80", "31. Januar 2027", "10 %"):
        assert part in words.replace("\u00a0", " "), part
    assert "CODE-" not in words and TOKEN not in words and "TEE-7KQ4MX" in words
    assert "4. Mai 2024" in words_in(desk.get(f"/desk/layouts/plain/preview.pdf?customer={anna}").content), "the last order"


@ONE_DATABASE
def test_what_is_changed_on_disk_is_seen_at_the_next_look(desk: httpx.Client, own: Path) -> None:
    before = desk.get("/desk/layouts/mine/page-1.png").content
    text = own / "de.md"
    original = text.read_text("utf-8")
    text.write_text(original + "\nEin neuer Schlusssatz.\n", "utf-8")
    assert "Ein neuer Schlusssatz." in words_in(desk.get("/desk/layouts/mine/preview.pdf").content)
    assert "Ein neuer Schlusssatz." in text_of(desk.get("/desk/layouts/mine").text)
    assert desk.get("/desk/layouts/mine/page-1.png").content != before
    text.write_text(original, "utf-8")
    assert desk.get("/desk/layouts/mine/page-1.png").content == before


@ONE_DATABASE
def test_a_broken_layout_says_file_line_and_column_and_no_folder_of_the_machine(desk: httpx.Client, own: Path) -> None:
    text = own / "de.md"
    lines = text.read_text("utf-8").splitlines()
    text.write_text("\n".join([*lines, "", "Liebe {saluattion}"]), "utf-8")
    answer = desk.get("/desk/layouts/mine")
    assert answer.status_code == 200 and 'role="alert"' in answer.text
    assert f"de.md:{len(lines) + 2}:" in text_of(answer.text) and "did you mean {salutation}" in text_of(answer.text)
    bad = re.findall(r'<li class="bad" aria-current="true">(.*?)</li>', answer.text)
    assert bad == ["Liebe {saluattion}"]
    assert str(own.parent) not in answer.text and "<img" not in answer.text.partition("<main")[2]
    listed = desk.get("/desk/layouts").text
    assert "Fehler: 1" in text_of(listed) and "mine/small.png" not in listed
    for path in ("small.png", "page-1.png", "preview.pdf"):
        assert desk.get(f"/desk/layouts/mine/{path}").status_code == 404
    text.write_bytes(b"\xff\xfe\x00broken")
    (own / "layout.toml").write_text("titel = <script>alert(1)</script>", "utf-8")
    answer = desk.get("/desk/layouts/mine")
    assert answer.status_code == 200 and "layout.toml:1" in text_of(answer.text) and "<script>" not in answer.text


@ONE_DATABASE
def test_a_letter_that_cannot_be_set_says_why(desk: httpx.Client, shop: Shop) -> None:
    strange = shop.add_customer(Customer("shop", "9", "K-9", "x@mail.example", address=replace(ANNA.address, last_name="茶")))
    page = desk.get(f"/desk/layouts/plain?customer={strange}").text
    assert 'role="alert"' in page and "<img" not in page.partition("<main")[2]


HOSTILE = (
    "layouts/nothing", "layouts/..%2f..%2fetc", "layouts/plain?language=xx", "layouts/plain/page-1.png?language=fr", "layouts/plain?customer=99999",
    "layouts/plain?customer=99999999999999999999", "layouts/plain?language=%00", "layouts/plain/page-0.png", "layouts/plain/page-9.png",
    "layouts/plain?overlay=x", "layouts/PLAIN", "layouts/plain/preview.pdf?customer=-1",
)  # fmt: skip
PATHS = ("layouts", "layouts/plain", "layouts/plain/small.png", "layouts/plain/page-1.png", "layouts/plain/preview.pdf")


def test_what_is_not_there_is_not_found_and_what_may_not_be_seen_is_not_shown(desk: httpx.Client, shop: Shop) -> None:
    for path in HOSTILE:
        assert desk.get(f"/desk/{path}").status_code in (404, 422), path
    for role, status in ((Role.ADMIN, 200), (Role.SUPPORT, 200), (Role.PARTNER, 404)):
        with writing(shop.engine) as connection:
            users.save(connection, role, "no hash", role, NOW)
            known = users.password_hash(connection, role)
            assert known
            desk.cookies.set("postillion", users.open_session(connection, known[0], NOW))
        assert {path: desk.get(f"/desk/{path}").status_code for path in PATHS} == dict.fromkeys(PATHS, status), role
    desk.cookies.clear()
    assert {desk.get(f"/desk/{path}").status_code for path in PATHS} == {303}


def a_job(name: str = "plain", **changes: object) -> Job:
    found = layouts.load(name)
    return Job(found, proof_sheet.sample(found, "de", SENDER, "https://tee.example"), SENDER, "https://tee.example", PRODUCTION, 36, **changes)  # type: ignore[arg-type]


@contextmanager
def drawing(monkeypatch: pytest.MonkeyPatch, made: Preview) -> Iterator[list[str]]:
    """Counts what is drawn instead of drawing it."""
    asked: list[str] = []

    def draw(job: Job, _: float) -> Preview:
        asked.append(job.layout.name)
        return made

    with monkeypatch.context() as patch:
        patch.setattr(previews, "drawn_apart", draw)
        yield asked


def test_equal_previews_are_drawn_once_and_those_that_took_too_long_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Previews()
    with drawing(monkeypatch, Preview(b"x" * 10)) as asked:
        assert kept.of(a_job()) is kept.of(a_job())
        kept.of(a_job("note"))
        kept.of(a_job(overlay=True))
    assert asked == ["plain", "note", "plain"]
    with drawing(monkeypatch, Preview(took_too_long=True)) as asked:
        kept.of(a_job("winback"))
        kept.of(a_job("winback"))
    assert len(asked) == 2
    assert key_of(a_job()) == key_of(a_job()) != key_of(a_job("note"))


def test_previews_take_no_more_memory_than_they_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "_MOST_BYTES", 7000)
    kept = Previews()
    with drawing(monkeypatch, Preview(b"x" * 2000)) as asked:
        for name in ("plain", "note", "plain", "winback", "plain", "note"):
            kept.of(a_job(name))
    assert asked == ["plain", "note", "winback", "note"], "what was looked at last is kept longest"


@ONE_DATABASE
def test_a_letter_that_takes_too_long_says_so_and_the_desk_goes_on(desk: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with drawing(monkeypatch, Preview(took_too_long=True)):
        page = desk.get("/desk/layouts/plain").text
    assert "zu lange gedauert" in page and desk.get("/desk/layouts/plain/page-1.png").status_code == 200


@ONE_DATABASE
def test_without_a_folder_of_ones_own_the_list_says_how_to_get_one(shop: Shop, desk: httpx.Client, settings: Settings) -> None:
    alone = settings.model_copy(update={"layouts_dir": None})
    with served(create_app(alone)) as url, httpx.Client(base_url=url, cookies=dict(desk.cookies), timeout=60) as client:
        assert "POSTILLION_LAYOUTS_DIR" in client.get("/desk/layouts?lang=en").text
