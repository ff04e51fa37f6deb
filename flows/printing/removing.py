"""How do codes leave the shop again whose letters were never sent?

A run may be rejected, a letter taken out, a code blocked after its code was created in the shop. Nothing is remembered of the way: what
is void and still listed by the shop is deleted, so whoever was killed is simply followed by somebody who looks again.
"""

import time
from collections.abc import Callable

from campaigns.errors import PostillionError
from flows.errors import BeingWorkedOn, ShopTooSlow
from flows.intake.shops import shop_behind, shopify_access
from flows.locks import working_on
from flows.printing.uploading import LOOKS, PAUSE, Report, Work
from importers.shopify import discounts
from importers.shopify.discounts import MOST_CODES
from store import code_uploads, failpoint
from store.code_uploads import Upload, UploadState
from store.engine import Engine, reading
from store.settings import Settings

ROUNDS = 3
"""Looks at what the shop still has after it said that it is done."""


def remove_codes(engine: Engine, settings: Settings, print_run_id: int, report: Report, sleep: Callable[[float], None] = time.sleep) -> int:
    """Take a run's void codes out of the Shopify shop; how many. Nothing to do, and no shop needed, for most runs.

    Safe to repeat. Raises BeingWorkedOn, ShopNotConnected, what the shop refuses (importers.errors), ShopTooSlow.
    """
    with reading(engine) as connection:
        if not (settings.shopify_shop and code_uploads.to_clear(connection, print_run_id, settings.shopify_source)):
            return 0
    return _remove(engine, settings, print_run_id, report, sleep)


def remove_from_all(engine: Engine, settings: Settings, report: Report, sleep: Callable[[float], None] = time.sleep) -> int:
    """The same for every run, as housekeeping does; a shop that is away, or refuses, is reported and asked again the next time."""
    if not settings.shopify_shop:
        return 0
    removed = 0
    with reading(engine) as connection:
        runs = code_uploads.runs_to_clear(connection, settings.shopify_source)
    for run in runs:
        try:
            removed += _remove(engine, settings, run, report, sleep)
        except BeingWorkedOn:
            continue
        except PostillionError as error:
            report(f"Void codes of print run {run} may still be good in {settings.shopify_shop}: {error}")
    return removed


def _remove(engine: Engine, settings: Settings, print_run_id: int, report: Report, sleep: Callable[[float], None]) -> int:
    access = shopify_access(settings)
    with working_on(engine, settings, print_run_id) as hold, shop_behind(access, settings, sleep) as shop:
        with reading(engine) as connection:
            uploads = code_uploads.to_clear(connection, print_run_id, access.source)
        work = Work(engine, settings, hold, shop, report, sleep)
        return sum(_clear(work, upload) for upload in uploads)


def _clear(work: Work, upload: Upload) -> int:
    """Let the void codes of one discount be good no more; how many."""
    with reading(work.engine) as connection:
        void = code_uploads.void(connection, upload.id)
        has_good = code_uploads.has_good(connection, upload.id)
    if has_good and upload.state is not UploadState.DONE:  # what is on its way would arrive behind us
        return 0
    discount_id = upload.discount_id or discounts.find(work.shop, upload.title, list(void)[:1])  # its key may have been lost on the way
    if discount_id and discounts.listed(work.shop, discount_id) is not None:
        if has_good:
            _delete(work, upload, discount_id, set(void))
        else:  # one call for all of them, and it is over at once
            discounts.deactivate(work.shop, discount_id)
        failpoint.pass_by("remove.after_removing")
    with work.writing() as connection:
        code_uploads.note_removed(connection, list(void.values()))
    work.report(f'{len(void)} codes of "{upload.title}" are no longer good in the shop: no letter carries them')
    return len(void)


def _delete(work: Work, upload: Upload, discount_id: str, void: set[str]) -> None:
    for _ in range(ROUNDS):
        there = discounts.listed(work.shop, discount_id) or {}
        keys = [key for code, key in there.items() if code in void]
        if not keys:
            return
        for first in range(0, len(keys), MOST_CODES):
            job = discounts.remove(work.shop, discount_id, keys[first : first + MOST_CODES])
            failpoint.pass_by("remove.after_asking")
            _wait(work, job)
    raise ShopTooSlow(f'The shop still has void codes of "{upload.title}" although it said that they are deleted: they are tried again later.')


def _wait(work: Work, job: str) -> None:
    for look in range(LOOKS):
        if look:
            work.sleep(PAUSE)
        if discounts.is_done(work.shop, job):
            return
    raise ShopTooSlow(f"The shop has not worked off {job} within {LOOKS * PAUSE / 60:g} minutes: it is tried again later.")
