"""How does the command line show all its commands without loading what each of them needs?

A noun is loaded when one of its commands is called: setting letters and reading CSV files bring reportlab and pandas, three seconds
that ``postillion --help`` and ``postillion up`` need not wait.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from typer.core import TyperCommand, TyperGroup


class Noun(TyperCommand):
    """A command or a group of them that is not loaded yet; shows its name and its help."""

    def __init__(self, name: str, text: str, load: Callable[[], TyperGroup]) -> None:
        """``text``: its help; ``load`` gives the real one."""
        super().__init__(name, help=text, callback=load)
        self._load = load

    @property
    def real(self) -> TyperGroup:
        """The command itself, with all that it needs."""
        found = self._load()
        found.name = self.name
        return found

    @property
    def commands(self) -> dict[str, Any]:
        """Its own commands."""
        return dict(self.real.commands)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Where click goes on from here with the real one."""
        return self.real.make_context(info_name, args, parent=parent, **extra)


class Nouns(TyperGroup):
    """The whole command line: what is there from the start, and the nouns."""

    known: ClassVar[list[Noun]] = []

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands.update({str(noun.name): noun for noun in self.known})


def add(name: str, text: str, load: Callable[[], TyperGroup]) -> None:
    """Make a noun known; ``load`` imports its module and gives what is called."""
    Nouns.known.append(Noun(name, text, load))
