"""Is everything that a page says there in both languages, and said of every state there is?"""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest

import api
from api.catalogue import CATALOGUE
from api.errors import Refusal
from api.wording import Wording
from campaigns.address import AddressProblem, AddressState
from campaigns.checkout import Channel, RedemptionState, RefusalReason
from campaigns.identity import MergeReason
from campaigns.kinds import CampaignKind, ProductField, Who
from campaigns.letter import LetterState
from campaigns.offer import CodeSource, OfferKind, OfferProblem
from campaigns.order import OrderState
from campaigns.partner import CodeRefusal, PartnerProblem
from campaigns.print_run import PrintFileState, PrintRunState
from campaigns.profile import Part
from campaigns.record import Kind
from campaigns.rejection import RejectionReason
from campaigns.results import MeterKind, NoLiftReason, Position
from campaigns.shop_report import LineProblem
from campaigns.verdict import Outcome, Reason
from store.coupon_events import Action
from store.coupon_history import Fate
from store.evidence import Effect
from store.imports import ImportState
from store.privacy_requests import PrivacyRequestKind
from store.shop_reports.listing import ReportState
from store.users import Role

DE, EN = Wording("de", "Europe/Berlin"), Wording("en", "Europe/Berlin")
SOURCES = [path.read_text() for path in Path(api.__file__).parent.rglob("*") if path.suffix in (".html", ".py") and path.parent.name != "catalogue"]


def blanks(phrase: str) -> set[str]:
    """What a phrase wants filled in."""
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}


def test_every_phrase_is_there_in_both_languages_with_the_same_blanks() -> None:
    for key, phrases in CATALOGUE.items():
        assert len(phrases) == 2 and all(phrase.strip() for phrase in phrases), key
        assert blanks(phrases[0]) == blanks(phrases[1]), key


def test_every_verdict_is_a_sentence_and_a_line_of_the_funnel() -> None:
    labels = {str(label) for label in Reason} | {str(Outcome.SELECTED), str(Outcome.HOLDOUT)}
    assert {key.removeprefix("verdict_") for key in CATALOGUE if key.startswith("verdict_")} - {"step", "detail_campaign"} == labels
    assert {key.removeprefix("funnel_") for key in CATALOGUE if key.startswith("funnel_")} - {"of", "lead", "audience"} == labels
    assert all(phrase.endswith(".") for label in labels for phrase in CATALOGUE[f"verdict_{label}"])


@pytest.mark.parametrize(
    ("prefix", "states"),
    [
        ("order", OrderState),
        ("letter", LetterState),
        ("run", PrintRunState),
        ("file", PrintFileState),
        ("address", AddressState),
        ("problem", AddressProblem),
        ("rejection", RejectionReason),
        ("import", ImportState),
        ("kind", Kind),
        ("merge", MergeReason),
        ("privacy", PrivacyRequestKind),
        ("part", Part),
        ("campaign", CampaignKind),
        ("product", ProductField),
        ("audience", Who),
        ("when", CampaignKind),
        ("evidence", Effect),
        ("line", LineProblem),
        ("shop_report", ReportState),
        ("refused", RefusalReason),
        ("why", RefusalReason),
        ("redemption", RedemptionState),
        ("channel", Channel),
        ("event", Action),
        ("fate", Fate),
        ("codes", CodeSource),
        ("offer_kind", OfferKind),
        ("offer_problem", OfferProblem),
        ("partner_refused", PartnerProblem),
        ("code_refused", CodeRefusal),
        ("no_lift", NoLiftReason),
        ("meter", MeterKind),
        ("meter_words", MeterKind),
        ("position", Position),
        ("role", Role),
    ],
)
def test_every_state_has_its_words(prefix: str, states: type) -> None:
    assert {f"{prefix}_{state}" for state in states} <= set(CATALOGUE)  # type: ignore[attr-defined]


def refusals(kind: type[Refusal] = Refusal) -> set[str]:
    """The keys of every refusal there is."""
    own = {f"{kind.wording}_{part}" for part in ("title", "text")} if hasattr(kind, "wording") else set()
    return own.union(*(refusals(one) for one in kind.__subclasses__()))


def test_every_refusal_has_its_words() -> None:
    assert len(refusals()) > 20
    assert refusals() <= set(CATALOGUE)


def test_every_phrase_is_said_somewhere() -> None:
    said = set(re.findall(r'"(\w+)"', "\n".join(SOURCES)))
    made = tuple(
        f"{prefix}_"
        for prefix in (
            "order",
            "evidence",
            "line",
            "shop_report",
            "letter",
            "run",
            "file",
            "address",
            "problem",
            "verdict",
            "funnel",
            "kind",
            "import",
            "rejection",
            "merge",
            "privacy",
            "field",
            "part",
            "sex",
            "cart",
            "campaign",
            "audience",
            "filter",
            "product",
            "when",
            "limit",
            "refused",
            "why",
            "redemption",
            "channel",
            "event",
            "fate",
            "offer",
            "codes",
            "contact",
            "layout_zone",
            "code_refused",
            "partner_refused",
            "no_lift",
            "meter",
            "position",
            "stage",
            "act",
            "found_by",
            "objector",
            "role",
        )
    )
    objections = {f"objection_{outcome}_{part}" for outcome in ("filed", "known") for part in ("title", "lead")}
    assert {key for key in CATALOGUE if not key.startswith(made)} - said - refusals() - objections == set()


def test_money_dates_and_numbers_follow_the_language() -> None:
    moment = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert (DE.money(123456, "EUR"), EN.money(123456, "EUR")) == ("1.234,56\u00a0€", "€1,234.56")
    assert (DE.day(date(2026, 11, 2)), EN.day(date(2026, 11, 2))) == ("02.11.2026", "2 Nov 2026")
    assert (DE.moment(moment), EN.moment(moment)) == ("23.11.2026, 00:30", "23 Nov 2026, 00:30")
    assert (DE.share(1, 8), EN.share(1, 8), DE.share(0, 0)) == ("12,5\u00a0%", "12.5%", "0\u00a0%")
    assert (DE.count(12345), DE.size(1_234_567), EN.size(1)) == ("12.345", "1,2\u00a0MB", "1\u00a0kB")
    assert (DE.language_name("en"), EN.language_name("de"), EN.language_name("q!")) == ("Englisch", "German", "q!")
