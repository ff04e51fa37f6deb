"""A good print file to spoil, and what it should say."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf
import pytest

from layouts import Layout
from layouts.production import Production
from letters import render
from letters.preflight import Code, ExpectedLetter, Report, Sampling, check, expected
from tests.letters.conftest import CREATED_AT, PUBLIC_URL, SENDER, Compose

TOKENS = ("K7MWPQ4XH2RD", "A2BC3DE4FGH5", "TKENTKENTKAB")


@dataclass(frozen=True)
class PrintFile:
    """A file on disk with its letters."""

    path: Path
    letters: list[ExpectedLetter]
    production: Production = field(default_factory=Production)

    def report(self, production: Production | None = None, sampling: Sampling | None = None, letters: list[ExpectedLetter] | None = None) -> Report:
        return check(self.path, self.letters if letters is None else letters, production or self.production, sampling)

    def codes(self, production: Production | None = None) -> set[Code]:
        return set(self.report(production).counts)

    @contextmanager
    def spoiled(self, **saved: object) -> Iterator[pikepdf.Pdf]:
        """The file, opened to be changed and saved again; ``saved`` says how."""
        with pikepdf.open(self.path, allow_overwriting_input=True) as pdf:
            yield pdf
            pdf.save(self.path, **{"force_version": "1.6", "compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none, **saved})


Printed = Callable[..., PrintFile]


@pytest.fixture
def printed(tmp_path: Path, all_layouts: dict[str, Layout], content: Compose) -> Printed:
    """Letters on paper: three of them, or those given."""

    def make(*letters: object, production: Production | None = None) -> PrintFile:
        wanted = production or Production()
        contents = list(letters) or [
            content(token=token, address=(f"Johanna {name}", f"{name}weg 7", "20253 Hamburg")) for token, name in zip(TOKENS, "ABC", strict=True)
        ]
        path = tmp_path / "print-file.pdf"
        result = render(contents, all_layouts, SENDER, PUBLIC_URL, path, "Test", CREATED_AT, production=wanted)  # type: ignore[arg-type]
        assert not result.failures
        placed = {number: (place.first_page, place.pages) for number, place in enumerate(result.placed, 101) if place}
        return PrintFile(path, expected(enumerate(contents, 101), placed, all_layouts, SENDER, PUBLIC_URL, wanted), wanted)  # type: ignore[arg-type]

    return make


@pytest.fixture
def good(printed: Printed) -> PrintFile:
    return printed()
