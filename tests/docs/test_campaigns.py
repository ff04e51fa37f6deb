"""Do the guides explain the forms as they are?"""

import json
import re
from collections.abc import Callable

import pytest
from pydantic import BaseModel

from campaigns.kinds import CampaignKind
from flows import forms
from tests.docs.conftest import ROOT, Document


def shown(default: object) -> str:
    """A default as the guide writes it."""
    if isinstance(default, BaseModel) or (isinstance(default, list) and any(isinstance(one, BaseModel) for one in default)):
        return "see below"
    return "empty" if default in (None, "", []) else f"`{json.dumps(default, ensure_ascii=False)}`"


OF_CAMPAIGNS = (
    forms.CampaignForm,
    *forms.AUDIENCE_FORMS,
    forms.ProductForm,
    forms.StepForm,
    forms.LimitsForm,
    forms.OfferForm,
    forms.WindowForm,
    forms.RunForm,
    forms.SeedForm,
)
OF_IMPORTS = (forms.ImportForm, forms.ShopifyImportForm, forms.BillbeeImportForm)


@pytest.mark.parametrize(("guide", "form"), [*(("campaigns", form) for form in OF_CAMPAIGNS), *(("imports", form) for form in OF_IMPORTS)])
def test_every_field_of_a_form_is_explained_in_the_forms_words(guide: str, form: type[BaseModel], document: Callable[[str], Document]) -> None:
    expected = [[field.title, f"`{name}`", shown(field.default), field.description] for name, field in form.model_fields.items()]
    assert document(f"docs/{guide}.md").table(form.__name__) == expected


def test_every_kind_of_campaign_has_a_section_of_its_own(document: Callable[[str], Document]) -> None:
    guide = document("docs/campaigns.md")
    rows = guide.table("Which kind for what")
    assert [cells[0].split("`")[1] for cells in rows] == list(CampaignKind)
    for form in forms.AUDIENCE_FORMS:
        assert guide.section(str(form.model_config["title"])).strip()


def test_the_screens_that_are_shown_are_there_and_small() -> None:
    guides = (path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md"))
    shown_there = {name for text in guides for name in re.findall(r"\(screens/([\w-]+\.png)\)", text)}
    there = {path.name: path.stat().st_size for path in (ROOT / "docs" / "screens").iterdir()}
    assert shown_there == set(there)
    assert all(1000 < size < 250_000 for size in there.values())
