"""As which partner is somebody signed in?"""

from typing import Annotated

from fastapi import Depends, Request

from api.desk.sessions import user_of
from api.errors import NotFound
from api.office import AtOffice
from campaigns.partner import Partner
from store import partners


def partner_of(request: Request, office: AtOffice) -> Partner:
    """The active partner behind the session.  Raises NotSignedIn; NotFound for people of the desk and for partners who are none any more."""
    user = user_of(request, office)
    with office.reading() as connection:
        partner = partners.of_user(connection, user.id)
    if partner is None:
        raise NotFound
    request.state.user = user
    return partner


AsPartner = Annotated[Partner, Depends(partner_of)]
