"""May somebody with this role do this at the desk?"""

from collections.abc import Callable
from typing import Any

from fastapi import Depends

from api.desk.sessions import SignedInUser
from api.errors import NotYourRole
from store.users import Role, User


def needs(*roles: Role) -> Any:
    """A dependency: the user who is signed in, with one of these roles.  Raises NotSignedIn, NotYourRole."""
    return Depends(_check(roles))


def _check(roles: tuple[Role, ...]) -> Callable[[User], User]:
    def check(user: SignedInUser) -> User:
        if user.role not in roles:
            raise NotYourRole
        return user

    return check
