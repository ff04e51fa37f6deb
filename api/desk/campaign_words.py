"""How is a campaign's definition said in plain words?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from api.wording import Wording
from campaigns.campaign import Campaign, Limits, Step
from campaigns.kinds import AbandonedCart, Counted, CouponExpiry, NoPurchase, Product, Reorder, Scanned, Segment, Winback
from campaigns.offer import Offer
from campaigns.offer_words import worth


@dataclass(frozen=True, slots=True)
class StepInWords:
    """One line of the table of steps."""

    when: str
    layouts: tuple[str, ...]
    offer: str
    """Empty for a letter without a coupon."""


def audience_in_words(campaign: Campaign, wording: Wording) -> list[str]:
    """Sentences: whom the campaign looks at, and who is left out of it."""
    sentences = list(_sentences(campaign, wording))
    if not isinstance(campaign.audience, AbandonedCart | CouponExpiry) and campaign.audience.only_with_empty_cart:
        sentences.append(wording.say("audience_empty_cart"))
    if campaign.loop_days:
        sentences.append(wording.say("audience_loop", days=wording.days(campaign.loop_days)))
    return sentences


def _sentences(campaign: Campaign, wording: Wording) -> Iterator[str]:
    say, days = wording.say, wording.days
    match campaign.audience:
        case NoPurchase(max_account_days=most):
            yield say("audience_no_purchase")
            yield say("audience_account_at_most", days=days(most))
        case AbandonedCart(only_with_earlier_order=buyers):
            yield say("audience_abandoned_cart")
            yield say("audience_buyers_only" if buyers else "audience_prospects_too")
        case Winback(inactive_days=least, max_inactive_days=most):
            yield say("audience_winback", days=wording.days_dative(least))
            yield say("audience_last_sale_at_most", days=days(most))
        case Reorder(order_number=number, and_later=later, counted=counted, max_order_days=most):
            yield say("audience_reorder_later" if later else "audience_reorder", number=number)
            yield say("audience_counts_sales" if counted is Counted.SALES else "audience_counts_completed")
            yield say("audience_order_at_most", days=days(most))
        case CouponExpiry(days_before=before, least_days_left=left):
            yield say("audience_coupon_expiry", days=wording.days_dative(before))
            yield say("audience_days_left", days=days(left))
        case Segment() as segment:
            yield say(f"audience_{segment.who}")
            yield from _filters(segment, wording)
            yield say("audience_sale_at_most", days=days(segment.max_inactive_days))


def _filters(segment: Segment, wording: Wording) -> Iterator[str]:
    """One sentence for each filter that is set."""
    say = wording.say
    shop = say("own_shop")
    lists = (
        ("countries", wording.names(map(wording.country_name, segment.countries))),
        ("postcodes", wording.names(segment.postcodes)),
        ("languages", wording.names(map(wording.language_name, segment.languages))),
        ("tags", wording.names(segment.tags)),
        ("platforms", wording.names(one or shop for one in segment.platforms)),
        ("bought", wording.names(_product(one, wording) for one in segment.bought)),
        ("not_bought", wording.names(_product(one, wording) for one in segment.not_bought)),
    )
    yield from (say(f"filter_{name}", these=these) for name, these in lists if these)
    money = [
        None if cents is None else wording.money(cents, segment.currency)
        for cents in (segment.total_min_cents, segment.total_max_cents, segment.average_min_cents, segment.average_max_cents)
    ]
    bounds = (
        ("orders_min", segment.orders_min), ("orders_max", segment.orders_max), ("total_min", money[0]), ("total_max", money[1]),
        ("average_min", money[2]), ("average_max", money[3]),
        ("first_order_from", wording.day(segment.first_order_from) if segment.first_order_from else None),
        ("first_order_until", wording.day(segment.first_order_until) if segment.first_order_until else None),
        ("last_order_min", wording.days(segment.last_order_min_days) if segment.last_order_min_days is not None else None),
        ("last_order_max", wording.days(segment.last_order_max_days) if segment.last_order_max_days is not None else None),
    )  # fmt: skip
    yield from (say(f"filter_{name}", value=value) for name, value in bounds if value is not None)
    if segment.scanned is not Scanned.ANY:
        yield say(f"filter_scanned_{segment.scanned}")


def _product(product: Product, wording: Wording) -> str:
    return wording.say(f"product_{product.field}", text=product.text)


def steps_in_words(campaign: Campaign, offers: Mapping[str, Offer], wording: Wording) -> list[StepInWords]:
    """The steps in their order; ``offers`` by slug: one that is gone is shown by its name alone."""
    return [
        StepInWords(_when(campaign, number, step, wording), _layouts(step, wording), _offer(step.offer, offers, wording))
        for number, step in enumerate(campaign.steps, 1)
    ]


def _when(campaign: Campaign, number: int, step: Step, wording: Wording) -> str:
    if number > 1:
        return wording.say("when_after_step", days=wording.days(step.delay_days))
    if isinstance(campaign.audience, CouponExpiry):
        return wording.say("when_coupon_expiry", days=wording.days(max(0, campaign.audience.days_before - step.delay_days)))
    return wording.say(f"when_{campaign.kind}" if step.delay_days else "when_at_once", days=wording.days(step.delay_days))


def _layouts(step: Step, wording: Wording) -> tuple[str, ...]:
    if not step.test_layout:
        return (step.layout,)
    shares = ((step.layout, 100 - step.test_percent), (step.test_layout, step.test_percent))
    return tuple(f"{layout} ({wording.share(percent, 100)})" for layout, percent in shares)


def _offer(slug: str, offers: Mapping[str, Offer], wording: Wording) -> str:
    return f"{slug} ({worth(offers[slug], wording.language)})" if slug in offers else slug


def limits_in_words(limits: Limits, currency: str, wording: Wording) -> list[tuple[str, str]]:
    """Label and value of every limit that is set; ``currency`` is that of the tariff, which budgets are reckoned with."""
    days, count = wording.days, wording.count
    values = (
        ("holdout", wording.share(limits.holdout_percent, 100)),
        ("cooldown", days(limits.cooldown_days)),
        ("cap", wording.say("limit_cap_value", letters=count(limits.cap_letters), days=wording.days_dative(limits.cap_days))),
        ("countries", wording.names(map(wording.country_name, limits.countries)) or wording.say("everywhere")),
        ("letters_per_run", None if limits.max_letters_per_run is None else count(limits.max_letters_per_run)),
        ("letters", None if limits.max_letters is None else count(limits.max_letters)),
        ("budget_per_run", None if limits.budget_per_run_cents is None else wording.money(limits.budget_per_run_cents, currency)),
        ("budget", None if limits.budget_cents is None else wording.money(limits.budget_cents, currency)),
        ("minimum", count(limits.minimum_letters) if limits.minimum_letters > 1 else None),
        ("earliest", wording.day(limits.earliest) if limits.earliest else None),
        ("latest", wording.day(limits.latest) if limits.latest else None),
        ("priority", count(limits.priority)),
    )
    return [(wording.say(f"limit_{name}"), value) for name, value in values if value is not None]
