"""Where do other systems send their records, and what do they hear?"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import Response

from api.intake import description
from api.intake.reading import body_of
from api.intake.storing import take_in
from api.office import AtOffice
from api.permission import holding
from campaigns.record import Kind
from store.api_keys import ApiKey, Scope
from store.idempotency import Request as KnownRequest

router = APIRouter(prefix="/api/v1")

_KEY = Header(alias="Idempotency-Key", min_length=1, max_length=255, pattern="^[!-~]+$", description="A fresh name for this request, like a UUID")


def _endpoint(kind: Kind) -> Callable[..., Awaitable[Response]]:
    model, scope = description.MODELS[kind], Scope(f"{kind}:write")

    async def take(
        request: Request, office: AtOffice, key: Annotated[ApiKey, Depends(holding(scope))], idempotency_key: Annotated[str | None, _KEY] = None
    ) -> Response:
        body = await body_of(request)
        known = KnownRequest.of(key.id, idempotency_key, request.url.path, body) if idempotency_key else None
        reply = await to_thread.run_sync(partial(take_in, office, key, kind, model, body, known), limiter=office.taking_in)
        return Response(reply.answer, media_type="application/json", headers={description.REPLAYED: "true"} if reply.is_replay else None)

    return take


for _kind in description.MODELS:
    router.add_api_route(f"/{_kind}", _endpoint(_kind), methods=["POST"], **description.of(_kind))
