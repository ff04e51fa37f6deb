"""Does this row have a key of its own, or is it a line that a spreadsheet or a report added?"""

import re

from campaigns.rejection import RejectionReason
from importers.errors import BadRecord

_TOTAL_LINE = re.compile(r"(?:summe|gesamt\w*|total|sum|anzahl|ende)\b.*", re.IGNORECASE)


def refuse_keyless(key: str, headings: str) -> None:
    """Raise ``BadRecord`` when the key is empty (no_key) or begins a line of totals (broken_row)."""
    if not key:
        raise BadRecord(RejectionReason.NO_KEY, f"There is nothing to tell this record by: fill in {headings}.")
    if "@" not in key and _TOTAL_LINE.fullmatch(key):
        raise BadRecord(RejectionReason.BROKEN_ROW, f'"{key}" begins a line of totals, not a record. Delete the line.')
