"""Do the commands exist that the documents name, and do the harmless ones work?"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer.main

from campaigns.campaign import Campaign, Step
from flows.cli import app
from flows.definition.campaign_files import presets
from store import campaigns
from store.engine import open_engine, reading, writing
from tests.docs.conftest import ROOT, Document

POSTILLION = Path(sys.executable).parent / "postillion"
HARMLESS = (["migrate"], ["layout", "list"], ["campaign", "save"], ["import", "csv"])


def options_of(words: list[str]) -> set[str]:
    """The options of a postillion command; fails for a command that does not exist."""
    command = typer.main.get_command(app)
    for word in words[1:]:
        commands = getattr(command, "commands", None)
        if not commands:
            break
        assert word in commands, f"`{' '.join(words)}`: there is no {word!r}, only {', '.join(commands)}"
        command = commands[word]
    assert not getattr(command, "commands", None) or len(words) == 1, f"`{' '.join(words)}` is only the beginning of a command"
    return {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}


def test_every_postillion_command_in_the_documents_exists(documents: list[Document]) -> None:
    found = [(document.path.name, words) for document in documents for words in document.commands() if words[0] == "postillion"]
    assert len(found) > 20
    for _, words in found:
        known = options_of(words)
        assert {word for word in words if word.startswith("--")} <= known


def test_every_make_target_in_the_documents_exists(documents: list[Document]) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {words[1] for document in documents for words in document.commands() if words[0] == "make" and len(words) > 1}
    assert {"demo", "test", "up"} <= named <= targets


@pytest.fixture
def postillion(tmp_path: Path) -> Callable[..., str]:
    """The command line in an installation of its own on SQLite, in a folder where the repository's examples can be found."""
    for name in ("examples", "flows"):
        (tmp_path / name).symlink_to(ROOT / name)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POSTILLION_")}
    folders = {"POSTILLION_DATA_DIR": "var", "POSTILLION_INBOX_DIR": "var/inbox", "POSTILLION_HANDOVER_DIR": "var/handover", "COLUMNS": "200"}

    def run(*arguments: str) -> str:
        done = subprocess.run([POSTILLION, *arguments], cwd=tmp_path, env={**environment, **folders}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"postillion {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    return run


def test_the_harmless_commands_of_the_readme_work_in_their_order(document: Callable[[str], Document], postillion: Callable[..., str], tmp_path: Path) -> None:
    lines = [line.split("#")[0].split() for block in document("README.md").blocks("sh") for line in block.splitlines()]
    commands = [words[1:] for words in lines if words[:1] == ["postillion"] and any(words[1 : 1 + len(one)] == one for one in HARMLESS)]
    assert [words[0] for words in commands] == ["migrate", "import", "campaign"]
    answers = [postillion(*words) for words in commands]
    assert "400 stored, 0 unchanged, 0 rejected" in answers[1]
    assert "Saved campaign winback" in answers[2]
    assert (tmp_path / "var" / "postillion.db").is_file()


@pytest.fixture
def tables(sqlite_template: Path, tmp_path: Path) -> Path:
    """The installation's database with all tables."""
    path = tmp_path / "var" / "postillion.db"
    path.parent.mkdir()
    shutil.copy(sqlite_template, path)
    return path


@pytest.mark.usefixtures("tables")
def test_every_preset_can_be_saved_and_every_layout_listed(postillion: Callable[..., str]) -> None:
    saved = postillion("campaign", "save", *(str(path.relative_to(ROOT)) for path in presets()))
    assert saved.count("Version ") == len(presets()) > 1
    assert {"plain", "winback"} <= {line.split(":")[0] for line in postillion("layout", "list").splitlines()}


def test_the_backup_of_the_operations_guide_holds_everything(
    document: Callable[[str], Document], postillion: Callable[..., str], tables: Path, tmp_path: Path
) -> None:
    engine = open_engine(f"sqlite:///{tables}")
    with writing(engine) as connection:
        campaigns.save(connection, Campaign("winback", "Winback", "https://tee.example", (Step("winback"),)), datetime.now(UTC))
    engine.dispose()
    lines = [line.split() for block in document("docs/operations.md").blocks("sh") for line in block.splitlines()]
    [take], [put_back] = ([words[1:-1] for words in lines if words[:2] == ["postillion", name]] for name in ("backup", "restore"))
    postillion(*take, "one.tar.gz")
    tables.unlink()
    postillion(*put_back, "one.tar.gz")
    with reading(engine) as connection:
        assert campaigns.slugs(connection) == ["winback"]
    engine.dispose()


def test_the_command_for_a_secret_key_makes_one_that_is_long_enough(document: Callable[[str], Document]) -> None:
    line = next(line for block in document("docs/operations.md").blocks("sh") for line in block.splitlines() if "token_urlsafe" in line)
    made = subprocess.run([sys.executable + line.removeprefix("python")], shell=True, capture_output=True, text=True, check=True).stdout.strip()
    assert len(made) > 40
    assert line in (ROOT / ".env.example").read_text("utf-8")
