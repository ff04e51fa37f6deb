"""What is wrong with a form that was filled in, in a marketer's words, and what is left of it without that?"""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import ValidationError

from campaigns.kinds import CampaignKind
from flows.forms import AUDIENCE_FORMS
from flows.forms.form import Form

_PATTERNS = {
    "slug": "it may hold a-z, 0-9 and single hyphens only, like winback-autumn",
    "default_language": "write it in two small letters, like de",
    "currency": "write it in three capital letters, like EUR",
    "start": "write it like 18:00",
    "end": "write it like 20:00",
    "prefix": "it may hold up to 8 letters and digits",
}
"""What is asked of a text, by the field's name."""


def problems(error: ValidationError, form: type[Form]) -> list[str]:
    """What pydantic found in values for ``form``, each with the field's name on the screen and in a file."""
    return [_told(form, one["loc"], one["type"], one["msg"].removeprefix("Value error, ")) for one in error.errors()]


def places(error: ValidationError) -> list[tuple[int | str, ...]]:
    """The fields that pydantic found something in."""
    return [one["loc"] for one in error.errors()]


def _told(form: type[Form], place: Sequence[int | str], kind: str, message: str) -> str:
    """A problem in a marketer's words; steps and offers are counted from 1."""
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        return f"audience.kind: say what kind of campaign this is, one of {', '.join(CampaignKind)}."
    if kind == "extra_forbidden":
        message = "there is no field of that name"
    if kind == "string_pattern_mismatch":
        message = _PATTERNS.get(str(place[-1]), message)
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in place if part not in CampaignKind.__members__.values())
    title = _title(form, place)
    return f"{where}: {message}." if title == where else f"{title}, in a file {where}: {message}."


def _title(form: type[Form], place: Sequence[int | str]) -> str:
    """What the form calls the field at ``place``."""
    model: type[Form] | None = form
    words: list[str] = []
    for part in place:
        if isinstance(part, int):
            words[-1] = f"{words[-1].removesuffix('s') if model else words[-1]} {part + 1}"
        elif part in CampaignKind.__members__.values():
            model = next(one for one in AUDIENCE_FORMS if one.model_fields["kind"].default == part)
        else:
            field = model.model_fields.get(part) if model else None
            words.append((field and field.title) or part)
            model = _form_in(field.annotation) if field else None
    return ", ".join(words)


def _form_in(annotation: Any) -> type[Form] | None:
    """The form of a field that holds one, or a list of them."""
    held = (annotation, *get_args(annotation))
    return next((one for one in held if isinstance(one, type) and issubclass(one, Form)), None)


def without(values: Any, wrong: Sequence[Sequence[int | str]]) -> Any:
    """A copy in which the fields at ``wrong`` are left out, so that their defaults stand in."""
    kinds = set(CampaignKind)
    ways = [[part for part in place if part not in kinds] for place in wrong]
    return _cut(values, [way for way in ways if way])


def _cut(values: Any, ways: Sequence[Sequence[int | str]]) -> Any:
    gone = {way[0] for way in ways if len(way) == 1}
    deeper = {way[0]: [other[1:] for other in ways if other[0] == way[0] and len(other) > 1] for way in ways}
    if isinstance(values, Mapping):
        return {name: _cut(value, deeper.get(name, [])) for name, value in values.items() if name not in gone}
    if isinstance(values, list):
        return [_cut(value, deeper.get(place, [])) for place, value in enumerate(values) if place not in gone]
    return values
