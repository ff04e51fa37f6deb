"""Which words do print shops use?  Headings, events and reasons, in English and German, without regard to case, spaces and umlauts."""

import re
import unicodedata

from campaigns.shop_report import EventKind, ReturnReason

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_SPACES = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """A word as it is looked up."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text).casefold().translate(_UMLAUTS))


HEADINGS = {
    "event": ("event", "status", "state", "ereignis", "zustand", "meldung"),
    "date": ("date", "datum", "at", "am", "zeitpunkt", "timestamp",
             "posted at", "printed at", "returned at", "Versanddatum", "Einlieferungsdatum", "Rücklaufdatum"),
    "letter_id": ("letter_id", "letter", "Brief", "Briefnummer", "Brief-Nr", "Brief-ID", "Sendungs-ID"),
    "file": ("file", "file name", "print file", "Datei", "Dateiname", "Druckdatei"),
    "sequence": ("sequence", "seq", "sequence number", "Laufnummer", "laufende Nummer", "lfd. Nr.", "Sequenz"),
    "token": ("token", "code", "QR code", "scan", "link", "Kurzlink"),
    "print_run": ("print run", "run", "job", "Auftrag", "Auftragsnummer", "Druckauflage", "Auflage"),
    "sha256": ("sha256", "sha-256", "manifest", "manifest_sha256", "checksum", "Prüfsumme"),
    "reason": ("reason", "return reason", "Grund", "Rücklaufgrund", "Retourengrund", "Rückgabegrund", "Unzustellbarkeitsgrund"),
}  # fmt: skip
"""Column -> what it may be called; whatever else a file holds is passed over."""

EVENTS = {
    EventKind.ACCEPTED: ("accepted", "acknowledged", "received", "angenommen", "bestätigt", "erhalten", "empfangen", "eingegangen"),
    EventKind.PRINTED: ("printed", "reprinted", "produced", "gedruckt", "nachgedruckt", "produziert"),
    EventKind.POSTED: ("posted", "mailed", "dispatched", "sent", "shipped", "versandt", "versendet", "verschickt", "aufgegeben", "eingeliefert", "aufgeliefert",
                       "an Post übergeben"),
    EventKind.RETURNED: ("returned", "return", "returned to sender", "zurück", "zurückgekommen", "Rücklauf", "Rückläufer", "Retoure", "retour"),
    EventKind.SPOILED: ("spoiled", "spoilt", "wasted", "Ausschuss", "makuliert", "Makulatur", "Fehldruck"),
    EventKind.RECALLED: ("recalled", "withdrawn", "pulled", "cancelled", "canceled", "ausgesteuert", "aussortiert", "herausgenommen", "storniert"),
}  # fmt: skip

REASONS = {
    ReturnReason.UNDELIVERABLE: (
        "undeliverable", "unknown", "unknown recipient", "addressee unknown", "insufficient address", "no such address", "address defect", "unclaimed",
        "no mailbox",
        "unzustellbar", "nicht zustellbar", "unbekannt", "Empfänger unbekannt", "Empfänger nicht zu ermitteln", "nicht zu ermitteln", "Anschrift ungenügend",
        "Empfänger unter der angegebenen Anschrift nicht zu ermitteln", "Anschrift unvollständig", "Adressfehler", "nicht abgeholt",
        "Firma erloschen", "kein Briefkasten",
    ),
    ReturnReason.MOVED: ("moved", "moved away", "moved, left no address", "verzogen", "unbekannt verzogen", "umgezogen",
                         "Empfänger verzogen", "Empfänger unbekannt verzogen"),
    ReturnReason.DECEASED: ("deceased", "dead", "verstorben", "Empfänger verstorben", "gestorben"),
    ReturnReason.REFUSED: ("refused", "acceptance refused", "Annahme verweigert", "verweigert", "Annahmeverweigerung"),
}  # fmt: skip

COLUMNS = {plain(word): column for column, words in HEADINGS.items() for word in words}
KINDS = {plain(word): kind for kind, words in EVENTS.items() for word in words}
WHY = {plain(word): reason for reason, words in REASONS.items() for word in words}
