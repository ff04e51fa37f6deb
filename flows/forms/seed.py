"""What does a marketer fill in for an address of one's own?"""

from typing import Literal

from pydantic import Field

from campaigns.address import Address
from campaigns.customer import Sex
from flows.forms.form import Form


class SeedForm(Form):
    """A seed address (Kontrolladresse): it gets a letter of each print run."""

    sex: Literal["", "f", "m"] = Field("", title="Salutation", description="f: Frau, Ms. m: Herr, Mr. Empty: a greeting with the full name.")
    first_name: str = Field("Kontrolle", title="First name", description="As it stands in the window.")
    last_name: str = Field("Teehaus", title="Surname", description="As it stands in the window. A name that only you use tells where a stray letter came from.")
    company: str = Field("", title="Company", description="Empty for a private address.")
    addition: str = Field("", title="Second address line", description="Like c/o; mostly empty.")
    street: str = Field("", title="Street and number", description="Where the letter goes.")
    postcode: str = Field("", title="Postcode", description="As the post of that country writes it.")
    town: str = Field("", title="Town", description="Where the letter goes.")
    country: str = Field("DE", title="Country", description="ISO code like DE, AT, CH.", pattern=r"^[A-Za-z]{2}$")

    def to_address(self) -> Address:
        """The address as the rules know it."""
        parts = (self.company, "", self.first_name, self.last_name, self.addition, self.street, self.postcode, self.town, self.country.upper())
        return Address(*(part.strip() for part in parts))

    @property
    def known_sex(self) -> Sex:
        """For the salutation."""
        return Sex(self.sex)
