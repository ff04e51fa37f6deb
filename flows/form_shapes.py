"""How does the form of a deployment differ from the form of its flow: which dropdowns, which kind of campaign, filled in with what?

Forms are the flow's JSON schema.  Each deployment has a copy of its own, which the UI shows and the server enforces, so a text
field becomes a dropdown of what exists, and a form for one kind of campaign asks for nothing that another kind needs (prefect facts 1).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flows.forms import AUDIENCE_FORMS, CampaignForm, SegmentForm

Shape = Callable[[Any], None]
"""Changes a parameter schema of Prefect's in place."""
LATER_DELAY_DAYS = 60
"""What the button "Add item" puts into a further step: more than the usual cooldown."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What exists in this installation, for dropdowns."""

    layouts: Sequence[str]
    offers: Sequence[str]
    campaigns: Sequence[str] = ()

    def with_offers(self, more: Sequence[str]) -> "Choices":
        """The same with further offers."""
        return replace(self, offers=sorted({*self.offers, *more}))


_LIMITS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "pattern", "minLength", "maxLength", "minItems"})


def filled_in(form: CampaignForm) -> dict[str, Any]:
    """The parameters of a deployment whose form shows this campaign."""
    return {"campaign": form.model_dump(mode="json", exclude={"offers"})}


def dropdowns(choices: Choices) -> Shape:
    """Layouts, offers and campaigns to choose from; a field stays a text where there is nothing to choose."""
    listed = {"layout": choices.layouts, "test_layout": ["", *choices.layouts], "offer": ["", *choices.offers], "campaign": choices.campaigns}

    def shape(schema: Any) -> None:
        for properties in (schema.properties, *(definition.get("properties", {}) for definition in schema.definitions.values())):
            for field, values in listed.items():
                if values and properties.get(field, {}).get("type") == "string":
                    properties[field]["enum"] = list(values)

    return shape


def fixed(**values: str) -> Shape:
    """Fields with one value only."""

    def shape(schema: Any) -> None:
        for field, value in values.items():
            schema.properties[field]["enum"] = [value]

    return shape


def without_limits(schema: Any) -> None:
    """A form whose flow itself says everything that is wrong."""
    schema.definitions = _without_limits(schema.definitions)


def _without_limits(told: Any) -> Any:
    """What the server would refuse one field at a time, our flow refuses with every other reason together."""
    if isinstance(told, dict):
        return {name: _without_limits(value) for name, value in told.items() if name not in _LIMITS or isinstance(value, dict)}
    return [_without_limits(value) for value in told] if isinstance(told, list) else told


def of_campaign(form: CampaignForm, choices: Choices) -> Shape:
    """The form for campaigns of this one's kind: no tabs of other kinds, this one's values as what fields hold at first, and no limits."""
    name = next(one.__name__ for one in AUDIENCE_FORMS if isinstance(form.audience, one))

    def shape(schema: Any) -> None:
        dropdowns(choices)(schema)
        schema.properties["campaign"]["title"] = "Campaign"
        values = filled_in(form)["campaign"]
        whole = schema.definitions["CampaignForm"]["properties"]
        for field, value in values.items():
            whole[field]["default"] = value
        del whole["audience"]["anyOf"]
        whole["audience"]["$ref"] = f"#/definitions/{name}"
        step = schema.definitions["StepForm"]["properties"]
        step["layout"]["default"], step["delay_days"]["default"] = form.steps[-1].layout, LATER_DELAY_DAYS
        for other in {one.__name__ for one in AUDIENCE_FORMS} - {name}:
            del schema.definitions[other]
        if not isinstance(form.audience, SegmentForm):
            del schema.definitions["ProductForm"]
        without_limits(schema)

    return shape
