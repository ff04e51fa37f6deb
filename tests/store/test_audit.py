from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from store import audit
from store.audit import Channel

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_acts_are_read_the_newest_first_page_by_page_and_by_what_they_were_done_to(connection: Connection) -> None:
    for number in range(5):
        audit.note(connection, NOW + timedelta(minutes=number), "Martha", Channel.DESK, "approve_print_run", f"print run {number % 2}", "looks good")
    first = audit.newest(connection, 2)
    assert [(event.subject, event.at - NOW) for event in first] == [("print run 0", timedelta(minutes=4)), ("print run 1", timedelta(minutes=3))]
    assert (first[0].actor, first[0].channel, first[0].action, first[0].detail) == ("Martha", Channel.DESK, "approve_print_run", "looks good")
    assert [event.at - NOW for event in audit.newest(connection, 9, before=first[1].id)] == [timedelta(minutes=minutes) for minutes in (2, 1, 0)]
    assert [event.at - NOW for event in audit.newest(connection, 9, subject="print run 1")] == [timedelta(minutes=minutes) for minutes in (3, 1)]
