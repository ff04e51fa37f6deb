"""What counts as a sale, by the words of exports."""

import pytest

from campaigns.order import OrderState
from importers.csv_file.states import order_state, state_of

OPEN, COMPLETED, CANCELLED, REFUNDED = OrderState.OPEN, OrderState.COMPLETED, OrderState.CANCELLED, OrderState.REFUNDED


@pytest.mark.parametrize(
    ("payment", "delivery", "is_cancelled", "state"),
    [
        ("paid", "fulfilled", False, COMPLETED),
        ("paid", "unfulfilled", False, COMPLETED),
        ("pending", "fulfilled", False, COMPLETED),
        ("pending", "unfulfilled", False, OPEN),
        ("authorized", "", False, OPEN),
        ("partially_paid", "partial", False, OPEN),
        ("partially_refunded", "fulfilled", False, COMPLETED),
        ("refunded", "fulfilled", False, REFUNDED),
        ("voided", "unfulfilled", False, CANCELLED),
        ("expired", "", False, CANCELLED),
        ("paid", "fulfilled", True, CANCELLED),
    ],
)
def test_shopify_states(payment: str, delivery: str, is_cancelled: bool, state: OrderState) -> None:
    assert order_state("", payment, delivery, is_cancelled) is state


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Versendet", COMPLETED),
        ("ABGESCHLOSSEN", COMPLETED),
        ("Bezahlt", COMPLETED),
        ("Komplett abgeschlossen", COMPLETED),
        ("Offen", OPEN),
        ("In Bearbeitung", OPEN),
        ("Storniert", CANCELLED),
        ("Storniert / Abgelehnt", CANCELLED),
        ("Abgebrochen", CANCELLED),
        ("Retoure/Erstattet", REFUNDED),
        ("Erstattet", REFUNDED),
        ("Angebot", OrderState.OFFERED),
        ("Test", OrderState.TEST),
        ("gelöscht", OrderState.DELETED),
        ("wird gerade verpackt", OPEN),
        ("nicht bezahlt", OPEN),
        ("wc-completed", COMPLETED),
        ("processing", OPEN),
        ("on-hold", OPEN),
        ("failed", CANCELLED),
        ("Fehlgeschlagen", CANCELLED),
        ("Rückerstattet", REFUNDED),
        ("trash", OrderState.DELETED),
        ("", COMPLETED),
    ],
)
def test_german_states(status: str, state: OrderState) -> None:
    assert order_state(status, "", "", False) is state


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (CANCELLED, "Storniert durch Kunde|Auftrag storniert|Stornierung|Komplett storniert|Cancelled by customer|annulliert|Nicht bezahlt, storniert"),
        (CANCELLED, "Zahlung fehlgeschlagen|Payment failed|wc-checkout-draft|Entwurf|void|declined"),
        (REFUNDED, "Vollständig erstattet|Fully refunded|Retoure abgeschlossen|Widerrufen|Rückabgewickelt|Returned to sender"),
        (COMPLETED, "Teilstorniert|teilweise storniert|Teilerstattung|Partial refund|partially cancelled|teilweise geliefert, Rest storniert"),
        (None, "nicht storniert|not yet cancelled|kein Widerruf|Stornierung abgelehnt|Refund requested|refund failed|Erstattung fehlgeschlagen"),
        (None, "stornierbar|Widerrufsfrist läuft|Retourenlabel erstellt|Zustellung fehlgeschlagen|delivery failed|abgewickelt"),
    ],
)
def test_one_word_among_others_tells_unless_it_is_denied_partial_or_open(state: OrderState | None, words: str) -> None:
    assert {word: state_of(word) for word in words.split("|")} == dict.fromkeys(words.split("|"), state)
