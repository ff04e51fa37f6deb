"""What will letters of a layout look like, before there are any: with short and with long values, one by one and all on one sheet?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFont

from campaigns.letter import CouponGrant, Item, LetterContent, Occasion, Recipient, compose, short_link
from campaigns.sender import Sender
from layouts.layout import Layout
from layouts.placeholders import sample_items, samples
from layouts.production import Production
from letters.check import sender_values
from letters.fonts import FILES
from letters.preflight import Finding, check
from letters.print_file import RenderedFile, render

WATERMARK = {"de": "MUSTER", "en": "SPECIMEN"}
_TOKEN = "K7MWPQ4XH2RD"  # noqa: S105 (stands in a QR code that leads nowhere)
_CREATED_AT = datetime(2026, 11, 22, tzinfo=UTC)
_ADDRESS = ("Johanna Weber", "Möwenweg 7", "20253 Hamburg")
_LONG_ADDRESS = (
    "Weber & Töchter Manufaktur GmbH",
    "Dr. Anna-Magdalena Weber-Hohenlohe",
    "c/o Atelierhaus am Alten Hafen",
    "Möwenweg 117 a, Aufgang 4",
    "20253 Hamburg",
)
_LONG = {
    "de": {
        "salutation": "Sehr geehrte Frau Dr. Anna-Magdalena Weber-Hohenlohe,",
        "full_name": "Dr. Anna-Magdalena Weber-Hohenlohe",
        "customer_number": "K-2048-1177-4402",
        "coupon_value": "250\u00a0€",
        "coupon_code": "TEEHAUS-7KQ4-MX92-HD",
        "coupon_conditions": "Gültig bis 31. Januar 2027. Ab einem Bestellwert von 1.250,00\u00a0€. "
        "Nur für Artikel der Kategorien Keramik und Grüner Tee, nicht für Bücher. Einmal einlösbar, nicht mit anderen Gutscheinen kombinierbar.",
        "cart_total": "1.404,04\u00a0€",
    },
    "en": {
        "salutation": "Dear Dr Anna-Magdalena Weber-Hohenlohe,",
        "full_name": "Dr Anna-Magdalena Weber-Hohenlohe",
        "customer_number": "K-2048-1177-4402",
        "coupon_value": "€250",
        "coupon_code": "TEEHAUS-7KQ4-MX92-HD",
        "coupon_conditions": "Valid until 31 January 2027. On orders of €1,250.00 or more. "
        "Only for articles of the categories ceramics and green tea, not for books. Can be used once, not combined with other coupons.",
        "cart_total": "€1,404.04",
    },
}
_LONG_TITLE = {
    "de": "Handgetöpferte Teeschale aus der Werkstatt Müller in Husum, dunkelblau mit Goldrand, {number}. Wahl, spülmaschinenfest",
    "en": "Hand-thrown tea bowl from the Müller workshop in Husum, dark blue with a golden rim, quality {number}, dishwasher safe",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One made-up letter, and what is to be seen in it."""

    label: str
    content: LetterContent


def sample(layout: Layout, language: str, sender: Sender, public_url: str, long: bool = False) -> LetterContent:
    """A letter with sample values, ``long`` ones as they are rare but happen; raises MissingLanguage."""
    layout.text(language)
    links = {"short_link": short_link(public_url, "S", _TOKEN), "objection_link": short_link(public_url, "O", _TOKEN)}
    values = {**samples(language), **sender_values(sender, language), **links}
    items = sample_items(language)
    if long:
        values |= _LONG.get(language, _LONG["en"])
        items = _many(language, layout.style.cart_rows + 3)
    return LetterContent(layout.name, language, _TOKEN, _LONG_ADDRESS if long else _ADDRESS, values, items)


def personal(layout: Layout, recipient: Recipient, coupon: CouponGrant | None, language: str, occasion: Occasion, long: bool = False) -> LetterContent:
    """A letter to a real customer, with samples for what is not known of them; its codes lead nowhere. Without ``language`` in theirs.

    Raises MissingLanguage.
    """
    theirs = recipient.customer.language
    spoken = language or (theirs if theirs in layout.languages else layout.languages[0])
    made_up = sample(layout, spoken, occasion.sender, occasion.public_url, long)
    known = compose(recipient, layout.name, spoken, made_up.token, occasion, coupon)
    values = {**made_up.values, **{name: text for name, text in known.values.items() if text}, "coupon_code": made_up.values["coupon_code"]}
    return replace(made_up, address=known.address or made_up.address, values=values, items=known.items or made_up.items)


def all_samples(layout: Layout, sender: Sender, public_url: str) -> Iterator[Sample]:
    """Short and long content in every language of a layout."""
    for language in layout.languages:
        for long in (False, True):
            yield Sample(f"{layout.name} · {language} · {'long' if long else 'short'}", sample(layout, language, sender, public_url, long))


def write(
    contents: Sequence[LetterContent],
    layouts: Mapping[str, Layout],
    sender: Sender,
    public_url: str,
    path: Path,
    watermark: str = "",
    production: Production = Production(),  # noqa: B008 (frozen)
) -> RenderedFile:
    """Render proofs to ``path``, the same bytes every time; raises UnprintableCode and UnusableFile."""
    return render(contents, layouts, sender, public_url, path, "Proof", _CREATED_AT, watermark, production)


def findings(layout: Layout, sender: Sender, public_url: str, production: Production) -> list[Finding]:
    """What the preflight of the print files would find wrong with how letters of a layout are built: inks, fonts, transparency."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "proof.pdf"
        contents = [sample(layout, language, sender, public_url) for language in layout.languages]
        write(contents, {layout.name: layout}, sender, public_url, path, production=production)
        return [replace(one, page=None) for one in check(path, None, production).findings]


def pictures(path: Path, dpi: int) -> list[Image.Image]:
    """Every page of a PDF as a picture in RGB."""
    document = pdfium.PdfDocument(path)
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def pages_of_samples(layout: Layout, sender: Sender, public_url: str, dpi: int) -> list[tuple[str, list[Image.Image]]]:
    """The label and the pages of each of a layout's samples; a sample that cannot be set has no pages and says why in its label."""
    found = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "proof.pdf"
        for one in all_samples(layout, sender, public_url):
            result = write([one.content], {layout.name: layout}, sender, public_url, path)
            reason = f" · {result.failures[0][1]}" if result.failures else ""
            found.append((one.label + reason, [] if result.failures else pictures(path, dpi)))
    return found


def contact_sheet(layouts: Iterable[Layout], sender: Sender, public_url: str, dpi: int = 50, across: int = 2) -> Image.Image:
    """One picture with the first page of every layout in every language with short and long content, labelled, ``across`` layouts in a row."""
    drawn = [pages_of_samples(layout, sender, public_url, dpi) for layout in layouts]
    rows = [list(chain(*drawn[start : start + across])) for start in range(0, len(drawn), across)]
    wide, high = round(210 / 25.4 * dpi), round(297 / 25.4 * dpi)
    gap, label = max(8, dpi // 5), max(14, dpi // 3)
    most = max((len(row) for row in rows), default=0)
    sheet = Image.new("RGB", (gap + most * (wide + gap), gap + len(rows) * (high + label + gap)), (214, 214, 210))
    drawing, font = ImageDraw.Draw(sheet), ImageFont.truetype(str(FILES / "SourceSansPro-Semibold.ttf"), round(label * 0.7))
    for line, row in enumerate(rows):
        for column, (words, pages) in enumerate(row):
            x, y = gap + column * (wide + gap), gap + line * (high + label + gap)
            more = f" (+{len(pages) - 1})" if len(pages) > 1 else ""
            drawing.text((x, y), words + more, fill=(40, 40, 40), font=font)
            if pages:
                sheet.paste(pages[0].resize((wide, high)), (x, y + label))
    return sheet


def as_png(picture: Image.Image, colours: int = 0) -> bytes:
    """A picture as PNG, the same bytes every time; with a palette of so many colours it takes a quarter of the room."""
    output = BytesIO()
    (picture.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE) if colours else picture).save(output, "PNG", optimize=True)
    return output.getvalue()


def _many(language: str, count: int) -> tuple[Item, ...]:
    title = _LONG_TITLE.get(language, _LONG_TITLE["en"])
    first = sample_items(language)
    return (*first, *(replace(first[0], title=title.format(number=number)) for number in range(1, max(2, count - len(first) + 1))))
