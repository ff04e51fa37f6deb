"""How is a cell written so that no spreadsheet takes it for a formula?"""

import re

_FORMULA = re.compile(r"(\A|[\r\n])(?=[^\S\r\n]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|\t)")
"""What a formula begins with, at the start or on another line of the cell: also behind blanks of whatever kind, and in full width (OWASP, CSV injection)."""


def harmless(cell: str) -> str:
    """The cell, kept from being a formula by an apostrophe; anything else stays as it is."""
    return _FORMULA.sub(r"\1'", cell)
