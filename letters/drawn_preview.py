"""What does one letter look like right now: its PDF and a picture of each page, drawn in a process of its own?

Drawing keeps a processor busy for up to a second, and a hostile stationery or picture for longer: in a process of its own it holds up
nobody, and can be ended.
"""

import multiprocessing
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw

from campaigns.errors import PostillionError
from campaigns.letter import LetterContent
from campaigns.sender import Sender
from layouts.din5008 import PAGE_HEIGHT, PAGE_WIDTH, Box, Form
from layouts.layout import Layout
from layouts.production import Production
from letters import proof_sheet

MOST_PAGES = 8
"""Shown as pictures; the PDF holds all."""
ZONES: Mapping[str, str] = {
    "window_reserved": "#b26a00",
    "window_visible": "#9c1f1f",
    "return_line": "#6a3d9a",
    "remark_zone": "#1c6b3f",
    "address_zone": "#1d5296",
    "information_block": "#00707a",
    "body": "#555f6e",
}
"""The boxes of a form that an overlay shows, each in its colour."""
FOLD = "#8a2be2"
"""The colour of fold and hole marks in the overlay."""


@dataclass(frozen=True, slots=True)
class Job:
    """One letter to draw; equal jobs give equal pictures."""

    layout: Layout
    content: LetterContent
    sender: Sender
    public_url: str
    production: Production
    dpi: int
    overlay: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What was drawn, or why not."""

    pdf: bytes = b""
    pictures: tuple[bytes, ...] = ()
    """The pages as PNG."""
    pages: int = 0
    problem: str = ""
    """Why there is no letter: words for the people at the desk, which name no file of the machine."""
    took_too_long: bool = False


def drawn(job: Job) -> Preview:
    """The letter, with its word for a specimen across every page; a problem where it cannot be set."""
    word = proof_sheet.WATERMARK.get(job.content.language, proof_sheet.WATERMARK["en"])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "preview.pdf"
        layout = job.production.fitted(job.layout)
        try:
            result = proof_sheet.write([job.content], {layout.name: layout}, job.sender, job.public_url, path, word, job.production)
        except PostillionError as error:
            return Preview(problem=str(error))
        if result.failures:
            return Preview(problem=result.failures[0][1])
        pictures = proof_sheet.pictures(path, job.dpi)
        if job.overlay:
            pictures = [_with_zones(picture, layout.form, number == 1) for number, picture in enumerate(pictures, 1)]
        return Preview(path.read_bytes(), tuple(proof_sheet.as_png(picture, 64) for picture in pictures[:MOST_PAGES]), len(pictures))


def drawn_apart(job: Job, seconds: float) -> Preview:
    """The same in a process of its own, which is ended after so many seconds."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_draw_and_send, args=(job, there), daemon=True)
    process.start()
    there.close()
    try:
        if not here.poll(seconds):
            return Preview(took_too_long=True)
        found: Preview = here.recv()
        return found
    except EOFError:  # it ended without a word: out of memory, most likely
        return Preview(took_too_long=True)
    finally:
        process.kill()
        process.join()
        process.close()
        here.close()


def _draw_and_send(job: Job, there: Pipe) -> None:
    there.send(drawn(job))
    there.close()


def _with_zones(picture: Image.Image, form: Form, is_first: bool) -> Image.Image:
    """The page with the boxes of the form over it: all of them on the first one, those for folding on each; words show through the lines."""
    marked = picture.copy()
    pen, scale = ImageDraw.Draw(marked), picture.width / PAGE_WIDTH
    thick = max(1, round(scale / 2))
    if is_first:
        for name, colour in ZONES.items():
            box: Box = getattr(form, name)
            pen.rectangle(
                [round(edge * scale) for edge in (box.x, box.y, min(box.right, PAGE_WIDTH - 0.5), min(box.bottom, PAGE_HEIGHT - 0.5))], None, colour, thick
            )
    for mark in (*form.fold_marks, form.hole_mark):
        y = round(mark * scale)
        for x in range(0, picture.width, 16):
            pen.line((x, y, x + 8, y), FOLD, thick)
    return Image.blend(picture, marked, 0.65)
