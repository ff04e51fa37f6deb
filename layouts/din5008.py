"""Where does DIN 5008 put things on a letter? Millimetres from the top-left corner of the sheet."""

from dataclasses import dataclass

PAGE_WIDTH = 210.0
PAGE_HEIGHT = 297.0


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

    def overlaps(self, other: "Box") -> bool:
        """Whether the two share any area."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


@dataclass(frozen=True, slots=True)
class Form:
    """One form of DIN 5008 as a table of numbers."""

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
    """Always seen through the window of a C6/5 envelope, however the sheet slides."""
    window_reserved: Box
    """May be seen through that window: holds the address field and nothing else (print facts 1.2)."""
    fold_marks: tuple[float, float]
    hole_mark: float = 148.5


def _form(name: str, letterhead_height: float, fold_marks: tuple[float, float]) -> Form:
    """Both forms are the same field, hung at the lower edge of the letterhead (KOMA-Script DIN5008A.lco, DIN5008B.lco)."""
    top = letterhead_height
    return Form(
        name,
        letterhead=Box(0, 0, PAGE_WIDTH, top),
        address_field=Box(20, top, 85, 45),
        return_line=Box(25, top, 80, 5),
        remark_zone=Box(25, top + 5, 80, 12.7),
        address_zone=Box(25, top + 17.7, 80, 27.3),
        information_block=Box(125, top + 5, 75, 40),
        body=Box(25, top + 53.46, 165, 297 - 25 - top - 53.46),
        window_visible=Box(20, top + 9, 71, 36),
        window_reserved=Box(1, top, 109, 54),
        fold_marks=fold_marks,
    )


FORM_A = _form("A", 27, (87, 192))
FORM_B = _form("B", 45, (105, 210))
FORMS = {form.name: form for form in (FORM_A, FORM_B)}
