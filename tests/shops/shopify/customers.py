"""What does Shopify know of customer number n?"""

from typing import Any

from tests.shops.shopify import people
from tests.shops.shopify.clock import iso

STATES = ("DISABLED", "ENABLED", "INVITED", "DECLINED")
CONSENT = (("SUBSCRIBED", "CONFIRMED_OPT_IN"), ("NOT_SUBSCRIBED", "UNKNOWN"), ("UNSUBSCRIBED", "SINGLE_OPT_IN"), ("SUBSCRIBED", "SINGLE_OPT_IN"))
TAGS = ((), ("Stammkunde",), ("B2B", "Newsletter"), ("kein Brief",))


def make_customer(number: int, key: int, created_at: int, updated_at: int) -> dict[str, Any]:
    """All fields of a ``Customer`` but those that follow from orders; every 23rd has no address, every sixth two or three."""
    first, last = people.names(number)
    email = people.email(number)
    home = None if number % 23 == 22 else people.address(number, key)
    return {
        "__typename": "Customer",
        "id": f"gid://shopify/Customer/{key}",
        "legacyResourceId": str(key),
        "firstName": first,
        "lastName": last,
        "displayName": " ".join(part for part in (first, last) if part) or email or "",
        "email": email,
        "phone": people.phone(number),
        "locale": "de" if number % 19 else "fr",
        "state": STATES[number % len(STATES)],
        "tags": list(TAGS[number % len(TAGS)]),
        "note": "klingelt zweimal" if number % 21 == 20 else None,
        "verifiedEmail": email is not None,
        "validEmailAddress": email is not None,
        "taxExempt": number % 50 == 49,
        "taxExemptions": [],
        "canDelete": False,
        "dataSaleOptOut": number % 60 == 59,
        "createdAt": iso(created_at),
        "updatedAt": iso(updated_at),
        "defaultAddress": home,
        "addressesV2": _addresses(number, key, home),
        "defaultEmailAddress": _email(number, email, created_at),
        "defaultPhoneNumber": _phone(number),
        "emailMarketingConsent": _consent(number, email, created_at),
        "smsMarketingConsent": None,
    }


def _addresses(number: int, key: int, home: dict[str, Any] | None) -> list[dict[str, Any]]:
    if home is None:
        return []
    more = number % 3 if number % 6 == 5 else 0
    return [home] + [people.address(number + step, key + step * 1_000_000_000) for step in range(1, more + 1)]


def _email(number: int, email: str | None, created_at: int) -> dict[str, Any] | None:
    if email is None:
        return None
    state, level = CONSENT[number % len(CONSENT)]
    return {
        "__typename": "CustomerEmailAddress",
        "emailAddress": email,
        "marketingState": state,
        "marketingOptInLevel": level,
        "marketingUpdatedAt": None if state == "NOT_SUBSCRIBED" else iso(created_at),
        "validFormat": True,
    }


def _phone(number: int) -> dict[str, Any] | None:
    phone = people.phone(number)
    if phone is None:
        return None
    consent = {"marketingState": "NOT_SUBSCRIBED", "marketingOptInLevel": "SINGLE_OPT_IN", "marketingUpdatedAt": None}
    return {"__typename": "CustomerPhoneNumber", "phoneNumber": phone, "marketingCollectedFrom": None, **consent}


def _consent(number: int, email: str | None, created_at: int) -> dict[str, Any] | None:
    found = _email(number, email, created_at)
    if found is None:
        return None
    return {"marketingState": found["marketingState"], "marketingOptInLevel": found["marketingOptInLevel"], "consentUpdatedAt": found["marketingUpdatedAt"]}
