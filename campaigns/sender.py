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
    register: str = ""
    """Company register and VAT number, one line of the footer."""

    @property
    def return_line(self) -> str:
        """The small line above the address (Rücksendeangabe)."""
        return f"{self.name} · {self.street} · {self.postcode} {self.town}"
