"""Do reports of a print shop move letters once, whatever order they come in, and what follows from it?"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select, update

from campaigns.address import AddressState
from campaigns.letter import LetterState
from campaigns.objection import ObjectionChannel
from campaigns.scan import ScanKind
from campaigns.shop_report import RECALLED, SPOILED, EventKind, LineProblem, LineRejection, Reported, ReturnReason
from store import audit, erasure, evidence, letters, print_files, scans
from store.audit import Channel
from store.evidence import Effect
from store.imports import Counts
from store.scans import Scan
from store.schema import coupons, customers
from store.schema import letters as letters_table
from store.shop_reports import listing
from store.shop_reports.listing import Progress, ReportState, ShopReport
from store.shop_reports.taking_in import Arrival, refuse, take_in
from tests.conftest import SECRET
from tests.store.handed_over import FILE, MANIFEST, SENT, hand_over
from tests.store.shop import NOW, customer_id, person, store, wanted

BERLIN = ZoneInfo("Europe/Berlin")
POSTED, PRINTED, RETURNED, SPOILT, PULLED = EventKind.POSTED, EventKind.PRINTED, EventKind.RETURNED, EventKind.SPOILED, EventKind.RECALLED


def bring(connection: Connection, *lines: Reported | LineRejection, name: str = "report.csv", now: datetime = NOW) -> ShopReport:
    arrival = Arrival(name, sha256(f"{name} {lines}".encode()).hexdigest(), now, "desk", Channel.DESK)
    report = take_in(lambda act: act(connection), arrival, lines, BERLIN)
    assert report.counts.read == len(lines) == report.counts.stored + report.counts.unchanged + report.counts.rejected
    return report


def of(kind: EventKind, letter: int | None = None, line: int = 2, **more: object) -> Reported:
    return Reported(line, kind, letter_id=letter, **more)  # type: ignore[arg-type]


def states(connection: Connection) -> list[LetterState]:
    return [LetterState(state) for state in connection.execute(select(letters_table.c.state).order_by(letters_table.c.id)).scalars()]


def problems(connection: Connection, report: ShopReport) -> list[LineProblem]:
    return [one.reason for one in listing.rejections_of(connection, report.id)]


def state_of(connection: Connection, email: str) -> str:
    return str(connection.execute(select(customers.c.address_state).where(customers.c.email == email)).scalar_one())


def test_one_line_for_the_whole_print_run_moves_all_its_letters(connection: Connection) -> None:
    run, _ = hand_over(connection)
    report = bring(connection, of(POSTED, print_run=f"winback-{run.id:05d}"))
    assert report.counts == Counts(1, 1, 0, 0)
    assert report.print_run_id == run.id
    assert states(connection) == [LetterState.POSTED] * 3
    assert listing.progress(connection, run.id) == Progress(3, 3, 3, 0, 0, 0)


def test_a_letter_is_named_by_number_code_or_place_in_its_file(connection: Connection) -> None:
    _, (first, second, third) = hand_over(connection)
    found = letters.by_id(connection, second)
    assert found
    bring(connection, of(PRINTED, first), of(PRINTED, token=found.token), of(PRINTED, file=FILE, sequence=3))
    assert states(connection) == [LetterState.PRINTED] * 3
    assert [letters.by_id(connection, one).printed_at for one in (first, second, third)] == [NOW] * 3  # type: ignore[union-attr]


def test_a_line_that_names_two_different_letters_is_rejected(connection: Connection) -> None:
    _, (first, *_) = hand_over(connection)
    report = bring(connection, of(PRINTED, first, file=FILE, sequence=2), of(PRINTED, first, file="other.pdf"), of(PRINTED, file=FILE, print_run="7"))
    assert problems(connection, report) == [LineProblem.CONTRADICTION] * 3
    assert set(states(connection)) == {LetterState.HANDED_OVER}


def test_places_in_a_file_are_those_of_letters_csv_whatever_was_spoiled_since(connection: Connection) -> None:
    run, (first, second, third) = hand_over(connection)
    before = letters.for_manifest(connection, run.id)
    bring(connection, of(SPOILT, first))
    bring(connection, of(POSTED, file=FILE, sequence=3))
    assert states(connection) == [LetterState.FAILED, LetterState.HANDED_OVER, LetterState.POSTED]
    assert letters.for_manifest(connection, run.id) == before  # sent again, it is the same manifest
    files = print_files.of_run(connection, run.id)
    assert [one for one, _ in letters.for_print_file(connection, files[0].id)] == [first, second, third]
    assert print_files.outdated(connection, run.id) == []


@pytest.mark.parametrize("letter", [10**17, 10**30, 999])
def test_a_letter_that_is_none_of_ours_is_rejected(connection: Connection, letter: int) -> None:
    hand_over(connection)
    report = bring(
        connection,
        of(POSTED, letter),
        of(POSTED, token="NOSUCHCODE"),
        of(POSTED, file="no.pdf"),
        of(POSTED, print_run="no-7"),
        of(POSTED, file=FILE, sequence=10**30),
    )
    assert report.counts.rejected == 5
    assert set(states(connection)) == {LetterState.HANDED_OVER}


def test_the_same_file_again_changes_nothing(connection: Connection) -> None:
    _, (first, *_) = hand_over(connection)
    line = of(POSTED, first)
    report = bring(connection, line)
    assert bring(connection, line) == report
    other = bring(connection, line, name="another file with the same line.csv", now=NOW + timedelta(hours=1))
    assert other.counts == Counts(1, 0, 1, 0)
    assert len(audit.newest(connection, 10)) == 2


def test_a_file_that_is_no_report_is_kept_as_refused_until_it_can_be_read(connection: Connection) -> None:
    _, (first, *_) = hand_over(connection)
    line = of(POSTED, first)
    arrival = Arrival("a.csv", sha256(f"a.csv {(line,)}".encode()).hexdigest(), NOW, "desk", Channel.DESK)
    refused = refuse(connection, arrival, "no report")
    assert refused == refuse(connection, arrival, "no report")
    assert refused.state is ReportState.REFUSED
    assert bring(connection, line, name="a.csv").state is ReportState.TAKEN_IN  # after an update that knows more words
    assert len(listing.newest(connection, 99, 10)) == 1


@pytest.mark.parametrize("at", [NOW + timedelta(days=1), SENT - timedelta(days=1)])
def test_a_date_before_the_hand_over_or_to_come_is_rejected(connection: Connection, at: datetime) -> None:
    _, (first, *_) = hand_over(connection)
    assert problems(connection, bring(connection, of(POSTED, first, at=at))) == [LineProblem.BAD_DATE]


def test_a_letter_that_was_posted_on_the_day_of_its_hand_over_was_not_posted_before_it(connection: Connection) -> None:
    _, (first, *_) = hand_over(connection)
    bring(connection, of(PRINTED, first, at=SENT.astimezone(BERLIN).replace(hour=0), whole_day=True))
    found = letters.by_id(connection, first)
    assert found
    assert found.printed_at == SENT


@pytest.mark.parametrize(("days", "posted_at"), [(1, "23:59:59"), (0, "now")])
def test_a_scan_on_the_day_of_posting_is_of_the_print_shop(connection: Connection, days: int, posted_at: str) -> None:
    _, (first, *_) = hand_over(connection)
    day = (NOW - timedelta(days=days)).astimezone(BERLIN).replace(hour=0, minute=0, second=0, microsecond=0)
    scans.record(connection, Scan("s1", first, ScanKind.HUMAN, day + timedelta(hours=min(9, (NOW - day) / timedelta(hours=2)))))
    bring(connection, of(POSTED, first, at=day, whole_day=True))
    assert [scan.kind for scan in scans.of_letters(connection, [first])] == [ScanKind.EARLY]
    found = letters.by_id(connection, first)
    assert found
    assert found.posted_at == (NOW if posted_at == "now" else day.replace(hour=23, minute=59, second=59))


def test_a_spoiled_letter_frees_its_person_and_its_code_is_good_no_more(connection: Connection) -> None:
    run, (first, *_) = hand_over(connection)
    bring(connection, of(POSTED, print_run=f"winback-{run.id:05d}"))
    bring(connection, of(SPOILT, first))
    found = letters.by_id(connection, first)
    assert found
    assert (found.state, found.state_reason) == (LetterState.FAILED, SPOILED)
    assert connection.execute(select(coupons.c.voided).where(coupons.c.letter_id == first)).scalar_one() is True
    anna = customer_id(connection)
    assert letters.add(connection, run.campaign_id, run.id, [wanted(anna, run)], NOW) == {anna}  # the unique key has room for the step again
    late = bring(connection, of(PRINTED, first), of(POSTED, print_run=f"winback-{run.id:05d}", line=3))
    assert problems(connection, late) == [LineProblem.CONTRADICTION]  # of the whole run it is not said of the spoiled one
    assert late.counts.unchanged == 1


def test_a_letter_whose_coupon_was_used_was_not_spoiled(connection: Connection) -> None:
    _, (first, *_) = hand_over(connection)
    connection.execute(update(coupons).where(coupons.c.letter_id == first).values(uses=1))
    report = bring(connection, of(SPOILT, first), of(SPOILT, file=FILE, line=3))
    assert problems(connection, report) == [LineProblem.CONTRADICTION]
    assert states(connection) == [LetterState.HANDED_OVER, LetterState.FAILED, LetterState.FAILED]


def test_an_objection_that_was_too_late_was_not_once_the_letter_is_pulled(connection: Connection) -> None:
    _, (first, second, _) = hand_over(connection)
    people = [customer_id(connection, f"anna{number}@example.org") for number in (1, 2)]
    evidence.note(connection, people, ObjectionChannel.DESK, NOW, NOW)
    bring(connection, of(PULLED, first))
    found = {one.letter_id: one.effect for one in evidence.of_people(connection, people)}
    assert found == {first: Effect.STOPS, second: Effect.TOO_LATE}
    letter = letters.by_id(connection, first)
    assert letter
    assert (letter.state, letter.state_reason) == (LetterState.CANCELLED, RECALLED)


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        (ReturnReason.UNDELIVERABLE, AddressState.UNDELIVERABLE),
        (ReturnReason.MOVED, AddressState.MOVED),
        (ReturnReason.DECEASED, AddressState.DECEASED),
        (ReturnReason.REFUSED, AddressState.OK),
    ],
)
def test_a_return_says_something_of_the_address(connection: Connection, reason: ReturnReason, state: AddressState) -> None:
    _, (first, *_) = hand_over(connection)
    bring(connection, of(RETURNED, first, reason=reason))
    assert state_of(connection, "anna1@example.org") == state
    assert state_of(connection, "anna2@example.org") == AddressState.OK
    found = letters.by_id(connection, first)
    assert found
    assert (found.state, found.state_reason, found.returned_at) == (LetterState.RETURNED, reason, NOW)


def test_a_return_of_a_former_address_does_not_block_the_new_one(connection: Connection) -> None:
    _, (first, second, third) = hand_over(connection)
    moved = person(1, address=replace(person(1).address, street="Am Markt 7"))
    respelt = person(2, address=replace(person(2).address, street="WEG  2"))
    store(connection, moved, respelt, now=NOW)
    bring(connection, *(of(RETURNED, one, reason=ReturnReason.UNDELIVERABLE) for one in (first, second, third)))
    assert [state_of(connection, f"anna{number}@example.org") for number in (1, 2, 3)] == ["ok", "undeliverable", "undeliverable"]


def test_the_same_return_again_does_not_speak_of_an_address_that_is_good_by_now(connection: Connection) -> None:
    _, (first, *_) = hand_over(connection)
    bring(connection, of(RETURNED, first, reason=ReturnReason.UNDELIVERABLE))
    connection.execute(update(customers).values(address_state="ok"))
    assert bring(connection, of(RETURNED, first, reason=ReturnReason.UNDELIVERABLE, line=3)).counts.unchanged == 1
    assert state_of(connection, "anna1@example.org") == AddressState.OK


def test_the_letter_of_somebody_who_was_erased_moves_and_nothing_else(connection: Connection) -> None:
    _, (first, *_) = hand_over(connection)
    anna = customer_id(connection)
    erasure.erase(connection, anna, SECRET, NOW)
    before = dict(connection.execute(select(customers).where(customers.c.id == anna)).one()._mapping)
    bring(connection, of(RETURNED, first, reason=ReturnReason.DECEASED))
    assert states(connection)[0] is LetterState.RETURNED
    assert dict(connection.execute(select(customers).where(customers.c.id == anna)).one()._mapping) == before


def test_scans_before_posting_are_of_the_print_shop_once_it_says_when_it_posted(connection: Connection) -> None:
    _, (first, *_) = hand_over(connection)
    moments = [SENT + timedelta(hours=1), NOW - timedelta(hours=5)]
    for number, moment in enumerate(moments):
        scans.record(connection, Scan(f"s{number}", first, ScanKind.HUMAN, moment))
    bring(connection, of(POSTED, first, at=NOW - timedelta(days=1)))
    assert [scan.kind for scan in scans.of_letters(connection, [first])] == [ScanKind.EARLY, ScanKind.HUMAN]
    bring(connection, of(POSTED, first, at=SENT))  # an earlier date: it was a customer after all
    assert {scan.kind for scan in scans.of_letters(connection, [first])} == {ScanKind.HUMAN}
    token = letters.by_id(connection, first).token  # type: ignore[union-attr]
    assert scans.links(connection, [token])[token].went_out_at == SENT


def accepted(**more: object) -> Reported:
    return of(EventKind.ACCEPTED, None, 2, **more)


def test_an_acknowledgement_counts_once_the_checksum_is_ours(connection: Connection) -> None:
    run, _ = hand_over(connection)
    assert bring(connection, accepted(sha256=MANIFEST)).counts.stored == 1
    assert run.read(connection).acknowledged_at == NOW
    again = bring(connection, accepted(sha256=MANIFEST, print_run=run.read(connection).name), now=NOW + timedelta(hours=1))
    assert again.counts.unchanged == 1
    assert run.read(connection).acknowledged_at == NOW


@pytest.mark.parametrize("name", ["", "winback-{:05d}", "{}"])
def test_a_shop_that_has_other_files_is_heard(connection: Connection, name: str) -> None:
    run, _ = hand_over(connection)
    report = bring(connection, accepted(sha256="0" * 64, print_run=name.format(run.id)))
    assert problems(connection, report) == [LineProblem.CHECKSUM_DIFFERS]
    assert run.read(connection).acknowledged_at is None
    assert "shop_has_other_files" in {event.action for event in audit.newest(connection, 5)}


def many(numbers: Iterable[int]) -> list[Reported]:
    return [Reported(line, POSTED, letter_id=one) for line, one in enumerate(numbers, 2)]


def test_lines_of_several_chunks_know_what_those_before_them_did(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    _, numbers = hand_over(connection, 40)
    monkeypatch.setattr("store.shop_reports.taking_in.CHUNK", 15)
    report = bring(connection, *many(numbers), *many(numbers))
    assert report.counts == Counts(80, 40, 40, 0)
    assert set(states(connection)) == {LetterState.POSTED}


def test_a_line_for_more_letters_than_go_at_once_moves_them_all_and_counts_once(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    run, numbers = hand_over(connection, 40)
    monkeypatch.setattr("store.shop_reports.taking_in.CHUNK", 15)
    whole = of(POSTED, print_run=str(run.id))
    assert bring(connection, whole, of(SPOILT, numbers[33], line=3)).counts == Counts(2, 2, 0, 0)
    assert states(connection).count(LetterState.POSTED) == 39
    assert bring(connection, whole, of(POSTED, file=FILE, line=3), of(POSTED, numbers[0], line=4), name="again.csv").counts == Counts(3, 0, 3, 0)
    too_early = of(PRINTED, file=FILE, at=SENT - timedelta(days=2))
    assert problems(connection, bring(connection, too_early)) == [LineProblem.BAD_DATE]


def test_whoever_stops_in_the_middle_is_followed_by_somebody_who_goes_on(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    run, numbers = hand_over(connection, 40)
    monkeypatch.setattr("store.shop_reports.taking_in.CHUNK", 15)
    lines = [*many(numbers), of(POSTED, 999, line=99)]
    arrival = Arrival("posted.csv", "f" * 64, NOW, "desk", Channel.DESK)

    def stop(read: int) -> None:
        if read >= 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_in(lambda act: act(connection), arrival, lines, BERLIN, stop)
    (half,) = listing.newest(connection, 99, 10)
    assert (half.state, half.counts) == (ReportState.TAKING_IN, Counts(30, 30, 0, 0))
    later = replace(arrival, at=NOW + timedelta(hours=1))
    found = take_in(lambda act: act(connection), later, lines, BERLIN)
    assert (found.id, found.state, found.counts, found.print_run_id) == (half.id, ReportState.TAKEN_IN, Counts(41, 40, 0, 1), run.id)
    assert {letters.by_id(connection, one).posted_at for one in numbers} == {NOW}  # type: ignore[union-attr]
    assert [event.action for event in audit.newest(connection, 10)] == ["take_in_shop_report"]


def test_two_who_bring_the_same_file_at_the_same_time_count_it_once(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    _, numbers = hand_over(connection, 40)
    monkeypatch.setattr("store.shop_reports.taking_in.CHUNK", 15)
    arrival = Arrival("posted.csv", "f" * 64, NOW, "desk", Channel.DESK)
    others: list[ShopReport] = []

    def meanwhile(read: int) -> None:
        if not others:
            others.append(take_in(lambda act: act(connection), arrival, many(numbers), BERLIN))

    found = take_in(lambda act: act(connection), arrival, many(numbers), BERLIN, meanwhile)
    assert [found] == others
    assert found.counts == Counts(40, 40, 0, 0)
    assert len(audit.newest(connection, 10)) == 1
