"""Does Shopify keep people's names from this app?

An app without access to protected customer data gets customers, but their names and addresses as blanks, without an error (importer
facts 1.2).  To store those would look like an import that worked.
"""

from collections.abc import Collection, Mapping
from typing import Any

from importers.errors import HiddenPeople

WITNESSES = 5
"""Fewer prove nothing: a till that asks for the e-mail address alone makes such customers too."""


def refuse_hidden(customers: Collection[Mapping[str, Any]], shop: str) -> None:
    """Raise ``HiddenPeople`` if of those customers who have ordered nobody shows name or address.

    Subscribers may have an e-mail address or a phone number and nothing else.
    """
    witnesses = [customer for customer in customers if _has_ordered(customer)]
    if len(witnesses) >= WITNESSES and not any(_shows_anything(customer) for customer in witnesses):
        raise HiddenPeople(
            f"{shop}: of {len(witnesses)} customers not one has a name or an address, so Shopify hides them from the app. "
            "Ask for access to protected customer data (name, address, e-mail) in the Dev Dashboard. Nothing of that was stored."
        )


def _has_ordered(customer: Mapping[str, Any]) -> bool:
    return customer.get("numberOfOrders") not in (None, "", "0", 0)


def _shows_anything(customer: Mapping[str, Any]) -> bool:
    address = customer.get("defaultAddress")
    address = address if isinstance(address, Mapping) else {}
    return bool(customer.get("firstName") or customer.get("lastName") or address.get("lastName") or address.get("address1"))
