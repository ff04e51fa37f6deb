"""How does the desk tell Prefect that a print run was decided?  Over HTTP: Prefect's own client would bring all of Prefect into the web pages.

The decision itself stands in the database by then. A run that is woken starts at its top and finds by the print run's state what is left to do.
"""

import logging
import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import httpx

from store.print_runs import PrintRun
from store.settings import Settings

log = logging.getLogger(__name__)

HAND_OVER = "hand-over/print-run"
"""The deployment that brings an approved run to the print shop."""
SECONDS = 8.0
"""How long Prefect is asked in all, again where it is busy, before the page answers; every call begins with what is left of it."""
_PAUSE = 0.25
_NOT_YET = "schema not found"
"""Prefect calls a run suspended before it has stored the form, and refuses what comes in between, with a status of success."""


class Woken(StrEnum):
    """What became of the call."""

    RESUMED = "resumed"
    """The run that waited for the answer goes on."""
    STARTED = "started"
    """Nobody waited any more: a run of its own brings it to the print shop."""
    UNREACHABLE = "unreachable"
    """Prefect did not answer, or refused: somebody must ask again."""


class _NotPrefect(Exception):
    """Something answered that is not Prefect, or another Prefect than ours."""


class Prefect:
    """Prefect's API, as far as the desk needs it; for one act."""

    def __init__(self, settings: Settings, seconds: float = SECONDS) -> None:
        auth = settings.prefect_api_auth.get_secret_value()
        name, _, password = auth.partition(":")
        self._url, self._auth = settings.prefect_api_url, (name, password) if auth else None
        self._end = time.monotonic() + seconds

    def answer(self, run: PrintRun, *, approved: bool, comment: str, by: str) -> Woken:
        """Wake the flow run that waits for this decision; without one, an approved print run gets a hand-over of its own."""
        form = {"decision": "approve" if approved else "reject", "comment": comment, "decided_by": by}
        try:
            with self._client() as client:
                if run.flow_run_id and self._resume(client, run.flow_run_id, form):
                    return Woken.RESUMED
                if not approved:  # nothing is left to do: whoever wakes the run later is told so by it
                    return Woken.RESUMED
                return self._start(client, run.id)
        except (httpx.HTTPError, _NotPrefect) as error:
            return _unreachable(error)

    def hand_over(self, print_run_id: int) -> Woken:
        """Start a hand-over of its own; it is safe to ask for it twice."""
        try:
            with self._client() as client:
                return self._start(client, print_run_id)
        except (httpx.HTTPError, _NotPrefect) as error:
            return _unreachable(error)

    def _client(self) -> httpx.Client:
        return httpx.Client(base_url=self._url, auth=self._auth)

    def _resume(self, client: httpx.Client, flow_run_id: str, form: Mapping[str, str]) -> bool:
        """Whether the run took the answer; False where it does not wait for one."""
        while True:
            answer = self._asked(client, "POST", f"/flow_runs/{flow_run_id}/resume", {"run_input": form})
            if answer.status_code == httpx.codes.NOT_FOUND:
                return False
            result = _read(answer, "status")
            if result["status"] == "ACCEPT":
                return True
            details = result.get("details")
            reason = str(details.get("reason", "")) if isinstance(details, dict) else ""
            if _NOT_YET not in reason or self._left() <= _PAUSE:
                log.info("Flow run %s does not wait for an answer: %s", flow_run_id, reason)
                return False
            time.sleep(_PAUSE)

    def _start(self, client: httpx.Client, print_run_id: int) -> Woken:
        deployment = _read(self._asked(client, "GET", f"/deployments/name/{HAND_OVER}"), "id")["id"]
        body = {"parameters": {"print_run": print_run_id}, "state": {"type": "SCHEDULED"}}
        self._asked(client, "POST", f"/deployments/{deployment}/create_flow_run", body).raise_for_status()
        return Woken.STARTED

    def _asked(self, client: httpx.Client, method: str, path: str, body: object = None) -> httpx.Response:
        """A busy server on SQLite says 503 and means "again, please" (prefect facts 3)."""
        while True:
            answer = client.request(method, path, json=body, timeout=max(self._left(), _PAUSE))
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or self._left() <= _PAUSE:
                return answer
            time.sleep(_PAUSE)

    def _left(self) -> float:
        return self._end - time.monotonic()


def _read(answer: httpx.Response, field: str) -> dict[str, Any]:
    """What Prefect says; raises _NotPrefect for what it would never say, as a proxy with a page of its own does."""
    try:
        found = answer.raise_for_status().json()
    except ValueError as error:
        raise _NotPrefect from error
    if not isinstance(found, dict) or field not in found:
        raise _NotPrefect
    return found


def _unreachable(error: Exception) -> Woken:
    log.warning("Prefect was not reached: %s", _in_words(error))
    return Woken.UNREACHABLE


def _in_words(error: Exception) -> str:
    """Without an address: it may hold a password."""
    return f"HTTP {error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else type(error).__name__.strip("_")
