"""What else follows when letters were posted, came back or were taken out: scans, coupons, evidence, addresses."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, case, func, select, update

from campaigns.address import Address, AddressState, plain, postcode_of
from campaigns.scan import ScanKind
from campaigns.shop_report import WORSE, ReturnReason
from store.evidence import Effect
from store.schema import coupons, customers, letters, objection_evidence, scans
from store.sets import among


def posted(connection: Connection, ids: Collection[int]) -> None:
    """Class the scans of these letters anew: before posting it was somebody of the print shop, from then on a customer (product.md 6.1)."""
    if not ids:
        return
    went_out = select(func.coalesce(letters.c.posted_at, letters.c.handed_over_at)).where(letters.c.id == scans.c.letter_id).scalar_subquery()
    kind = case((scans.c.scanned_at < went_out, ScanKind.EARLY.value), else_=ScanKind.HUMAN.value)
    theirs = (among(connection, scans.c.letter_id, ids), scans.c.kind.in_((ScanKind.HUMAN, ScanKind.EARLY)))
    connection.execute(update(scans).where(*theirs, scans.c.kind != kind).values(kind=kind))


def taken_out(connection: Connection, ids: Collection[int]) -> None:
    """Their codes are good no more, the imported ones too, for they stand on paper; and an objection that was too late for them was not."""
    if not ids:
        return
    connection.execute(update(coupons).where(among(connection, coupons.c.letter_id, ids), coupons.c.uses == 0).values(voided=True))
    late = (among(connection, objection_evidence.c.letter_id, ids), objection_evidence.c.effect == Effect.TOO_LATE)
    connection.execute(update(objection_evidence).where(*late).values(effect=Effect.STOPS))


def returned(connection: Connection, reasons: Mapping[int, ReturnReason], now: datetime) -> None:
    """Note on the customers what the post says of their addresses, as far as they are still those that were printed.

    That somebody died is true wherever they live. The caller holds the imports' lock: an import would write the former state back.
    """
    telling = {letter_id: reason for letter_id, reason in reasons.items() if reason.address_state is not AddressState.OK}
    if not telling:
        return
    parts = ("company", "title", "first_name", "last_name", "addition", "street", "postcode", "town", "country")
    table = customers.c
    query = select(letters.c.id, letters.c.sort_key, letters.c.postcode.label("printed_postcode"), letters.c.country.label("printed_country"))
    query = query.add_columns(table.id.label("customer_id"), table.address_state, *(table[name] for name in parts))
    query = query.join(customers, table.id == letters.c.customer_id)
    states: dict[int, AddressState] = {}
    for row in connection.execute(query.where(among(connection, letters.c.id, telling), table.erased_at.is_(None), table.merged_into.is_(None))):
        state = telling[row.id].address_state
        address = Address(**{name: getattr(row, name) for name in parts})
        if state is AddressState.DECEASED or _is_there(address, row.sort_key, row.printed_postcode, row.printed_country):
            before = states.get(row.customer_id, AddressState(row.address_state))
            states[row.customer_id] = max(before, state, key=WORSE.index)
    for state in WORSE:
        theirs = [one for one, found in states.items() if found is state]
        if theirs:
            changed = (among(connection, table.id, theirs), table.address_state != state)
            connection.execute(update(customers).where(*changed).values(address_state=str(state), changed_at=now))


def _is_there(address: Address, sort_key: str, postcode: str, country: str) -> bool:
    """Whether the letter went where the customer still lives, however it is spelt by now."""
    street = sort_key.split("|", 2)[-1]
    same_town = plain(postcode_of(address)) == plain(postcode) and address.country == country
    return same_town and plain(address.street) == plain(street)
