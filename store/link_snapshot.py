"""Where do the codes lead while the database is away?  A copy of the links on this machine, in a SQLite file of its own.

Needed with PostgreSQL only: a SQLite database lies on this machine itself and can always be read.
"""

from collections.abc import Collection
from pathlib import Path

from pysqlite3 import dbapi2 as fixed_sqlite
from sqlalchemy import Connection, select

from campaigns.letter import ON_PAPER
from store.schema import letters

_PAGE = 20_000


class LinkSnapshot:
    """The copy; used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._file = fixed_sqlite.connect(str(path), check_same_thread=False, isolation_level=None)
        self._file.execute("pragma journal_mode=wal")
        self._file.execute("pragma synchronous=off")  # it can be made again
        self._file.execute("create table if not exists links (token text primary key, letter_id integer, landing_url text) without rowid")
        self._last: int = self._file.execute("select coalesce(max(letter_id), 0) from links").fetchone()[0]

    def catch_up(self, connection: Connection) -> int:
        """Copy links of letters made since; gives how many.  Costs what is new."""
        copied = 0
        while True:
            table = letters.c
            query = select(table.token, table.id, table.landing_url).where(table.id > self._last, table.state.in_(ON_PAPER)).order_by(table.id).limit(_PAGE)
            rows = [tuple(row) for row in connection.execute(query)]
            if not rows:
                return copied
            self._file.execute("begin")
            self._file.executemany("insert or replace into links values (?, ?, ?)", rows)
            self._file.execute("commit")
            self._last, copied = rows[-1][1], copied + len(rows)

    def forget(self, tokens: Collection[str]) -> None:
        """Links that lead nowhere any more."""
        self._file.executemany("delete from links where token = ?", [(token,) for token in tokens])

    def find(self, token: str) -> str | None:
        """Where it leads, None for one that is not known here."""
        row = self._file.execute("select landing_url from links where token = ?", (token,)).fetchone()
        return row[0] if row else None

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
