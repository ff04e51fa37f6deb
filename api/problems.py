"""Which problem documents (RFC 9457) can a path under /api/ answer with?"""

from typing import Any

from pydantic import BaseModel

from api.errors import Refusal
from api.pages import problem
from api.wording import Wording

MEDIA_TYPE = "application/problem+json"
_ENGLISH = Wording("en", "UTC")


class Problem(BaseModel):
    """Why there is no answer (RFC 9457), in German for who prefers it (Accept-Language), else in English."""

    title: str
    status: int
    detail: str


def problems(*refusals: Refusal) -> dict[int | str, dict[str, Any]]:
    """Status -> what the OpenAPI document says of these refusals, each with its words as example."""
    found: dict[int | str, dict[str, Any]] = {}
    for refusal in refusals:
        shown = problem(refusal, _ENGLISH)
        content = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}
        described = found.setdefault(refusal.status, {"description": f"{shown['title']}.", "headers": _headers(refusal), "content": {MEDIA_TYPE: content}})
        described["content"][MEDIA_TYPE]["examples"][refusal.wording] = {"value": shown}
    return found


def _headers(refusal: Refusal) -> dict[str, Any]:
    retry = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}} if refusal.retry_after_seconds else {}
    return {name: {"schema": {"type": "string", "const": value}} for name, value in refusal.headers.items()} | retry
