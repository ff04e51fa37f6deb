"""Which requests count as a person?"""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.scan import Agent, ScanKind, classify, seen_as

SENT = datetime(2026, 11, 1, 12, tzinfo=UTC)
LATER, BEFORE = SENT + timedelta(days=3), SENT - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("method", "purpose", "agent", "kind"),
    [
        ("GET", "", Agent.BROWSER, ScanKind.HUMAN),
        ("GET", "", Agent.CRAWLER, ScanKind.BOT),
        ("GET", "", Agent.PREVIEW, ScanKind.PREVIEW),
        ("GET", "prefetch", Agent.BROWSER, ScanKind.PREFETCH),
        ("GET", "Prefetch;prerender", Agent.BROWSER, ScanKind.PREFETCH),
        ("GET", "preview", Agent.BROWSER, ScanKind.PREFETCH),
        ("GET", "prefetch", Agent.CRAWLER, ScanKind.PREFETCH),
        ("HEAD", "", Agent.BROWSER, ScanKind.HEAD),
        ("HEAD", "prefetch", Agent.PREVIEW, ScanKind.HEAD),
    ],
)
def test_a_request_is_seen_as(method: str, purpose: str, agent: Agent, kind: ScanKind) -> None:
    assert seen_as(method, purpose, agent) is kind


@pytest.mark.parametrize(
    ("is_seed", "handed_over_at", "at", "kind"),
    [
        (False, SENT, LATER, ScanKind.HUMAN),
        (False, SENT, SENT, ScanKind.HUMAN),
        (False, SENT, BEFORE, ScanKind.EARLY),
        (False, None, LATER, ScanKind.EARLY),
        (True, SENT, LATER, ScanKind.SEED),
        (True, None, LATER, ScanKind.SEED),
    ],
)
def test_what_looks_like_a_person_is(is_seed: bool, handed_over_at: datetime | None, at: datetime, kind: ScanKind) -> None:
    assert classify(ScanKind.HUMAN, is_seed, handed_over_at, at) is kind


@pytest.mark.parametrize("seen", [kind for kind in ScanKind if kind is not ScanKind.HUMAN])
def test_what_is_no_person_never_becomes_one(seen: ScanKind) -> None:
    for is_seed in (True, False):
        for handed_over_at in (None, SENT):
            assert classify(seen, is_seed, handed_over_at, LATER) is seen
