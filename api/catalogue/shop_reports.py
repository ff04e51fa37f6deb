"""What do the desk's pages say about what comes back from the print shop?"""

from api.catalogue.phrase import Phrases

PHRASES: Phrases = {
    "shop_reports": ("Meldungen der Druckerei", "Reports from print shops"),
    "shop_reports_lead": (
        "Was die Druckerei gedruckt und aufgegeben hat, was zurückkam, was Ausschuss war. Dateien im Eingang werden jede halbe Stunde übernommen.",
        "What the print shop has printed and posted, what came back, what was spoiled. Files in the inbox are taken in every half hour.",
    ),
    "shop_reports_none": ("Noch keine Meldung.", "No report yet."),
    "shop_report": ("Meldung", "Report"),
    "received": ("Eingegangen", "Received"),
    "shop_report_taking_in": ("wird übernommen (bleibt es so: noch einmal bringen)", "being taken in (if it stays so: bring it again)"),
    "shop_report_taken_in": ("übernommen", "taken in"),
    "shop_report_refused": ("keine Meldung", "no report"),
    "shop_report_by_hand": ("Eine Meldung von Hand bringen", "Bring a report by hand"),
    "shop_report_file": ("Datei der Druckerei", "The print shop's file"),
    "shop_report_hint": (
        "CSV, JSON oder JSON Lines, höchstens 10 MB. Dieselbe Datei noch einmal ändert nichts. Rückruflisten entstehen zur nächsten halben Stunde.",
        "CSV, JSON or JSON lines, 10 MB at the most. The same file again changes nothing. Recall lists are made within the next half hour.",
    ),
    "shop_report_take_in": ("Übernehmen", "Take in"),
    "shop_report_rejections": ("Nicht übernommene Zeilen", "Lines that were not taken over"),
    "shop_report_first": ("Die ersten {count}.", "The first {count}."),
    "shop_report_line": ("Zeile", "Line"),
    "shop_report_said": ("Was die Zeile sagt", "What the line says"),
    # why a line was not taken over
    "line_broken_line": ("Zeile nicht lesbar", "Line cannot be read"),
    "line_no_event": ("Kein Ereignis", "No event"),
    "line_no_letter": ("Kein Brief genannt", "No letter named"),
    "line_bad_number": ("Keine Nummer", "Not a number"),
    "line_bad_date": ("Datum unmöglich", "Impossible date"),
    "line_unknown_reason": ("Unbekannter Grund", "Unknown reason"),
    "line_unknown_letter": ("Unbekannter Brief", "Unknown letter"),
    "line_not_handed_over": ("Nie übergeben", "Never handed over"),
    "line_contradiction": ("Widerspruch", "Contradiction"),
    "line_checksum_differs": ("Andere Dateien", "Other files"),
    # in the audit log
    "act_take_in_shop_report": ("Meldung der Druckerei übernommen", "Print shop's report taken in"),
    "act_shop_has_other_files": ("Druckerei nennt andere Dateien", "Print shop names other files"),
    # on the page of a print run
    "at_the_shop": ("Bei der Druckerei", "At the print shop"),
    "shop_has_other_files": (
        "Die Druckerei hat am {day} andere Dateien genannt, als wir übergeben haben. Lassen Sie den Druck anhalten.",
        "On {day} the print shop named other files than we handed over. Have it stop printing.",
    ),
    "acknowledged": ("Empfang bestätigt", "Acknowledged"),
    "acknowledged_not_yet": ("noch nicht", "not yet"),
    "letters_handed_over": ("übergeben", "handed over"),
    "letters_spoiled": ("Ausschuss", "spoiled"),
    "letters_pulled": ("auf unsere Bitte ausgesteuert", "taken out at our request"),
    "recall_lists": ("Rückruflisten", "Recall lists"),
    "recall_lists_lead": (
        "Wer nach der Übergabe widersprochen hat, gelöscht wurde oder nicht mehr erreichbar ist. Die Liste liegt im Ordner der Auflage bei der Druckerei.",
        "Who objected, was erased or cannot be reached any more since the hand-over. The list lies in the run's folder at the print shop.",
    ),
    "recall_list": ("Liste", "List"),
    "recall_made": ("Erstellt", "Made"),
    "recall_letters": ("Briefe", "Letters"),
    "recall_pulled": ("Davon ausgesteuert", "Of these taken out"),
    "recall_not_written": ("noch nicht bei der Druckerei", "not yet at the print shop"),
}
