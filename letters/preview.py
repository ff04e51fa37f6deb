"""What exactly was printed for this person?"""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader, PdfWriter


def cut(path: Path, first_page: int, pages: int) -> bytes:
    """A PDF of ``pages`` pages of the print file ``path`` from ``first_page`` (counted from 1); the same bytes every time."""
    return cut_many(path, [(first_page, pages)])


def cut_many(path: Path, ranges: Iterable[tuple[int, int]]) -> bytes:
    """A proof: the pages of several letters, each as first page and number of pages, in the order given.

    Raises ValueError for pages that the file does not have.
    """
    reader, writer = PdfReader(path), PdfWriter()
    count = len(reader.pages)
    for first_page, pages in ranges:
        if first_page < 1 or pages < 1 or first_page + pages - 1 > count:
            raise ValueError(f"{path.name} has {count} pages, none such as {first_page} to {first_page + pages - 1}.")
        for page in reader.pages[first_page - 1 : first_page + pages - 1]:
            writer.add_page(page)
    writer.metadata = reader.metadata
    output = BytesIO()
    writer.write(output)
    return output.getvalue()
