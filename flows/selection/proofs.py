"""Which letters stand for all of a dry run, and how are they printed without being worth anything?"""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from campaigns.letter import LetterContent
from flows.selection.choosing import Work
from layouts.production import Production
from letters.print_file import RenderedFile, render
from store.letters import NewLetter

PROOFS = 10
WATERMARK = "SPECIMEN"
TOKEN = "MUSTERMUSTER"  # noqa: S105  # names a letter, not a secret
"""German for a specimen: as long as a token, and never given to a letter."""
CODE = "MUSTE-RMUST-E"
"""As long as a code of our own, with a U that no code has: no shop takes it."""

Cell = tuple[int, str, str]
"""Step, layout, language."""


@dataclass(slots=True)
class Proofs:
    """The first letters of every step, layout and language, counted; no more are kept than can be shown."""

    counts: dict[Cell, int] = field(default_factory=dict)
    _kept: dict[Cell, list[LetterContent]] = field(default_factory=dict)

    def see(self, letter: NewLetter) -> None:
        """Count a letter, and keep it if it is one of the first of its cell."""
        cell = letter.step, letter.content.layout, letter.content.language
        self.counts[cell] = self.counts.get(cell, 0) + 1
        kept = self._kept.setdefault(cell, [])
        if len(kept) < PROOFS:
            kept.append(letter.content)

    def chosen(self) -> list[LetterContent]:
        """One of each cell in turn until there are enough, sorted by step, layout and language."""
        turns = [(turn, cell) for cell, kept in sorted(self._kept.items()) for turn in range(len(kept))]
        shown = sorted((cell, turn) for turn, cell in sorted(turns)[:PROOFS])
        return [self._kept[cell][turn] for cell, turn in shown]


def specimen(content: LetterContent) -> LetterContent:
    """The same letter with a token and a code that lead nowhere, wherever they stand in it."""
    values = {name: value.replace(content.token, TOKEN) for name, value in content.values.items()}
    if "coupon_code" in values:
        values["coupon_code"] = CODE
    return replace(content, token=TOKEN, values=values)


def print_proofs(proofs: Proofs, work: Work, path: Path, moment: datetime, production: Production) -> RenderedFile:
    """Write the PDF, its pages as the print shop wants them; readable to nobody else, because it names people."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        part.touch(mode=0o600)
        contents = [specimen(content) for content in proofs.chosen()]
        title = f"{WATERMARK} {work.campaign.slug}"
        rendered = render(contents, work.layouts, work.occasion.sender, work.occasion.public_url, part, title, moment, WATERMARK, production)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return rendered
