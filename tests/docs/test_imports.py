"""Does the shop owner's guide to imports name every error, every stream, every kind of block and the scopes that are asked for?"""

from collections.abc import Callable, Iterator

from campaigns.errors import PostillionError
from flows import errors as flow_errors
from flows.intake.blocks import KINDS
from importers import errors as importer_errors
from importers.shopify.check import ALL_ORDERS, NEEDED
from importers.shopify.subscriptions import PRIVACY
from tests.docs.conftest import Document

GUIDE = "docs/imports.md"
OF_FLOWS = {"BeingWorkedOn", "DatabaseFailed", "ShopNotConnected", "SourceTaken", "WrongSource", "NothingToImport"}
"""The errors of flows that an import can end with."""


def below(kind: type[PostillionError]) -> Iterator[type[PostillionError]]:
    for child in kind.__subclasses__():
        yield child
        yield from below(child)


def test_every_error_of_an_import_is_explained_with_what_to_do(document: Callable[[str], Document]) -> None:
    rows = document(GUIDE).table("Errors of imports")
    raised = {kind.__name__ for kind in below(PostillionError) if kind.__module__ == importer_errors.__name__} - {"BadRecord"}
    assert {row[0].strip("`") for row in rows} == raised | OF_FLOWS
    assert {kind.__name__ for kind in below(PostillionError) if kind.__module__ == flow_errors.__name__} >= OF_FLOWS
    assert all(meaning.endswith(".") and advice.endswith(".") for _, meaning, advice in rows)


def test_the_scopes_are_those_that_a_first_import_needs(document: Callable[[str], Document]) -> None:
    guide = document(GUIDE)
    [line] = [block.strip() for block in guide.blocks("text") if block.startswith("read_")]
    assert line.split(",") == [*NEEDED, ALL_ORDERS]
    assert all(f"`{topic}`" in guide.text for topic in PRIVACY)


def test_every_kind_of_block_is_named_as_the_ui_names_it(document: Callable[[str], Document]) -> None:
    text = document(GUIDE).text
    assert all(f"*{kind.get_block_type_name()}*" in text for kind in KINDS)
