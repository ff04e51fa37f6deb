"""Where does it stand what a print shop wants?

A profile is data: layouts/print_shops/NAME.toml for the shops we know, or a TOML file of the operator's; with a print run it is kept as JSON.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from layouts.errors import InvalidProduction, did_you_mean
from layouts.production import SHOPS, OutputIntent, Production
from layouts.typed import Mistakes, line_of, lines_of_keys, made

_PLACE = re.compile(r"\s*\(at line (\d+), column \d+\)")


def shops() -> list[str]:
    """The profiles that come with Postillion, sorted."""
    return sorted(path.stem for path in SHOPS.glob("*.toml"))


def load(name: str, output_profile: Path | None = None, condition: str = "") -> Production:
    """The profile ``name``: one of ``shops()`` or the path of a TOML file, with the operator's own ICC profile where one is given.

    Raises InvalidProduction, which names the file and every mistake in it with its line and key.
    """
    path = SHOPS / f"{name}.toml" if name in shops() else Path(name)
    production = _read(path)
    if output_profile and production.output:
        production = replace(production, output=_own_output(output_profile, condition))
    return production


def _own_output(path: Path, condition: str) -> OutputIntent:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidProduction(path, f"the output profile cannot be read: {error.strerror}.") from None
    # ICC.1:2010 7.2: bytes 12 to 20 are the class and the colour space, 36 to 40 the signature
    if content[36:40] != b"acsp" or content[12:20] != b"prtrCMYK":
        raise InvalidProduction(path, "this is no ICC profile of a printing condition in CMYK.")
    if not condition:
        raise InvalidProduction(path, "the profile's printing condition is not named: set POSTILLION_OUTPUT_CONDITION, for example to FOGRA52.")
    return OutputIntent(condition, condition, hashlib.sha256(content).hexdigest(), str(path.resolve()))


def _read(path: Path) -> Production:
    if not path.is_file():
        raise InvalidProduction(path, f"there is no such print shop{did_you_mean(path.name, shops())} There are: {', '.join(shops())}, or name a TOML file.")
    try:
        source = path.read_text(encoding="utf-8")
        values = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = _PLACE.search(str(error))
        raise InvalidProduction(path, (int(place[1]) if place else None, f"this is no TOML: {_PLACE.sub('', str(error))}.")) from error
    mistakes: Mistakes = []
    if (paper := values.pop("paper", "A4")) != "A4":
        mistakes.append(("paper", f"'paper' is {paper!r}, but letters are set on A4 only: this print shop cannot be used yet."))
    if (output := values.pop("output", True)) is not True:
        if output is not False:
            mistakes.append(("output", f"'output' is {output!r}, but must be true or false: the profile is named by POSTILLION_OUTPUT_PROFILE."))
        values["output"] = None
    production: Production = made(Production, {"slug": path.stem, **values}, "", mistakes)
    if mistakes:
        lines = lines_of_keys(source)
        raise InvalidProduction(path, *sorted(((line_of(key, lines), problem) for key, problem in mistakes), key=lambda one: one[0] or 0))
    return production


def as_dict(production: Production) -> dict[str, Any]:
    """The production as JSON can hold it."""
    return asdict(production)


def from_dict(stored: Mapping[str, Any]) -> Production:
    """The way back from ``as_dict``; a print run from before there was any gives the defaults. Raises InvalidProduction."""
    mistakes: Mistakes = []
    production: Production = made(Production, stored, "", mistakes)
    if mistakes:
        raise InvalidProduction(Path("the stored production"), *(problem for _, problem in mistakes))
    return production
