"""Which rules does every form keep?

Rules of the Prefect UI (prefect facts 1): one model per flow, a title, a description and a static default for every field, no default
factories, and a choice between models as plain ``anyOf``, which becomes tabs.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict

SHORT_NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LANGUAGE = r"^[a-z]{2}$"
CURRENCY = r"^[A-Z]{3}$"


def _name_tabs(schema: dict[str, Any]) -> None:
    """The UI calls the tabs of a field that may stay empty by their types, "int" and "None", unless they have a title."""
    for told in schema.get("properties", {}).values():
        choices = told.get("anyOf", [])
        if {"type": "null"} in choices:
            for choice in choices:
                choice["title"] = "Empty" if choice["type"] == "null" else "Set"


class Form(BaseModel):
    """A form refuses fields that it does not know: a typing error must not pass in silence."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_name_tabs)


def cents(amount: float | None) -> int | None:
    """Euros, or another currency with hundredths, as the rules count them."""
    return None if amount is None else round(amount * 100)


def words(listed: list[str]) -> tuple[str, ...]:
    """The entries of a list without those that were left empty."""
    return tuple(word.strip() for word in listed if word.strip())
