"""Is the guide to privacy true to the topics, the pauses and the terms?"""

import re
from collections.abc import Callable

from importers.shopify import webhooks as shopify
from store import privacy_requests, webhooks
from tests.docs.conftest import Document


def topics(rows: list[list[str]]) -> set[str]:
    return {topic for cells in rows for topic in re.findall(r"`(\w+/\w+)`", cells[0])}


def test_every_topic_of_shopifys_is_named_with_what_it_does(document: Callable[[str], Document]) -> None:
    text = document("docs/privacy.md").section("Shopify's webhooks")
    read, ignored = (part for part in text.split("| topic |")[1:])
    named = [re.findall(r"^\| (`.*?`) \|", part, re.MULTILINE) for part in (read, ignored)]
    assert topics([[cell] for cell in named[0]]) == set(shopify._TOPICS)
    assert topics([[cell] for cell in named[1]]) == set(shopify.IGNORED)
    for topic, why in shopify.IGNORED.items():
        assert f"| `{topic}` | {why} |" in ignored.replace("`orders/updated` comes", "orders/updated comes")


def test_terms_and_pauses_are_those_of_the_code(document: Callable[[str], Document]) -> None:
    text = document("docs/privacy.md").text
    seconds = [int(pause.total_seconds()) for pause in webhooks.PAUSES]
    assert seconds == [10, 60, 600, 3600]
    assert "again after 10 seconds, 1 minute, 10 minutes and 1 hour" in text
    assert webhooks.KEPT.days == privacy_requests.DUE.days == privacy_requests.KEPT.days == 30
    assert text.count("30 days") >= 4
