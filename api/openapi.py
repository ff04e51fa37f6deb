"""What does the API say of itself to programs?  ``GET /api/v1/openapi.json`` (OpenAPI 3.1)"""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.responses import JSONResponse, Response

from api.coupons.bodies import OrderBody, QuoteBody, ReleaseBody, RollBackBody, SignUpBody
from api.desk.sessions import cookie_name
from api.intake.description import BATCHES
from api.office import office_of
from api.problems import Problem

router = APIRouter(include_in_schema=False)

VERSION = "1"
DESCRIPTION = """Send records of a shop in batches, have coupons quoted and redeemed at the checkout, and ask what has happened between a customer and us.

Every request needs an API key: `Authorization: Bearer pst_…`. Records belong to the source of the key.
Amounts are whole cents, moments are RFC 3339 with an offset, text is UTF-8. A field that is left out or null says nothing; unknown fields are refused.
"""
CHECKOUTS = (QuoteBody, OrderBody, ReleaseBody, RollBackBody, SignUpBody)
"""Bodies that the routes of checkouts read by themselves."""


@router.get("/api/v1/openapi.json")
def openapi(request: Request) -> Response:
    """Open to all: it holds no secret.  Made once per process."""
    app: FastAPI = request.app
    if app.openapi_schema is None:
        app.openapi_schema = described(app, cookie_name(office_of(request).settings))
    return JSONResponse(app.openapi_schema)


def described(app: FastAPI, cookie: str) -> dict[str, Any]:
    """The document; pages for people are left out by their routers."""
    document = get_openapi(title="Postillion", version=VERSION, description=DESCRIPTION, routes=app.routes)
    described_here: list[type[BaseModel]] = [*BATCHES.values(), *CHECKOUTS, Problem]  # FastAPI sees only what its routes declare
    _, models = models_json_schema([(model, "validation") for model in described_here], ref_template="#/components/schemas/{model}")
    document["components"]["schemas"] |= models["$defs"]
    document["components"]["securitySchemes"] = {
        "ApiKey": {"type": "http", "scheme": "bearer", "description": "Made by `postillion api-key add`, with a scope for each kind of request."},
        "Session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "Of somebody who has signed in to the desk."},
    }
    return document
