"""How do the pages become one web application?  ``uvicorn --factory api.app:create_server --http api.bounded_http:BoundedHttp --no-access-log``"""

import gc
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from api import crawlers, customers, health, objections, openapi, scans, webhook_work, webhooks
from api import privacy as privacy_page
from api.coupons import routes as checkout
from api.desk import (
    access,
    approval,
    audit,
    campaigns,
    carts,
    dry_runs,
    edits,
    imports,
    letters,
    merges,
    own_password,
    print_runs,
    privacy,
    results,
    sign_in,
    today,
)
from api.desk import coupons as desk_coupons
from api.desk import customers as desk_customers
from api.desk import layouts as desk_layouts
from api.desk import objections as desk_objections
from api.desk import offer_codes as desk_offer_codes
from api.desk import offers as desk_offers
from api.desk import partners as desk_partners
from api.desk import shop_reports as desk_shop_reports
from api.errors import NotFound, Refusal, WrongInput, WrongParameter, for_status
from api.group_commit import GroupCommit
from api.intake import routes as intake
from api.measures import gauges, readiness
from api.measures import routes as metrics
from api.measures.meters import Meters
from api.office import Office, office_of
from api.pages import refuse
from api.partners import desk as partner_desk
from api.partners import landing, printing
from api.partners import own_password as partner_password
from api.request_log import RequestLog
from api.scanning.door import Door
from api.scanning.patience import Database
from api.scanning.recorder import recording
from api.scanning.visitors import Visitors
from api.security import BoundedBody, LastResort, SameOrigin, SecurityHeaders
from store import log_lines, migrate
from store import settings as installation
from store.engine import Engine, open_engine
from store.errors import DatabaseNotReady
from store.settings import Settings

log = logging.getLogger(__name__)

ROUTERS = (
    scans.router,
    objections.router,
    privacy_page.router,
    webhooks.router,
    health.router,
    readiness.router,
    metrics.router,
    openapi.router,
    customers.router,
    intake.router,
    checkout.router,
    sign_in.router,
    today.router,
    desk_objections.router,
    desk_customers.router,
    edits.router,
    letters.router,
    print_runs.router,
    desk_shop_reports.router,
    approval.router,
    audit.router,
    access.router,
    own_password.router,
    dry_runs.router,
    campaigns.router,
    results.router,
    carts.router,
    desk_layouts.router,
    desk_coupons.router,
    desk_offers.router,
    desk_offer_codes.router,
    imports.router,
    merges.router,
    privacy.router,
    desk_partners.router,
    partner_desk.router,
    partner_password.router,
    printing.router,
    landing.router,
)

SCANS_AT_ONCE = 1000
"""In one transaction; more than wait at once unless something is wrong."""
ANSWERS_WITHIN_SECONDS = 2.0
"""A database that takes longer to say how it is counts as away."""


def create_server() -> Door:
    """All that listens, by the settings of the environment: the door for scans, and behind it the application."""
    log_lines.configure(installation.settings().log_format)
    log_lines.take_over_uvicorn()
    door = Door(create_app())
    spare_collections()
    return door


def spare_collections() -> None:
    """Let the garbage collector pass over what is loaded by now, for good: looking through all of it stops every request for up to 100 ms."""
    gc.collect()
    gc.freeze()


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application behind the door; ``settings`` default to those of the environment.  Its start raises DatabaseNotReady for old tables.

    Run it without an access log: the log would hold the tokens of every letter that is scanned.
    """
    found = settings or installation.settings()
    own_urls = (found.public_url, found.desk_url)
    is_https = any(url.startswith("https://") for url in own_urls)
    app = FastAPI(
        title="Postillion",
        openapi_url=None,  # api.openapi serves its own, of the API alone
        docs_url=None,  # the documentation pages would load scripts from a CDN
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(found),
        middleware=[
            Middleware(RequestLog),
            Middleware(SecurityHeaders, https=is_https),
            Middleware(LastResort),
            Middleware(BoundedBody),
            Middleware(SameOrigin, own_urls=own_urls),
        ],
    )
    app.state.is_https = is_https
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(RequestValidationError, _invalid)
    return app


def _lifespan(settings: Settings) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = open_engine(settings.database)
        try:
            _check(engine)
            crawlers.patterns()
            with recording(settings) as recorder:
                scans_kept, questions = GroupCommit(recorder.keep, SCANS_AT_ONCE), Database[Any]("health", 0, ANSWERS_WITHIN_SECONDS)
                office = Office(settings, engine, scans_kept, Visitors(settings.data_dir), recorder.journal, questions, Meters(recorder.tally))
                app.state.office, app.state.gate = office, readiness.Gate()
                with closing(questions), gauges.registered(office, office.meters.registry), _keeping(office), webhook_work.working(office):
                    yield
        finally:
            engine.dispose()

    return lifespan


@contextmanager
def _keeping(office: Office) -> Iterator[None]:
    """What comes at once is stored at once, as long as the block lasts."""
    with office.scans.running("scans"), office.checkouts.running("checkouts"), office.webhooks.running("webhooks-kept"):
        yield


def _check(engine: Engine) -> None:
    """Raise DatabaseNotReady for old tables.  Without the database the application starts as well: codes lead on, scans wait in the journal."""
    with closing(Database[list[DatabaseNotReady]]("start", 0, ANSWERS_WITHIN_SECONDS)) as database:
        problems = database.ask(lambda: _problems(engine))
    if problems is None:
        log.warning("The database does not answer: scans go to the journal until it does")
    elif problems:
        raise problems[0]


def _problems(engine: Engine) -> list[DatabaseNotReady]:
    try:
        migrate.check(engine)
    except DatabaseNotReady as error:
        return [error]
    return []


def _refusal(request: Request, error: Exception) -> Response:
    refusal = error if isinstance(error, Refusal) else for_status(500)
    if refusal.status == 429:
        office_of(request).meters.refusals.labels(refusal.wording).inc()
    return refuse(request, refusal)


def _http_exception(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return refuse(request, for_status(500))
    response = refuse(request, for_status(error.status_code))
    response.headers.update(error.headers or {})  # Allow of a 405
    return response


def _invalid(request: Request, error: Exception) -> Response:
    """What cannot be read is named nowhere: it may be personal.  A page with an impossible number does not exist."""
    if not request.url.path.startswith("/api/"):
        return refuse(request, NotFound())
    kind, name, *_ = (*error.errors()[0]["loc"], "") if isinstance(error, RequestValidationError) else ("", "")
    return refuse(request, WrongParameter(name=name) if kind in ("path", "header") else WrongInput())
