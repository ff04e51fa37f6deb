"""How does a letter come into being exactly once, and how does it move on?"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, exists, func, insert, or_, select, update

from campaigns.address import AddressState
from campaigns.audience import Reason
from campaigns.coupon import normalise
from campaigns.letter import BEFORE_HAND_OVER, ON_PAPER, CouponGrant, LetterContent, LetterState, content_as_dict, content_from_dict
from campaigns.order import SALES
from store.errors import WrongState
from store.schema import LETTER_ONCE, LETTER_ONCE_WHERE, campaigns, coupons, customers, letters, objections, orders, print_files
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
    offer_id: int | None = None


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

    @property
    def is_on_paper(self) -> bool:
        """It has reached a person or still will; a cancelled or failed one is in no print file."""
        return self.state in ON_PAPER


def add(connection: Connection, campaign_id: int, print_run_id: int, wanted: Sequence[NewLetter], now: datetime) -> set[int]:
    """Create letters and their coupons; give the customers who really got one.

    The unique key decides: whoever has this step for this trigger already is left as they are.
    """
    if not wanted:
        return set()
    rows = [
        {
            "token": new.content.token,
            "campaign_id": campaign_id,
            "customer_id": new.customer_id,
            "trigger": new.trigger,
            "step": new.step,
            "print_run_id": print_run_id,
            "state": LetterState.SELECTED,
            "layout": new.content.layout,
            "language": new.content.language,
            "sort_key": new.sort_key,
            "household_key": new.household_key,
            "postcode": new.postcode,
            "country": new.country,
            "landing_url": new.landing_url,
            "content": content_as_dict(new.content),
            "created_at": now,
        }
        for new in wanted
    ]
    once = insert_for(connection, letters).on_conflict_do_nothing(index_elements=LETTER_ONCE, index_where=LETTER_ONCE_WHERE)
    ids = {row.token: row.id for row in connection.execute(once.returning(letters.c.id, letters.c.token), rows)}
    issued = [_coupon_row(new, ids[new.content.token], now) for new in wanted if new.coupon and new.content.token in ids]
    if issued:
        connection.execute(insert(coupons), issued)
    return {new.customer_id for new in wanted if new.content.token in ids}


def _coupon_row(new: NewLetter, letter_id: int, now: datetime) -> dict[str, Any]:
    grant = new.coupon
    if grant is None:
        raise ValueError("a coupon row needs a coupon")
    return {
        "code": grant.code,
        "code_key": normalise(grant.code),
        "offer_id": new.offer_id,
        "letter_id": letter_id,
        "customer_id": new.customer_id,
        "terms": asdict(grant.offer),
        "valid_until": grant.valid_until,
        "issued_at": now,
    }


def households(connection: Connection, print_run_id: int, keys: Iterable[str]) -> set[str]:
    """Those of ``keys`` that have a letter in this print run already."""
    known = {key for key in keys if key}  # an empty one says that there was too little to tell
    query = select(letters.c.household_key).where(letters.c.print_run_id == print_run_id, letters.c.household_key.in_(known), letters.c.state.in_(ON_PAPER))
    return set(connection.execute(query).scalars())


def count(connection: Connection, print_run_id: int) -> int:
    """Letters of the print run that are on their way."""
    query = select(func.count()).where(letters.c.print_run_id == print_run_id, letters.c.state.in_(ON_PAPER))
    return int(connection.execute(query).scalar_one())


def for_print_file(connection: Connection, print_file_id: int) -> list[tuple[int, LetterContent]]:
    """Id and content of the file's letters in printing order, without the cancelled and the failed.

    Raises WrongState where the person of a letter that has been handed over was erased since: nobody can set that file again.
    """
    query = select(letters.c.id, letters.c.content).where(letters.c.print_file_id == print_file_id, letters.c.state.in_(ON_PAPER)).order_by(letters.c.sequence)
    rows = connection.execute(query).all()
    erased = [row.id for row in rows if not row.content]
    if erased:
        raise WrongState(f"The person of letter {erased[0]} was erased: print file {print_file_id} cannot be set again, only restored from a backup.")
    return [(row.id, content_from_dict(row.content)) for row in rows]


def contents(connection: Connection, ids: Sequence[int]) -> list[tuple[int, LetterContent]]:
    """Id and content of some letters, without those whose person was erased."""
    query = select(letters.c.id, letters.c.content).where(letters.c.id.in_(ids))
    return [(row.id, content_from_dict(row.content)) for row in connection.execute(query) if row.content]


def erased(connection: Connection, print_run_id: int) -> set[int]:
    """Letters in the run's print files whose person was erased: they may not be shown, or printed once more."""
    theirs = select(letters.c.id).join(customers, customers.c.id == letters.c.customer_id)
    printed = (letters.c.print_run_id == print_run_id, letters.c.state.in_(ON_PAPER))
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
    connection.execute(update(coupons).where(coupons.c.letter_id.in_(select(letters.c.id).where(*mine))).values(voided=True))
    connection.execute(update(letters).where(*mine).values(state=state, state_reason=reason))


@dataclass(frozen=True, slots=True)
class Obsolete:
    """A letter that must not go out any more, and why."""

    letter_id: int
    customer_id: int
    print_file_id: int
    reason: Reason


def obsolete(connection: Connection, print_run_id: int) -> list[Obsolete]:
    """Letters on their way to people who objected, died, moved, bought or were united since they were selected (product.md 3.3, 3.7, 5.4)."""
    objected = or_(
        exists().where(objections.c.customer_id == customers.c.id),
        exists().where(objections.c.email_hash == customers.c.email_hash),
        exists().where(objections.c.address_hash == customers.c.address_hash),
    )
    sold = (orders.c.customer_id == customers.c.id, orders.c.state.in_(SALES))
    bought = exists().where(*sold, orders.c.ordered_at > letters.c.created_at)
    reason = case(
        (objected, Reason.OBJECTION.value),
        (customers.c.address_state != AddressState.OK, customers.c.address_state),
        (bought, Reason.CONVERTED.value),
        (or_(customers.c.merged_into.is_not(None), _has_another(*sold)), Reason.DUPLICATE.value),
    )
    query = (
        select(letters.c.id, letters.c.customer_id, letters.c.print_file_id, reason.label("reason"))
        .join(customers, customers.c.id == letters.c.customer_id)
        .where(letters.c.print_run_id == print_run_id, letters.c.state.in_(ON_PAPER), reason.is_not(None))
        .order_by(letters.c.id)
    )
    return [Obsolete(row.id, row.customer_id, row.print_file_id, Reason(row.reason)) for row in connection.execute(query)]


def _has_another(*sold: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an older letter says the same to the same person, with no sale between the two: they were selected as two people."""
    older = letters.alias("older")
    between = (orders.c.ordered_at > older.c.created_at, orders.c.ordered_at <= letters.c.created_at)
    new_sequence = and_(older.c.print_run_id != letters.c.print_run_id, exists().where(*sold, *between).correlate(customers, letters, older))
    same = (older.c.customer_id == letters.c.customer_id, older.c.campaign_id == letters.c.campaign_id, older.c.step == letters.c.step)
    return exists().where(*same, older.c.id < letters.c.id, older.c.state.in_(ON_PAPER), ~new_sequence).correlate(customers, letters)


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
        .where(letters.c.print_run_id == print_run_id, letters.c.state.in_(ON_PAPER))
        .order_by(print_files.c.number, letters.c.sequence)
    )
    return [ManifestLetter(*row) for row in connection.execute(query)]


def coupon_of(connection: Connection, letter_id: int) -> tuple[str, date, bool] | None:
    """Code, last day and whether it is void, for a letter with a coupon."""
    row = connection.execute(select(coupons.c.code, coupons.c.valid_until, coupons.c.voided).where(coupons.c.letter_id == letter_id)).one_or_none()
    return (row.code, row.valid_until, row.voided) if row else None
