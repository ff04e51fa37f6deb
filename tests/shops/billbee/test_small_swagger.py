"""Does the small Swagger file say what Billbee's own says?"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.shops.billbee.swagger import FULL, Swagger, swagger

SHAPE = ("type", "format", "enum", "required")

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="needs Billbee's Swagger file in ../shared/data/billbee")


@pytest.fixture
def small() -> Swagger:
    return swagger("small")


@pytest.fixture
def full() -> Swagger:
    return swagger("full")


def test_the_paths_and_their_parameters_are_billbees(small: Swagger, full: Swagger) -> None:
    for path, methods in small.content["paths"].items():
        for method, operation in methods.items():
            theirs = full.operation(path, method)
            assert theirs
            known = {parameter["name"]: parameter for parameter in theirs["parameters"]}
            for ours in operation["parameters"]:
                assert {name: known[ours["name"]].get(name) for name in ours} == ours


def test_every_field_is_billbees_and_of_the_same_kind(small: Swagger, full: Swagger) -> None:
    compared = [name for path in small.content["paths"] for name in _same(small, full, small.schema(path), full.schema(path), path)]
    assert len(compared) > 100


def _same(small: Swagger, full: Swagger, ours: Mapping[str, Any], theirs: Mapping[str, Any], where: str) -> Iterator[str]:
    """Compare two schemas down to the last field that ours has, through references that go by other names."""
    ours, theirs = small.resolved(ours), full.resolved(theirs)
    assert {name: ours.get(name) for name in SHAPE} == {name: theirs.get(name) for name in SHAPE}, where
    yield where
    for name, inner in ours.get("properties", {}).items():
        assert name in theirs["properties"], f"Billbee has no {where}/{name}"
        yield from _same(small, full, inner, theirs["properties"][name], f"{where}/{name}")
    if "items" in ours:
        yield from _same(small, full, ours["items"], theirs["items"], f"{where}[]")
