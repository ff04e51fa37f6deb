"""How does a checkout tell a customer why a coupon is not granted?"""

from collections.abc import Callable
from datetime import date, datetime

from babel.dates import format_datetime

from api.catalogue import CATALOGUE
from api.languages import LANGUAGES
from campaigns.checkout import RefusalReason, Refused
from campaigns.offer_words import long_date, money

_HOURS = {"de": "EEEE, d. MMMM, HH:mm 'Uhr'", "en": "EEEE, d MMMM, HH:mm"}


def said(refused: Refused, language: str) -> str:
    """One or two friendly sentences, ready to be shown beside the coupon field."""
    reason, facts = refused.reason, refused.facts
    blanks = _BLANKS.get(reason)
    key = f"refused_{reason}"
    if reason is RefusalReason.OUTSIDE_HOURS and "opens_at" not in facts:
        key, blanks = "refused_outside_hours_somehow", None
    return CATALOGUE[key][LANGUAGES.index(language)].format(**(blanks(facts, language) if blanks else {}))


_BLANKS: dict[RefusalReason, Callable[..., dict[str, str]]] = {
    RefusalReason.EXPIRED: lambda facts, language: {"day": long_date(date.fromisoformat(facts["valid_until"]), language)},
    RefusalReason.NOT_YET_VALID: lambda facts, language: {"day": long_date(date.fromisoformat(facts["valid_from"]), language)},
    RefusalReason.OUTSIDE_HOURS: lambda facts, language: {
        "moment": format_datetime(datetime.fromisoformat(facts["opens_at"]).replace(tzinfo=None), _HOURS[language], locale=language)
    },
    RefusalReason.WRONG_CURRENCY: lambda facts, language: {"currency": facts["currency"]},
    RefusalReason.MINIMUM_NOT_REACHED: lambda facts, language: {
        "minimum": money(facts["minimum_cents"], facts["currency"], language),
        "missing": money(facts["missing_cents"], facts["currency"], language),
    },
}
"""What the words of a reason take from its facts."""
