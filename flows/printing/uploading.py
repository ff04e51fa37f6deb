"""How do the codes of a print run get into the shop before its letters go out?

Every step is written down before the next one begins, and asked for again after anything that went wrong: the discount is found
again by its first code, and a code that is refused as taken, but belongs to our discount, is there.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from campaigns.offer import OfferKind
from campaigns.print_run import PrintRunState
from flows.clock import now
from flows.errors import ShopTooSlow
from flows.intake.shops import shop_behind, shopify_access
from flows.locks import Hold, working_on
from importers.errors import BrokenAnswer, ShopRefused
from importers.shopify import discounts
from importers.shopify.discounts import MOST_CODES, Batch, Discount
from importers.shopify.shop import Shop
from store import code_uploads, failpoint, print_runs
from store.code_uploads import CodeState, Upload
from store.engine import Connection, Engine, reading, writing
from store.settings import Settings

Report = Callable[[str], None]

PAUSE = 2.0
"""Seconds between two looks at a batch that the shop still works off."""
LOOKS = 300
"""Ten minutes for a batch of 250: then it is better to try again later."""


def upload_codes(engine: Engine, settings: Settings, print_run_id: int, report: Report, sleep: Callable[[float], None] = time.sleep) -> int:
    """Bring an approved run's codes into the Shopify shop; gives how many are there now. Nothing to do, and no shop needed, for other runs.

    Safe to repeat. Raises BeingWorkedOn, ShopNotConnected, what the shop refuses (importers.errors), ShopTooSlow.
    """
    with reading(engine) as connection:
        is_approved = print_runs.get(connection, print_run_id).state is PrintRunState.APPROVED
        is_open = code_uploads.missing(connection, print_run_id) or code_uploads.unfinished(connection, print_run_id)  # void ones on their way arrive, too
        if not (is_approved and is_open):
            return 0
    access = shopify_access(settings)
    with working_on(engine, settings, print_run_id) as hold, shop_behind(access, settings, sleep) as shop:
        with writing(engine) as connection:
            hold.check(connection)
            missing = code_uploads.plan(connection, print_run_id, access.source, now())
            uploads = code_uploads.unfinished(connection, print_run_id)
        report(f"{missing} codes have to be created in {access.name}")
        return sum(_upload(Work(engine, settings, hold, shop, report, sleep), upload) for upload in uploads)


@dataclass(frozen=True, slots=True)
class Work:
    """What every step of one upload needs."""

    engine: Engine
    settings: Settings
    hold: Hold
    shop: Shop
    report: Report
    sleep: Callable[[float], None]

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction of whoever still works on the run."""
        with writing(self.engine) as connection:
            self.hold.check(connection)
            yield connection


def _upload(work: Work, upload: Upload) -> int:
    with reading(work.engine) as connection:
        is_wanted = code_uploads.has_good(connection, upload.id)
    if not is_wanted:  # every one of its letters was taken out since it was planned
        with work.writing() as connection:
            code_uploads.close(connection, upload.id, now())
        return 0
    discount_id = upload.discount_id or _create(work, upload)
    while True:
        _answer_for(work, upload, discount_id)
        with reading(work.engine) as connection:
            next_ones = code_uploads.waiting(connection, upload.id, MOST_CODES)
        if not next_ones:
            break
        batch_id = _send(work, upload, discount_id, [code for _, code in next_ones])
        failpoint.pass_by("upload.after_sending")
        with work.writing() as connection:
            code_uploads.note_sent(connection, [one for one, _ in next_ones], batch_id)
        failpoint.pass_by("upload.after_noting")
    with work.writing() as connection:
        code_uploads.close(connection, upload.id, now())
        counts = code_uploads.counts(connection, upload.id)
    created, refused = counts.get(CodeState.CREATED, 0), counts.get(CodeState.REFUSED, 0)
    work.report(f'{created} codes of "{upload.title}" are in the shop' + (f", {refused} were refused: their letters are taken out" if refused else ""))
    return created


def _create(work: Work, upload: Upload) -> str:
    with reading(work.engine) as connection:
        coupon_id, code = code_uploads.first_code(connection, upload.id)
    discount_id = discounts.create(work.shop, discount_of(upload, work.settings), code)
    failpoint.pass_by("upload.after_discount")
    with work.writing() as connection:
        code_uploads.note_discount(connection, upload.id, discount_id, coupon_id)
    return discount_id


def _send(work: Work, upload: Upload, discount_id: str, codes: Sequence[str]) -> str:
    """The key of the batch; a discount that is no longer there is said to be so, for it is not made a second time behind somebody's back."""
    try:
        return discounts.add(work.shop, discount_id, codes)
    except ShopRefused as error:
        with reading(work.engine) as connection:
            _, first = code_uploads.first_code(connection, upload.id)
        if discounts.has(work.shop, discount_id, first):
            raise
        raise ShopRefused(
            f'The discount "{upload.title}" is not in the shop any more: somebody has deleted it, and its codes with it. '
            "Reject the print run and start the campaign again: its letters get new codes and a new discount."
        ) from error


def _answer_for(work: Work, upload: Upload, discount_id: str) -> None:
    """Wait for what was sent, and note what the shop says of each code."""
    with reading(work.engine) as connection:
        sent = code_uploads.batches(connection, upload.id)
    for batch_id, codes in sent.items():
        batch = _worked_off(work, batch_id)
        refused, taken = (batch.refused, batch.taken) if batch else ({}, frozenset[str]())
        there = taken | {code for code in refused if discounts.has(work.shop, discount_id, code)}
        said = {coupon_id: "" if code in there else refused[code] for code, coupon_id in codes.items() if code in there or code in refused}
        with work.writing() as connection:
            code_uploads.note(connection, said)
            code_uploads.send_again(connection, [coupon_id for coupon_id in codes.values() if coupon_id not in said])
        if batch and not said:  # nothing has got further, and the same again would bring no more
            raise BrokenAnswer(f"The shop says that {batch_id} is done and nothing of its {len(codes)} codes: hand over again later, they are sent once more.")


def _worked_off(work: Work, batch_id: str) -> Batch | None:
    """What has become of a batch; None where the shop has forgotten it."""
    for look in range(LOOKS):
        if look:
            work.sleep(PAUSE)
        batch = discounts.poll(work.shop, batch_id)
        if batch is None or batch.is_done:
            return batch
    raise ShopTooSlow(f"The shop has not worked off {batch_id} within {LOOKS * PAUSE / 60:g} minutes: hand over again later, it goes on where it stopped.")


def discount_of(upload: Upload, settings: Settings) -> Discount:
    """The offer in Shopify's terms; it begins at once, and ends with the last day by the shop's clock."""
    offer, zone = upload.offer, ZoneInfo(settings.timezone)
    ends = datetime.combine(upload.valid_until + timedelta(days=1), clock_time(), zone) - timedelta(seconds=1)
    starts = datetime.combine(offer.valid_from, clock_time(), zone) if offer.valid_from else now()
    is_percentage = offer.kind is OfferKind.PERCENTAGE
    return Discount(
        upload.title,
        offer.value / 100 if is_percentage else None,
        None if is_percentage else _decimal(offer.value),
        _decimal(offer.minimum_order_cents) if offer.minimum_order_cents else None,
        offer.uses,
        offer.uses_per_customer == 1,
        offer.combinable,
        starts.astimezone(UTC).replace(microsecond=0),
        ends.astimezone(UTC),
        None if is_percentage and not offer.minimum_order_cents else offer.currency,
    )


def _decimal(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
