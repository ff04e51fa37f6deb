"""What does the desk say where a print run is approved, rejected and sent on its way?"""

from api.catalogue.phrase import Phrases

PHRASES: Phrases = {
    "approval": ("Freigabe", "Approval"),
    "comment_hint": ("Bleibt bei der Druckauflage und im Protokoll.", "Kept with the print run and in the audit log."),
    "approve_ask": ("Freigeben …", "Approve …"),
    "reject_ask": ("Ablehnen …", "Reject …"),
    "approval_by_others": ("Freigeben können nur Marketing und Verwaltung.", "Only marketers and admins can approve."),
    "of_seeds": ("davon {count} an eigene Kontrolladressen", "{count} of them to seed addresses of ours"),
    "pages_in_files": ("{pages} in {files} Druckdatei(en)", "{pages} in {files} print file(s)"),
    "cost_of_run": ("Kosten", "Cost"),
    "cost_note": ("ohne MwSt., nach dem Tarif dieser Installation", "without VAT, by the tariff of this installation"),
    "letters_lost": (
        "{count} Brief(e) ließen sich nicht setzen und fehlen; die Gründe stehen auf den Kundenseiten.",
        "{count} letter(s) could not be set and are left out; the reasons stand on the customers' pages.",
    ),
    "fewer_than_minimum": (
        "Es sind weniger Briefe übrig als die Mindestauflage der Kampagne ({least}). Eine Ablehnung lässt die Personen warten.",
        "Fewer letters are left than the campaign's minimum print run ({least}). Rejecting lets its people wait.",
    ),
    "host_unreachable": (
        "Die Codes oder Links führen zu {host}: Das können Kunden nicht erreichen.",
        "The codes or links lead to {host}, which customers cannot reach.",
    ),
    "seedless": ("Diese Kontrolladressen bekommen keinen Brief: {numbers}", "These seed addresses get no letter: {numbers}"),
    "law": ("Recht", "Law"),
    "law_sender": ("Absender im Briefkopf und in der Absenderzeile: {sender}", "Sender in letterhead and return line: {sender}"),
    "law_objection_right": (
        "Jeder Brief nennt das Widerspruchsrecht und trägt den Code dafür.",
        "Every letter tells of the right to object and carries the code for it.",
    ),
    "law_objections": (
        "{count} Personen mit Werbewiderspruch sind ausgelassen; vor der Übergabe wird noch einmal geprüft.",
        "{count} people left out because they objected; objections are checked again right before hand-over.",
    ),
    "law_robinson": (
        "{count} Personen der Robinsonliste ohne Kauf sind ausgelassen.",
        "{count} people left out because they are on the Robinson list and have never bought.",
    ),
    "law_left_out": (
        "{marketplace} Marktplatzkäufer sind ausgelassen und {old} Personen, deren Bestellung, Konto oder Gutschein zu alt ist.",
        "{marketplace} marketplace buyers left out, and {old} people whose last order, account or coupon is too old.",
    ),
    "law_links": ("Die Codes führen zu {codes} und weiter zu {landing}.", "The codes lead to {codes} and on to {landing}."),
    "approve_question": ("{name} freigeben?", "Approve {name}?"),
    "reject_question": ("{name} ablehnen?", "Reject {name}?"),
    "approve_meaning": (
        "Danach gehen die Briefe an die Druckerei. Das lässt sich nicht zurückholen.",
        "After this the letters go to the print shop. That cannot be taken back.",
    ),
    "reject_meaning": (
        "Nichts wird gedruckt, die Gutscheine werden ungültig, und die Personen sind frei für einen anderen Lauf.",
        "Nothing is printed, the coupons become void, and the people are free for another run.",
    ),
    "approve_button": ("Ja, {letters} Briefe drucken lassen", "Yes, have {letters} letters printed"),
    "reject_button": ("Ja, ablehnen", "Yes, reject"),
    "run_is_approved": ("Freigegeben. Prefect übergibt die Briefe jetzt der Druckerei.", "Approved. Prefect hands the letters over to the print shop now."),
    "run_approved_alone": (
        "Freigegeben, aber Prefect ist nicht zu erreichen: Noch übergibt niemand die Briefe. Bitte später hier auf „Jetzt übergeben“ drücken.",
        'Approved, but Prefect cannot be reached: nobody hands the letters over yet. Please press "Hand over now" here later.',
    ),
    "run_is_rejected": ("Abgelehnt. Nichts davon wird gedruckt.", "Rejected. Nothing of it will be printed."),
    "run_rejected_alone": (
        "Abgelehnt. Nichts davon wird gedruckt. Prefect ist nicht zu erreichen: Sein Lauf wartet weiter, brechen Sie ihn dort ab. "
        "Wer ihn dort noch freigibt, druckt damit nichts.",
        "Rejected. Nothing of it will be printed. Prefect cannot be reached: its run still waits, cancel it there. "
        "Whoever still approves it there prints nothing.",
    ),
    "hand_over": ("Übergabe", "Hand-over"),
    "hand_over_lead": (
        "Freigegeben; Prefect übergibt gewöhnlich von selbst in wenigen Minuten. Sonst stoßen Sie es hier noch einmal an: Doppelt gesendet wird nichts.",
        "Approved; Prefect usually hands the print run over by itself within minutes. If nothing happens, start it once more here: nothing is sent twice.",
    ),
    "hand_over_button": ("Jetzt übergeben", "Hand over now"),
    "hand_over_by_hand": ("Auf der Kommandozeile:", "On the command line:"),
    "hand_over_started": ("Prefect übergibt die Druckauflage jetzt.", "Prefect hands the print run over now."),
    "hand_over_alone": (
        "Prefect ist nicht zu erreichen: Bitte später noch einmal, oder auf der Kommandozeile.",
        "Prefect cannot be reached: please try again later, or use the command line.",
    ),
    "decided_already_title": ("Hier ist nichts mehr zu entscheiden", "There is nothing to decide here"),
    "decided_already_text": (
        "Diese Druckauflage wartet nicht auf eine Entscheidung: Vielleicht war jemand anderes schneller. Auf ihrer Seite steht, wie es um sie steht.",
        "This print run does not wait for a decision: perhaps somebody else was first. Its page says where it stands.",
    ),
    "changed_title": ("Die Seite ist nicht mehr aktuell", "The page is out of date"),
    "changed_text": (
        "Seit Sie die Seite geöffnet haben, hat sich die Druckauflage geändert. Es ist nichts geschehen: Bitte die Seite neu laden und noch einmal ansehen.",
        "The print run has changed since you opened the page. Nothing was done: please open it anew and look again.",
    ),
    "too_old_letters_title": ("Die Briefe sind zu alt", "The letters are too old"),
    "too_old_letters_text": (
        "Diese Briefe tragen ein Datum, das zu lange zurückliegt, um sie noch zu verschicken. Lehnen Sie die Druckauflage ab und starten Sie die Kampagne neu.",
        "These letters carry a date that is too long ago to be sent. Reject the print run and start the campaign anew.",
    ),
}
