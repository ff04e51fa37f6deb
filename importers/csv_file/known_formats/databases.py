"""What do tables look like that shop systems export with the names of their database's columns?"""

from campaigns.record import Kind
from importers.csv_file.formats import Format
from importers.csv_file.internal_ids import OXID_COUNTRIES
from importers.csv_file.known_formats.headings import OBJECTED, OF_ONE_ADDRESS

JTL_SHOP_CUSTOMERS = Format(
    "jtl_shop_customers",
    Kind.CUSTOMERS,
    {
        "customer_number": ("cKundenNr",),
        "email": ("cMail",),
        "salutation": ("cAnrede",),
        "honorific": ("cTitel",),
        "first_name": ("cVorname",),
        "last_name": ("cNachname",),
        "company": ("cFirma",),
        "street": ("cStrasse",),
        "house_number": ("cHausnummer",),
        "addition": ("cAdressZusatz",),
        "postcode": ("cPLZ",),
        "town": ("cOrt",),
        "country": ("cLand",),
        "registered_at": ("dErstellt",),
        **OBJECTED,
    },
    needs=OF_ONE_ADDRESS,
)
OXID_CUSTOMERS = Format(
    "oxid_customers",
    Kind.CUSTOMERS,
    {
        "customer_number": ("OXCUSTNR",),
        "email": ("OXUSERNAME",),
        "salutation": ("OXSAL",),
        "first_name": ("OXFNAME",),
        "last_name": ("OXLNAME",),
        "company": ("OXCOMPANY",),
        "street": ("OXSTREET",),
        "house_number": ("OXSTREETNR",),
        "addition": ("OXADDINFO",),
        "postcode": ("OXZIP",),
        "town": ("OXCITY",),
        "country": ("OXCOUNTRYID",),
        "registered_at": ("OXREGISTER", "OXCREATE"),
        **OBJECTED,
    },
    needs=OF_ONE_ADDRESS,
    values={"country": OXID_COUNTRIES},
)
