"""Layouts at a terminal: begun, checked, looked at."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader
from reportlab.lib.colors import CMYKColor

from letters.read_back import pages_of
from store.settings import settings
from tests.flows.terminal import postillion
from tests.letters.foreign_pdf import box, pdf

pytestmark = pytest.mark.usefixtures("own_installation")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The operator's folder of layouts."""
    folder = tmp_path / "layouts"
    folder.mkdir()
    monkeypatch.setenv("POSTILLION_LAYOUTS_DIR", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def words(path: Path, page: int = 1) -> str:
    with pages_of(path) as pages:
        return " ".join(pages.text(page).split())


def test_a_layout_is_begun_from_a_bundled_one_and_is_good(own: Path) -> None:
    assert f"{own / 'spring'} is a copy of offer" in postillion("layout", "new", "spring", "--from", "offer")
    assert (own / "spring" / "de.md").is_file()
    assert postillion("layout", "check", "spring") == "spring: good"
    assert "spring: Offer with a large coupon" in postillion("layout", "list")


def test_a_name_that_cannot_be_used_is_refused(own: Path) -> None:
    assert "small letters, digits and hyphens" in postillion("layout", "new", "../spring", code=1)
    (own / "spring").mkdir()
    assert "there is such a folder already" in postillion("layout", "new", "spring", code=1)
    assert "did you mean offer?" in postillion("layout", "new", "summer", "--from", "ofer", code=1)


def test_without_a_folder_of_ones_own_nothing_can_be_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSTILLION_LAYOUTS_DIR", raising=False)
    assert "set POSTILLION_LAYOUTS_DIR" in postillion("layout", "new", "spring", code=1)


def test_all_mistakes_are_told_at_once_each_with_its_line(own: Path) -> None:
    postillion("layout", "new", "spring", "--from", "offer")
    toml, german, english = (own / "spring" / name for name in ("layout.toml", "de.md", "en.md"))
    toml.write_text('title = "Spring"\nvalue_pt = 99\nbody_ptt = 11\n\nlogo = "logo.png"\naccent = "red"\nform = "C"\n', encoding="utf-8")
    german.write_text(german.read_text(encoding="utf-8").replace("{salutation}", "Liebe {frist_name},,"), encoding="utf-8")
    english.write_text("Hello\n\n![x](y.png)\n", encoding="utf-8")
    greeting = german.read_text(encoding="utf-8").splitlines().index("Liebe {frist_name},,") + 1
    said = postillion("layout", "check", "spring", code=1)
    for place, mistake in (
        (f"{toml}:2:", "from 28 to 72"),
        (f"{toml}:3:", "did you mean body_pt?"),
        (f"{toml}:5:", "there is no such file"),
        (f"{toml}:6:", "four percentages"),
        (f"{toml}:7:", "may only be one of"),
        (f"{german}:{greeting}:7:", "did you mean {first_name}?"),
        (f"{english}:3:", "images are not allowed"),
    ):
        assert any(place in told and mistake in told for told in said.split("Error: ")), (place, mistake, said)
    toml.write_text('title = "Spring"\nvalue_pt = = 3\n', encoding="utf-8")
    assert f"{toml}:2:12: this is no TOML" in postillion("layout", "check", "spring", code=1)


def test_what_does_not_fit_is_told(own: Path) -> None:
    postillion("layout", "new", "narrow", "--from", "winback")
    toml = own / "narrow" / "layout.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("value_pt = 38", "value_pt = 72\nleft = 40\nright = 40"), encoding="utf-8")
    assert "Error: narrow: The coupon's value (72 pt) leaves" in postillion("layout", "check", "narrow", code=1)
    assert "There is no layout 'nirrow', did you mean narrow?" in postillion("layout", "check", "nirrow", code=1)


def test_stationery_that_cannot_be_printed_is_told_with_what_to_do(own: Path) -> None:
    postillion("layout", "new", "company", "--from", "note")
    toml = own / "company" / "layout.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + 'stationery = "paper.pdf"\n', encoding="utf-8")
    assert f"{toml}:" in postillion("layout", "check", "company", code=1)
    for content, said in (
        (pdf(box(30, 60, 20, 10)), "prints on x 30 to 50 mm, y 60 to 70 mm of the first sheet"),
        (pdf(box(25, 130, 160, 30)), "where text of company/de.md stands"),
        (pdf(box(130, 20, 20, 10, CMYKColor(1, 1, 1, 0.9))), "Error"),
        (pdf(pages=900), "900 pages or more"),
    ):
        (own / "company" / "paper.pdf").write_bytes(content)
        assert said in postillion("layout", "check", "company", code=1)
    (own / "company" / "paper.pdf").write_bytes(pdf(box(150, 15, 20, 10)))
    assert postillion("layout", "check", "company") == "company: good"


@pytest.mark.usefixtures("own")
def test_every_bundled_layout_is_good() -> None:
    said = postillion("layout", "check")
    assert said.count(": good") == 9
    assert "Error" not in said


def test_a_preview_is_watermarked_and_speaks_the_language_asked_for(own: Path) -> None:
    assert "winback-preview.pdf: 1 pages" in postillion("layout", "preview", "winback", "--language", "en")
    read = words(own.parent / "winback-preview.pdf")
    assert "Dear Ms Weber," in read
    assert "SPECIMEN" in read
    assert "only in de, en" in postillion("layout", "preview", "winback", "--language", "fr", code=1)


def test_a_preview_to_a_real_customer_writes_to_them_and_stores_nothing(own: Path) -> None:
    postillion("migrate")
    postillion("import", "csv", Path(__file__).parents[2] / "examples" / "sample_shop")
    before = postillion("campaign", "list") + postillion("print-run", "list")
    postillion("layout", "preview", "winback", "--customer", 1)
    read = words(own.parent / "winback-preview.pdf")
    assert "Johanna Weber" not in read
    assert "Kundennummer" in read
    assert "TEE-7KQ4MX" in read
    assert "MUSTER" in read
    assert postillion("campaign", "list") + postillion("print-run", "list") == before
    assert "There is no customer 99999" in postillion("layout", "preview", "winback", "--customer", 99999, code=1)


def test_pictures_of_the_pages_and_samples_of_all_languages(own: Path) -> None:
    postillion("layout", "new", "two-pages", "--from", "cart")
    german = own / "two-pages" / "de.md"
    german.write_text(german.read_text().replace("::: signature", "::: page-break\n\n::: signature"))
    postillion("layout", "preview", "two-pages", "--png", "--long", "--output", own.parent / "look.png")
    assert size_of(own.parent / "look-1.png") == (1241, 1754)
    assert (own.parent / "look-2.png").is_file()
    postillion("layout", "sample", "offer")
    path = own.parent / "offer-samples.pdf"
    assert len(PdfReader(path).pages) == 4
    assert ["Liebe Frau Weber" in words(path, 1), "Weber-Hohenlohe" in words(path, 2), "Dear Ms Weber" in words(path, 3)] == [True] * 3


@pytest.mark.parametrize("file", ["sheet.png", "sheet.pdf"])
def test_a_contact_sheet_shows_them_side_by_side(own: Path, file: str) -> None:
    postillion("layout", "contact-sheet", "plain", "note", "--dpi", 20, "--output", own.parent / file)
    if file.endswith(".png"):
        assert size_of(own.parent / file)[0] > 8 * 165
    assert (own.parent / file).stat().st_size > 5_000


def png(mode: str, colour: tuple[int, ...]) -> bytes:
    output = BytesIO()
    Image.new(mode, (400, 400), colour).save(output, "PNG")
    return output.getvalue()


def test_what_is_printed_white_or_empty_on_a_band_is_told(own: Path) -> None:
    postillion("layout", "new", "band", "--from", "offer")
    toml, german = own / "band" / "layout.toml", own / "band" / "de.md"
    plain = toml.read_text(encoding="utf-8")
    assert 'letterhead = "band"' in plain
    for mode, colour, warned in (("RGBA", (200, 0, 0, 90), True), ("RGBA", (200, 0, 0, 255), False), ("RGB", (200, 0, 0), False)):
        (own / "band" / "logo.png").write_bytes(png(mode, colour))
        toml.write_text(f'{plain}\nlogo = "logo.png"\n', encoding="utf-8")
        said = postillion("layout", "check", "band")
        assert ("Warning" in said and "logo.png is transparent in places" in said) is warned, said
        assert "band: good" in said
    toml.write_text(plain, encoding="utf-8")
    _, _, rest = german.read_text(encoding="utf-8").partition("\n:::\n")
    german.write_text(rest, encoding="utf-8")
    said = postillion("layout", "check", "band")
    assert "Warning: band/de.md: there is no ::: letterhead block" in said and "en.md" not in said
    toml.write_text(f'{plain}\nlogo = "logo.png"\n', encoding="utf-8")
    assert "Warning" not in postillion("layout", "check", "band")


@pytest.mark.parametrize("kind", ["preview", "sample"])
def test_what_is_looked_at_is_the_print_shops_page(own: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    shop = own.parent / "house.toml"
    shop.write_text('title = "House"\nduplex = true\nbleed = 3\nreturn_line = false\n[sheet_number]\nx = 150\ny = 292\n', encoding="utf-8")
    output = own.parent / "look.pdf"
    postillion("layout", kind, "plain", "--output", output)
    usual = len(PdfReader(output).pages)
    before = words(output)
    monkeypatch.setenv("POSTILLION_PRINT_SHOP", str(shop))
    settings.cache_clear()
    postillion("layout", kind, "plain", "--output", output)
    pages = PdfReader(output).pages
    assert len(pages) == 2 * usual
    assert [round(float(side) / 72 * 25.4) for side in (pages[0].mediabox.width, pages[0].mediabox.height)] == [216, 303]
    assert words(output).count("·") < before.count("·"), "the sender's line above the address is left out"
