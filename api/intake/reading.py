"""How does a request's body become raw records, none of them looked at yet?"""

import json
import math
from collections import Counter
from typing import Any, NoReturn

from starlette.requests import Request

from api.errors import MalformedJson, WrongBatch, WrongMediaType

MOST_RECORDS = 1000
_LONGEST_NUMBER = 30
"""Digits; Python takes ages over very long ones, and no field has room for them."""
_NO_WHOLE_NUMBER = math.nan
"""Stands for every number that no field takes."""


class Repeated:
    """Stands for an object in which a field comes twice: JSON does not say which of the two counts."""

    def __init__(self, field: str) -> None:
        self.field = field


async def body_of(request: Request) -> bytes:
    """The body of a request that brings uncompressed JSON; raises WrongMediaType."""
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.replace('"', "").replace(" ", "").lower()
    packed = request.headers.get("content-encoding", "identity").strip().lower() != "identity"
    if media_type.strip().lower() != "application/json" or charset not in ("", "charset=utf-8") or packed:
        raise WrongMediaType
    return await request.body()


def records_of(body: bytes) -> list[Any]:
    """What stands in the list ``records``, 1 to MOST_RECORDS of whatever kind; raises MalformedJson, WrongBatch."""
    batch = parsed(body)
    records = batch.get("records") if isinstance(batch, dict) and set(batch) == {"records"} else None
    if not isinstance(records, list) or not 1 <= len(records) <= MOST_RECORDS:
        raise WrongBatch(most=MOST_RECORDS)
    return records


def parsed(body: bytes) -> Any:
    """What the JSON holds; raises MalformedJson.  An object with a field twice becomes Repeated, a number that no field takes becomes NaN."""
    try:
        return json.loads(body.decode("utf-8-sig"), object_pairs_hook=_object, parse_int=_whole, parse_float=_decimal, parse_constant=_no_json)
    except json.JSONDecodeError as error:
        raise MalformedJson(place=f" ({error.lineno}:{error.colno})") from None
    except (ValueError, RecursionError):
        raise MalformedJson(place="") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | Repeated:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    return Repeated(Counter(name for name, _ in pairs).most_common(1)[0][0])


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else _NO_WHOLE_NUMBER


def _decimal(digits: str) -> int | float:
    """``2.0`` is 2 to JSON; ``3.4E+17`` is not, its last digits are lost."""
    whole, _, rest = digits.partition(".")
    return _whole(whole) if rest and not rest.strip("0") else _NO_WHOLE_NUMBER


def _no_json(_word: str) -> NoReturn:
    raise ValueError  # NaN and Infinity, which Python would take
