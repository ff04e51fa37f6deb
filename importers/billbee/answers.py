"""What did Billbee answer, and does a good-looking answer hold an error?

``{"Paging": {…}, "ErrorCode": 0, "ErrorMessage": null, "Data": […]}``: errors come with HTTP 200 too (importer facts 2.1).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import httpx

from campaigns.errors import PostillionError
from importers.billbee.fields import said
from importers.errors import BrokenAnswer, NotSwitchedOn, ShopFrozen, ShopRefused, UnknownShop, WrongCredentials

Row: TypeAlias = Mapping[str, Any]

INTERNAL_ERROR = 8
_SWITCHED_OFF = {1: "ApiNotActivated", 17: "APIServiceNotBooked"}
_NO_PAID_ACCOUNT = 16
_OTHERS = {2: "OrderNotFound", 5: "OrderCanceled", 6: "OrderDeleted", 7: "OrderNotPaid", 9: "OrderExists", 10: "WrongShopId", 11: "InvalidData"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list."""

    number: int
    rows: tuple[object, ...]
    total_pages: int | None
    """None, as ``total_rows``, where Billbee leaves the paging out."""
    total_rows: int | None
    size: int
    """Rows of a full page."""


def refuse_status(answer: httpx.Response, where: str) -> None:
    """Raise the typed error of an answer that is not HTTP 200; ``where`` is what was asked for."""
    if answer.status_code == 200:
        return
    match answer.status_code:
        case 401:
            raise WrongCredentials(_wrong_credentials(answer))
        case 402:
            raise ShopFrozen(f"Billbee wants to be paid before it answers (HTTP 402){_words(answer)}. Look at the account's plan.")
        case 404 | 301 | 302 | 303 | 307 | 308:
            raise UnknownShop(f"There is no Billbee at this address: {where} was answered by HTTP {answer.status_code}. Correct the address.")
        case status if 400 <= status < 500:
            raise ShopRefused(f"Billbee refuses {where} (HTTP {status}){_words(answer)}. Ask Billbee's support, or ours, with this message.")
        case status:
            raise BrokenAnswer(f"Billbee answered {where} by HTTP {status}, which nobody agreed on{_words(answer)}.")


def envelope(answer: httpx.Response, where: str) -> Row:
    """The parsed answer; errors in it are not yet looked at. Raises ``BrokenAnswer`` for anything but a JSON object."""
    try:
        found = json.loads(answer.content, parse_float=Decimal, parse_constant=lambda _name: None)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BrokenAnswer(
            f"Billbee answered {where} by something that is no JSON object; it began with {answer.text[:80]!r}. Try again; if it stays, ask Billbee."
        )
    return found


def error_code(found: Row) -> int:
    """0 for no error."""
    code = said(found.get("ErrorCode"))
    return int(code) if code.isdecimal() and len(code) < 10 else 0


def refuse_error(found: Row, where: str) -> None:
    """Raise the typed error that an answer with HTTP 200 names."""
    code = error_code(found)
    if code:
        raise _error(code, said(found.get("ErrorMessage")), where)


def page_of(found: Row, number: int, size: int, where: str) -> Page:
    """The page ``number`` of up to ``size`` rows that was asked for. Raises ``BrokenAnswer`` for another page, or an answer without a list."""
    rows, paging = found.get("Data"), found.get("Paging")
    if not isinstance(rows, list):
        raise BrokenAnswer(f"Billbee answered {where} without a list of records. Nothing of it was stored; if it stays, ask Billbee.")
    if not isinstance(paging, dict):
        return Page(number, tuple(rows), None, None, size)
    given, pages, total, full = (_count(paging.get(name)) for name in ("Page", "TotalPages", "TotalRows", "PageSize"))
    if pages is not None and number > max(pages, 1):  # the list has shrunk since: nobody knows which page Billbee gives then
        return Page(number, (), pages, total, full or size)
    if given is not None and given != number:
        raise BrokenAnswer(f"Billbee was asked for page {number} of {where} and gave page {given}: going on would lose records. If it stays, ask Billbee.")
    return Page(number, tuple(rows), pages, total, full or size)


def _error(code: int, message: str, where: str) -> PostillionError:
    told = f': "{message[:200]}"' if message else ""
    if code in _SWITCHED_OFF:
        name = _SWITCHED_OFF[code]
        return NotSwitchedOn(
            f"The API of this Billbee account is not switched on ({name}{told}). Switch on the API module in Billbee's settings, then import again."
        )
    if code == _NO_PAID_ACCOUNT:
        return ShopFrozen(f"This Billbee account has no paid plan (NoPaidAccount{told}). Book one in Billbee, then import again.")
    return BrokenAnswer(
        f"Billbee answered {where} by error {code} ({_OTHERS.get(code, 'no name known')}{told}). If it stays, ask Billbee's support with this message."
    )


def _wrong_credentials(answer: httpx.Response) -> str:
    """Which of the three secrets is wrong, as far as Billbee says so."""
    words = _words(answer)
    if "key" in words.casefold():
        return f"Billbee does not know the API key{words}. Look at it in the mail from Billbee's support (POSTILLION_BILLBEE_API_KEY)."
    return (
        f"Billbee lets nobody in with these credentials (HTTP 401){words}. It does not say which of the three is wrong: the user is the e-mail address "
        "of the account, the password is the one under API in Billbee's settings and not that of the web page, the key came by mail from Billbee's support."
    )


def _words(answer: httpx.Response) -> str:
    """What Billbee says itself, in its own language: ``Message`` and the fields that ``ModelState`` names."""
    try:
        found = json.loads(answer.content)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(found, dict):
        return ""
    fields = found.get("ModelState")
    named = [f"{name}: {', '.join(map(said, why)) if isinstance(why, list) else said(why)}" for name, why in fields.items()] if isinstance(fields, dict) else []
    text = "; ".join(each for each in (said(found.get("Message")) or said(found.get("ErrorMessage")), *named) if each)
    return f': "{text[:400]}"' if text else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
