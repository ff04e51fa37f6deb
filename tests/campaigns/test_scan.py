"""Which requests count as a person?"""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.scan import ScanKind, classify

SENT = datetime(2026, 11, 1, 12, tzinfo=UTC)
LATER, BEFORE = SENT + timedelta(days=3), SENT - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("method", "purpose", "is_crawler", "handed_over_at", "now", "kind"),
    [
        ("GET", "", False, SENT, LATER, ScanKind.HUMAN),
        ("GET", "", False, SENT, SENT, ScanKind.HUMAN),
        ("GET", "", False, SENT, BEFORE, ScanKind.EARLY),
        ("GET", "", False, None, LATER, ScanKind.EARLY),
        ("GET", "", True, SENT, LATER, ScanKind.BOT),
        ("GET", "", True, None, LATER, ScanKind.BOT),
        ("GET", "prefetch", False, SENT, LATER, ScanKind.PREFETCH),
        ("GET", "Prefetch;prerender", False, SENT, LATER, ScanKind.PREFETCH),
        ("GET", "preview", False, SENT, LATER, ScanKind.PREFETCH),
        ("GET", "prefetch", True, SENT, LATER, ScanKind.PREFETCH),
        ("HEAD", "", False, SENT, LATER, ScanKind.HEAD),
        ("HEAD", "prefetch", True, None, LATER, ScanKind.HEAD),
    ],
)
def test_a_request_is(method: str, purpose: str, is_crawler: bool, handed_over_at: datetime | None, now: datetime, kind: ScanKind) -> None:
    assert classify(method, purpose, is_crawler, handed_over_at, now) is kind
