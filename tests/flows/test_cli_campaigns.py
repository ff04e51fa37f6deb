"""At a terminal: how campaigns are saved, listed, shown, changed and switched off."""

from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from campaigns.kinds import CampaignKind
from flows.cli import app
from flows.definition import campaign_files
from flows.wiring import installation
from store import campaigns
from store.engine import reading, writing
from store.schema import campaign_versions
from tests.flows.terminal import postillion


@pytest.fixture(autouse=True)
def migrated(own_installation: None) -> None:
    postillion("migrate")


def saved(slug: str) -> campaigns.SavedCampaign:
    with installation() as (engine, _), reading(engine) as connection:
        found = campaigns.by_slug(connection, slug)
    assert found
    return found


def test_the_presets_are_listed_with_kind_and_language_and_saved_by_name() -> None:
    listed = postillion("campaign", "presets")
    for kind in CampaignKind:
        name = kind.replace("_", "-")
        assert f"{name}-de {kind} de " in listed
        assert f"{name}-en {kind} en " in listed
    said = postillion("campaign", "save", "winback-de", "no-purchase-en")
    assert "Saved campaign winback (winback, 3 steps)." in said
    assert "Saved campaign no-purchase (no purchase, 3 steps)." in said
    assert "have never bought from you" in said, "the legal advice"
    assert "Nothing has changed in campaign winback" in postillion("campaign", "save", "winback-de")


def test_what_is_neither_a_file_nor_a_preset_is_answered_with_the_presets(tmp_path: Path) -> None:
    said = postillion("campaign", "save", "winbak-de", code=1)
    assert "There is no file winbak-de, and no preset of that name. The presets are abandoned-cart-de," in said
    assert "is a folder: name the file" in postillion("campaign", "save", tmp_path, code=1)


def test_a_file_of_ones_own_goes_before_a_preset_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (campaign_files.PRESETS / "winback-de.toml").read_text("utf-8")
    Path("winback-de").write_text(text.replace('slug = "winback"', 'slug = "ours"'), "utf-8")
    assert "Saved campaign ours" in postillion("campaign", "save", "winback-de")


def test_campaigns_are_listed_with_what_matters() -> None:
    assert postillion("campaign", "list") == ""
    postillion("campaign", "save", "winback-de", "reorder-de")
    cells = [cell.strip() for cell in postillion("campaign", "list").split("│")]
    assert cells[cells.index("reorder") :][:6] == ["reorder", "reorder", "yes", "1", "3", "none yet"]
    assert cells[cells.index("winback") :][:6] == ["winback", "winback", "yes", "3", "4", "none yet"]
    with installation() as (engine, _), writing(engine) as connection:
        connection.execute(update(campaign_versions).where(campaign_versions.c.slug == "reorder").values(definition={}))
    listed = postillion("campaign", "list")
    assert "can no longer work" in listed and "save it again" in listed


def test_a_saved_campaign_is_shown_as_a_file_that_saves_as_the_same(tmp_path: Path) -> None:
    postillion("campaign", "save", "segment-de")
    shown = CliRunner().invoke(app, ["campaign", "show", "regulars"]).output
    (tmp_path / "again.toml").write_text(shown, "utf-8")
    before = saved("regulars")
    assert "Nothing has changed in campaign regulars" in postillion("campaign", "save", tmp_path / "again.toml")
    assert saved("regulars") == before
    assert "There is no campaign 'regulras' (saved are: regulars)" in postillion("campaign", "show", "regulras", code=1)


def test_a_campaign_is_switched_off_and_on() -> None:
    postillion("campaign", "save", "winback-de")
    assert "is switched off" in postillion("campaign", "end", "winback")
    assert not saved("winback").definition.active
    assert "is active" in postillion("campaign", "resume", "winback")
    assert saved("winback").definition.active
    assert "There is no campaign 'x'" in postillion("campaign", "end", "x", code=1)


def test_a_file_that_is_wrong_in_fields_and_in_sense_is_told_both_at_once(tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text('slug = "Spring"\n[audience]\nkind = "winback"\n[[steps]]\nlayout = "winbak"\n', "utf-8")
    said = postillion("campaign", "save", tmp_path / "wrong.toml", code=1)
    assert "slug: it may hold a-z, 0-9 and single hyphens only" in said
    assert "There is no layout 'winbak', did you mean winback?" in said
