"""What is a word before it comes to its line: its faces, its width, and where it may be divided?

Text in another face than its line's carries the operators that change the face and change it back.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from letters.encoding import Codes
from letters.fonts import shown
from letters.hyphenation import Break, breaks
from letters.together import together_value

Values = Mapping[str, str]

_RUNNING = frozenset({"coupon_conditions", "title"})
"""Values that are running text, whose words may be divided; names, numbers and links may not."""


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


Division = tuple[float, str, float, str, int]
"""Width and code of what stays on the line, hyphen included; width and code of what goes to the next one; characters that stay."""


class Word:
    """A word as it was written, asked only where a line could end in it."""

    __slots__ = ("_divisions", "_heads", "_language", "_pieces", "_places")

    def __init__(self, pieces: list[tuple[Cut, str]], language: str) -> None:
        self._pieces, self._language = pieces, language
        self._places: tuple[Break, ...] | None = None
        self._heads: dict[Break, tuple[float, str]] = {}
        self._divisions: dict[Break, Division] = {}

    def divided(self, room: float) -> Division | None:
        """The division that fills ``room`` points best, None when nothing of the word fits or it must stay whole."""
        if self._places is None:
            self._places = breaks("".join(text for _, text in self._pieces), self._language)
        fitting, beyond = 0, 1  # from the front in longer and longer steps: of a word of many lines only one line is measured
        while beyond <= len(self._places) and self._width(self._places[beyond - 1]) <= room:
            fitting, beyond = beyond, 2 * beyond
        fitting = bisect_right(self._places, room, fitting, min(beyond, len(self._places)), key=self._width)
        return self._division(self._places[fitting - 1]) if fitting else None

    def after(self, division: Division) -> list[tuple[Cut, str]]:
        """The pieces that go to the next line."""
        return _split(self._pieces, division[-1])[1]

    def _width(self, place: Break) -> float:
        """Width of what stays on the line, hyphen included."""
        if place not in self._heads:
            at, hyphen = place
            head = _split(self._pieces, at)[0]
            if hyphen:
                cut, text = head[-1]
                head[-1] = cut, f"{text}-"
            self._heads[place] = measured(head)
        return self._heads[place][0]

    def _division(self, place: Break) -> Division:
        if place not in self._divisions:
            self._divisions[place] = (*self._heads[place], *measured(_split(self._pieces, place[0])[1]), place[0])
        return self._divisions[place]


def _split(pieces: Sequence[tuple[Cut, str]], at: int) -> tuple[list[tuple[Cut, str]], list[tuple[Cut, str]]]:
    """The pieces before and after the character number ``at``."""
    head: list[tuple[Cut, str]] = []
    for index, (cut, text) in enumerate(pieces):
        if at <= len(text):
            return [*head, (cut, text[:at])], [(cut, text[at:]), *pieces[index + 1 :]]
        at -= len(text)
        head.append((cut, text))
    return head, []


class Fixed:
    """Fixed words: measured and encoded for good."""

    __slots__ = ("codes", "widths", "words")

    def __init__(self) -> None:
        self.widths: list[float] = []
        self.codes: list[str] = []
        self.words: list[Word | None] = []


class Valued:
    """A word, or several, that a letter's values make together with what is fixed right beside them."""

    __slots__ = ("language", "pieces")

    def __init__(self, pieces: list[Piece], language: str) -> None:
        self.pieces = pieces
        # Names, numbers and links are not divided.
        self.language = language if all(text in _RUNNING for _, text, named in pieces if named) else ""


Part = Fixed | Valued


def measured(pieces: list[tuple[Cut, str]]) -> tuple[float, str]:
    """Width in points and code of a word in one piece."""
    width, code = pieces[0][0].measured(pieces[0][1])
    for cut, text in pieces[1:]:
        more, further = cut.measured(text)
        width += more
        code += further
    return width, code


def set_word(
    pieces: list[tuple[Cut, str]], measure: float, language: str, widths: list[float], codes: list[str], words: list[Word | None] | None = None
) -> None:
    """Measure and encode a word; one that is wider than the line is divided, or cut where the line ends.

    ``words`` gets the words as they are written, where somebody wants them.
    """
    width, code = pieces[0][0].measured(pieces[0][1]) if len(pieces) == 1 else measured(pieces)
    if width > measure:
        _cut_word(pieces, measure, language, widths, codes)
    elif width:  # else there are two spaces in a row, or an empty value
        widths.append(width)
        codes.append(code)
        if words is not None:
            words.append(Word(pieces, language))
    if words is not None:
        words += [None] * (len(widths) - len(words))  # what is cut once stays as it is


def _cut_word(pieces: list[tuple[Cut, str]], measure: float, language: str, widths: list[float], codes: list[str]) -> None:
    word = Word(pieces, language)
    while (division := word.divided(measure)) and division[2]:
        widths.append(measure)
        codes.append(division[1])
        pieces = word.after(division)
        if division[2] <= measure:
            widths.append(division[2])
            codes.append(division[3])
            return
        word = Word(pieces, language)
    width, code = 0.0, ""
    for cut, text in pieces:
        for char in shown(text):
            step, drawn = cut.measured(char)
            if code and width + step > measure:
                widths.append(measure)
                codes.append(code)
                width, code = 0.0, ""
            width += step
            code += drawn
    widths.append(width)
    codes.append(code)


def set_values(part: Valued, values: Values, measure: float, widths: list[float], codes: list[str], words: list[Word | None] | None = None) -> None:
    """Set the words that ``part`` makes with a letter's values: a space in a value separates words as anywhere."""
    word: list[tuple[Cut, str]] = []
    language = part.language
    for cut, text, named in part.pieces:
        if named:
            text = values.get(text, "")
            if " " in text:
                first, *rest = together_value(text).split(" ")
                word.append((cut, first))
                for chunk in rest:
                    set_word(word, measure, language, widths, codes, words)
                    word = [(cut, chunk)]
                continue
        word.append((cut, text))
    set_word(word, measure, language, widths, codes, words)
