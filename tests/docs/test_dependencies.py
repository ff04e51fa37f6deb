"""Does every dependency stand in the documents, with the licence that it has?"""

import re
import tomllib
from collections.abc import Callable
from importlib.metadata import PackageMetadata, distributions, metadata

import pytest

from tests.docs.conftest import ROOT, Document

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SECTIONS: dict[str, list[str]] = {"At run time": PROJECT["project"]["dependencies"], "For development": PROJECT["dependency-groups"]["dev"]}


def name_of(requirement: str) -> str:
    """The package that a requirement is about."""
    found = re.match(r"[\w-]+", requirement)
    assert found
    return found[0]


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_dependency_is_explained(heading: str, document: Callable[[str], Document]) -> None:
    rows = document("docs/dependencies.md").table(heading)
    assert sorted(row[0] for row in rows) == sorted(f"`{name_of(requirement)}`" for requirement in SECTIONS[heading])
    assert all(len(row) == 4 and all(row) for row in rows)


def licence_of(package: PackageMetadata) -> str:
    """All that the metadata says of a package's licence."""
    return " ".join([*(package[field] for field in ("License-Expression", "License") if field in package), *(package.get_all("Classifier") or [])])


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_licence_is_that_of_the_installed_package(heading: str, document: Callable[[str], Document]) -> None:
    for name, _, _, licence in document("docs/dependencies.md").table(heading):
        package = metadata(name.strip("`"))
        if "License-Expression" in package:
            assert licence == package["License-Expression"], name
        elif not licence.endswith("†"):  # † stands for metadata that say nothing
            assert re.split(r"[-,]", licence)[0].lower() in licence_of(package).lower(), name


def test_nothing_installed_forbids_our_licence() -> None:
    for package in distributions():
        licences = licence_of(package.metadata).upper()
        bound = re.search(r"\bA?GPL", licences) and not any(other in licences for other in ("LGPL", "ARTISTIC", "EPL"))
        assert not bound, package.metadata["Name"]


def test_every_pin_has_its_reason(document: Callable[[str], Document]) -> None:
    reasons = document("docs/dependencies.md").section("Pins and their reasons")
    pinned = [requirement for requirement in SECTIONS["At run time"] if "==" in requirement or "<" in requirement]
    assert len(pinned) > 2
    assert all(f"`{requirement}`" in reasons for requirement in pinned)
