"""May requests be sent to this process now?  ``/readyz``, for load balancers and rollouts; ``/healthz`` says whether scans are kept."""

import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api.office import AtOffice, Office
from store import migrate
from store.engine import is_writable
from store.errors import DatabaseNotReady
from store.settings import TRYING_OUT, Settings

router = APIRouter(include_in_schema=False)

KEPT_SECONDS = 1.0
"""However many ask: a balancer's twenty machines cost one look a second."""
LEAST_FREE = 64 * 1024 * 1024
"""Bytes; SQLite's own log grows to half of that between two rests."""
_HERE = ("127.0.0.1", "localhost", "::1")


class Readiness(BaseModel):
    """Each check with a word: ``ok``, or what is wrong."""

    ready: bool
    database: Literal["ok", "away", "other_version", "read_only"]
    data_dir: Literal["ok", "full", "read_only"]
    journal: Literal["ok", "full", "read_only"]
    secret_key: Literal["ok", "only_for_trying_out"]


@dataclass(slots=True)
class Gate:
    """The last look, kept for a moment; one per process."""

    kept: Readiness | None = None
    looked_at: float = float("-inf")
    looking: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, look: Callable[[], Readiness]) -> Readiness:
        """The kept answer, or a new one."""
        with self.looking:
            if self.kept is None or time.monotonic() - self.looked_at >= KEPT_SECONDS:
                self.kept, self.looked_at = look(), time.monotonic()
            return self.kept


@router.get("/readyz", responses={503: {"model": Readiness, "description": "One of the checks has another word than ok."}})
def readiness(request: Request, office: AtOffice, response: Response) -> Readiness:
    """200 when everything may be asked of this process, 503 otherwise; a body with a word for each check in both cases."""
    gate: Gate = request.app.state.gate
    found = gate.ask(lambda: look(office))
    if not found.ready:
        response.status_code = 503
    return found


def look(office: Office) -> Readiness:
    """Make every check, none of which changes anything that stays."""
    settings = office.settings
    words = {
        "database": office.questions.ask(lambda: _database(office)) or "away",
        "data_dir": _disk(settings.data_dir),
        "journal": _disk(settings.data_dir / "journal"),
        "secret_key": _secret_key(settings),
    }
    return Readiness.model_validate({"ready": set(words.values()) == {"ok"}, **words})


def _database(office: Office) -> str:
    try:
        migrate.check(office.engine)
    except DatabaseNotReady:
        return "other_version"
    return "ok" if is_writable(office.engine) else "read_only"


def _disk(folder: Path) -> str:
    """Try it: permissions say too little (root, a disk that went read-only)."""
    probe = folder / f".readyz-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.write_bytes(b"")
        probe.unlink()
        return "ok" if shutil.disk_usage(folder).free >= LEAST_FREE else "full"
    except OSError:
        return "read_only"


def _secret_key(settings: Settings) -> str:
    """The settings refuse a public URL without a key of one's own; a desk that others reach is as bad."""
    is_here = all(urlsplit(url).hostname in _HERE for url in (settings.public_url, settings.desk_url))
    return "ok" if is_here or settings.secret_key.get_secret_value() != TRYING_OUT else "only_for_trying_out"
