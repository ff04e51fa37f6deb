"""Where does the person of this row live?"""

from campaigns.address import Address
from campaigns.destinations import town_with_region
from importers.csv_file.rows import PersonRow
from importers.persons import sex_and_title, split_name


def address_of(row: PersonRow, salutation: str = "") -> Address:
    """The address in the row; a title may stand in a column of its own, in the salutation, or in the full name."""
    title, first, last = "", row.first_name, row.last_name
    if row.name and not (first or last):
        title, first, last = split_name(row.name)
    street = " ".join(part for part in (row.street, row.house_number) if part)
    title = row.honorific or title or sex_and_title(salutation)[1]
    return Address(row.company, title, first, last, row.addition, street, row.postcode, town_with_region(row.town, row.region, row.country), row.country)
