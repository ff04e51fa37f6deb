"""Which placeholders may a text hold, and what do they look like filled in?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One name in braces: what an editor calls it, and a sample to show in previews, by language."""

    name: str
    label: dict[str, str]
    sample: dict[str, str]


def _placeholder(name: str, label: tuple[str, str], sample: tuple[str, str]) -> Placeholder:
    return Placeholder(name, dict(zip(("de", "en"), label, strict=True)), dict(zip(("de", "en"), sample, strict=True)))


def _same(name: str, label: tuple[str, str], sample: str) -> Placeholder:
    return _placeholder(name, label, (sample, sample))


CATALOGUE = {
    placeholder.name: placeholder
    for placeholder in (
        _placeholder("salutation", ("Anrede", "Salutation"), ("Liebe Frau Weber,", "Dear Ms Weber,")),
        _same("first_name", ("Vorname", "First name"), "Johanna"),
        _same("last_name", ("Nachname", "Last name"), "Weber"),
        _same("full_name", ("Voller Name", "Full name"), "Johanna Weber"),
        _same("company", ("Firma", "Company"), "Weber & Töchter GmbH"),
        _same("customer_number", ("Kundennummer", "Customer number"), "K-20481"),
        _same("last_order_number", ("Letzte Bestellnummer", "Last order number"), "B-118204"),
        _placeholder("last_order_date", ("Letzte Bestellung am", "Last order on"), ("14. März 2026", "14 March 2026")),
        _same("orders_count", ("Anzahl Bestellungen", "Number of orders"), "4"),
        _placeholder("letter_date", ("Briefdatum", "Date of the letter"), ("22. November 2026", "22 November 2026")),
        _same("sender_name", ("Absender: Name", "Sender: name"), "Teehaus Lindenhof"),
        _same("sender_street", ("Absender: Straße", "Sender: street"), "Lindenstraße 12"),
        _same("sender_postcode", ("Absender: Postleitzahl", "Sender: postcode"), "24103"),
        _same("sender_town", ("Absender: Ort", "Sender: town"), "Kiel"),
        _same("sender_email", ("Absender: E-Mail", "Sender: e-mail"), "gruss@teehaus-lindenhof.example"),
        _same("sender_phone", ("Absender: Telefon", "Sender: phone"), "0431 555 01 20"),
        _same("sender_website", ("Absender: Website", "Sender: website"), "teehaus-lindenhof.example"),
        _same("sender_register", ("Absender: Register und USt-IdNr.", "Sender: register and VAT number"), "Amtsgericht Kiel HRB 12345 · USt-IdNr. DE123456789"),
        _same("signatory", ("Unterschrift", "Signatory"), "Marlene Lindenhof"),
        _same("short_link", ("Kurzlink zum Shop", "Short link to the shop"), "lindenhof.example/S/K7MWPQ4XH2RD"),
        _same("objection_link", ("Kurzlink zum Werbewiderspruch", "Short link to object"), "lindenhof.example/O/K7MWPQ4XH2RD"),
        _same("coupon_code", ("Gutscheincode", "Coupon code"), "TEE-7KQ4MX"),
        _placeholder("coupon_value", ("Gutscheinwert", "Coupon value"), ("10\u00a0€", "€10")),
        _placeholder("coupon_valid_until", ("Gutschein gültig bis", "Coupon valid until"), ("31. Januar 2027", "31 January 2027")),
        _placeholder(
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


def samples(language: str) -> dict[str, str]:
    """A value for every placeholder, to show a layout that has no letter yet (English for languages without samples)."""
    return {name: placeholder.sample.get(language, placeholder.sample["en"]) for name, placeholder in CATALOGUE.items()}
