"""Which addresses does the mock answer, and with which status?"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.shops.shopify.bulk import Cut, Operation, cut_at
from tests.shops.shopify.faults import DOWNLOAD, RETRY_AFTER, STATUS, TOKEN, Fault
from tests.shops.shopify.log import Asked
from tests.shops.shopify.parts import Parts

JSON = "application/json; charset=utf-8"
CHUNK = 65_536


def make_app(parts: Parts) -> Starlette:
    """The web application over the shop's parts."""
    doors = _Doors(parts)
    routes = [
        Route("/admin/oauth/access_token", doors.token, methods=["POST"]),
        Route("/admin/api/{version}/graphql.json", doors.graphql, methods=["POST"]),
        Route("/bulk/{secret}", doors.download),
    ]
    return Starlette(routes=routes)


class _Doors:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def token(self, request: Request) -> Response:
        body = await request.body()
        asked = self._note(TOKEN)
        fault = self._parts.faults.take([TOKEN])
        if fault is not None:
            return self._played(fault, asked)
        form = json.loads(body) if "json" in request.headers.get("content-type", "") else dict(parse_qsl(body.decode()))
        asked.status, answer = self._parts.tokens.issue(form)
        if asked.status != 200 and "json" not in request.headers.get("accept", ""):
            return HTMLResponse(f"<html><body>Oauth error {answer['error']}: {answer['error_description']}</body></html>", asked.status)
        return Response(json.dumps(answer), asked.status, media_type=JSON)

    async def graphql(self, request: Request) -> Response:
        payload = _json(await request.body())
        return await run_in_threadpool(self._graphql, request, payload)

    async def download(self, request: Request) -> Response:
        asked = self._note(DOWNLOAD)
        fault = self._parts.faults.take([DOWNLOAD])
        if fault is not None:
            return self._played(fault, asked)
        operation = self._parts.bulk.download(request.path_params["secret"])
        asked.status = _download_status(request, operation)
        if operation is None or operation.path is None or asked.status != 200:
            return Response("<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code></Error>", asked.status, media_type="application/xml")
        return _file(operation)

    def _graphql(self, request: Request, payload: Any) -> Response:
        parts = self._parts
        with parts.world.lock:
            question = parts.answering.read(payload)
            asked = self._note(question.name)
            asked.fields, asked.variables = question.fields, question.variables
            asked.query = payload.get("query", "") if isinstance(payload, dict) else ""
            asked.token, asked.version = request.headers.get("x-shopify-access-token", ""), request.path_params["version"]
            headers = {"X-Shopify-API-Version": self._version(asked.version), "X-Request-Id": f"mock-{parts.log.count()}"}
            if not parts.tokens.lets_in(asked.token):
                return self._played(Fault.UNAUTHORIZED, asked)
            fault = parts.faults.take([question.name, *question.fields])
            if fault in STATUS or fault in (Fault.NOT_JSON, Fault.HUNG_UP):
                return self._played(fault, asked)
            body = parts.answering.answer(question, fault)
            _note_answer(asked, body)
        text = json.dumps(body, ensure_ascii=False).encode()
        return Response(text[: len(text) // 2] if fault is Fault.CUT_JSON else text, media_type=JSON, headers=headers)

    def _played(self, fault: Fault, asked: Asked) -> Response:
        asked.status = 200
        if fault is Fault.NOT_JSON:
            return HTMLResponse("<html><body>Please log in to this network.</body></html>")
        if fault is Fault.HUNG_UP:
            return StreamingResponse(iter([b'{"data":']), headers={"Content-Length": "1000"}, media_type=JSON)
        if fault not in STATUS:
            raise ValueError(f"{fault} cannot be played here")
        asked.status, body = STATUS[fault]
        later = {"Retry-After": f"{RETRY_AFTER:.1f}"} if fault is Fault.TOO_MANY_REQUESTS else {}
        return Response(body, asked.status, headers=later, media_type=JSON if body.startswith("{") else "text/html")

    def _note(self, operation: str) -> Asked:
        asked = Asked(self._parts.clock.now(), operation)
        self._parts.log.requests.append(asked)
        return asked

    def _version(self, wanted: str) -> str:
        """A version that is not supported falls forward to the oldest one that is (facts/importers.md 1.1)."""
        supported = self._parts.settings.versions
        return wanted if wanted in supported else supported[0]


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _note_answer(asked: Asked, body: dict[str, Any]) -> None:
    asked.status = 200
    errors = body.get("errors", [])
    asked.codes = tuple(error.get("extensions", {}).get("code", "") for error in errors if isinstance(error, dict))
    cost = body.get("extensions", {}).get("cost", {})
    asked.requested, asked.actual = cost.get("requestedQueryCost"), cost.get("actualQueryCost")


def _download_status(request: Request, operation: Operation | None) -> int:
    """400 as storage answers to a second way of signing in: the address is signed already."""
    if "authorization" in request.headers or "x-shopify-access-token" in request.headers:
        return 400
    return 403 if operation is None else operation.end.download_status


def _file(operation: Operation) -> Response:
    assert operation.path is not None
    cut = operation.end.cut
    if cut is None:
        return FileResponse(operation.path, media_type="application/jsonl")
    length = cut_at(operation.path, cut, operation.end.cut_share)
    promised = operation.size if cut is Cut.HUNG_UP else length
    return StreamingResponse(_beginning(operation, length), media_type="application/jsonl", headers={"Content-Length": str(promised)})


def _beginning(operation: Operation, length: int) -> Iterator[bytes]:
    assert operation.path is not None
    with operation.path.open("rb") as file:
        while length > 0:
            chunk = file.read(min(CHUNK, length))
            length -= len(chunk)
            yield chunk
