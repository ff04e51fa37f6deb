"""Is every number exact, every moment in UTC, and nothing a surprise?"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rejection import RejectionReason
from importers.billbee import fields
from importers.errors import BadRecord

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2023-04-29T13:29:37.833", datetime(2023, 4, 29, 11, 29, 37, 833_000, UTC)),
        ("2023-01-29T13:29:37", datetime(2023, 1, 29, 12, 29, 37, tzinfo=UTC)),
        ("2023-04-29T00:00:00", datetime(2023, 4, 28, 22, tzinfo=UTC)),
        ("2022-07-22T09:54:25+00:00", datetime(2022, 7, 22, 9, 54, 25, tzinfo=UTC)),
        ("2022-07-22T09:54:25Z", datetime(2022, 7, 22, 9, 54, 25, tzinfo=UTC)),
        ("2023-04-29T13:29:37.8330000", datetime(2023, 4, 29, 11, 29, 37, 833_000, UTC)),
        ("2023-10-29T02:30:00", datetime(2023, 10, 29, 0, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00", None),
        ("", None),
        (None, None),
    ],
)
def test_moments(written: str | None, moment: datetime | None) -> None:
    assert fields.moment({"At": written}, "At") == moment


@pytest.mark.parametrize("written", ["gestern", "2023-02-31T00:00:00", "1899-12-31T00:00:00", "9999-12-31T23:59:59", 5])
def test_no_moments(written: object) -> None:
    with pytest.raises(BadRecord, match=r"At is .*which is no date") as refused:
        fields.moment({"At": written}, "At")
    assert refused.value.reason is RejectionReason.BAD_DATE


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2**64, "18446744073709551616"),
        ("18446744073709551616", "18446744073709551616"),
        (Decimal("18446744073709551616.0"), "18446744073709551616"),
        ("100000186018330.0", "100000186018330"),
        (0, ""),
        ("0", ""),
        (None, ""),
        (True, ""),
        ({"Id": 1}, ""),
        ("A-7", "A-7"),
    ],
)
def test_ids_are_text_to_the_last_digit(value: object, text: str) -> None:
    assert fields.identity(value) == text


@pytest.mark.parametrize(
    ("value", "cents"), [(Decimal("170.76"), 17076), (170, 17000), ("12.50", 1250), (Decimal("0.005"), 1), (Decimal("-0.005"), -1), (None, None), ("", None)]
)
def test_amounts_are_cents(value: object, cents: int | None) -> None:
    assert fields.cents({"Cost": value}, "Cost") == cents


@pytest.mark.parametrize("value", ["viel", True, [], Decimal("NaN"), Decimal("Infinity"), Decimal("1e999999999"), 10**30, Decimal("21474836.48")])
def test_no_amounts(value: object) -> None:
    with pytest.raises(BadRecord, match="Cost is") as refused:
        fields.cents({"Cost": value}, "Cost")
    assert refused.value.reason is RejectionReason.BAD_NUMBER


@given(JSON)
def test_a_field_can_hold_anything(value: Any) -> None:
    text = fields.said(value)
    assert text == text.strip()
    assert "\0" not in text
    text.encode()
    fields.identity(value)
    fields.state_number(value)
    fields.part({"It": value}, "It")
    fields.parts({"It": value}, "It")
    for read in (fields.cents, fields.moment, fields.amount):
        try:
            read({"It": value}, "It")
        except BadRecord as refused:
            assert len(refused.message) < 200
