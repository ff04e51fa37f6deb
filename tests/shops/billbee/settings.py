"""Which Billbee account does the mock play, and how does it answer?"""

from dataclasses import dataclass

API_KEY = "11111111-2222-3333-4444-555555555555"
USER = "shop@teehaus.example"
PASSWORD = "mock password with umläut"


@dataclass(slots=True)
class Settings:
    """Everything that a test may set, before and while the mock runs."""

    order_by: str = "-CreatedAt"
    """How orders are sorted: Billbee does not say how it does."""
    customers_by: str = "Id"
    ignores_offset: bool = False
    """Whether modifiedAtMin and modifiedAtMax are taken for times without a zone."""
    unlimited: bool = False
    """No rates."""
    retry_after: str = "1"
    """Seconds, as the header of a 429."""
    validate: bool = True
    """Whether answers are checked by the Swagger file; requests always are."""
    swagger: str = "auto"
    """auto: Billbee's own where ../shared has it, else ours; full; small."""
