"""Which tables are there?  Everything else in the store is queries over these."""

from store.schema.accounts import api_keys, audit_events, idempotency_keys, sessions, users
from store.schema.arrivals import imports, privacy_requests, rejections, sync_states, webhook_deliveries
from store.schema.campaigning import campaign_versions, campaigns, holdouts, offers, verdicts
from store.schema.naming import metadata
from store.schema.partnering import first_lines, partners, prospect_views
from store.schema.people import customer_sources, customers, former_mailboxes, merges, objections, robinson
from store.schema.printing import (
    LETTER_ONCE,
    LETTER_ONCE_WHERE,
    coupons,
    leases,
    letters,
    print_files,
    print_runs,
    recall_lists,
    shop_report_rejections,
    shop_reports,
)
from store.schema.purchases import carts, order_lines, orders
from store.schema.redeeming import code_uploads, coupon_events, new_customers, redemptions, sign_up_codes, uploaded_codes
from store.schema.responses import objection_evidence, scans

__all__ = [
    "LETTER_ONCE",
    "LETTER_ONCE_WHERE",
    "api_keys",
    "audit_events",
    "campaign_versions",
    "campaigns",
    "carts",
    "code_uploads",
    "coupon_events",
    "coupons",
    "customer_sources",
    "customers",
    "first_lines",
    "former_mailboxes",
    "holdouts",
    "idempotency_keys",
    "imports",
    "leases",
    "letters",
    "merges",
    "metadata",
    "new_customers",
    "objection_evidence",
    "objections",
    "offers",
    "order_lines",
    "orders",
    "partners",
    "print_files",
    "print_runs",
    "privacy_requests",
    "prospect_views",
    "recall_lists",
    "redemptions",
    "rejections",
    "robinson",
    "scans",
    "sessions",
    "shop_report_rejections",
    "shop_reports",
    "sign_up_codes",
    "sync_states",
    "uploaded_codes",
    "users",
    "verdicts",
    "webhook_deliveries",
]
