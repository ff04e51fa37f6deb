"""How many letters does a second of processor time print, beside reportlab's own paragraphs and beside Typst?

    .venv/bin/python -m benchmarks.letters

All three print the same letter in the same run: one page, address, five paragraphs with values in them, coupon, two QR codes of
its own. Each runs in a process of its own, so that its memory is its own; CPU seconds are those of all threads, after a warm-up
of two letters, as in a pool that prints one file after the other. The others are written as one would who knows them: reportlab
with shared letterhead, shared styles and no default that costs time; Typst compiles one document with all letters once, gets
finished QR codes (ours) and writes no tags.
"""

import json
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from campaigns.letter import LetterContent, code_url, short_link
from campaigns.sender import Sender
from campaigns.token import ALPHABET, LENGTH
from layouts.layout import load
from layouts.placeholders import samples
from letters.fonts import FILES as FONT_FILES
from letters.print_file import render
from letters.qr_code import BLOCK, LANE_BITS, CodeFamily

PUBLIC_URL = "https://lindenhof.example"
SENDER = Sender("Teehaus Lindenhof", "Lindenstraße 12", "24103", "Kiel")
CREATED_AT = datetime(2026, 11, 22, tzinfo=UTC)

PARAGRAPHS = (
    "am {last_order_date} haben Sie zuletzt bei uns bestellt, die Bestellung trug die Nummer {last_order_number}. Dafür danken wir Ihnen, "
    "{full_name}, noch einmal herzlich. Seitdem haben wir nichts mehr von Ihnen gehört.",
    "Mit {orders_count} Bestellungen gehören Sie zu den Menschen, für die wir unseren Laden führen. Unter der Kundennummer {customer_number} "
    "ist alles noch so, wie Sie es verlassen haben, auch Ihre Anschrift und Ihre Merkliste.",
    "Darum liegt diesem Brief ein Gutschein über {coupon_value} bei, der nur für Sie ausgestellt ist. Sein Code lautet {coupon_code}; er gilt "
    "bis {coupon_valid_until} für alles, was wir führen.",
    "Am schnellsten geht es mit dem Telefon: Der Code unten führt unter {short_link} in den Shop, und der Gutschein ist dort schon eingetragen. "
    "Sie müssen nichts abtippen und sich nicht anmelden.",
    "Wenn bei Ihrer Bestellung vom {last_order_date} etwas nicht so war, wie Sie es erwartet haben, schreiben oder rufen Sie uns gern an. Nennen "
    "Sie einfach Ihre Kundennummer {customer_number}, und wir bringen es in Ordnung.",
)
SUBJECT = "{coupon_value} für Ihre nächste Bestellung"
LABEL = "Ihr persönlicher Gutscheincode"
CAPTION = "Direkt in den Shop, der Gutschein ist schon dabei"
OBJECTION = "Sie können der Verwendung Ihrer Daten für Werbung jederzeit widersprechen: mit diesem Code oder unter {objection_link}."
_LAYOUT = """
::: letterhead
{{sender_name}}
:::

# {subject}

{{salutation}}

{paragraphs}

::: coupon
# {{coupon_value}}

{label}

## {{coupon_code}}

{{coupon_conditions}}
:::

::: qr-code
### {caption}

{{short_link}}
:::

::: objection
{objection}
:::
"""


def contents(letters: int) -> list[LetterContent]:
    """Letters to people whose values all differ; the same ones in every run."""
    draw = random.Random(7)
    made = []
    for index in range(letters):
        token = "".join(draw.choices(ALPHABET, k=LENGTH))
        first, last = draw.choice(("Anna", "Jörg", "Miłosz", "Ulrike", "Zoë")), "".join(draw.choices("aeiouklmnrst", k=draw.randint(4, 12))).title()
        values = samples("de") | {
            "salutation": f"Liebe Frau {last},",
            "full_name": f"{first} {last}",
            "customer_number": f"K-{20000 + index}",
            "last_order_number": f"B-{draw.randint(10**5, 10**6)}",
            "last_order_date": f"{draw.randint(1, 28)}. {draw.choice(('Januar', 'März', 'September'))} 2025",
            "orders_count": str(draw.randint(2, 30)),
            "coupon_code": f"TEE-{token[:6]}",
            "short_link": short_link(PUBLIC_URL, "S", token),
            "objection_link": short_link(PUBLIC_URL, "O", token),
        }
        address = (f"{first} {last}", f"{last}weg {draw.randint(1, 99)}", f"{draw.randint(10000, 99999)} Hamburg")
        made.append(LetterContent("benchmark", "de", token, address, values))
    return made


def ours(made: Sequence[LetterContent], folder: Path) -> Path:
    """What this repository is for."""
    home = folder / "benchmark"
    home.mkdir()
    (home / "layout.toml").write_text('title = "Benchmark"\nletterhead = "band"\naccent = [88, 30, 48, 45]\ntint = [9, 2, 6, 0]\n')
    text = _LAYOUT.format(subject=SUBJECT, paragraphs="\n\n".join(PARAGRAPHS), label=LABEL, caption=CAPTION, objection=OBJECTION)
    (home / "de.md").write_text(text)
    path = folder / "ours.pdf"
    result = render(made, {"benchmark": load("benchmark", folder)}, SENDER, PUBLIC_URL, path, "Benchmark", CREATED_AT)
    assert not result.failures and result.pages == len(made), result.failures[:1]
    return path


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

    families = {room: CodeFamily(code_url(PUBLIC_URL, room, ""), LENGTH) for room in "SO"}

    def svg(room: str, token: str) -> str:
        family = families[room]
        symbol, per_row = family.symbol(token), -(-family.modules // BLOCK)
        runs = []
        for row in range(family.modules):
            bits = sum((symbol >> LANE_BITS * (row * per_row + block) & 0xFF) << BLOCK * block for block in range(per_row))
            column = 0
            while bits >> column:
                column += ((bits >> column) & -(bits >> column)).bit_length() - 1
                rest = ~(bits >> column)
                length = (rest & -rest).bit_length() - 1
                runs.append(f"M{column} {row}h{length}v1h-{length}z")
                column += length
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {family.modules} {family.modules}"><path d="{"".join(runs)}"/></svg>'

    data = [
        dict(content.values) | {"address": content.address, "scan_code": svg("S", content.token), "objection_code": svg("O", content.token)} for content in made
    ]
    (folder / "letters.json").write_text(json.dumps(data))
    text = _TYPST.replace("SENDER_NAME", SENDER.name).replace("RETURN_LINE", SENDER.return_line).replace("LABEL", LABEL).replace("CAPTION", CAPTION)
    text = text.replace("SUBJECT", inserted(SUBJECT)).replace("OBJECTION", inserted(OBJECTION)).replace("PARAGRAPHS", "\n\n".join(map(inserted, PARAGRAPHS)))
    (folder / "letters.typ").write_text(text)
    path = folder / "typst.pdf"
    compiler.compile(str(folder / "letters.typ"), output=str(path), font_paths=[str(FONT_FILES)], ignore_system_fonts=True, pdf_tags=False)
    return path


Way = Callable[[Sequence[LetterContent], Path], Path]


def _measure(way: Way, letters: int) -> tuple[float, int, float]:
    """CPU seconds, bytes and the peak of memory in MB."""
    made = contents(letters)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "warm").mkdir()
        way(made[:2], Path(folder) / "warm")  # imports and fonts
        (Path(folder) / "run").mkdir()
        started = time.process_time()
        path = way(made, Path(folder) / "run")
        return time.process_time() - started, path.stat().st_size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(way: Way, letters: int) -> tuple[float, int, float]:
    """Letters per CPU second, bytes a letter and peak MB of the best of three runs, each in a fresh process."""
    runs = []
    for _ in range(3):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            runs.append(pool.apply(_measure, (way, letters)))
    seconds, size, peak = min(runs)
    return letters / seconds, size // letters, peak


def main() -> None:
    """Print a name and a value on each line."""
    our_speed, our_bytes, our_peak = measured(ours, 2000)
    paragraph_speed, _, _ = measured(paragraphs, 500)
    typst_speed, typst_bytes, typst_peak = measured(typst, 2000)
    for name, value in {
        "per_cpu_second": our_speed,
        "paragraphs_per_cpu_second": paragraph_speed,
        "typst_per_cpu_second": typst_speed,
        "ratio_to_paragraphs": our_speed / paragraph_speed,
        "ratio_to_typst": our_speed / typst_speed,
        "bytes_each": our_bytes,
        "typst_bytes_each": typst_bytes,
        "peak_mb": our_peak,
        "typst_peak_mb": typst_peak,
    }.items():
        print(f"letters.{name} {value:.1f}")


if __name__ == "__main__":
    main()
