"""What do the pages say, in each language?"""

from api.catalogue import (
    access,
    approval,
    audit,
    campaigns,
    carts,
    coupons,
    desk,
    imports,
    layouts,
    offers,
    pages,
    partners,
    results,
    shop_reports,
    states,
    today,
)
from api.catalogue.phrase import Phrases

_ROOMS = (
    pages,
    desk,
    today,
    access,
    approval,
    audit,
    campaigns,
    carts,
    coupons,
    offers,
    imports,
    layouts,
    partners,
    results,
    shop_reports,
    states,
)

CATALOGUE: Phrases = {key: phrase for room in _ROOMS for key, phrase in room.PHRASES.items()}
