"""What are scans measured against?  A server that does nothing, and the usual way to write it: a route, an ORM session, a commit for each scan."""

import uuid
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from starlette.types import ASGIApp, Receive, Scope, Send

from store import schema, settings
from store.engine import open_engine


async def _hello(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})
    else:
        await _lifespan(receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


def create_hello() -> ASGIApp:
    """Two lines of ASGI."""
    return _hello


class _Base(DeclarativeBase):
    metadata = schema.metadata


class _Letter(_Base):
    __table__ = schema.letters


class _Scan(_Base):
    __table__ = schema.scans


def create_app() -> FastAPI:
    """The usual way, on the tables and with the engine of Postillion (WAL, synchronous=full, a write lock from the start)."""
    app = FastAPI()
    session_of = sessionmaker(open_engine(settings.settings().database))

    @app.get("/healthz")
    def health() -> dict[str, str]:
        return {"process": "ok"}

    @app.get("/S/{token}")
    def scan(token: str, request: Request) -> RedirectResponse:
        with session_of() as session:
            letter = _found(session, token)
            kind = "human" if "Mozilla" in request.headers.get("user-agent", "") else "bot"
            session.add(_Scan(id=str(uuid.uuid4()), letter_id=letter.id, kind=kind, scanned_at=datetime.now(UTC), visitor=""))
            session.commit()
            return RedirectResponse(letter.landing_url, 302)

    def _found(session: Session, token: str) -> Any:
        letter = session.scalars(select(_Letter).where(schema.letters.c.token == token.upper())).first()
        if letter is None:
            raise HTTPException(404)
        return letter

    return app
