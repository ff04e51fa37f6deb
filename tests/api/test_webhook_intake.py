"""Do deliveries that come at once share transactions, and does nobody hear thank you before the commit?"""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from api.webhook_intake import AT_ONCE, Intake
from store.webhooks import Delivery

DELIVERY = Delivery("d", "shop", "orders/create", b"{}", datetime(2026, 11, 22, tzinfo=UTC))


def many(count: int) -> list[Delivery]:
    return [replace(DELIVERY, id=f"d{number}") for number in range(count)]


def test_what_comes_during_a_commit_shares_the_next_one() -> None:
    batches: list[list[str]] = []
    first_began, go_on = threading.Event(), threading.Event()

    def keep(deliveries: Sequence[Delivery]) -> None:
        batches.append([delivery.id for delivery in deliveries])
        first_began.set()
        assert go_on.wait(30)

    async def run() -> None:
        intake = Intake(keep)
        first, *others = many(AT_ONCE + 11)
        putting = [asyncio.create_task(intake.put(first))]
        while not first_began.is_set():
            await asyncio.sleep(0)
        putting += [asyncio.create_task(intake.put(delivery)) for delivery in others]
        await asyncio.sleep(0)
        assert not any(task.done() for task in putting), "nobody is thanked before the commit"
        go_on.set()
        await asyncio.gather(*putting)

    asyncio.run(run())
    assert [len(batch) for batch in batches] == [1, AT_ONCE, 10]
    assert [one for batch in batches for one in batch] == [delivery.id for delivery in many(AT_ONCE + 11)]


def test_each_of_a_transaction_that_failed_hears_of_it_and_the_next_one_is_stored() -> None:
    stored: list[str] = []

    def keep(deliveries: Sequence[Delivery]) -> None:
        if any(delivery.id == "d0" for delivery in deliveries):
            raise OSError("the disk is full")
        stored.extend(delivery.id for delivery in deliveries)

    async def run() -> None:
        intake = Intake(keep)
        results = await asyncio.gather(*(intake.put(delivery) for delivery in many(3)), return_exceptions=True)
        assert [type(result) for result in results] == [OSError] * 3
        await intake.put(replace(DELIVERY, id="later"))

    asyncio.run(run())
    assert stored == ["later"]


def test_who_hangs_up_takes_nobody_along() -> None:
    stored: list[str] = []
    began, go_on = threading.Event(), threading.Event()

    def keep(deliveries: Sequence[Delivery]) -> None:
        began.set()
        assert go_on.wait(30)
        stored.extend(delivery.id for delivery in deliveries)

    async def run() -> None:
        intake = Intake(keep)
        one, other = (asyncio.create_task(intake.put(delivery)) for delivery in many(2))
        while not began.is_set():
            await asyncio.sleep(0)
        one.cancel()
        await asyncio.sleep(0)
        go_on.set()
        await other
        assert one.cancelled()

    asyncio.run(run())
    assert stored == ["d0", "d1"]


def test_others_are_told_when_nobody_waits_for_an_answer() -> None:
    intake = Intake(lambda _: None)
    assert intake.quiet.is_set()
    with intake.receiving():
        with intake.receiving():
            assert not intake.quiet.is_set()
        assert not intake.quiet.is_set()
    assert intake.quiet.is_set()
    with pytest.raises(ValueError), intake.receiving():
        raise ValueError
    assert intake.quiet.is_set()
