"""What do we ask Shopify?  Every field here is read by ``nodes``; nothing is asked that nobody reads.

Written for API version 2026-10 (facts/importers.md 1.5 to 1.7, 5).  A nested list stops at ``first`` without a word, so each comes
with its ``pageInfo`` and is drained.  A bulk operation knows ``edges{node}`` only and ignores ``first``.
"""

VERSION = "2026-10"

_ADDRESS = "firstName lastName company address1 address2 zip city provinceCode countryCodeV2"
_MONEY = "shopMoney{amount currencyCode}"
_PAGE = "pageInfo{hasNextPage endCursor}"

CUSTOMER = (
    f"id legacyResourceId firstName lastName locale tags numberOfOrders createdAt updatedAt defaultEmailAddress{{emailAddress}} defaultAddress{{{_ADDRESS}}}"
)
ORDER = (
    "id legacyResourceId name email processedAt updatedAt cancelledAt test displayFinancialStatus displayFulfillmentStatus sourceName discountCodes "
    f"customer{{legacyResourceId}} totalPriceSet{{{_MONEY}}} currentTotalPriceSet{{{_MONEY}}} billingAddress{{{_ADDRESS}}} shippingAddress{{{_ADDRESS}}}"
)
ORDER_LINE = f"id sku title variantTitle quantity currentQuantity originalUnitPriceSet{{{_MONEY}}}"
CHECKOUT = f"id createdAt updatedAt completedAt abandonedCheckoutUrl customer{{legacyResourceId defaultEmailAddress{{emailAddress}}}} totalPriceSet{{{_MONEY}}}"
CHECKOUT_LINE = f"id sku title variantTitle quantity originalUnitPriceSet{{{_MONEY}}}"

FIRST_LINES = 20
"""Articles that come with their order; few orders have more, and those are asked for the rest."""

CHECK = "query Check{currentAppInstallation{accessScopes{handle}} shop{name myshopifyDomain ianaTimezone currencyCode plan{publicDisplayName}}}"


def page(name: str, field: str, sort_key: str, node: str, line: str = "") -> str:
    """A query for one page of ``field``, and for how many there are if ``$count`` is set."""
    nested = f" lineItems(first:{FIRST_LINES}){{nodes{{{line}}} {_PAGE}}}" if line else ""
    return (
        f"query {name}($first:Int!,$after:String,$q:String,$count:Boolean!){{"
        f"total:{field}Count(query:$q,limit:null)@include(if:$count){{count}} "
        f"{field}(first:$first,after:$after,sortKey:{sort_key},query:$q){{nodes{{{node}{nested}}} {_PAGE}}}}}"
    )


def lines(name: str, type_name: str, line: str) -> str:
    """A query for more of one object's articles."""
    return f"query {name}($id:ID!,$after:String){{node(id:$id){{...on {type_name}{{lineItems(first:250,after:$after){{nodes{{{line}}} {_PAGE}}}}}}}}}"


def everything(field: str, node: str, line: str = "") -> str:
    """What a bulk operation is to run."""
    nested = f" lineItems{{edges{{node{{{line}}}}}}}" if line else ""
    return f"{{{field}{{edges{{node{{{node}{nested}}}}}}}}}"


START_BULK = "mutation StartBulk($q:String!){bulkOperationRunQuery(query:$q,groupObjects:false){bulkOperation{id} userErrors{field message code}}}"
RUNNING_BULKS = "query RunningBulks{bulkOperations(first:20,sortKey:CREATED_AT,reverse:true){nodes{id status query}}}"


def poll_bulk(field: str) -> str:
    """A query for how a bulk operation stands, and for how many there are of ``field`` if ``$count`` is set."""
    return (
        f"query PollBulk($id:ID!,$count:Boolean!){{total:{field}Count(limit:null)@include(if:$count){{count}} "
        "bulkOperation(id:$id){id status errorCode createdAt objectCount rootObjectCount fileSize url partialDataUrl}}"
    )
