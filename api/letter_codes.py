"""Which letter does somebody hold in the hand who comes with this token?"""

from starlette.requests import Request

from api.errors import Refusal, TooManyMisses, UnknownCode
from api.office import Office
from campaigns.letter import ON_PAPER
from campaigns.token import ALPHABET, LENGTH
from store import letters
from store.letters import Letter


def find(office: Office, request: Request, token: str) -> Letter:
    """The letter behind the code; raises UnknownCode for everything else alike, TooManyMisses for who goes on guessing.

    A real token is never limited, so nobody behind a shared address is shut out by a neighbour.
    """
    if is_well_formed(token):
        with office.reading() as connection:
            letter = letters.by_token(connection, token)
        if letter and letter.state in ON_PAPER:
            return letter
    raise refusal(office, request)


def refusal(office: Office, request: Request) -> Refusal:
    """For a code that no letter carries, whatever the reason; counted."""
    return UnknownCode() if office.misses.admits(request) and office.all_misses.admits(None) else TooManyMisses()


def is_well_formed(token: str) -> bool:
    """Whether it could be one of ours, in any case: answered without asking the database."""
    return len(token) == LENGTH and token.isascii() and set(token.upper()) <= set(ALPHABET)
