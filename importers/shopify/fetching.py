"""How do a shop's records come in: everything at first, later what has changed?

The state of a stream is one of
    {}                                  never read to the end: a bulk operation is begun
    {"operation": "gid://…"}            begun: a run that was killed goes on with the same one
    {"watermark": "2026-10-31T…Z"}      read to here: the next run asks for what changed since, ten minutes of overlap included
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from campaigns.record import Kind, Record
from campaigns.rejection import Rejection
from importers.asking import refuse_a_wrong_clock
from importers.batch import Batch
from importers.errors import BadRecord, BrokenAnswer, HiddenPeople, MissingScope
from importers.shopify import bulk, bulk_file
from importers.shopify.bulk import Operation, Standing
from importers.shopify.hidden import refuse_hidden
from importers.shopify.pages import changed, written
from importers.shopify.records import number_of
from importers.shopify.shop import Shop
from importers.shopify.streams import STREAMS, Stream

OVERLAP = timedelta(minutes=10)
"""Shopify's search lags behind its records (importer facts 1.4)."""
BATCH = 1_000
LONGEST_POLL_PAUSE = 30.0


def fetch(shop: Shop, kind: Kind, source: str, state: Mapping[str, Any], until: datetime) -> Iterator[Batch]:
    """Everything of ``kind`` that is new since ``state``, in batches of a thousand at the most, each with the state to keep once it is stored.

    ``until`` (aware) is the upper end of this run: what changes later comes next time.  A run may be broken off anywhere and begun
    again from the last state kept: no record is lost, some come twice.  Batches may be empty: they carry progress or state alone.
    Raises the kinds of ``importers.errors``; the state kept so far stays right.
    """
    stream, until = STREAMS[kind], until.astimezone(UTC)
    if "watermark" in state:
        yield from _changes(shop, stream, source, datetime.fromisoformat(state["watermark"]), until)
    else:
        yield from _everything(shop, stream, source, str(state.get("operation", "")), until)


def _changes(shop: Shop, stream: Stream, source: str, watermark: datetime, until: datetime) -> Iterator[Batch]:
    read, stored = 0, watermark
    refuse_a_wrong_clock(stored, until, OVERLAP, shop.asking.shop)
    for page in changed(shop, stream, stored - OVERLAP, until):
        if not read:  # by the clock of the shop as this run begins: what changes later may stand on a page that was read already
            until = shop.asking.not_after_the_shop(until)
            refuse_a_wrong_clock(stored, until, OVERLAP, shop.asking.shop)
        watermark = max(watermark, _newest(page.nodes, until))
        moves = stream.in_order_of_change or page.is_last
        state = {"watermark": written(watermark)} if moves else None
        yield _batch(shop, stream, source, page.nodes, read, 1.0 if page.is_last else _share(read + len(page.nodes), page.total), state)
        read += len(page.nodes)


def _newest(nodes: Sequence[Mapping[str, Any]], until: datetime) -> datetime:
    """The last change among them; ``until`` at the most, since a time from the future would hide all changes before it for ever."""
    newest = datetime.min.replace(tzinfo=UTC)
    for node in nodes:
        try:
            newest = max(newest, datetime.fromisoformat(node["updatedAt"]))
        except (KeyError, TypeError, ValueError):  # the record is rejected, with this as its reason
            continue
    return min(newest, until)


def _everything(shop: Shop, stream: Stream, source: str, operation_id: str, until: datetime) -> Iterator[Batch]:
    """By bulk operation; begun once more if the first one was cancelled, or its file is gone."""
    for _ in range(2):
        if not operation_id:
            operation_id = bulk.start(shop, stream)
            yield Batch(share=0.0, state={"operation": operation_id})
        try:
            operation = yield from _finished(shop, stream, operation_id)
            if operation.standing is Standing.DONE:
                yield from _contents(shop, stream, source, operation)
                yield Batch(share=1.0, state={"watermark": written(min(operation.created_at, until))})
                return
        except bulk_file.LinkExpired:
            pass
        except (BrokenAnswer, MissingScope, HiddenPeople):
            yield Batch(state={})  # the same operation would bring the same again
            raise
        yield Batch(state={})
        operation_id = ""
    raise BrokenAnswer(f"{shop.asking.shop}: Shopify cancelled the bulk operation of {stream.field} twice, or lost its file. Run this again later.")


def _finished(shop: Shop, stream: Stream, operation_id: str) -> Generator[Batch, None, Operation]:
    """Wait until the operation runs no more, with a sign of life each time; gives how it ended. It is the first half of the way."""
    operation = bulk.look(shop, stream, operation_id, count=True)
    pause, total = 1.0, operation.total
    while operation.standing is Standing.RUNNING:
        yield Batch(share=(_share(operation.roots, total) or 0.0) / 2)
        shop.asking.sleep(pause)
        pause = min(LONGEST_POLL_PAUSE, pause * 2)
        operation = bulk.look(shop, stream, operation_id, count=False)
    return operation


def _contents(shop: Shop, stream: Stream, source: str, operation: Operation) -> Iterator[Batch]:
    if not operation.url:
        if operation.objects:
            raise BrokenAnswer(f"{shop.asking.shop}: the bulk operation counted {operation.objects} objects and gives no file. Run this again, it begins anew.")
        return
    read = 0
    with bulk_file.objects(shop, operation) as nodes:
        while chunk := list(islice(nodes, BATCH)):
            yield _batch(shop, stream, source, chunk, read, 0.5 + (_share(read + len(chunk), operation.roots) or 0.0) / 2, None)
            read += len(chunk)


def _batch(
    shop: Shop, stream: Stream, source: str, nodes: Sequence[Mapping[str, Any]], read: int, share: float | None, state: Mapping[str, Any] | None
) -> Batch:
    if stream.kind is Kind.CUSTOMERS:
        refuse_hidden(nodes, shop.asking.shop)
    results = [_record(stream, node, source, position) for position, node in enumerate(nodes, read + 1)]
    records = [(position, result) for position, result in enumerate(results, read + 1) if not isinstance(result, Rejection)]
    return Batch(
        tuple(record for _, record in records),
        tuple(result for result in results if isinstance(result, Rejection)),
        tuple(position for position, _ in records),
        share=share,
        state=state,
    )


def _record(stream: Stream, node: Mapping[str, Any], source: str, position: int) -> Record | Rejection:
    try:
        return stream.to_record(node, source)
    except BadRecord as error:
        return Rejection(position, number_of(str(node.get("id", ""))), error.reason, error.message)


def _share(part: int, total: int) -> float | None:
    return min(1.0, part / total) if total else None
