"""Which shop does the mock play, and how does it answer?"""

from dataclasses import dataclass, field
from datetime import datetime

SHOP = "mock-shop.myshopify.com"
CLIENT_ID = "mock-client"
CLIENT_SECRET = "shpss_mock_secret"
ACCESS_TOKEN = "shpat_mock_fixed_token"
SCOPES = ("read_all_orders", "read_customers", "read_discounts", "read_orders", "read_products", "write_discounts")


@dataclass(slots=True)
class Settings:
    """Everything that a test may set, before and while the mock runs."""

    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    plan: str = "Basic"
    level_2_access: bool = True
    """Without it names, addresses, e-mail and phone come as null."""
    level_1_access: bool = True
    """Without it customers, orders and checkouts are ACCESS_DENIED."""
    sees_checkouts: bool = True
    """Whether the app's user has the permission manage_abandoned_checkouts."""
    versions: tuple[str, ...] = ("2026-01", "2026-04", "2026-07", "2026-10")
    """Supported ones, oldest first; any other version falls forward to the oldest."""
    bucket: float = 2000.0
    restore_rate: float = 100.0
    token_seconds: float = 86_400.0
    fixed_token: bool = True
    """Whether ``ACCESS_TOKEN`` is let in too."""
    own_organisation: bool = True
    """Whether the shop belongs to the app's organisation: only then is the client credentials grant allowed."""
    bulk_polls: int = 2
    """Polls after which a bulk operation is done: CREATED, RUNNING, ..., COMPLETED."""
    bulk_limit: int = 5
    """Bulk operations at a time."""
    shuffle: bool = True
    """Whether children stand anywhere in a bulk file, even before their parents (``groupObjects: false``)."""
    real_time: bool = False
    until: datetime | None = None
    """End of the made history; None: the last midnight (UTC) of the mock's clock."""
    schema: str = "auto"
    """auto: Shopify's own where ../shared has it, else ours; full; small."""
