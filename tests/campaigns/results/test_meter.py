"""Where does a share lie, and which words name a band?"""

import pytest

from campaigns.results import Band, Meter, MeterKind, Position


@pytest.mark.parametrize(("converted", "position"), [(1, Position.BELOW), (2, Position.WITHIN), (5, Position.WITHIN), (6, Position.ABOVE)])
def test_both_ends_of_the_band_belong_to_it(converted: int, position: Position) -> None:
    assert Meter(MeterKind.CARTS, 30, 100, converted, Band(2, 5)).position is position


def test_a_meter_of_nobody_says_nothing() -> None:
    meter = Meter(MeterKind.WINBACK, 30, 0, 0, Band(2, 5))
    assert (meter.share, meter.position) == (None, Position.UNKNOWN)


@pytest.mark.parametrize(("text", "band"), [("2-5", Band(2, 5)), (" 0.5 - 12.5 ", Band(0.5, 12.5)), ("0-100", Band(0, 100))])
def test_a_band_is_two_percentages(text: str, band: Band) -> None:
    assert Band.parsed(text) == band


@pytest.mark.parametrize("text", ["", "5", "5-2", "3-3", "2-101", "-2-5", "2 to 5", "2%-5%"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="lower one first, like 2-5"):
        Band.parsed(text)
