"""How do words and values become lines?

A text is compiled once per print file: fixed words are measured and encoded then, values when a letter is set. Breaking a line is
a binary search in the running sum of widths. A word is one width and one string, whatever faces it holds: text in another face
than its line's carries the operators that change the face and change it back.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from layouts.text import Line, Placeholder, Words
from letters.encoding import Codes, Encoder
from letters.fonts import CAP_HEIGHT, Face, styled

Values = Mapping[str, str]

_HAIR = 1e-6
"""Points by which a line may be too long: sums of floats are not exact."""


@dataclass(frozen=True, slots=True)
class Type:
    """Face, size and line distance in points."""

    face: Face
    size: float
    leading: float

    @property
    def baseline(self) -> float:
        """From the top of a line to its baseline: capitals stand in the middle of the line."""
        return (self.leading + self.size * CAP_HEIGHT) / 2

    def width(self, text: str) -> float:
        """Width of a text in points; raises KeyError for a character that the face lacks."""
        return self.face.width(text) * self.size

    def fitted(self, text: str, measure: float, smallest: float) -> "Type":
        """This type, or as much smaller as ``text`` needs to fit into ``measure``, but not below ``smallest``."""
        width = self.width(text)
        return self if width <= measure else replace(self, size=max(smallest, int(self.size * measure / width * 4) / 4))


@dataclass(frozen=True, slots=True)
class Cut:
    """A face at a size as one print file encodes it, and what to write around it inside a line of another face."""

    codes: Codes
    before: str = ""
    after: str = ""

    def measured(self, word: str) -> tuple[float, str]:
        """Width in points, and the word as it stands inside its line."""
        width, code = self.codes.words[word]
        return (width, f"{self.before}{code}{self.after}") if self.before and word else (width, code)


Piece = tuple[Cut, str, bool]
"""A cut with fixed text, or with the name of a placeholder (True)."""


class Fixed:
    """Fixed words: measured and encoded for good."""

    __slots__ = ("codes", "widths")

    def __init__(self, widths: list[float], codes: list[str]) -> None:
        self.widths, self.codes = widths, codes


class Setter:
    """Compiles lines for one print file."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def select(self, type_: Type) -> str:
        """The operator that selects a type."""
        return self._encoder.codes(type_.face, type_.size).select

    def compile(self, lines: Iterable[Line], type_: Type, measure: float) -> "Compiled":
        """Make lines ready to be set ``measure`` points wide; raises KeyError for fixed words that the face lacks."""
        return Compiled([_parts(self._pieces(line, type_), measure) for line in lines], type_, measure)

    def line(self, text: str, type_: Type) -> tuple[float, str]:
        """Width and code of a text that is never broken."""
        return self._encoder.codes(type_.face, type_.size).words[text]

    def unkerned(self, text: str, type_: Type) -> str:
        """The code of an address line: sorting machines read letters best that keep their distance."""
        return text.translate(self._encoder.codes(type_.face, type_.size))

    def _cut(self, face: Face, type_: Type) -> Cut:
        codes = self._encoder.codes(face, type_.size)
        if face is type_.face:
            return Cut(codes)
        return Cut(codes, f")]TJ {codes.select} [(", f")]TJ {self.select(type_)} [(")

    def _pieces(self, line: Line, type_: Type) -> list[list[Piece]]:
        """The line's words, each a list of pieces without a space between them."""
        words: list[list[Piece]] = [[]]
        for run in line:
            face = styled(run.bold, run.italic) if run.bold or run.italic else type_.face
            cut = self._cut(face, type_)
            match run:
                case Placeholder():
                    words[-1].append((cut, run.name, True))
                case Words():
                    first, *rest = run.text.split(" ")
                    words[-1] += [(cut, first, False)] if first else []
                    words += [[(cut, word, False)] if word else [] for word in rest]
        return [word for word in words if word]


Part = Fixed | list[Piece]


def _parts(words: list[list[Piece]], measure: float) -> list[Part]:
    parts: list[Part] = []
    fixed: Fixed | None = None
    for word in words:
        if any(named for _, _, named in word):
            parts.append(word)
            fixed = None
            continue
        if fixed is None:
            fixed = Fixed([], [])
            parts.append(fixed)
        _set_word([(cut, text) for cut, text, _ in word], measure, fixed.widths, fixed.codes)
    return parts


def _set_word(pieces: list[tuple[Cut, str]], measure: float, widths: list[float], codes: list[str]) -> None:
    """Measure and encode a word; one that is wider than the line is cut where the line ends."""
    width, code = pieces[0][0].measured(pieces[0][1])
    for cut, text in pieces[1:]:
        more, further = cut.measured(text)
        width += more
        code += further
    if width > measure:
        _cut_word(pieces, measure, widths, codes)
    elif width:  # else there are two spaces in a row, or an empty value
        widths.append(width)
        codes.append(code)


def _cut_word(pieces: list[tuple[Cut, str]], measure: float, widths: list[float], codes: list[str]) -> None:
    width, code = 0.0, ""
    for cut, text in pieces:
        for char in text:
            step, shown = cut.measured(char)
            if code and width + step > measure:
                widths.append(measure)
                codes.append(code)
                width, code = 0.0, ""
            width += step
            code += shown
    widths.append(width)
    codes.append(code)


class Compiled:
    """A paragraph: fixed words and the places of values; sets itself for one letter after the other."""

    __slots__ = ("_lines", "_measure", "_space", "names")

    def __init__(self, lines: list[list[Part]], type_: Type, measure: float) -> None:
        self._lines, self._measure = lines, measure
        self._space = type_.width(" ")
        pieces = [piece for line in lines for part in line if isinstance(part, list) for piece in part]
        self.names = tuple(dict.fromkeys(text for _, text, named in pieces if named))

    def set(self, values: Values, skip_empty: bool = False) -> list[str]:
        """The lines as encoded strings; with ``skip_empty`` a line whose values are all empty is left out."""
        lines: list[str] = []
        for parts in self._lines:
            if not (skip_empty and _is_empty(parts, values)):
                lines += self._broken(*self._words(parts, values))
        return lines

    def width(self, values: Values) -> float:
        """The width that the longest line would have if none were broken."""
        return max((sum(widths) + self._space * (len(widths) - 1) for widths, _ in (self._words(parts, values) for parts in self._lines)), default=0.0)

    def _words(self, parts: list[Part], values: Values) -> tuple[list[float], list[str]]:
        widths: list[float] = []
        codes: list[str] = []
        for part in parts:
            if isinstance(part, Fixed):
                widths += part.widths
                codes += part.codes
            else:
                _set_values(part, values, self._measure, widths, codes)
        return widths, codes

    def _broken(self, widths: list[float], codes: list[str]) -> list[str]:
        space = self._space
        ends = list(accumulate([width + space for width in widths], initial=0.0))
        room = self._measure + space + _HAIR
        count = len(widths)
        breaks = [0]
        while breaks[-1] < count:
            at = breaks[-1]
            breaks.append(max(at + 1, bisect_right(ends, ends[at] + room, at) - 1))
        if len(breaks) > 2 and breaks[-1] - breaks[-2] == 1 and breaks[-2] - breaks[-3] > 3 and widths[-2] + space + widths[-1] <= self._measure:
            breaks[-2] -= 1  # no single word alone in the last line
        return [" ".join(codes[start:end]) for start, end in pairwise(breaks)]


def _set_values(pieces: list[Piece], values: Values, measure: float, widths: list[float], codes: list[str]) -> None:
    """Set the words that ``pieces`` make with a letter's values: a space in a value separates words as anywhere."""
    word: list[tuple[Cut, str]] = []
    for cut, text, named in pieces:
        first, *rest = (values.get(text, "") if named else text).split(" ")
        word.append((cut, first))
        for chunk in rest:
            _set_word(word, measure, widths, codes)
            word = [(cut, chunk)]
    _set_word(word, measure, widths, codes)


def _is_empty(parts: Sequence[Part], values: Values) -> bool:
    names = [text for part in parts if isinstance(part, list) for _, text, named in part if named]
    return bool(names) and not any(values.get(name) for name in names)
