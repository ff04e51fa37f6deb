"""What does a coupon promise, in words, and what must be printed beside it?

All that restricts an offer has to be said clearly and in full (§ 5a UWG, § 6 DDG), so the terms are made from the rule
and never typed. That a household counts as one (decision 0031) is one of its terms, too.
"""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, get_day_names
from babel.lists import format_list
from babel.numbers import format_currency, format_percent

from campaigns.offer import Articles, Offer, OfferKind, TimeWindow

_said_again = lru_cache(maxsize=4096)
"""All letters of a print run say the same of their offer, and most dates come again: a locale's pattern is worked out once for each."""


@_said_again
def money(cents: int, currency: str, language: str) -> str:
    """An amount as people write it: ``5 €``, ``12,50 €``, ``€12.50``; whole amounts lose their zeros."""
    amount = Decimal(cents) / 100
    if cents % 100:
        return format_currency(amount, currency, locale=language)
    whole = Locale.parse(language).currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(amount, currency, whole, locale=language, currency_digits=False)


@_said_again
def percent(points: int, language: str) -> str:
    """Basis points as people write them: ``10 %``, ``12.5%``."""
    return format_percent(Decimal(points) / 10_000, locale=language, decimal_quantization=False)


@_said_again
def long_date(day: date, language: str) -> str:
    """A date as a letter writes it: ``22. November 2026``, ``22 November 2026``."""
    return format_date(day, format="d MMMM y" if language == "en" else "long", locale=language)


def worth(offer: Offer, language: str) -> str:
    """The value in words: ``10 %`` or ``5 €``."""
    return money(offer.value, offer.currency, language) if offer.kind is OfferKind.AMOUNT else percent(offer.value, language)


_WORDS = {
    "de": {
        "from_until": "Gültig vom {start} bis {until}.",
        "until": "Gültig bis {until}.",
        "from": "Gültig ab {start}.",
        "on": "Gültig nur am {until}.",
        "windows": "Nur {windows} Uhr.",
        "newcomers": "Nur für Neukunden. Ein Gutschein je Haushalt.",
        "personal": "Persönlich, nicht übertragbar.",
        "only": "Nur für {articles}.",
        "never": "Nicht für {articles}.",
        "vat": "Nur für Artikel mit {rates} Mehrwertsteuer.",
        "skus": "Artikel-Nr. {names}",
        "category": "die Kategorie {names}",
        "categories": "die Kategorien {names}",
        "and": " sowie ",
        "minimum": "Ab einem Bestellwert von {minimum}.",
        "minimum_of_these": "Ab {minimum} Bestellwert dieser Artikel.",
        "once": "einmal",
        "times": "{count}-mal",
        "uses": "{total} einlösbar",
        "uses_each": "Insgesamt {total} einlösbar, je Kunde und Haushalt {each}",
        "each": "Je Kunde und Haushalt {each} einlösbar",
        "any": "Beliebig oft einlösbar",
        "alone": ", nicht mit anderen Gutscheinen kombinierbar",
        "rest": "Kein Restguthaben.",
    },
    "en": {
        "from_until": "Valid from {start} until {until}.",
        "until": "Valid until {until}.",
        "from": "Valid from {start}.",
        "on": "Valid on {until} only.",
        "windows": "Only {windows}.",
        "newcomers": "New customers only. One coupon per household.",
        "personal": "Personal, not transferable.",
        "only": "Only for {articles}.",
        "never": "Not for {articles}.",
        "vat": "Only for articles with {rates} VAT.",
        "skus": "article no. {names}",
        "category": "the category {names}",
        "categories": "the categories {names}",
        "and": " and ",
        "minimum": "On orders of {minimum} or more.",
        "minimum_of_these": "On orders of {minimum} or more of these articles.",
        "once": "once",
        "times": "{count} times",
        "uses": "Can be used {total}",
        "uses_each": "Can be used {total} in all, {each} per customer and household",
        "each": "Can be used {each} per customer and household",
        "any": "Can be used any number of times",
        "alone": ", not combined with other coupons",
        "rest": "No balance is kept.",
    },
}


@_said_again
def conditions(offer: Offer, until: date | None, language: str) -> str:
    """All that restricts a code of the offer with the last day ``until`` (None: it has none), in German, else in English."""
    spoken = language if language in _WORDS else "en"
    words = _WORDS[spoken]
    parts = [_validity(offer, until, words, language)]
    if offer.windows:
        parts.append(words["windows"].format(windows=windows_in_words(offer.windows, spoken)))
    parts += [words[name] for name, holds in (("newcomers", offer.new_customers_only), ("personal", offer.personal)) if holds]
    parts += _articles(offer, words, spoken)
    if offer.minimum_order_cents:
        restricted = offer.only or offer.never or offer.vat_rates
        parts.append(words["minimum_of_these" if restricted else "minimum"].format(minimum=money(offer.minimum_order_cents, offer.currency, language)))
    parts.append(_uses(offer, words))
    if offer.kind is OfferKind.AMOUNT and offer.minimum_order_cents < offer.value:
        parts.append(words["rest"])
    return " ".join(filter(None, parts))


def _validity(offer: Offer, until: date | None, words: dict[str, str], language: str) -> str:
    start = offer.valid_from
    name = ("on" if start == until else "from_until") if start and until else "until" if until else "from" if start else ""
    return words[name].format(start=start and long_date(start, language), until=until and long_date(until, language)) if name else ""


def _articles(offer: Offer, words: dict[str, str], language: str) -> list[str]:
    said = [words[name].format(articles=_choice(chosen, words)) for name, chosen in (("only", offer.only), ("never", offer.never)) if chosen]
    if offer.vat_rates:
        said.append(words["vat"].format(rates=format_list([percent(rate, language) for rate in offer.vat_rates], locale=language)))
    return said


def _choice(chosen: Articles, words: dict[str, str]) -> str:
    named = (("categories" if len(chosen.categories) > 1 else "category", chosen.categories), ("skus", chosen.skus))
    return words["and"].join(words[word].format(names=", ".join(names)) for word, names in named if names)


def _uses(offer: Offer, words: dict[str, str]) -> str:
    total, each = offer.uses, offer.uses_per_customer
    if total is not None and (each is None or each >= total):
        said = words["uses"].format(total=_times(total, words))
    elif total is not None and each is not None:
        said = words["uses_each"].format(total=_times(total, words), each=_times(each, words))
    else:
        said = words["any"] if each is None else words["each"].format(each=_times(each, words))
    return f"{said[0].upper()}{said[1:]}{'' if offer.combinable else words['alone']}."


def _times(count: int, words: dict[str, str]) -> str:
    return words["once"] if count == 1 else words["times"].format(count=count)


def windows_in_words(windows: Sequence[TimeWindow], language: str) -> str:
    """``Mo.–Fr. 14:00–18:00 und Sa. 10:00–12:00``, without the German Uhr."""
    return format_list([f"{_days(one.weekdays, language)} {_hours(one.start, one.end)}".strip() for one in windows], locale=language)


def _hours(start: time, end: time) -> str:
    return f"{start:%H:%M}–{end:%H:%M}"


def _days(weekdays: Sequence[int], language: str) -> str:
    """Runs of three and more as from–to; every day of the week is not said at all."""
    names, days = get_day_names("abbreviated", locale=language), sorted(set(weekdays))
    if len(days) == 7:
        return ""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(f"{names[run[0] - 1]}–{names[run[-1] - 1]}" if len(run) > 2 else ", ".join(names[day - 1] for day in run) for run in runs)
