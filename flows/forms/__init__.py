"""What does a marketer fill in?  The parameter models behind the forms of the Prefect UI and behind campaign files."""

from flows.forms.audience import (
    AUDIENCE_FORMS,
    AbandonedCartForm,
    AudienceForm,
    CouponExpiryForm,
    NoPurchaseForm,
    ProductForm,
    ReorderForm,
    SegmentForm,
    WinbackForm,
)
from flows.forms.campaign import CampaignFile, CampaignForm, LimitsForm, StepForm
from flows.forms.imports import BillbeeImportForm, ImportForm, ShopifyImportForm
from flows.forms.offer import OfferForm, WindowForm
from flows.forms.run import RunForm
from flows.forms.seed import SeedForm

__all__ = [
    "AUDIENCE_FORMS",
    "AbandonedCartForm",
    "AudienceForm",
    "BillbeeImportForm",
    "CampaignFile",
    "CampaignForm",
    "CouponExpiryForm",
    "ImportForm",
    "LimitsForm",
    "NoPurchaseForm",
    "OfferForm",
    "ProductForm",
    "ReorderForm",
    "RunForm",
    "SeedForm",
    "SegmentForm",
    "ShopifyImportForm",
    "StepForm",
    "WinbackForm",
    "WindowForm",
]
