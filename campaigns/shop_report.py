"""What does a print shop tell us about letters, and where does a letter stand after it?

Reports come late, twice and in any order, so the rule knows no order: a state only rises, of two moments the earlier one holds.
Whatever was taken out (spoiled, recalled) is out for good, since its person is free for another letter from then on.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from campaigns.address import AddressState
from campaigns.letter import LetterState


class EventKind(StrEnum):
    """What a line of a report says."""

    ACCEPTED = "accepted"
    """The shop names the manifest's checksum: it has exactly our files."""
    PRINTED = "printed"
    POSTED = "posted"
    RETURNED = "returned"
    SPOILED = "spoiled"
    """Damaged, and not printed again."""
    RECALLED = "recalled"
    """Taken out of the post because we asked for it."""


class ReturnReason(StrEnum):
    """Why the post brought a letter back."""

    UNDELIVERABLE = "undeliverable"
    """Nobody of that name, no such house, or no reason given."""
    MOVED = "moved"
    DECEASED = "deceased"
    REFUSED = "refused"
    """Says nothing about the address, and is no objection: nobody may be taken to have said what they did not say."""

    @property
    def address_state(self) -> AddressState:
        """What is known of the address from now on."""
        return _ADDRESS_STATES.get(self, AddressState.OK)


_ADDRESS_STATES = {
    ReturnReason.UNDELIVERABLE: AddressState.UNDELIVERABLE,
    ReturnReason.MOVED: AddressState.MOVED,
    ReturnReason.DECEASED: AddressState.DECEASED,
}
_WEIGHT = {reason: weight for weight, reason in enumerate(("", ReturnReason.REFUSED, ReturnReason.UNDELIVERABLE, ReturnReason.MOVED, ReturnReason.DECEASED))}
WORSE = (AddressState.OK, AddressState.UNDELIVERABLE, AddressState.MOVED, AddressState.DECEASED)
"""An address state is replaced by one further on, never by one before it."""


class LineProblem(StrEnum):
    """Why a line of a report was not taken over."""

    BROKEN_LINE = "broken_line"
    NO_EVENT = "no_event"
    NO_LETTER = "no_letter"
    BAD_NUMBER = "bad_number"
    BAD_DATE = "bad_date"
    UNKNOWN_REASON = "unknown_reason"
    UNKNOWN_LETTER = "unknown_letter"
    NOT_HANDED_OVER = "not_handed_over"
    CONTRADICTION = "contradiction"
    CHECKSUM_DIFFERS = "checksum_differs"
    """The shop has other files than we handed over."""


@dataclass(frozen=True, slots=True)
class Reported:
    """One line of a report: what happened, when, and to what; whatever the line does not name is None or empty."""

    line: int
    kind: EventKind
    at: datetime | None = None
    whole_day: bool = False
    """Only a day was named; ``at`` is its beginning in the shop's calendar."""
    reason: ReturnReason | None = None
    letter_id: int | None = None
    token: str = ""
    file: str = ""
    sequence: int | None = None
    """Place in the file, from 1, as ``letters.csv`` of the manifest has it."""
    print_run: str = ""
    sha256: str = ""

    @property
    def names_a_letter(self) -> bool:
        """One letter, rather than all of a print file or a print run."""
        return self.letter_id is not None or bool(self.token) or self.sequence is not None

    @property
    def record(self) -> dict[str, str]:
        """What the line said, as it is shown beside a rejection; names nobody."""
        named = {"event": self.kind, "letter_id": self.letter_id, "token": self.token, "file": self.file, "sequence": self.sequence}
        named |= {"print_run": self.print_run, "sha256": self.sha256, "reason": self.reason, "date": self.at.isoformat() if self.at else None}
        return {name: str(value) for name, value in named.items() if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class LineRejection:
    """A line that stays outside: what is wrong, in words that its author can act on."""

    line: int
    """Of the file, from 1; of a JSON list the how-manieth."""
    reason: LineProblem
    message: str
    record: dict[str, str]


@dataclass(frozen=True, slots=True)
class Course:
    """How far a letter has come since its hand-over."""

    state: LetterState
    reason: str = ""
    printed_at: datetime | None = None
    posted_at: datetime | None = None
    returned_at: datetime | None = None


_RANK = {state: rank for rank, state in enumerate((LetterState.HANDED_OVER, LetterState.PRINTED, LetterState.POSTED, LetterState.RETURNED))}
_OUT = {LetterState.FAILED: 1, LetterState.CANCELLED: 2}
SPOILED = "spoiled by the print shop"
RECALLED = "recalled by the print shop"


def after(course: Course, kind: EventKind, at: datetime, reason: ReturnReason | None = None) -> Course | None:
    """Where a letter that was handed over stands after one event; None where the event cannot be true: the letter was taken out.

    In whatever order the same events come, however often, the letter ends in the same state, with the same moments.
    """
    if kind in (EventKind.SPOILED, EventKind.RECALLED):
        return _taken_out(course, kind)
    if course.state in _OUT:
        return None
    if kind is EventKind.RETURNED:
        return _returned(course, at, reason or ReturnReason.UNDELIVERABLE)
    state = LetterState.POSTED if kind is EventKind.POSTED else LetterState.PRINTED
    risen = replace(course, state=max(course.state, state, key=_RANK.__getitem__), printed_at=_earlier(course.printed_at, at))
    return replace(risen, posted_at=_earlier(course.posted_at, at)) if kind is EventKind.POSTED else risen


def _taken_out(course: Course, kind: EventKind) -> Course:
    """Spoiled sheets may have been asked back as well: then that is why."""
    out, why = (LetterState.FAILED, SPOILED) if kind is EventKind.SPOILED else (LetterState.CANCELLED, RECALLED)
    return course if _OUT.get(course.state, 0) >= _OUT[out] else Course(out, why)


def _returned(course: Course, at: datetime, reason: ReturnReason) -> Course:
    """When it was printed and posted is not told by it; of two reasons the weightier one holds."""
    worst = max(course.reason if course.reason in _WEIGHT else "", reason, key=lambda one: _WEIGHT[one])
    return replace(course, state=LetterState.RETURNED, reason=str(worst), returned_at=_earlier(course.returned_at, at))


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return min(one, other) if one else other
