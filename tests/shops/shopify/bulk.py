"""How does a bulk operation run, and how may it end?"""

import secrets
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from graphql import GraphQLError, GraphQLSchema

from tests.shops.shopify.bulk_lines import Weaver, mixed, ordered, written
from tests.shops.shopify.bulk_rules import refusals
from tests.shops.shopify.clock import Clock
from tests.shops.shopify.reading import Reading
from tests.shops.shopify.settings import Settings

WEEK = 7 * 86_400
RUNNING = ("CREATED", "RUNNING", "CANCELING")


class Cut(StrEnum):
    """Where a download ends too early."""

    MID_LINE = "mid_line"
    LINE_END = "line_end"
    HUNG_UP = "hung_up"
    """The whole length is promised; then the connection ends."""


@dataclass(frozen=True, slots=True)
class BulkEnd:
    """How an operation ends; the default is well."""

    status: str = "COMPLETED"
    """COMPLETED, FAILED, CANCELED (by Shopify, because it stalled) or EXPIRED."""
    error_code: str | None = None
    """With FAILED: ACCESS_DENIED, INTERNAL_SERVER_ERROR, TIMEOUT."""
    partial_lines: int | None = None
    """With FAILED: lines in the file at ``partialDataUrl``; None: there is no such address."""
    cut: Cut | None = None
    cut_share: float = 0.5
    """How much of the file still comes."""
    more_objects: int = 0
    """How many too many ``objectCount`` tells (or too few)."""
    more_bytes: int = 0
    """The same of ``fileSize``."""
    download_status: int = 200
    """403 or 404: the address is no longer good, though a week has not passed."""
    polls: int | None = None
    """Polls until the end; None: as in the settings."""


@dataclass(slots=True)
class Operation:
    """One bulk operation with its file."""

    number: int
    query: str
    grouped: bool
    end: BulkEnd
    created_at: str
    status: str = "CREATED"
    polls: int = 0
    completed_at: str | None = None
    error_code: str | None = None
    objects: int = 0
    roots: int = 0
    size: int | None = None
    path: Path | None = None
    secret: str = field(default_factory=lambda: secrets.token_hex(14))
    ended: float = 0.0

    @property
    def gid(self) -> str:
        """Its id."""
        return f"gid://shopify/BulkOperation/{7_749_099_000_000 + self.number}"


class Bulk:
    """All bulk operations of the app in this shop."""

    def __init__(self, schema: GraphQLSchema, settings: Settings, clock: Clock, reading: Callable[[], Reading]) -> None:
        self._schema = schema
        self._settings = settings
        self._clock = clock
        self._reading = reading
        self._folder: Path | None = None
        self._ends: list[BulkEnd] = []
        self.operations: list[Operation] = []
        self.address = ""
        """Where the server is, once it runs."""

    def next(self, end: BulkEnd) -> None:
        """How the next operation that is started (after those already said) ends."""
        self._ends.append(end)

    def close(self) -> None:
        """Delete all files."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def start(self, query: str, grouped: bool) -> dict[str, Any]:
        """The payload of ``bulkOperationRunQuery``."""
        running = [operation.gid for operation in self.operations if operation.status in RUNNING]
        errors = refusals(self._schema, query)
        if not errors and len(running) >= self._settings.bulk_limit:
            message = f"A bulk query operation for this app and shop is already in progress: {', '.join(running)}."
            errors = [{"field": None, "message": message, "code": "OPERATION_IN_PROGRESS"}]
        if errors:
            return {"bulkOperation": None, "userErrors": errors}
        end = self._ends.pop(0) if self._ends else BulkEnd()
        self.operations.append(Operation(len(self.operations) + 1, query, grouped, end, self._clock.iso()))
        return {"bulkOperation": self._shown(self.operations[-1]), "userErrors": []}

    def cancel(self, gid: str) -> dict[str, Any]:
        """The payload of ``bulkOperationCancel``."""
        operation = self._find(gid)
        if operation is None:
            return {"bulkOperation": None, "userErrors": [{"field": ["id"], "message": "Bulk operation does not exist"}]}
        if operation.status not in RUNNING:
            message = f"A bulk operation cannot be canceled when it is {operation.status.lower()}"
            return {"bulkOperation": self._shown(operation), "userErrors": [{"field": None, "message": message}]}
        operation.status = "CANCELING"
        return {"bulkOperation": self._shown(operation), "userErrors": []}

    def poll(self, gid: str) -> dict[str, Any] | None:
        """The operation as ``bulkOperation(id:)`` shows it; each poll brings it nearer to its end."""
        operation = self._find(gid)
        if operation is None:
            return None
        operation.polls += 1
        if operation.status == "CANCELING":
            self._finish(operation, "CANCELED")
        elif operation.status in RUNNING:
            needed = operation.end.polls if operation.end.polls is not None else self._settings.bulk_polls
            operation.status = "RUNNING"
            if operation.polls >= needed:
                self._run(operation)
        return self._shown(operation)

    def all(self, newest_first: bool) -> list[dict[str, Any]]:
        """All operations, without bringing them on."""
        return [self._shown(operation) for operation in (reversed(self.operations) if newest_first else self.operations)]

    def download(self, secret: str) -> Operation | None:
        """The operation whose file is at this address, None for an address that was never given or is a week old."""
        found = next((operation for operation in self.operations if operation.secret == secret and operation.path), None)
        expired = found is not None and self._clock.now().timestamp() > found.ended + WEEK
        return None if expired else found

    def _find(self, gid: str) -> Operation | None:
        if not gid.startswith("gid://shopify/BulkOperation/"):
            raise GraphQLError(f"Invalid id: {gid}", extensions={"code": "RESOURCE_NOT_FOUND"})
        return next((operation for operation in self.operations if operation.gid == gid), None)

    def _run(self, operation: Operation) -> None:
        end = operation.end
        try:
            if end.status == "COMPLETED" or end.partial_lines is not None:
                self._write(operation, end.partial_lines)
        except GraphQLError as error:
            denied = (error.extensions or {}).get("code") == "ACCESS_DENIED"
            operation.error_code = "ACCESS_DENIED" if denied else "INTERNAL_SERVER_ERROR"
            self._finish(operation, "FAILED")
            return
        operation.error_code = end.error_code
        self._finish(operation, end.status)

    def _finish(self, operation: Operation, status: str) -> None:
        operation.status = status
        operation.completed_at = self._clock.iso() if status in ("COMPLETED", "FAILED", "CANCELED") else None
        operation.ended = self._clock.now().timestamp()

    def _write(self, operation: Operation, limit: int | None) -> None:
        weaver = Weaver(self._schema, self._reading())
        objects = weaver.objects(operation.query)
        loose = self._settings.shuffle and not operation.grouped
        self._folder = self._folder or Path(tempfile.mkdtemp(prefix="mock-shopify-"))
        path = self._folder / f"{operation.number}.jsonl"
        with path.open("wb") as file:
            for is_root, line in mixed(objects, operation.number) if loose else ordered(objects):
                if limit is not None and operation.objects >= limit:
                    break
                file.write(written(line))
                operation.objects += 1
                operation.roots += is_root
        operation.size = path.stat().st_size
        operation.path = path

    def _shown(self, operation: Operation) -> dict[str, Any]:
        complete = operation.status == "COMPLETED"
        link = f"{self.address}/bulk/{operation.secret}?Expires={int(operation.ended) + WEEK}&Signature={operation.secret[::-1]}" if operation.size else None
        done = operation.status not in RUNNING
        return {
            "__typename": "BulkOperation",
            "id": operation.gid,
            "status": operation.status,
            "type": "QUERY",
            "errorCode": operation.error_code,
            "createdAt": operation.created_at,
            "completedAt": operation.completed_at,
            "objectCount": str(operation.objects + (operation.end.more_objects if done else 0)),
            "rootObjectCount": str(operation.roots),
            "fileSize": str(operation.size + operation.end.more_bytes) if complete and operation.size else None,
            "url": link if complete else None,
            "partialDataUrl": link if operation.status == "FAILED" else None,
            "query": operation.query,
        }


def cut_at(path: Path, cut: Cut, share: float) -> int:
    """How many bytes of a file still come."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(int(size * share))
        rest = file.readline()
    behind_line = min(size, int(size * share) + len(rest))
    return behind_line if cut is Cut.LINE_END else max(1, behind_line - 2)
