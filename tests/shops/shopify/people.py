"""Who buys in the mock's shop, and where do they live?"""

import unicodedata
from typing import Any

FIRST = ("Ida", "Jürgen", "Élodie", "Şeyma", "Karl-Heinz", "Zoë", "Anneliese", "Mehmet", "Frieda", "Łukasz", "Maximilian", "Mia", "Bjørn", "Ute")
LAST = ("Müller", "von der Heide", "Groß", "Yılmaz", "Schmidt-Rottluff", "Oppermann", "D'Angelo", "Nowak", "Öztürk", "Meyer", "Weiß", "Lund", "Fröhlich")
STREETS = ("Hauptstraße", "Am Alten Markt", "Lindenallee", "Gässle", "Straße des 17. Juni", "Unter den Eichen", "Weg nach Süden")
GERMAN = (
    ("10115", "Berlin", "Berlin", "BE"),
    ("01067", "Dresden", "Sachsen", "SN"),
    ("80331", "München", "Bayern", "BY"),
    ("50667", "Köln", "Nordrhein-Westfalen", "NW"),
)
ABROAD = {
    "AT": ("Austria", (("1010", "Wien", None, None), ("6020", "Innsbruck", None, None))),
    "CH": ("Switzerland", (("8001", "Zürich", "Zürich", "ZH"), ("1201", "Genève", "Geneva", "GE"))),
    "FR": ("France", (("06000", "Nice", None, None),)),
}


def names(number: int) -> tuple[str | None, str | None]:
    """First and last name of the person of this number; now and then one is missing."""
    first = None if number % 31 == 30 else FIRST[number * 7 % len(FIRST)]
    last = None if number % 29 == 28 else LAST[number * 5 % len(LAST)]
    return first, last


def email(number: int) -> str | None:
    """Unique, ASCII; every twelfth person has none."""
    if number % 12 == 11:
        return None
    words = ".".join(part for part in names(number) if part)
    ascii_only = unicodedata.normalize("NFKD", words.replace("ß", "ss").replace("ı", "i")).encode("ascii", "ignore").decode()
    return f"{ascii_only.replace(' ', '').replace(chr(39), '').lower() or 'nobody'}.{number}@example.com"


def phone(number: int) -> str | None:
    """Every fourth person gave one."""
    return f"+4930{number:08d}" if number % 4 == 0 else None


def address(number: int, key: int) -> dict[str, Any]:
    """A ``MailingAddress`` of the person of this number; ``key`` makes its id."""
    first, last = names(number)
    code, country, (zip_code, city, province, province_code) = _place(number)
    return {
        "__typename": "MailingAddress",
        "id": f"gid://shopify/MailingAddress/{key}?model_name=CustomerAddress",
        "firstName": first,
        "lastName": last,
        "name": " ".join(part for part in (first, last) if part) or None,
        "company": "Blumen Groß & Söhne GmbH" if number % 17 == 16 else None,
        "address1": f"{STREETS[number % len(STREETS)]} {number % 180 + 1}",
        "address2": "Hinterhaus, 3. Stock" if number % 9 == 8 else None,
        "zip": zip_code,
        "city": city,
        "province": province,
        "provinceCode": province_code,
        "country": country,
        "countryCode": code,
        "countryCodeV2": code,
        "phone": phone(number),
        "formattedArea": f"{city}, {country}",
        "coordinatesValidated": number % 3 == 0,
        "validationResultSummary": None,
    }


def _place(number: int) -> tuple[str, str, tuple[str, str, str | None, str | None]]:
    for every, code in ((13, "AT"), (19, "CH"), (41, "FR")):
        if number % every == every - 1:
            country, places = ABROAD[code]
            return code, country, places[number % len(places)]
    return "DE", "Germany", GERMAN[number % len(GERMAN)]
