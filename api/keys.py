"""Which numbers in an address can name a row of ours?"""

from typing import Annotated

from fastapi import Path

RowId = Annotated[int, Path(ge=1, le=2**63 - 1)]
"""What fits the database's keys; the framework refuses the rest before a query sees it."""
