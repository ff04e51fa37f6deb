"""Who is there for campaigns to reach, and what are they to the shop?"""

from sqlalchemy import Connection, case, func, select

from campaigns.roll import Group
from store.audience import has_account
from store.matching import LIVE
from store.schema import customers

_GROUP = case((customers.c.first_sale_at.is_not(None), Group.CUSTOMER), (has_account(), Group.PROSPECT), else_=Group.PROSPECT_WITHOUT_ACCOUNT)


def people(connection: Connection, after: int, limit: int) -> list[tuple[int, Group]]:
    """The next ``limit`` people by id, without those that no audience holds: merged, erased, addresses of our own."""
    query = select(customers.c.id, _GROUP.label("group")).where(customers.c.id > after, *LIVE).order_by(customers.c.id).limit(limit)
    return [(row.id, Group(row.group)) for row in connection.execute(query)]


def last_id(connection: Connection) -> int:
    """The highest customer id, 0 where there is nobody: pages go by id, so this tells how far they are."""
    return int(connection.execute(select(func.coalesce(func.max(customers.c.id), 0))).scalar_one())
