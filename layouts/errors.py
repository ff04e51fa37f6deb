"""What can be wrong with a layout, and how a caller should react.

Stop                        (campaigns.errors) nothing of this campaign goes on until a person has changed something
└── LayoutError
    ├── UnknownLayout       no folder of that name
    ├── InvalidLayout       layout.toml holds something that cannot work
    ├── InvalidProduction   a print shop's profile holds something that cannot work
    ├── InvalidText         a text (de.md, en.md) holds something that cannot be printed
    └── MissingLanguage     the layout has no text in that language
"""

from difflib import get_close_matches
from pathlib import Path

from campaigns.errors import Stop


class LayoutError(Stop):
    """A layout cannot be used as it stands."""


class UnknownLayout(LayoutError):
    """There is no layout of that name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"There is no layout {name!r}{did_you_mean(name, known)} There are: {', '.join(known)}.")


class InvalidLayout(LayoutError):
    """A key of layout.toml is missing, unknown or has a value that cannot work, or a file that it names cannot be printed."""

    def __init__(self, path: Path, problem: str, line: int | None = None, column: int | None = None) -> None:
        self.line, self.column = line, column
        place = "".join(f":{number}" for number in (line, column) if number is not None)
        super().__init__(f"{path}{place}: {problem}")


class InvalidProduction(LayoutError):
    """A print shop's profile cannot be used; says which file, line and key, and what it may hold, for every mistake."""

    def __init__(self, path: Path, *mistakes: str | tuple[int | None, str]) -> None:
        placed = [(None, mistake) if isinstance(mistake, str) else mistake for mistake in mistakes]
        super().__init__("\n".join(f"{path}{'' if line is None else f':{line}'}: {problem}" for line, problem in placed))


class InvalidText(LayoutError):
    """A text cannot be printed; says where it is wrong, counted from 1 as editors do."""

    def __init__(self, path: Path, problem: str, line: int = 1, column: int | None = None) -> None:
        self.line, self.column = line, column
        place = f"{line}" if column is None else f"{line}:{column}"
        super().__init__(f"{path}:{place}: {problem}")


class MissingLanguage(LayoutError):
    """The layout has no text in the language that was asked for."""

    def __init__(self, layout: str, language: str, languages: tuple[str, ...]) -> None:
        super().__init__(f"The layout {layout!r} has no text in {language!r}, only in {', '.join(languages)}: add {language}.md to its folder.")


def did_you_mean(word: str, known: list[str], form: str = "{}") -> str:
    """The end of a sentence about an unknown word: the nearest known one where there is any."""
    near = get_close_matches(word, known, n=1)
    return f", did you mean {form.format(near[0])}?" if near else "."
