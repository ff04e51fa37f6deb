"""Is a print file the same every time, and does one bad letter leave the others alone?"""

import hashlib
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from layouts import Layout
from letters import RenderedFile, render
from letters.errors import UnprintableCode
from tests.letters.conftest import CREATED_AT, SENDER, Compose, Print, text_of

ROOT = Path(__file__).parents[2]


def test_the_result_tells_the_files_size_and_hash(content: Compose, print_letters: Print) -> None:
    result, path = print_letters(content(), content("plain", "en"))
    assert result.bytes == path.stat().st_size
    assert result.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert result.pages == len(PdfReader(path).pages) == 2
    assert pickle.loads(pickle.dumps(result)) == result


def test_equal_letters_give_equal_bytes(content: Compose, print_letters: Print) -> None:
    letters = [content(token=f"K7MWPQ4XH2R{end}", salutation=f"Liebe Frau {end},") for end in "ABCDEFGH"]
    assert print_letters(*letters)[0] == print_letters(*letters)[0]


def test_the_environment_does_not_change_the_bytes(content: Compose, print_letters: Print, monkeypatch: pytest.MonkeyPatch) -> None:
    before = print_letters(content())[0]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert print_letters(content())[0] == before


def test_another_process_with_another_hash_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from benchmarks.benchmark_letter import contents, ours; folder = Path(sys.argv[1]); folder.mkdir();"
        "import hashlib; print(hashlib.sha256(ours(contents(20), folder).read_bytes()).hexdigest())"
    )
    seen = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", code, str(tmp_path / seed)]
        seen.add(subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    assert len(seen) == 1


def test_a_letter_that_cannot_be_set_is_left_out_and_the_others_stand(content: Compose, print_letters: Print) -> None:
    letters = [content(salutation="Liebe Frau Eins,"), content(salutation="Liebe Frau 王,"), content(salutation="Liebe Frau Drei,")]
    result, path = print_letters(*letters)
    assert [placed and placed.first_page for placed in result.placed] == [1, None, 2]
    [(index, reason)] = result.failures
    assert index == 1
    assert "王 (U+738B)" in reason
    assert "salutation" in reason
    assert "Drei" in text_of(path, 1)
    assert result.pages == 2


def test_a_letter_that_fails_while_it_is_set_leaves_no_half_page(content: Compose, print_letters: Print) -> None:
    too_long = content(salutation="endlos " * 5000)
    result, path = print_letters(content(), too_long, content())
    assert [placed and placed.first_page for placed in result.placed] == [1, None, 2]
    assert "longer than 6 pages" in result.failures[0][1]
    assert len(PdfReader(path).pages) == 2


def test_an_unknown_layout_or_language_fails_the_letter_only(content: Compose, print_letters: Print) -> None:
    result, _ = print_letters(content("winback", "fr"), content(), content(layout="easter"))
    assert [index for index, _ in result.failures] == [0, 2]
    assert "'fr'" in result.failures[0][1]
    assert "'easter'" in result.failures[1][1]


def test_no_two_files_share_the_name_of_a_font_subset(content: Compose, print_letters: Print) -> None:
    """Print shops merge files, and some RIPs cache fonts by name."""

    def names() -> set[str]:
        return {str(font.get_object()["/BaseFont"]) for font in PdfReader(path).pages[0]["/Resources"]["/Font"].values()}  # type: ignore[index]

    _, path = print_letters(content())
    one = names()
    print_letters(content(salutation="Liebe Frau Ångström,"))
    assert one.isdisjoint(names())
    assert all(len(name.split("+")[0]) == len("/ABCDEF") for name in one)


def test_what_letters_share_is_in_the_file_once(content: Compose, print_letters: Print) -> None:
    one, path = print_letters(content())
    forms = path.read_bytes().count(b"/Subtype /Form")
    many, path = print_letters(*(content(token=f"K7MWPQ4XH2{end}", coupon_code=f"TEE-{end}") for end in ("AB", "CD", "EF", "GH") * 25))
    assert path.read_bytes().count(b"/Subtype /Form") == forms
    assert (many.bytes - one.bytes) / 99 < 2600


def test_no_letter_at_all_gives_a_file_without_pages(print_letters: Print) -> None:
    result, _ = print_letters()
    assert (result.pages, result.placed, result.failures) == (0, (), ())


def test_a_public_url_that_fits_no_code_stops_the_file(content: Compose, tmp_path: Path, all_layouts: dict[str, Layout]) -> None:
    with pytest.raises(UnprintableCode, match="shorter"):
        render([content()], all_layouts, SENDER, "https://" + "langer-name." * 12 + "example", tmp_path / "x.pdf", "Test", CREATED_AT)
    with pytest.raises(UnprintableCode, match="_"):
        render([content()], all_layouts, SENDER, "https://a_b.example", tmp_path / "x.pdf", "Test", CREATED_AT)
    assert not (tmp_path / "x.pdf").exists()


def test_arguments_and_result_travel_to_another_process(content: Compose, all_layouts: dict[str, Layout]) -> None:
    letter = content()
    assert pickle.loads(pickle.dumps((all_layouts, letter, SENDER, render))) == (all_layouts, letter, SENDER, render)
    assert RenderedFile.__dataclass_params__.frozen  # type: ignore[attr-defined]
