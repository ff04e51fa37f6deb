"""Which country or state is number 2 of a shop system that exports its own ids instead of words?

Only what the systems ship with is listed: whoever added countries by hand says so in a mapping file, and until then the address
check says that the country is unknown.
"""

SHOPWARE_COUNTRIES = {
    "2": "DE", "3": "AE", "4": "AU", "5": "BE", "7": "DK", "8": "FI", "9": "FR", "10": "GR", "11": "GB", "12": "IE", "13": "IS",
    "14": "IT", "15": "JP", "16": "CA", "18": "LU", "20": "NA", "21": "NL", "22": "NO", "23": "AT", "24": "PT", "25": "SE", "26": "CH",
    "27": "ES", "28": "US", "29": "LI", "30": "PL", "31": "HU", "32": "TR", "33": "CZ", "34": "SK", "35": "RO", "36": "BR", "37": "IL",
}  # fmt: skip
"""s_core_countries of a fresh Shopware 5 (a public dump of one; migrations add others without fixed ids)."""

SHOPWARE_STATES = {
    "-1": "cancelled", "0": "open", "1": "open", "2": "completed", "3": "open", "4": "cancelled", "5": "open", "6": "open", "7": "completed", "8": "open",
}  # fmt: skip
"""Shopware\\Models\\Order\\Status::ORDER_STATE_*; -1 is an abandoned basket."""

SHOPWARE_PAYMENTS = {"12": "completed", "20": "refunded", "30": "cancelled", "35": "cancelled"} | {
    str(state): "open" for state in (*range(9, 12), *range(13, 20), 21)
}
"""PAYMENT_STATE_*: completely paid, re-crediting, no credit approved, process cancelled; all others are still open."""

OXID_COUNTRIES = {
    "a7c40f631fc920687.20179984": "DE", "a7c40f6320aeb2ec2.72885259": "AT", "a7c40f6321c6f6109.43859248": "CH", "a7c40f6322d842ae3.83331920": "LI",
    "a7c40f6323c4bfb36.59919433": "IT", "a7c40f63264309e05.58576680": "LU", "a7c40f63272a57296.32117580": "FR", "a7c40f632848c5217.53322339": "SE",
    "a7c40f63293c19d65.37472814": "FI", "a7c40f632a0804ab5.18804076": "GB", "a7c40f632be4237c2.48517912": "IE", "a7c40f632cdd63c52.64272623": "NL",
    "a7c40f632e04633c9.47194042": "BE", "a7c40f632f65bd8e2.84963272": "PT", "a7c40f633038cd578.22975442": "ES", "a7c40f633114e8fc6.25257477": "GR",
    "8f241f1109624d3f8.50953605": "PL", "8f241f11096176795.61257067": "NO", "8f241f110957e6ef8.56458418": "DK", "8f241f110957cb457.97820918": "CZ",
}  # fmt: skip
"""oxcountry of a fresh OXID eShop."""
