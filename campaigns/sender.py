"""Who writes the letters?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sender:
    """The shop as it stands in the letterhead, the return line and the footer."""

    name: str
    street: str
    postcode: str
    town: str
    country: str = "DE"
    email: str = ""
    phone: str = ""
    website: str = ""
    signatory: str = ""
    """One for all languages, and others behind it: ``Anna Meier, Inhaberin | en: Anna Meier, owner``."""
    register: str = ""
    """Company register and VAT number, one line of the footer."""

    def signed(self, language: str) -> str:
        """Who signs a letter in this language (two letters); the shop itself where nobody is named."""
        first, *others = self.signatory.split("|")
        named = {spoken.strip(): words.strip() for spoken, _, words in (other.partition(":") for other in others)}
        return named.get(language) or first.strip() or self.name

    @property
    def return_line(self) -> str:
        """The small line above the address (Rücksendeangabe)."""
        return f"{self.name} · {self.street} · {self.postcode} {self.town}"
