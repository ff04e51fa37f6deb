"""How much memory does a piece of work need?  Each runs in a fresh process of its own."""

import multiprocessing
import resource
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def in_a_process(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> tuple[R, float]:
    """The result and the peak memory of the process (with its largest child) in MB."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(sender, work, args, kwargs))
    process.start()
    sender.close()
    try:
        result: tuple[R, float] = receiver.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"the process of {work.__name__} ended with code {process.exitcode}") from None
    process.join()
    return result


def _run(sender: "multiprocessing.connection.Connection", work: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    result = work(*args, **kwargs)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    sender.send((result, peak / 1024))
