"""Does every setting stand in .env.example, in the same words?"""

import os
import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from store.settings import Settings
from tests.docs.conftest import ROOT, Document

EXAMPLE = ROOT / ".env.example"
_OTHERS = {"POSTILLION_NEW_PASSWORD", "POSTILLION_FAILPOINT"}
"""Read by the command line and by tests: no settings."""


def shown(default: object) -> str:
    """A default as a line of the file holds it."""
    text = default.get_secret_value() if isinstance(default, SecretStr) else str(default)
    return f'"{text}"' if " " in text else text


def test_every_setting_is_listed_in_order_with_its_description_and_default() -> None:
    blocks = EXAMPLE.read_text("utf-8").strip().split("\n\n")[1:]
    assert len(blocks) == len(Settings.model_fields)
    for block, (name, field) in zip(blocks, Settings.model_fields.items(), strict=True):
        lines = block.splitlines()
        assert lines[0] == f"# {field.description}"
        variable = f"POSTILLION_{name.upper()}="
        assert lines[-1].startswith(f"#{variable}") if field.default is None else lines[-1] == variable + shown(field.default)


def test_the_example_as_it_stands_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("POSTILLION_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    plain = Settings()
    (tmp_path / ".env").write_bytes(EXAMPLE.read_bytes())
    assert Settings() == plain


def test_every_setting_that_a_document_names_exists(documents: list[Document]) -> None:
    known = {f"POSTILLION_{name.upper()}" for name in Settings.model_fields} | _OTHERS
    for document in documents:
        assert set(re.findall(r"POSTILLION_[A-Z0-9_]+", document.text)) <= known, document.path.name
