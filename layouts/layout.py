"""Which layouts are there, and what does one hold?"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from layouts import markdown, style
from layouts.din5008 import Form
from layouts.errors import InvalidLayout, MissingLanguage, UnknownLayout
from layouts.style import Style
from layouts.text import Text

BUNDLED = Path(__file__).parent / "bundled"

_LANGUAGE_FILE = re.compile(r"[a-z]{2}\.md")


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout's looks and its words in every language that it speaks."""

    name: str
    style: Style
    texts: Mapping[str, Text]
    version: str
    """SHA-256 over all its files: the same version prints the same letters."""

    @property
    def title(self) -> str:
        """What marketers call it."""
        return self.style.title

    @property
    def form(self) -> Form:
        """The form of DIN 5008 that it is set on."""
        return self.style.form

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that it has a text in, sorted."""
        return tuple(sorted(self.texts))

    def text(self, language: str) -> Text:
        """The words in ``language``; raises MissingLanguage."""
        try:
            return self.texts[language]
        except KeyError:
            raise MissingLanguage(self.name, language, self.languages) from None

    def uses_coupon(self, language: str) -> bool:
        """Whether a letter in ``language`` needs a coupon."""
        return any(name.startswith("coupon_") for name in self.placeholders(language))

    def uses_cart(self, language: str) -> bool:
        """Whether a letter in ``language`` needs an abandoned cart to speak of."""
        return any(name.startswith("cart_") for name in self.placeholders(language))

    def placeholders(self, language: str) -> frozenset[str]:
        """Every placeholder of the text in ``language``."""
        return self.text(language).placeholders


def names(folder: Path | None = None) -> list[str]:
    """All layouts that can be loaded, sorted: the bundled ones and those in the operator's own ``folder``."""
    return sorted({toml.parent.name for place in _places(folder) for toml in place.glob("*/layout.toml")})


def load(name: str, folder: Path | None = None) -> Layout:
    """Read the layout ``name`` from ``folder`` or else from the bundled ones.

    Raises UnknownLayout, InvalidLayout (layout.toml) or InvalidText (with line and column). Reads files each time: keep the result.
    """
    if name not in names(folder):
        raise UnknownLayout(name, names(folder))
    home = next(place / name for place in _places(folder) if (place / name / "layout.toml").is_file())
    texts = {path.stem: markdown.read(path, path.stem) for path in sorted(home.glob("*.md")) if _LANGUAGE_FILE.fullmatch(path.name)}
    if not texts:
        raise InvalidLayout(home, "there is no text: add de.md or en.md.")
    return Layout(name, style.read(home / "layout.toml"), texts, _version(home))


def _places(folder: Path | None) -> list[Path]:
    return [place for place in (folder, BUNDLED) if place is not None]


def _version(home: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(home).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
