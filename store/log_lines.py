"""How does a line of our log look, whoever writes it: API, worker flow or command line?

structlog over the standard logging: modules log as always, an operator chooses text or JSON. Of an exception the kind and the places
in the code are shown, never its words: they may hold a name, an address, a token.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import IO, Any

import structlog
from structlog.typing import Processor

_OURS = ("api", "campaigns", "flows", "importers", "layouts", "letters", "printshop", "store")
_SAID_OF_A_REQUEST = ("method", "route", "status", "ms", "actor")
"""Beside the words (api.request_log); nothing else that somebody attaches to a line gets into the log."""
_LEVELS = {"uvicorn": logging.INFO} | dict.fromkeys(_OURS, logging.INFO)
"""All others speak from WARNING on: httpx, for one, would write down whole addresses."""


def configure(log_format: str, stream: IO[str] | None = None) -> None:
    """Set up the standard logging of this process, ``text`` or ``json``, on ``stream`` (standard error); may be called again."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_formatter(log_format))
    root = logging.getLogger()
    for old in [one for one in root.handlers if getattr(one, "is_postillions", False)]:
        root.removeHandler(old)
    handler.is_postillions = True  # type: ignore[attr-defined]  # so that a second call replaces it, and nobody else's
    root.addHandler(handler)
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)


def take_over_uvicorn() -> None:
    """Have the server's own lines look like ours; its access log stays silent, however it was started: it names what was asked for, tokens included."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = name != "uvicorn.access"


def _formatter(log_format: str) -> logging.Formatter:
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if log_format == "json" else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _without_words, last]
    )


def _without_words(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its kind and its places."""
    found = event.pop("exc_info", None)
    error = found if isinstance(found, BaseException) else (found[1] if isinstance(found, tuple) else sys.exc_info()[1] if found else None)
    if error is not None:
        event["error"] = type(error).__name__
        event["places"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return event


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(_SAID_OF_A_REQUEST),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
