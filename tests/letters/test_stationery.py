"""Which stationery of a marketer's is refused, with which reason, and what does one that is good look like in print?"""

import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link, Text
from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, FloatObject, NameObject, NumberObject, PdfObject, StreamObject, TextStringObject
from reportlab.lib.colors import CMYKColor
from reportlab.pdfgen.canvas import Canvas

import layouts
from campaigns.sender import Sender
from layouts import Layout, print_shop
from layouts.production import Production
from layouts.style import Letterhead
from letters import collision, drawn_alone, foreign_page, free_zones, furnishing, preflight, stationery
from letters.check import refuse_misfits
from letters.errors import Misfit, UnusableFile
from letters.preflight.findings import Code
from tests.letters.conftest import PUBLIC_URL, SENDER, Compose, Print, text_of
from tests.letters.foreign_pdf import A4, BLUE, MM, Draw, bomb, box, changed, hidden_bomb, pdf, with_bleed, with_picture

SHOP = replace(SENDER, email="gruss@lindenhof.example", phone="0431 555 01 20", website="lindenhof.example")


def on_paper(name: str, files: dict[str, bytes], **style: object) -> Layout:
    """A bundled layout with files of its own."""
    layout = layouts.load(name)
    return replace(layout, style=replace(layout.style, **style), files=files)  # type: ignore[arg-type]


def rgb(canvas: Canvas, _: int) -> None:
    canvas.setFillColorRGB(0.8, 0.1, 0.1)
    canvas.rect(0, 800, 595, 42, fill=1, stroke=0)


def with_script(writer: PdfWriter) -> None:
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('buy')")})
    names = ArrayObject([TextStringObject("buy"), writer._add_object(script)])
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): DictionaryObject({NameObject("/Names"): names})})


def with_link(writer: PdfWriter) -> None:
    writer.add_annotation(0, Link(rect=(10, 10, 50, 50), url="https://a.example"))


def with_note(writer: PdfWriter) -> None:
    writer.add_annotation(0, Text(rect=(10, 10, 50, 50), text="new logo?"))


def opening(*action: PdfObject) -> Callable[[PdfWriter], None]:
    def plant(writer: PdfWriter) -> None:
        writer.root_object[NameObject("/OpenAction")] = action[0] if action else ArrayObject([writer.pages[0].indirect_reference, NameObject("/Fit")])

    return plant


with_script_at_opening = opening(DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.beep()")}))


def with_unused_colours(writer: PdfWriter) -> None:
    """As WeasyPrint names them in every file."""
    lab = ArrayObject([NameObject("/Lab"), DictionaryObject({NameObject("/WhitePoint"): ArrayObject([FloatObject(0.96), NumberObject(1), FloatObject(0.83)])})])
    spaces = DictionaryObject({NameObject("/lab"): lab, NameObject("/rgb"): NameObject("/DeviceRGB")})
    writer.pages[0]["/Resources"][NameObject("/ColorSpace")] = spaces  # type: ignore[index]


def with_opaque_states(writer: PdfWriter) -> None:
    entries = {"/ca": NumberObject(1), "/CA": NumberObject(1), "/BM": NameObject("/Normal"), "/SMask": NameObject("/None")}
    state = DictionaryObject({NameObject(key): value for key, value in entries.items()})
    writer.pages[0]["/Resources"][NameObject("/ExtGState")] = DictionaryObject({NameObject("/G0"): state})  # type: ignore[index]


def grouped(space: str) -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject("/Transparency"), NameObject("/CS"): NameObject(space), NameObject("/I"): BooleanObject(True)})


def as_group(writer: PdfWriter) -> None:
    """As LibreOffice and Cairo begin every page."""
    writer.pages[0][NameObject("/Group")] = grouped("/DeviceRGB")


def with_group(writer: PdfWriter) -> DictionaryObject:
    """A logo that was placed from another PDF."""
    found = form(b"1 0.5 0 0 k 20 800 100 20 re f")
    found[NameObject("/Group")] = grouped("/DeviceRGB")
    return DictionaryObject({NameObject("/N"): writer._add_object(found)})


HARMLESS: dict[str, Callable[[PdfWriter], None]] = {
    "a link": with_link,
    "a page to show first": opening(),
    "colour spaces that nothing is drawn in": with_unused_colours,
    "states that are opaque": with_opaque_states,
    "a page that is a group without transparency in it": as_group,
}


def with_fields(writer: PdfWriter) -> None:
    field = writer._add_object(DictionaryObject({NameObject("/FT"): NameObject("/Tx"), NameObject("/T"): TextStringObject("name")}))
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): ArrayObject([field])})


def with_hidden_layer(writer: PdfWriter) -> None:
    group = writer._add_object(DictionaryObject({NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject("draft")}))
    order = DictionaryObject({NameObject("/OFF"): ArrayObject([group])})
    writer.root_object[NameObject("/OCProperties")] = DictionaryObject({NameObject("/OCGs"): ArrayObject([group]), NameObject("/D"): order})


def turned(writer: PdfWriter) -> None:
    writer.pages[0][NameObject("/Rotate")] = NumberObject(90)


def round_and_round(writer: PdfWriter) -> None:
    tree = writer.root_object["/Pages"]
    tree[NameObject("/Kids")] = ArrayObject([writer.root_object.raw_get("/Pages")])  # type: ignore[index]


def locked(writer: PdfWriter) -> None:
    writer.encrypt("secret")


def restricted(writer: PdfWriter) -> None:
    writer.encrypt("", "owner", algorithm="RC4-128")


def with_forms(forms: Callable[[PdfWriter], DictionaryObject]) -> Callable[[PdfWriter], None]:
    """Draws ``/N``, one of the forms, before anything else."""

    def plant(writer: PdfWriter) -> None:
        page = writer.pages[0]
        page["/Resources"][NameObject("/XObject")] = forms(writer)  # type: ignore[index]
        drawing = StreamObject()
        drawing.set_data(b"/N Do")
        page[NameObject("/Contents")] = writer._add_object(drawing)

    return plant


def form(content: bytes, inner: object = None) -> StreamObject:
    found = StreamObject()
    found.set_data(content)
    found.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form")})
    found[NameObject("/BBox")] = ArrayObject([NumberObject(side) for side in (0, 0, 600, 850)])
    if inner is not None:
        found[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): DictionaryObject({NameObject("/N"): inner})})
    return found


def self_drawing(writer: PdfWriter) -> DictionaryObject:
    found = form(b"/N Do /N Do")
    reference = writer._add_object(found)
    found[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): DictionaryObject({NameObject("/N"): reference})})
    return DictionaryObject({NameObject("/N"): reference})


def multiplied(writer: PdfWriter) -> DictionaryObject:
    """Ten forms in each of ten forms, and so on: 10 million."""
    reference = writer._add_object(form(b"0 0 1 1 re f"))
    for _ in range(7):
        reference = writer._add_object(form(b"/N Do " * 10, reference))
    return DictionaryObject({NameObject("/N"): reference})


def many_pictures(writer: PdfWriter) -> DictionaryObject:
    """Four pictures of 49 MB each, packed into nearly nothing."""
    packed = zlib.compress(bytes(49_000_000), 1)
    found = DictionaryObject()
    for number in range(4):
        picture = StreamObject()
        picture._data = packed
        entries = {"/Subtype": "/Image", "/Filter": "/FlateDecode", "/ColorSpace": "/DeviceGray"}
        picture.update({NameObject(key): NameObject(value) for key, value in entries.items()})
        picture.update({NameObject("/Width"): NumberObject(7000), NameObject("/Height"): NumberObject(7000), NameObject("/BitsPerComponent"): NumberObject(8)})
        found[NameObject(f"/I{number}")] = writer._add_object(picture)
    return found


def drawn_letters_in_rgb(writer: PdfWriter) -> None:
    drawing = StreamObject()
    drawing.set_data(b"1000 0 d0 1 0 0 rg 0 0 700 700 re f")
    letters = DictionaryObject({NameObject("/a"): writer._add_object(drawing)})
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type3"), NameObject("/CharProcs"): letters})
    writer.pages[0]["/Resources"]["/Font"][NameObject("/T3")] = font  # type: ignore[index]
    drawing = StreamObject()
    drawing.set_data(b"BT /T3 9 Tf (a) Tj ET")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(drawing)


DEFECTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "three pages": (lambda: pdf(pages=3), "has 3 pages or more, 2 at the most are printed"),
    "900 pages": (lambda: pdf(pages=900), "has 900 pages or more, 2 at the most"),
    "US letter": (lambda: pdf(size=(612, 792)), "measures 216 × 279 mm, but letters are 210 × 297 mm"),
    "bleed without a trim box": (lambda: pdf(size=(A4[0] + 17, A4[1] + 17)), "TrimBox"),
    "RGB": (lambda: pdf(rgb), "not CMYK"),
    "RGB picture": (lambda: with_picture(10, 10, "/DeviceRGB"), "not CMYK"),
    "font not embedded": (lambda: pdf(font="Helvetica"), "uses the font Helvetica without embedding it"),
    "script": (lambda: changed(with_script), "holds scripts"),
    "note": (lambda: changed(with_note), "holds notes or form fields"),
    "script at opening": (lambda: changed(with_script_at_opening), "holds an action at opening"),
    "form fields": (lambda: changed(with_fields), "form fields"),
    "hidden layer": (lambda: changed(with_hidden_layer), "hidden layers"),
    "turned": (lambda: changed(turned), "turned"),
    "locked": (lambda: changed(locked), "locked with a password"),
    "restricted": (lambda: changed(restricted), "locked with a password or restricted"),
    "a page tree that bites its tail": (lambda: changed(round_and_round), "broken page tree|pages or more"),
    "no pdf": (lambda: b"GIF89a", "cannot be read as a PDF"),
    "empty": (lambda: b"", "cannot be read as a PDF"),
    "half of it": (lambda: pdf()[: len(pdf()) // 3], "cannot be read as a PDF"),
    "picture of 40,000 × 40,000": (lambda: with_picture(40_000, 40_000), "40000 × 40000 pixels"),
    "bomb in the page": (lambda: bomb(400), "unpacks to more than 50 MB"),
    "bomb in a form": (lambda: bomb(400, in_form=True), "unpacks to more than 50 MB"),
    "bomb around the pages": (lambda: hidden_bomb(200), "unpacks to far more than a page needs"),
    "a form that draws itself": (lambda: changed(with_forms(self_drawing)), "has a part that draws itself"),
    "ten million forms": (lambda: changed(with_forms(multiplied)), "draws more than any page needs"),
    "600,000 strokes": (lambda: pdf(lambda canvas, _: canvas._code.append("0 0 m 500 500 l S " * 600_000)), "draws more than any page needs"),
    "many pictures": (lambda: changed(with_forms(many_pictures)), "unpacks to more than 150 MB in all"),
    "letters drawn in RGB": (lambda: changed(drawn_letters_in_rgb), "not CMYK"),
    "packed twice": (
        lambda: with_picture(10, 10, filters=ArrayObject([NameObject("/FlateDecode")] * 2)),
        "packed in a rare way",
    ),
    "bomb around a picture": (
        lambda: with_picture(10, 10, filters=ArrayObject([NameObject("/FlateDecode"), NameObject("/DCTDecode")]), packed=zlib.compress(bytes(60_000_000))),
        "unpacks to more than 50 MB",
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_refused_with_its_reason(defect: str) -> None:
    make, reason = DEFECTS[defect]
    with pytest.raises(UnusableFile, match=reason):
        stationery.read(make(), "paper.pdf")


def test_a_bomb_does_not_take_the_memory_that_it_unpacks_to(tmp_path: Path) -> None:
    (tmp_path / "bomb.pdf").write_bytes(bomb(600))
    assert (tmp_path / "bomb.pdf").stat().st_size < 3_000_000
    program = (
        "import sys, resource\nfrom pathlib import Path\nfrom letters import stationery\nfrom letters.errors import UnusableFile\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    stationery.read(Path(sys.argv[1]).read_bytes(), 'bomb.pdf')\nexcept UnusableFile as error:\n    print(error)\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program, tmp_path / "bomb.pdf"], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    reason, megabytes = ran.stdout.strip().splitlines()
    assert "unpacks to more than 50 MB" in reason
    assert int(megabytes) < 40


def test_a_random_cut_or_a_flipped_byte_is_refused_or_read_but_never_raises_anything_else() -> None:
    good = pdf(pages=2)
    for at in range(0, len(good), 251):
        for content in (good[:at], good[:at] + bytes([good[at] ^ 0x55]) + good[at + 1 :]):
            try:
                stationery.read(content, "paper.pdf")
            except UnusableFile as error:
                assert "paper.pdf" in str(error) or "of the PDF" in str(error)


def test_a_good_one_has_one_or_two_sheets_and_nothing_to_say() -> None:
    for pages in (1, 2):
        found = stationery.read(pdf(pages=pages), "paper.pdf")
        assert (len(found.pages), found.findings) == (pages, ())
    assert stationery.read(with_bleed(), "paper.pdf").findings == ()


def glass(canvas: Canvas, _: int) -> None:
    canvas.setFillColor(BLUE)
    canvas.setFillAlpha(0.5)
    canvas.rect(0, 800, 595, 42, fill=1, stroke=0)


def wet(canvas: Canvas, _: int) -> None:
    canvas.setFillColorCMYK(1, 1, 1, 1)
    canvas.rect(0, 800, 595, 42, fill=1, stroke=0)


def unended(canvas: Canvas, _: int) -> None:
    canvas.addLiteral("BT (a word that never ends Tj ET")


@pytest.mark.parametrize(("draw", "reason"), [(glass, "half transparent: flatten"), (wet, "400 % of ink"), (unended, "cannot be followed")])
def test_what_the_preflight_would_turn_down_every_print_file_for_is_refused_before_anybody_is_selected(draw: Draw, reason: str) -> None:
    with pytest.raises(UnusableFile, match=rf"page 1 of paper\.pdf: .*{reason}"):
        stationery.read(pdf(draw), "paper.pdf")
    with pytest.raises(UnusableFile, match=reason):
        stationery.vector_logo(pdf(draw), "logo.pdf")


@pytest.mark.parametrize("change", [*HARMLESS.values(), with_forms(with_group)], ids=[*HARMLESS, "a form that is a group"])
def test_what_usual_programs_write_and_nobody_sees_on_paper_passes(change: Callable[[PdfWriter], None], content: Compose, print_letters: Print) -> None:
    layout = on_paper("winback", {"paper.pdf": changed(change)}, stationery="paper.pdf", letterhead=Letterhead.NONE)
    assert stationery.read(layout.files["paper.pdf"], "paper.pdf").findings == ()
    _, path = print_letters(content(), layouts={"winback": layout})
    assert not preflight.check(path, None, Production()).errors


def test_a_jpeg_that_is_packed_once_more_passes() -> None:
    """As Acrobat writes pictures that it makes smaller."""
    output = BytesIO()
    Image.new("CMYK", (10, 10), (80, 0, 0, 0)).save(output, "JPEG")
    filters = ArrayObject([NameObject("/FlateDecode"), NameObject("/DCTDecode")])
    [page] = stationery.read(with_picture(10, 10, filters=filters, packed=zlib.compress(output.getvalue())), "paper.pdf").pages
    assert min(stationery.ink(page).crop((0, 565, 20, 584)).tobytes()) < 250


def test_a_million_strings_without_an_end_are_not_looked_for_a_million_times() -> None:
    def open_strings(canvas: Canvas, _: int) -> None:
        canvas.addLiteral("(\\" * 500_000)

    with pytest.raises(UnusableFile):
        stationery.read(pdf(open_strings), "paper.pdf")


@pytest.mark.parametrize("program", ["import os; os.abort()", "while True: pass", "kept = [b'x' * 10**9 for _ in range(5)]"])
def test_a_program_that_crashes_hangs_or_grows_over_a_sheet_harms_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    limits = "import resource; resource.setrlimit(resource.RLIMIT_AS, (2 * 10**9,) * 2)\n"
    (tmp_path / "program.py").write_text(limits + program, encoding="utf-8")
    monkeypatch.setattr(drawn_alone, "__file__", str(tmp_path / "program.py"))
    monkeypatch.setattr(drawn_alone, "MOST_SECONDS", 0.5)
    layout = on_paper("plain", {"paper.pdf": pdf()}, stationery="paper.pdf")
    stationery.read.cache_clear()
    foreign_page.read.cache_clear()
    with pytest.raises(UnusableFile, match="cannot be drawn in 10 seconds"):
        stationery.window_finding(layout)


def test_both_sheets_are_printed_below_the_letter_and_held_once(content: Compose, print_letters: Print) -> None:
    layout = on_paper("winback", {"paper.pdf": pdf(pages=2)}, stationery="paper.pdf", letterhead=Letterhead.NONE)
    long = content(salutation="Guten Tag " + "und noch ein Wort " * 150)
    result, path = print_letters(*[content()] * 20, long, layouts={"winback": layout})
    assert (result.failures, result.pages) == ((), 22)
    assert "Manufaktur, sheet 1" in text_of(path, 0)
    assert "Manufaktur, sheet 1" in text_of(path, 20)
    assert "Manufaktur, sheet 2" in text_of(path, 21)
    assert "Johanna Weber" in text_of(path, 0)
    reader = PdfReader(path)
    forms = [page["/Resources"]["/XObject"] for page in reader.pages]  # type: ignore[index]
    assert len({str(form.raw_get("/winback.sheet1")) for form in forms[:21]}) == 1
    assert "/winback.sheet1" not in forms[21]


def test_equal_letters_on_stationery_are_equal_bytes(content: Compose, print_letters: Print) -> None:
    layout = on_paper("winback", {"paper.pdf": pdf(pages=2)}, stationery="paper.pdf", letterhead=Letterhead.NONE)
    first = print_letters(content(), layouts={"winback": layout})[1].read_bytes()
    stationery.read.cache_clear()
    foreign_page.read.cache_clear()
    assert print_letters(content(), layouts={"winback": layout})[1].read_bytes() == first


def test_the_sheet_stands_where_the_marketer_put_it(content: Compose, print_letters: Print) -> None:
    layout = on_paper("plain", {"paper.pdf": with_bleed()}, stationery="paper.pdf", letterhead=Letterhead.NONE)
    _, path = print_letters(content("plain"), layouts={"plain": layout})
    with pypdfium2.PdfDocument(path) as document:
        page = document[0].render(scale=100 / 72).to_pil().convert("L")
    middle = page.width // 2
    dark = [y for y in range(page.height // 8) if page.getpixel((middle, y)) < 150]
    offset = (page.height - 297 / 25.4 * 100) / 2  # a file with bleed is larger
    assert min(dark) <= max(1, offset)
    assert max(dark) == pytest.approx(offset + 10 / 25.4 * 100, abs=2)


def test_ink_where_the_window_shows_it_is_refused_with_the_place() -> None:
    layout = on_paper("plain", {"paper.pdf": pdf(box(30, 60, 20, 10))}, stationery="paper.pdf")
    with pytest.raises(UnusableFile, match=r"prints on x 30 to 50 mm, y 60 to 70 mm of the first sheet, but x 1 to 110 mm, y 45 to 99 mm may be seen"):
        furnishing.refuse_unusable(layout)
    furnishing.refuse_unusable(on_paper("plain", {"paper.pdf": pdf(box(112, 40, 60, 60))}, stationery="paper.pdf"))
    furnishing.refuse_unusable(on_paper("plain", {"paper.pdf": pdf(box(0, 0, 210, 40))}, stationery="paper.pdf"))


@pytest.mark.parametrize("area", [(0, 0, 210, 45), (110, 45, 100, 54), (0, 99, 20, 5)], ids=["above", "right", "below"])
def test_what_ends_where_the_window_begins_passes_here_and_in_the_preflight(
    area: tuple[float, float, float, float], content: Compose, print_letters: Print
) -> None:
    layout = on_paper("plain", {"paper.pdf": pdf(box(*area))}, stationery="paper.pdf", letterhead=Letterhead.NONE)
    furnishing.refuse_unusable(layout)
    one = content("plain")
    _, path = print_letters(one, layouts={"plain": layout})
    wanted = preflight.expected([(1, one)], {1: (1, 1)}, {"plain": layout}, SENDER, PUBLIC_URL, Production())
    assert Code.WINDOW_NOT_CLEAR not in preflight.check(path, wanted, Production()).counts


def test_what_begins_where_the_edge_ends_passes_before_the_selection_and_in_the_preflight(content: Compose, print_letters: Print) -> None:
    pingen = print_shop.load("pingen")
    layout = on_paper("plain", {"paper.pdf": pdf(box(5, 5, 200, 20))}, stationery="paper.pdf", letterhead=Letterhead.NONE)
    free_zones.refuse_intrusions(pingen.fitted(layout), SHOP, PUBLIC_URL, pingen)
    one = content("plain")
    _, path = print_letters(one, layouts={"plain": layout}, production=pingen)
    wanted = preflight.expected([(1, one)], {1: (1, 1)}, {"plain": layout}, SENDER, PUBLIC_URL, pingen)
    assert not preflight.check(path, wanted, pingen).errors


def test_nobody_is_selected_for_a_layout_with_such_a_stationery() -> None:
    with pytest.raises(UnusableFile, match="window"):
        refuse_misfits(on_paper("plain", {"paper.pdf": pdf(box(30, 60, 20, 10))}, stationery="paper.pdf"), SHOP)


@pytest.mark.parametrize(
    ("x", "y", "codes"),
    [(25, 185, {Code.CODE_UNREADABLE}), (25, 262, {Code.CODE_UNREADABLE, Code.ZONE_NOT_CLEAR}), (150, 114, {Code.ZONE_NOT_CLEAR}), (0, 0, set())],
)
def test_text_or_codes_on_ink_are_told(x: float, y: float, codes: set[Code]) -> None:
    layout = on_paper("winback", {"paper.pdf": pdf(box(x, y, 30, 10))}, stationery="paper.pdf", letterhead=Letterhead.NONE)
    found = collision.findings(layout, "de", SHOP, PUBLIC_URL)
    assert {one.code for one in found} >= codes
    assert bool(found) is bool(codes)
    assert all("paper.pdf prints on x " in one.message for one in found)


def test_places_that_white_parts_are_told_one_by_one_with_the_cure() -> None:
    def both(canvas: Canvas, number: int) -> None:
        box(25, 8, 165, 24)(canvas, number)
        box(25, 120, 160, 20)(canvas, number)

    layout = on_paper("plain", {"paper.pdf": pdf(both)}, stationery="paper.pdf")
    [found] = [one for one in collision.findings(layout, "de", SHOP, PUBLIC_URL) if one.code is Code.ZONE_NOT_CLEAR]
    first, second = re.findall(r"y (\d+) to (\d+) mm", found.message)
    assert 7 <= int(first[0]) < int(first[1]) <= 33 and 119 <= int(second[0]) < int(second[1]) <= 141
    assert 'letterhead = "none"' in found.message


def test_a_light_ground_below_text_is_no_collision() -> None:
    ground = box(120, 100, 80, 60, CMYKColor(0.05, 0.02, 0, 0))
    layout = on_paper("note", {"paper.pdf": pdf(ground)}, stationery="paper.pdf", letterhead=Letterhead.NONE)
    assert collision.findings(layout, "de", SHOP, PUBLIC_URL) == []


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    output = BytesIO()
    Image.new("RGB", (width, height), colour).save(output, "PNG")
    return output.getvalue()


def dark_box(path: Path, area: tuple[float, float, float, float]) -> tuple[float, ...] | None:
    """Where it is printed within an area, all in millimetres."""
    with pypdfium2.PdfDocument(path) as document:
        page = document[0].render(scale=100 / 72).to_pil().convert("L")
    scale = 100 / 25.4
    left, top, right, bottom = area
    found = page.crop((round(left * scale), round(top * scale), round(right * scale), round(bottom * scale))).point(lambda level: 255 * (level < 200)).getbbox()
    return None if found is None else tuple(round(side / scale + (left, top)[at % 2], 0) for at, side in enumerate(found))


@pytest.mark.parametrize("logo", ["logo.png", "logo.pdf"])
def test_a_logo_stands_in_the_letterhead_instead_of_the_name(content: Compose, print_letters: Print, logo: str) -> None:
    picture = png(1200, 400, (0, 90, 90)) if logo.endswith("png") else pdf(lambda canvas, _: canvas.rect(0, 0, 120, 40, fill=1, stroke=0), size=(120, 40))
    layout = on_paper("plain", {logo: picture}, logo=logo, logo_height=12)
    furnishing.refuse_unusable(layout)
    result, path = print_letters(content("plain"), layouts={"plain": layout})
    assert not result.failures
    assert dark_box(path, (0, 5, 120, 31)) == (25, 17, 61, 29)


def test_a_signature_stands_between_closing_and_name(content: Compose, print_letters: Print) -> None:
    layout = on_paper("note", {"sign.png": png(600, 200, (10, 10, 10))}, signature="sign.png", signature_height=15)
    bare, signed = print_letters(content("note"))[1].read_bytes(), print_letters(content("note"), layouts={"note": layout})
    assert not signed[0].failures
    assert signed[1].read_bytes() != bare
    with pypdfium2.PdfDocument(signed[1]) as document:
        words = document[0].get_textpage()
        text = words.get_text_range()
        heights = [words.get_charbox(text.index(word))[1] for word in ("Mit freundlichen Gr", "Marlene Lindenhof")]
    assert (heights[0] - heights[1]) / MM > 15
    page = 297 - heights[1] / MM
    assert dark_box(signed[1], (20, page - 19, 120, page - 4)) is not None


@pytest.mark.parametrize(
    ("style", "reason"),
    [
        ({"logo": "logo.png", "logo_height": 25}, "has room for 21: set 'logo_height' to that"),
        ({"logo": "wide.png", "logo_height": 20}, "would be 200 mm wide"),
        ({"logo": "coarse.png"}, "dpi"),
        ({"letterhead": Letterhead.NONE}, "needs a stationery or a logo"),
        ({"signature": "broken.png"}, "cannot be read"),
    ],
)
def test_pictures_without_room_or_pixels_stop_the_layout(style: dict[str, object], reason: str) -> None:
    files = {"logo.png": png(800, 400, (0, 0, 90)), "wide.png": png(4000, 400, (0, 0, 90)), "coarse.png": png(40, 40, (0, 0, 90)), "broken.png": b"\x89PNG"}
    with pytest.raises(UnusableFile, match=reason):
        refuse_misfits(on_paper("plain", files, **style), SHOP)


def test_a_coupon_without_room_for_its_code_stops_the_layout() -> None:
    with pytest.raises(Misfit, match=r"leaves \d+ mm for code and terms, 45 are needed"):
        refuse_misfits(on_paper("winback", {}, value_pt=72.0, left=40.0, right=40.0), SHOP)


def test_an_information_block_that_runs_into_the_text_stops_the_layout(tmp_path: Path) -> None:
    home = tmp_path / "own"
    home.mkdir()
    (home / "layout.toml").write_text('title = "x"\n', encoding="utf-8")
    lines = "\n".join(f"Zeile {number}" for number in range(20))
    (home / "de.md").write_text(f"::: information\n{lines}\n:::\n\nHallo\n\n::: objection\n{{objection_link}}\n:::\n", encoding="utf-8")
    with pytest.raises(Misfit, match="information block runs into the text"):
        refuse_misfits(layouts.load("own", tmp_path), Sender("Laden", "Weg 1", "24103", "Kiel"))
