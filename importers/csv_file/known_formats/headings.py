"""Under which headings do exports in German and English keep a person or an article?"""

from collections.abc import Mapping

Headings = Mapping[str, tuple[str, ...]]

OBJECTED: Headings = {
    "objected_at": (
        *("Werbewiderspruch", "Werbewiderspruch am", "Widerspruch", "Widerspruch am", "Widerspruchsdatum", "Datum des Widerspruchs", "Widersprochen am"),
        *("Werbesperre", "Werbesperre seit", "Keine Werbung", "Objected at", "Objection", "Objection date", "Opt-out", "Opted out at", "Do not mail"),
    )
}
GERMAN_PERSON: Headings = {
    "customer_number": ("Kundennummer", "Kundennr", "Kunden-Nr.", "KdNr", "Kd.-Nr.", "Kunden-ID"),
    "email": ("E-Mail", "E-Mail-Adresse", "Mail", "Mailadresse"),
    "salutation": ("Anrede",),
    "honorific": ("Titel", "Akademischer Titel"),
    "first_name": ("Vorname",),
    "last_name": ("Nachname", "Name", "Familienname", "Zuname"),
    "name": ("Name", "Vollständiger Name", "Vor- und Nachname", "Kunde"),
    "company": ("Firma", "Firmenname", "Unternehmen"),
    "street": ("Straße", "Straße und Hausnummer", "Straße/Hausnummer", "Straße Nr.", "Anschrift", "Adresse", "Adresse 1"),
    "house_number": ("Hausnummer", "Hausnr.", "Haus-Nr."),
    "addition": ("Adresszusatz", "Zusatz", "Adresse 2", "Anschriftzusatz", "Firmenzusatz"),
    "postcode": ("PLZ", "Postleitzahl"),
    "town": ("Ort", "Stadt", "Wohnort"),
    "country": ("Land", "Ländercode", "Länderkürzel", "Land / ISO (2-stellig)", "Land ISO"),
}
ENGLISH_PERSON: Headings = {
    "customer_number": ("Customer number", "Customer no", "Customer ID"),
    "email": ("Email", "E-mail address"),
    "salutation": ("Salutation", "Gender"),
    "honorific": ("Academic title",),
    "first_name": ("First name", "Given name", "Forename"),
    "last_name": ("Last name", "Surname", "Family name"),
    "name": ("Name", "Full name", "Customer name"),
    "company": ("Company", "Company name", "Organisation"),
    "street": ("Street", "Street address", "Address", "Address1", "Address line 1"),
    "house_number": ("House number",),
    "addition": ("Address2", "Address line 2", "Addition"),
    "postcode": ("Postcode", "Postal code", "Zip", "Zip code"),
    "town": ("Town", "City"),
    "region": ("State code", "Province code", "State/Province", "Province"),
    "country": ("Country code", "Country"),
}
GERMAN_ARTICLE: Headings = {
    "sku": ("Artikelnummer", "Artikelnr", "Artikel-Nr.", "SKU"),
    "title": ("Artikel", "Artikelbezeichnung", "Artikelname", "Bezeichnung"),
    "quantity": ("Menge", "Anzahl"),
    "unit_price": ("Einzelpreis", "Preis", "Stückpreis"),
}
OF_ONE_ADDRESS = (("customer_number", "email"), ("last_name", "name", "company"), ("street",), ("postcode",), ("town",))
WHOLE_TOTAL = (
    *("Summe", "Gesamt", "Betrag", "Gesamtpreis", "Endbetrag", "Endsumme", "Summe brutto", "Brutto", "Umsatz", "Total"),
    *("Amount", "Total amount", "Total price", "Sum", "Value"),
)
