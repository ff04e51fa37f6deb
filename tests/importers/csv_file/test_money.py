"""Amounts of both worlds become cents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rejection import RejectionReason
from importers.csv_file import money
from importers.errors import BadRecord


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("1.234.567,8", 123456780),
        ("1'234.50", 123450),
        ("1 234,50", 123450),
        ("12,5", 1250),
        ("12.50 €", 1250),
        ("EUR 12,50", 1250),
        ("CHF 12.50", 1250),
        ("-5,00", -500),
        ("5,00-", -500),
        ("+5", 500),
        ("0", 0),
        (",99", 99),
        ("0,125", 13),
        ("2,1250", 213),
        ("1234,567", 123457),
        ("1.234.567", 123456700),
        ("'12,50", 1250),
    ],
)
def test_amounts_tell_by_themselves_which_sign_is_the_decimal_one(cell: str, cents: int) -> None:
    assert money.cents(cell, ",") == money.cents(cell, ".") == cents


@pytest.mark.parametrize(
    ("cell", "decimal", "cents"), [("1.234", ",", 123400), ("1.234", ".", 123), ("1,234", ".", 123400), ("12,345", ",", 1235), ("-1.234", ",", -123400)]
)
def test_the_column_decides_about_a_single_sign_before_three_digits(cell: str, decimal: str, cents: int) -> None:
    assert money.cents(cell, decimal) == cents


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["1.234", "12,50", "7"], ","),
        (["1,234", "12.50"], "."),
        (["1.234", "1,234", "1.234.567", "5"], None),
        (["2.04", "59,39", "1,50"], ","),
        (["2.04", "59,39"], None),
        ([], None),
    ],
)
def test_the_sign_of_a_column_is_that_of_most_cells_with_a_say(cells: list[str], sign: str | None) -> None:
    assert money.decimal_sign(cells) == sign


@pytest.mark.parametrize("cell", ["abc", "1,2,3", "1.23.4", "12,50,00", "--5", "1/2", "12 Stück", "-", "€", "1_000", "٣", "99999999999", "9" * 40])
def test_what_is_no_amount_is_refused(cell: str) -> None:
    if cell == "€":
        assert money.cents(cell, ",") is None
        return
    with pytest.raises(BadRecord) as refused:
        money.cents(cell, ",")
    assert refused.value.reason is RejectionReason.BAD_NUMBER


def test_an_amount_that_a_spreadsheet_rounded_is_refused_as_such() -> None:
    with pytest.raises(BadRecord) as refused:
        money.cents("3,40E+17", ",")
    assert refused.value.reason is RejectionReason.EXCEL_DAMAGE


def test_an_empty_cell_is_no_amount_rather_than_zero() -> None:
    assert money.cents("", ",") is None
    assert money.count(" ", ",") is None


def test_quantities_are_whole() -> None:
    assert [money.count(cell, ",") for cell in ("3", "3,00", "3.0", "-2")] == [3, 3, 3, -2]
    with pytest.raises(BadRecord, match="whole"):
        money.count("1,5", ",")


@given(st.integers(-money.LARGEST, money.LARGEST), st.sampled_from([",.", ".,", ",", ".", ",'"]))
def test_every_amount_survives_being_written_in_any_style(cents: int, style: str) -> None:
    parts = [style[1:] if part == "," else style[0] if part == "." else part for part in f"{cents / 100:,.2f}"]
    assert money.cents("".join(parts), style[0]) == cents
