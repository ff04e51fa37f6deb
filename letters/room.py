"""Is there room on the pages for what a letter says?

Only setting it tells. But letters differ little: where one with long names fits, all with shorter ones do, so that is set once
for all letters that share sender, date and offer, and a letter is set for itself only where one of its values is longer.
"""

from dataclasses import replace

from reportlab.pdfbase.pdfdoc import PDFDocument

from campaigns.letter import Item, LetterContent
from campaigns.sender import Sender
from layouts.layout import Layout
from letters.blocks import joined
from letters.cart import rows
from letters.encoding import Encoder
from letters.errors import UnprintableLetter
from letters.furnishing import blank_artwork
from letters.page import POINT, Drawing
from letters.qr_path import QUIET_MODULES
from letters.sheet import LetterSetter, is_shared
from letters.typeset import Setter

_USUAL = 60
"""Characters of a value that no letter is set for by itself."""
_USUAL_NUMBER = 20
"""The same of what stands in a small space."""
_NUMBERS = dict.fromkeys(("customer_number", "last_order_number", "cart_total", "cart_items_count"), _USUAL_NUMBER) | {"coupon_code": 22}
"""A coupon code may have a prefix of eight characters, which is two more than the others usually have."""
_WIDE = "WWWWWWWWW " * _USUAL
"""Words of the widest letter: a value of as many characters that takes more room is a rare one, and the print file refuses it."""
_KEPT = 32
"""Layouts that are kept compiled, and offers of one layout whose room is known."""
_SMALLEST_CODE_MODULES = 21
_USUAL_QUANTITY, _USUAL_PRICE = 4, 14
"""The same of a row in a cart; a title may be as long as it likes, for it takes a few lines at the most."""
_LONGEST = Item("9" * _USUAL_QUANTITY, _WIDE, "9" * _USUAL_PRICE)


class _BlankCode:
    """As much room as a QR code may take at the most; how much it takes depends on the length of the public URL."""

    def __init__(self, size: float) -> None:
        self.size = size * POINT
        self.quiet = self.size / _SMALLEST_CODE_MODULES * QUIET_MODULES

    def draw(self, drawing: Drawing, x: float, y: float, token: str) -> None:
        """Nothing to be seen."""


class Room:
    """The pages of one layout in one language for one sender."""

    def __init__(self, layout: Layout, language: str, sender: Sender) -> None:
        setter = Setter(Encoder(PDFDocument(invariant=1)))
        self._setter = LetterSetter(layout, language, sender, setter, lambda galley: galley, lambda _, size: _BlankCode(size), blank_artwork(layout))
        names = sorted(layout.placeholders(language))
        self._shared = [name for name in names if is_shared(name)]
        self._usual = {name: _NUMBERS.get(name, _USUAL) for name in names if not is_shared(name)}
        most = layout.style.cart_rows
        self._lists_cart = layout.text(language).lists_cart
        self._longest_carts = ((_LONGEST,) * most, (_LONGEST,) * (most + 1)) if self._lists_cart else ((),)
        """All in rows; one row less, and the line for the rest."""
        self._conditions = layout.text(language).conditions
        self._roomy: dict[tuple[tuple[str, ...], tuple[bool, ...]], bool] = {}
        self.layout = layout
        """Kept, so that no other layout gets its place in memory (see ``room``)."""

    def reason(self, content: LetterContent) -> str | None:
        """Why the letter does not fit, or None; its values must be printable."""
        values = content.values
        if all(len(values.get(name, "")) <= usual for name, usual in self._usual.items()) and self._is_usual(content.items) and self._is_roomy(content):
            return None
        return self._set(content)

    def pages(self, content: LetterContent) -> int:
        """How many pages the letter takes; raises UnprintableLetter."""
        return len(self._setter.set(content))

    def _is_usual(self, items: tuple[Item, ...]) -> bool:
        return not self._lists_cart or all(len(item.quantity) <= _USUAL_QUANTITY and len(item.price) <= _USUAL_PRICE for item in rows(items, self.layout.style))

    def _is_roomy(self, content: LetterContent) -> bool:
        held = tuple([condition.holds(content.values) for condition in self._conditions])
        key = joined(content.values, self._shared), held
        if key not in self._roomy:
            if len(self._roomy) >= _KEPT:
                self._roomy.clear()
            empty = {condition.name for condition, holds in zip(self._conditions, held, strict=True) if holds is condition.negated}
            wide = {name: _WIDE[:usual] for name, usual in self._usual.items() if name not in empty}
            letters = (replace(content, values={**content.values, **wide}, items=items) for items in self._longest_carts)
            self._roomy[key] = all(self._set(letter) is None for letter in letters)
        return self._roomy[key]

    def _set(self, content: LetterContent) -> str | None:
        try:
            self._setter.set(content)
        except UnprintableLetter as error:
            return str(error)
        return None


_rooms: dict[tuple[int, str, Sender], Room] = {}


def room(layout: Layout, language: str, sender: Sender) -> Room:
    """The pages of a layout, compiled once (2 ms); layouts are told apart by identity, which costs nothing to compare."""
    key = id(layout), language, sender
    if key not in _rooms:
        if len(_rooms) >= _KEPT:
            _rooms.clear()
        _rooms[key] = Room(layout, language, sender)
    return _rooms[key]
