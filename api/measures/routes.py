"""Where does Prometheus read how things go?"""

import ipaddress

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from api.office import AtOffice
from api.permission import key_of
from store.api_keys import Scope

router = APIRouter(include_in_schema=False)

_PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""What proxies add: whoever comes through one is not on this machine."""


@router.get("/metrics")
def metrics(request: Request, office: AtOffice) -> Response:
    """Numbers, never about a person: for programs of this machine, and for those with a key for ``metrics:read``."""
    if not is_local(request):
        key_of(request, office, Scope.METRICS_READ)
    return Response(generate_latest(office.meters.registry), media_type=CONTENT_TYPE_LATEST)


def is_local(request: Request) -> bool:
    """Whether it comes from this machine by itself, not through a proxy on it."""
    if "authorization" in request.headers or any(name in request.headers for name in _PASSED_ON):
        return False
    try:
        return bool(request.client and ipaddress.ip_address(request.client.host).is_loopback)
    except ValueError:
        return False
