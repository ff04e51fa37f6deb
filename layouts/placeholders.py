"""Which placeholders may a text hold, what do they look like filled in, and in which campaigns do they have a value?"""

from dataclasses import dataclass
from enum import StrEnum

from campaigns.kinds import CampaignKind
from campaigns.letter import Item
from layouts.text import Text

_ABANDONED_CART, _COUPON_EXPIRY, _NO_PURCHASE, _REORDER, _WINBACK = (
    CampaignKind.ABANDONED_CART,
    CampaignKind.COUPON_EXPIRY,
    CampaignKind.NO_PURCHASE,
    CampaignKind.REORDER,
    CampaignKind.WINBACK,
)
_EVERY = frozenset(CampaignKind)
_NONE: frozenset[CampaignKind] = frozenset()


class Presence(StrEnum):
    """Whether the letters of a kind of campaign have a value for a placeholder."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    """Some people have one, or the campaign's step decides (an offer); whoever has none gets no letter that needs it."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One name in braces: what an editor calls it, a sample to show in previews, by language, and where it has a value."""

    name: str
    label: dict[str, str]
    sample: dict[str, str]
    always: frozenset[CampaignKind] = _EVERY
    """Every letter of these kinds has a value for it."""
    never: frozenset[CampaignKind] = _NONE
    """No letter of these kinds has one."""

    def presence(self, kind: CampaignKind) -> Presence:
        """Whether letters of ``kind`` have a value for it."""
        if kind in self.always:
            return Presence.ALWAYS
        return Presence.NEVER if kind in self.never else Presence.SOMETIMES


Words = str | tuple[str, str]
"""The same in both languages, or German and English."""


def _placeholder(name: str, label: Words, sample: Words, always: frozenset[CampaignKind] = _EVERY, never: frozenset[CampaignKind] = _NONE) -> Placeholder:
    return Placeholder(name, _both(label), _both(sample), always, never)


def _both(words: Words) -> dict[str, str]:
    return dict(zip(("de", "en"), (words, words) if isinstance(words, str) else words, strict=True))


def _order(name: str, label: Words, sample: Words) -> Placeholder:
    """Of the last order: these kinds begin with one, a person without a purchase has none."""
    return _placeholder(name, label, sample, frozenset({_WINBACK, _REORDER}), frozenset({_NO_PURCHASE}))


def _cart(name: str, label: Words, sample: Words) -> Placeholder:
    """Of the cart that the letter is about: letters about anything else have none."""
    return _placeholder(name, label, sample, frozenset({_ABANDONED_CART}), _EVERY - {_ABANDONED_CART})


def _coupon(name: str, label: Words, sample: Words) -> Placeholder:
    """Of the coupon: elsewhere the campaign's step decides by its offer."""
    return _placeholder(name, label, sample, frozenset({_COUPON_EXPIRY}))


CATALOGUE = {
    placeholder.name: placeholder
    for placeholder in (
        _placeholder("salutation", ("Anrede", "Salutation"), ("Liebe Frau Weber,", "Dear Ms Weber,")),
        _placeholder("first_name", ("Vorname", "First name"), "Johanna", _NONE),
        _placeholder("last_name", ("Nachname", "Last name"), "Weber", _NONE),
        _placeholder("full_name", ("Voller Name", "Full name"), "Johanna Weber"),
        _placeholder("company", ("Firma", "Company"), "Weber & Töchter GmbH", _NONE),
        _placeholder("customer_number", ("Kundennummer", "Customer number"), "K-20481", _NONE),
        _placeholder("registered_date", ("Kundenkonto seit", "Account since"), ("3. Februar 2026", "3 February 2026"), _NONE),
        _order("last_order_number", ("Letzte Bestellnummer", "Last order number"), "B-118204"),
        _order("last_order_date", ("Letzte Bestellung am", "Last order on"), ("14. März 2026", "14 March 2026")),
        _order("orders_count", ("Anzahl Bestellungen", "Number of orders"), "4"),
        _placeholder("letter_date", ("Briefdatum", "Date of the letter"), ("22. November 2026", "22 November 2026")),
        _placeholder("sender_name", ("Absender: Name", "Sender: name"), "Teehaus Lindenhof"),
        _placeholder("sender_street", ("Absender: Straße", "Sender: street"), "Lindenstraße 12"),
        _placeholder("sender_postcode", ("Absender: Postleitzahl", "Sender: postcode"), "24103"),
        _placeholder("sender_town", ("Absender: Ort", "Sender: town"), "Kiel"),
        _placeholder("sender_email", ("Absender: E-Mail", "Sender: e-mail"), "gruss@teehaus-lindenhof.example", _NONE),
        _placeholder("sender_phone", ("Absender: Telefon", "Sender: phone"), "0431 555 01 20", _NONE),
        _placeholder("sender_website", ("Absender: Website", "Sender: website"), "teehaus-lindenhof.example", _NONE),
        _placeholder(
            "sender_register",
            ("Absender: Register und USt-IdNr.", "Sender: register and VAT number"),
            "Amtsgericht Kiel HRB 12345 · USt-IdNr. DE123456789",
            _NONE,
        ),
        _placeholder("signatory", ("Unterschrift", "Signatory"), "Marlene Lindenhof"),
        _placeholder("short_link", ("Kurzlink zum Shop", "Short link to the shop"), "lindenhof.example/S/K7MWPQ4XH2RD"),
        _placeholder("objection_link", ("Kurzlink zum Werbewiderspruch", "Short link to object"), "lindenhof.example/O/K7MWPQ4XH2RD"),
        _cart("cart_total", ("Warenkorb: Summe", "Cart: total"), ("70,20\u00a0€", "€70.20")),
        _cart("cart_items_count", ("Warenkorb: Anzahl Artikel", "Cart: number of articles"), "4"),
        _cart("cart_date", ("Warenkorb vom", "Cart of"), ("18. November 2026", "18 November 2026")),
        _cart("cart_more_count", ("Warenkorb: Artikel ohne Zeile", "Cart: articles without a row"), "3"),
        _coupon("coupon_code", ("Gutscheincode", "Coupon code"), "TEE-7KQ4MX"),
        _coupon("coupon_value", ("Gutscheinwert", "Coupon value"), ("10\u00a0€", "€10")),
        _coupon("coupon_valid_until", ("Gutschein gültig bis", "Coupon valid until"), ("31. Januar 2027", "31 January 2027")),
        _coupon(
            "coupon_conditions",
            ("Gutscheinbedingungen", "Coupon conditions"),
            (
                "Gültig bis 31. Januar 2027. Ab einem Bestellwert von 40\u00a0€. Einmal einlösbar, nicht mit anderen Gutscheinen kombinierbar.",
                "Valid until 31 January 2027. On orders of €40 or more. Can be used once, not combined with other coupons.",
            ),
        ),
    )
}

COUPON = frozenset(name for name in CATALOGUE if name.startswith("coupon_"))
"""Those that have a value only in a letter with a coupon."""

_ITEMS = {
    "de": (
        Item("2", "Darjeeling First Flush, Bio, 100 g", "25,80\u00a0€"),
        Item("1", "Teekanne „Sylt“ aus Steinzeug, 1,2 Liter, salbeigrün", "39,90\u00a0€"),
        Item("1", "Friesische Kluntje, 500 g", "4,50\u00a0€"),
    ),
    "en": (
        Item("2", "Darjeeling First Flush, organic, 100 g", "€25.80"),
        Item("1", "“Sylt” stoneware teapot, 1.2 litres, sage green", "€39.90"),
        Item("1", "Frisian rock sugar, 500 g", "€4.50"),
    ),
}


def samples(language: str) -> dict[str, str]:
    """A value for every placeholder, to show a layout that has no letter yet (English for languages without samples)."""
    return {name: placeholder.sample.get(language, placeholder.sample["en"]) for name, placeholder in CATALOGUE.items()}


def sample_items(language: str) -> tuple[Item, ...]:
    """The articles of the cart of which ``samples`` speaks."""
    return _ITEMS.get(language, _ITEMS["en"])


def missing(kind: CampaignKind) -> frozenset[str]:
    """The placeholders that no letter of a kind of campaign has a value for: a text that needs one of them reaches nobody."""
    return frozenset(name for name, placeholder in CATALOGUE.items() if placeholder.presence(kind) is Presence.NEVER)


def out_of_reach(text: Text, kind: CampaignKind) -> frozenset[str]:
    """The placeholders that a text needs and no letter of a kind of campaign can have: in all letters, or where a condition holds."""
    never = missing(kind)
    always = {name for name, placeholder in CATALOGUE.items() if placeholder.presence(kind) is Presence.ALWAYS}
    possible = [condition for condition in text.conditions if condition.name not in (always if condition.negated else never)]
    return never & text.required.union(*(condition.needs for condition in possible))
