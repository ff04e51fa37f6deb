"""Who has been a new customer already, whatever way mailbox or address are written?  (product.md 7.4)

Surname and address are one household, and a household is a new customer once: it costs two strangers of one name behind one door a
coupon, and saves one for every first name that somebody could make up (decision 0031).
"""

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache

from campaigns import identity
from campaigns.address import Address, plain

DOTLESS = {"gmail.com": re.compile(r"\."), "proton.me": re.compile(r"[._-]")}
"""Signs before the @ that mean nothing (support.google.com/mail/answer/7436150; at Proton hyphens and underscores, too: sindastra.de/p/1775)."""
ONE_PROVIDER = {
    **{"googlemail.com": "gmail.com", "pm.me": "proton.me", "protonmail.com": "proton.me", "protonmail.ch": "proton.me"},
    **{"me.com": "icloud.com", "mac.com": "icloud.com"},
}
"""Domains with the same mailboxes as another one (the same sources; support.apple.com/118230)."""
HYPHENATED = ("yahoo.", "ymail.com", "rocketmail.com", "myyahoo.com")
"""Yahoo's disposable addresses are NAME-KEYWORD, and no other name there has a hyphen (help.yahoo.com/kb/SLN28338.html)."""


def mailbox(email: str) -> str:
    """What every spelling of one mailbox has in common; "" for what is none.

    Without case, invisible characters, quotation marks and the name in front of ``<anna@mail.example>``; without a +tag (RFC 5233:
    Gmail, Outlook, iCloud, Proton, Fastmail, mailbox.org and Posteo deliver it; where tags are
    unknown, hardly anybody has a plus sign in the name, so it is cut off everywhere); without dots and after a hyphen where the
    provider sees it so; the domain in Punycode, without a dot at its end.
    """
    written = _visible(unicodedata.normalize("NFKC", email)).strip().casefold()
    if found := _IN_ANGLES.search(written):
        written = found[1].strip()
    name, _, domain = written.rpartition("@")
    domain = _domain(domain)
    if not (name and domain):
        return ""
    short = name.partition("+")[0] or name
    if domain.startswith(HYPHENATED):
        short = short.partition("-")[0] or short
    if ignored := DOTLESS.get(domain):
        short = ignored.sub("", short) or short
    return f"{_QUOTES.sub('', short) or name}@{domain}"


_IN_ANGLES = re.compile(r"<([^<>]*@[^<>]*)>$")
_QUOTES = re.compile(r'^["\s]+|["\s]+$')


def _visible(text: str) -> str:
    """Without soft hyphens, zero-width blanks and the like, which come along when text is copied."""
    return text if text.isascii() else "".join(char for char in text if unicodedata.category(char) != "Cf")


@lru_cache(maxsize=4096)
def _domain(written: str) -> str:
    found = written.rstrip(".")
    try:
        found = found.encode("idna").decode("ascii")
    except UnicodeError:  # no name that the net knows; two of them are still one if they are written alike
        return found
    return ONE_PROVIDER.get(found, found)


def home(address: Address) -> str | None:
    """What every spelling of one household has in common: surname, street with number and postcode; None when there is too little to tell.

    Beyond what ``address.plain`` sees as one (case, blanks, hyphens, dots, Straße, Strasse and Str.): ä, ae and a; é and e; St. and
    Sankt; Platz and Pl.; "Nr. 5", "05" and 5; "5, 2. OG" and 5; a number in the line below the street; "Dr. Müller" and Müller; D-20095,
    "200 95" and 20095; the number before the street or behind it, the whole name in one field, "von Müller" and Müller, and whom it is
    care of.  Numbers stay what they are.  The country is left out: shops leave it blank, and no two countries have the same
    name at the same door of the same postcode.
    """
    name = _folded(_surname(address)) or _folded(address.company)
    street, code = _street(address), postcode(address.postcode)
    if not (name and code and any(map(str.isalpha, street))):
        return None
    return f"{name}|{identity.place(replace(address, street=street, postcode=code, country=''))}"


def postcode(written: str) -> str:
    """Its letters and digits alone, without the country's letters before them, nor noughts that a spreadsheet loses (01067 is 1067 then)."""
    bare = "".join(filter(str.isalnum, _TOWN.sub(r"\1", unicodedata.normalize("NFKC", written).casefold())))
    return _COUNTRY_LETTERS.sub("", bare).lstrip("0")


def _surname(address: Address) -> str:
    """The surname alone, without titles, particles and "jun."; of a whole name in one field its last word."""
    if address.first_name and address.last_name.isalpha():
        return address.last_name  # nearly everybody's
    last, first = (_TITLES.sub("", name).strip() for name in (address.last_name, address.first_name))
    if not last and " " in first:
        last, first = first, ""
    words = (_BORN.split(last, maxsplit=1)[0] or last).split()
    while len(words) > 1 and _YOUNGER.fullmatch(words[-1]):
        words.pop()
    if not first and len(words) > 1 and not _LEGAL_FORM.fullmatch(words[-1]):
        return words[-1]
    return _PARTICLES.sub("", " ".join(words))


def _street(address: Address) -> str:
    written, addition = address.street.strip(), address.addition.strip()
    if _NO_STREET.match(written) and any(map(str.isalpha, addition)) and any(map(str.isdigit, addition)):
        written = addition
    written = _FLOOR.sub(r"\1", written)
    if _NUMBER.fullmatch(addition) and not any(map(str.isdigit, written)):
        written = f"{written} {addition}"
    elif _NUMBER.fullmatch(written) and any(map(str.isalpha, addition)):
        written = f"{addition} {written}"
    written = _NUMBER_FIRST.sub(r"\2 \1", written).rstrip(" ,;./-–")
    return _NOUGHTS.sub("", _WORDS.sub(_shorter, _folded(written)))


_TITLE = "herrn?|frau|fam(?:ilie)?|mrs?|ms|prof(?:essor(?:in)?)?|dr|dipl|ing|med|phil|nat|rer|jur|mag"
_TITLES = re.compile(rf"^\W*(?:(?:{_TITLE})(?:\.\W*|[\s-]+)){{1,6}}(?=\w)", re.IGNORECASE)
_FLOOR = re.compile(
    r"(\d\s?[a-z]?)[\s,;/(–-]+(?:(?:c/o|z\.?\s?hd|bei|hh|vh|links|rechts|mitte|hinten|li|re)(?=[\s.,)]|$)|\d+\s?\.?\s?(?:[od]g|ug|obergeschoss|stock(?:werk)?|etage)|eg|[ud]g|erdgescho(?:ss|ß)|dachgescho(?:ss|ß)"
    r"|(?:whg|wohnung|wohneinheit|apartment|appartement|apt|app|top|etage|stock|hinterhaus|vorderhaus)(?=[\s.\d]|$))\b.*$",
    re.IGNORECASE,
)
"""What tells the flat, or whose it is, behind a house number."""
_NO_STREET = re.compile(r"\W*(?:c/o|z\.?\s?hd\.?|bei|hinterhaus|vorderhaus|[hv]h$|\d+\s?\.?\s?(?:og|stock|etage))", re.IGNORECASE)
_NUMBER_FIRST = re.compile(r"^(\d{1,4}(?:\s?[a-zA-Z])?)[\s,]+(?=[^\W\d]{2})(\D+)$")
_BORN = re.compile(r",|\sgeb(?:\.|orene)?\s", re.IGNORECASE)
_YOUNGER = re.compile(r"(?:jun|jr|sen|sr|junior|senior|i{2,3}|\d+)\.?", re.IGNORECASE)
_PARTICLES = re.compile(r"^(?:(?:von|vom|van|zu|zum|zur|und|der|den|dem|de|del|della|di|da|du|ten|ter|la|le)\s+)+(?=\S)", re.IGNORECASE)
_LEGAL_FORM = re.compile(r"\W*(?:gmbh|mbh|ag|kg|ug|ohg|gbr|se|e\W?\s?v|e\W?\s?k|ltd|inc|co|llc|bv|sarl)\W*", re.IGNORECASE)
_TOWN = re.compile(r"^(\W*(?:[a-z]{1,3}\W*)?\d{4,5})\s+[^\W\d]{3}.*$")
_NUMBER = re.compile(r"\W*\d{1,4}\s?[a-zA-Z]?\W*")
_NOUGHTS = re.compile(r"(?<!\d)0+(?=\d)")
_WORDS = re.compile(r"sankt|platz|(?:haus)?(?:nr|nummer)(?=\d)")
_COUNTRY_LETTERS = re.compile(r"^(?:[a-z]{1,3}(?=\d+$|\d{4}[a-z]{2}$)|(?:gb|uk)(?=[a-z]{1,2}\d))")
_UNMARKED = str.maketrans({"æ": "a", "œ": "o", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_UMLAUT = re.compile("([aou])e+")


def _shorter(word: re.Match[str]) -> str:
    return {"sankt": "st", "platz": "pl"}.get(word[0], "")


@lru_cache(maxsize=1 << 14)
def _folded(part: str) -> str:
    """``plain`` without marks and umlauts: Müller, Mueller and Muller are one."""
    letters = plain(part)
    if not letters.isascii():
        letters = "".join(filter(_is_no_mark, unicodedata.normalize("NFKD", letters.translate(_UNMARKED))))
    return _UMLAUT.sub(r"\1", letters)


def _is_no_mark(letter: str) -> bool:
    return not unicodedata.combining(letter)
