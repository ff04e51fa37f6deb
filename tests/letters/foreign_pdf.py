"""PDFs as marketers send them: good ones, and ones with a defect that has a name."""

import zlib
from collections.abc import Callable
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NumberObject, PdfObject, StreamObject
from reportlab.lib.colors import CMYKColor
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from letters.fonts import regular

A4 = (595.276, 841.89)
MM = 72 / 25.4
BLUE = CMYKColor(0.9, 0.6, 0.1, 0.1)
FLATE = NameObject("/FlateDecode")
Draw = Callable[[Canvas, int], None]


def stripe(canvas: Canvas, number: int) -> None:
    """A stripe at the head and one at the left edge of the foot, as company paper has."""
    canvas.setFillColor(BLUE)
    canvas.rect(0, A4[1] - 12 * MM, A4[0], 12 * MM, fill=1, stroke=0)
    canvas.setFillColor(CMYKColor(0, 0, 0, 1))
    canvas.drawString(130 * MM, A4[1] - 20 * MM, f"Manufaktur, sheet {number}")


def box(x: float, y: float, width: float, height: float, ink: CMYKColor = BLUE) -> Draw:
    """Draws a rectangle, in millimetres from the top-left corner."""

    def draw(canvas: Canvas, _: int) -> None:
        canvas.setFillColor(ink)
        canvas.rect(x * MM, A4[1] - (y + height) * MM, width * MM, height * MM, fill=1, stroke=0)

    return draw


def pdf(draw: Draw = stripe, pages: int = 1, size: tuple[float, float] = A4, font: str = "") -> bytes:
    """A PDF of so many pages."""
    output = BytesIO()
    registerFont(regular().font)
    canvas = Canvas(output, pagesize=size, initialFontName=font or regular().font.fontName, invariant=1)
    for number in range(1, pages + 1):
        canvas.setFont(font or regular().font.fontName, 12)
        draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def changed(change: Callable[[PdfWriter], None], content: bytes | None = None) -> bytes:
    """A PDF after somebody did something to it."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(content or pdf())))
    change(writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def with_bleed(millimetres: float = 3) -> bytes:
    """A4 with bleed, as design programs export it."""
    more = millimetres * MM

    def draw(canvas: Canvas, _: int) -> None:
        canvas.setFillColor(BLUE)
        canvas.rect(0, A4[1] + more - 10 * MM, A4[0] + 2 * more, 10 * MM + more, fill=1, stroke=0)

    def trim(writer: PdfWriter) -> None:
        box = ArrayObject([FloatObject(side) for side in (more, more, more + A4[0], more + A4[1])])
        writer.pages[0][NameObject("/TrimBox")] = box

    return changed(trim, pdf(draw, size=(A4[0] + 2 * more, A4[1] + 2 * more)))


def bomb(megabytes: int, in_form: bool = False) -> bytes:
    """A small PDF with a stream that unpacks to so many megabytes."""
    machine, blank = zlib.compressobj(9), b" " * 1_000_000
    packed = b"".join([*(machine.compress(blank) for _ in range(megabytes)), machine.flush()])

    def plant(writer: PdfWriter) -> None:
        stream = StreamObject()
        stream._data = packed
        stream[NameObject("/Filter")] = NameObject("/FlateDecode")
        if in_form:
            stream[NameObject("/Subtype")] = NameObject("/Form")
            forms = DictionaryObject({NameObject("/Big"): writer._add_object(stream)})
            writer.pages[0]["/Resources"][NameObject("/XObject")] = forms  # type: ignore[index]
        else:
            writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)

    return changed(plant)


def hidden_bomb(megabytes: int) -> bytes:
    """A PDF that must unpack an object stream of so many megabytes to find its pages."""
    machine, blank = zlib.compressobj(9), b" " * 1_000_000
    packed = b"".join([machine.compress(b"5 0     "), *(machine.compress(blank) for _ in range(megabytes)), machine.flush()])
    catalog = b"%PDF-1.6\n1 0 obj\n<< /Type /Catalog /Pages 5 0 R >>\nendobj\n"
    head = b"2 0 obj\n<< /Type /ObjStm /N 1 /First 8 /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
    body = catalog + head + packed + b"\nendstream\nendobj\n"
    places = [(0, 0), (1, 9), (1, len(catalog)), (1, len(body)), (0, 0), (2, 2)]
    rows = b"".join(bytes([kind]) + place.to_bytes(4, "big") + b"\0" for kind, place in places)
    table = b"3 0 obj\n<< /Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R /Length %d >>\nstream\n" % len(rows) + rows
    return body + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)


def with_picture(width: int, height: int, space: str = "/DeviceCMYK", filters: PdfObject = FLATE, packed: bytes = zlib.compress(bytes(100))) -> bytes:
    """A page that shows a picture of so many pixels in its lower left corner."""

    def plant(writer: PdfWriter) -> None:
        stream = StreamObject()
        stream._data = packed
        entries = {"/Subtype": NameObject("/Image"), "/Width": NumberObject(width), "/Height": NumberObject(height), "/ColorSpace": NameObject(space)}
        for key, value in {**entries, "/Filter": filters, "/BitsPerComponent": NumberObject(8)}.items():
            stream[NameObject(key)] = value
        writer.pages[0]["/Resources"][NameObject("/XObject")] = DictionaryObject({NameObject("/Im"): writer._add_object(stream)})  # type: ignore[index]
        drawing = StreamObject()
        drawing.set_data(b"30 0 0 30 0 0 cm /Im Do")
        writer.pages[0][NameObject("/Contents")] = writer._add_object(drawing)

    return changed(plant)
