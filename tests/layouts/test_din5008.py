"""Do the forms keep the window, the text and each other's boxes apart?"""

from itertools import pairwise

import pytest

from layouts.din5008 import FORM_A, FORM_B, FORM_CH_RIGHT, FORMS, PAGE_WIDTH, Box, Form

ALL = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def inside(inner: Box, outer: Box) -> bool:
    """Whether one box lies within another."""
    return outer.x <= inner.x and outer.y <= inner.y and inner.right <= outer.right + 1e-9 and inner.bottom <= outer.bottom + 1e-9


def test_the_forms_by_name() -> None:
    assert FORMS == {"A": FORM_A, "B": FORM_B, "CH-right": FORM_CH_RIGHT}


@ALL
def test_the_parts_of_the_address_field_follow_each_other(form: Form) -> None:
    for above, below in pairwise((form.return_line, form.remark_zone, form.address_zone)):
        assert above.bottom == pytest.approx(below.y)
        assert (above.x, above.width) == (below.x, below.width)
        assert inside(above, form.address_field)
    assert inside(form.address_zone, form.address_field)


@ALL
def test_what_may_be_seen_in_the_window_holds_the_address_field_and_nothing_else(form: Form) -> None:
    assert inside(form.window_visible, form.window_reserved)
    assert inside(form.address_zone, form.window_reserved)
    assert not form.window_reserved.overlaps(form.information_block)
    assert not form.information_block.overlaps(form.body)
    assert form.window_reserved.bottom + 2 <= form.body.y  # accents and frames stand out above the text's first line
    assert form.body.bottom == pytest.approx(272)
    assert form.window_reserved.right <= PAGE_WIDTH


@ALL
def test_six_lines_are_seen_however_the_sheet_slides(form: Form) -> None:
    zone, seen = form.address_zone, form.window_visible
    assert form.address_lines == 6
    assert seen.y <= zone.y
    assert zone.y + 6 * 25.4 / 6 <= seen.bottom
    assert zone.x >= seen.x
    assert 66 <= seen.right - zone.x <= zone.width


@ALL
def test_a_franking_in_the_window_takes_two_lines(form: Form) -> None:
    franked = form.franked
    assert franked.address_lines == 4
    assert franked.remark_zone.bottom == pytest.approx(franked.address_zone.y)
    assert franked.address_zone.bottom == pytest.approx(form.address_zone.bottom)
    assert (franked.body, franked.window_reserved) == (form.body, form.window_reserved)


def test_numbers_of_din_5008() -> None:
    assert (FORM_B.address_zone.y, FORM_B.body.y, FORM_A.body.y) == pytest.approx((62.7, 101, 83))
    assert (FORM_B.window_visible.y, FORM_B.window_visible.bottom, FORM_B.window_reserved.bottom) == (54, 90, 99)
    assert (FORM_B.franked.remark_zone.height, FORM_B.franked.address_zone.height) == pytest.approx((21.16, 18.84), abs=0.01)
    assert (FORM_A.address_zone.bottom, FORM_B.address_zone.bottom) == pytest.approx((72, 90))


def test_the_swiss_window_is_at_the_right() -> None:
    field = FORM_CH_RIGHT.address_field
    assert (field.x, field.right, field.y, field.height) == (112, 202, 45, 45)
    assert FORM_CH_RIGHT.letterhead.bottom <= FORM_CH_RIGHT.window_reserved.y
    for slide, drop in ((0, 0), (19, 0), (0, 13.5), (19, 13.5)):  # a C5 envelope, 229 x 162 mm, window 100 x 45 mm at 117, 52
        window = Box(117 - slide, 52 - drop, 100, 45)
        assert inside(FORM_CH_RIGHT.window_visible, window)
        assert window.right > PAGE_WIDTH or inside(window, FORM_CH_RIGHT.window_reserved)
