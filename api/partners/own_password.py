"""How does a partner change the password that he or she signs in with?"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.desk.own_password import Typed, page, renewed
from api.office import AtOffice
from api.partners.sessions import AsPartner

router = APIRouter(prefix="/partner", include_in_schema=False)


@router.get("/password")
def form(request: Request, partner: AsPartner) -> Response:
    """The old password, the new one twice."""
    return page(request, "partner/password.html", partner=partner)


@router.post("/password")
async def change(request: Request, office: AtOffice, partner: AsPartner, old: Typed = "", new: Typed = "", again: Typed = "") -> Response:
    """Change it; every other session of the partner's ends."""
    result = await renewed(request, office, request.state.user, old, new, again)
    return page(request, "partner/password.html", result, partner=partner) if isinstance(result, str) else result
