"""What is the value of a field?  The one place that both GraphQL queries and bulk operations ask."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError

from tests.shops.shopify.access import Access
from tests.shops.shopify.connections import Place, page, page_of_list, place_of, size_of
from tests.shops.shopify.money import money, to_cents
from tests.shops.shopify.search import Search
from tests.shops.shopify.search_fields import KIND_OF
from tests.shops.shopify.settings import SHOP, Settings
from tests.shops.shopify.world import FIRST_KEY, Entity, World

SORTS = {"CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt", "PROCESSED_AT": "processedAt", "ID": "id", "CHECKOUT_ID": "id", "ORDER_NUMBER": "id"}
COUNT_LIMIT = 10_000
_MISSING = object()


@dataclass(slots=True)
class Reading:
    """The shop as one request sees it; ``searches`` collects what goes into ``extensions.search``."""

    world: World
    settings: Settings
    access: Access
    repeat_page: bool = False
    """A fault: the cursor is ignored, so that the same page comes again."""
    searches: list[dict[str, Any]] = field(default_factory=list)

    def value(self, type_name: str, name: str, source: Entity | None, args: dict[str, Any], path: str) -> Any:
        """The value of a field of ``source`` (None: of the query itself). Raises GraphQLError."""
        self.access.check(type_name, name)
        if self.access.hidden(type_name, name):
            return "" if name == "displayName" else None
        if source is None:
            return self._root(name, args, path)
        computed = COMPUTED.get((type_name, name))
        stored = source.get(name, _MISSING)
        if computed is not None and (stored is _MISSING or name == "customer"):
            return computed(self, source, args)
        if stored is _MISSING:
            raise GraphQLError(f"The mock's shop has no {type_name}.{name}: add it to tests/shops/shopify/.")
        if isinstance(stored, list) and (type_name, name) in LISTS_WITH_PAGES:
            return page_of_list(stored, args)
        return stored[: args["first"]] if isinstance(stored, list) and args.get("first") is not None else stored

    def numbers(self, connection: str, query: str | None, path: str) -> Callable[[int], bool]:
        """Which numbers a list shows: those that match the search and stand before the wall."""
        kind = KIND_OF[connection]
        if not query or not query.strip():
            return lambda number: self.access.sees(kind, number)
        search = Search(connection, query, self.world)
        matches = search.matcher()
        if search.warnings:
            self.searches.append(search.extension(path))
        return lambda number: matches(number) and self.access.sees(kind, number)

    def rows(self, type_name: str, name: str, source: Entity) -> list[Entity]:
        """All rows of a connection below an object, as a bulk operation reads them."""
        if (type_name, name) == ("Customer", "orders"):
            return _own_orders(self, source)
        if (type_name, name) not in LISTS_WITH_PAGES:
            raise GraphQLError(f"The mock's shop has no {type_name}.{name}: add it to tests/shops/shopify/.")
        found: list[Entity] = source[name]
        return found

    def everything(self, connection: str, query: str | None) -> Iterator[Entity]:
        """All objects of a list at the top, by id."""
        self.access.check("QueryRoot", connection)
        if connection not in KIND_OF:
            raise GraphQLError(f"The mock's shop has no {connection}: add it to tests/shops/shopify/.")
        shows, kind = self.numbers(connection, query, connection), KIND_OF[connection]
        for number in self.world.numbers(kind):
            if shows(number) and (entity := self.world.get(kind, number)):
                yield entity

    def _root(self, name: str, args: dict[str, Any], path: str) -> Any:
        match name:
            case "customers" | "orders" | "abandonedCheckouts":
                return self._list(name, args, path)
            case "customersCount" | "ordersCount" | "abandonedCheckoutsCount":
                return self._count(name, args, path)
            case "customer" | "order":
                return self._by_id(args["id"], name.capitalize())
            case "node":
                return self._by_id(args["id"])
            case "nodes":
                return [self._by_id(gid) for gid in args["ids"]]
            case "abandonmentByAbandonedCheckoutId":
                return self._abandonment(args["abandonedCheckoutId"])
            case "shop":
                return self._shop()
            case "currentAppInstallation":
                return self._installation()
        raise GraphQLError(f"The mock does not play the query {name}: add it to tests/shops/shopify/reading.py.")

    def _list(self, connection: str, args: dict[str, Any], path: str) -> dict[str, Any]:
        kind, sort = KIND_OF[connection], args["sortKey"]
        if sort not in SORTS:
            raise GraphQLError(f"The mock does not sort {connection} by {sort}: add it to tests/shops/shopify/reading.py.")
        shows, by_id = self.numbers(connection, args.get("query"), path), SORTS[sort] == "id"
        after = place_of(args["after"]) if args.get("after") and not self.repeat_page else None
        places = self._behind(kind, SORTS[sort], after, bool(args.get("reverse")))
        shown = ((key if by_id else value, key) for value, number in places if shows(number) for key in (FIRST_KEY[kind] + number,))
        return page(shown, size_of(args), after is not None, by_id, lambda place: self.world.get(kind, place[1] - FIRST_KEY[kind]))

    def _behind(self, kind: str, name: str, after: Place | None, reverse: bool) -> Iterator[tuple[int, int]]:
        places = self.world.ordered(kind, name)
        start, end = 0, len(places)
        if after is not None:
            number = after[1] - FIRST_KEY[kind]
            place = (number if name == "id" else after[0], number)
            start, end = (0, bisect_left(places, place)) if reverse else (bisect_right(places, place), end)
        step = range(end - 1, start - 1, -1) if reverse else range(start, end)
        return (places[index] for index in step)

    def _count(self, name: str, args: dict[str, Any], path: str) -> dict[str, Any]:
        shows = self.numbers(name, args.get("query"), path)
        found = sum(1 for number in self.world.numbers(KIND_OF[name]) if shows(number))
        limit = args.get("limit")
        over = limit is not None and found > limit
        return {"count": limit if over else found, "precision": "AT_LEAST" if over else "EXACT"}

    def _by_id(self, gid: str, kind: str | None = None) -> Entity | None:
        named = gid.split("/")[3]
        found = kind or named
        if named != found:
            raise GraphQLError(f"Invalid id: {gid}", extensions={"code": "RESOURCE_NOT_FOUND"})
        if found not in FIRST_KEY:
            raise GraphQLError(f"The mock's shop has no {found} that could be asked by id: add it to tests/shops/shopify/reading.py.")
        if kind is None:
            self.access.check_kind(found)
        number = self.world.number(found, gid)
        return self.world.get(found, number) if number is not None and self.access.sees(found, number) else None

    def _abandonment(self, gid: str) -> Entity | None:
        checkout = self._by_id(gid, "AbandonedCheckout")
        if checkout is None or checkout["customer"] is None:
            return None
        buyer = checkout["customer"]
        later = [order for number in self.world.orders_of(buyer) if (order := self.world.get("Order", number)) and order["createdAt"] >= checkout["createdAt"]]
        return {
            "__typename": "Abandonment",
            "id": gid.replace("AbandonedCheckout", "Abandonment"),
            "createdAt": checkout["createdAt"],
            "abandonedCheckoutPayload": checkout,
            "customer": self.world.get("Customer", buyer),
            "customerHasNoOrderSinceAbandonment": not later,
        }

    def _shop(self) -> Entity:
        domain = {"id": "gid://shopify/Domain/1", "host": SHOP, "url": f"https://{SHOP}", "sslEnabled": True}
        plan = {"publicDisplayName": self.settings.plan, "partnerDevelopment": False, "shopifyPlus": self.settings.plan == "Shopify Plus"}
        return {
            "__typename": "Shop",
            "id": "gid://shopify/Shop/63000000001",
            "name": "Käthes Laden",
            "myshopifyDomain": SHOP,
            "email": "kaethe@example.com",
            "contactEmail": "kaethe@example.com",
            "ianaTimezone": "Europe/Berlin",
            "currencyCode": "EUR",
            "enabledPresentmentCurrencies": ["EUR"],
            "taxesIncluded": True,
            "taxShipping": False,
            "plan": plan,
            "primaryDomain": domain,
            "url": f"https://{SHOP}",
        }

    def _installation(self) -> Entity:
        scopes = [{"__typename": "AccessScope", "handle": scope, "description": scope.replace("_", " ")} for scope in self.settings.scopes]
        return {"__typename": "AppInstallation", "id": "gid://shopify/AppInstallation/500000000001", "accessScopes": scopes}


def _customer(reading: Reading, source: Entity, _args: dict[str, Any]) -> Entity | None:
    number = source["customer"]
    return None if number is None else reading.world.get("Customer", number)


def _own_orders(reading: Reading, customer: Entity) -> list[Entity]:
    number = reading.world.number("Customer", customer["id"])
    found = reading.world.orders_of(number) if number is not None else []
    return [order for other in found if reading.access.sees("Order", other) and (order := reading.world.get("Order", other))]


def _orders(reading: Reading, customer: Entity, args: dict[str, Any]) -> dict[str, Any]:
    if args.get("query") or args.get("sortKey", "ID") not in ("ID", "CREATED_AT"):
        raise GraphQLError("The mock lists a customer's orders by id and whole: add search and sort to tests/shops/shopify/reading.py.")
    return page_of_list(_own_orders(reading, customer), args)


def _last_order(reading: Reading, customer: Entity, _args: dict[str, Any]) -> Entity | None:
    found = _own_orders(reading, customer)
    return max(found, key=lambda order: str(order["createdAt"])) if found else None


def _number_of_orders(reading: Reading, customer: Entity, _args: dict[str, Any]) -> str:
    number = reading.world.number("Customer", customer["id"])
    return str(len(reading.world.orders_of(number))) if number is not None else "0"


def _amount_spent(reading: Reading, customer: Entity, _args: dict[str, Any]) -> dict[str, Any]:
    return money(sum(to_cents(order["currentTotalPriceSet"]["shopMoney"]["amount"]) for order in _own_orders(reading, customer)))


def _formatted(_reading: Reading, address: Entity, args: dict[str, Any]) -> list[str]:
    lines = [address["address1"], address["address2"], " ".join(part for part in (address["zip"], address["city"]) if part), address["country"]]
    company = [address["company"]] if args.get("withCompany", True) else []
    name = [address["name"]] if args.get("withName", False) else []
    return [line for line in [*name, *company, *lines] if line]


COMPUTED: dict[tuple[str, str], Callable[[Reading, Entity, dict[str, Any]], Any]] = {
    ("Order", "customer"): _customer,
    ("AbandonedCheckout", "customer"): _customer,
    ("Customer", "orders"): _orders,
    ("Customer", "lastOrder"): _last_order,
    ("Customer", "numberOfOrders"): _number_of_orders,
    ("Customer", "amountSpent"): _amount_spent,
    ("MailingAddress", "formatted"): _formatted,
}
LISTS_WITH_PAGES = {("Customer", "addressesV2"), ("Order", "lineItems"), ("AbandonedCheckout", "lineItems"), ("Refund", "refundLineItems")}
