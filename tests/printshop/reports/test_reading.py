"""Is a report understood however a print shop writes it, and does nothing bring the reader down?"""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.shop_report import EventKind, LineProblem, LineRejection, Reported, ReturnReason
from printshop.errors import NoReport
from printshop.reports import reading
from printshop.reports.words import EVENTS, HEADINGS, REASONS, plain

BERLIN = ZoneInfo("Europe/Berlin")


def read(content: str | bytes) -> list[Reported | LineRejection]:
    return list(reading.read(content.encode() if isinstance(content, str) else content, BERLIN))


def one(content: str | bytes) -> Reported:
    (found,) = read(content)
    assert isinstance(found, Reported), found
    return found


def wrong(content: str | bytes) -> LineRejection:
    (found,) = read(content)
    assert isinstance(found, LineRejection), found
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_german_csv_file_in_every_dress(encoding: str, delimiter: str, end: str) -> None:
    rows = [["Briefnummer", "Status", "Datum", "Rücklaufgrund"], ["17", "zurück", "25.11.2026", "unbekannt verzogen"]]
    found = one(end.join(delimiter.join(row) for row in rows).encode(encoding))
    assert (found.line, found.kind, found.letter_id, found.reason) == (2, EventKind.RETURNED, 17, ReturnReason.MOVED)
    assert found.at == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert found.whole_day


def test_letters_csv_of_the_manifest_with_two_more_columns_is_a_report() -> None:
    found = one(
        "number;letter_id;file;sequence;first_page;pages;sheets;postcode;country;event;date\r\n1;9;w-1.pdf;1;1;2;1;01067;DE;posted;2026-11-25T14:00:00Z"
    )
    assert (found.letter_id, found.file, found.sequence) == (9, "w-1.pdf", 1)
    assert found.at == datetime(2026, 11, 25, 14, tzinfo=UTC)


@pytest.mark.parametrize(("word", "kind"), [(word, kind) for kind, words in EVENTS.items() for word in words])
def test_every_word_for_an_event_is_understood(word: str, kind: EventKind) -> None:
    assert one(json.dumps({"event": word.upper(), "letter_id": 1, "sha256": "a" * 64})).kind is kind


@pytest.mark.parametrize(("word", "reason"), [(word, reason) for reason, words in REASONS.items() for word in words])
def test_every_reason_is_understood_beside_the_event_and_in_its_place(word: str, reason: ReturnReason) -> None:
    assert one(json.dumps([{"status": "returned", "brief": 1, "grund": word}])).reason is reason
    assert one(json.dumps([{"status": word, "brief": 1}])).reason is reason


def test_no_word_means_two_things() -> None:
    for words in (HEADINGS, EVENTS, REASONS):
        every = [plain(word) for few in words.values() for word in few]
        assert len({(word, name) for name, few in words.items() for word in map(plain, few)}) == len(set(every))


def test_json_in_every_shape() -> None:
    event = {"event": "posted", "print_run": "winback-00001", "date": "2026-11-25"}
    whole = one(json.dumps(event))
    assert whole.print_run == "winback-00001"
    assert not whole.names_a_letter
    assert one(json.dumps({"print_run": "w-1", "event": "printed", "letters": [{"letter_id": 3}]})).letter_id == 3
    lines = read(f"{json.dumps(event)}\n\n{json.dumps(event)}\n[1]\n")
    assert [line.line for line in lines] == [1, 3, 4]
    assert isinstance(lines[-1], LineRejection)


def test_a_return_without_a_reason_says_that_the_letter_could_not_be_delivered() -> None:
    assert one("event;token\nreturned;HTTPS://TEE.EXAMPLE/S/ABCDEFGH23\n").token == "ABCDEFGH23"
    assert one("event;token\nreturned;abcdefgh23\n").reason is ReturnReason.UNDELIVERABLE


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("flogged;1;;;;", LineProblem.NO_EVENT),
        ("posted;;;;;", LineProblem.NO_LETTER),
        ("posted;;;7;;", LineProblem.NO_LETTER),
        ("returned;;a.pdf;;;", LineProblem.NO_LETTER),
        ("accepted;1;;;;", LineProblem.NO_LETTER),
        ("posted;3,4E+05;;;;", LineProblem.BAD_NUMBER),
        ("posted;-1;;;;", LineProblem.BAD_NUMBER),
        ("posted;=1+1;;;;", LineProblem.BAD_NUMBER),
        ("posted;" + "9" * 5000 + ";;;;", LineProblem.BAD_NUMBER),
        ("posted;1;;;31.02.2026;", LineProblem.BAD_DATE),
        ("posted;1;;;0001-01-01;", LineProblem.BAD_DATE),
        ("posted;1;;;45985;", LineProblem.BAD_DATE),
        ("returned;1;;;;eaten by the dog", LineProblem.UNKNOWN_REASON),
        ('posted;"1;;;;', LineProblem.BROKEN_LINE),
    ],
)
def test_a_bad_line_is_rejected_with_its_number_and_spoils_no_other(line: str, problem: LineProblem) -> None:
    bad, good = read(f"event;letter_id;file;sequence;date;reason\n{line}\nposted;2;;;;\n")
    assert isinstance(bad, LineRejection)
    assert (bad.line, bad.reason) == (2, problem)
    assert bad.message
    assert isinstance(good, Reported)
    assert good.line == 3


def test_what_a_spreadsheet_puts_around_a_number_is_taken_away() -> None:
    assert one("event;letter_id\nposted;'17\n").letter_id == one('event;letter_id\nposted;"=""17"""\n').letter_id == 17


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xef\xbb\xbf", b"  \n \n", b"\xff\xfee\x00v\x00", b"\x81\x8d\x8f", b"Vorname;Nachname\nAnna;M\n", b"%PDF-1.6",
        b"event\nposted\n", b"letter_id\n1\n",
        b"event;status;letter_id\n", b"[]", b"[1]", b"{}", b"[" * 100_000, b'{"a":' * 100_000, b'{"event": "posted"', ("x;" * 10_000).encode(), b"\x00" * 1000,
        b'[{"letter_id": 1}]', b'"posted"',
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused_whole(content: bytes) -> None:
    with pytest.raises(NoReport) as refused:
        read(content)
    assert len(str(refused.value)) < 3000


def test_the_refusal_names_what_was_found_and_what_is_expected() -> None:
    with pytest.raises(NoReport, match=r'"Vorname", "Nachname".*letter_id'):
        read("Vorname;Nachname\nAnna;Müller\n")


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 100)
    monkeypatch.setattr(reading, "MOST_JSON_BYTES", 50)
    with pytest.raises(NoReport, match="in parts"):
        read("event;letter_id\n" + "posted;1\n" * 20)
    with pytest.raises(NoReport, match="JSON lines"):
        read(json.dumps([{"event": "posted", "letter_id": 10**30}]))
    assert len(read('{"event":"posted","letter_id":1}\n' * 3)) == 3


@pytest.mark.parametrize(
    "content",
    [
        b"event;letter_id\nposted;123\n",
        b"event;letter_id\rposted;123\r",
        b'\xef\xbb\xbf[{"event": "posted", "letter_id": 123}]',
        b'{"event": "posted", "letter_id": 123}\n{"event": "posted", "letter_id": 124}',
        b'{"print_run": "winback-00001",\n "events": [{"event": "posted", "letter_id": 123},\n {"event": "posted", "letter_id": 124}]}\n',
    ],
)
def test_what_is_cut_off_anywhere_is_not_whole_or_says_nothing_else_in_the_lines_that_it_has(content: bytes) -> None:
    lines = list(reading.read(content, BERLIN))
    assert reading.is_whole(content)
    cut = [content[:length] for length in range(len(content.rstrip())) if reading.is_whole(content[:length])]
    for part in (one for one in cut if b"posted" in one):
        assert list(reading.read(part, BERLIN)) == lines[: len(list(reading.read(part, BERLIN)))]
    assert not reading.is_whole(b"")


def test_a_rejection_holds_only_what_can_be_stored_and_shown() -> None:
    found = wrong('[{"event": "po\\u0000s\\ud800ed", "letter_id": 1, "first_name": "Anna"}]')
    assert found.record == {"event": "po\ufffds\ufffded", "letter_id": "1"}


CELLS = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(["posted", "1", "9" * 40, "=1", "25.11.2026", "2026-11-25T25:00", "²", "\x00"])


@given(st.lists(st.lists(CELLS, max_size=12), max_size=10), st.sampled_from(";,\t"))
def test_every_line_that_is_not_blank_is_answered_once(rows: list[list[str]], delimiter: str) -> None:
    content = "\n".join(["event;letter_id;file;sequence;date;reason;token;sha256;print_run", *(delimiter.join(row) for row in rows)])
    lines = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")[1:]
    expected = [number for number, line in enumerate(lines, 2) if line.strip(" \t;,\x1a")]
    found = read(content)
    assert [line.line for line in found] == expected
    assert all(line.message for line in found if isinstance(line, LineRejection))


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_whatever_bytes_come_are_read_or_refused(content: bytes) -> None:
    try:
        read(content)
    except NoReport as refused:
        assert str(refused)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
    st.sampled_from(["event", "letter_id", "date", "token", "events", "x"]), inner, max_size=5), max_leaves=20)  # fmt: skip


@given(JSON)
def test_whatever_json_comes_is_read_or_refused(document: object) -> None:
    try:
        found = read(json.dumps(document))
    except NoReport:
        return
    assert all(isinstance(line, Reported | LineRejection) for line in found)
