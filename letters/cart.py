"""How is a cart listed: a row for each article, the rest in a line, the sum below the prices?"""

from collections.abc import Sequence

from campaigns.letter import Item, LetterContent
from layouts.style import BLACK, Cmyk, Style
from layouts.text import MORE, Cart, Placeholder
from letters.blocks import Galley, Scale
from letters.errors import UnprintableLetter
from letters.page import Drawing
from letters.typeset import Compiled, Setter
from letters.word import Values

MOST_LINES = 3
"""Lines of one title, some 200 characters; shops' article names run on with search words after that."""

_STRONG, _FINE = (0.75, BLACK), (0.25, Cmyk(0, 0, 0, 40))
"""Width in points and ink of the rules around the table and between its rows."""


def rows(items: Sequence[Item], style: Style) -> Sequence[Item]:
    """The articles that get a row: all, or so many that at least two are left to sum up ("and 2 more articles")."""
    return items if len(items) <= style.cart_rows else items[: style.cart_rows - 1]


class CartBlock:
    """Quantity at the left, title beside it, price at the right edge where all its digits stand below each other."""

    _QUANTITY, _PRICE, _GAP = 3.5, 8.5, 1.2
    """Width of the columns in em, and the white between title and price that belongs to the last one."""
    _AIR = 3.0
    """Points above and below the lines of a row."""

    def __init__(self, cart: Cart, setter: Setter, scale: Scale, style: Style, measure: float) -> None:
        self._setter, self._style, self._measure, self._type, self._small = setter, style, measure, scale.body, scale.small
        em = scale.body.size
        self._x, self._price_room = self._QUANTITY * em, (self._PRICE - self._GAP) * em
        title_measure = measure - self._x - self._PRICE * em
        self._title = setter.compile([(Placeholder("title"),)], scale.body, title_measure, divides=True)
        self._more = setter.compile(cart.more.lines, scale.body, title_measure)
        self._total = [setter.compile([line], scale.body, measure) for line in (cart.total.lines if cart.total else ())]
        self._notes = [setter.compile(note.lines, scale.small, measure, divides=True) for note in cart.notes]
        self._font, self._small_font = setter.select(scale.body), setter.select(scale.small)
        self.before = scale.body.leading * 3 / 4

    def stacks(self, content: LetterContent) -> list[list[Galley]]:
        """The table from top to bottom, as lists of what stays on one page together: two rows at least at its head, and one with the sum.

        Raises UnprintableLetter where there is nothing to list or a price is wider than its column.
        """
        listed = rows(content.items, self._style)
        if not listed:
            raise UnprintableLetter("the cart has no articles to list")
        galleys = [[self._row(item, first=number == 0)] for number, item in enumerate(listed)]
        galleys[-1] += self._below(content.values, len(content.items) - len(listed))
        return [galleys[0] + galleys[1], *galleys[2:]] if len(galleys) > 1 else galleys

    def _row(self, item: Item, first: bool) -> Galley:
        type_, drawing = self._type, Drawing()
        titles = self._lines_of(item.title)
        height = len(titles) * type_.leading + 2 * self._AIR
        baseline = self._AIR + type_.baseline
        price = type_.width(item.price)
        quantity = f"{item.quantity} ×"
        if price > self._price_room or type_.width(quantity) > self._x:
            raise UnprintableLetter(f"the quantity {item.quantity!r} or the price {item.price!r} of {item.title!r} is wider than its column")
        drawing.rule((0, 0), (self._measure, 0), *(_STRONG if first else _FINE))
        drawing.lines(0, baseline, self._font, 0, [self._setter.unkerned(quantity, type_)])
        drawing.lines(self._x, baseline, self._font, type_.leading, titles)
        drawing.lines(self._measure - price, baseline, self._font, 0, [self._setter.unkerned(item.price, type_)])
        return Galley(height, drawing.operators)

    def _lines_of(self, title: str) -> list[str]:
        """The title's lines; one that needs too many is cut after the last word that leaves room for an ellipsis."""
        codes = self._title.set({"title": title})
        if len(codes) <= MOST_LINES:
            return codes
        fits, beyond = 0, len(title)
        while beyond - fits > 1:
            middle = (fits + beyond) // 2
            fits, beyond = (middle, beyond) if len(self._title.set({"title": f"{title[:middle]}…"})) <= MOST_LINES else (fits, middle)
        head, _, tail = title[:fits].rpartition(" ")
        kept = head if len(tail) < fits / 4 else title[:fits]  # else a single long word would take the whole line with it
        return self._title.set({"title": f"{kept.rstrip(' ,;:-–')}…"})

    def _below(self, values: Values, more: int) -> list[Galley]:
        parts = [self._rest(self._more.set({**values, MORE: str(more)}))] if more else []
        parts.append(self._sum(values))
        return [*parts, *(self._note(note, values) for note in self._notes)]

    def _rest(self, codes: Sequence[str]) -> Galley:
        drawing = Drawing()
        drawing.rule((0, 0), (self._measure, 0), *_FINE)
        drawing.lines(self._x, self._AIR + self._type.baseline, self._font, self._type.leading, codes)
        return Galley(len(codes) * self._type.leading + 2 * self._AIR, drawing.operators)

    def _sum(self, values: Values) -> Galley:
        """The line below the table, and the sum at its right."""
        type_, drawing = self._type, Drawing()
        drawing.rule((0, 0), (self._measure, 0), *_STRONG)
        y = self._AIR
        for line in self._total:
            codes = line.set(values)
            x = max(0.0, self._measure - line.width(values))
            drawing.lines(x, y + type_.baseline, self._font, type_.leading, codes)
            y += len(codes) * type_.leading
        return Galley(y + self._AIR if self._total else self._AIR, drawing.operators)

    def _note(self, note: Compiled, values: Values) -> Galley:
        drawing, codes = Drawing(), note.set(values)
        drawing.lines(0, self._small.baseline, self._small_font, self._small.leading, codes)
        return Galley(len(codes) * self._small.leading, drawing.operators)
