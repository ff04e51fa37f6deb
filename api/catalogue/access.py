"""What does the desk say of passwords, and of who may get in?"""

from api.catalogue.phrase import Phrases

PHRASES: Phrases = {
    "change_password": ("Kennwort ändern", "Change the password"),
    "change_password_lead": (
        "Danach sind Sie nur noch hier angemeldet: Auf allen anderen Geräten endet die Sitzung.",
        "Afterwards you are signed in here alone: on every other device the session ends.",
    ),
    "old_password": ("Bisheriges Kennwort", "Old password"),
    "new_password": ("Neues Kennwort", "New password"),
    "new_password_again": ("Neues Kennwort noch einmal", "New password once more"),
    "new_password_hint": ("Mindestens {shortest} Zeichen; drei oder vier Wörter genügen.", "At least {shortest} characters; three or four words do."),
    "old_password_wrong": ("Das bisherige Kennwort stimmt nicht.", "The old password is not right."),
    "passwords_differ": ("Das neue Kennwort steht zweimal verschieden da.", "The new password was typed in two different ways."),
    "password_changed": ("Ihr Kennwort ist geändert.", "Your password is changed."),
    "access_short": ("Zugänge", "Access"),
    "access_title": ("Wer hat Zugang?", "Who has access?"),
    "access_lead": (
        "Menschen und Programme. Angelegt und beendet werden Zugänge auf der Kommandozeile: postillion user, postillion api-key; Partner auf ihrer Seite.",
        "People and programs. Access is given and ended on the command line: postillion user, postillion api-key; for partners on their page.",
    ),
    "access_people": ("Menschen", "People"),
    "access_keys": ("Programme (API-Schlüssel)", "Programs (API keys)"),
    "access_keys_none": ("Es gibt keinen API-Schlüssel.", "There is no API key."),
    "role": ("Aufgabe", "Role"),
    "role_marketer": ("Marketing", "Marketer"),
    "role_support": ("Kundendienst", "Support"),
    "role_admin": ("Verwaltung", "Admin"),
    "role_partner": ("Partner", "Partner"),
    "made_on": ("Angelegt", "Made"),
    "used_last": ("Zuletzt benutzt", "Last used"),
    "not_lately": ("nicht angemeldet", "not signed in"),
    "never_used": ("nie", "never"),
    "key_name": ("Name", "Name"),
    "key_source": ("Quelle", "Source"),
    "key_scopes": ("Darf", "May"),
    "key_revoked": ("widerrufen am {day}", "revoked on {day}"),
}
