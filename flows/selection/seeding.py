"""Which letters go to addresses of our own, and what do they say?

A seed letter is set like the run's first letter: its layout, its language, its step, a code of its own under the same offer. What
tells of that person (numbers, dates, a cart) is replaced by samples: nobody's orders are sent to another house.
"""

from collections.abc import Sequence
from dataclasses import replace

from campaigns.address import Address, postal, postcode_of, sort_key
from campaigns.coupon import new_code
from campaigns.customer import Sex
from campaigns.landing import landing_url
from campaigns.letter import CouponGrant, LetterContent, Recipient, compose
from campaigns.sender import Sender
from campaigns.token import new_token
from flows.clock import now
from flows.errors import UnprintableAddress
from flows.selection.choosing import Work
from layouts.placeholders import sample_items, samples
from letters.check import printable, problem
from letters.scripts import describe
from printshop.errors import NoPostage
from store import code_pool, letters, seeds
from store.engine import Connection
from store.letters import NewLetter
from store.print_runs import PrintRun
from store.seeds import Seed

_OWN = frozenset({"salutation", "first_name", "last_name", "full_name", "company"})
"""Printed as the seed address has them, empty or not."""
_OBJECTED = "its objection code was tried: remove it and add it anew"


def add_seed(connection: Connection, address: Address, sex: Sex, language: str, sender: Sender) -> int:
    """Keep a seed address and give its number; raises UnprintableAddress for one that no letter can be sent to."""
    found = postal(address, sender.country)
    strange = set("".join(found.lines)) - printable()
    if found.problem:
        raise UnprintableAddress(f"This address cannot be printed ({found.problem.replace('_', ' ')}): give name, street, postcode, town and country.")
    if strange:
        raise UnprintableAddress(f"This address cannot be printed: the letters' font has no {describe(strange)}. Write it in other characters.")
    return seeds.add(connection, address, sex, language, now())


def add_letters(connection: Connection, work: Work, run: PrintRun) -> int:
    """One letter of the run for each seed address, within the transaction that seals it; gives how many there are.

    An address that this layout cannot print, that the tariff knows no postage to, or that no imported code is left for, gets none: the
    customers' letters go all the same.
    """
    first = letters.first_in_print(connection, run.id)
    if first is None:
        return 0
    made = 0
    for seed in seeds.listed(connection):
        letter = _OBJECTED if seed.objected else _letter(connection, work, run, seed, *first)
        made += len(letters.add(connection, run.campaign_id, run.id, [letter], run.created_at)) if isinstance(letter, NewLetter) else 0
    return made


def without_letter(connection: Connection, run: PrintRun) -> list[Seed]:
    """Seed addresses that a sealed run made no letter for; none where it writes to nobody anyway."""
    if letters.first_in_print(connection, run.id) is None:
        return []
    written = letters.seeds_of(connection, run.id)
    return [seed for seed in seeds.listed(connection) if seed.id not in written]


def left_out(connection: Connection, work: Work, run: PrintRun, without: Sequence[Seed]) -> dict[int, str]:
    """Why each of them gets none: by their numbers, for what this says goes into logs."""
    first = letters.first_in_print(connection, run.id)
    if first is None:
        return {}
    found = {}
    for seed in without:
        letter = _OBJECTED if seed.objected else _letter(connection, work, run, seed, *first)
        found[seed.id] = letter if isinstance(letter, str) else "what it needs (the address, a code, postage) came after the selection"
    return found


def told(found: dict[int, str]) -> str:
    """The same as a line, empty where each has a letter."""
    if not found:
        return ""
    listed = "; ".join(f"number {number}, {why}" for number, why in found.items())
    return f"{len(found)} seed address{' gets' if len(found) == 1 else 'es get'} no letter: {listed}."


def _letter(connection: Connection, work: Work, run: PrintRun, seed: Seed, step: int, first: LetterContent) -> NewLetter | str:
    """The letter, or why there is none."""
    coupon, offer_id, coupon_id = None, None, None
    if code := first.values.get("coupon_code"):
        issued = code_pool.issued(connection, code)
        offer_id = issued.offer_id
        if issued.is_own:
            coupon = CouponGrant(new_code(issued.offer.prefix), issued.offer, issued.valid_until)
        elif left := code_pool.left(connection, offer_id, run.letter_date + work.good_until, 1):
            coupon, coupon_id = CouponGrant(left[0].code, issued.offer, left[0].valid_until), left[0].id
        else:
            return f"no imported code of the offer {issued.offer.slug!r} is left"
    layout, sender, address = work.layouts[first.layout], work.occasion.sender, seed.customer.address
    content = _with_samples(compose(Recipient(seed.customer), first.layout, first.language, new_token(), work.occasion, coupon), first)
    if wrong := problem(content, layout, sender):
        return f"the layout {layout.name!r} cannot print it ({wrong})"
    try:
        cost = work.cost_cents(layout, first.language, address.country)
    except NoPostage:
        return f"the tariff has no postage to {address.country}"
    return NewLetter(
        customer_id=seed.id,
        trigger=f"run-{run.id}",
        step=step,
        content=content,
        landing_url=landing_url(work.campaign, step, coupon.code if coupon else ""),
        sort_key=sort_key(address, sender.country),
        household_key="",
        postcode=postcode_of(address),
        country=address.country,
        coupon=coupon,
        offer_id=offer_id,
        coupon_id=coupon_id,
        cost_cents=cost,
        is_seed=True,
    )


def _with_samples(content: LetterContent, first: LetterContent) -> LetterContent:
    """The seed's letter with a sample of whatever the first letter says about its person: numbers, dates, the articles of a cart."""
    told = samples(content.language)
    missing = {name: told.get(name, "") for name, value in first.values.items() if value and not content.values.get(name) and name not in _OWN}
    return replace(content, values={**content.values, **missing}, items=sample_items(content.language) if first.items else ())
