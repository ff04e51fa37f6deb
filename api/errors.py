"""For which reasons does a visitor get a page of ours instead of what was asked for?

PostillionError
└── Refusal               the answer is a friendly page, or a problem document (RFC 9457) under /api/
    ├── NotFound          no such page, customer, letter or print run
    ├── PdfMissing        the letter is known, its print file is not (or no longer) here
    ├── UnknownCode       no letter that went out carries this token
    ├── TooManyMisses     somebody tries out tokens
    ├── TooManyTries      somebody tries out passwords
    ├── NotSignedIn       pages lead to the sign-in instead
    ├── ForeignForm       another site tried to act in our visitor's name
    ├── WrongMethod       the address is right, the HTTP method is not
    ├── TooLarge          more bytes than any form of ours has
    ├── WrongInput        the API cannot read what it was given
    ├── DatabaseAway      try later
    └── Broken            our own mistake
"""

from typing import ClassVar

from campaigns.errors import PostillionError


class Refusal(PostillionError):
    """One answer: its HTTP status, and the catalogue keys ``<wording>_title`` and ``<wording>_text``."""

    status: ClassVar[int]
    wording: ClassVar[str]
    retry_after_seconds: ClassVar[int | None] = None


class NotFound(Refusal):
    """No such page, customer, letter or print run."""

    status, wording = 404, "not_found"


class PdfMissing(Refusal):
    """The letter is known, its print file is not (or no longer) here."""

    status, wording = 404, "pdf_missing"


class UnknownCode(Refusal):
    """No letter that went out carries this token."""

    status, wording = 404, "unknown_code"


class TooManyMisses(Refusal):
    """Somebody tries out tokens."""

    status, wording, retry_after_seconds = 429, "too_many_misses", 600


class TooManyTries(Refusal):
    """Somebody tries out passwords."""

    status, wording, retry_after_seconds = 429, "too_many_tries", 900


class NotSignedIn(Refusal):
    """Nobody is signed in, or the session has ended."""

    status, wording = 401, "not_signed_in"


class ForeignForm(Refusal):
    """Another site tried to act in our visitor's name."""

    status, wording = 403, "foreign_form"


class WrongMethod(Refusal):
    """The address is right, the HTTP method is not."""

    status, wording = 405, "wrong_method"


class TooLarge(Refusal):
    """More bytes than any form of ours has."""

    status, wording = 413, "too_large"


class WrongInput(Refusal):
    """The API cannot read what it was given."""

    status, wording = 422, "wrong_input"


class DatabaseAway(Refusal):
    """The database did not answer."""

    status, wording, retry_after_seconds = 503, "database_away", 30


class Broken(Refusal):
    """Our own mistake."""

    status, wording = 500, "broken"


_BY_STATUS: dict[int, type[Refusal]] = {404: NotFound, 405: WrongMethod, 413: TooLarge, 422: WrongInput}


def for_status(status: int) -> Refusal:
    """The refusal behind a status that the framework answers by itself."""
    return _BY_STATUS.get(status, Broken if status >= 500 else WrongInput)()
