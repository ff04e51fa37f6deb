"""Any offer that can work, for tests that ask whether all of them come through."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from campaigns.offer import Articles, CodeSource, Offer, OfferKind, TimeWindow
from campaigns.rude_words import spells_rude

NAMES = st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8), max_size=3, unique=True).map(tuple)
ARTICLES = st.none() | st.builds(Articles, NAMES, NAMES).filter(lambda chosen: chosen != Articles())
MINUTES = st.times().map(lambda hour: hour.replace(second=0, microsecond=0))
WEEKDAYS = st.sets(st.integers(1, 7), min_size=1).map(lambda days: tuple(sorted(days)))
WINDOWS = st.lists(st.builds(TimeWindow, WEEKDAYS, MINUTES, MINUTES), max_size=3).map(tuple)
PREFIXES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", max_size=8).filter(lambda prefix: not spells_rude(prefix))
DAYS = st.dates(date(2026, 1, 1), date(2030, 12, 31))


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    """An offer with any of its rules."""
    first, last = sorted([draw(DAYS), draw(DAYS)])
    only, never = draw(ARTICLES), draw(ARTICLES)
    rules: dict[str, Any] = {
        "kind": draw(st.sampled_from(OfferKind)),
        "value": draw(st.integers(1, 10_000)),
        "currency": draw(st.sampled_from(["EUR", "CHF"])),
        "minimum_order_cents": draw(st.integers(0, 10**6)),
        "valid_days": draw(st.integers(1, 730)),
        "valid_from": draw(st.sampled_from([None, first])),
        "valid_until": draw(st.sampled_from([None, last])),
        "windows": draw(WINDOWS),
        "vat_rates": draw(st.sets(st.integers(0, 10_000), max_size=3).map(lambda rates: tuple(sorted(rates)))),
        "only": only,
        "never": None if never == only else never,
        **{name: draw(st.booleans()) for name in ("new_customers_only", "combinable")},
        "uses_per_customer": draw(st.none() | st.integers(1, 100)),
    }
    if draw(st.booleans()):
        return Offer("any", "Any", **rules, uses=draw(st.none() | st.integers(2, 10**6)), for_partners=True, partner=draw(st.sampled_from(["", "meier"])))
    codes = draw(st.sampled_from([CodeSource.GENERATED, CodeSource.IMPORTED]))
    prefix = draw(PREFIXES) if codes is CodeSource.GENERATED else ""
    return Offer("any", "Any", **rules, uses=draw(st.none() | st.integers(1, 10**6)), personal=draw(st.booleans()), codes=codes, prefix=prefix)
