"""Do the bundled layouts still look as somebody looked at them and found them good?"""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

import layouts
from tests.letters import golden_pages
from tests.letters.golden_pages import GOLDEN, SEEN, SHEET, difference, pages

DIFFERING = Path(__file__).parents[2] / "var" / "golden"


def golden(file: str) -> Image.Image:
    with Image.open(GOLDEN / file) as page:
        return page.convert("L")


@pytest.mark.parametrize("name", layouts.names())
def test_every_page_looks_as_the_golden_one(name: str) -> None:
    drawn = dict(pages(name))
    kept = [path.name for path in GOLDEN.glob(f"{name}-*.png") if path.name.removeprefix(f"{name}-")[:3] in ("de-", "en-")]
    assert sorted(drawn) == sorted(kept), "run make golden"
    wrong = {file: how_much for file, page in drawn.items() if (how_much := difference(page, golden(file))) > SEEN}
    for file in wrong:
        DIFFERING.mkdir(parents=True, exist_ok=True)
        beside = Image.new("L", (2 * drawn[file].width, drawn[file].height))
        beside.paste(drawn[file])
        beside.paste(golden(file), (drawn[file].width, 0))
        beside.save(DIFFERING / file)
    assert not wrong, f"drawn now (left) and golden (right) are in {DIFFERING}: look at them, and run make golden if the new ones are right"


def test_a_word_or_a_line_that_is_missing_is_seen_and_what_antialiasing_changes_is_not() -> None:
    page = dict(pages("plain"))["plain-de-short-1.png"]
    without_a_word = page.copy()
    ImageDraw.Draw(without_a_word).rectangle((49, 196, 90, 205), fill=255)
    assert difference(page, without_a_word) > SEEN
    softer = page.resize((page.width * 3, page.height * 3), Image.Resampling.BILINEAR).resize(page.size, Image.Resampling.BOX)
    assert difference(page, softer) < SEEN
    assert difference(page, page.crop((0, 0, 100, 100))) == 255


def test_the_golden_pages_take_little_room_and_none_is_left_over() -> None:
    files = list(GOLDEN.glob("*.png"))
    assert sum(path.stat().st_size for path in files) < 1_500_000
    assert {path.name.split("-de-")[0].split("-en-")[0] for path in files} == set(layouts.names())
    assert SHEET.stat().st_size < 250_000


def test_drawing_them_again_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layouts, "names", lambda: ["note"])
    monkeypatch.setattr(golden_pages, "GOLDEN", tmp_path / "golden")
    monkeypatch.setattr(golden_pages, "SHEET", tmp_path / "sheet.png")
    golden_pages.renew()
    first = {path.name: path.read_bytes() for path in tmp_path.rglob("*.png")}
    golden_pages.renew()
    assert len(first) == 5
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*.png")} == first
