"""Which state is ``Versendet``, and which ``partially_refunded``?"""

import re
from functools import lru_cache

from campaigns.order import OrderState

STATE_FIELDS = frozenset({"status", "payment", "delivery"})

STATES = {
    **dict.fromkeys(("offen", "neu", "in bearbeitung", "in behandlung", "in wartestellung", "wartend", "ausstehend", "angenommen"), OrderState.OPEN),
    **dict.fromkeys(("bestellt", "bestätigt", "unbezahlt", "nicht bezahlt", "teilweise bezahlt", "vorgemerkt", "reserviert", "gepackt"), OrderState.OPEN),
    **dict.fromkeys(("lieferbereit", "versandbereit", "zur lieferung bereit", "teilweise ausgeliefert", "teilweise geliefert"), OrderState.OPEN),
    **dict.fromkeys(("klärung notwendig", "teilweise in rechnung gestellt", "komplett in rechnung gestellt", "teilweise abgeschlossen"), OrderState.OPEN),
    **dict.fromkeys(("1 mahnung", "2 mahnung", "3 mahnung", "inkasso", "verzögert", "zahlung ausstehend", "rechnung"), OrderState.OPEN),
    **dict.fromkeys(("open", "new", "pending", "processing", "on hold", "authorized", "partially paid", "unpaid", "unfulfilled"), OrderState.OPEN),
    **dict.fromkeys(("partial", "partially fulfilled", "partially shipped", "scheduled", "in progress", "in process", "confirmed"), OrderState.OPEN),
    **dict.fromkeys(("wc pending", "wc processing", "wc on hold", "pending payment", "ready for delivery", "not paid", "invoiced"), OrderState.OPEN),
    **dict.fromkeys(("versendet", "versandt", "verschickt", "ausgeliefert", "geliefert", "zugestellt", "komplett ausgeliefert"), OrderState.COMPLETED),
    **dict.fromkeys(("bezahlt", "komplett bezahlt", "abgeschlossen", "komplett abgeschlossen", "erledigt", "fertig"), OrderState.COMPLETED),
    **dict.fromkeys(("paid", "partially refunded", "fulfilled", "shipped", "completed", "delivered"), OrderState.COMPLETED),
    **dict.fromkeys(("complete", "done", "wc completed", "completely paid", "completely delivered"), OrderState.COMPLETED),
    **dict.fromkeys(("storniert abgelehnt", "abgelehnt", "cancelled rejected", "expired"), OrderState.CANCELLED),
    **dict.fromkeys(("gutschrift", "gutgeschrieben", "wiedergutschrift", "re crediting"), OrderState.REFUNDED),
    **dict.fromkeys(("angebot", "angeboten", "offerte", "offered"), OrderState.OFFERED),
    **dict.fromkeys(("test", "testbestellung"), OrderState.TEST),
    **dict.fromkeys(("gelöscht", "papierkorb", "deleted", "trash"), OrderState.DELETED),
}
"""Words of an export -> our state, compared without case and punctuation, as a whole."""

_NO_WORD = re.compile(r"[\W_]+")
_BACK = r"(?:r(?:ü|ue)ck|zur(?:ü|ue)ck)"
_STEMS = {
    re.compile(
        r"(?:auftrags|kunden|voll|gesamt)?storn(?:o|os|ierte?r?s?|ierung|ierungen)|cancell?ed|cancell?ations?|annull?ie?rt|annull?ierung"
    ): OrderState.CANCELLED,
    re.compile(r"annull?ed|abgebrochene?r?|void(?:ed)?|drafts?|entw(?:u|ü|ue)rfe?"): OrderState.CANCELLED,
    re.compile(r"fehlgeschlagene?r?|failed|failure|declined"): OrderState.CANCELLED,
    re.compile(rf"(?:voll|{_BACK})?erstattet|(?:voll|{_BACK})?erstattung|refund(?:s|ed)?|chargeback|{_BACK}abgewickelt"): OrderState.REFUNDED,
    re.compile(rf"retouren?|retourniert|returned|{_BACK}sendung|{_BACK}gabe|{_BACK}ges(?:a|e)ndet|{_BACK}gegeben|widerruf|widerrufene?r?"): OrderState.REFUNDED,
}
"""What a word among others says of the sale. Whole words: a ``Widerrufsfrist`` or a ``Retourenlabel`` is neither."""
_PARTS = frozenset(("teil", "teils", "teilweise", "anteilig", "partial", "partially", "partly", "rest", "remainder"))
_NOT = frozenset(("nicht", "kein", "keine", "keinen", "ohne", "nie", "not", "no", "never", "without", "non"))
_BETWEEN = frozenset(("mehr", "noch", "vollständig", "komplett", "ganz", "yet", "fully", "completely", "been", "be", "any", *_PARTS))
"""May stand between "not" and the word that it means."""
_UNDECIDED = re.compile(
    r"ab(?:ge)?lehnt|reject|declin|denied|deny|verweiger|(?:an|nach)gefr|anfrage|beantragt|angemeldet|request|pending|ausstehend|offen|open|m(?:ö|oe)glich|possible"
    r"|fehlgeschlagen|failed|aufgehoben|zur(?:ü|ue)ck(?:genommen|gezogen)|revoked|frist|angek(?:ü|ue)ndigt|erwartet|expected|vorgemerkt|wartet|awaiting"
)
"""Beside the noun (``Stornierung abgelehnt``, ``refund requested``) it means that the sale stands, so far."""
_NOUN = re.compile(r".*(?:storno|ung|ation|ations|refunds?|retouren?|gabe|widerruf)")
_ON_THE_WAY = re.compile(r"zustell|liefer|versand|deliver|shipping|shipment|fulfil|druck|mail|label")
"""A delivery that failed once is still a sale."""


@lru_cache(maxsize=10_000)
def order_state(status: str, payment: str, delivery: str, is_cancelled: bool) -> OrderState:
    """The state of an order by what its export says; an order without a word is completed, one with none but unknown words is open.

    Whatever makes it no sale counts before paid or fulfilled, which count before open. A refund in part leaves a sale.
    """
    if is_cancelled:
        return OrderState.CANCELLED
    words = [state_of(word) or OrderState.OPEN for word in (status, payment, delivery) if word]
    no_sale = next((state for state in words if not state.is_sale), None)
    if no_sale:
        return no_sale
    return OrderState.COMPLETED if not words or OrderState.COMPLETED in words else OrderState.OPEN


@lru_cache(maxsize=10_000)
def state_of(written: str) -> OrderState | None:
    """The state that an export's words mean, as a whole or by one word among them; None for words that we do not know."""
    words = _NO_WORD.sub(" ", written.casefold()).split()
    known = STATES.get(" ".join(words)) or OrderState.__members__.get("_".join(words).upper())
    return known or next((state for index in range(len(words)) if (state := _said_at(words, index))), None)


def _said_at(words: list[str], index: int) -> OrderState | None:
    """What one of the words says of the sale, by those around it."""
    word = words[index].removeprefix("teil")
    state = next((state for stem, state in _STEMS.items() if stem.fullmatch(word)), None)
    others = " ".join(words[:index] + words[index + 1 :])
    if state is None or _is_denied(words[:index]):
        return None
    if word != words[index] or (words[index - 1 : index] and words[index - 1] in _PARTS):
        return OrderState.COMPLETED
    if _NOUN.fullmatch(word) and _UNDECIDED.search(others):
        return None
    is_failure = state is OrderState.CANCELLED and word.startswith(("fehl", "fail", "decl"))
    if is_failure and (_ON_THE_WAY.search(others) or any(_NOUN.fullmatch(other) and _is_known(other) for other in words)):
        return None
    return state


def _is_denied(before: list[str]) -> bool:
    """Whether a "not" stands directly in front, small words aside."""
    meant = next((word for word in reversed(before) if word not in _BETWEEN), "")
    return meant in _NOT


def _is_known(word: str) -> bool:
    return any(stem.fullmatch(word) for stem in _STEMS)
