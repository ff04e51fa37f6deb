"""Is the guide to privacy true to the topics, the pauses and the terms?"""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from flows.clearing import clean_up
from importers.shopify import webhooks as shopify
from store import privacy_requests, webhooks
from store.columns import Pii
from store.engine import open_engine
from store.retention import TERMS
from store.schema import metadata
from store.settings import Settings
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


def test_all_that_goes_by_itself_is_listed(document: Callable[[str], Document], sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "postillion.db")
    engine = open_engine(f"sqlite:///{tmp_path}/postillion.db")
    settings = Settings(data_dir=tmp_path)
    deleted = clean_up(engine, settings, datetime.now(UTC))
    engine.dispose()
    assert [row[0] for row in document("docs/privacy.md").table("What goes by itself")] == list(deleted)
    terms = {term.what: term.kept.days for term in TERMS}
    for what, days in terms.items():
        number, unit = re.findall(r"(\d+|a) (day|year)s?$", what)[0]
        in_days = (1 if number == "a" else int(number)) * (365 if unit == "year" else 1)
        assert in_days <= days <= in_days * 1.01, what
    text = document("docs/privacy.md").text
    assert f"`POSTILLION_PRINT_FILES_KEPT_DAYS` ({settings.print_files_kept_days})" in text
    assert f"`POSTILLION_PROSPECTS_KEPT_MONTHS` ({settings.prospects_kept_months})" in text


def test_every_table_with_personal_data_has_its_term(document: Callable[[str], Document]) -> None:
    named = set(re.findall(r"`(\w+)`", "".join(row[1] for row in document("docs/privacy.md").table("What is kept, for how long"))))
    personal = {table.name for table in metadata.tables.values() if any(column.info["pii"] in (Pii.PERSONAL, Pii.FREE_TEXT) for column in table.columns)}
    assert personal - named == {"print_runs"}, "the comment of whoever approved a run"


def test_terms_and_pauses_are_those_of_the_code(document: Callable[[str], Document]) -> None:
    text = document("docs/privacy.md").text
    seconds = [int(pause.total_seconds()) for pause in webhooks.PAUSES]
    assert seconds == [10, 60, 600, 3600]
    assert "again after 10 seconds, 1 minute, 10 minutes and 1 hour" in text
    assert webhooks.KEPT.days == privacy_requests.DUE.days == privacy_requests.KEPT.days == 30
    assert text.count("30 days") >= 4
