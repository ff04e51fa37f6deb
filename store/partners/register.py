"""Which partners are there, who brought them, and who signs in as which?"""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from campaigns.customer import email_key
from campaigns.partner import ContactField, Partner, PartnerProblem
from store import users as desk_users
from store.errors import PartnerRefused, WrongName
from store.schema import customers, partners, users
from store.upsert import insert_for
from store.users import Role

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_LONGEST = 60


def add(connection: Connection, slug: str, name: str, email: str, sponsor: str, now: datetime) -> Partner:
    """Take in a partner whom ``sponsor`` (a slug, empty for nobody) has brought.

    The sponsor is set once and for all: so the tree never becomes a ring. Raises PartnerRefused for a slug that is taken or cannot be one,
    an empty name, or a sponsor that nobody is.
    """
    if not (_SLUG.fullmatch(slug) and len(slug) <= _LONGEST):
        raise PartnerRefused(
            PartnerProblem.SHORT_NAME, f'"{slug}" cannot name a partner: use at most {_LONGEST} small letters, digits and single hyphens, like anna-meier.'
        )
    if not (name.strip() and name.isprintable()):
        raise PartnerRefused(PartnerProblem.NAME, f"The partner {slug} needs a name that can be printed.")
    if connection.execute(select(partners.c.id).where(partners.c.slug == slug)).one_or_none():
        raise PartnerRefused(PartnerProblem.TAKEN, f'There is a partner "{slug}" already: choose another short name.')
    sponsor_id = _sponsor_id(connection, sponsor) if sponsor else None
    row: dict[str, Any] = {"slug": slug, "name": name.strip(), "email": email.strip(), "sponsor_id": sponsor_id, "released": [], "created_at": now}
    connection.execute(insert(partners).values(row | {"own_customer_id": _own_customer(connection, email)}))
    return _known(connection, slug)


def _sponsor_id(connection: Connection, sponsor: str) -> int:
    found = by_slug(connection, sponsor)
    if found is None:
        raise PartnerRefused(PartnerProblem.UNKNOWN_SPONSOR, f'There is no partner "{sponsor}" who could be the sponsor: add that partner first.')
    return found.id


def _own_customer(connection: Connection, email: str) -> int | None:
    return connection.execute(select(customers.c.id).where(customers.c.email_key == email_key(email))).scalar_one_or_none() if email_key(email) else None


def change(
    connection: Connection,
    slug: str,
    *,
    name: str | None = None,
    email: str | None = None,
    is_active: bool | None = None,
    released: Collection[ContactField] | None = None,
) -> Partner:
    """Change what is given, leave the rest; an inactive partner cannot sign in, and the codes are refused. Raises WrongName."""
    if name is not None and not (name.strip() and name.isprintable()):
        raise PartnerRefused(PartnerProblem.NAME, f"The partner {slug} needs a name that can be printed.")
    _known(connection, slug)
    new: dict[str, Any] = {}
    if name is not None:
        new["name"] = name.strip()
    if email is not None:
        new |= {"email": email.strip(), "own_customer_id": _own_customer(connection, email)}
    if is_active is not None:
        new["is_active"] = is_active
    if released is not None:
        new["released"] = [field.value for field in ContactField if field in released]
    if new:
        connection.execute(update(partners).where(partners.c.slug == slug).values(new))
    return _known(connection, slug)


def open_login(connection: Connection, slug: str, user_name: str, password_hash: str, now: datetime) -> None:
    """Make the user as whom this partner signs in, or change the password.

    Raises PartnerRefused for a name under which somebody of the desk, or another partner, signs in: their password and role stay.
    """
    partner = _known(connection, slug)
    if not (user_name and user_name.isprintable() and len(user_name) <= _LONGEST):
        raise PartnerRefused(PartnerProblem.LOGIN, f"{user_name!r} is no name to sign in with: use at most {_LONGEST} characters.")
    mine = {"name": user_name, "password_hash": password_hash, "role": Role.PARTNER, "created_at": now}
    connection.execute(insert_for(connection, users).on_conflict_do_nothing().values(mine))  # waits for whoever makes one of this name at this moment
    user = connection.execute(select(users.c.id, users.c.role).where(users.c.name == user_name).with_for_update()).one()
    if user.role != Role.PARTNER or _signs_in_as(connection, user.id) not in (None, slug):
        raise PartnerRefused(PartnerProblem.LOGIN_TAKEN, f'Somebody else signs in as "{user_name}" already: choose another name, like {slug}-partner.')
    desk_users.save(connection, user_name, password_hash, Role.PARTNER, now)
    connection.execute(update(partners).where(partners.c.id == partner.id).values(user_id=user.id))


def login_of(connection: Connection, slug: str) -> str | None:
    """The name under which the partner signs in, if there is one."""
    query = select(users.c.name).join(partners, partners.c.user_id == users.c.id).where(partners.c.slug == slug)
    return connection.execute(query).scalar_one_or_none()


def _signs_in_as(connection: Connection, user_id: int) -> str | None:
    return connection.execute(select(partners.c.slug).where(partners.c.user_id == user_id)).scalar_one_or_none()


def by_slug(connection: Connection, slug: str) -> Partner | None:
    """The partner of that short name."""
    row = connection.execute(select(partners).where(partners.c.slug == slug)).one_or_none()
    return to_partner(row) if row else None


def by_id(connection: Connection, partner_id: int) -> Partner | None:
    """The partner of that number."""
    row = connection.execute(select(partners).where(partners.c.id == partner_id)).one_or_none()
    return to_partner(row) if row else None


def of_user(connection: Connection, user_id: int) -> Partner | None:
    """As whom a user signs in; None for those who are no partner, or not one any more."""
    row = connection.execute(select(partners).where(partners.c.user_id == user_id, partners.c.is_active)).one_or_none()
    return to_partner(row) if row else None


def to_partner(row: Row[tuple[Any, ...]]) -> Partner:
    """A row of the table as the rules know it."""
    released = tuple(ContactField(field) for field in row.released)
    return Partner(row.id, row.slug, row.name, row.sponsor_id, row.own_customer_id, row.email, row.is_active, released)


def _known(connection: Connection, slug: str) -> Partner:
    found = by_slug(connection, slug)
    if found is None:
        raise WrongName(f'There is no partner "{slug}": `postillion partner list` shows all, `postillion partner add` takes one in.')
    return found
