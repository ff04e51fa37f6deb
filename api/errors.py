"""For which reasons does a visitor get a page of ours instead of what was asked for?

PostillionError
└── Refusal               the answer is a friendly page, or a problem document (RFC 9457) under /api/
    ├── NotFound          no such page, customer, letter or print run
    ├── Erased            the letter went to somebody who was erased since: it is shown to nobody
    ├── PdfMissing        the letter is known, its print file is not (or no longer) here
    ├── NoLongerKept      the time of the letter's print file is over
    ├── CannotPrint       a partner's coupon that has no room on its paper
    ├── CannotPart        a merge that was undone already, or whose people are gone
    ├── DecidedAlready    a print run that somebody else has decided about, or that is not there yet
    ├── Changed           what is asked for is not what the page showed any more
    ├── TooOld            letters that waited too long to be sent
    ├── UnknownCode       no letter that went out carries this token
    ├── TooManyMisses     somebody tries out tokens
    ├── TooManyWrongCodes somebody tries out coupon codes
    ├── TooManyTries      somebody tries out passwords
    ├── NotSignedIn       pages lead to the sign-in instead
    ├── NotYourRole       signed in, but the desk leaves this to others
    ├── ForeignForm       another site tried to act in our visitor's name
    ├── WrongMethod       the address is right, the HTTP method is not
    ├── TooLarge          more bytes than any form or batch of ours has
    ├── WrongInput        the API cannot read what it was given
    │   ├── WrongParameter    a part of the path or a header is missing or impossible
    │   ├── WrongBatch        JSON, but no batch of records
    │   └── WrongField        JSON, but a field of it is not what it should be
    ├── MalformedJson     not even JSON
    ├── WrongMediaType    not uncompressed JSON
    ├── WrongKey          no API key, or one that is not (or no longer) valid
    ├── TooManyWrongKeys  somebody tries out API keys
    ├── MissingScope      the API key may do other things, but not this
    ├── KeyReused         another request came under this Idempotency-Key
    ├── DatabaseAway      try later
    └── Broken            our own mistake
"""

from collections.abc import Mapping
from typing import ClassVar

from campaigns.errors import PostillionError


class Refusal(PostillionError):
    """One answer: its HTTP status, and the catalogue keys ``<wording>_title`` and ``<wording>_text``."""

    status: ClassVar[int]
    wording: ClassVar[str]
    retry_after_seconds: ClassVar[int | None] = None
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **values: object) -> None:
        """``values`` fill the text's braces: words of ours and numbers, never a part of the request."""
        super().__init__(self.wording)
        self.values = values


class NotFound(Refusal):
    """No such page, customer, letter or print run."""

    status, wording = 404, "not_found"


class PdfMissing(Refusal):
    """The letter is known, its print file is not (or no longer) here."""

    status, wording = 404, "pdf_missing"


class Erased(Refusal):
    """The letter went to somebody who was erased since."""

    status, wording = 410, "erased"


class NoLongerKept(Refusal):
    """The time of the letter's print file is over; value: ``day``, since when it is not kept any more."""

    status, wording = 410, "no_longer_kept"


class CannotPrint(Refusal):
    """A partner's coupon that has no room on its paper."""

    status, wording = 422, "cannot_print"


class CannotPart(Refusal):
    """A merge that was undone already, or whose people are gone."""

    status, wording = 409, "cannot_part"


class DecidedAlready(Refusal):
    """A print run that somebody else has decided about, or that does not wait for a decision yet."""

    status, wording = 409, "decided_already"


class Changed(Refusal):
    """What is asked for is not what the page showed any more."""

    status, wording = 409, "changed"


class TooOld(Refusal):
    """Letters that waited too long to be sent."""

    status, wording = 409, "too_old_letters"


class UnknownCode(Refusal):
    """No letter that went out carries this token."""

    status, wording = 404, "unknown_code"


class TooManyMisses(Refusal):
    """Somebody tries out tokens."""

    status, wording, retry_after_seconds = 429, "too_many_misses", 600


class TooManyWrongCodes(Refusal):
    """Somebody tries out coupon codes."""

    status, wording, retry_after_seconds = 429, "too_many_wrong_codes", 600


class TooManyTries(Refusal):
    """Somebody tries out passwords."""

    status, wording, retry_after_seconds = 429, "too_many_tries", 900


class NotSignedIn(Refusal):
    """Nobody is signed in, or the session has ended."""

    status, wording = 401, "not_signed_in"
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}  # a program under /api/ could bring a key instead


class NotYourRole(Refusal):
    """Signed in, but the desk leaves this to others."""

    status, wording = 403, "not_your_role"


class ForeignForm(Refusal):
    """Another site tried to act in our visitor's name."""

    status, wording = 403, "foreign_form"


class WrongMethod(Refusal):
    """The address is right, the HTTP method is not."""

    status, wording = 405, "wrong_method"


class TooLarge(Refusal):
    """More bytes than any form or batch of ours has."""

    status, wording = 413, "too_large"


class WrongInput(Refusal):
    """The API cannot read what it was given."""

    status, wording = 422, "wrong_input"


class WrongParameter(WrongInput):
    """A part of the path or a header is missing or impossible; value: ``name``."""

    wording = "wrong_parameter"


class WrongBatch(WrongInput):
    """JSON, but no batch of records; value: ``most``."""

    wording = "wrong_batch"


class WrongField(WrongInput):
    """JSON, but a field of it is not what it should be; value: ``problem``, a sentence that names the field and none of its values."""

    wording = "wrong_field"


class MalformedJson(Refusal):
    """Not even JSON; value: ``place``, empty or like `` (line:column)``."""

    status, wording = 400, "malformed_json"


class WrongMediaType(Refusal):
    """Not uncompressed JSON: who unpacks what others have packed can be made to unpack gigabytes."""

    status, wording = 415, "wrong_media_type"
    headers: ClassVar[Mapping[str, str]] = {"Accept-Encoding": "identity"}


class WrongKey(Refusal):
    """No API key, or one that is not (or no longer) valid."""

    status, wording = 401, "wrong_key"
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


class TooManyWrongKeys(Refusal):
    """Somebody tries out API keys."""

    status, wording, retry_after_seconds = 429, "too_many_wrong_keys", 900


class MissingScope(Refusal):
    """The API key may do other things, but not this; value: ``scope``."""

    status, wording = 403, "missing_scope"


class KeyReused(Refusal):
    """Another request came under this Idempotency-Key."""

    status, wording = 409, "key_reused"


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
