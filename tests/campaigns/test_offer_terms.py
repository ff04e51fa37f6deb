"""Does an offer come back from JSON as it was?"""

import json

from hypothesis import given

from campaigns import offer_terms
from campaigns.offer import Offer, OfferKind
from campaigns.offer_words import conditions
from tests.campaigns.offers import offers


@given(offers())
def test_every_offer_comes_back_from_json_as_it_was(offer: Offer) -> None:
    assert offer_terms.from_dict(json.loads(json.dumps(offer_terms.as_dict(offer)))) == offer


def test_terms_of_before_there_were_rules_have_those_that_held_then() -> None:
    old = {"slug": "ten", "name": "Ten", "kind": "percentage", "value": 1000, "currency": "EUR", "minimum_order_cents": 0, "valid_days": 70}
    assert offer_terms.from_dict(old) == Offer("ten", "Ten", OfferKind.PERCENTAGE, 1000)
    assert offer_terms.from_dict(old).uses == 1


@given(offers())
def test_whatever_an_offer_restricts_can_be_said(offer: Offer) -> None:
    for language in ("de", "en"):
        said = conditions(offer, offer.valid_until, language)
        assert said.endswith(".") and "{" not in said.replace(
            "{", "", sum(name.count("{") for chosen in (offer.only, offer.never) if chosen for name in (*chosen.skus, *chosen.categories))
        )
