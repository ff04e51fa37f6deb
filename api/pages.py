"""How does a template become an answer in the visitor's language?"""

import base64
import hashlib
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from api import languages
from api.errors import NotSignedIn, Refusal
from api.office import office_of
from api.wording import Wording

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_DESKS = ("/desk", "/partner")
DONE = {
    "codes_drawn": True,
    "codes_stored": True,
    "offer_saved": False,
    "code_blocked": False,
    "use_given_back": False,
    "ticked_off": True,
    "tick_taken_back": False,
    "objection_is_filed": False,
    "objections_are_filed": True,
    "run_is_approved": False,
    "run_approved_alone": False,
    "run_rejected_alone": False,
    "run_is_rejected": False,
    "hand_over_started": False,
    "hand_over_alone": False,
    "partner_added": False,
    "partner_changed": False,
    "partner_login_made": False,
    "code_made": False,
    "code_switched_on": False,
    "code_switched_off": False,
    "password_changed": False,
}
"""What a page can say was done (keys of the catalogue), and whether with a number."""
_A_YEAR = 365 * 24 * 3600


def wording_for(request: Request, language: str | None = None) -> Wording:
    """The visitor's language, or ``language`` where the page has one of its own and the visitor asks for no other."""
    own = language if language in languages.LANGUAGES else None
    return Wording(languages.chosen(request) or own or languages.of(request), office_of(request).settings.timezone)


def render(request: Request, template: str, status: int = 200, language: str | None = None, **values: object) -> HTMLResponse:
    """A page; what ``values`` hold is data and is escaped."""
    wording = wording_for(request, language)
    settings = office_of(request).settings
    html = _TEMPLATES.get_template(template).render(
        say=wording.say,
        wording=wording,
        path=request.url.path,
        switches={language: f"?{request.url.include_query_params(lang=language).query}" for language in languages.LANGUAGES},
        user=getattr(request.state, "user", None),
        done=_done(request, wording),
        sender=settings.sender,
        desk_url=settings.desk_url,
        **values,
    )
    response = HTMLResponse(html, status, {"Content-Language": wording.language})
    desk = next((desk for desk in _DESKS if request.url.path.startswith(desk)), None)
    if desk and languages.chosen(request):  # scans and objections leave no cookie behind
        secure = settings.desk_url.startswith("https://")
        response.set_cookie(languages.COOKIE, wording.language, max_age=_A_YEAR, path=desk, secure=secure, httponly=True, samesite="lax")
    return response


def done(page: str, what: str, count: int | None = None) -> RedirectResponse:
    """Back to a page that says what was done; ``what`` is one of DONE."""
    return RedirectResponse(f"{page}?{urlencode({'done': what} if count is None else {'done': what, 'count': count})}", 303)


def _done(request: Request, wording: Wording) -> str:
    """What the address says was done.  Only words of ours: an address can be made up, and may make the desk say nothing else."""
    what, count = request.query_params.get("done", ""), request.query_params.get("count", "")
    if request.method != "GET" or what not in DONE or (DONE[what] and not (count.isascii() and count.isdigit() and len(count) <= 9)):
        return ""
    return wording.say(what, count=wording.count(int(count))) if DONE[what] else wording.say(what)


def refuse(request: Request, refusal: Refusal) -> Response:
    """Say no in the form that the visitor can read: a page, a problem document under /api/, the way to the sign-in."""
    headers = dict(refusal.headers) | ({"Retry-After": str(refusal.retry_after_seconds)} if refusal.retry_after_seconds else {})
    if request.url.path.startswith("/api/"):
        return JSONResponse(problem(refusal, wording_for(request)), refusal.status, headers, "application/problem+json")
    if isinstance(refusal, NotSignedIn):
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/desk/sign-in?{urlencode({'next': asked})}", 303)
    page = render(request, "refusal.html", refusal.status, phrase=refusal.wording, values=_in_words(refusal, wording_for(request)))
    page.headers.update(headers)
    return page


def problem(refusal: Refusal, wording: Wording) -> dict[str, object]:
    """The refusal as a problem document (RFC 9457)."""
    title, detail = wording.say(f"{refusal.wording}_title"), wording.say(f"{refusal.wording}_text", **_in_words(refusal, wording))
    return {"title": title, "status": refusal.status, "detail": detail}


def _in_words(refusal: Refusal, wording: Wording) -> dict[str, object]:
    return {name: wording.day(value) if isinstance(value, date) else value for name, value in refusal.values.items()}


def pdf(content: bytes, name: str) -> Response:
    """A PDF to look at in the browser; ``name`` is ours, plain ASCII.

    Its SHA-256 comes along as ETag and in words of RFC 9530: whoever keeps the bytes can prove later that they are the same.
    """
    digest = hashlib.sha256(content)
    in_base64 = base64.b64encode(digest.digest()).decode()
    headers = {"Content-Disposition": f'inline; filename="{name}"', "ETag": f'"{digest.hexdigest()}"', "Repr-Digest": f"sha-256=:{in_base64}:"}
    return Response(content, media_type="application/pdf", headers=headers)
