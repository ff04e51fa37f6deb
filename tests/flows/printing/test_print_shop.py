"""Is a print run printed as its print shop wants it, from the first letter to the manifest?"""

import json
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine

from flows.printing.rendering import folder_of
from flows.selection.selecting import open_or_resume
from layouts.errors import InvalidProduction
from layouts.production import FOGRA39, Production, ProfileChanged
from letters.errors import Misfit
from store import print_files, print_runs
from store.campaigns import SavedCampaign
from store.engine import reading
from store.settings import Settings
from tests.flows.way import handed_over, rendered, selected

HOUSE = 'title = "House"\nduplex = true\nletters_per_file = 40\ndocument_parts = true\n[sheet_number]\nx = 150\n'


def house(settings: Settings, folder: Path, text: str = HOUSE) -> Settings:
    path = folder / "house.toml"
    path.write_text(text)
    return settings.model_copy(update={"print_shop": str(path)})


def test_files_and_manifest_are_what_the_shop_wants(shop: Engine, settings: Settings, winback: SavedCampaign, tmp_path: Path) -> None:
    settings = house(settings, tmp_path)
    run = handed_over(shop, settings)
    whole = json.loads((settings.handover_dir / run.name / "manifest.json").read_bytes())
    assert (whole["print_shop"], whole["sides"], whole["output_condition"]) == ("house", "duplex", "FOGRA39")
    assert whole["sheets"] * 2 == whole["pages"] == 2 * whole["letters"] > 200
    assert {file["letters"] for file in whole["files"][:-1]} == {40}
    reader = PdfReader(settings.handover_dir / run.name / whole["files"][0]["name"])
    assert len(reader.pages) == 80
    assert "000001 1/1" in reader.pages[0].extract_text()
    assert reader.pages[1].extract_text() == ""
    assert "/DPartRoot" in reader.root_object


def test_what_a_run_began_with_counts_to_its_end(shop: Engine, settings: Settings, winback: SavedCampaign, tmp_path: Path) -> None:
    begun = selected(shop, house(settings, tmp_path))
    run = rendered(shop, settings)
    assert run.id == begun.id
    assert run.production == begun.production != Production()
    with reading(shop) as connection:
        files = print_files.of_run(connection, run.id)
    assert all(file.pages == 2 * file.letters for file in files)


def test_a_layout_that_the_shop_cannot_print_stops_before_anybody_is_selected(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    with pytest.raises(Misfit, match="E-POST"):
        open_or_resume(shop, settings.model_copy(update={"print_shop": "e-post"}), "winback", "flow")
    with pytest.raises(InvalidProduction, match="US Letter"):
        open_or_resume(shop, settings.model_copy(update={"print_shop": "lob"}), "winback", "flow")
    with reading(shop) as connection:
        assert print_runs.latest(connection, 5) == []


def test_a_profile_that_was_exchanged_in_the_middle_of_a_run_stops_it(shop: Engine, settings: Settings, winback: SavedCampaign, tmp_path: Path) -> None:
    path = tmp_path / "own.icc"
    path.write_bytes(FOGRA39.read())
    settings = settings.model_copy(update={"output_profile": path, "output_condition": "FOGRA52", "render_processes": 1})
    run = selected(shop, settings)
    path.write_bytes(b"another")
    with pytest.raises(ProfileChanged, match="another one"):
        rendered(shop, settings)
    assert not list(folder_of(settings, run.id).glob("*.pdf"))
    path.write_bytes(FOGRA39.read())
    assert rendered(shop, settings).id == run.id
