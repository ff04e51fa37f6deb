"""Is a preview the letter itself, marked as a specimen, drawn in bounded time?"""

import multiprocessing
from dataclasses import replace
from io import BytesIO

from PIL import Image, ImageChops

import layouts
from campaigns.sender import Sender
from layouts import print_shop
from letters import proof_sheet
from letters.drawn_preview import ZONES, Job, drawn, drawn_apart

SENDER = Sender("Teehaus", "Musterweg 1", "10115", "Berlin")
URL = "https://tee.example"


def a_job(name: str = "plain", **changes: object) -> Job:
    found = layouts.load(name)
    content = proof_sheet.sample(found, "de", SENDER, URL)
    return replace(Job(found, content, SENDER, URL, print_shop.load("lettershop"), 40), **changes)  # type: ignore[arg-type]


def picture(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content)).convert("RGB")


def test_the_same_job_gives_the_same_bytes_here_and_in_a_process_of_its_own() -> None:
    job = a_job()
    here = drawn(job)
    assert here.pdf.startswith(b"%PDF") and len(here.pictures) == here.pages == 1 and not here.problem
    assert drawn_apart(job, 60) == here


def test_the_overlay_draws_the_zones_over_the_same_letter() -> None:
    plain, marked = drawn(a_job()), drawn(a_job(overlay=True))
    assert plain.pdf == marked.pdf
    differing = ImageChops.difference(picture(plain.pictures[0]), picture(marked.pictures[0]))
    scale = differing.width / 210
    form = layouts.load("plain").form
    for name in ZONES:
        box = getattr(form, name)
        x, y = round((box.x + box.width / 2) * scale), round(box.y * scale)
        assert differing.crop((x - 2, y - 2, x + 3, y + 3)).getbbox(), name
    middle = form.address_zone
    inside = tuple(round(edge * scale) for edge in (middle.x + 30, middle.y + 8, middle.x + 50, middle.y + 20))
    assert differing.crop(inside).point(lambda level: level > 60 and 255).getbbox() is None, "the zones are outlines"  # type: ignore[arg-type]


def test_a_letter_that_cannot_be_set_says_why() -> None:
    job = a_job()
    found = drawn(replace(job, content=replace(job.content, address=("Анна \U0001f375", "Weg 1", "10115 Berlin"))))
    assert found.problem and not found.pdf and not found.pictures


def test_what_takes_too_long_is_ended() -> None:
    assert drawn_apart(a_job(), 0).took_too_long
    assert not multiprocessing.active_children()
