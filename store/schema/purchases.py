"""What did people buy, or leave in the cart?"""

from sqlalchemy import Index, Table, UniqueConstraint
from sqlalchemy import text as sql

from store.columns import Pii, document, key, moment, number, reference, text
from store.schema.naming import metadata

orders = Table(
    "orders",
    metadata,
    key(),
    text("source"),
    text("source_id", Pii.PSEUDONYM),
    text("record_hash", Pii.PSEUDONYM),
    text("number", Pii.PSEUDONYM),
    reference("customer_id", "customers", nullable=True),
    text("customer_number", Pii.PSEUDONYM, server_default=""),
    text("email_key", Pii.PERSONAL, nullable=True),
    moment("ordered_at"),
    text("state"),
    number("total_cents"),
    text("currency"),
    text("platform", server_default=""),
    document("discount_codes", Pii.PSEUDONYM),
    moment("changed_at", nullable=True),
    moment("sold_at", nullable=True),  # its date when it was seen completed, whatever became of it: dates its customer's first sale
    UniqueConstraint("source", "source_id"),
)
Index("ix_orders_of_customer", orders.c.customer_id, orders.c.ordered_at, orders.c.id, orders.c.state)  # a selection asks it alone for everybody's last sale
Index("ix_orders_number", orders.c.source, orders.c.number)  # a checkout may call an order by it
_UNLINKED = sql("customer_id IS NULL")  # the column stands in these indexes all the same: else SQLite prefers one that has it
Index("ix_orders_unlinked_email", orders.c.customer_id, orders.c.email_key, postgresql_where=_UNLINKED, sqlite_where=_UNLINKED)
Index("ix_orders_unlinked_number", orders.c.customer_id, orders.c.source, orders.c.customer_number, postgresql_where=_UNLINKED, sqlite_where=_UNLINKED)

order_lines = Table(
    "order_lines",
    metadata,
    reference("order_id", "orders", primary_key=True),
    number("position", primary_key=True, autoincrement=False),
    text("sku"),
    text("title"),
    number("quantity"),
    number("unit_price_cents"),
    text("category", server_default=""),
)

carts = Table(
    "carts",
    metadata,
    key(),
    text("source"),
    text("source_id", Pii.PSEUDONYM),
    text("record_hash", Pii.PSEUDONYM),
    text("kind"),
    reference("customer_id", "customers", nullable=True),
    text("email_key", Pii.PERSONAL, nullable=True),
    text("currency"),
    moment("created_at"),
    moment("updated_at"),
    document("items"),
    text("customer_number", Pii.PSEUDONYM, server_default=""),
    moment("completed_at", nullable=True),
    text("recovery_url", Pii.PERSONAL, server_default=""),  # opens the cart without a sign-in
    number("value_cents", server_default="0"),  # of the items: sorted by and added up without reading them
    UniqueConstraint("source", "source_id"),
)
Index("ix_carts_updated_at", carts.c.updated_at)
Index("ix_carts_list", carts.c.kind, carts.c.updated_at, carts.c.id)  # this and the next: a page of the desk's list, in each of its orders
Index("ix_carts_value", carts.c.kind, carts.c.value_cents, carts.c.id)
Index("ix_carts_customer_id_updated_at", carts.c.customer_id, carts.c.updated_at)
Index("ix_carts_unlinked_email", carts.c.customer_id, carts.c.email_key, postgresql_where=_UNLINKED, sqlite_where=_UNLINKED)
Index("ix_carts_unlinked_number", carts.c.customer_id, carts.c.source, carts.c.customer_number, postgresql_where=_UNLINKED, sqlite_where=_UNLINKED)
