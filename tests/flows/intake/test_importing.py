"""What becomes of files that are damaged, foreign or not there?"""

import csv
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from flows.errors import NothingToImport
from flows.intake.csv_files import files_at, import_file
from importers.errors import UnreadableFile
from store.engine import reading
from store.schema import customers
from store.settings import Settings

HEADING = "Kundennummer;Anrede;Vorname;Nachname;Straße;PLZ;Ort;Land;E-Mail;Registriert am"
GOOD = "1;Frau;Anna;Müller;Hauptstr. 1;01067;Dresden;Deutschland;anna@example.com;01.02.2024"
BAD_DATE = "2;Herr;Otto;Maier;Hauptstr. 2;01067;Dresden;Deutschland;otto@example.com;31.02.2024"
BROKEN = "3;Herr;B\ufffdrn;Maier;Hauptstr. 3;01067;Dresden;Deutschland;bernd@example.com;01.02.2024"
EXCEL = "3,40E+17;Herr;Ivo;Maier;Hauptstr. 4;01067;Dresden;Deutschland;ivo@example.com;01.02.2024"
FORMULA = "=1+1;Herr;Ivo;Maier;Hauptstr. 4;01067;Dresden;Deutschland;ivo2@example.com;99.99.2024"


def test_bad_rows_are_listed_with_reasons_and_the_rest_comes_in(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "kunden.csv"
    path.write_text("\n".join([HEADING, GOOD, BAD_DATE, BROKEN, EXCEL, FORMULA]), "utf-8")
    (file,) = files_at(path, "shop", settings)
    result = import_file(engine, settings, file, lambda _share: None)
    assert (result.counts.read, result.counts.stored, result.counts.rejected) == (5, 1, 4)
    assert [(one.position, one.reason) for one in result.rejections] == [(3, "bad_date"), (4, "broken_encoding"), (5, "excel_damage"), (6, "bad_date")]
    assert result.rejects_file
    rows = list(csv.DictReader(result.rejects_file.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [row["reason"] for row in rows] == [one.reason for one in result.rejections]
    assert all(row["message"] for row in rows)
    assert rows[3]["key"].startswith("'="), "no cell of an export is a formula"


def test_a_file_of_another_kind_is_refused_before_anything_is_read(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "kunden.csv").write_text(f"{HEADING}\n{GOOD}\n")
    (tmp_path / "umsatz.csv").write_text("Monat;Umsatz\n1;2\n")
    with pytest.raises(UnreadableFile, match="Monat"):
        files_at(tmp_path, "shop", settings)


def test_an_empty_inbox_says_where_files_should_be(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(NothingToImport, match="put the shop's exports there"):
        files_at(tmp_path, "shop", settings)


def test_customers_are_read_before_orders_before_carts(settings: Settings) -> None:
    assert [str(file.kind) for file in files_at(settings.inbox_dir, "shop", settings)] == ["customers", "orders", "carts"]


def test_a_german_file_without_countries_is_about_the_shops_own(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "kunden.csv"
    path.write_text("Kundennummer;Vorname;Nachname;Straße;PLZ;Ort;E-Mail\n1;Anna;Müller;Hauptstr. 1;01067;Dresden;anna@example.com\n", "utf-8")
    (file,) = files_at(path, "shop", settings)
    import_file(engine, settings, file, lambda _share: None)
    with reading(engine) as connection:
        assert connection.execute(select(customers.c.country)).scalars().all() == [settings.sender_country]


def test_a_blank_or_unknown_country_is_left_open_for_the_address_check(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "kunden.csv"
    row = "{};Anna;Müller;Hauptstr. {};01067;Dresden;{};a{}@example.com"
    rows = [row.format(number, number, country, number) for number, country in enumerate(["", "Takatukaland", "Österreich"])]
    path.write_text("\n".join(["Kundennummer;Vorname;Nachname;Straße;PLZ;Ort;Land;E-Mail", *rows]), "utf-8")
    (file,) = files_at(path, "shop", settings)
    import_file(engine, settings, file, lambda _share: None)
    with reading(engine) as connection:
        assert connection.execute(select(customers.c.country).order_by(customers.c.number)).scalars().all() == ["", "", "AT"]
