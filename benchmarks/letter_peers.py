"""How would somebody who knows them well print that letter with reportlab's paragraphs, Typst, WeasyPrint and fpdf2?"""

import json
import logging
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.benchmark_letter import (
    CAPTION,
    LABEL,
    LOGO_HEIGHT,
    LOGO_TOP,
    LOGO_WIDTH,
    OBJECTION,
    PARAGRAPHS,
    PUBLIC_URL,
    SENDER,
    SUBJECT,
    logo,
)
from campaigns.letter import LetterContent, code_url
from campaigns.token import LENGTH
from letters.fonts import FILES as FONT_FILES
from letters.qr_code import CodeFamily


def paragraphs(made: Sequence[LetterContent], folder: Path) -> Path:
    """reportlab's Paragraph and canvas, and qrcode as it comes."""
    import qrcode
    from reportlab import rl_config
    from reportlab.lib.colors import CMYKColor
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Paragraph

    rl_config.useA85 = 0
    for name in ("Regular", "Semibold", "Bold"):
        pdfmetrics.registerFont(TTFont(name, str(FONT_FILES / f"SourceSansPro-{name}.ttf")))
    black, accent, tint, white = CMYKColor(0, 0, 0, 1), CMYKColor(0.88, 0.3, 0.48, 0.45), CMYKColor(0.09, 0.02, 0.06, 0), CMYKColor(0, 0, 0, 0)
    body = ParagraphStyle("body", fontName="Regular", fontSize=10.5, leading=14, textColor=black)
    head = ParagraphStyle("head", body, fontName="Semibold", fontSize=13)
    small = ParagraphStyle("small", body, fontSize=8.5, leading=11.5)
    path = folder / "paragraphs.pdf"
    canvas = Canvas(str(path), pagesize=A4, pdfVersion=(1, 6), invariant=1, pageCompression=1, initialFontName="Regular", enforceColorSpace="CMYK")
    top = A4[1]

    def put(text: str, style: ParagraphStyle, x: float, y: float, width: float) -> float:
        paragraph = Paragraph(text, style)
        _, height = paragraph.wrap(width * mm, 1000)
        paragraph.drawOn(canvas, x * mm, top - y * mm - height)
        return float(y + height / mm)

    def code(url: str, x: float, y: float, size: float) -> None:
        symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
        symbol.add_data(url)
        symbol.make(fit=True)
        rows = symbol.get_matrix()
        module = size * mm / len(rows)
        drawn = canvas.beginPath()
        for index, row in enumerate(rows):
            start = None
            for column, dark in enumerate([*row, False]):
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    drawn.rect(x * mm + start * module, top - y * mm - (index + 1) * module, (column - start) * module, module)
                    start = None
        canvas.drawPath(drawn, stroke=0, fill=1)

    canvas.beginForm("stationery")
    canvas.setFillColor(accent)
    canvas.rect(8 * mm, top - 28 * mm, 194 * mm, 20 * mm, stroke=0, fill=1)
    canvas.rect(25 * mm, top - 232 * mm, 46 * mm, 32 * mm, stroke=0, fill=1)
    canvas.setFillColor(tint)
    canvas.rect(71 * mm, top - 232 * mm, 119 * mm, 32 * mm, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.setFont("Semibold", 21)
    canvas.drawString(25 * mm, top - 20 * mm, SENDER.name)
    canvas.setFillColor(black)
    canvas.setFont("Regular", 7)
    canvas.drawString(25 * mm, top - 49 * mm, SENDER.return_line)
    canvas.drawImage(str(logo(folder)), 162 * mm, top - (LOGO_TOP + LOGO_HEIGHT) * mm, LOGO_WIDTH * mm, LOGO_HEIGHT * mm)
    canvas.endForm()
    for content in made:
        values = {name: escape(value) for name, value in content.values.items()}
        canvas.doForm("stationery")
        canvas.setFillColor(black)
        text = canvas.beginText(25 * mm, top - 67 * mm)
        text.setFont("Regular", 10.5, 12)
        text.textLines(content.address)
        canvas.drawText(text)
        y = put(SUBJECT.format_map(values), head, 25, 98.5, 165)
        y = put(values["salutation"], body, 25, y + 2.5, 165)
        for paragraph in PARAGRAPHS:
            y = put(paragraph.format_map(values), body, 25, y + 2.5, 165)
        canvas.setFillColor(white)
        canvas.setFont("Bold", 36)
        canvas.drawCentredString(48 * mm, top - 220 * mm, content.values["coupon_value"])
        canvas.setFillColor(black)
        put(LABEL, small, 76, 205, 109)
        canvas.setFont("Semibold", 21)
        canvas.drawString(76 * mm, top - 217 * mm, content.values["coupon_code"])
        put(values["coupon_conditions"], small, 76, 220, 109)
        code(code_url(PUBLIC_URL, "S", content.token), 25, 236, 20)
        put(CAPTION, head, 52, 238, 138)
        put(values["short_link"], body, 52, 245, 138)
        code(code_url(PUBLIC_URL, "O", content.token), 25, 266, 15)
        put(OBJECTION.format_map(values), small, 45, 268, 145)
        canvas.showPage()
    canvas.save()
    return path


def svg_codes() -> Callable[[str, str], str]:
    """Our own symbols as SVG, for those who draw SVG well: making them costs next to nothing."""
    families = {room: CodeFamily(code_url(PUBLIC_URL, room, ""), LENGTH) for room in "SO"}
    dark = re.compile("1+")

    def svg(room: str, token: str) -> str:
        family = families[room]
        step = family.modules + 1
        runs = []
        for run in dark.finditer(f"{family.symbol(token):0{step * family.modules}b}"):
            x, y = divmod(run.start(), step)
            length = run.end() - run.start()
            runs.append(f"M{x} {y}h1v{length}h-1z")
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {family.modules} {family.modules}"><path d="{"".join(runs)}"/></svg>'

    return svg


_TYPST = """
#set page(paper: "a4", margin: 0mm)
#set text(font: "Source Sans Pro", size: 10.5pt, fill: cmyk(0%, 0%, 0%, 100%), hyphenate: false)
#set par(leading: 4.5pt, spacing: 11pt)
#let accent = cmyk(88%, 30%, 48%, 45%)
#let code(svg, size) = image(bytes(svg), format: "svg", width: size)
#let letter(v) = [
  #place(dx: 8mm, dy: 8mm, rect(width: 194mm, height: 20mm, fill: accent))
  #place(dx: 25mm, dy: 14mm, text(21pt, weight: 600, fill: white)[SENDER_NAME])
  #place(dx: 25mm, dy: 46mm, text(7pt)[RETURN_LINE])
  #place(dx: 162mm, dy: LOGO_TOPmm, image("logo.jpg", width: LOGO_WIDTHmm))
  #place(dx: 25mm, dy: 63mm, block(width: 80mm, v.address.join(linebreak())))
  #place(dx: 25mm, dy: 98.5mm, block(width: 165mm)[
    #text(13pt, weight: 600)[SUBJECT]

    #v.salutation

PARAGRAPHS
  ])
  #place(dx: 25mm, dy: 200mm, rect(width: 46mm, height: 32mm, fill: accent, align(center + horizon, text(36pt, weight: 700, fill: white, v.coupon_value))))
  #place(dx: 71mm, dy: 200mm, rect(width: 119mm, height: 32mm, fill: cmyk(9%, 2%, 6%, 0%)))
  #place(dx: 76mm, dy: 205mm, text(8.5pt)[LABEL])
  #place(dx: 76mm, dy: 210mm, text(21pt, weight: 600, v.coupon_code))
  #place(dx: 76mm, dy: 220mm, block(width: 109mm, text(8.5pt, v.coupon_conditions)))
  #place(dx: 25mm, dy: 236mm, code(v.scan_code, 20mm))
  #place(dx: 52mm, dy: 238mm, text(13pt, weight: 600)[CAPTION])
  #place(dx: 52mm, dy: 245mm, v.short_link)
  #place(dx: 25mm, dy: 266mm, code(v.objection_code, 15mm))
  #place(dx: 45mm, dy: 268mm, block(width: 145mm, text(8.5pt)[OBJECTION]))
]
#for (index, v) in json("letters.json").enumerate() {
  if index > 0 { pagebreak() }
  letter(v)
}
"""


def typst(made: Sequence[LetterContent], folder: Path) -> Path:
    """Typst: one document with all letters, values from a JSON file, QR codes as paths from finished symbols."""
    import typst as compiler

    def inserted(text: str) -> str:
        return text.replace("{", "#v.").replace("}", ";")

    logo(folder)
    svg = svg_codes()
    data = [
        dict(content.values) | {"address": content.address, "scan_code": svg("S", content.token), "objection_code": svg("O", content.token)} for content in made
    ]
    (folder / "letters.json").write_text(json.dumps(data))
    text = (
        _TYPST.replace("LOGO_TOP", f"{LOGO_TOP:g}")
        .replace("LOGO_WIDTH", f"{LOGO_WIDTH:g}")
        .replace("SENDER_NAME", SENDER.name)
        .replace("RETURN_LINE", SENDER.return_line)
        .replace("LABEL", LABEL)
        .replace("CAPTION", CAPTION)
    )
    text = text.replace("SUBJECT", inserted(SUBJECT)).replace("OBJECTION", inserted(OBJECTION)).replace("PARAGRAPHS", "\n\n".join(map(inserted, PARAGRAPHS)))
    (folder / "letters.typ").write_text(text)
    path = folder / "typst.pdf"
    compiler.compile(str(folder / "letters.typ"), output=str(path), font_paths=[str(FONT_FILES)], ignore_system_fonts=True, pdf_tags=False)
    return path


_HTML = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Benchmark</title><style>
@font-face {{ font-family: Letter; src: url({fonts}/SourceSansPro-Regular.ttf) }}
@font-face {{ font-family: Letter; font-weight: 600; src: url({fonts}/SourceSansPro-Semibold.ttf) }}
@font-face {{ font-family: Letter; font-weight: 700; src: url({fonts}/SourceSansPro-Bold.ttf) }}
@page {{ size: A4; margin: 0 }}
body {{ font: 10.5pt/14pt Letter; margin: 0; color: black }}
section {{ position: relative; width: 210mm; height: 297mm; break-after: page; overflow: hidden }}
section > * {{ position: absolute; left: 25mm; width: 165mm; margin: 0 }}
p {{ margin: 0 0 7pt }}
h1, h2 {{ font-size: 13pt; font-weight: 600; margin: 0 0 7pt }}
small {{ font-size: 8.5pt; line-height: 11.5pt }}
.band {{ left: 8mm; top: 8mm; width: 194mm; height: 20mm; background: #0f5a55 }}
.name {{ top: 14mm; font-size: 21pt; font-weight: 600; color: white }}
.value {{ top: 200mm; width: 46mm; height: 32mm; background: #0f5a55; color: white; font: 700 36pt/32mm Letter; text-align: center }}
.coupon {{ left: 71mm; top: 200mm; width: 109mm; height: 27mm; padding: 5mm 5mm 0; background: #e8f5f0 }}
.coupon b {{ display: block; font-size: 21pt; font-weight: 600; line-height: 28pt }}
svg {{ display: block; width: 100% }}
</style></head><body>{letters}</body></html>"""
_HTML_LETTER = """<section><div class="band"></div><div class="name">{sender_name}</div><div style="top:46mm;font-size:7pt">{return_line}</div>
<img src="{logo}" style="left:162mm;top:{logo_top}mm;width:{logo_width}mm">
<div style="top:63mm;line-height:12pt">{address}</div><div style="top:98.5mm"><h1>{subject}</h1><p>{salutation}</p>{paragraphs}</div>
<div class="value">{coupon_value}</div><div class="coupon"><small>{label}</small><b>{coupon_code}</b><small>{coupon_conditions}</small></div>
<div style="top:236mm;width:20mm">{scan_code}</div><div style="left:52mm;top:238mm;width:138mm"><h2>{caption}</h2>{short_link}</div>
<div style="top:266mm;width:15mm">{objection_code}</div><div style="left:45mm;top:268mm;width:145mm"><small>{objection}</small></div></section>"""


def weasyprint(made: Sequence[LetterContent], folder: Path) -> Path:
    """WeasyPrint: one document with a section for each letter, absolute boxes, our finished symbols as inline SVG, no tags, fonts by @font-face."""
    from weasyprint import HTML  # type: ignore[import-untyped]

    svg, picture = svg_codes(), logo(folder)
    sections = []
    for content in made:
        values = {name: escape(value) for name, value in content.values.items()}
        values |= {
            "sender_name": escape(SENDER.name),
            "return_line": escape(SENDER.return_line),
            "logo": picture.as_uri(),
            "logo_top": f"{LOGO_TOP:g}",
            "logo_width": f"{LOGO_WIDTH:g}",
            "address": "<br>".join(map(escape, content.address)),
            "subject": SUBJECT.format_map(values),
            "paragraphs": "".join(f"<p>{paragraph.format_map(values)}</p>" for paragraph in PARAGRAPHS),
            "label": LABEL,
            "caption": CAPTION,
            "objection": OBJECTION.format_map(values),
            "scan_code": svg("S", content.token),
            "objection_code": svg("O", content.token),
        }
        sections.append(_HTML_LETTER.format_map(values))
    path = folder / "weasyprint.pdf"
    HTML(string=_HTML.format(fonts=FONT_FILES.as_uri(), letters="".join(sections)), base_url=str(folder)).write_pdf(path)
    return path


def fpdf2(made: Sequence[LetterContent], folder: Path) -> Path:
    """fpdf2: fonts embedded once, multi_cell for everything that is broken into lines, qrcode with a fixed mask drawn as rectangles."""
    import qrcode
    from fpdf import FPDF
    from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    for name in ("Regular", "Semibold", "Bold"):
        pdf.add_font(name, fname=FONT_FILES / f"SourceSansPro-{name}.ttf")
    picture = str(logo(folder))

    def put(text: str, font: str, size: float, x: float, y: float, width: float, leading: float) -> float:
        pdf.set_font(font, size=size)
        pdf.set_xy(x, y)
        pdf.multi_cell(width, leading, text, align="L", padding=0)
        return pdf.get_y()

    def code(url: str, x: float, y: float, size: float) -> None:
        scheme, rest = url.split(":", 1)
        symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, mask_pattern=4, border=0)
        symbol.add_data(QRData(scheme.encode(), mode=MODE_8BIT_BYTE))
        symbol.add_data(QRData(f":{rest}".encode(), mode=MODE_ALPHA_NUM))
        symbol.make(fit=True)
        rows = symbol.get_matrix()
        module = size / len(rows)
        for index, row in enumerate(rows):
            start = None
            for column, dark in enumerate([*row, False]):
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    pdf.rect(x + start * module, y + index * module, (column - start) * module, module, style="F")
                    start = None

    for content in made:
        values = content.values
        pdf.add_page()
        pdf.set_fill_color(15, 90, 85)
        pdf.rect(8, 8, 194, 20, style="F")
        pdf.rect(25, 200, 46, 32, style="F")
        pdf.set_fill_color(232, 245, 240)
        pdf.rect(71, 200, 119, 32, style="F")
        pdf.image(picture, 162, LOGO_TOP, LOGO_WIDTH, LOGO_HEIGHT)
        pdf.set_text_color(255)
        put(SENDER.name, "Semibold", 21, 25, 14, 165, 9)
        put(values["coupon_value"], "Bold", 36, 27, 209, 42, 14)
        pdf.set_text_color(0)
        put(SENDER.return_line, "Regular", 7, 25, 46, 80, 3)
        put("\n".join(content.address), "Regular", 10.5, 25, 63, 80, 12 / 72 * 25.4)
        y = put(SUBJECT.format_map(values), "Semibold", 13, 25, 98.5, 165, 5)
        for paragraph in (values["salutation"], *PARAGRAPHS):
            y = put(paragraph.format_map(values), "Regular", 10.5, 25, y + 2.5, 165, 14 / 72 * 25.4)
        put(LABEL, "Regular", 8.5, 76, 205, 109, 4)
        put(values["coupon_code"], "Semibold", 21, 76, 210, 109, 9)
        put(values["coupon_conditions"], "Regular", 8.5, 76, 220, 109, 4)
        pdf.set_fill_color(0)
        code(code_url(PUBLIC_URL, "S", content.token), 25, 236, 20)
        put(CAPTION, "Semibold", 13, 52, 238, 138, 5)
        put(values["short_link"], "Regular", 10.5, 52, 245, 138, 5)
        code(code_url(PUBLIC_URL, "O", content.token), 25, 266, 15)
        put(OBJECTION.format_map(values), "Regular", 8.5, 45, 268, 145, 4)
    path = folder / "fpdf2.pdf"
    pdf.output(str(path))
    return path
