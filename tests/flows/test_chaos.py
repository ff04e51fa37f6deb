"""A few of the random deaths of ``make chaos``, on both databases."""

import subprocess
import sys
from pathlib import Path


def test_random_deaths_of_three_processes_lose_nobody_and_write_to_nobody_twice() -> None:
    command = [sys.executable, "-m", "tests.flows.chaos", "10"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    values = dict(line.removeprefix("chaos.").split() for line in done.stdout.splitlines())
    assert int(values["kills"]) >= 10
    assert [values[name] for name in ("lost", "duplicates", "hash_mismatches", "failures", "stuck")] == ["0"] * 5
