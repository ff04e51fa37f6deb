"""How do numbers become pictures that need no JavaScript, no colours and no wide screen?

Whatever lies across is a share of the width, whatever lies down is in pixels: bars grow with the screen, letters keep their size. Colours are
classes of the style sheet, since the policy of the pages forbids inline styles. Each picture has a title and a description; what it shows
stands as a table on the same page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

LINE = 22
"""Pixels from one line of text to the next."""
BAR = 16
GAP = 14
COLUMNS = 64
"""Pixels that the highest column of a panel takes."""
ONE_LINE = 28
"""So many characters of 15 px stand side by side on a phone of 320 px, its margins taken off."""
LONGEST = 36
"""Of a label by itself; the table beside the chart has the whole of it."""
LEAST = 0.4
"""Percent of the width: something is never drawn as nothing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its label in front and its number behind."""

    label: str
    value: float
    text: str
    """The number in the reader's language."""
    kind: str = ""
    """How the style sheet paints it: ``found``, ``most``, ``effect``, or empty."""
    low: float | None = None
    """Ends of the interval, drawn as a line across the bar."""
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """Numbers day by day, or week by week."""

    label: str
    text: str
    values: tuple[float, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Gauge:
    """A share between 0 and 1, and the band in which it should lie."""

    label: str
    share: float
    target_low: float
    target_high: float
    low_text: str
    high_text: str


def bars(name: str, title: str, description: str, rows: Sequence[Bar]) -> Markup:
    """Bars one under another on one scale that holds zero, all values and all intervals; ``name`` is unique on the page."""
    ends = [end for row in rows for end in (row.value, row.low, row.high) if end is not None]
    scale = _Scale(min([0.0, *ends]), max([0.0, *ends]))
    apart = any(len(row.label) + len(row.text) > ONE_LINE for row in rows)
    height = LINE * (2 if apart else 1) + BAR + GAP
    svg = _picture(name, title, description, max(1, len(rows)) * height)
    for place, row in enumerate(rows):
        top = place * height
        _text(svg, "0%", top + 15, _short(row.label), "label")
        _text(svg, "0%" if apart else "100%", top + 15 + (LINE if apart else 0), row.text, "value", anchor="start" if apart else "end")
        _ground(svg, top + height - BAR - GAP)
        _bar(svg, scale, row, top + height - BAR - GAP)
    return _done(svg)


def _ground(svg: Element, top: float, height: float = BAR) -> None:
    SubElement(svg, "rect", {"class": "ground", "x": "0%", "y": str(top), "width": "100%", "height": str(height), "rx": "3"})


def _bar(svg: Element, scale: "_Scale", row: Bar, top: float) -> None:
    left, right = sorted((scale(0), scale(row.value)))
    width = max(right - left, LEAST) if row.value else 0.0
    left = min(left, 100 - width)
    SubElement(
        svg, "rect", {"class": f"filled {row.kind}".strip(), "x": _percent(left), "y": str(top), "width": _percent(width), "height": str(BAR), "rx": "3"}
    )
    if scale.low < 0:
        zero = _percent(scale(0))
        SubElement(svg, "line", {"class": "zero", "x1": zero, "x2": zero, "y1": str(top - 3), "y2": str(top + BAR + 3)})
    if row.low is not None and row.high is not None:
        low, high, middle = _percent(scale(row.low)), _percent(scale(row.high)), str(top + BAR / 2)
        for kind in ("halo", "interval"):  # light under dark: seen on the bar and beside it, in print as well
            SubElement(svg, "line", {"class": kind, "x1": low, "x2": high, "y1": middle, "y2": middle})
            for end in (low, high):
                SubElement(svg, "line", {"class": kind, "x1": end, "x2": end, "y1": str(top + 2), "y2": str(top + BAR - 2)})


def panels(name: str, title: str, description: str, shown: Sequence[Panel], first: str, last: str) -> Markup:
    """One panel under another over the same days, each with a scale of its own: a thousand letters do not flatten ten orders."""
    height = LINE + COLUMNS + GAP
    svg = _picture(name, title, description, len(shown) * height + LINE)
    for place, panel in enumerate(shown):
        top = place * height
        _text(svg, "0%", top + 15, _short(panel.label), "label")
        _text(svg, "100%", top + 15, panel.text, "value", anchor="end")
        floor = top + LINE + COLUMNS
        _columns(svg, panel, floor)
        SubElement(svg, "line", {"class": "axis", "x1": "0%", "x2": "100%", "y1": str(floor), "y2": str(floor)})
    bottom = len(shown) * height + 10
    _text(svg, "0%", bottom, first, "tick")
    _text(svg, "100%", bottom, last, "tick", anchor="end")
    return _done(svg)


def _columns(svg: Element, panel: Panel, floor: float) -> None:
    most, step = max([*panel.values, 0.0]), 100 / max(1, len(panel.values))
    for place, value in enumerate(panel.values):
        if value > 0:
            tall = max(2.0, COLUMNS * value / most)
            measures = {"x": _percent(place * step + step * 0.1), "y": f"{floor - tall:.2f}", "width": _percent(step * 0.8), "height": f"{tall:.2f}"}
            SubElement(svg, "rect", {"class": f"filled {panel.kind}".strip(), **measures})


def gauge(name: str, title: str, description: str, shown: Gauge) -> Markup:
    """A share as a bar before the band that it should reach; the scale ends a little behind whichever is the larger."""
    scale = _Scale(0, max(shown.share, shown.target_high) * 1.25 or 1)
    svg = _picture(name, title, description, 3 * LINE + BAR + 10)
    _text(svg, "0%", 15, _short(shown.label), "label")
    top = LINE + 5
    band = {"x": _percent(scale(shown.target_low)), "width": _percent(scale(shown.target_high) - scale(shown.target_low))}
    _ground(svg, top)
    SubElement(svg, "rect", {"class": "band", **band, "y": str(top - 5), "height": str(BAR + 10), "rx": "3"})
    _bar(svg, scale, Bar("", shown.share, "", "on-band"), top)
    for share, text, anchor in ((shown.target_low, shown.low_text, "end"), (shown.target_high, shown.high_text, "start")):
        _text(svg, _percent(scale(share)), top + BAR + 5 + 15, text, "tick", anchor=anchor if 20 < scale(share) < 80 else _inwards(scale(share)))
    return _done(svg)


def _inwards(place: float) -> str:
    return "start" if place <= 20 else "end"


def share_bar(share: float) -> Markup:
    """A small bar within a table's cell whose number says the same: hidden from those who listen."""
    svg = Element("svg", {"class": "chart small", "width": "100%", "height": "8", "aria-hidden": "true", "focusable": "false"})
    _ground(svg, 0, 8)
    width = min(100.0, max(LEAST, share * 100)) if share > 0 else 0.0
    SubElement(svg, "rect", {"class": "filled", "x": "0%", "y": "0", "width": _percent(width), "height": "8", "rx": "3"})
    return _done(svg)


@dataclass(frozen=True, slots=True)
class _Scale:
    """From a value to percent of the width."""

    low: float
    high: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low
        return min(100.0, max(0.0, 100 * (value - self.low) / span)) if span > 0 else 0.0


def _picture(name: str, title: str, description: str, height: float) -> Element:
    svg = Element("svg", {"class": "chart", "width": "100%", "height": str(height), "role": "img", "aria-labelledby": f"{name}-title {name}-desc"})
    SubElement(svg, "title", {"id": f"{name}-title"}).text = title
    SubElement(svg, "desc", {"id": f"{name}-desc"}).text = description
    return svg


def _text(svg: Element, x: str, y: float, text: str, kind: str, anchor: str = "start") -> None:
    SubElement(svg, "text", {"class": kind, "x": x, "y": str(y), "text-anchor": anchor}).text = text


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1].rstrip()}…"


def _percent(number: float) -> str:
    return f"{number:.2f}%"


def _done(svg: Element) -> Markup:
    return Markup(tostring(svg, encoding="unicode"))  # noqa: S704  # ElementTree has escaped every text and attribute
