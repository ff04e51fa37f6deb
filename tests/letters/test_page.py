"""Do texts stand where they were put, though each is placed from the one before, and in the order in which one reads?"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.page import Page, Written, text_object

PLACES = st.floats(-900, 900, allow_nan=False)


def places(operators: str) -> list[tuple[str, str, float, float]]:
    """Type, string and place of every line that a text object shows."""
    font, leading, x, y = "", 0.0, 0.0, 0.0
    found, numbers = [], list[float]()
    for word in re.findall(r"\[\(.*?\)\]|[^\s\[]+", operators.removeprefix("BT")):
        match word:
            case "Tf":
                font = f"{numbers.pop():g}"
            case "TL":
                leading = numbers.pop()
            case "Td":
                x, y, numbers = x + numbers[0], y + numbers[1], []
            case "T*":
                y -= leading
            case "ET" | "TJ" | "/F":
                pass
            case shown if shown.startswith("["):
                found.append((font, shown[2:-2], x, -y))
            case number:
                numbers.append(float(number))
    return found


@given(st.lists(st.tuples(PLACES, PLACES, st.sampled_from([8, 10.5]), st.sampled_from([0, 11.5, 14]), st.integers(1, 4)), max_size=40))
def test_every_line_stands_where_it_was_put_however_many_stand_before_it(given_texts: list[tuple[float, float, float, float, int]]) -> None:
    texts = [
        Written(x, baseline, f"/F {size:g} Tf", leading, [f"{index}.{line}" for line in range(lines)])
        for index, (x, baseline, size, leading, lines) in enumerate(given_texts)
    ]
    wanted = [(text, number, code) for text in texts for number, code in enumerate(text.codes)]
    shown = places(text_object(texts))
    assert [(f"/F {font} Tf", code) for font, code, _, _ in shown] == [(text.font, code) for text, _, code in wanted]
    for (_, _, x, y), (text, number, _) in zip(shown, wanted, strict=True):
        assert (x, y) == pytest.approx((text.x, text.baseline + number * text.leading), abs=0.006), "hundredths of a point are told"


def test_texts_keep_their_order_among_what_is_drawn() -> None:
    page = Page()
    page.put(0, 0, "", texts=[Written(0, 0, "/F 8 Tf", 0, ["first"])])
    page.put(0, 10, "", texts=[Written(0, 0, "/F 8 Tf", 0, ["second"])])
    page.put(0, 20, "art", "form", [Written(0, 0, "/F 8 Tf", 0, ["last"])])
    drawn = [" ".join(block) for block in page.blocks]
    assert [next((word for word in ("first", "form", "art", "last") if word in block), "") for block in drawn] == ["", "first", "form", "art", "last"]
    assert "second" in drawn[1]
