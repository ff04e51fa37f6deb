"""Which record of ours does a raw record become, or why none?"""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from api.intake.fields import Key
from api.intake.people import IntakeRecord
from api.intake.reading import Repeated
from campaigns.record import Record
from campaigns.rejection import Rejection, RejectionReason

_SHOWN = 60
"""Characters of an unknown field's name that a message repeats."""
_MESSAGES = {
    "missing": "is missing.",
    "model_type": "must be an object, in braces.",
    "list_type": "must be a list, in brackets.",
    "string_unicode": "has a field whose name is no text.",
}


def check(model: type[IntakeRecord], raw: Any, source: str, position: int) -> Record | Rejection:
    """The domain's record, or what is wrong with it; a misspelt name is told first, because it is why others are missing."""
    try:
        return model.model_validate(raw).to_record(source)
    except ValidationError as error:
        reason, message = fault(model, error)
    return Rejection(position, key_in(model, raw), reason, message)


def fault(model: type[BaseModel], error: ValidationError, whole: str = "The record") -> tuple[RejectionReason, str]:
    """The worst of what is wrong, with the field's place in front; ``whole`` is what the outermost object is called."""
    found = error.errors(include_url=False)
    worst = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    reason = RejectionReason(worst["type"]) if worst["type"] in set(RejectionReason) else RejectionReason.MALFORMED
    return reason, f"{_place(worst['loc'], whole)} {_message(model, worst)}"


def key_in(model: type[IntakeRecord], raw: Any) -> str:
    """What a raw record calls itself, as far as that can be read."""
    try:
        return Key().read(raw.get(model.key_field)) if isinstance(raw, dict) else ""
    except PydanticCustomError:
        return ""


def _place(where: Sequence[str | int], whole: str) -> str:
    """As a program would write it: ``lines[0].sku``."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{_visible(step)}" for step in where]
    return "".join(steps).removeprefix(".") or whole


def _message(model: type[BaseModel], error: ErrorDetails) -> str:
    kind = error["type"]
    if kind == "extra_forbidden":
        return _advice(str(error["loc"][-1]), sorted(_part_at(model, error["loc"][:-1]).model_fields))
    if kind == "too_short":
        return "is empty, but needed."
    if kind == "too_long":
        return f"has {error['ctx']['actual_length']} entries, at most {error['ctx']['max_length']} are taken."
    if isinstance(error["input"], Repeated):
        return f'has the field "{_visible(error["input"].field)}" twice.'
    return _MESSAGES.get(kind, error["msg"])


def _advice(name: str, known: list[str]) -> str:
    nearest = get_close_matches(name[:_SHOWN], known, 1)
    return f'is no field of this record: did you mean "{nearest[0]}"?' if nearest else f"is no field of this record, which has {', '.join(known)}."


def _part_at(model: type[BaseModel], where: Sequence[str | int]) -> type[BaseModel]:
    """The model of the part in which a field was found."""
    for step in where:
        if isinstance(step, str):
            model = next(_models_in(model.model_fields[step].annotation))
    return model


def _models_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _visible(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name[:_SHOWN])
