"""Which numbers in an address can name a row of ours?"""

from typing import Annotated

from fastapi import Path

LARGEST_ID = 2**63 - 1
RowId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
"""What fits the database's keys; the framework refuses the rest before a query sees it."""
