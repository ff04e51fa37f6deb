"""How do a layout's files (logo, signature, stationery) become what its letters show?"""

from pathlib import PurePath

from reportlab.pdfbase.pdfdoc import PDFDocument

from layouts.layout import Layout
from layouts.style import Letterhead
from letters import embedding, picture, stationery
from letters.art import logo_place
from letters.artwork import Artwork
from letters.blocks import Galley
from letters.errors import UnusableFile
from letters.foreign_page import ForeignPage
from letters.page import POINT
from letters.picture import Picture
from letters.preflight.findings import Code, Finding, Severity

Logo = Picture | ForeignPage


def artwork(layout: Layout, document: PDFDocument, profile: bytes | None = None) -> Artwork:
    """Put a layout's files into a print file, each once; call it once for each layout of a file.

    ``profile`` is the ICC profile of the press, for colours that are not CMYK yet. Equal arguments give equal bytes. Raises UnusableFile.
    """
    style, names = layout.style, layout.name
    sheets: list[str] = []
    if style.stationery:
        pages = stationery.read(layout.files[style.stationery], style.stationery).pages
        sheets = [embedding.embed(document, page, f"{names}.sheet{number}", bleed=True) for number, page in enumerate(pages, 1)]
    head: tuple[tuple[float, float, Galley], ...] = ()
    if style.logo:
        logo = _logo(layout, profile)
        x, y = logo_place(style, layout.form, _width(logo, style.logo_height))
        head = ((x, y, Galley(style.logo_height * POINT, "", _embed_logo(document, logo, f"{names}.logo", style.logo_height))),)
    signature = None
    if style.signature:
        drawn = picture.read(layout.files[style.signature], style.signature, style.signature_height, profile)
        name = picture.embed(document, drawn, f"{names}.signature", style.signature_height)
        signature = Galley(style.signature_height * POINT, "", name)
    return Artwork(sheets[0] if sheets else "", sheets[1] if len(sheets) > 1 else "", head, signature)


def blank_artwork(layout: Layout) -> Artwork:
    """The room that a layout's pictures take, without the pictures: for finding out whether letters fit."""
    style = layout.style
    return Artwork(signature=Galley(style.signature_height * POINT, "") if style.signature else None)


def refuse_unusable(layout: Layout) -> None:
    """Raise UnusableFile if one of a layout's files cannot be printed, or covers what must stay white; cheap when asked again."""
    findings(layout)


def findings(layout: Layout) -> list[Finding]:
    """What is worth a look in a layout's files though they can be printed; raises UnusableFile with the reasons where they cannot."""
    style = layout.style
    found: list[Finding] = []
    if style.letterhead is Letterhead.NONE and not (style.stationery or style.logo):
        raise UnusableFile(f"{layout.name}: the letterhead 'none' needs a stationery or a logo that says who writes: name one, or choose another letterhead.")
    for name, height in ((style.logo, style.logo_height), (style.signature, style.signature_height)):
        if name and not _is_pdf(name):
            found += picture.findings(layout.files[name], name, height)
    if style.logo:
        logo_place(style, layout.form, _width(_logo(layout, None), style.logo_height))
        found += _white_on_colour(layout)
    if style.stationery:
        found += stationery.read(layout.files[style.stationery], style.stationery).findings
        if covered := stationery.window_finding(layout):
            raise UnusableFile(str(covered))
    return found


def _white_on_colour(layout: Layout) -> list[Finding]:
    """A picture's transparent parts are printed as white paper, also where a colour lies below them."""
    style = layout.style
    if style.letterhead is not Letterhead.BAND or _is_pdf(style.logo) or not picture.is_transparent(layout.files[style.logo], style.logo):
        return []
    told = f"{style.logo} is transparent in places, which are printed white, as a box on the band: export the logo as PDF, or on the accent colour."
    return [Finding(Code.TRANSPARENCY, told, severity=Severity.WARNING)]


def _logo(layout: Layout, profile: bytes | None) -> Logo:
    style = layout.style
    content = layout.files[style.logo]
    return stationery.vector_logo(content, style.logo) if _is_pdf(style.logo) else picture.read(content, style.logo, style.logo_height, profile)


def _embed_logo(document: PDFDocument, logo: Logo, name: str, height: float) -> str:
    if isinstance(logo, Picture):
        return picture.embed(document, logo, name, height)
    return embedding.embed(document, logo, name, height * POINT / logo.height)


def _width(logo: Logo, height: float) -> float:
    return logo.width_at(height) if isinstance(logo, Picture) else height * logo.width / logo.height


def _is_pdf(name: str) -> bool:
    return PurePath(name).suffix.lower() == ".pdf"
