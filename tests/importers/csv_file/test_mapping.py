"""Any other export is read by a mapping file, and what is wrong with one is said with its line and what may be meant."""

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from campaigns.address import Address
from campaigns.customer import Customer, Sex
from campaigns.objection import Objection
from campaigns.order import OrderLine, OrderState
from campaigns.record import Kind
from importers.csv_file import Mapping, load_mapping, open_csv, open_csvs
from importers.errors import InvalidMapping, UnknownFormat, UnreadableFile

Read = Callable[..., Any]
"""The conftest's ``read``; Any, because every record of these files is of one kind."""
EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "mappings"
GOOD = """name = "crm"
kind = "customers"
match = ["Nr"]

[columns]
"Nr" = "customer_number"
"Wer" = "name"
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], Mapping]:
    """``load(text)``: the mapping in a file with that text."""

    def load_text(text: str) -> Mapping:
        path = tmp_path / "crm.toml"
        path.write_text(text, "utf-8")
        return load_mapping(path)

    return load_text


def test_the_example_for_customers_reads_what_it_says(read: Read) -> None:
    batch = read(
        "Kd-Nummer|Mail|Anr|Kunde|Strasse+Nr|Plz|Gemeinde|Seit|Werbung|PIN\n"
        "0007|a@example.com|2|Müller, Anna|Große Gasse 1|1010|Wien|04/05/2021|J|1234\n"
        "0008||1|Bo Lind|Tor 2|6020|Innsbruck|31/12/2021|N|1234\n".encode("cp850"),
        mapping=load_mapping(EXAMPLES / "customers.toml"),
    )
    assert batch.records[0] == Customer(
        "shop",
        "0007",
        "0007",
        "a@example.com",
        Sex.FEMALE,
        Address(first_name="Anna", last_name="Müller", street="Große Gasse 1", postcode="1010", town="Wien", country="AT"),
        registered_at=datetime(2021, 5, 3, 22, tzinfo=UTC),
    )
    assert [type(record) for record in batch.records] == [Customer, Objection, Customer]
    assert batch.records[1].customer_number == "0008"


def test_the_example_for_orders_reads_what_it_says(read: Read) -> None:
    content = (
        "Beleg;BelegDatum;KdNr;KdMail;St;Summe;Code;Art-Nr;Text;Stk;VK\n"
        "1;07.11.2025 08:26;7;a@example.com;20;3.000;FIVE;A1;Tee;2;1.500\n"
        "2;07.11.2025 08:27;7;a@example.com;90;1.500;;A1;Tee;1;1.500\n"
        "3;07.11.2025 08:27;7;a@example.com;55;1.500;;A1;Tee;1;1.500\n"
    )
    batch = read(content, mapping=load_mapping(EXAMPLES / "orders.toml"))
    assert [order.state for order in batch.records] == [OrderState.COMPLETED, OrderState.CANCELLED, OrderState.OPEN]
    assert (batch.records[0].total_cents, batch.records[0].lines) == (300000, (OrderLine("A1", "Tee", 2, 150000),))
    assert batch.records[0].ordered_at == datetime(2025, 11, 7, 7, 26, tzinfo=UTC)


def test_every_example_can_be_loaded() -> None:
    assert {load_mapping(path).format.kind for path in EXAMPLES.glob("*.toml")} >= {Kind.CUSTOMERS, Kind.ORDERS}


def test_a_mapping_is_for_files_with_its_headings_and_leaves_others_alone(tmp_path: Path, load: Callable[[str], Mapping]) -> None:
    mapping = load(GOOD)
    for name, headings, expected in [
        ("a.csv", "Nr;Wer;PIN", "crm"),
        ("b.csv", "NR;wer;PIN", "crm"),
        ("c.csv", "Kundennummer;Name;Straße;PLZ;Ort", "german_customers"),
    ]:
        (tmp_path / name).write_text(headings + "\n", "utf-8")
        [_, file] = open_csvs([tmp_path / "a.csv", tmp_path / name], "shop", mapping=mapping)
        assert file.format.name == expected


def test_a_mapping_that_is_for_no_file_is_refused_with_the_headings_that_are_missing(tmp_path: Path, load: Callable[[str], Mapping]) -> None:
    mapping = load(GOOD.replace('kind = "customers"', 'kind = "objections"').replace('["Nr"]', '["Nachnahme"]'))
    path = tmp_path / "a.csv"
    path.write_text("Kundennummer;Nachname;Straße;PLZ;Ort\n", "utf-8")
    for open_ in (lambda: open_csv(path, "shop", mapping=mapping), lambda: open_csvs([path, path], "shop", mapping=mapping)):
        with pytest.raises(InvalidMapping, match=r'"Nachnahme" \(perhaps "Nachname"\?\)'):
            open_()


def test_a_file_that_cannot_be_read_says_so_itself_whatever_the_mapping(tmp_path: Path, load: Callable[[str], Mapping]) -> None:
    with pytest.raises(UnreadableFile):
        open_csvs([tmp_path / "gone.csv"], "shop", mapping=load(GOOD))


@pytest.mark.parametrize("kind", [Kind.ROBINSON, Kind.OBJECTIONS])
def test_a_mapping_never_overrules_what_somebody_says_that_a_file_holds(tmp_path: Path, load: Callable[[str], Mapping], kind: Kind) -> None:
    (tmp_path / "a.csv").write_text("Nr;Wer\n1;Anna\n", "utf-8")
    with pytest.raises(InvalidMapping, match=f"customers.*{kind}"):
        open_csv(tmp_path / "a.csv", "shop", kind=kind, mapping=load(GOOD))
    with pytest.raises(InvalidMapping, match=f"customers.*{kind}"):
        open_csvs([tmp_path / "a.csv"], "shop", kind=kind, mapping=load(GOOD))


def test_a_column_that_is_not_there_is_named_not_left_out(tmp_path: Path, load: Callable[[str], Mapping]) -> None:
    (tmp_path / "a.csv").write_text("Nr;Wer?;Strasse\n", "utf-8")
    with pytest.raises(InvalidMapping, match=r'"Straße1" \(perhaps "Strasse"\?\)'):
        open_csv(tmp_path / "a.csv", "shop", mapping=load(GOOD + '"Straße1" = "street"\n'))


def test_objections_and_robinson_lists_can_be_mapped(read: Read, load: Callable[[str], Mapping]) -> None:
    mapping = load(GOOD.replace('"customers"', '"objections"'))
    assert [record.customer_number for record in read("Nr;Wer\n7;Anna\n", mapping=mapping).records] == ["7"]
    robinson = load('kind = "robinson"\nmatch = ["Wer"]\n[columns]\nWer = "name"\nWo = "street"\nPlz = "postcode"\n')
    assert read("Wer;Wo;Plz\nAnna Müller;Weg 1;01067\n", mapping=robinson, home="DE").records[0].address.last_name == "Müller"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "is not TOML"),
        (GOOD + 'E-Mail = "email"\nHaus Nr = "street"', "quotation marks"),
        (GOOD.replace("kind", "kid"), 'line 2, kid: there is no such key (perhaps "kind"?)'),
        (GOOD.replace('kind = "customers"\n', ""), "kind: is missing"),
        (GOOD.replace('"customers"', '"customer"'), "line 2, kind: Input should be"),
        (GOOD + '"Strasse" = "stret"', 'line 8, Strasse: customers have no field "stret" (perhaps "street"?)'),
        (GOOD + '"Strasse" = "sku"', 'line 8, Strasse: customers have no field "sku"'),
        (GOOD + '"Name" = "name"', 'line 8, Name: "Wer" is "name" already'),
        (GOOD.replace('"customer_number"', '"town"'), "line 5, [columns]: customers need id or customer_number or email"),
        (GOOD + '[fixed]\ncountry = "Germny"', 'line 9, country: "Germny" is no country'),
        (GOOD + '[fixed]\nname = "x"', "line 9, name: a column is read for it"),
        (GOOD + '[fixed]\nregistered_at = "2025-01-01"', "line 9, registered_at: an amount or a date"),
        (GOOD + '[fixed]\ncounty = "DE"', 'line 9, county: customers have no field "county" (perhaps "country"?)'),
        (GOOD + '[values.contry]\n"1" = "DE"', 'line 8, [values.contry]: customers have no field "contry" (perhaps "country"?)'),
        (GOOD + '[values.country]\n"1" = "Land"', 'line 9, 1: "Land" is no country'),
        ('encoding = "utf-16"\n' + GOOD, "line 1, encoding: is no encoding that we read"),
        ('encoding = "nonsense"\n' + GOOD, "line 1, encoding"),
        ('delimiter = "x"\n' + GOOD, "line 1, delimiter: this cannot part cells"),
        ('delimiter = ";;"\n' + GOOD, "line 1, delimiter: String should have at most 1 character"),
        ('decimal = "x"\n' + GOOD, "line 1, decimal: Input should be"),
        ('timezone = "Berlin"\n' + GOOD, "line 1, timezone: is no time zone"),
        (GOOD.replace('["Nr"]', '["-"]'), "line 3, match: an empty heading"),
        (GOOD.replace('["Nr"]', "[]"), "line 3, match: List should have at least 1 item"),
        (
            GOOD.replace('"customers"', '"orders"').replace('"customer_number"', '"number"') + '"Am" = "ordered_at"\n[values.status]\n"1" = "complete"',
            '"complete" is no state of an order (perhaps "completed"?)',
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_what_may_be_meant(load: Callable[[str], Mapping], text: str, said: str) -> None:
    with pytest.raises(InvalidMapping) as refused:
        load(text)
    assert said in str(refused.value)
    assert "crm.toml" in str(refused.value)


def test_all_that_is_wrong_is_said_at_once(load: Callable[[str], Mapping]) -> None:
    with pytest.raises(InvalidMapping) as refused:
        load('timezone = "x"\n' + GOOD + 'A = "a"\nB = "b"\n')
    assert str(refused.value).count("\n- ") == 3


def test_a_mapping_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidMapping, match=r"nothing\.toml cannot be read"):
        load_mapping(tmp_path / "nothing.toml")
    (tmp_path / "latin.toml").write_bytes('name = "Straße"'.encode("latin-1"))
    with pytest.raises(InvalidMapping, match="UTF-8"):
        load_mapping(tmp_path / "latin.toml")


def test_an_unknown_file_gets_a_mapping_to_start_from_that_works_once_completed(tmp_path: Path, load: Callable[[str], Mapping]) -> None:
    path = tmp_path / "Kunden 2025.csv"
    path.write_text('Kd;Vorname;Nachname;Strassse;PLZ;Ort;"Notiz ""intern""";Notiz\n7;Anna;Müller;Weg 1;01067;Dresden;;\n', "utf-8")
    with pytest.raises(UnknownFormat) as refused:
        open_csv(path, "shop", home="DE")
    assert refused.value.nearest == "german_customers"
    assert '(perhaps "Strassse"?)' in str(refused.value)
    assert refused.value.skeleton in str(refused.value)
    assert tomllib.loads(refused.value.skeleton)["columns"] == {"Vorname": "first_name", "Nachname": "last_name", "PLZ": "postcode", "Ort": "town"}
    completed = refused.value.skeleton.replace('# "Kd" = ""', '"Kd" = "customer_number"').replace('# "Strassse" = ""', '"Strassse" = "street"')
    (batch,) = open_csv(path, "shop", home="DE", mapping=load(completed)).batches()
    assert batch.records == (
        Customer("shop", "7", "7", address=Address(first_name="Anna", last_name="Müller", street="Weg 1", postcode="01067", town="Dresden", country="DE")),
    )
