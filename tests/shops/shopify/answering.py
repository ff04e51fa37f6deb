"""How does one GraphQL request become one answer?"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    execute_sync,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from tests.shops.shopify.access import denied
from tests.shops.shopify.bucket import Bucket
from tests.shops.shopify.bulk import Bulk
from tests.shops.shopify.connections import page_of_list
from tests.shops.shopify.cost import Costing
from tests.shops.shopify.discounts import Discounts
from tests.shops.shopify.errors import execution_error, validation_error, variable_error
from tests.shops.shopify.faults import Fault
from tests.shops.shopify.ids import wrong_ids
from tests.shops.shopify.reading import Reading
from tests.shops.shopify.subscriptions import Subscriptions

MOST_EXPENSIVE = 1000
LIMITS = "https://shopify.dev/api/usage/rate-limits"
Body = dict[str, Any]


@dataclass(slots=True)
class Question:
    """A request, read; ``refused`` is the answer when it could not be."""

    document: DocumentNode | None = None
    operation: OperationDefinitionNode | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    refused: Body | None = None

    @property
    def name(self) -> str:
        """The operation's name."""
        return self.operation.name.value if self.operation and self.operation.name else ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields at its top."""
        chosen = self.operation.selection_set.selections if self.operation else ()
        return tuple(node.name.value for node in chosen if isinstance(node, FieldNode))


@dataclass(slots=True)
class Answering:
    """The GraphQL side of the shop."""

    schema: GraphQLSchema
    bucket: Bucket
    bulk: Bulk
    reading: Callable[[], Reading]
    subscriptions: Subscriptions
    discounts: Discounts

    def read(self, payload: Any) -> Question:
        """Parse and validate; a mistake is answered in Shopify's words and costs nothing."""
        if not isinstance(payload, dict) or not isinstance(payload.get("query"), str):
            return Question(refused={"errors": "query param is required"})
        given = payload.get("variables") or {}
        try:
            document, mistakes = _parsed(self.schema, payload["query"])
        except GraphQLError as error:
            return Question(refused={"errors": [{"message": error.message, "locations": [dict(place.formatted) for place in error.locations or []]}]})
        if mistakes:
            return Question(document, refused={"errors": [validation_error(error, document) for error in mistakes]})
        operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
        values = get_variable_values(self.schema, operation.variable_definitions, given)
        if isinstance(values, list):
            return Question(document, operation, given, {"errors": [variable_error(error, document, given) for error in values]})
        not_ids = wrong_ids(operation, values)
        if not_ids:
            return Question(document, operation, given, {"errors": not_ids})
        return Question(document, operation, values)

    def answer(self, question: Question, fault: Fault | None) -> Body:
        """Run it if the bucket holds its price."""
        if question.refused is not None or question.document is None or question.operation is None:
            return question.refused or {}
        fragments = {node.name.value: node for node in question.document.definitions if isinstance(node, FragmentDefinitionNode)}
        costing = Costing(self.schema, question.operation, fragments, question.variables)
        requested = costing.requested()
        if fault is Fault.TOO_EXPENSIVE or requested > MOST_EXPENSIVE:
            return _too_expensive(max(requested, MOST_EXPENSIVE + 1))
        if fault is Fault.INTERNAL_ERROR:
            return _internal_error()
        if fault is Fault.THROTTLED:
            self.bucket.drain()
        if fault is Fault.THROTTLED or requested > self.bucket.available():
            error = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": LIMITS}}
            return {"errors": [error], "extensions": {"cost": self.bucket.cost(requested, None)}}
        return self._run(question, costing, requested, fault)

    def _run(self, question: Question, costing: Costing, requested: int, fault: Fault | None) -> Body:
        reading = self.reading()
        reading.repeat_page = fault is Fault.REPEATED_PAGE
        denial = _first_below(question.operation) if fault is Fault.ACCESS_DENIED else ()
        resolve = _Resolver(reading, self.bulk, self.subscriptions, self.discounts, denial)
        assert question.document is not None
        result = execute_sync(self.schema, question.document, variable_values=question.variables, field_resolver=resolve)
        actual = costing.actual(result.data)
        self.bucket.spend(actual)
        body: Body = {}
        if result.errors:
            body["errors"] = [execution_error(error.formatted) for error in result.errors]
        body["data"] = result.data
        body["extensions"] = {"cost": self.bucket.cost(requested, actual)}
        if reading.searches:
            body["extensions"]["search"] = reading.searches
        return body


@dataclass(frozen=True, slots=True)
class _Resolver:
    """What graphql-core asks for each field."""

    reading: Reading
    bulk: Bulk
    subscriptions: Subscriptions
    discounts: Discounts
    denial: tuple[str, ...]

    def __call__(self, source: Any, info: GraphQLResolveInfo, **args: Any) -> Any:
        name, owner, path = info.field_name, info.parent_type.name, tuple(info.path.as_list())
        if self.denial and path == self.denial:
            raise denied(name, "`read_customers` access scope.")
        if owner == "DiscountRedeemCodeBulkCreation" and name == "codes":
            return self.discounts.codes_of(source, args)
        if owner == "DiscountCodeBasic" and name == "codes":
            return self.discounts.redeem_codes_of(source, args)
        if owner.endswith(("Connection", "Edge", "Payload")) or owner in _PLAIN:
            return source[name]
        if owner in ("QueryRoot", "Mutation"):
            if name.startswith(("discount", "codeDiscount")) or name == "job" or "/DiscountCodeNode/" in args.get("id", ""):
                return self.discounts.value(name, args)
            if name.startswith("webhookSubscription"):
                return self.subscriptions.value(name, args)
            if "ulkOperation" in name or "/BulkOperation/" in args.get("id", ""):
                return self._of_bulk(name, args)
        return self.reading.value(owner, name, source, args, str(path[0]))

    def _of_bulk(self, name: str, args: dict[str, Any]) -> Any:
        match name:
            case "bulkOperationRunQuery":
                return self.bulk.start(args["query"], args["groupObjects"])
            case "bulkOperationCancel":
                return self.bulk.cancel(args["id"])
            case "currentBulkOperation":
                return next(iter(self.bulk.all(newest_first=True)), None) if args["type"] == "QUERY" else None
            case "bulkOperations":
                if args.get("query"):
                    raise GraphQLError("The mock does not search bulk operations: add it to tests/shops/shopify/bulk.py.")
                return page_of_list(self.bulk.all(newest_first=False), args)
        return self.bulk.poll(args["id"])


_DISCOUNTS = ("DiscountCodeNode", "DiscountCodeBasic", "DiscountUserError", "DiscountRedeemCodeBulkCreation", "DiscountRedeemCodeBulkCreationCode")
_PLAIN = frozenset(
    {*_DISCOUNTS, "DiscountRedeemCode", "Job", "PageInfo", "BulkOperation", "BulkOperationUserError", "UserError", "Count", "WebhookSubscription"}
)


@lru_cache(maxsize=500)
def _parsed(schema: GraphQLSchema, query: str) -> tuple[DocumentNode, list[GraphQLError]]:
    document = parse(query)
    return document, validate(schema, document)


def _first_below(operation: OperationDefinitionNode | None) -> tuple[str, ...]:
    """Where the fault ACCESS_DENIED strikes: the last field at the top, so that what stands before it is answered."""
    names = (
        [node.alias.value if node.alias else node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode)] if operation else []
    )
    return tuple(names[-1:])


def _too_expensive(cost: int) -> Body:
    message = (
        f"Query cost is {cost}, which exceeds the single query max cost limit ({MOST_EXPENSIVE}).\n\n"
        f"See {LIMITS} for more information on how the cost of a query is calculated.\n\n"
        "To query larger amounts of data with fewer limits, bulk operations should be used instead."
    )
    extensions = {"code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": MOST_EXPENSIVE, "documentation": LIMITS}
    return {"errors": [{"message": message, "extensions": extensions}]}


def _internal_error() -> Body:
    request_id = secrets.token_hex(16)
    message = f"Internal error. Looks like something went wrong on our end.\nRequest ID: {request_id} (include this in support requests)."
    return {"errors": [{"message": message, "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id}}]}
