"""What do all pages, the public ones and the refusals say?"""

from api.catalogue.phrase import Phrases

PHRASES: Phrases = {
    # every page
    "to_content": ("Zum Inhalt", "Skip to content"),
    "language": ("Sprache", "Language"),
    "german": ("Deutsch", "Deutsch"),
    "english": ("English", "English"),
    "navigation": ("Bereiche", "Sections"),
    "questions": ("Fragen? Wir helfen gern:", "Questions? We are glad to help:"),
    "none": ("–", "–"),
    # public pages
    "objection_title": ("Keine Werbebriefe mehr?", "No more advertising letters?"),
    "objection_lead": (
        "Ein Klick genügt, und {sender} schickt Ihnen keine Werbung mehr per Post.",
        "One tap, and {sender} will send you no more advertising by post.",
    ),
    "objection_meaning": (
        "Damit widersprechen Sie der Nutzung Ihrer Daten für Werbebriefe (Art. 21 DSGVO). Der Widerspruch gilt sofort und ohne Frist. "
        "Ihre Bestellungen und Ihr Kundenkonto bleiben, wie sie sind.",
        "You object to our using your data for advertising letters (Art. 21 GDPR). This takes effect at once and has no end date. "
        "Your orders and your account stay as they are.",
    ),
    "objection_on_its_way": (
        "Ein Brief, der schon in der Druckerei oder bei der Post ist, kann Sie noch erreichen. Das können wir leider nicht mehr aufhalten.",
        "A letter that is already at the printer's or in the post may still reach you. We are sorry that we cannot stop it.",
    ),
    "objection_button": ("Keine Werbebriefe mehr schicken", "Send me no more advertising letters"),
    "objection_filed_title": ("Wir haben es notiert", "We have noted it"),
    "objection_filed_lead": (
        "{sender} schickt Ihnen keine Werbebriefe mehr. Sie müssen nichts weiter tun.",
        "{sender} will send you no more advertising letters. There is nothing else you need to do.",
    ),
    "objection_stopped": (
        "Briefe in Vorbereitung, die nun nicht mehr verschickt werden: {count}.",
        "Letters in preparation that will not be sent any more: {count}.",
    ),
    "objection_too_late": (
        "Ein Brief war am {day} schon bei der Druckerei. Er kann in den nächsten Tagen noch ankommen; es ist der letzte.",
        "One letter was with the print shop already on {day}. It may still arrive within the next days; it is the last one.",
    ),
    "privacy_title": ("Datenschutz", "Data protection"),
    "privacy_controller": ("Verantwortlich für die Verarbeitung: {sender}", "Controller: {sender}"),
    "privacy_letters_title": ("Woher wir Ihre Anschrift haben", "Where your address comes from"),
    "privacy_letters": (
        "Name und Anschrift stammen aus Ihrem Kundenkonto oder Ihrer Bestellung bei uns. Wir nutzen sie, um Ihnen Werbung in eigener Sache per Brief zu "
        "schicken (Art. 6 Abs. 1 lit. f DSGVO). Eine Druckerei druckt die Briefe in unserem Auftrag und bringt sie zur Post; sonst bekommt sie niemand.",
        "Name and address come from your account or your order with us. We use them to send you advertising of our own by letter "
        "(Art. 6(1)(f) GDPR). A print shop prints and posts the letters on our behalf; nobody else is given them.",
    ),
    "privacy_scan_title": ("Wenn Sie den Code scannen", "When you scan the code"),
    "privacy_scan": (
        "Wir speichern, dass der Code Ihres Briefs gescannt wurde und wann. Ihre IP-Adresse speichern wir nicht, nur einen Prüfwert mit täglich wechselndem "
        "Schlüssel, der nach 180 Tagen gelöscht wird. Cookies setzen wir nicht. Danach gelten die Hinweise des Shops, in den der Code führt.",
        "We store that the code of your letter was scanned, and when. We do not store your IP address, only a hash under a key that changes every day; it is "
        "deleted after 180 days. We set no cookies. After that, the notice of the shop applies that the code leads to.",
    ),
    "privacy_objection_title": ("Wenn Sie der Werbung widersprechen", "When you object to advertising"),
    "privacy_objection": (
        "Wir bewahren Ihren Widerspruch dauerhaft auf, damit er auch künftig beachtet wird: als Prüfwert, auch wenn wir Ihre übrigen Daten löschen.",
        "We keep your objection for good, so that it is respected in future too: as a hash, even when we erase the rest of your data.",
    ),
    "privacy_rights_title": ("Ihre Rechte", "Your rights"),
    "privacy_rights": (
        "Sie können Auskunft, Berichtigung, Löschung und Einschränkung verlangen, der Werbung jederzeit widersprechen und sich bei einer "
        "Aufsichtsbehörde beschweren. Schreiben Sie uns an die Anschrift unten.",
        "You can ask for access, rectification, erasure and restriction, object to advertising at any time, and complain to a supervisory authority. "
        "Write to us at the address below.",
    ),
    "objection_known_title": ("Das ist schon notiert", "That is already noted"),
    "objection_known_lead": (
        "Ihr Widerspruch liegt uns bereits vor: {sender} schickt Ihnen keine Werbebriefe mehr. Sie müssen nichts weiter tun.",
        "We already have your objection: {sender} will send you no more advertising letters. There is nothing else you need to do.",
    ),
    # refusals
    "unknown_code_title": ("Diesen Code kennen wir leider nicht", "Sorry, we do not know this code"),
    "unknown_code_text": (
        "Vielleicht ist beim Abtippen ein Zeichen verrutscht? Der Code hat 12 Zeichen, ohne I, O, 0 und 1. Am sichersten geht es mit der Kamera.",
        "Perhaps a character went astray in typing? The code has 12 characters, without I, O, 0 and 1. The camera is the safest way.",
    ),
    "too_many_misses_title": ("Einen Moment, bitte", "One moment, please"),
    "too_many_misses_text": (
        "Von Ihrem Anschluss kamen gerade viele unbekannte Codes. Bitte versuchen Sie es in zehn Minuten noch einmal.",
        "Your connection has just sent many unknown codes. Please try again in ten minutes.",
    ),
    "database_away_title": ("Gleich wieder da", "Back in a moment"),
    "database_away_text": (
        "Unsere Datenbank antwortet gerade nicht. Bitte versuchen Sie es in einer Minute noch einmal.",
        "Our database is not answering right now. Please try again in a minute.",
    ),
    "broken_title": ("Da ist bei uns etwas schiefgegangen", "Something went wrong on our side"),
    "broken_text": ("Der Fehler ist vermerkt. Bitte versuchen Sie es später noch einmal.", "The fault has been noted. Please try again later."),
    "not_found_title": ("Diese Seite gibt es nicht", "There is no such page"),
    "not_found_text": ("Vielleicht ist die Adresse unvollständig.", "Perhaps the address is incomplete."),
    "pdf_missing_title": ("Die PDF-Datei liegt nicht vor", "The PDF file is not here"),
    "pdf_missing_text": (
        "Entweder ist der Brief noch nicht gesetzt, oder seine Druckdatei ist schon gelöscht.",
        "Either the letter has not been set yet, or its print file has been deleted by now.",
    ),
    "no_longer_kept_title": ("Die Druckdatei wird nicht mehr aufbewahrt", "The print file is no longer kept"),
    "no_longer_kept_text": (
        "Sie ist seit dem {day} gelöscht, weil ihre Aufbewahrungsfrist abgelaufen ist. Wann welcher Brief hinausging, bleibt vermerkt.",
        "It was deleted on {day}, because its time was over. Which letter went out when stays on record.",
    ),
    "erased_title": ("Diesen Brief zeigen wir nicht mehr", "This letter is no longer shown"),
    "erased_text": (
        "Er ging an eine Person, deren Daten gelöscht worden sind. Was aus ihm wurde, zählt weiter in den Ergebnissen.",
        "It went to a person whose data has been erased. What became of it still counts in the results.",
    ),
    "cannot_part_title": ("Das lässt sich nicht mehr trennen", "That cannot be separated any more"),
    "cannot_part_text": (
        "Es wurde schon getrennt, oder eine der beiden Personen wurde gelöscht. Die Liste der Zusammenführungen zeigt den Stand.",
        "It was separated already, or one of the two people was erased. The list of merges shows how things stand.",
    ),
    "too_many_tries_title": ("Zu viele Versuche", "Too many tries"),
    "too_many_tries_text": (
        "Das Kennwort war mehrmals falsch. Bitte warten Sie 15 Minuten, bevor Sie es wieder versuchen.",
        "The password was wrong several times. Please wait 15 minutes before you try again.",
    ),
    "not_signed_in_title": ("Bitte anmelden", "Please sign in"),
    "not_signed_in_text": ("Diese Auskunft gibt es nur nach der Anmeldung.", "This is for people who have signed in."),
    "foreign_form_title": ("Das kam von einer fremden Seite", "That came from another site"),
    "foreign_form_text": (
        "Zu Ihrem Schutz nehmen wir Eingaben nur von unseren eigenen Seiten an. Bitte öffnen Sie die Seite neu und versuchen Sie es noch einmal.",
        "To protect you, we accept input from our own pages only. Please open the page again and try once more.",
    ),
    "wrong_method_title": ("So geht es hier nicht", "That does not work here"),
    "wrong_method_text": ("Diese Adresse nimmt eine solche Anfrage nicht an.", "This address does not take that kind of request."),
    "too_large_title": ("Das ist zu viel auf einmal", "That is too much at once"),
    "too_large_text": (
        "Die Eingabe ist größer, als diese Adresse annimmt. Bitte schicken Sie weniger auf einmal.",
        "The input is larger than this address accepts. Please send less at once.",
    ),
    "wrong_input_title": ("Das konnten wir nicht lesen", "We could not read that"),
    "wrong_input_text": ("Bitte prüfen Sie die Eingabe.", "Please check the input."),
    # refusals of the API
    "wrong_parameter_title": ("Ein Teil der Anfrage stimmt nicht", "A part of the request is not right"),
    "wrong_parameter_text": (
        "{name} fehlt oder ist nicht so, wie es in der Beschreibung der API steht.",
        "{name} is missing, or not as the description of the API has it.",
    ),
    "malformed_json_title": ("Das ist kein JSON", "This is no JSON"),
    "malformed_json_text": (
        "Der Inhalt ist kein JSON in UTF-8{place}. Bitte lassen Sie ihn von einer JSON-Bibliothek schreiben.",
        "The body is not JSON in UTF-8{place}. Please have a JSON library write it.",
    ),
    "wrong_batch_title": ("Das ist keine Lieferung", "This is no batch"),
    "wrong_batch_text": (
        'Schicken Sie {{"records": […]}} mit 1 bis {most} Datensätzen und nichts daneben.',
        'Send {{"records": […]}} with 1 to {most} records and nothing beside it.',
    ),
    "wrong_media_type_title": ("Nur unkomprimiertes JSON", "Uncompressed JSON only"),
    "wrong_media_type_text": (
        "Schicken Sie den Inhalt als Content-Type: application/json in UTF-8, ohne Content-Encoding.",
        "Send the body as Content-Type: application/json in UTF-8, without Content-Encoding.",
    ),
    "wrong_key_title": ("Der API-Schlüssel fehlt oder gilt nicht", "The API key is missing or not valid"),
    "wrong_key_text": (
        "Schicken Sie ihn als Authorization: Bearer pst_…; einen neuen macht postillion api-key add.",
        "Send it as Authorization: Bearer pst_…; postillion api-key add makes a new one.",
    ),
    "too_many_wrong_keys_title": ("Zu viele falsche API-Schlüssel", "Too many wrong API keys"),
    "too_many_wrong_keys_text": (
        "Von Ihrem Anschluss kamen viele Schlüssel, die nicht gelten. Ein gültiger geht weiterhin.",
        "Your connection has sent many keys that are not valid. A valid one still works.",
    ),
    "missing_scope_title": ("Das darf dieser API-Schlüssel nicht", "This API key may not do that"),
    "missing_scope_text": ("Ihm fehlt die Berechtigung {scope}: nehmen Sie einen anderen.", "It lacks the scope {scope}: use another one."),
    "key_reused_title": ("Der Idempotency-Key ist vergeben", "The Idempotency-Key is taken"),
    "key_reused_text": (
        "Unter ihm kam schon eine andere Anfrage. Jede neue Anfrage braucht einen neuen Schlüssel.",
        "Another request came under it before. Every new request needs a new key.",
    ),
}
