"""A record that a file names twice is found again, however many stand between."""

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


def test_a_million_records_take_sixteen_bytes_each() -> None:
    found = Seen()
    for start in range(0, 400_000, 10_000):
        keys = [f"k{number}" for number in range(start, start + 10_000)]
        assert not found.contradictions(keys, keys)
    runs = found._keys._runs
    assert sum(run.nbytes for run in runs) == 400_000 * 8
    assert len(runs) < 12
    assert found.contradictions(["k7", "k399999", "new"], ["k7", "other", "new"]) == {1}
    assert seen._RUN * 8 < 16 << 20
