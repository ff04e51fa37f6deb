"""Where the documents are, and what stands in their tables and code blocks."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?:[A-Z_]+=\S+ )*((?:postillion|make)(?: [^#|&;\n]*)?)(?![\w-])")


@dataclass(frozen=True, slots=True)
class Document:
    """A Markdown file of the repository."""

    path: Path
    text: str

    def section(self, heading: str) -> str:
        """What stands between the heading (any level) and the next one of any level, or after a comment that names a table."""
        start = re.search(rf"^(?:#+ {re.escape(heading)}|<!-- {re.escape(heading)} -->)$", self.text, re.MULTILINE)
        assert start, f"{self.path.name} has no section {heading!r}"
        return re.split(r"^#+ ", self.text[start.end() :], maxsplit=1, flags=re.MULTILINE)[0]

    def table(self, heading: str) -> list[list[str]]:
        """The cells of the first table in a section, without its head."""
        lines = next(part for part in self.section(heading).split("\n\n") if part.lstrip().startswith("|")).strip().splitlines()
        return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines[2:]]

    def blocks(self, language: str) -> list[str]:
        """The code blocks in one language."""
        return [body for tag, body in _FENCE.findall(self.text) if tag == language]

    def commands(self) -> list[list[str]]:
        """The words of every ``postillion`` or ``make`` command in code blocks and code spans."""
        lines = [line for block in self.blocks("sh") for line in block.splitlines()]
        spans = re.findall(r"`([^`\n]+)`", _FENCE.sub("", self.text))
        return [found[1].split() for line in (*lines, *spans) if (found := _COMMAND.match(line))]


@pytest.fixture
def document() -> Callable[[str], Document]:
    """A document by its path in the repository."""

    def read(name: str) -> Document:
        return Document(ROOT / name, (ROOT / name).read_text("utf-8"))

    return read


@pytest.fixture
def documents(document: Callable[[str], Document]) -> list[Document]:
    """All documents."""
    return [document(name) for name in ("README.md", "CHANGELOG.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")))]
