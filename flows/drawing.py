"""How are codes drawn in advance by the hundred thousand, into the database and into a file?"""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from campaigns.checkout import Channel
from campaigns.errors import InvalidOffer
from campaigns.offer import Offer, valid_until
from flows.cli.noting import note
from flows.clock import local_date, now
from flows.errors import PlaceTaken
from store import coupon_events, issuing, offers
from store.coupon_events import GRANTED, Action, Event
from store.engine import Engine, reading, writing

AT_ONCE = 10_000
"""Codes of one transaction: half a second, so that nobody waits long for the database."""
MOST = 10_000_000
HEADING = ("code", "offer", "valid_from", "valid_until", "uses")


def wanted(engine: Engine, slug: str, last_day: date | None, timezone: str) -> tuple[int, Offer, date]:
    """Id and rule of the offer and the last day of its new codes; raises InvalidOffer where there can be none."""
    with reading(engine) as connection:
        found = offers.by_slug(connection, [slug]).get(slug)
        known = ", ".join(offers.slugs(connection)) or "none"
    if found is None:
        raise InvalidOffer(f"There is no offer {slug!r} (saved are: {known}).")
    if wrong := issuing.cannot_draw(found[1]):
        raise InvalidOffer(wrong)
    today = local_date(now(), timezone)
    ends = last_day or valid_until(found[1], today, 0)
    latest = found[1].valid_until
    if ends < max(today, found[1].valid_from or today) or (latest and ends > latest):
        until = f" and {latest} at the latest" if latest else ""
        raise InvalidOffer(f"Codes of {slug!r} until {ends} would never be valid, or longer than their offer: name a day from today on{until}.")
    return *found, ends


def draw(engine: Engine, offer_id: int, offer: Offer, count: int, last_day: date, output: Path) -> Iterator[int]:
    """Draw ``count`` codes and write them down; gives how many there are so far, after each transaction.

    The file has its name only once it is whole.  Killed before, what was drawn so far is in the database and can be written down by
    ``write_down``.  Raises PlaceTaken for a file that is there already.
    """
    if output.exists():
        raise PlaceTaken(f"{output} is there already: name another file.")
    part = output.with_name(f"{output.name}.part")
    drawn = 0
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file, delimiter=";")
        sheet.writerow(HEADING)
        while drawn < count:
            with writing(engine) as connection:
                codes = issuing.draw(connection, offer_id, offer, min(AT_ONCE, count - drawn), last_day, now())
                told = f"{len(codes)} codes of {offer.slug}, until {last_day}"
                coupon_events.note(connection, [Event(Action.ISSUE, GRANTED, now(), Channel.DESK, actor="terminal", detail=told)])
                note(connection, "draw_codes", f"offer {offer.slug}", f"{len(codes)} codes")
            sheet.writerows((code, offer.slug, offer.valid_from or "", last_day, 0) for code in codes)
            drawn += len(codes)
            yield drawn
    part.rename(output)


def write_down(engine: Engine, slug: str, output: Path) -> tuple[int, int]:
    """Write down all codes that were ever drawn in advance under an offer and are not void.

    Gives their number, and that of the codes that partners have made under it, which are not among them.
    """
    if output.exists():
        raise PlaceTaken(f"{output} is there already: name another file.")
    with reading(engine) as connection:
        found = offers.by_slug(connection, [slug]).get(slug)
        if found is None:
            raise InvalidOffer(f"There is no offer {slug!r} (saved are: {', '.join(offers.slugs(connection)) or 'none'}).")
        codes, of_partners = issuing.drawn(connection, found[0]), issuing.of_partners(connection, found[0])
    with output.open("x", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file, delimiter=";")
        sheet.writerow(HEADING)
        sheet.writerows((one.code, slug, one.valid_from or "", one.valid_until, one.uses) for one in codes)
    return len(codes), of_partners
