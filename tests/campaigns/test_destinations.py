"""Is a letter to this country addressed as its post wants it?

One address as a shop has it, and the lines below the name when it is posted in Germany.
"""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.address import Address, AddressProblem, PostalAddress, postal, postal_problem
from campaigns.countries import is_known
from campaigns.destinations import DESTINATIONS, destination

Case = tuple[str, str, str, str, tuple[str, ...]]

CASES: list[Case] = [
    ("AD", "Carrer de la Vall 12", "AD500", "Andorra la Vella", ("Carrer de la Vall 12", "AD500 ANDORRA LA VELLA", "ANDORRA")),
    ("AE", "Sheikh Zayed Road 5", "", "Dubai", ("Sheikh Zayed Road 5", "DUBAI", "VEREINIGTE ARABISCHE EMIRATE")),
    ("AL", "Rruga Myslym Shyri 4", "1001", "Tiranë", ("Rruga Myslym Shyri 4", "1001 TIRANË", "ALBANIEN")),
    ("AT", "Schönbrunner Straße 25/3", "A-1050", "Wien", ("Schönbrunner Straße 25/3", "1050 WIEN", "ÖSTERREICH")),
    ("AU", "12 George Street", "2000", "Sydney, NSW", ("12 George Street", "SYDNEY NSW 2000", "AUSTRALIEN")),
    ("BA", "Titova 15", "71000", "Sarajevo", ("Titova 15", "71000 SARAJEVO", "BOSNIEN UND HERZEGOWINA")),
    ("BE", "Wetstraat 16", "B-1000", "Brussel", ("Wetstraat 16", "1000 BRUSSEL", "BELGIEN")),
    ("BG", "ul. Vitosha 7", "1000", "Sofia", ("ul. Vitosha 7", "1000 SOFIA", "BULGARIEN")),
    ("BR", "Rua Augusta 1500", "01304001", "São Paulo-SP", ("Rua Augusta 1500", "SÃO PAULO-SP", "01304-001", "BRASILIEN")),
    ("CA", "111 Wellington St", "k1a0b1", "Ottawa, ON", ("111 Wellington St", "OTTAWA ON  K1A 0B1", "KANADA")),
    ("CH", "Rue du Rhône 14", "CH-1204", "Genève", ("Rue du Rhône 14", "1204 GENÈVE", "SCHWEIZ")),
    ("CN", "15 Jianguo Road", "100022", "Beijing", ("15 Jianguo Road", "100022 BEIJING", "CHINA")),
    ("CY", "Leoforos Makariou 3", "1065", "Lefkosia", ("Leoforos Makariou 3", "1065 LEFKOSIA", "ZYPERN")),
    ("CZ", "Vodičkova 12", "CZ-11000", "Praha 1", ("Vodičkova 12", "110 00 PRAHA 1", "TSCHECHIEN")),
    ("DE", "Möwenweg 7", "D-20253", "Hamburg", ("Möwenweg 7", "20253 Hamburg")),
    ("DK", "Nørregade 10", "DK-1165", "København K", ("Nørregade 10", "1165 KØBENHAVN K", "DÄNEMARK")),
    ("EE", "Pikk tn 8", "10123", "Tallinn", ("Pikk tn 8", "10123 TALLINN", "ESTLAND")),
    ("ES", "Calle de Alcalá 45, 2º B", "28014", "Madrid", ("Calle de Alcalá 45, 2º B", "28014 MADRID", "SPANIEN")),
    ("FI", "Mannerheimintie 2", "FI-00100", "Helsinki", ("Mannerheimintie 2", "00100 HELSINKI", "FINNLAND")),
    ("FR", "25, rue de l’Église", "F-33500", "Libourne", ("25 RUE DE L’ÉGLISE", "33500 LIBOURNE", "FRANKREICH")),
    ("GB", "10 Downing Street", "sw1a2aa", "London", ("10 Downing Street", "LONDON", "SW1A 2AA", "GROSSBRITANNIEN")),
    ("GG", "Le Truchot 4", "gy11wd", "St Peter Port", ("Le Truchot 4", "ST PETER PORT", "GY1 1WD", "GUERNSEY")),
    ("GR", "Ermou 18", "GR-10563", "Athina", ("Ermou 18", "105 63 ATHINA", "GRIECHENLAND")),
    ("HK", "1 Queen's Road", "", "Central", ("1 Queen's Road", "CENTRAL", "HONGKONG")),
    ("HR", "Ilica 10", "HR-10000", "Zagreb", ("Ilica 10", "10000 ZAGREB", "KROATIEN")),
    ("HU", "Honvéd utca 13", "H-1055", "Budapest", ("Honvéd utca 13", "1055 BUDAPEST", "UNGARN")),
    ("IE", "27 Merrion Street", "d02 y006", "Dublin 2", ("27 Merrion Street", "DUBLIN 2", "D02 Y006", "IRLAND")),
    ("IL", "Herzl 12", "6688312", "Tel Aviv", ("Herzl 12", "TEL AVIV 6688312", "ISRAEL")),
    ("IM", "2 Athol Street", "IM1 1JA", "Douglas", ("2 Athol Street", "DOUGLAS", "IM1 1JA", "ISLE OF MAN")),
    ("IN", "14 Janpath", "110 001", "New Delhi", ("14 Janpath", "NEW DELHI 110001", "INDIEN")),
    ("IS", "Laugavegur 5", "IS-101", "Reykjavík", ("Laugavegur 5", "101 REYKJAVÍK", "ISLAND")),
    ("IT", "Via Roma 10", "I-20121", "Milano MI", ("Via Roma 10", "20121 MILANO MI", "ITALIEN")),
    ("JE", "5 Broad Street", "JE23RR", "St Helier", ("5 Broad Street", "ST HELIER", "JE2 3RR", "JERSEY")),
    ("JP", "4-2-8 Shibakoen, Minato-ku", "105-0011", "Tokyo", ("4-2-8 Shibakoen, Minato-ku", "TOKYO 105-0011", "JAPAN")),
    ("KR", "110 Sejong-daero, Jung-gu", "04524", "Seoul", ("110 Sejong-daero, Jung-gu", "SEOUL 04524", "SÜDKOREA")),
    ("LI", "Städtle 3", "FL-9490", "Vaduz", ("Städtle 3", "9490 VADUZ", "LIECHTENSTEIN")),
    ("LT", "Gedimino pr. 9", "01103", "Vilnius", ("Gedimino pr. 9", "LT-01103 VILNIUS", "LITAUEN")),
    ("LU", "71, route de Longwy", "L-4750", "Pétange", ("71, route de Longwy", "4750 PÉTANGE", "LUXEMBURG")),
    ("LV", "Brīvības iela 33", "1010", "Rīga", ("Brīvības iela 33", "RĪGA, LV-1010", "LETTLAND")),
    ("MC", "23, avenue Prince Albert II", "98000", "Monaco", ("23 AVENUE PRINCE ALBERT II", "98000 MONACO", "MONACO")),
    ("MD", "Strada Alba Iulia 5", "MD2001", "Chișinău", ("Strada Alba Iulia 5", "MD-2001 CHIȘINĂU", "REPUBLIK MOLDAU")),
    ("ME", "Bokeška 4", "81000", "Podgorica", ("Bokeška 4", "81000 PODGORICA", "MONTENEGRO")),
    ("MK", "Makedonija 7", "MK-1000", "Skopje", ("Makedonija 7", "1000 SKOPJE", "NORDMAZEDONIEN")),
    ("MT", "12 Triq ir-Repubblika", "vlt1117", "Valletta", ("12 Triq ir-Repubblika", "VALLETTA VLT 1117", "MALTA")),
    ("MX", "Av. Juárez 20", "06050", "Ciudad de México", ("Av. Juárez 20", "06050 CIUDAD DE MÉXICO", "MEXIKO")),
    ("NL", "Damrak 70", "1012lm", "Amsterdam", ("Damrak 70", "1012 LM  AMSTERDAM", "NIEDERLANDE")),
    ("NO", "Karl Johans gate 22", "N-0026", "Oslo", ("Karl Johans gate 22", "0026 OSLO", "NORWEGEN")),
    ("NZ", "151 Queen Street", "1010", "Auckland", ("151 Queen Street", "AUCKLAND 1010", "NEUSEELAND")),
    ("PL", "ul. Świętokrzyska 14", "00950", "Warszawa", ("ul. Świętokrzyska 14", "00-950 WARSZAWA", "POLEN")),
    ("PT", "Rua Augusta 100", "P-1100-053", "Lisboa", ("Rua Augusta 100", "1100-053 LISBOA", "PORTUGAL")),
    ("RO", "Str. Ștefan cel Mare 5", "RO-010101", "București", ("Str. Ștefan cel Mare 5", "010101 BUCUREȘTI", "RUMÄNIEN")),
    ("RS", "Knez Mihailova 6", "11000", "Beograd", ("Knez Mihailova 6", "11000 BEOGRAD", "SERBIEN")),
    ("SE", "Drottninggatan 5", "SE-11151", "Stockholm", ("Drottninggatan 5", "111 51 STOCKHOLM", "SCHWEDEN")),
    ("SG", "1 Raffles Place", "048616", "Singapore", ("1 Raffles Place", "SINGAPORE 048616", "SINGAPUR")),
    ("SI", "Čopova ulica 3", "SI-1000", "Ljubljana", ("Čopova ulica 3", "1000 LJUBLJANA", "SLOWENIEN")),
    ("SK", "Obchodná 9", "81106", "Bratislava", ("Obchodná 9", "811 06 BRATISLAVA", "SLOWAKEI")),
    ("SM", "Via Salita alla Rocca 3", "47890", "San Marino", ("Via Salita alla Rocca 3", "47890 SAN MARINO", "SAN MARINO")),
    ("TH", "1 Charoen Krung Road", "10100", "Bangkok", ("1 Charoen Krung Road", "BANGKOK 10100", "THAILAND")),
    ("TR", "İstiklal Cad. 15", "34433", "Beyoğlu/İstanbul", ("İstiklal Cad. 15", "34433 BEYOĞLU/İSTANBUL", "TÜRKEI")),
    ("TW", "55 Jinshan S. Rd.", "10603", "Taipei", ("55 Jinshan S. Rd.", "TAIPEI 10603", "TAIWAN")),
    ("UA", "vul. Khreshchatyk 22", "01001", "Kyiv", ("vul. Khreshchatyk 22", "KYIV", "01001", "UKRAINE")),
    ("US", "1600 Pennsylvania Ave NW", "20500-0005", "Washington, DC", ("1600 Pennsylvania Ave NW", "WASHINGTON DC 20500-0005", "USA")),
    ("VA", "Via della Posta 2", "00120", "Città del Vaticano", ("Via della Posta 2", "00120 CITTÀ DEL VATICANO", "VATIKANSTADT")),
    ("XK", "Rruga Agim Ramadani 4", "10000", "Prishtinë", ("Rruga Agim Ramadani 4", "10000 PRISHTINË", "KOSOVO")),
    ("ZA", "12 Long Street", "8001", "Cape Town", ("12 Long Street", "CAPE TOWN", "8001", "SÜDAFRIKA")),
    ("AR", "Av. Corrientes 900", "c1043aaa", "Buenos Aires", ("Av. Corrientes 900", "C1043AAA BUENOS AIRES", "ARGENTINIEN")),
]


@pytest.mark.parametrize(("code", "street", "postcode", "town", "lines"), CASES, ids=[case[0] for case in CASES])
def test_a_letter_to(code: str, street: str, postcode: str, town: str, lines: tuple[str, ...]) -> None:
    address = Address(first_name="Anna", last_name="Müller", street=street, postcode=postcode, town=town, country=code)
    found = postal(address, "DE")
    assert found.lines == ("Anna Müller", *lines)
    assert found.problem is postal_problem(address, "DE") is None


def test_every_destination_has_an_example() -> None:
    assert len(DESTINATIONS) >= 40
    assert set(DESTINATIONS) == {case[0] for case in CASES} - {"AR"}
    assert all(is_known(code) for code in DESTINATIONS)


@pytest.mark.parametrize(
    ("code", "typed", "printed"),
    [
        ("DE", "01067", "01067"),
        ("DE", "D-01067", "01067"),
        ("DE", "D 01067", "01067"),
        ("DE", "d01067", "01067"),
        ("DE", "DE-01067", "01067"),
        ("DE", "D – 01067", "01067"),
        ("DE", " 01067 ", "01067"),
        ("DE", "1067", None),
        ("DE", "010678", None),
        ("DE", "A-01067", None),
        ("DE", "D-", None),
        ("DE", "", None),
        ("DE", "０１０６７", None),
        ("DE", "OIO67", None),
        ("AT", "A-1010", "1010"),
        ("AT", "AUT-1010", None),
        ("CH", "CH 8001", "8001"),
        ("LI", "FL-9490", "9490"),
        ("LU", "L - 1234", "1234"),
        ("LV", "LV1010", "LV-1010"),
        ("LT", "01103", "LT-01103"),
        ("AD", "500", "AD500"),
        ("SE", "111-51", "111 51"),
        ("PL", "00 950", "00-950"),
        ("PT", "1100053", "1100-053"),
        ("PT", "1100", None),
        ("NL", "NL-1012 LM", "1012 LM"),
        ("GB", "M11AE", "M1 1AE"),
        ("GB", "B33 8TH", "B33 8TH"),
        ("GB", "cr2 6xh", "CR2 6XH"),
        ("GB", "dn551pt", "DN55 1PT"),
        ("GB", "W1A 0AX", "W1A 0AX"),
        ("GB", "EC1A-1BB", "EC1A 1BB"),
        ("GB", "SW1A", None),
        ("IE", "D6WXH36", "D6W XH36"),
        ("MT", "MSD 01", "MSD 01"),
        ("US", "02108", "02108"),
        ("US", "021083456", "02108-3456"),
        ("US", "2108", None),
        ("CA", "K1A-0B1", "K1A 0B1"),
        ("RS", "106314", "106314"),
        ("HK", "999077", "999077"),
        ("AR", "  c1043aaa ", "C1043AAA"),
    ],
)
def test_a_postcode_is_printed_as_the_post_writes_it(code: str, typed: str, printed: str | None) -> None:
    assert destination(code).printed_postcode(typed) == printed


@given(st.sampled_from(sorted(DESTINATIONS)), st.text(alphabet="0123456789ABD -", max_size=9))
def test_a_printed_postcode_is_one_and_stays_as_it_is(code: str, typed: str) -> None:
    habits = destination(code)
    printed = habits.printed_postcode(typed)
    if printed is not None and habits.postcode:
        assert habits.postcode.fullmatch(printed)
        assert habits.printed_postcode(printed) == printed
        assert re.sub(r"\D", "", printed) == re.sub(r"\D", "", typed)


@pytest.mark.parametrize(
    ("home", "lines"),
    [
        ("DE", ("Weg 1", "1010 WIEN", "ÖSTERREICH")),
        ("AT", ("Weg 1", "1010 Wien")),
        ("CH", ("Weg 1", "1010 WIEN", "AUTRICHE")),
        ("LI", ("Weg 1", "1010 WIEN", "AUTRICHE")),
        ("FR", ("Weg 1", "1010 WIEN", "AUTRICHE")),
        ("NL", ("Weg 1", "1010 WIEN", "AUSTRIA")),
    ],
)
def test_the_country_is_named_as_the_post_of_the_sender_wants_it(home: str, lines: tuple[str, ...]) -> None:
    address = Address(last_name="Huber", street="Weg 1", postcode="1010", town="Wien", country="AT")
    assert postal(address, home).lines == ("Huber", *lines)


@pytest.mark.parametrize(
    ("code", "home", "last"), [("GB", "GB", "SW1A 2AA"), ("NL", "NL", "1012 LM  AMSTERDAM"), ("FR", "FR", "75001 PARIS"), ("IT", "IT", "20121 Milano")]
)
def test_some_posts_want_capitals_at_home_too(code: str, home: str, last: str) -> None:
    town, postcode = {"GB": ("London", "SW1A 2AA"), "NL": ("Amsterdam", "1012 LM"), "FR": ("Paris", "75001"), "IT": ("Milano", "20121")}[code]
    lines = postal(Address(last_name="Lee", street="Weg 1", postcode=postcode, town=town, country=code), home).lines
    assert lines[-1] == last


@pytest.mark.parametrize(
    ("code", "postcode", "town", "line"),
    [
        ("TR", "35210", "izmir", "35210 İZMİR"),
        ("TR", "63000", "Şanlıurfa", "63000 ŞANLIURFA"),
        ("GR", "104 31", "Αθήνα", "104 31 ΑΘΗΝΑ"),
        ("CY", "4876", "Πρόδρομος", "4876 ΠΡΟΔΡΟΜΟΣ"),
        ("GR", "250 08", "Μαΐου", "250 08 ΜΑΪΟΥ"),
        ("FR", "42000", "Saint-Étienne", "42000 SAINT-ÉTIENNE"),
    ],
)
def test_capitals_are_those_of_the_towns_own_language(code: str, postcode: str, town: str, line: str) -> None:
    assert postal(Address(last_name="Lee", street="Weg 1", postcode=postcode, town=town, country=code), "DE").lines[-2] == line


def test_ireland_needs_no_postcode_but_a_wrong_one_is_told() -> None:
    address = Address(last_name="Byrne", street="1 Shop Street", town="Galway", country="IE")
    assert postal(address, "DE") == PostalAddress(("Byrne", "1 Shop Street", "GALWAY", "IRLAND"))
    assert postal_problem(address, "DE") is None
    assert postal(replace(address, postcode="999"), "DE").problem is AddressProblem.BAD_POSTCODE


@pytest.mark.parametrize("code", sorted(code for code, each in DESTINATIONS.items() if each.masks and not each.may_lack_postcode))
def test_where_there_are_postcodes_a_letter_needs_one(code: str) -> None:
    address = Address(last_name="Lee", street="Weg 1", town="Ort", country=code)
    assert postal(address, "DE").problem is AddressProblem.NO_POSTCODE


@pytest.mark.parametrize(
    ("code", "street", "line"),
    [
        ("FR", "5 bis, av. du Gal.Leclerc", "5 BIS AV DU GAL LECLERC"),
        ("FR", "12, pl. St.-Denis", "12 PL ST-DENIS"),
        ("FR", "1, rue de l'Hôtel-de-Ville", "1 RUE DE L'HÔTEL-DE-VILLE"),
        ("US", "350 N.W. 5th Ave., Apt. 4", "350 NW 5th Ave Apt 4"),
        ("US", "12.5 Mile Rd. No.3", "12.5 Mile Rd No 3"),
        ("DE", "Dr.-Otto-Str. 5, Hof", "Dr.-Otto-Str. 5, Hof"),
    ],
)
def test_some_posts_want_no_punctuation(code: str, street: str, line: str) -> None:
    postcode = {"FR": "75001", "US": "10001", "DE": "20253"}[code]
    found = postal(Address(first_name="Ann", last_name="Lee", street=street, postcode=postcode, town="Town", country=code), "DE")
    assert found.lines[1] == line
