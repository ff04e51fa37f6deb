"""How is a coupon offer written down in a file, and which are in this one?"""

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from campaigns.errors import InvalidOffer
from campaigns.offer import Offer, OfferProblem
from flows.definition import form_problems
from flows.forms import OfferForm


def read(path: Path) -> list[Offer]:
    """The offer in a TOML file, or the offers where it has several under ``[[offers]]``; raises InvalidOffer with everything that is wrong."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InvalidOffer(f"There is no file {path}: `postillion offer show` prints a saved offer as one.") from None
    except IsADirectoryError:
        raise InvalidOffer(f"{path} is a folder: name the file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidOffer(f"{path} is not a TOML file in UTF-8: {error}") from None
    listed = values.get("offers", [values])
    found, wrong = [], []
    for place, one in enumerate(listed if isinstance(listed, list) else [], 1):
        try:
            found.append(offer(one, f"{path}, offer {place}" if len(listed) > 1 else str(path)))
        except InvalidOffer as error:
            wrong.append(str(error))
    if wrong or not found:
        raise InvalidOffer("\n".join(wrong) or f"{path} has no offer: give it a slug, a kind and a value.")
    return found


def offer(values: Any, name: str) -> Offer:
    """The offer that a form or a file says; ``name`` says in messages where it came from.  Raises InvalidOffer with every reason at once."""
    if not isinstance(values, Mapping):
        raise InvalidOffer(f"{name} cannot be saved: it is no table of fields.")
    wrong: list[str] = []
    is_named_badly = False
    form: OfferForm | None = None
    try:
        form = OfferForm.model_validate(values)
    except ValidationError as error:
        wrong += form_problems.problems(error, OfferForm)
        is_named_badly = ("slug",) in form_problems.places(error)
        with suppress(ValidationError):
            form = OfferForm.model_validate(form_problems.without(values, form_problems.places(error)))
    try:
        made = form.to_offer() if form else None
    except InvalidOffer as error:
        made = None
        wrong += [told for problem, told in error.problems if not (is_named_badly and problem == OfferProblem.NO_SHORT_NAME)]
    if wrong or made is None:
        raise InvalidOffer(f"{name} cannot be saved:\n" + "\n".join(f"- {problem}" for problem in wrong))
    return made
