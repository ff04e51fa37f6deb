"""Which layouts are there, and what does one hold?"""

import hashlib
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from layouts import markdown, style
from layouts.din5008 import Form
from layouts.errors import InvalidLayout, LayoutError, MissingLanguage, UnknownLayout
from layouts.style import Style
from layouts.text import Text

BUNDLED = Path(__file__).parent / "bundled"

_LANGUAGE_FILE = re.compile(r"[a-z]{2}\.md")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_NAMING = "a layout's name consists of small letters, digits and hyphens, like spring-sale."


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout's looks and its words in every language that it speaks."""

    name: str
    style: Style
    texts: Mapping[str, Text]
    version: str
    """SHA-256 over all that is printed of its folder: the same version prints the same letters."""
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The pictures and the stationery that its style names: file name -> content."""
    form: Form = field(init=False)
    """The form of DIN 5008 that it is set on, with the layout's own margins."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "form", self.style.page_form)

    @property
    def title(self) -> str:
        """What marketers call it."""
        return self.style.title

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
        return any(name.startswith("coupon_") for name in self._unconditional(language))

    def prints_coupon(self, language: str) -> bool:
        """Whether a letter in ``language`` shows its coupon, where it has one."""
        return any(name.startswith("coupon_") for name in self.placeholders(language))

    def uses_cart(self, language: str) -> bool:
        """Whether a letter in ``language`` needs an abandoned cart to speak of."""
        return any(name.startswith("cart_") for name in self._unconditional(language))

    def placeholders(self, language: str) -> frozenset[str]:
        """Every placeholder of the text in ``language``."""
        return self.text(language).placeholders

    def _unconditional(self, language: str) -> frozenset[str]:
        text = self.text(language)
        return text.placeholders - text.conditional


def names(folder: Path | None = None) -> list[str]:
    """All layouts that can be loaded, sorted: the bundled ones and those in the operator's own ``folder``."""
    found = {toml.parent.name for place in _places(folder) for toml in place.glob("*/layout.toml")}
    return sorted(name for name in found if _NAME.fullmatch(name))


def load(name: str, folder: Path | None = None) -> Layout:
    """Read the layout ``name`` from ``folder`` or else from the bundled ones.

    Raises UnknownLayout, InvalidLayout (layout.toml, or a name that cannot be used) or InvalidText (with line and column). Reads files each
    time: keep the result.
    """
    home = _home(name, folder)
    texts = {path.stem: markdown.read(path, path.stem) for path in _texts(home)}
    if not texts:
        raise _no_text(home)
    looks = style.read(home / "layout.toml")
    files = {file: (home / file).read_bytes() for file in looks.files}
    return Layout(name, looks, texts, _version(home, looks.files), files)


def mistakes(name: str, folder: Path | None = None) -> list[LayoutError]:
    """What is wrong with the files of a layout: every wrong key of layout.toml, and the first mistake in each text; raises UnknownLayout."""
    home = _home(name, folder)
    found: list[LayoutError] = [*style.mistakes(home / "layout.toml")]
    texts = _texts(home)
    for path in texts:
        try:
            markdown.read(path, path.stem)
        except LayoutError as error:
            found.append(error)
    return found if texts else [*found, _no_text(home)]


def sources(name: str, folder: Path | None = None) -> dict[str, str]:
    """The files that somebody writes, as they stand on disk: layout.toml and the texts, by file name; raises UnknownLayout.

    What is no UTF-8 comes with marks in its place: a broken file is looked at to find what is wrong.
    """
    home = _home(name, folder)
    return {path.name: path.read_text("utf-8", errors="replace") for path in (home / "layout.toml", *_texts(home))}


def is_bundled(name: str, folder: Path | None = None) -> bool:
    """Whether the layout is one of ours, and none of the operator's own ``folder``; raises UnknownLayout."""
    return _home(name, folder).parent == BUNDLED


def copy(source: str, name: str, folder: Path) -> Path:
    """Begin a layout of one's own as a copy of another one; returns its folder. Raises InvalidLayout where the name cannot be used, UnknownLayout."""
    home = folder / name
    if not _NAME.fullmatch(name):
        raise InvalidLayout(home, _NAMING)
    if home.exists():
        raise InvalidLayout(home, "there is such a folder already: choose another name.")
    shutil.copytree(_home(source, folder), home)
    return home


def _home(name: str, folder: Path | None) -> Path:
    known = names(folder)
    if name in known:
        return next(place / name for place in _places(folder) if (place / name / "layout.toml").is_file())
    if folder and name in {toml.parent.name for toml in folder.glob("*/layout.toml")}:
        raise InvalidLayout(folder / name, f"rename the folder: {_NAMING}")
    raise UnknownLayout(name, known)


def _texts(home: Path) -> list[Path]:
    return [path for path in sorted(home.glob("*.md")) if _LANGUAGE_FILE.fullmatch(path.name)]


def _no_text(home: Path) -> InvalidLayout:
    return InvalidLayout(home, "there is no text: add de.md or en.md.")


def _places(folder: Path | None) -> list[Path]:
    return [place for place in (folder, BUNDLED) if place is not None]


def _version(home: Path, files: Sequence[str]) -> str:
    """Of what is printed alone: what an editor or a file manager leaves in the folder changes no letter."""
    digest = hashlib.sha256()
    for path in sorted({home / "layout.toml", *_texts(home), *(home / file for file in files)}):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(home).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
