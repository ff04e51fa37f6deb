"""Are the pictures true to their numbers, inside their frame, and free of anything a name could smuggle in?"""

from xml.etree.ElementTree import Element, fromstring

import pytest
from markupsafe import Markup

from api.desk.charts import Bar, Gauge, Panel, bars, gauge, panels, share_bar

EVIL = '</title><script>alert("1")</script>&\' onload=x'


def parsed(picture: Markup) -> Element:
    return fromstring(str(picture))


def rects(svg: Element, kind: str) -> list[Element]:
    return [one for one in svg.iter("rect") if kind in one.get("class", "").split()]


def percent(element: Element, name: str) -> float:
    value = element.get(name, "")
    assert value.endswith("%"), "lies across: must grow with the width"
    return float(value[:-1])


def texts(svg: Element) -> list[str]:
    return [one.text or "" for one in svg.iter("text")]


def is_inside(svg: Element) -> bool:
    """Nothing sticks out: neither across (percent) nor down (pixels)."""
    height = float(svg.get("height", ""))
    across = all(percent(one, "x") >= 0 and percent(one, "x") + percent(one, "width") <= 100.01 for one in svg.iter("rect"))
    down = all(float(one.get("y", "")) >= 0 and float(one.get("y", "")) + float(one.get("height", "")) <= height + 0.01 for one in svg.iter("rect"))
    lines = all(0 <= float(str(one.get(end)).rstrip("%")) <= 100 for one in svg.iter("line") for end in ("x1", "x2"))
    written = all(0 < float(one.get("y", "")) <= height for one in svg.iter("text"))
    return across and down and lines and written


def test_bars_are_as_long_as_their_numbers_are_large() -> None:
    svg = parsed(bars("f", "Funnel", "From audience to order", [Bar("Audience", 2000, "2,000"), Bar("Selected", 500, "500"), Bar("Ordered", 0, "0")]))
    assert [percent(one, "width") for one in rects(svg, "filled")] == [100, 25, 0]
    assert texts(svg) == ["Audience", "2,000", "Selected", "500", "Ordered", "0"]
    assert is_inside(svg)


def test_a_picture_says_what_it_is_to_those_who_do_not_see_it() -> None:
    svg = parsed(bars("f", "Funnel", "500 of 2,000 were selected", [Bar("Audience", 2000, "2,000")]))
    ids = svg.get("aria-labelledby", "").split()
    assert svg.get("role") == "img" and {one.get("id"): one.text for one in svg if one.get("id")} == dict(
        zip(ids, ("Funnel", "500 of 2,000 were selected"), strict=True)
    )


def test_an_interval_that_reaches_below_zero_moves_the_zero_line_and_stays_inside() -> None:
    svg = parsed(bars("l", "Lift", "", [Bar("Lift", 30, "30", "effect", low=-20, high=80), Bar("Worse", -10, "−10")]))
    zero = next(one for one in svg.iter("line") if one.get("class") == "zero")
    assert percent(zero, "x1") == 20
    better, worse = rects(svg, "filled")
    assert (percent(better, "x"), percent(better, "width")) == (20, 30)
    assert percent(worse, "x") + percent(worse, "width") == pytest.approx(20) and percent(worse, "width") == 10
    interval = next(one for one in svg.iter("line") if one.get("class") == "interval")
    assert (percent(interval, "x1"), percent(interval, "x2")) == (0, 100)
    assert is_inside(svg)


@pytest.mark.parametrize("values", [[], [0.0], [0.0, 0.0], [1e15, 1.0], [1e-9], [-5.0], [-1e9, 1e9]])
def test_no_number_is_too_large_too_small_or_missing(values: list[float]) -> None:
    assert is_inside(parsed(bars("x", "t", "d", [Bar("one", value, str(value)) for value in values])))
    assert is_inside(parsed(panels("x", "t", "d", [Panel("one", "1", tuple(abs(value) for value in values))], "a", "b")))


def test_what_is_there_at_all_can_be_seen() -> None:
    svg = parsed(bars("x", "t", "d", [Bar("all", 1_000_000, ""), Bar("one", 1, "")]))
    assert percent(rects(svg, "filled")[1], "width") > 0.3
    columns = rects(parsed(panels("x", "t", "d", [Panel("p", "", (1.0, 0.0, 10_000.0))], "", "")), "filled")
    assert len(columns) == 2 and float(columns[0].get("height", "")) == 2, "a day with nothing has no column"


def test_panels_have_each_a_scale_of_their_own_and_columns_in_proportion() -> None:
    svg = parsed(panels("d", "Days", "", [Panel("Posted", "3,000", (1000.0, 2000.0)), Panel("Orders", "4", (1.0, 3.0), "effect")], "1 Nov", "2 Nov"))
    heights = [float(one.get("height", "")) for one in rects(svg, "filled")]
    assert heights[0] == heights[1] / 2 and heights[2] == pytest.approx(heights[3] / 3, abs=0.01) and heights[1] == heights[3]
    assert texts(svg)[-2:] == ["1 Nov", "2 Nov"]
    assert is_inside(svg)


@pytest.mark.parametrize(
    ("share", "low", "high"), [(0.0, 0.01, 0.03), (0.02, 0.01, 0.03), (0.9, 0.01, 0.03), (1.0, 0.5, 1.0), (0.0, 0.0, 0.0), (0.004, 0.0, 0.05)]
)
def test_a_gauge_shows_the_share_against_its_band(share: float, low: float, high: float) -> None:
    svg = parsed(gauge("g", "Meter", "", Gauge("Ordered", share, low, high, "1%", "3%")))
    [bar], [band] = rects(svg, "on-band"), rects(svg, "band")
    assert is_inside(svg)
    if share > low > 0:
        assert percent(bar, "width") > percent(band, "x")
    if 0 < share < high:
        assert percent(bar, "width") < percent(band, "x") + percent(band, "width")
    assert len(rects(svg, "ground")) == 1, "nothing is painted over the band but the bar"


def test_names_are_text_whatever_they_hold() -> None:
    svgs = [
        bars("x", EVIL, EVIL, [Bar(EVIL, 1, EVIL)]),
        panels("x", EVIL, EVIL, [Panel(EVIL, EVIL, (1.0,))], EVIL, EVIL),
        gauge("x", EVIL, EVIL, Gauge(EVIL, 0.1, 0.1, 0.2, EVIL, EVIL)),
    ]
    for svg in svgs:
        assert "<script" not in svg and "style=" not in svg
        assert not list(parsed(svg).iter("script")) and EVIL in texts(parsed(svg))


def test_a_long_label_is_shortened_and_puts_its_number_on_a_line_of_its_own() -> None:
    short, long = (parsed(bars("x", "t", "d", [Bar(label, 1, "1,234 letters")])) for label in ("Printed", "A" * 200))
    assert len(texts(long)[0]) == 36 and texts(long)[0].endswith("…")
    assert float(long.get("height", "")) > float(short.get("height", ""))
    assert [one.get("text-anchor") for one in short.iter("text")] == ["start", "end"]
    assert [one.get("text-anchor") for one in long.iter("text")] == ["start", "start"]


@pytest.mark.parametrize(("share", "width"), [(0.0, 0), (0.25, 25), (1.0, 100), (7.0, 100), (1e-9, 0.4), (-1.0, 0)])
def test_a_small_bar_in_a_cell_says_nothing_that_the_cell_does_not_say(share: float, width: float) -> None:
    svg = parsed(share_bar(share))
    assert svg.get("aria-hidden") == "true" and percent(rects(svg, "filled")[0], "width") == width
