"""Where do the codes lead while the database is away?  A copy of the links on this machine, in a SQLite file of its own.

Needed with PostgreSQL only: a SQLite database lies on this machine itself and can always be read. The copy is made in pages: first what is
new, then, page after page and over and over again, all the rest: so letters that were cancelled or whose people were erased leave it.
"""

import logging
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as fixed_sqlite
from sqlalchemy import Connection, select

from campaigns.letter import ON_PAPER
from store.schema import customers, letters

log = logging.getLogger(__name__)

PAGE = 20_000
"""Letters copied at once, which takes a PostgreSQL a tenth of a second."""
_TABLE = "create table if not exists links (letter_id integer primary key, token text not null unique, landing_url text not null)"


class LinkSnapshot:
    """The copy: ``find`` is asked by one thread while another copies."""

    def __init__(self, path: Path) -> None:
        """A file that is no database is begun anew, for it can be made again; a disk that takes none is done without."""
        self._path = path
        self._new_to, self._swept_to = 0, 0
        try:
            self._open()
        except (fixed_sqlite.Error, OSError):
            self._begin_anew()

    def copy_new(self, connection: Connection) -> bool:
        """Copy a page of letters made since; True where more may wait."""
        last = self._copy(connection, max(self._new_to, self._newest()))
        self._new_to = last or 0
        return last is not None

    def copy_again(self, connection: Connection) -> bool:
        """Copy the next page of letters once more, leaving out those that lead nowhere now; False once that was the last page."""
        self._swept_to = self._copy(connection, self._swept_to) or 0
        return self._swept_to > 0

    def find(self, token: str) -> str | None:
        """Where it leads, None for one that is not known here."""
        try:
            row = self._reader.execute("select landing_url from links where token = ?", (token,)).fetchone()
        except fixed_sqlite.Error:  # better no way than no answer; who copies next finds the damage as well
            return None
        return row[0] if row else None

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()
        self._writer.close()

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(mode=0o600)
        self._writer, self._reader = self._connect(), self._connect()
        self._writer.execute(_TABLE)

    def _connect(self) -> Any:
        connection = fixed_sqlite.connect(str(self._path), check_same_thread=False, isolation_level=None)
        for pragma in ("journal_mode=wal", "synchronous=off", "secure_delete=on"):  # off: it can be made again
            connection.execute(f"pragma {pragma}")
        return connection

    def _begin_anew(self) -> None:
        self._new_to, self._swept_to = 0, 0
        try:
            for ending in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
            self._open()
        except (fixed_sqlite.Error, OSError) as error:
            log.warning("The copy of the links cannot be written, it is kept in memory: %s", type(error).__name__)
            self._writer = self._reader = fixed_sqlite.connect(":memory:", check_same_thread=False, isolation_level=None)
            self._writer.execute(_TABLE)

    def _newest(self) -> int:
        try:
            return int(self._writer.execute("select coalesce(max(letter_id), 0) from links").fetchone()[0])
        except fixed_sqlite.Error:
            self._begin_anew()
            return 0

    def _copy(self, connection: Connection, after: int) -> int | None:
        """Copy the page after a letter; gives its last letter, None where it was the last page."""
        some = connection.execute(select(letters.c.id).where(letters.c.id > after).order_by(letters.c.id).limit(PAGE)).scalars().all()
        last = some[-1] if len(some) == PAGE else None
        table = letters.join(customers, customers.c.id == letters.c.customer_id)
        query = select(letters.c.id, letters.c.token, letters.c.landing_url).select_from(table)
        query = query.where(letters.c.id > after, letters.c.state.in_(ON_PAPER), customers.c.erased_at.is_(None))
        rows = [tuple(row) for row in connection.execute(query if last is None else query.where(letters.c.id <= last))]
        try:
            self._replace(after, last, rows)
        except fixed_sqlite.Error:
            self._begin_anew()
        return last

    def _replace(self, after: int, last: int | None, rows: list[tuple[Any, ...]]) -> None:
        self._writer.execute("begin")
        self._writer.execute("delete from links where letter_id > ? and letter_id <= ?", (after, last or 2**62))
        self._writer.executemany("insert or replace into links values (?, ?, ?)", rows)
        self._writer.execute("commit")
