"""What would the exports of a small tea shop look like, with customers to win back?

    python examples/make_sample_shop.py OUT [--customers 400] [--seed 7] [--end 2026-11-15]

writes ``customers.csv`` and ``orders.csv`` as Shopify exports them, and ``carts.csv``. The same arguments give the same bytes.
The people are invented, the towns are real, the mail addresses are of example domains. Half of the buyers have been away for more
than 180 days; a few addresses cannot be posted to, on purpose (``ODDITIES``). Standard library only.
"""

import argparse
import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SHOP = "Teehaus Silberlinde"
BERLIN = ZoneInfo("Europe/Berlin")

CUSTOMER_COLUMNS = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,"
    "Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,"
    "Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags"
)
ORDER_COLUMNS = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,"
    "Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,"
    "Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,"
    "Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping Address1,"
    "Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,"
    "Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,"
    "Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,"
    "Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,Payment References"
)
CART_COLUMNS = "Cart ID,Email,Created at,Updated at,SKU,Title,Quantity,Unit Price"

ARTICLES = (
    ("T-101", "Silberlinde Hausmischung 100 g", 790), ("T-102", "Ostfriesen Broken 250 g", 1190), ("T-103", "Darjeeling First Flush 100 g", 1690),
    ("T-104", "Assam Goldspitzen 250 g", 1490), ("T-105", "Earl Grey mit Bergamotte 100 g", 890), ("T-106", "Rauchtee Lapsang 100 g", 990),
    ("T-201", "Sencha aus Kagoshima 100 g", 1350), ("T-202", "Jasminperlen 50 g", 1290), ("T-203", "Matcha Zeremonie 30 g", 2450),
    ("T-204", "Genmaicha mit geröstetem Reis 100 g", 950), ("T-301", "Weiße Pfingstrose (Pai Mu Tan) 50 g", 1150), ("T-302", "Milky Oolong 100 g", 1580),
    ("T-401", "Kräutergarten Alpenwiese 80 g", 690), ("T-402", "Früchteglück Hagebutte-Quitte 100 g", 650), ("T-403", "Rooibos Bratapfel 100 g", 720),
    ("T-404", "Pfefferminze aus Eichenau 60 g", 590), ("T-405", "Schlaf schön! Lavendel & Melisse 60 g", 680), ("Z-501", "Kandis am Faden, 6 Stück", 540),
    ("Z-502", "Lindenblütenhonig 250 g", 820), ("G-601", "Teekanne Gusseisen »Kiesel« 0,8 l", 5490), ("G-602", "Teesieb Edelstahl", 990),
    ("G-603", "Steingut-Becher »Morgenlicht«", 1690), ("G-604", "Teedose mit Wappen 200 g", 1250), ("S-701", "Probierset Winterabend (6 Sorten)", 2290),
)  # fmt: skip
"""Article number, title, price in cents."""

PLACES = {
    "DE": """01067 Dresden|02826 Görlitz|04109 Leipzig|06484 Quedlinburg|10115 Berlin|10999 Berlin|14467 Potsdam|18055 Rostock|19053 Schwerin
20095 Hamburg|22765 Hamburg|23552 Lübeck|24103 Kiel|25813 Husum|28195 Bremen|30159 Hannover|33602 Bielefeld|34117 Kassel|37073 Göttingen
40213 Düsseldorf|42103 Wuppertal|44135 Dortmund|45127 Essen|48143 Münster|50667 Köln|53111 Bonn|60311 Frankfurt am Main|65183 Wiesbaden
68159 Mannheim|69117 Heidelberg|70173 Stuttgart|72070 Tübingen|76131 Karlsruhe|78462 Konstanz|79098 Freiburg im Breisgau|80331 München
82467 Garmisch-Partenkirchen|83646 Bad Tölz|86150 Augsburg|90402 Nürnberg|93047 Regensburg|94032 Passau|97070 Würzburg|99084 Erfurt|99423 Weimar""",
    "AT": "1010 Wien|1070 Wien|3100 St. Pölten|3500 Krems an der Donau|4020 Linz|4600 Wels|5020 Salzburg|6020 Innsbruck|6850 Dornbirn|6900 Bregenz|8010 Graz",
    "CH": "1003 Lausanne|2502 Biel/Bienne|3011 Bern|3600 Thun|4001 Basel|6003 Luzern|6900 Lugano|7000 Chur|8001 Zürich|8200 Schaffhausen|8400 Winterthur",
    "NL": "1012 JS Amsterdam|3511 LN Utrecht|9711 LM Groningen",
    "FR": "67000 Strasbourg|68000 Colmar|75011 Paris",
    "DK": "1050 København K|8000 Aarhus C|6400 Sønderborg",
    "PL": "50-101 Wrocław|31-042 Kraków|80-831 Gdańsk",
    "GB": "EH1 1RE Edinburgh|OX1 2JD Oxford|BS1 4DJ Bristol",
    "LU": "1136 Luxembourg",
}
SHARES = {"DE": 70, "AT": 12, "CH": 8, "NL": 3, "FR": 2, "DK": 2, "PL": 1, "GB": 1, "LU": 1}
FIRST = {
    "": """Anna Bärbel Björn Carla Christoph Claudia Dieter Elif Emma Felix Finn Franziska Friederike Gökhan Greta Günther Hannah Heike Henrik Ida Ingrid Jakob
Jan Jörg Jürgen Karl-Heinz Katharina Klaus Lena Leonie Lukas Magdalena Manfred Maren Marie-Luise Matthias Mehmet Monika Moritz Nele Nils Oskar Petra Renate
Rüdiger Sabine Sönke Sofia Stefanie Susanne Theo Thomas Ursula Uwe Wiebke Yasemin""",
    "NL": "Anneke Daan Femke Joost Maarten Sanne", "FR": "Amélie Benoît Chloé François Hélène Théo", "DK": "Astrid Jørgen Kirsten Mads Søren",
    "PL": "Agnieszka Łukasz Małgorzata Paweł Zofia", "GB": "Alice Fiona Graham Oliver Rhys",
}  # fmt: skip
LAST = {
    "": """Abendroth Bachmann Böttcher Brandt Brückner Çelik Dittmar Engelhardt Fährmann Fuchs Gärtner Großmann Haase Heß Hübner Jäger Jessen Kaiser Köhler
Krüger Lindqvist Löwe Maaß Meißner Möller Müller Nguyen Nußbaum Öztürk Petersen Pohl Preuß Rößler Sauer Schäfer Scholz Schütz Seidel Strauß Thiele Uhlig Vogt
Voß Wagner Weiß Wolff Yıldız Zander Ziegler Zimmermann""",
    "NL": "Bakker Dijkstra Visser", "FR": "Bérenger Lefèvre Noël", "DK": "Bjørnsen Kjær Sørensen", "PL": "Kowalczyk Wiśniewska Żeleński",
    "GB": "Ashworth MacLeod O'Connor",
}  # fmt: skip
STREETS = {
    "": """Ahornweg|Am Alten Hafen|Amselstraße|An der Lindenallee|Bahnhofstraße|Birkenweg|Brückenstraße|Dorfstraße|Eichendorffstraße|Fliederweg|Gartenstraße
Goethestraße|Große Bleiche|Hauptstraße|Im Wiesengrund|Kastanienallee|Kirchgasse|Lange Straße|Ludwigstraße|Marktplatz|Mühlenweg|Ringstraße
Rosenstraße|Schillerstraße|Schloßstraße|Sonnenhang|Straße des Friedens|Töpfergasse|Uferstraße|Waldstraße|Zum Seeblick""",
    "NL": "Lindengracht|Oudegracht", "FR": "Rue des Tilleuls|Rue du Marché", "DK": "Lindevej|Nørregade", "PL": "ul. Lipowa|ul. Długa",
    "GB": "Linden Road|Castle Street",
}  # fmt: skip
ADDITIONS = ("Hinterhaus", "2. OG links", "c/o Familie Brandt", "Gartenhaus", "c/o Praxis Dr. Sauer")
COMPANIES = ("{} GmbH", "Café {}", "Buchhandlung {}", "{} & Söhne KG", "Praxis für Physiotherapie {}")
ODDITIES: tuple[dict[str, str], ...] = (
    {"street": ""},
    {"country": "DE", "postcode": "1067", "town": "Dresden"},
    {"first_name": "小明", "last_name": "王"},
    {"first_name": "Maximiliane-Charlotte Friederike Auguste", "last_name": "Freifrau von Hohenstein-Waldburg zu Langenberg-Schwarzenfels auf Niederwiesa"},
    {"country": "DE", "street": "Packstation 145", "addition": "91827364", "postcode": "50667", "town": "Köln"},
    {"country": "DE", "street": "Packstation 112", "addition": "55443322", "postcode": "10115", "town": "Berlin"},
    {"first_name": "Marie-Theres", "last_name": "Schmidt-Großmann-Yıldırım"},
    {"first_name": "", "last_name": "", "company": "Lindenhof Pensionsbetriebe GmbH & Co. KG"},
    {"postcode": "", "town": ""},
)
"""What happens to customers of any shop: addresses that cannot be posted to, and some that only look so. They are all lapsed buyers."""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer with the address of the account."""

    number: int
    first_name: str
    last_name: str
    email: str
    company: str
    street: str
    addition: str
    postcode: str
    town: str
    country: str

    @property
    def name(self) -> str:
        """First and last name in one."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(slots=True)
class Sale:
    """An order; its number follows from its date among all."""

    person: Person
    at: datetime
    lines: list[tuple[str, str, int, int]]
    financial: str = "paid"
    fulfilment: str = "fulfilled"
    cancelled_at: datetime | None = None
    discount: str = ""
    number: int = field(default=0)

    @property
    def total(self) -> int:
        """Cents."""
        return sum(quantity * price for _, _, quantity, price in self.lines)


def person(rng: random.Random, number: int) -> Person:
    """An invented customer of a country by ``SHARES``."""
    country = rng.choices(list(SHARES), list(SHARES.values()))[0]
    first, last = rng.choice((FIRST.get(country) or FIRST[""]).split()), rng.choice((LAST.get(country) or LAST[""]).split())
    if rng.random() < 0.06:
        last = f"{last}-{rng.choice((LAST.get(country) or LAST['']).split())}"
    street, house = (
        rng.choice((STREETS.get(country) or STREETS[""]).replace("\n", "|").split("|")),
        f"{rng.randint(1, 120)}{rng.choice(['', '', '', 'a', 'b'])}",
    )
    place = rng.choice(PLACES[country].replace("\n", "|").split("|"))
    blanks = 2 if country in ("NL", "GB") else 1
    postcode, town = " ".join(place.split(" ")[:blanks]), place.split(" ", blanks)[blanks]
    return Person(
        number,
        first,
        last,
        f"{mailbox(first)}.{mailbox(last)}.{number}@example.{rng.choice(['com', 'net', 'org'])}",
        rng.choice(COMPANIES).format(last) if rng.random() < 0.06 else "",
        f"{house} {street}" if country in ("FR", "GB") else f"{street} {house}",
        rng.choice(ADDITIONS) if rng.random() < 0.06 else "",
        postcode,
        town,
        country,
    )


_LATIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l", "ø": "o", "ç": "c", "é": "e", "è": "e", "ê": "e", "î": "i", "ë": "e", "ı": "i"})


def mailbox(name: str) -> str:
    """The name in the letters of a mail address."""
    return "".join(char for char in name.lower().translate(_LATIN) if char.isascii() and (char.isalnum() or char == "-"))


def last_order_days(rng: random.Random, lapsed: bool) -> int:
    """Days between the last order and the end: half of the buyers are away for long, a few for longer than one may write to them."""
    if lapsed or rng.random() < 0.52:
        return rng.randint(190, 640)
    return rng.randint(1110, 1500) if rng.random() < 0.08 else rng.randint(1, 170)


def history(rng: random.Random, buyer: Person, end: date, lapsed: bool) -> list[Sale]:
    """The orders of one buyer, newest first."""
    sales, days = [], last_order_days(rng, lapsed)
    for _ in range(rng.choices([1, 2, 3, 4], [66, 22, 8, 4])[0]):
        at = datetime.combine(end - timedelta(days=days), time(rng.randint(8, 21), rng.randint(0, 59), rng.randint(0, 59)), BERLIN)
        sale = Sale(buyer, at, articles(rng), discount="WILLKOMMEN5" if rng.random() < 0.1 else "")
        settle(rng, sale, lapsed)
        sales.append(sale)
        days += rng.randint(25, 160)
    return sales


def articles(rng: random.Random) -> list[tuple[str, str, int, int]]:
    """One to three articles with their quantities."""
    chosen = rng.sample(ARTICLES, rng.choices([1, 2, 3], [52, 34, 14])[0])
    return [(sku, title, rng.choices([1, 2, 3], [80, 15, 5])[0], price) for sku, title, price in chosen]


def settle(rng: random.Random, sale: Sale, always_paid: bool) -> None:
    """Most orders are paid and sent, a few are not."""
    chance = rng.random()
    if always_paid or chance > 0.06:
        return
    sale.fulfilment = "unfulfilled"
    if chance < 0.02:
        sale.financial, sale.cancelled_at = "voided", sale.at + timedelta(hours=5)
    elif chance < 0.04:
        sale.financial, sale.fulfilment = "refunded", "fulfilled"
    else:
        sale.financial = "pending"


def customer_cells(who: Person, sales: Sequence[Sale]) -> dict[str, str]:
    """A row of ``customers.csv``; ids and postcodes carry the apostrophe that Shopify writes."""
    return {
        "Customer ID": f"'8123{who.number:09d}",
        "First Name": who.first_name,
        "Last Name": who.last_name,
        "Email": who.email,
        "Accepts Email Marketing": "no",
        "Default Address Company": who.company,
        "Default Address Address1": who.street,
        "Default Address Address2": who.addition,
        "Default Address City": who.town,
        "Default Address Country Code": who.country,
        "Default Address Zip": f"'{who.postcode}" if who.postcode else "",
        "Accepts SMS Marketing": "no",
        "Total Spent": amount(sum(sale.total for sale in sales)),
        "Total Orders": str(len(sales)),
        "Tax Exempt": "no",
    }


def order_cells(sale: Sale) -> list[dict[str, str]]:
    """The rows of an order in ``orders.csv``: the first one holds the order, each holds an article."""
    rows = [
        {
            "Name": f"#{sale.number}",
            "Email": sale.person.email,
            "Created at": moment(sale.at),
            "Lineitem quantity": str(quantity),
            "Lineitem name": title,
            "Lineitem price": amount(price),
            "Lineitem sku": sku,
            "Vendor": SHOP,
        }
        for sku, title, quantity, price in sale.lines
    ]
    rows[0] |= {
        "Id": f"6120{sale.number:09d}",
        "Financial Status": sale.financial,
        "Paid at": moment(sale.at) if sale.financial in ("paid", "refunded") else "",
        "Fulfillment Status": sale.fulfilment,
        "Cancelled at": moment(sale.cancelled_at) if sale.cancelled_at else "",
        "Currency": "EUR",
        "Subtotal": amount(sale.total),
        "Shipping": "0.00",
        "Total": amount(sale.total),
        "Discount Code": sale.discount,
        "Source": "web",
        **address_cells(sale.person, "Billing"),
    }
    return rows


def address_cells(who: Person, side: str) -> dict[str, str]:
    """The address columns of an order."""
    return {
        f"{side} Name": who.name,
        f"{side} Address1": who.street,
        f"{side} Address2": who.addition,
        f"{side} Company": who.company,
        f"{side} City": who.town,
        f"{side} Zip": f"'{who.postcode}" if who.postcode else "",
        f"{side} Country": who.country,
    }


def cart_cells(rng: random.Random, number: int, who: Person, end: date) -> list[dict[str, str]]:
    """The rows of a cart left behind within the last eight weeks."""
    at = datetime.combine(end - timedelta(days=rng.randint(1, 56)), time(rng.randint(8, 21), rng.randint(0, 59)), BERLIN)
    updated = at + timedelta(minutes=rng.randint(1, 90))
    cells = {"Cart ID": f"c-{number}", "Email": who.email, "Created at": at.isoformat(), "Updated at": updated.isoformat()}
    return [cells | {"SKU": sku, "Title": title, "Quantity": str(quantity), "Unit Price": amount(price)} for sku, title, quantity, price in articles(rng)]


def amount(cents: int) -> str:
    """Shopify's form: 1234.50."""
    return f"{cents / 100:.2f}"


def moment(at: datetime) -> str:
    """Shopify's form: 2026-05-11 09:55:16 +0200."""
    return at.strftime("%Y-%m-%d %H:%M:%S %z")


def write(path: Path, columns: str, rows: Sequence[dict[str, str]]) -> None:
    """UTF-8, comma, LF, as Shopify writes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns.split(","), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def make(out: Path, customers: int = 400, seed: int = 7, end: date = date(2026, 11, 15)) -> None:
    """Write the three files into the folder ``out``."""
    rng = random.Random(seed)
    people, sales, carts = [], [], []
    for index in range(customers):
        who, odd = person(rng, 10001 + index), index % 11 == 5 and index // 11 < len(ODDITIES)
        if odd:
            who = replace(who, **ODDITIES[index // 11])  # type: ignore[arg-type]  # names and texts, no number
        bought = [] if not odd and rng.random() < 0.14 else history(rng, who, end, odd)
        people.append((who, bought))
        sales += bought
        if not odd and rng.random() < 0.1:
            carts += cart_cells(rng, 501 + index, who, end)
    sales.sort(key=lambda sale: sale.at)
    for number, sale in enumerate(sales, start=1001):
        sale.number = number
    out.mkdir(parents=True, exist_ok=True)
    write(out / "customers.csv", CUSTOMER_COLUMNS, [customer_cells(*each) for each in people])
    write(out / "orders.csv", ORDER_COLUMNS, [row for sale in reversed(sales) for row in order_cells(sale)])
    write(out / "carts.csv", CART_COLUMNS, carts)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--customers", type=int, default=400)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--end", type=date.fromisoformat, default=date(2026, 11, 15))
    args = parser.parse_args()
    make(args.out, args.customers, args.seed, args.end)


if __name__ == "__main__":
    main()
