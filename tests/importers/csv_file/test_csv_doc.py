"""Does docs/csv.md tell which formats, fields, keys and reasons there are, all of them and nothing else?"""

import re
from pathlib import Path

from campaigns.order import OrderState
from campaigns.record import Kind
from campaigns.rejection import RejectionReason
from importers.csv_file.known_formats import FORMATS, OBJECTIONS, ROBINSON
from importers.csv_file.mapping import known_keys
from importers.csv_file.rows import FIELDS

DOC = (Path(__file__).parents[3] / "docs" / "csv.md").read_text("utf-8")
PEOPLE = (Kind.CUSTOMERS, Kind.ORDERS, Kind.OBJECTIONS, Kind.ROBINSON)


def table(first_heading: str) -> list[list[str]]:
    """The rows of the table whose first column has that heading."""
    _, _, rest = DOC.partition(f"\n| {first_heading} |")
    rows = re.match(r"(?:.*\n)\|[-|]+\|\n((?:\|.*\n)+)", rest)
    assert rows, f"there is no table of {first_heading}"
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows[1].splitlines()]


def test_every_format_is_named_with_its_kind() -> None:
    assert {row[0].strip("`"): row[2] for row in table("format")} == {each.name: each.kind for each in (*FORMATS, OBJECTIONS, ROBINSON)}


def test_every_key_of_a_mapping_file_is_explained() -> None:
    assert tuple(row[0].strip("`") for row in table("key")) == known_keys()
    assert all(f"`{state}`" in DOC for state in OrderState)
    assert all(f"`{kind}`" in DOC for kind in Kind)


def test_every_field_is_explained_with_the_kinds_that_have_it() -> None:
    said = {row[0].strip("`"): row[1] for row in table("field")}
    assert set(said) == {name for fields in FIELDS.values() for name in fields}
    for name, kinds in said.items():
        have = {kind for kind, fields in FIELDS.items() if name in fields}
        if kinds == "people":
            assert have >= {Kind.CUSTOMERS, Kind.OBJECTIONS, Kind.ROBINSON}, name
        elif kinds != "all":
            named = {Kind(kind) for kind in kinds.split(", ")}
            assert named <= have, name
            assert have - named <= {Kind.ROBINSON}, name


def test_every_reason_is_explained() -> None:
    assert {row[0].strip("`") for row in table("reason")} == set(RejectionReason) - {RejectionReason.MALFORMED}
