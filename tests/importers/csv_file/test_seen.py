"""A record that a file names twice is found again, however many stand between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.csv_file import seen
from importers.csv_file.seen import Seen


@given(st.lists(st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), st.sampled_from("xy")), max_size=6), max_size=12))
def test_only_another_content_under_a_key_that_came_before_is_a_contradiction(tables: list[list[tuple[str, str]]]) -> None:
    found, first = Seen(), dict[str, str]()
    for table in tables:
        expected = {index for index, (key, content) in enumerate(table) if key and first.setdefault(key, key + content) != key + content}
        assert found.contradictions([key for key, _ in table], [key + content for key, content in table]) == expected


def test_records_take_ten_bytes_each_and_are_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "LONGEST_RUN", 1 << 14)
    found = Seen()
    for start in range(0, 200_000, 5_000):
        keys = [f"k{number}" for number in range(start, start + 5_000)]
        assert not found.contradictions(keys, keys)
    assert sum(run.keys.nbytes + run.contents.nbytes for run in found._runs) == 200_000 * 10
    assert len(found._runs) < 30
    assert found.contradictions(["k7", "k199999", "new"], ["k7", "other", "new"]) == {1}
