"""A print run that lies with the print shop, as rows alone."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, insert, select, update

from campaigns.address import sort_key
from campaigns.letter import LetterState
from campaigns.print_run import PrintRunState
from store import letters
from store.schema import customers, print_runs
from store.schema import letters as letters_table
from store.schema import print_files as files_table
from tests.store.shop import NOW, Run, order, person, start_run, store, wanted

SENT = NOW - timedelta(days=3)
FILE = "winback-00001-0001of0001.pdf"
MANIFEST = sha256(b"manifest").hexdigest()


def hand_over(connection: Connection, count: int = 3, sent: datetime = SENT) -> tuple[Run, list[int]]:
    """A print run of so many people in one print file, handed over three days ago; its letters in their order."""
    people = [person(number) for number in range(1, count + 1)]
    store(connection, *people, *(order(number, customer_number=f"K{number}") for number in range(1, count + 1)))
    run = start_run(connection)
    ids = {row.email: row.id for row in connection.execute(select(customers.c.email, customers.c.id))}
    new = [wanted(ids[one.email], run, sort_key=sort_key(one.address, "DE")) for one in people]
    letters.add(connection, run.campaign_id, run.id, new, sent)
    file_id = connection.execute(
        insert(files_table).values(print_run_id=run.id, number=1, name=FILE, state="handed_over", letters=count, pages=count).returning(files_table.c.id)
    ).scalar_one()
    numbers = list(connection.execute(select(letters_table.c.id).order_by(letters_table.c.id)).scalars())
    for place, letter in enumerate(numbers, 1):
        connection.execute(update(letters_table).where(letters_table.c.id == letter).values(sequence=place, first_page=place, pages=1))
    connection.execute(update(letters_table).values(state=LetterState.HANDED_OVER, handed_over_at=sent, print_file_id=file_id))
    connection.execute(update(print_runs).values(state=PrintRunState.HANDED_OVER, handed_over_at=sent, manifest_sha256=MANIFEST))
    return run, numbers
