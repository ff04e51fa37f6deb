"""Which tables are there?  Everything else in the store is queries over these."""

from store.schema.accounts import api_keys, idempotency_keys, sessions, users
from store.schema.arrivals import imports, privacy_requests, rejections, sync_states, webhook_deliveries
from store.schema.campaigning import campaign_versions, campaigns, holdouts, offers, verdicts
from store.schema.naming import metadata
from store.schema.people import customer_sources, customers, merges, objections, robinson
from store.schema.printing import LETTER_ONCE, LETTER_ONCE_WHERE, coupons, leases, letters, print_files, print_runs
from store.schema.purchases import carts, order_lines, orders
from store.schema.responses import objection_evidence, scans

__all__ = [
    "LETTER_ONCE",
    "LETTER_ONCE_WHERE",
    "api_keys",
    "campaign_versions",
    "campaigns",
    "carts",
    "coupons",
    "customer_sources",
    "customers",
    "holdouts",
    "idempotency_keys",
    "imports",
    "leases",
    "letters",
    "merges",
    "metadata",
    "objection_evidence",
    "objections",
    "offers",
    "order_lines",
    "orders",
    "print_files",
    "print_runs",
    "privacy_requests",
    "rejections",
    "robinson",
    "scans",
    "sessions",
    "sync_states",
    "users",
    "verdicts",
    "webhook_deliveries",
]
