"""Which state is ``Versendet``, and which ``partially_refunded``?"""

import re
from functools import lru_cache

from campaigns.order import OrderState

STATES = {
    **dict.fromkeys(("versendet", "versandt", "verschickt", "ausgeliefert", "geliefert", "zugestellt", "komplett ausgeliefert"), OrderState.COMPLETED),
    **dict.fromkeys(("bezahlt", "komplett bezahlt", "abgeschlossen", "komplett abgeschlossen", "erledigt", "fertig"), OrderState.COMPLETED),
    **dict.fromkeys(("paid", "partially refunded", "fulfilled", "shipped", "completed"), OrderState.COMPLETED),
    **dict.fromkeys(("complete", "done", "wc completed", "completely paid", "completely delivered"), OrderState.COMPLETED),
    **dict.fromkeys(("storniert", "storno", "storniert abgelehnt", "abgebrochen", "abgelehnt"), OrderState.CANCELLED),
    **dict.fromkeys(("cancelled", "canceled", "voided", "expired"), OrderState.CANCELLED),
    **dict.fromkeys(("fehlgeschlagen", "failed", "wc failed", "wc cancelled", "cancelled rejected"), OrderState.CANCELLED),
    **dict.fromkeys(("retoure", "retourniert", "retoure erstattet", "rücksendung", "zurückgesendet", "erstattet", "gutschrift"), OrderState.REFUNDED),
    **dict.fromkeys(("gutgeschrieben", "wiedergutschrift", "rückerstattet", "refunded", "returned", "wc refunded", "re crediting"), OrderState.REFUNDED),
    **dict.fromkeys(("angebot", "angeboten", "offerte", "offered"), OrderState.OFFERED),
    **dict.fromkeys(("test", "testbestellung"), OrderState.TEST),
    **dict.fromkeys(("gelöscht", "papierkorb", "deleted", "trash"), OrderState.DELETED),
}
"""Word of an export -> our state, compared without case and punctuation; every other word (offen, in Bearbeitung, pending) means open."""

_NO_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=10_000)
def order_state(status: str, payment: str, delivery: str, is_cancelled: bool) -> OrderState:
    """The state of an order by what its export says; an order without a word is completed, one with none but unknown words is open.

    Whatever makes it no sale counts before paid or fulfilled, which count before open. A refund in part leaves a sale.
    """
    if is_cancelled:
        return OrderState.CANCELLED
    words = [STATES.get(_NO_WORD.sub(" ", word.casefold()).strip(), OrderState.OPEN) for word in (status, payment, delivery) if word]
    no_sale = next((state for state in words if not state.is_sale), None)
    if no_sale:
        return no_sale
    return OrderState.COMPLETED if not words or OrderState.COMPLETED in words else OrderState.OPEN
