"""Who has bought what in the mock's Billbee account?

Records are dicts as in Billbee's JSON and never changed in place: a change puts a new dict there.
"""

import random
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from tests.shops.shopify.clock import Clock

Row: TypeAlias = dict[str, Any]

BERLIN = ZoneInfo("Europe/Berlin")
FIRST_CUSTOMER, FIRST_ADDRESS, FIRST_ORDER = 100_000_150_000_000, 100_000_176_000_000, 10_000_018_600_000_000
YEARS = timedelta(days=3 * 365)
_FIRST_NAMES = ("Ida", "Jörg", "Anna-Lena", "Weiß", "Özlem", "Björn", "Chloé", "Max")
_LAST_NAMES = ("Müller", "von der Heide", "Groß", "O'Neill", "Łukasz", "Schmidt-Öhlers", "Krüger")
_STREETS = ("Hauptstraße", "Am Anger", "Lange Reihe", "Bahnhofstr.", "Straße des 17. Juni")
_PLACES = (("10115", "Berlin", "DE"), ("01067", "Dresden", "DE"), ("1010", "Wien", "AT"), ("8001", "Zürich", "CH"), ("50667", "Köln", "DE"))
_PLATFORMS = ("shopware", "shopify", "amazon", "ebay", "woocommercerest", "avocadostore")
_STATES = (1, 2, 3, 4, 4, 4, 4, 5, 6, 7, 8, 9, 11, 13, 14, 16)
_ARTICLES = (("TEE-01", "Darjeeling First Flush 100 g", 12.90), ("TEE-02", "Kräuter „Abendruhe“", 7.45), ("", "Geschenkkarton", 2.00))


class World:
    """The records of an account; the same numbers and seed make the same world."""

    def __init__(self, clock: Clock, customers: int, orders: int, seed: int = 1) -> None:
        self.clock = clock
        self.zone = BERLIN
        """Billbee's dates name no zone: this is the one they mean."""
        self._last_order = FIRST_ORDER
        self._last_customer = FIRST_CUSTOMER
        self._homes: dict[int, Row] = {}
        """Customer -> an address."""
        self.customers: dict[int, Row] = {}
        self.addresses: dict[int, Row] = {}
        self.orders: dict[int, Row] = {}
        self._dice = random.Random(seed)
        self._start = clock.now()
        for _ in range(customers):
            self.add_customer()
        for _ in range(orders):
            created_at = self._start - YEARS * self._dice.random()
            self.add_order(created_at, min(created_at + timedelta(days=20) * self._dice.random(), self._start - timedelta(seconds=1)))

    def add_customer(self, **fields: Any) -> int:
        """One more customer with one to three addresses; gives the Id."""
        self._last_customer = key = self._last_customer + 1
        first, last = self._dice.choice(_FIRST_NAMES), self._dice.choice(_LAST_NAMES)
        email = f"kunde{key - FIRST_CUSTOMER}@example.com" if self._dice.random() < 0.9 else ""
        row = {
            "Id": key, "Name": f"{first} {last}", "Email": email or None, "Tel1": None, "Number": 10_000 + key - FIRST_CUSTOMER, "LanguageId": 1, "Type": 0,
            "DefaultMailAddress": {"Id": key, "TypeId": 1, "TypeName": "EMail", "SubType": "", "Value": email} if email else None,
            "ArchivedAt": None, "RestoredAt": None,
        }  # fmt: skip
        self.customers[key] = {**row, **fields}
        for number in range(self._dice.choice((1, 1, 2, 3))):
            self.add_address(key, first, last, kind=2 if number == 1 else 1)
        return key

    def add_address(self, customer: int, first: str = "Ida", last: str = "Müller", kind: int = 1, **fields: Any) -> int:
        """One more address; in some the street holds the house number, or the company is junk."""
        key = FIRST_ADDRESS + len(self.addresses) + 1
        street, number = self._dice.choice(_STREETS), str(self._dice.randint(1, 199))
        apart = self._dice.random() < 0.6
        postcode, town, country = self._dice.choice(_PLACES)
        row = {
            "Id": key, "AddressType": kind, "CustomerId": customer, "Company": self._dice.choice(("", None, "Keine Firma", "Teehaus GmbH")),
            "FirstName": first, "LastName": last, "Name2": self._dice.choice(("", None, "2. OG")), "Street": street if apart else f"{street} {number}",
            "Housenumber": self._dice.choice((number, "")) if not apart else number, "Zip": postcode, "City": town, "State": None, "CountryCode": country,
            "Email": None, "Tel1": "", "AddressAddition": "", "ArchivedAt": None, "RestoredAt": None,
        }  # fmt: skip
        self.addresses[key] = self._homes[customer] = {**row, **fields}
        return key

    def add_order(self, created_at: datetime | None = None, changed_at: datetime | None = None, **fields: Any) -> int:
        """One more order of one of the customers; gives the BillBeeOrderId, of 17 digits (above 2^53)."""
        self._last_order = key = self._last_order + 1
        created_at = created_at or self.clock.now()
        customer = self.customers.get(self._dice.randint(FIRST_CUSTOMER + 1, self._last_customer)) if self.customers else None
        items = [self._item() for _ in range(self._dice.randint(1, 3))]
        state = self._dice.choice(_STATES)
        address = self._order_address(customer)
        row = {
            "BillBeeOrderId": key, "BillBeeParentOrderId": None, "Id": f"ext-{key}", "OrderNumber": f"B-{key - FIRST_ORDER}", "State": state, "VatMode": 0,
            "CreatedAt": self.written(created_at), "ShippedAt": self.written(created_at + timedelta(days=2)) if state in (4, 7) else None, "ConfirmedAt": None,
            "PayedAt": None if state in (1, 2) else self.written(created_at), "InvoiceAddress": address, "ShippingAddress": address, "ShippingCost": 4.9,
            "TotalCost": round(sum(item["TotalPrice"] for item in items) + 4.9, 2), "AdjustmentCost": 0.0, "OrderItems": items, "Currency": "EUR",
            "Seller": {"Platform": self._dice.choice(_PLATFORMS), "BillbeeShopName": "Teehaus", "BillbeeShopId": 7, "Id": None, "Email": None},
            "Buyer": None, "Customer": customer, "CustomerNumber": str(customer["Number"]) if customer else None, "LanguageCode": "DE",
            "IsCancelationFor": None, "UpdatedAt": None, "LastModifiedAt": self.written(changed_at or created_at), "ArchivedAt": None,
        }  # fmt: skip
        self.orders[key] = {**row, **fields}
        return key

    def change_order(self, key: int, **fields: Any) -> None:
        """Change an order now."""
        self.orders[key] = {**self.orders[key], **fields, "LastModifiedAt": self.written(self.clock.now())}

    def remove_order(self, key: int) -> None:
        """Gone without a trace."""
        del self.orders[key]

    def remove_customer(self, key: int) -> None:
        """Gone with the addresses; orders keep what they hold."""
        del self.customers[key]
        self.addresses = {each: row for each, row in self.addresses.items() if row["CustomerId"] != key}

    def written(self, moment: datetime) -> str:
        """As Billbee writes it: no zone, milliseconds where there are some."""
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        return local.isoformat(timespec="milliseconds" if local.microsecond else "seconds")

    def read(self, text: str, ignore_offset: bool = False) -> datetime:
        """The moment that Billbee takes the text for."""
        found = datetime.fromisoformat(text)
        return (found.replace(tzinfo=self.zone) if ignore_offset or not found.tzinfo else found).astimezone(UTC)

    def _item(self) -> Row:
        sku, title, price = self._dice.choice(_ARTICLES)
        quantity = self._dice.randint(1, 4)
        product = {"Id": "4711", "Title": title, "SKU": sku, "SkuOrId": sku or "4711", "IsDigital": False}
        return {"BillbeeId": 1, "Product": product, "Quantity": float(quantity), "TotalPrice": round(price * quantity, 2), "IsCoupon": False, "InvoiceSKU": sku}

    def _order_address(self, customer: Row | None) -> Row | None:
        own = self._homes.get(customer["Id"]) if customer else None
        if own is None or self._dice.random() < 0.1:
            return None
        same = {name: own[name] for name in ("FirstName", "LastName", "Company", "Street", "Zip", "City", "State", "Email")}
        others = {"NameAddition": own["Name2"], "HouseNumber": own["Housenumber"], "CountryISO2": own["CountryCode"], "Country": own["CountryCode"]}
        return {"BillbeeId": own["Id"], **same, **others, "Line2": own["AddressAddition"], "Phone": ""}
