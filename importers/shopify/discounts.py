"""How do coupon codes of ours get into a Shopify shop, and out of it again?  One discount, many codes (importer facts 1.9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from importers.errors import MissingScope, ShopRefused
from importers.shopify.shop import Shop

MOST_CODES = 250
"""In one request; one more is refused as MAX_INPUT_SIZE_EXCEEDED."""
SCOPE = "write_discounts"

FIND = "query FindDiscount($code:String!){codeDiscountNodeByCode(code:$code){id codeDiscount{...on DiscountCodeBasic{title}}}}"
CREATE = (
    "mutation CreateDiscount($discount:DiscountCodeBasicInput!)"
    "{discountCodeBasicCreate(basicCodeDiscount:$discount){codeDiscountNode{id} userErrors{field message code}}}"
)
ADD = (
    "mutation AddCodes($id:ID!,$codes:[DiscountRedeemCodeInput!]!)"
    "{discountRedeemCodeBulkAdd(discountId:$id,codes:$codes){bulkCreation{id} userErrors{field message code}}}"
)
POLL = (
    "query PollCodes($id:ID!,$after:String){discountRedeemCodeBulkCreation(id:$id)"
    f"{{done codes(first:{MOST_CODES},after:$after){{nodes{{code errors{{message}}}} pageInfo{{hasNextPage endCursor}}}}}}}}"
)

LIST = (
    "query ListCodes($id:ID!,$after:String){node(id:$id){...on DiscountCodeNode{codeDiscount{...on DiscountCodeBasic"
    f"{{codes(first:{MOST_CODES},after:$after){{nodes{{id code}} pageInfo{{hasNextPage endCursor}}}}}}}}}}}}}}"
)
REMOVE = "mutation RemoveCodes($id:ID!,$codes:[ID!]!){discountCodeRedeemCodeBulkDelete(discountId:$id,ids:$codes){job{id} userErrors{field message code}}}"
JOB = "query JobDone($id:ID!){job(id:$id){done}}"
DEACTIVATE = "mutation Deactivate($id:ID!){discountCodeDeactivate(id:$id){codeDiscountNode{id} userErrors{field message code}}}"


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount as a Shopify checkout knows it: what an offer says of amount, minimum, uses and time, and nothing else."""

    title: str
    """What merchants see, and by which it is found again; nobody else has one of that title."""
    percent: float | None
    """10.0 is 10 %; None for an amount."""
    amount: str | None
    """In the shop's own currency, like ``5.00``; None for a percentage."""
    minimum: str | None
    """Of the cart's subtotal, like ``40.00``."""
    uses: int | None
    """Of each code."""
    once_per_customer: bool
    combinable: bool
    starts_at: datetime
    ends_at: datetime
    currency: str | None = None
    """Of amount and minimum; None where there is neither."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What has become of codes that were sent together."""

    is_done: bool
    refused: dict[str, str]
    """Code -> Shopify's words, for those that it has not taken."""
    taken: frozenset[str] = frozenset()
    """Codes that are there by now. What is in neither was lost: nobody has said that it is there."""


def create(shop: Shop, discount: Discount, first_code: str) -> str:
    """The key of the discount, with its first code; one that is there already under this title is given as it is.

    So it may be asked again after anything that went wrong on the way. Raises what ``Graph.execute`` raises, MissingScope, and
    ShopRefused with Shopify's own words, or for amounts in another currency than the shop's.
    """
    _refuse_unfit(shop, discount)
    if found := _found(shop, discount.title, first_code):
        return found
    answer = shop.graph.execute(CREATE, {"discount": _input(discount, first_code)})["discountCodeBasicCreate"]
    if answer["userErrors"]:
        if found := _found(shop, discount.title, first_code):  # another process was faster
            return found
        raise ShopRefused(f'{shop.asking.shop} does not take the discount "{discount.title}": {_said(answer["userErrors"])}')
    return str(answer["codeDiscountNode"]["id"])


def add(shop: Shop, discount_id: str, codes: Sequence[str]) -> str:
    """Send up to 250 codes; the key of the batch, which the shop works off in its own time (``poll``)."""
    answer = shop.graph.execute(ADD, {"id": discount_id, "codes": [{"code": code} for code in codes]})["discountRedeemCodeBulkAdd"]
    if answer["userErrors"] or not answer["bulkCreation"]:
        raise ShopRefused(f"{shop.asking.shop} does not take {len(codes)} codes for its discount {discount_id}: {_said(answer['userErrors'])}")
    return str(answer["bulkCreation"]["id"])


def poll(shop: Shop, batch_id: str) -> Batch | None:
    """How a batch stands; once it is done, which of its codes were taken and which refused. None where the shop does not remember the batch: send it again."""
    refused: dict[str, str] = {}
    taken: set[str] = set()
    after: str | None = None
    while True:
        found = shop.graph.execute(POLL, {"id": batch_id, "after": after})["discountRedeemCodeBulkCreation"]
        if found is None:
            return None
        if not found["done"]:
            return Batch(False, {})
        for node in found["codes"]["nodes"]:
            if node["errors"]:
                refused[node["code"]] = _said(node["errors"])
            else:
                taken.add(node["code"])
        page = found["codes"]["pageInfo"]
        if not page["hasNextPage"]:
            return Batch(True, refused, frozenset(taken))
        after = page["endCursor"]


def has(shop: Shop, discount_id: str, code: str) -> bool:
    """Whether a code that was refused as taken belongs to this very discount: then an earlier attempt has brought it."""
    node = shop.graph.execute(FIND, {"code": code})["codeDiscountNodeByCode"]
    return node is not None and node["id"] == discount_id


def find(shop: Shop, title: str, codes: Sequence[str]) -> str | None:
    """The key of the discount of this title that has one of the codes; None where no code of it is in the shop."""
    for code in codes:
        node = shop.graph.execute(FIND, {"code": code})["codeDiscountNodeByCode"]
        if node is not None and node["codeDiscount"].get("title") == title:
            return str(node["id"])
    return None


def listed(shop: Shop, discount_id: str) -> dict[str, str] | None:
    """Code -> its key in the shop, of all codes that a discount has; None where there is no such discount any more."""
    found: dict[str, str] = {}
    after: str | None = None
    while True:
        node = shop.graph.execute(LIST, {"id": discount_id, "after": after})["node"]
        if node is None:
            return None
        codes = node["codeDiscount"]["codes"]
        found |= {one["code"]: one["id"] for one in codes["nodes"]}
        if not codes["pageInfo"]["hasNextPage"]:
            return found
        after = codes["pageInfo"]["endCursor"]


def remove(shop: Shop, discount_id: str, keys: Sequence[str]) -> str:
    """Have up to 250 codes deleted, by their keys (``listed``); the key of the job, which the shop works off in its own time (``is_done``)."""
    answer = shop.graph.execute(REMOVE, {"id": discount_id, "codes": list(keys)})["discountCodeRedeemCodeBulkDelete"]
    if answer["userErrors"] or not answer["job"]:
        raise ShopRefused(f"{shop.asking.shop} does not delete {len(keys)} codes of its discount {discount_id}: {_said(answer['userErrors'])}")
    return str(answer["job"]["id"])


def is_done(shop: Shop, job_id: str) -> bool:
    """Whether a job has ended; one that the shop does not remember has."""
    job = shop.graph.execute(JOB, {"id": job_id})["job"]
    return job is None or bool(job["done"])


def deactivate(shop: Shop, discount_id: str) -> None:
    """Let nobody redeem any code of the discount from now on; the same again changes nothing. Raises ShopRefused with Shopify's own words."""
    answer = shop.graph.execute(DEACTIVATE, {"id": discount_id})["discountCodeDeactivate"]
    if answer["userErrors"]:
        raise ShopRefused(f"{shop.asking.shop} does not switch its discount {discount_id} off: {_said(answer['userErrors'])}")


def _found(shop: Shop, title: str, code: str) -> str | None:
    node = shop.graph.execute(FIND, {"code": code})["codeDiscountNodeByCode"]
    if node is None:
        return None
    if node["codeDiscount"].get("title") != title:
        raise ShopRefused(f'{shop.asking.shop} has the code "{code}" already, of another discount ({node["codeDiscount"].get("title", "of another kind")}).')
    return str(node["id"])


def _refuse_unfit(shop: Shop, discount: Discount) -> None:
    info = shop.check(whole=False)
    if SCOPE not in info.scopes:
        raise MissingScope(f"{shop.asking.shop}: the app lacks {SCOPE}. Give it this access in the Dev Dashboard and install it again.")
    if discount.currency and discount.currency != info.currency:
        raise ShopRefused(
            f'{shop.asking.shop} sells in {info.currency}, and the discount "{discount.title}" is in {discount.currency}: Shopify knows discounts in its own '
            "currency only. Reject the print run, save an offer in that currency and start the campaign again."
        )


def _input(discount: Discount, code: str) -> dict[str, Any]:
    """A DiscountCodeBasicInput."""
    if discount.percent is not None:
        value: dict[str, Any] = {"percentage": round(discount.percent / 100, 6)}
    else:
        value = {"discountAmount": {"amount": discount.amount, "appliesOnEachItem": False}}
    combines = {"orderDiscounts": discount.combinable, "productDiscounts": discount.combinable, "shippingDiscounts": True}
    made: dict[str, Any] = {
        "title": discount.title,
        "code": code,
        "startsAt": discount.starts_at.isoformat(),
        "endsAt": discount.ends_at.isoformat(),
        "context": {"all": "ALL"},
        "customerGets": {"value": value, "items": {"all": True}},
        "usageLimit": discount.uses,
        "appliesOncePerCustomer": discount.once_per_customer,
        "combinesWith": combines,
    }
    if discount.minimum:
        made["minimumRequirement"] = {"subtotal": {"greaterThanOrEqualToSubtotal": discount.minimum}}
    return made


def _said(errors: Sequence[dict[str, Any]]) -> str:
    return "; ".join(str(error["message"]) for error in errors) or "no reason given"
