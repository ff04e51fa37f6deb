"""How does the file of a bulk operation become objects with their articles?

One JSON object a line; articles name their order by ``__parentId`` and may stand anywhere, even before it.  So everything is spooled
into a temporary SQLite file first: memory stays small however large the shop is, and nothing is given before all is counted.
"""

import itertools
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import httpx

from importers.asking import refuse_later
from importers.errors import BrokenAnswer
from importers.shopify.bulk import Operation
from importers.shopify.shop import Shop

LONGEST_LINE = 16 * 1024 * 1024
_AT_ONCE = 2_000
_GONE = (403, 404, 410)


class LinkExpired(Exception):
    """Inside this package: the file is no longer there."""


@contextmanager
def objects(shop: Shop, operation: Operation) -> Iterator[Iterator[dict[str, Any]]]:
    """The objects of a finished operation in the order of the file, each with its articles in ``lineItems``, in any order.

    Raises ``BrokenAnswer`` before the first object unless the file holds just what the operation counted, ``LinkExpired``,
    ``ShopUnreachable``.
    """
    with TemporaryDirectory(prefix="postillion-bulk-") as folder:
        path = Path(folder) / "objects.jsonl"
        _download(shop, operation, path)
        with closing(sqlite3.connect(Path(folder) / "spool.db", isolation_level=None, check_same_thread=False)) as spool:
            with path.open("rb") as file:
                _fill(spool, file, operation)
            path.unlink()
            yield _joined(spool)


def _download(shop: Shop, operation: Operation, path: Path) -> None:
    """Fetch the file, twice if its size is not the one named: a cut connection may look like an end."""
    size = 0
    for _ in range(2):
        shop.asking.patiently(lambda: _fetch(shop, operation.url, path))
        size = path.stat().st_size
        if size == operation.size:
            return
    raise BrokenAnswer(f"{shop.asking.shop}: the file of the bulk operation has {size} bytes instead of {operation.size}. Run this again, it begins anew.")


def _fetch(shop: Shop, url: str, path: Path) -> None:
    """One attempt. The address is signed and lies elsewhere: no token goes there."""
    with shop.asking.client.stream("GET", url) as answer:
        refuse_later(answer)
        if answer.status_code in _GONE:
            raise LinkExpired
        if answer.status_code != httpx.codes.OK:
            raise BrokenAnswer(f"{shop.asking.shop}: the file of the bulk operation cannot be fetched (HTTP {answer.status_code}). Run this again later.")
        with path.open("wb") as file:
            for piece in answer.iter_bytes():
                file.write(piece)


def _fill(spool: sqlite3.Connection, file: IO[bytes], operation: Operation) -> None:
    """Spool all lines and compare their number with the operation's. A line that came twice is one object."""
    spool.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
        "CREATE TABLE roots (position INTEGER PRIMARY KEY, id TEXT UNIQUE, body BLOB);"
        "CREATE TABLE children (id TEXT PRIMARY KEY, parent TEXT, body BLOB) WITHOUT ROWID;"
    )
    objects = roots = 0
    lines = _lines(file)
    while chunk := list(itertools.islice(lines, _AT_ONCE)):
        own = [(key, body) for key, parent, body in chunk if parent is None]
        objects, roots = objects + len(chunk), roots + len(own)
        spool.execute("BEGIN")
        spool.executemany("INSERT INTO roots (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body", own)
        spool.executemany("INSERT OR REPLACE INTO children VALUES (?, ?, ?)", [line for line in chunk if line[1] is not None])
        spool.execute("COMMIT")
    spool.execute("CREATE INDEX children_of ON children (parent)")
    if (objects, roots) != (operation.objects, operation.roots):
        raise BrokenAnswer(
            f"The file of the bulk operation holds {objects} objects, {roots} of them at the top, where Shopify counted {operation.objects} and "
            f"{operation.roots}. Nothing was imported: run this again, it begins anew."
        )
    orphan = spool.execute("SELECT id FROM children WHERE parent NOT IN (SELECT id FROM roots) LIMIT 1").fetchone()
    if orphan:
        raise BrokenAnswer(f"The bulk operation's file holds {orphan[0]} without what it belongs to. Nothing was imported: run this again, it begins anew.")


def _lines(file: IO[bytes]) -> Iterator[tuple[str, str | None, bytes]]:
    """Id, parent's id and text of each line."""
    number = 0
    while body := file.readline(LONGEST_LINE):
        number += 1
        try:
            node = json.loads(body)
            key, parent = node["id"], node.get("__parentId")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            key, parent = None, None
        if (not body.endswith(b"\n") and len(body) == LONGEST_LINE) or not isinstance(key, str) or not isinstance(parent, str | None):
            raise BrokenAnswer(f"Line {number} of the bulk operation's file is no object with an id. Nothing was imported: run this again, it begins anew.")
        yield key, parent, body


def _joined(spool: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    rows = spool.execute("SELECT position, roots.body, children.body FROM roots LEFT JOIN children ON parent = roots.id ORDER BY position")
    for _, group in itertools.groupby(rows, key=lambda row: row[0]):
        first, *more = group
        node: dict[str, Any] = json.loads(first[1])
        lines = [json.loads(body) for _, _, body in (first, *more) if body is not None]
        yield {**node, "lineItems": {"nodes": lines}}
