"""Is every cell harmless that could be a formula, and every other one left alone?"""

from pathlib import Path

import pytest

from campaigns.spreadsheet import harmless

BAD = ["=cmd|' /C calc'!A0", "+49 351 1", "-1+1", "@SUM(A1)", "|x", "%0A", "\tx", " =1", "\u00a0=1", "\uff1dcmd", "\uff0b1"]


@pytest.mark.parametrize("cell", BAD)
def test_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_so_does_one_on_another_line() -> None:
    assert harmless("hello\r\n=cmd") == "hello\r\n'=cmd"
    assert harmless("hello\r=cmd") == "hello\r'=cmd"


@pytest.mark.parametrize("cell", ["", "Anna", "01067", "a=b", "O'Neill", "Weg 5-7", "anna@example.org", "zwei\nZeilen", "100 %"])
def test_everything_else_stays(cell: str) -> None:
    assert harmless(cell) == cell


ROOT = Path(__file__).parents[2]
OF_OUR_OWN = {
    "flows/drawing.py": "codes of our own alphabet, slugs, days",
    "flows/selection/overlapping.py": "numbers, slugs and words of ours",
    "printshop/recall.py": "numbers, names of our files, words of ours",
}
"""Lists without a word that anybody else has typed."""


def test_every_list_that_is_written_keeps_its_cells_harmless() -> None:
    packages = ("api", "flows", "importers", "printshop", "store", "letters")
    sources = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for package in packages for path in (ROOT / package).rglob("*.py")}
    lists = {name for name, source in sources.items() if "csv.writer(" in source or "DictWriter(" in source or ".to_csv(" in source}
    assert len(lists) > 5
    assert {name for name in lists if "harmless(" not in sources[name] and "map(harmless" not in sources[name]} == set(OF_OUR_OWN)
