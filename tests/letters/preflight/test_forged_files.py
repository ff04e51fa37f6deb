"""Does a preflight see what somebody changed in a print file on purpose: a moved address, other inks behind the same operators, a small code?"""

import re
import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

from layouts.layout import Layout
from letters.preflight import Code, Sampling, check
from letters.preflight.ink import glance
from letters.preflight.unpacking import unpacked
from tests.letters.conftest import Compose
from tests.letters.preflight.conftest import Printed, PrintFile
from tests.letters.preflight.test_planted_faults import draw, fonts, rewrite, with_resource

ADDRESS = re.compile(rb"/F2\+0 10\.5 Tf\n(?P<x>-?[\d.]+) (?P<y>-?[\d.]+) Td\n(?P<lines>\[\(Johanna.*?)ET", re.DOTALL)


def address(new: Callable[[float, float, bytes], str]) -> Callable[[bytes], bytes]:
    """Write page 2's address otherwise: ``new`` makes the operators before the lines of where they stood."""

    def change(content: bytes) -> bytes:
        found = ADDRESS.search(content)
        assert found
        before = new(float(found["x"]), float(found["y"]), found["lines"]).encode()
        return content[: found.start()] + before + found["lines"] + b"100 Tz 0 Tc 0 0 0 1 k ET" + content[found.end() :]

    return change


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(lambda x, y, _: f"/F2+0 10.5 Tf {x + 100} {y} Td\n", id="moved to the right"),
        pytest.param(lambda x, y, _: f"/F2+0 10.5 Tf {x} {y - 8} Td\n", id="moved down"),
        pytest.param(lambda x, y, _: f"/F2+0 3 Tf {x} {y} Td\n", id="in 3 pt"),
        pytest.param(lambda x, y, _: f"/F2+0 13 Tf {x} {y} Td\n", id="in 13 pt"),
        pytest.param(lambda x, y, _: f"40 Tz /F2+0 10.5 Tf {x} {y} Td\n", id="condensed"),
        pytest.param(lambda x, y, _: f"2 Tc /F2+0 10.5 Tf {x} {y} Td\n", id="with wide spaces between the letters"),
        pytest.param(lambda _x, _y, _: "/F2+0 10.5 Tf -1 0 0 1 180 654 Tm\n", id="mirrored"),
        pytest.param(lambda _x, _y, _: "/F2+0 10.5 Tf -1 0 0 -1 180 630 Tm\n", id="upside down"),
    ],
)
def test_an_address_that_is_not_as_it_was_set_is_told(good: PrintFile, new: Callable[[float, float, bytes], str]) -> None:
    with good.spoiled() as pdf:
        rewrite(2, address(new))(pdf)
    assert [(one.code, one.page, one.letter) for one in good.report().findings] == [(Code.ADDRESS_MOVED, 2, 102)]


def test_a_grey_address_is_told(good: PrintFile) -> None:
    with good.spoiled() as pdf:
        rewrite(2, address(lambda x, y, _: f"0 0 0 0.3 k /F2+0 10.5 Tf {x} {y} Td\n"))(pdf)
    assert good.codes() == {Code.HIDDEN}


@pytest.mark.parametrize("lines", [("A", "B", "C"), ("Ann-", "Möwenweg 7 –", "1011 AB  AMSTERDAM"), ("ﬁnn Ďuriš", "·", "W" * 20)])
def test_an_address_as_it_was_set_is_where_it_should_be(printed: Printed, content: Compose, lines: tuple[str, ...]) -> None:
    assert Code.ADDRESS_MOVED not in printed(content(address=lines)).codes()


@pytest.mark.parametrize(("room", "scale", "seen"), [("S", 0.85, False), ("S", 0.65, True), ("O", 0.9, False), ("O", 0.7, True)])
def test_a_code_that_is_too_small_is_told(good: PrintFile, room: str, scale: float, seen: bool) -> None:
    units = {"S": b"1.92 0 0 1.92 0 -", "O": b"1.56 0 0 1.56 0 -"}[room]
    unit = float(units.split()[0]) * scale
    with good.spoiled() as pdf:
        rewrite(1, lambda page: page.replace(units, b"%.3f 0 0 %.3f 0 -" % (unit, unit)))(pdf)
    assert (good.codes() == {Code.CODE_TOO_SMALL}) is seen


def test_the_smallest_codes_of_a_layout_are_large_enough(
    printed: Printed, content: Compose, all_layouts: dict[str, Layout], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    small = replace(all_layouts["winback"], style=replace(all_layouts["winback"].style, qr_code_size=16, objection_code_size=13))
    monkeypatch.setitem(all_layouts, "winback", small)
    report = printed(content("winback")).report(sampling=Sampling(1))
    assert (report.findings, report.codes_read) == ((), 2)


def on_every_page(usual: str, planted: str) -> Callable[[Pdf], None]:
    """The same operators on all pages, with other values on page 2, which no sample hits."""

    def plant(pdf: Pdf) -> None:
        for number in range(1, len(pdf.pages) + 1):
            draw(pdf, number, planted if number == 2 else usual)

    return plant


def jpeg_2000(pdf: Pdf) -> Stream:
    file = BytesIO()
    Image.new("RGB", (300, 300), (255, 0, 0)).save(file, "JPEG2000")
    return Stream(pdf, file.getvalue(), Type=Name.XObject, Subtype=Name.Image, Width=300, Height=300, Filter=Name.JPXDecode)


def rgb_in_pattern(pdf: Pdf) -> None:
    shape = Stream(
        pdf, b"0 0 5 5 re f", Type=Name.Pattern, PatternType=1, PaintType=2, TilingType=1, BBox=[0, 0, 9, 9], XStep=9, YStep=9, Resources=Dictionary()
    )
    with_resource("/Pattern", lambda _: shape, "")(pdf)
    pdf.pages[1].resources.ColorSpace = Dictionary(Planted=Array([Name.Pattern, Name.DeviceRGB]))
    draw(pdf, 2, "q /Planted cs 1 0 0 /Planted scn 300 300 50 50 re f Q")


def other_profile_for_plain_colours(pdf: Pdf) -> None:
    pdf.pages[1].obj.Resources = Dictionary(dict(pdf.pages[1].resources.items()))
    pdf.pages[1].resources.ColorSpace = Dictionary(DefaultCMYK=Array([Name.ICCBased, pdf.make_indirect(Stream(pdf, b"", N=4))]))


def cut_fonts(pdf: Pdf) -> None:
    for font in fonts(pdf):
        font.FontDescriptor.FontFile2 = Stream(pdf, font.FontDescriptor.FontFile2.read_bytes()[:600])


def garbage_for_compact_fonts(pdf: Pdf) -> None:
    for font in fonts(pdf):
        del font.FontDescriptor.FontFile2
        font.FontDescriptor.FontFile3 = Stream(pdf, b"garbage")


def bookmark(pdf: Pdf) -> None:
    runs = Dictionary(Title="x", A=Dictionary(S=Name.JavaScript, JS="app.alert(1)"))
    shows = Dictionary(Title="y", A=Dictionary(S=Name.GoTo), Next=pdf.make_indirect(runs))
    pdf.Root.Outlines = pdf.make_indirect(Dictionary(First=pdf.make_indirect(shows)))


def other_version(pdf: Pdf) -> None:
    words = pdf.Root.Metadata.read_raw_bytes().replace(b"PDF/X-4", b"PDF/X-3")
    pdf.Root.Metadata = Stream(pdf, words + b"<!-- PDF/X-4 -->", Type=Name.Metadata, Subtype=Name.XML)


def without_trim(pdf: Pdf) -> None:
    del pdf.pages[1].obj.TrimBox


def other_trim(pdf: Pdf) -> None:
    page = pdf.pages[1].obj
    page.MediaBox, page.TrimBox = Array([-30, -30, 625, 872]), Array([-8.5, 0, 586.776, 841.89])
    page.BleedBox = page.TrimBox


FORGED: list[tuple[str, Code, Callable[[Pdf], None]]] = [
    (
        "other inks behind the same operator",
        Code.TOO_MUCH_INK,
        on_every_page("q /DeviceCMYK cs 0 0 0 1 sc 9 9 9 9 re f Q", "q /DeviceCMYK cs 1 1 1 1 sc 9 9 9 9 re f Q"),
    ),
    ("RGB where others have CMYK", Code.RGB_COLOUR, on_every_page("q /DeviceCMYK cs 9 9 9 9 re f Q", "q /DeviceRGB cs 9 9 9 9 re f Q")),
    ("text that is hidden where that of others is not", Code.HIDDEN, on_every_page("q BT 0 Tr ( ) Tj ET Q", "q BT 3 Tr ( ) Tj ET Q")),
    ("a picture in JPEG 2000 that does not say its inks", Code.RGB_COLOUR, with_resource("/XObject", jpeg_2000, "q 60 0 0 60 300 300 cm /Planted Do Q")),
    ("a pattern that is painted in RGB", Code.RGB_COLOUR, rgb_in_pattern),
    ("black that becomes four inks", Code.MIXED_BLACK, other_profile_for_plain_colours),
    ("fonts without most of their tables", Code.FONT_NOT_EMBEDDED, cut_fonts),
    ("compact fonts that are none", Code.FONT_NOT_EMBEDDED, garbage_for_compact_fonts),
    ("a bookmark that runs a script", Code.ACTION, bookmark),
    ("metadata that say X-3 and have X-4 in a comment", Code.NOT_PDF_X, other_version),
    ("a page that does not say where it is cut", Code.NOT_PDF_X, without_trim),
    ("a page that is cut 3 mm beside the others", Code.ADDRESS_MOVED, other_trim),
    ("two output intents", Code.NO_OUTPUT_INTENT, lambda pdf: pdf.Root.OutputIntents.append(pdf.Root.OutputIntents[0])),
]


@pytest.mark.parametrize(("code", "plant"), [pytest.param(code, plant, id=words) for words, code, plant in FORGED])
def test_what_was_forged_is_refused(good: PrintFile, code: Code, plant: Callable[[Pdf], None]) -> None:
    with good.spoiled() as pdf:
        plant(pdf)
    report = good.report()
    assert code in report.counts, report.findings
    assert not report.passed


MB = 1_000_000


def flate(size: int) -> bytes:
    return zlib.compress(bytes(size), 9)


@pytest.mark.parametrize(
    ("data", "filters"),
    [
        (flate(40 * MB), [Name.FlateDecode]),
        (zlib.compress(flate(40 * MB), 9), [Name.FlateDecode, Name.FlateDecode]),
        (flate(40 * MB).hex().encode() + b">", [Name.ASCIIHexDecode, Name.FlateDecode]),
    ],
)
def test_a_bomb_is_not_unpacked(data: bytes, filters: list[Name]) -> None:
    with pikepdf.new() as pdf:
        stream = Stream(pdf, data, Filter=Array(filters))
        assert len(unpacked(stream, 40 * MB)) == 40 * MB
        with pytest.raises(ValueError, match="unpacks to more than 1 MB"):
            unpacked(stream, MB)


@pytest.mark.parametrize("data", [b"", b"no zlib at all", zlib.compress(b"words") + b"more"])
def test_a_stream_is_unpacked_or_refused(data: bytes) -> None:
    with pikepdf.new() as pdf:
        try:
            assert unpacked(Stream(pdf, data, Filter=Name.FlateDecode), MB) in (b"", b"words")
        except ValueError:
            assert data == b"no zlib at all"


def test_pages_and_forms_and_fonts_that_are_bombs_are_refused(good: PrintFile) -> None:
    bomb = flate(31 * MB)
    for plant in (
        lambda pdf: setattr(pdf.pages[1].obj, "Contents", Stream(pdf, bomb, Filter=Name.FlateDecode)),
        lambda pdf: setattr(pdf.pages[1].obj, "Contents", Array([pdf.make_indirect(Stream(pdf, flate(11 * MB), Filter=Name.FlateDecode))] * 3)),
        with_resource(
            "/XObject", lambda pdf: Stream(pdf, bomb, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9], Filter=Name.FlateDecode), "/Planted Do"
        ),
    ):
        before = good.path.read_bytes()
        with good.spoiled() as pdf:
            plant(pdf)
        assert good.codes() == {Code.UNREADABLE}
        good.path.write_bytes(before)


def test_a_file_without_pages_is_no_stationery(good: PrintFile) -> None:
    with good.spoiled() as pdf:
        del pdf.pages[:]
    assert set(check(good.path, None, good.production).counts) >= {Code.UNREADABLE}


@pytest.mark.parametrize("stream", [b"(\\" * 300_000, b"ID " * 100_000 + b"xEI", b"(" * 300_000])
def test_a_string_or_picture_without_an_end_takes_no_longer_than_one_with_it(stream: bytes) -> None:
    """With a search that begins anew at each of them this would take an hour."""
    try:
        assert glance(stream).is_blank
    except (UserWarning, pikepdf.PdfError):
        assert b"(" in stream
