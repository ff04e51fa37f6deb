"""Every place to die × its first, middle and last passing: a child is killed there, another finishes, and everything is checked.

A process of its own, for it forks: ``python -m tests.flows.kill_matrix FOLDER DATABASE_URL [NAME]`` with an empty database with tables, to which
nobody is connected. Prints one line of JSON: how often each place was passed in an undisturbed run, and what went wrong.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from store import failpoint
from store.engine import open_engine
from tests.flows import small_campaign
from tests.flows.small_campaign import Expected


def in_child(work: Callable[[], None]) -> int:
    """Do it in a fork of this process; its exit code, negative for the signal that killed it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work()
    except BaseException:  # whatever it is: the parent tells it by the exit code
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def die_and_recover(template: str, folder: Path, death: str, expected: Expected) -> str:
    """Kill a run of the campaign at ``death`` and have another process finish it; what is wrong then, empty for nothing."""
    url, settings = small_campaign.open_copy(template, folder)

    def run(armed: str | None) -> None:
        failpoint._passed.clear()
        failpoint._ARMED = armed
        engine = open_engine(url)
        small_campaign.go_on(engine, settings)
        if armed is None:
            small_campaign.check(engine, settings, expected)

    try:
        if in_child(lambda: run(death)) != -signal.SIGKILL:
            return f"{death}: nobody died there"
        return f"{death}: see the trace above" if in_child(lambda: run(None)) else ""
    finally:
        small_campaign.drop(url)
        shutil.rmtree(folder)


def main(folder: Path, template: str, only: str = "") -> None:
    """Build the campaign, run it once to see where one can die, then die everywhere, or where the name begins with ``only``."""
    expected, passed = small_campaign.template_in(folder / "template", template)
    deaths = [f"{name}:{nth}" for name, times in passed.items() if name.startswith(only) for nth in sorted({1, (times + 1) // 2, times})]
    wrong = [problem for number, death in enumerate(deaths) if (problem := die_and_recover(template, folder / f"death{number}", death, expected))]
    sys.stdout.write(json.dumps({"passed": passed, "kills": len(deaths), "wrong": wrong}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:4])
