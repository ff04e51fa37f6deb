"""What do all commands have in common at a terminal?"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from campaigns.errors import PostillionError
from store.engine import DatabaseTrouble

console = Console()
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def say(line: str) -> None:
    """A line as it is, however long, whatever brackets it holds."""
    console.print(line, highlight=False, markup=False, soft_wrap=True)


def show(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """A table with the keys of the first row as its heading."""
    table = Table(*rows[0], title=title, title_justify="left")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    console.print(table)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Our own errors are for people: their text, no traceback."""
    try:
        yield
    except (PostillionError, OSError, DatabaseTrouble) as error:
        say(f"Error: {error}")
        raise typer.Exit(1) from None
