"""How are rejected records written down for somebody who opens the list in a spreadsheet?"""

import csv
import io
from collections.abc import Iterable, Iterator

from campaigns.rejection import Rejection
from campaigns.spreadsheet import harmless

HEADING = ("row", "key", "reason", "message")


def rejects_csv(rejections: Iterable[Rejection]) -> Iterator[str]:
    """The lines of the list: a byte order mark, semicolons, and no cell that a spreadsheet would take for a formula."""
    yield "\ufeff" + _line(HEADING)
    for one in rejections:
        yield _line((str(one.position), harmless(one.key), one.reason, harmless(one.message)))


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow(cells)
    return line.getvalue()
