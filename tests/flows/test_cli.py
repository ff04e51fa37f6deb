"""The command line as somebody at a terminal meets it: what it says, and what it refuses."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer.main

from flows.cli import app
from flows.cli.app import NOUNS
from store import settings as settings_module
from tests.flows.terminal import postillion

SAMPLE = Path(__file__).parents[2] / "examples" / "sample_shop"
PRESET = Path(__file__).parents[2] / "flows" / "presets" / "winback-de.toml"


pytestmark = pytest.mark.usefixtures("own_installation")


def test_nothing_works_before_the_tables_are_there_and_the_message_says_what_to_do() -> None:
    assert "run `postillion migrate`" in postillion("campaign", "list", code=1)
    assert "up to date" in postillion("migrate")
    assert postillion("campaign", "list") == ""


def test_from_an_import_to_the_print_shop(tmp_path: Path) -> None:
    from flows.wiring import installation
    from tests.flows.way import rendered

    postillion("migrate")
    assert "400 customers read, 400 stored, 0 unchanged, 0 rejected" in postillion("import", "csv", SAMPLE)
    assert "400 customers read, 0 stored, 400 unchanged, 0 rejected" in postillion("import", "csv", SAMPLE)
    assert "Saved campaign winback" in postillion("campaign", "save", PRESET)
    with installation() as (engine, settings):
        rendered(engine, settings)
    assert "awaiting_approval" in postillion("print-run", "list")
    assert "only an approved one can be handed over" in postillion("print-run", "hand-over", 1, code=1)
    postillion("print-run", "approve", 1, code=1, typed="n\n")
    assert "Print run 1 is approved" in postillion("print-run", "approve", 1, "--yes")
    assert "Handed over to" in postillion("print-run", "hand-over", 1)
    assert (tmp_path / "handover" / "winback-00001" / "manifest.json").exists()
    assert "cannot be rejected any more" in postillion("print-run", "reject", 1, "--yes", code=1)
    assert "no print run 7" in postillion("print-run", "approve", 7, "--yes", code=1)


def test_mistakes_are_answered_in_words_without_a_traceback(tmp_path: Path) -> None:
    postillion("migrate")
    (tmp_path / "umsatz.csv").write_text("Monat;Umsatz\n1;2\n")
    (tmp_path / "broken.toml").write_text('slug = "x"\nnaem = "X"\n')
    for arguments, said in (
        (("import", "csv", tmp_path / "nowhere.csv"), "There is no CSV file at"),
        (("import", "csv", tmp_path / "umsatz.csv"), "Monat"),
        (("campaign", "save", tmp_path / "broken.toml"), "naem: there is no field of that name"),
        (("campaign", "save", tmp_path / "nowhere.toml"), "There is no file"),
    ):
        output = postillion(*arguments, code=1)
        assert said in output
        assert "Traceback" not in output


def test_a_user_needs_a_password_that_is_long_enough() -> None:
    postillion("migrate")
    assert "choose one of 12 or more" in postillion("user", "add", "anna", "--password", "short", code=1)
    assert "anna may sign in now" in postillion("user", "add", "anna", "--password", "four words and a dot.")
    assert "chef" in postillion("user", "add", "anna", "--role", "chef", "--password", "four words and a dot.", code=2)


def test_layouts_are_listed_with_their_languages() -> None:
    assert "winback: Win-back letter with coupon (de, en)" in postillion("layout", "list")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PUBLIC_URL", "https://tee.example/path", "POSTILLION_PUBLIC_URL must end after the host"),
        ("PUBLIC_URL", "https://tee.example", "POSTILLION_SECRET_KEY must be set"),
        ("TIMEZONE", "Europe/Berln", "POSTILLION_TIMEZONE is no time zone"),
        ("SECRET_KEY", "tooshort", "POSTILLION_SECRET_KEY must have at least 16 characters, this one has 8"),
        ("API_PORT", "abc", "POSTILLION_API_PORT"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"POSTILLION_{name}", value)
    settings_module.settings.cache_clear()
    output = postillion("migrate", code=1)
    assert said in output
    assert "Traceback" not in output


HEAVY = {"prefect", "pandas", "numpy", "reportlab", "pypdf", "pikepdf", "PIL", "statsmodels", "scipy", "s3fs", "sshfs", "distributed", "fastapi"}


def test_the_command_line_starts_without_what_only_some_commands_need() -> None:
    """Each takes between a tenth and two seconds."""
    shown = "import sys\nfrom flows.cli import app\ntry: app(['--help'])\nexcept SystemExit: print('loaded:', *sys.modules)"
    said = subprocess.run([sys.executable, "-c", shown], check=True, capture_output=True, text=True).stdout
    assert "print-run" in said
    assert HEAVY & {name.partition(".")[0] for name in said.rpartition("loaded:")[2].split()} == set()


def test_who_only_hands_a_billbee_account_over_needs_no_csv_reader() -> None:
    loaded = "import sys, importers.billbee, importers.shopify; print(*(name for name in sys.modules))"
    said = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True).stdout.split()
    assert "importers.billbee" in said
    assert {"pandas", "importers.csv_file"} & set(said) == set()


def test_each_noun_says_what_its_module_says() -> None:
    shown: Any = typer.main.get_command(app)
    for name, (module, text) in NOUNS.items():
        assert (shown.commands[name].help, import_module(f"flows.cli.{module}").app.info.help) == (text, text)


def test_each_module_with_commands_is_a_noun() -> None:
    modules = (Path(__file__).parents[2] / "flows" / "cli").glob("*.py")
    with_commands = {path.stem for path in modules if "\napp = typer.Typer(no_args_is_help" in path.read_text("utf-8")}
    assert with_commands == {module for module, _ in NOUNS.values()}


def test_a_noun_has_its_own_commands_and_nothing_of_the_shells() -> None:
    assert "dry-run" in postillion("campaign", "--help")
    assert "--install-completion" not in postillion("campaign", "--help")
