"""Where do DIN 5008 and its Swiss cousin put things on a letter? Millimetres from the top-left corner of the sheet."""

from dataclasses import dataclass, replace

PAGE_WIDTH = 210.0
PAGE_HEIGHT = 297.0
_LINE = 25.4 / 6
"""Line pitch of the address: 12 pt."""
_BELOW_WINDOW = 2.0
"""Between what may be seen through the window and the text: accents and the frames of boxes stand out above their line."""
_EDGE = 0.3
"""What ends where a place begins that must stay white shades the first pixels of that."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: its top-left corner, width and height in millimetres."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Distance of the right edge from the left edge of the sheet."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Distance of the lower edge from the top of the sheet."""
        return self.y + self.height

    @property
    def core(self) -> "Box":
        """The rectangle without its outermost 0.3 mm: where to look for ink that must not be in it."""
        return Box(self.x + _EDGE, self.y + _EDGE, self.width - 2 * _EDGE, self.height - 2 * _EDGE)

    def overlaps(self, other: "Box") -> bool:
        """Whether the two share any area."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


@dataclass(frozen=True, slots=True)
class Form:
    """One form as a table of numbers."""

    name: str
    letterhead: Box
    address_field: Box
    return_line: Box
    """Top of the address field, text indented by 5 mm."""
    remark_zone: Box
    """Between return line and address: left free for the franking of the post."""
    address_zone: Box
    information_block: Box
    body: Box
    window_visible: Box
    """Always seen through the window of the widest usual envelope, however the sheet slides."""
    window_reserved: Box
    """May be seen through that window: holds the address field and nothing else (print facts 1.2)."""
    fold_marks: tuple[float, float]
    hole_mark: float = 148.5

    @property
    def address_lines(self) -> int:
        """Lines that the address zone has room for."""
        return int(self.address_zone.height / _LINE)

    @property
    def franked(self) -> "Form":
        """The same form with room for a franking in the window: two lines more of remark zone, two fewer of address (print facts 1.1)."""
        move, remarks, address = 2 * _LINE, self.remark_zone, self.address_zone
        return replace(
            self,
            remark_zone=replace(remarks, height=remarks.height + move),
            address_zone=replace(address, y=address.y + move, height=address.height - move),
        )


def _body(reserved: Box) -> Box:
    """The text begins clear of the window: lower than the 98.46 mm that DIN 5008 has for form B, whose window ends at 90 and slides to 99."""
    top = reserved.bottom + _BELOW_WINDOW
    return Box(25, top, 165, PAGE_HEIGHT - 25 - top)


def _form(name: str, letterhead_height: float, fold_marks: tuple[float, float]) -> Form:
    """Both forms are the same field, hung at the lower edge of the letterhead (KOMA-Script DIN5008A.lco, DIN5008B.lco)."""
    top = letterhead_height
    reserved = Box(1, top, 109, 54)
    return Form(
        name,
        letterhead=Box(0, 0, PAGE_WIDTH, top),
        address_field=Box(20, top, 85, 45),
        return_line=Box(25, top, 80, 5),
        remark_zone=Box(25, top + 5, 80, 12.7),
        address_zone=Box(25, top + 17.7, 80, 27.3),
        information_block=Box(125, top + 5, 75, 40),
        body=_body(reserved),
        window_visible=Box(20, top + 9, 71, 36),
        window_reserved=reserved,
        fold_marks=fold_marks,
    )


def _swiss(name: str) -> Form:
    """SN 10130 with the window at the right (KOMA-Script SN.lco: field 112-202 mm, y 45, 90 x 45 mm, folds as form B).

    The window of a C5 envelope (229 x 162 mm, the usual one in Switzerland) is 100 x 45 mm, 12 mm from the right edge and 52 mm from
    the top; the sheet, folded once, slides in it by 19 mm and 13.5 mm: from that what is always seen and what may be seen, as for
    DIN in print facts 1.2. That window sits round KOMA's field as its middle position, which is how its place from the top was found.
    """
    field, text = Box(112, 45, 90, 45), 119.0
    right = field.right - text
    reserved = Box(98, 38.5, PAGE_WIDTH - 98, 58.5)
    return Form(
        name,
        letterhead=Box(0, 0, PAGE_WIDTH, 38.5),
        address_field=field,
        return_line=Box(text, 47, right, 5),
        remark_zone=Box(text, 52, right, 5.5),
        address_zone=Box(text, 57.5, right, 26),
        information_block=Box(25, 50, 70, 40),
        body=_body(reserved),
        window_visible=Box(117, 52, 81, 31.5),
        window_reserved=reserved,
        fold_marks=(105, 210),
    )


FORM_A = _form("A", 27, (87, 192))
FORM_B = _form("B", 45, (105, 210))
FORM_CH_RIGHT = _swiss("CH-right")
FORMS = {form.name: form for form in (FORM_A, FORM_B, FORM_CH_RIGHT)}
