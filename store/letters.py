"""How does a letter come into being exactly once, and how does it move on?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, delete, func, insert, or_, select, update

from campaigns.letter import BEFORE_HAND_OVER, ON_PAPER, CouponGrant, LetterContent, LetterState, content_as_dict, content_from_dict
from store import code_pool, failpoint, issuing
from store.code_pool import Taking
from store.errors import WrongState
from store.schema import LETTER_ONCE, LETTER_ONCE_WHERE, campaigns, coupons, customers, letters, objection_evidence, objections, print_files, print_runs, scans
from store.sets import among
from store.upsert import insert_for


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter that a run wants to exist, with the coupon that goes with it."""

    customer_id: int
    trigger: str
    step: int
    content: LetterContent
    landing_url: str
    sort_key: str
    household_key: str
    postcode: str
    country: str
    coupon: CouponGrant | None = None
    """The code that this letter brings; None where it reminds of one that the person has."""
    offer_id: int | None = None
    coupon_id: int | None = None
    """Of an imported code, which is stored already and becomes this letter's."""
    stops_after: datetime | None = None
    """A sale after this moment makes the letter moot."""
    cost_cents: int = 0
    is_seed: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as far as the outside world meets it."""

    id: int
    token: str
    customer_id: int
    campaign: str
    step: int
    state: LetterState
    language: str
    landing_url: str
    print_run_id: int
    print_file_id: int | None
    first_page: int | None
    pages: int | None
    created_at: datetime
    handed_over_at: datetime | None
    printed_at: datetime | None
    """This and the next two as the print shop reported them."""
    posted_at: datetime | None
    returned_at: datetime | None
    state_reason: str
    """Why it was taken out, failed, or came back."""
    is_seed: bool
    """To an address of our own, which counts in no result."""

    @property
    def is_on_paper(self) -> bool:
        """It has reached a person or still will; a cancelled or failed one is in no print file."""
        return self.state in ON_PAPER


def add(connection: Connection, campaign_id: int, print_run_id: int, wanted: Sequence[NewLetter], now: datetime) -> set[int]:
    """Create letters and their coupons; give the customers who really got one.

    The unique key decides: whoever has this step for this trigger already is left as they are. Raises WrongState if somebody else
    took an imported code that one of the letters prints: the caller holds the selection's lock, so that nobody can.
    """
    if not wanted:
        return set()
    rows = [_row(new) | {"campaign_id": campaign_id, "print_run_id": print_run_id, "created_at": now} for new in wanted]
    once = insert_for(connection, letters).on_conflict_do_nothing(index_elements=LETTER_ONCE, index_where=LETTER_ONCE_WHERE)
    ids = {row.token: row.id for row in connection.execute(once.returning(letters.c.id, letters.c.token), rows)}
    failpoint.pass_by("select.letters_written")
    made = [(new, ids[new.content.token]) for new in wanted if new.content.token in ids]
    if issued := [_coupon_row(new, letter_id, now) for new, letter_id in made if new.coupon and new.coupon_id is None]:
        connection.execute(insert(coupons), issued)
    taken = [Taking(new.coupon_id, letter_id, new.customer_id, new.coupon) for new, letter_id in made if new.coupon and new.coupon_id is not None]
    code_pool.take(connection, taken, now)
    return {new.customer_id for new, _ in made}


def _row(new: NewLetter) -> dict[str, Any]:
    return {
        "token": new.content.token,
        "customer_id": new.customer_id,
        "trigger": new.trigger,
        "step": new.step,
        "state": LetterState.SELECTED,
        "layout": new.content.layout,
        "language": new.content.language,
        "sort_key": new.sort_key,
        "household_key": new.household_key,
        "postcode": new.postcode,
        "country": new.country,
        "landing_url": new.landing_url,
        "content": content_as_dict(new.content),
        "stops_after": new.stops_after,
        "cost_cents": new.cost_cents,
        "is_seed": new.is_seed,
    }


def _coupon_row(new: NewLetter, letter_id: int, now: datetime) -> dict[str, Any]:
    grant = new.coupon
    if grant is None or new.offer_id is None:
        raise ValueError("a coupon row needs a coupon and its offer")
    return issuing.row(grant.code, new.offer_id, grant.offer, grant.valid_until, now, letter_id=letter_id, customer_id=new.customer_id)


def households(connection: Connection, print_run_id: int, keys: Iterable[str]) -> set[str]:
    """Those of ``keys`` that have a letter in this print run already."""
    known = {key for key in keys if key}  # an empty one says that there was too little to tell
    if not known:
        return set()
    theirs = (letters.c.print_run_id == print_run_id, among(connection, letters.c.household_key, known), letters.c.state.in_(ON_PAPER))
    return set(connection.execute(select(letters.c.household_key).where(*theirs, letters.c.is_seed.is_(False))).scalars())


def count(connection: Connection, print_run_id: int, *, seeds: bool = True) -> int:
    """Letters of the print run that are on their way, with or without those to our own seed addresses."""
    query = select(func.count()).where(letters.c.print_run_id == print_run_id, letters.c.state.in_(ON_PAPER))
    return int(connection.execute(query if seeds else query.where(letters.c.is_seed.is_(False))).scalar_one())


def spent(connection: Connection, *, campaign_id: int | None = None, print_run_id: int | None = None) -> tuple[int, int]:
    """How many letters a campaign, or one print run, has made so far, and what they cost in cents; seed letters do not count."""
    its_runs = select(print_runs.c.id).where(print_runs.c.campaign_id == campaign_id)
    whose = letters.c.print_run_id.in_(its_runs) if print_run_id is None else letters.c.print_run_id == print_run_id  # there is an index by run
    query = select(func.count(), func.coalesce(func.sum(letters.c.cost_cents), 0)).where(whose, letters.c.state.in_(ON_PAPER), letters.c.is_seed.is_(False))
    made, cents = connection.execute(query).one()
    return int(made), int(cents)


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed of a run beyond what its funnel says."""

    seeds: int
    """Letters to addresses of our own."""
    cost_cents: int
    """Of all letters."""


def paper(connection: Connection, print_run_id: int) -> Paper:
    """The seed letters of a print run, and what all its letters cost, as far as they are still on their way."""
    seed = func.sum(case((letters.c.is_seed.is_(True), 1), else_=0))
    its = (letters.c.print_run_id == print_run_id, letters.c.state.in_(ON_PAPER))
    seeds, cents = connection.execute(select(func.coalesce(seed, 0), func.coalesce(func.sum(letters.c.cost_cents), 0)).where(*its)).one()
    return Paper(int(seeds), int(cents))


def first_in_print(connection: Connection, print_run_id: int) -> tuple[int, LetterContent] | None:
    """Step and content of the print run's first letter in printing order, None for a run without letters."""
    mine = (letters.c.print_run_id == print_run_id, letters.c.state.in_(ON_PAPER), letters.c.is_seed.is_(False))
    row = connection.execute(select(letters.c.step, letters.c.content).where(*mine).order_by(letters.c.sort_key, letters.c.id).limit(1)).one_or_none()
    return (row.step, content_from_dict(row.content)) if row else None


def seeds_of(connection: Connection, print_run_id: int) -> set[int]:
    """Seed addresses (customer ids) that the print run made a letter for, whatever became of it."""
    mine = (letters.c.print_run_id == print_run_id, letters.c.is_seed)
    return set(connection.execute(select(letters.c.customer_id).where(*mine)).scalars())


def remove(connection: Connection, print_run_id: int) -> set[int]:
    """Delete the letters of a print run that is not going to be printed, with their coupons; gives the customers who had one.

    Imported codes go back to where they came from. Nobody has seen anything of it: nothing is rendered yet.
    """
    its = letters.c.print_run_id == print_run_id
    ids = select(letters.c.id).where(its)
    code_pool.forget(connection, ids)
    connection.execute(delete(scans).where(scans.c.letter_id.in_(ids)))  # somebody at the desk tried the code of a letter that nobody has
    connection.execute(update(objections).where(objections.c.letter_id.in_(ids)).values(letter_id=None))
    connection.execute(delete(objection_evidence).where(objection_evidence.c.letter_id.in_(ids)))  # there was nothing to stop
    return set(connection.execute(delete(letters).where(its).returning(letters.c.customer_id)).scalars())


IN_PRINT_FILE = or_(letters.c.state.in_(ON_PAPER), letters.c.handed_over_at.is_not(None))
"""Whatever became of it after hand-over: a letter that the print shop spoiled or pulled still stands in the file that it was given."""


def for_print_file(connection: Connection, print_file_id: int) -> list[tuple[int, LetterContent]]:
    """Id and content of the file's letters in printing order, without the cancelled and the failed.

    Raises WrongState where the person of a letter that has been handed over was erased since, or the file's time is over: nobody can set it again.
    """
    query = select(letters.c.id, letters.c.content).where(letters.c.print_file_id == print_file_id, IN_PRINT_FILE).order_by(letters.c.sequence)
    rows = connection.execute(query).all()
    erased = [row.id for row in rows if not row.content]
    if erased:
        raise WrongState(
            f"The person of letter {erased[0]} was erased, or its time is over: print file {print_file_id} cannot be set again, only restored from a backup."
        )
    return [(row.id, content_from_dict(row.content)) for row in rows]


def contents(connection: Connection, ids: Sequence[int]) -> list[tuple[int, LetterContent]]:
    """Id and content of some letters, without those whose person was erased."""
    query = select(letters.c.id, letters.c.content).where(letters.c.id.in_(ids))
    return [(row.id, content_from_dict(row.content)) for row in connection.execute(query) if row.content]


def erased(connection: Connection, print_run_id: int) -> set[int]:
    """Letters in the run's print files whose person was erased: they may not be shown, or printed once more."""
    theirs = select(letters.c.id).join(customers, customers.c.id == letters.c.customer_id)
    printed = (letters.c.print_run_id == print_run_id, IN_PRINT_FILE)
    return set(connection.execute(theirs.where(*printed, customers.c.erased_at.is_not(None))).scalars())


def advance(connection: Connection, print_run_id: int, before: LetterState, after: LetterState, now: datetime) -> int:
    """Move the print run's letters from one state to the next and say how many moved."""
    values: dict[str, Any] = {"state": after} | ({"handed_over_at": now} if after is LetterState.HANDED_OVER else {})
    moved = connection.execute(update(letters).where(letters.c.print_run_id == print_run_id, letters.c.state == before).values(values))
    return moved.rowcount


def cancel(connection: Connection, ids: Sequence[int], reason: str, state: LetterState = LetterState.CANCELLED) -> None:
    """Take letters out before hand-over; their coupons are void, their customers are free for another letter.

    Whatever has been handed over, or taken out already, stays as it is.
    """
    if ids:
        _take_out(connection, letters.c.id.in_(ids), reason, state)


def cancel_run(connection: Connection, print_run_id: int, reason: str) -> None:
    """Take out every letter of the print run that has not been handed over."""
    _take_out(connection, letters.c.print_run_id == print_run_id, reason, LetterState.CANCELLED)


def _take_out(connection: Connection, which: ColumnElement[bool], reason: str, state: LetterState) -> None:
    mine = (which, letters.c.state.in_(BEFORE_HAND_OVER))
    code_pool.release(connection, select(letters.c.id).where(*mine))
    connection.execute(update(letters).where(*mine).values(state=state, state_reason=reason))


_LETTER = (
    letters.c.id,
    letters.c.token,
    letters.c.customer_id,
    campaigns.c.slug.label("campaign"),
    letters.c.step,
    letters.c.state,
    letters.c.language,
    letters.c.landing_url,
    letters.c.print_run_id,
    letters.c.print_file_id,
    letters.c.first_page,
    letters.c.pages,
    letters.c.created_at,
    letters.c.handed_over_at,
    letters.c.printed_at,
    letters.c.posted_at,
    letters.c.returned_at,
    letters.c.state_reason,
    letters.c.is_seed,
)


def by_token(connection: Connection, token: str) -> Letter | None:
    """The letter whose codes carry ``token``, in any case."""
    if not (token.isascii() and token.isalnum()):  # whatever was typed into the address bar: none of ours, and PostgreSQL takes no NUL
        return None
    return _one(connection.execute(_letters().where(letters.c.token == token.upper())).one_or_none())


def by_id(connection: Connection, letter_id: int) -> Letter | None:
    """The letter with this number."""
    return _one(connection.execute(_letters().where(letters.c.id == letter_id)).one_or_none())


def of_customer(connection: Connection, customer_id: int) -> list[Letter]:
    """All letters ever made for a customer, newest first."""
    rows = connection.execute(_letters().where(letters.c.customer_id == customer_id).order_by(letters.c.created_at.desc(), letters.c.id.desc()))
    return [letter for row in rows if (letter := _one(row))]


def _letters() -> Any:
    return select(*_LETTER).join(campaigns, campaigns.c.id == letters.c.campaign_id)


def _one(row: Row[Any] | None) -> Letter | None:
    return Letter(**{**row._mapping, "state": LetterState(row.state)}) if row else None


@dataclass(frozen=True, slots=True)
class ManifestLetter:
    """What the print shop is told about one letter: where it lies and where it goes, no name."""

    letter_id: int
    file: str
    first_page: int
    pages: int
    postcode: str
    country: str


def for_manifest(connection: Connection, print_run_id: int) -> list[ManifestLetter]:
    """The print run's letters in printing order."""
    query = (
        select(letters.c.id, print_files.c.name, letters.c.first_page, letters.c.pages, letters.c.postcode, letters.c.country)
        .join(print_files, print_files.c.id == letters.c.print_file_id)
        .where(letters.c.print_run_id == print_run_id, IN_PRINT_FILE)
        .order_by(print_files.c.number, letters.c.sequence)
    )
    return [ManifestLetter(*row) for row in connection.execute(query)]


def coupon_of(connection: Connection, letter_id: int) -> tuple[str, date, bool] | None:
    """Code, last day and whether it is void, for a letter with a coupon."""
    row = connection.execute(select(coupons.c.code, coupons.c.valid_until, coupons.c.voided).where(coupons.c.letter_id == letter_id)).one_or_none()
    return (row.code, row.valid_until, row.voided) if row else None
