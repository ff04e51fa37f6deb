"""Which pictures can be printed, in which inks, and which are refused before they cost anything?"""

import struct
import tracemalloc
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from layouts.production import SHOPS
from letters import picture
from letters.errors import UnusableFile
from letters.preflight.findings import Code

BUNDLED_PROFILE = SHOPS / "ISOcoated_v2_300_bas.icc"


def png(image: Image.Image, format_: str = "PNG", **saved: object) -> bytes:
    output = BytesIO()
    image.save(output, format_, **saved)
    return output.getvalue()


def inks(found: picture.Picture, x: int, y: int) -> tuple[int, ...]:
    """What is printed at a pixel, 0 to 255 for each ink (grey: 255 is white)."""
    size = 1 if found.grey else 4
    at = (y * found.width + x) * size
    return tuple(zlib.decompress(found.packed)[at : at + size])


def test_colours_become_cmyk_and_the_grey_in_them_black() -> None:
    image = Image.new("RGB", (300, 200), (200, 40, 40))
    image.paste((0, 0, 0), (0, 0, 100, 200))
    found = picture.read(png(image), "logo.png", 20)
    assert not found.grey
    assert inks(found, 10, 10) == (0, 0, 0, 255)
    cyan, magenta, yellow, black = inks(found, 250, 10)
    assert (cyan, magenta == yellow, magenta > 100, black) == (0, True, True, 55)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "I;16", "P", "LA"])
def test_what_has_no_colour_is_printed_in_black_only(mode: str) -> None:
    grey = Image.new("L", (200, 200), 255)
    grey.paste(0, (0, 0, 100, 200))
    image = grey.convert("I").point(lambda level: level * 257).convert("I;16") if mode == "I;16" else grey.convert(mode)
    found = picture.read(png(image), "signature.png", 15)
    assert found.grey
    assert (inks(found, 10, 10), inks(found, 190, 10)) == ((0,), (255,))


@pytest.mark.parametrize("image", [Image.new("RGBA", (200, 200), (0, 80, 80, 0)), Image.new("P", (200, 200), 0)], ids=["RGBA", "palette"])
def test_what_is_transparent_is_paper(image: Image.Image) -> None:
    found = picture.read(png(image, transparency=0) if image.mode == "P" else png(image), "logo.png", 20)
    assert (found.grey, set(zlib.decompress(found.packed))) == (True, {255})


def test_a_cmyk_jpeg_keeps_its_inks() -> None:
    found = picture.read(png(Image.new("CMYK", (200, 200), (220, 75, 120, 115)), "JPEG", quality=100), "logo.jpg", 20)
    assert inks(found, 100, 100) == pytest.approx((220, 75, 120, 115), abs=3)


def test_a_profile_of_the_press_converts_colours_within_its_ink_limit() -> None:
    image = Image.new("RGB", (200, 200), (200, 40, 40))
    image.paste((5, 20, 60), (0, 0, 100, 200))
    found = picture.read(png(image), "logo.png", 20, BUNDLED_PROFILE.read_bytes())
    cyan, magenta, yellow, _ = inks(found, 150, 100)
    assert cyan < 60 < 180 < min(magenta, yellow)
    assert sum(inks(found, 50, 100)) / 255 <= 3.02
    assert sum(inks(found, 50, 100)) / 255 > 2


def test_a_profile_that_is_none_of_a_press_is_refused() -> None:
    image = Image.new("RGB", (200, 200), (200, 40, 40))
    rgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with pytest.raises(UnusableFile, match="cannot be converted to the press's colours"):
        picture.read(png(image), "logo.png", 20, rgb)


def test_more_pixels_than_a_press_can_show_are_not_carried_along() -> None:
    found = picture.read(png(Image.new("L", (4000, 2000), 90)), "logo.png", 10)
    assert (found.width, found.height, found.source_height) == (472, 236, 2000)


@pytest.mark.parametrize(("pixels", "reason"), [(60, "76 dpi"), (78, "99 dpi")])
def test_a_coarse_picture_is_refused_with_the_size_that_it_needs(pixels: int, reason: str) -> None:
    with pytest.raises(UnusableFile, match=rf"{reason} when it is printed 20 mm high.*236 pixels of height"):
        picture.read(png(Image.new("RGB", (pixels, pixels), "red")), "logo.png", 20)


def test_a_picture_that_will_look_soft_is_told_of() -> None:
    soft, sharp = (png(Image.new("RGB", (pixels, pixels), "red")) for pixels in (100, 130))
    assert [(one.code, one.severity.value) for one in picture.findings(soft, "logo.png", 20)] == [(Code.COARSE_PICTURE, "warning")]
    assert picture.findings(sharp, "logo.png", 20) == []


def huge_png(width: int, height: int) -> bytes:
    """A PNG that says it is so large; its pixels are not there, for nobody may get as far as to look for them."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(40_000, 40_000), (10_000, 10_000), (5_001, 5_000)])
def test_a_picture_of_too_many_pixels_is_refused_without_taking_their_memory(size: tuple[int, int]) -> None:
    content = huge_png(*size)
    tracemalloc.start()
    with pytest.raises(UnusableFile, match=r"too large for a picture in a letter.*25 million pixels"):
        picture.read(content, "logo.png", 20)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000


def whole() -> bytes:
    return png(Image.effect_noise((300, 300), 50))


@pytest.mark.parametrize(
    "broken",
    [
        lambda: b"",
        lambda: b"no picture at all",
        lambda: whole()[: len(whole()) // 2],
        lambda: whole()[:30],
        lambda: png(Image.new("RGB", (300, 300)), "GIF"),
        lambda: png(Image.new("RGB", (300, 300)), "BMP"),
        lambda: png(Image.new("RGB", (300, 300)), "TIFF"),
        lambda: b"%PDF-1.6",
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        lambda: huge_png(300, 300),
    ],
)
def test_what_is_no_whole_png_or_jpeg_is_refused(broken: Callable[[], bytes]) -> None:
    with pytest.raises(UnusableFile, match=r"logo\.png cannot be read as PNG or JPEG"):
        picture.read(broken(), "logo.png", 20)


@pytest.mark.parametrize("content", [huge_png(40_000, 40_000), b"GIF89a nothing"])
def test_what_is_wrong_with_a_picture_is_told_in_our_own_words(content: bytes) -> None:
    with pytest.raises(UnusableFile) as refused:
        picture.read(content, "logo.png", 20)
    told = str(refused.value)
    assert "BytesIO" not in told and "decompression" not in told and told.count("pixels") <= 2
    assert "\n" not in told
