"""How do words and values become lines?

A text is compiled once per print file: fixed words are measured and encoded then, values when a letter is set. Breaking a line is
a binary search in the running sum of widths. A word is one width and one string, whatever faces it holds (letters.word); it is
divided only where the line would else end far from the edge (docs/decisions/0026).
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from layouts.text import Line, Placeholder, Words
from letters.encoding import NO_BREAK_SPACE, Encoder
from letters.fonts import Face, shown, styled
from letters.together import together
from letters.word import Cut, Fixed, Part, Piece, Valued, Values, Word, set_values, set_word

_HAIR = 1e-6
"""Points by which a line may be too long: sums of floats are not exact."""
_RAGGED = 0.12
"""Part of the measure that may stay empty at a line's end before a word is divided: two centimetres of a letter's line."""
_MOST_DIVIDED = 2
"""Lines below each other that end in a divided word."""
_RUNT_EM = 5.5
"""A shorter word, of some ten letters, does not stand alone in a paragraph's last line."""


@dataclass(frozen=True, slots=True)
class Type:
    """Face, size and line distance in points."""

    face: Face
    size: float
    leading: float

    @property
    def baseline(self) -> float:
        """From the top of a line to its baseline: capitals stand in the middle of the line."""
        return (self.leading + self.cap_height) / 2

    @property
    def cap_height(self) -> float:
        """Of capital letters, in points."""
        return self.size * self.face.cap_height

    def width(self, text: str) -> float:
        """Width of a text in points; raises KeyError for a character that the face lacks."""
        return self.face.width(text) * self.size

    def fitted(self, text: str, measure: float, smallest: float) -> "Type":
        """This type, or as much smaller as ``text`` needs to fit into ``measure``, but not below ``smallest``."""
        width = self.width(text)
        return self if width <= measure else replace(self, size=max(smallest, int(self.size * measure / width * 4) / 4))


class Setter:
    """Compiles lines for one print file."""

    def __init__(self, encoder: Encoder, language: str = "") -> None:
        self._encoder, self._language = encoder, language

    def speaking(self, language: str) -> "Setter":
        """The same setter, which divides words by the rules of a language (two letters)."""
        return Setter(self._encoder, language)

    def select(self, type_: Type) -> str:
        """The operator that selects a type."""
        return self._encoder.codes(type_.face, type_.size).select

    def compile(self, lines: Iterable[Line], type_: Type, measure: float, divides: bool = False) -> "Compiled":
        """Make lines ready to be set ``measure`` points wide; raises KeyError for fixed words that the face lacks.

        With ``divides`` words may be divided at the end of a line: for running text. Soft hyphens count anywhere.
        """
        language = self._language if divides else ""
        return Compiled([_parts(self._pieces(line, type_), measure, language) for line in lines], type_, measure)

    def line(self, text: str, type_: Type) -> tuple[float, str]:
        """Width and code of a text that is never broken."""
        return self._encoder.codes(type_.face, type_.size).words[text]

    def unkerned(self, text: str, type_: Type) -> str:
        """The code of an address line: sorting machines read letters best that keep their distance."""
        return (text if text.isascii() else shown(text)).translate(self._encoder.codes(type_.face, type_.size))

    def _cut(self, face: Face, type_: Type) -> Cut:
        codes = self._encoder.codes(face, type_.size)
        if face is type_.face:
            return Cut(codes)
        return Cut(codes, f")]TJ {codes.select} [(", f")]TJ {self.select(type_)} [(")

    def _pieces(self, line: Line, type_: Type) -> list[list[Piece]]:
        """The line's words, each a list of pieces without a space between them."""
        words: list[list[Piece]] = [[]]
        for run in line:
            cut = self._cut(_face(type_.face, run.bold, run.italic), type_)
            match run:
                case Placeholder():
                    words[-1].append((cut, run.name, True))
                case Words():
                    text = together(run.text)
                    first, *rest = (text.rstrip(NO_BREAK_SPACE) if run is line[-1] else text).split(" ")
                    words[-1] += [(cut, first, False)] if first else []
                    words += [[(cut, word, False)] if word else [] for word in rest]
        return [word for word in words if word]


def _face(face: Face, bold: bool, italic: bool) -> Face:
    """The face of a run within a line set in ``face``: in a bold line everything stays bold."""
    return styled(bold or face.name == "Semibold", italic, face.family) if bold or italic else face


def _parts(words: list[list[Piece]], measure: float, language: str) -> list[Part]:
    parts: list[Part] = []
    fixed: Fixed | None = None
    for word in words:
        if any(named for _, _, named in word):
            parts.append(Valued(word, language))
            fixed = None
            continue
        if fixed is None:
            fixed = Fixed()
            parts.append(fixed)
        set_word([(cut, text) for cut, text, _ in word], measure, language, fixed.widths, fixed.codes, fixed.words)
    return parts


class Compiled:
    """A paragraph: fixed words and the places of values; sets itself for one letter after the other."""

    __slots__ = ("_lines", "_measure", "_room", "_runt", "_space", "names")

    def __init__(self, lines: list[list[Part]], type_: Type, measure: float) -> None:
        self._lines, self._measure = lines, measure
        self._space, self._runt = type_.width(" "), _RUNT_EM * type_.size
        self._room = measure + self._space + _HAIR
        pieces = [piece for line in lines for part in line if isinstance(part, Valued) for piece in part.pieces]
        self.names = tuple(dict.fromkeys(text for _, text, named in pieces if named))

    def set(self, values: Values, skip_empty: bool = False) -> list[str]:
        """The lines as encoded strings; with ``skip_empty`` a line whose values are all empty is left out."""
        lines: list[str] = []
        for parts in self._lines:
            if not (skip_empty and _is_empty(parts, values)):
                codes, _, breaks, heads = self._broken(parts, values)
                broken = [" ".join(codes[first:end]) for first, end in pairwise(breaks)]
                for number, (head, _) in heads.items():
                    broken[number] += f" {head}"
                lines += broken
        return lines

    def measured(self, values: Values) -> list[tuple[float, str]]:
        """The lines as ``set`` gives them, each with its width."""
        found: list[float] = []
        for parts in self._lines:
            _, widths, breaks, heads = self._broken(parts, values)
            for number, (first, end) in enumerate(pairwise(breaks)):
                head = heads[number][1] + self._space if number in heads else 0.0
                found.append(sum(widths[first:end]) + self._space * (end - first - 1) + head)
        return list(zip(found, self.set(values), strict=True))

    def divided(self, values: Values) -> frozenset[int]:
        """The numbers of the lines, from 0, that end in a divided word."""
        found: list[int] = []
        lines = 0
        for parts in self._lines:
            _, _, breaks, heads = self._broken(parts, values)
            found += [lines + number for number in heads]
            lines += len(breaks) - 1
        return frozenset(found)

    def width(self, values: Values) -> float:
        """The width that the longest line would have if none were broken."""
        return max((sum(widths) + self._space * (len(widths) - 1) for widths, _ in (self._words(parts, values) for parts in self._lines)), default=0.0)

    def longest_word(self, values: Values) -> float:
        """The width of the widest word."""
        return max((width for parts in self._lines for width in self._words(parts, values)[0]), default=0.0)

    def _words(self, parts: list[Part], values: Values) -> tuple[list[float], list[str]]:
        widths: list[float] = []
        codes: list[str] = []
        for part in parts:
            if isinstance(part, Fixed):
                widths += part.widths
                codes += part.codes
            else:
                set_values(part, values, self._measure, widths, codes)
        return widths, codes

    def _word(self, parts: list[Part], values: Values, index: int) -> Word | None:
        """The word number ``index`` as it is written."""
        for part in parts:
            words: list[Word | None] = []
            if isinstance(part, Fixed):
                words = part.words
            else:
                set_values(part, values, self._measure, [], [], words)
            if index < len(words):
                return words[index]
            index -= len(words)
        raise IndexError(index)

    def _broken(self, parts: list[Part], values: Values) -> tuple[list[str], list[float], list[int], dict[int, tuple[str, float]]]:
        """Codes and widths of the words, where the lines begin and end among them, and what stands at the end of a line of a word that is divided.

        Of a divided word codes and widths hold the rest.
        """
        widths, codes = self._words(parts, values)
        space, room = self._space, self._room
        ends = list(accumulate([width + space for width in widths], initial=0.0))
        least = room - self._measure * _RAGGED
        count, start, streak = len(widths), 0.0, 0
        breaks = [0]
        heads: dict[int, tuple[str, float]] = {}
        while breaks[-1] < count:
            at = breaks[-1]
            end = max(at + 1, bisect_right(ends, start + room, at) - 1)
            breaks.append(end)
            if end < count:
                used = ends[end] - start
                start = ends[end]
                # The rest is no last line yet: dividing a word where it is would only leave a piece of it alone.
                if used < least and streak < _MOST_DIVIDED and ends[count] - start > room:
                    word = self._word(parts, values, end)
                    if word and (division := word.divided(room - space - used)):
                        width, head, tail, codes[end], _ = division
                        heads[len(breaks) - 2] = head, width
                        start += widths[end] - tail
                        widths[end] = tail
                        streak += 1
                        continue
                streak = 0
        if (
            len(breaks) > 2
            and breaks[-1] - breaks[-2] == 1
            and breaks[-2] - breaks[-3] > 3
            and widths[-1] < self._runt
            and widths[-2] + space + widths[-1] <= self._measure
            and len(breaks) - 3 not in heads
        ):
            breaks[-2] -= 1  # no short word alone in the last line
        return codes, widths, breaks, heads


def _is_empty(parts: Sequence[Part], values: Values) -> bool:
    names = [text for part in parts if isinstance(part, Valued) for _, text, named in part.pieces if named]
    return bool(names) and not any(values.get(name) for name in names)
