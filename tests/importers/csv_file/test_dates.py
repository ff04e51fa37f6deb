"""Dates of both worlds become moments in UTC."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rejection import RejectionReason
from importers.batch import Batch
from importers.csv_file.dates import moment, past
from importers.errors import BadRecord

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("07.11.2025", datetime(2025, 11, 6, 23, 0)),
        ("7.11.2025 08:26", datetime(2025, 11, 7, 7, 26)),
        ("07.11.25 08:26", datetime(2025, 11, 7, 7, 26)),
        ("07.07.2025, 08:26:30 Uhr", datetime(2025, 7, 7, 6, 26, 30)),
        ("2025-11-07", datetime(2025, 11, 6, 23, 0)),
        ("2025-11-07 08:26:05", datetime(2025, 11, 7, 7, 26, 5)),
        ("2025-11-07T08:26:05.123Z", datetime(2025, 11, 7, 8, 26, 5)),
        ("2025-05-11 09:55:16 -0400", datetime(2025, 5, 11, 13, 55, 16)),
        ("2025-05-11 09:55:16 +05:30", datetime(2025, 5, 11, 4, 25, 16)),
        ("2015-03-14 01:02:03 UTC", datetime(2015, 3, 14, 1, 2, 3)),
        ("'2025-11-07", datetime(2025, 11, 6, 23, 0)),
        ("29.02.2024", datetime(2024, 2, 28, 23, 0)),
    ],
)
def test_dates_are_read_in_the_shops_time_unless_they_have_an_offset(cell: str, expected: datetime) -> None:
    assert moment(cell, BERLIN) == expected.replace(tzinfo=UTC)


NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_two_digits_of_a_year_mean_the_last_one_that_has_been() -> None:
    years = [at.year for cell in ("31.12.98", "15.01.26", "01.06.70") if (at := moment(cell, BERLIN, "", NOW))]
    assert years == [1998, 2026, 1970]
    with pytest.raises(BadRecord):
        moment("31.12.26", BERLIN, "", NOW)
    assert moment("31.12.26", BERLIN) == datetime(2026, 12, 30, 23, tzinfo=UTC), "the last day of a coupon may be ahead"


def test_what_has_happened_is_not_in_the_future() -> None:
    assert past("21.11.2026", BERLIN, "", NOW)
    with pytest.raises(BadRecord, match="future"):
        past("24.11.2026", BERLIN, "", NOW)


def test_an_order_of_the_future_is_rejected(read: Callable[..., Batch]) -> None:
    batch = read("Bestellnummer;Bestelldatum;E-Mail;Bestellsumme\n1;07.11.2095;a@example.com;1,00\n2;31.12.98;a@example.com;1,00\n")
    assert [getattr(order, "ordered_at", NOW).year for order in batch.records] == [1998]
    assert [(each.position, each.reason) for each in batch.rejections] == [(2, RejectionReason.BAD_DATE)]


def test_an_hour_that_the_clocks_repeat_or_skip_is_still_a_moment() -> None:
    assert moment("26.10.2025 02:30", BERLIN) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert moment("30.03.2025 02:30", BERLIN) is not None


@pytest.mark.parametrize("cell", ["", "  ", "0000-00-00", "0000-00-00 00:00:00", "00.00.0000"])
def test_an_empty_date_is_none(cell: str) -> None:
    assert moment(cell, BERLIN) is None


@pytest.mark.parametrize(
    "cell",
    [
        "31.02.2025",
        "2025-02-30",
        "29.02.2025",
        "5/11/2025",
        "gestern",
        "20251107",
        "07.11.2025 25:00",
        "07.11.0025",
        "2025-11-07 08:26 +9900",
        "45968",
        "1.1.2222",
        "1.1.201",
    ],
)
def test_what_is_no_date_is_refused(cell: str) -> None:
    with pytest.raises(BadRecord) as refused:
        moment(cell, BERLIN)
    assert refused.value.reason is RejectionReason.BAD_DATE
    assert cell in refused.value.message


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(BERLIN)),
    st.sampled_from(["%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]),
)
def test_every_moment_survives_being_written(at: datetime, form: str) -> None:
    at = at.replace(microsecond=0, fold=0)
    assert moment(at.strftime(form), BERLIN) == at.astimezone(UTC)
