"""How does a marketer's picture (logo, signature) get onto paper: which ones can be printed, and in which inks?"""

import warnings
import zlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageChops, ImageCms, ImageOps
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFDocument, PDFName, PDFStream, xObjectName

from letters.errors import UnusableFile
from letters.page import POINT
from letters.preflight.findings import Code, Finding, finding

MOST_PIXELS = 25_000_000
"""A picture across the whole page at 400 dpi has 15 million; more would take a worker's memory for nothing."""
LEAST_DPI, GOOD_DPI = 100, 150
_MOST_DPI = 600
"""Presses print no finer; a larger picture is made smaller once, so that not every print file carries it."""
_SRGB = ImageCms.createProfile("sRGB")
_TRANSPARENT = ("RGBA", "LA", "PA")
_OPAQUE = 255
_COLOURLESS = 10
"""Levels of 255 by which red, green and blue of a scan in black and white may differ."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels in printing inks."""

    width: int
    height: int
    grey: bool
    """One byte of grey for each pixel, printed in black only; else four of cyan, magenta, yellow and black."""
    packed: bytes
    """The rows from top to bottom, compressed."""
    source_height: int
    """Pixels that the file had, before it was made smaller."""

    def width_at(self, height: float) -> float:
        """How wide it is at a height, in the same unit."""
        return height * self.width / self.height


@lru_cache(maxsize=16)
def read(content: bytes, name: str, height: float, profile: bytes | None = None) -> Picture:
    """The picture ``content`` (PNG or JPEG), to be printed ``height`` mm high; ``profile`` is the press's ICC profile, where known.

    Raises UnusableFile with what to do. The size is read before any pixel is: a picture of 40,000 × 40,000 costs nothing.
    """
    picture = _decoded(content, name)
    if (dpi := picture.height / height * 25.4) < LEAST_DPI:
        raise UnusableFile(
            f"{name} has {dpi:.0f} dpi when it is printed {height:g} mm high, {LEAST_DPI} are needed to be no blur and 300 are good: "
            f"export it with {int(height / 25.4 * 300)} pixels of height."
        )
    source_height = picture.height
    picture = _inked(_on_white(picture), name, profile)
    if dpi > _MOST_DPI:
        rows = int(height / 25.4 * _MOST_DPI)
        picture = picture.resize((max(1, round(picture.width * rows / picture.height)), rows), Image.Resampling.LANCZOS)
    return Picture(picture.width, picture.height, picture.mode == "L", zlib.compress(picture.tobytes(), 9), source_height)


def is_transparent(content: bytes, name: str) -> bool:
    """Whether some of it is printed as white paper because it is transparent; raises UnusableFile."""
    picture = _decoded(content, name)
    if not _may_be_transparent(picture):
        return False
    return picture.convert("RGBA").getchannel("A").point(lambda level: 255 * (level < _OPAQUE)).getbbox() is not None


def findings(content: bytes, name: str, height: float) -> list[Finding]:
    """What is worth a look though it can be printed; raises UnusableFile."""
    dpi = read(content, name, height).source_height / height * 25.4
    if dpi >= GOOD_DPI:
        return []
    return [finding(Code.COARSE_PICTURE, f"{name} has {dpi:.0f} dpi when it is printed {height:g} mm high: it will look soft, 300 are good.")]


def embed(document: PDFDocument, picture: Picture, name: str, height: float) -> str:
    """Put the picture into a print file, once; returns the name of a form that draws it ``height`` mm high, its top-left corner at 0, 0."""
    image = PDFStream(
        PDFDictionary(
            {
                "Type": PDFName("XObject"),
                "Subtype": PDFName("Image"),
                "Width": picture.width,
                "Height": picture.height,
                "BitsPerComponent": 8,
                "ColorSpace": PDFName("DeviceGray" if picture.grey else "DeviceCMYK"),
                "Filter": PDFName("FlateDecode"),
            }
        ),
        picture.packed,
    )
    high, wide = height * POINT, picture.width_at(height) * POINT
    drawn = f"{wide:.3f} 0 0 {high:.3f} 0 {-high:.3f} cm /Im Do".encode()
    resources = PDFDictionary({"XObject": PDFDictionary({"Im": document.Reference(image)})})
    box = PDFArray([0, -round(high, 3), round(wide, 3), 0])
    form = PDFStream(PDFDictionary({"Type": PDFName("XObject"), "Subtype": PDFName("Form"), "BBox": box, "Resources": resources}), drawn, filters=[])
    document.Reference(form, xObjectName(name))
    document.updateSignature(picture.packed)
    return name


def _decoded(content: bytes, name: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is stricter
            picture = Image.open(BytesIO(content), formats=("PNG", "JPEG"))
        if picture.width * picture.height > MOST_PIXELS:
            raise UnusableFile(
                f"{name} is too large for a picture in a letter ({picture.width} × {picture.height} pixels): "
                f"{MOST_PIXELS / 1e6:.0f} million pixels at the most, export it with 300 dpi at its printed height."
            )
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        upright.info = picture.info
    except UnusableFile:
        raise
    except Image.DecompressionBombError:  # Pillow's own limit, above ours
        raise UnusableFile(f"{name} is too large for a picture in a letter: {MOST_PIXELS / 1e6:.0f} million pixels at the most.") from None
    except Exception as error:  # whatever a broken file makes Pillow stumble over, the file is what is wrong
        raise UnusableFile(f"{name} cannot be read as PNG or JPEG: it is broken or something else, export it again.") from error
    return upright


def _may_be_transparent(picture: Image.Image) -> bool:
    return picture.mode in _TRANSPARENT or "transparency" in picture.info


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency, which presses need not understand: paper is white."""
    if not _may_be_transparent(picture):
        return picture
    rgba = picture.convert("RGBA")
    ground = Image.new("RGBA", rgba.size, "white")
    ground.alpha_composite(rgba)
    return ground.convert("RGB")


def _inked(picture: Image.Image, name: str, profile: bytes | None) -> Image.Image:
    """In grey or CMYK."""
    if picture.mode == "CMYK":
        return picture
    if picture.mode in ("1", "L", "I", "I;16", "F"):
        return _grey(picture)
    rgb = picture.convert("RGB")
    red, green, blue = rgb.split()
    if not any(ImageChops.difference(*pair).point(lambda level: level > _COLOURLESS).getbbox() for pair in ((red, green), (green, blue))):
        return green
    return _by_profile(rgb, picture.info.get("icc_profile"), profile, name) if profile else _plainly(red, green, blue)


def _grey(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits: Pillow would cut off everything above 255
        picture = picture.convert("I").point(lambda level: level / 257)
    return picture.convert("L")


def _plainly(red: Image.Image, green: Image.Image, blue: Image.Image) -> Image.Image:
    """Without a profile: the grey part of each colour in black, so that a black logo is black only and never 300 % ink."""
    cyan, magenta, yellow = (ImageChops.invert(band) for band in (red, green, blue))
    black = ImageChops.darker(ImageChops.darker(cyan, magenta), yellow)
    return Image.merge("CMYK", (*(ImageChops.subtract(ink, black) for ink in (cyan, magenta, yellow)), black))


def _by_profile(rgb: Image.Image, embedded: bytes | None, profile: bytes, name: str) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(embedded)) if embedded else _SRGB
        target = ImageCms.ImageCmsProfile(BytesIO(profile))
        inked = ImageCms.profileToProfile(rgb, source, target, ImageCms.Intent.RELATIVE_COLORIMETRIC, "CMYK", flags=ImageCms.Flags.BLACKPOINTCOMPENSATION)
    except (ImageCms.PyCMSError, OSError) as error:
        raise UnusableFile(f"{name} cannot be converted to the press's colours ({error}): export it as sRGB without a profile of its own.") from error
    if inked is None:
        raise UnusableFile(f"{name} cannot be converted to the press's colours.")
    return inked
