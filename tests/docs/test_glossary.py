"""Does the glossary explain every word that the code says to people?"""

from collections.abc import Callable
from enum import StrEnum

import pytest

from campaigns.address import AddressProblem
from campaigns.kinds import CampaignKind
from campaigns.letter import LetterState
from campaigns.offer import CodeSource
from campaigns.print_run import PrintRunState
from campaigns.rejection import RejectionReason
from campaigns.results import MeterKind, NoLiftReason, Position
from campaigns.scan import ScanKind
from campaigns.shop_report import EventKind, LineProblem, ReturnReason
from campaigns.verdict import Outcome, Reason
from tests.docs.conftest import Document


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Kinds of a campaign", CampaignKind),
        ("Outcomes of a verdict", Outcome),
        ("Where an offer's codes come from", CodeSource),
        ("Verdict reasons", Reason),
        ("Problems of an address", AddressProblem),
        ("States of a letter", LetterState),
        ("States of a print run", PrintRunState),
        ("Kinds of scans", ScanKind),
        ("Reasons of a rejection", RejectionReason),
        ("Events of a print shop's report", EventKind),
        ("Reasons of a return", ReturnReason),
        ("Problems of a report's line", LineProblem),
        ("Reasons for no lift", NoLiftReason),
        ("Meters", MeterKind),
        ("Positions of a meter", Position),
    ],
)
def test_every_word_of_the_code_is_explained_in_the_codes_order(heading: str, words: type[StrEnum], document: Callable[[str], Document]) -> None:
    rows = document("docs/glossary.md").table(heading)
    assert [row[0] for row in rows] == [f"`{word}`" for word in words]
    assert all(german and meaning.endswith(".") for _, german, meaning in rows)


@pytest.mark.parametrize("heading", ["Campaign and audience", "Letter and page", "Printing", "What comes back", "Results"])
def test_every_term_has_its_german_and_one_line_and_stands_once(heading: str, document: Callable[[str], Document]) -> None:
    rows = document("docs/glossary.md").table(heading)
    assert all(len(row) == 3 and all(row) and row[2].endswith(".") for row in rows)
    assert len({row[0] for row in rows}) == len(rows)
