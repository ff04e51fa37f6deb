"""Do the guides explain the forms as they are?"""

import json
from collections.abc import Callable

import pytest
from pydantic import BaseModel

from flows import forms
from tests.docs.conftest import Document


def shown(default: object) -> str:
    """A default as the guide writes it."""
    if isinstance(default, BaseModel) or (isinstance(default, list) and any(isinstance(one, BaseModel) for one in default)):
        return "see below"
    return "empty" if default in (None, "", []) else f"`{json.dumps(default, ensure_ascii=False)}`"


OF_CAMPAIGNS = (forms.CampaignForm, forms.AudienceForm, forms.StepForm, forms.LimitsForm, forms.OfferForm, forms.RunForm)
OF_IMPORTS = (forms.ImportForm, forms.ShopifyImportForm, forms.BillbeeImportForm)


@pytest.mark.parametrize(("guide", "form"), [*(("campaigns", form) for form in OF_CAMPAIGNS), *(("imports", form) for form in OF_IMPORTS)])
def test_every_field_of_a_form_is_explained_in_the_forms_words(guide: str, form: type[BaseModel], document: Callable[[str], Document]) -> None:
    expected = [[field.title, f"`{name}`", shown(field.default), field.description] for name, field in form.model_fields.items()]
    assert document(f"docs/{guide}.md").table(form.__name__) == expected
