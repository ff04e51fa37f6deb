"""What is a phrase?"""

from typing import TypeAlias

Phrases: TypeAlias = dict[str, tuple[str, str]]
"""Key -> (German, English); braces are filled in by the page."""
