"""Where may a test kill the process?  A named point that costs a comparison while no test is asking.

``POSTILLION_FAILPOINT=name:n`` kills the process with SIGKILL at the n-th passing of ``name``.
"""

import os
import signal
from collections import Counter

_ARMED = os.environ.get("POSTILLION_FAILPOINT")
_passed: Counter[str] = Counter()


def pass_by(name: str) -> None:
    """Go on, or die here if a test asked for it."""
    if _ARMED is None:
        return
    _passed[name] += 1
    if f"{name}:{_passed[name]}" == _ARMED:
        os.kill(os.getpid(), signal.SIGKILL)
