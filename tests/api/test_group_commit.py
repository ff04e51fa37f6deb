"""Is everything that comes at once kept before its answer, in few batches, and does nobody hang?"""

import asyncio
import threading
from collections.abc import Callable, Sequence

import pytest

from api.group_commit import Closed, GroupCommit


class Store:
    """Keeps what it is given; waits where a test asks for it."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def keep(self, items: Sequence[int]) -> list[int]:
        assert self.may_go_on.wait(10)
        self.batches.append(list(items))
        if 13 in items:
            raise ValueError("thirteen")
        return [item * 2 for item in items]


def run(scenario: Callable[[GroupCommit[int, int], Store], object], most: int = 100) -> Store:
    """A scenario (a coroutine function) within the running thread."""
    store = Store()

    async def everything() -> None:
        commit: GroupCommit[int, int] = GroupCommit(store.keep, most)
        with commit.running("test"):
            await scenario(commit, store)  # type: ignore[misc]

    asyncio.run(asyncio.wait_for(everything(), 20))
    return store


async def settle() -> None:
    """Let everything that can go on now do so."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_each_gets_the_result_of_its_own_item() -> None:
    async def scenario(commit: GroupCommit[int, int], _store: Store) -> None:
        assert await asyncio.gather(*(commit.put(number) for number in range(13))) == [number * 2 for number in range(13)]

    run(scenario)


def test_what_comes_while_a_batch_is_kept_goes_into_the_next_one() -> None:
    async def scenario(commit: GroupCommit[int, int], store: Store) -> None:
        store.may_go_on.clear()
        first = asyncio.create_task(commit.put(0))
        await settle()
        others = [asyncio.create_task(commit.put(number)) for number in range(1, 8)]
        await settle()
        store.may_go_on.set()
        assert await asyncio.gather(first, *others) == [0, 2, 4, 6, 8, 10, 12, 14]

    assert run(scenario, most=5).batches == [[0], [1, 2, 3, 4, 5], [6, 7]]


def test_an_error_is_told_to_all_of_its_batch_and_to_nobody_else() -> None:
    async def scenario(commit: GroupCommit[int, int], store: Store) -> None:
        results = await asyncio.gather(commit.put(1), commit.put(13), return_exceptions=True)
        assert [type(result) for result in results] == [ValueError, ValueError]
        assert await commit.put(2) == 4

    run(scenario)


def test_a_store_that_forgets_an_item_is_an_error_and_nobody_hangs() -> None:
    async def everything() -> None:
        commit: GroupCommit[int, int] = GroupCommit(lambda items: list(items)[1:], 10)
        with commit.running("test"), pytest.raises(RuntimeError, match="1 results for 2 items"):
            await asyncio.gather(commit.put(1), commit.put(2))

    asyncio.run(asyncio.wait_for(everything(), 20))


def test_who_hangs_up_is_stored_all_the_same_and_the_others_get_their_answers() -> None:
    async def scenario(commit: GroupCommit[int, int], store: Store) -> None:
        store.may_go_on.clear()
        gone, stays = asyncio.create_task(commit.put(1)), asyncio.create_task(commit.put(2))
        await settle()
        gone.cancel()
        store.may_go_on.set()
        assert await stays == 4

    assert run(scenario).batches == [[1, 2]]


def test_at_the_end_all_that_was_put_is_kept_and_whoever_comes_later_is_refused() -> None:
    waiting: list[asyncio.Task[int]] = []

    async def everything() -> None:
        store = Store()
        commit: GroupCommit[int, int] = GroupCommit(store.keep, 2)
        with commit.running("test"):
            waiting.extend(asyncio.create_task(commit.put(number)) for number in range(5))
            await asyncio.sleep(0)  # they have been put; the first hand-over has not happened yet
        assert await asyncio.gather(*waiting) == [0, 2, 4, 6, 8]
        with pytest.raises(Closed):
            await commit.put(6)
        await settle()
        assert [item for batch in store.batches for item in batch] == [0, 1, 2, 3, 4]

    asyncio.run(asyncio.wait_for(everything(), 20))
