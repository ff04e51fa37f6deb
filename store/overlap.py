"""Who is there for campaigns to reach, what are they to the shop, and who has had two letters of one day?"""

from sqlalchemy import Connection, case, func, select

from campaigns.day import Day
from campaigns.letter import ON_PAPER
from campaigns.roll import Group
from store.audience import has_account
from store.matching import LIVE
from store.schema import customers, letters

_GROUP = case((customers.c.first_sale_at.is_not(None), Group.CUSTOMER), (has_account(), Group.PROSPECT), else_=Group.PROSPECT_WITHOUT_ACCOUNT)


def people(connection: Connection, after: int, limit: int) -> list[tuple[int, Group]]:
    """The next ``limit`` people by id, without those that no audience holds: merged, erased, addresses of our own."""
    query = select(customers.c.id, _GROUP.label("group")).where(customers.c.id > after, *LIVE).order_by(customers.c.id).limit(limit)
    return [(row.id, Group(row.group)) for row in connection.execute(query)]


def last_id(connection: Connection) -> int:
    """The highest customer id, 0 where there is nobody: pages go by id, so this tells how far they are."""
    return int(connection.execute(select(func.coalesce(func.max(customers.c.id), 0))).scalar_one())


def written_twice(connection: Connection, day: Day, days: int) -> list[int]:
    """Customer ids that have more than one letter made on one day of the shop's, today or on one of the ``days`` before; seeds and what is not printed aside.

    Looks at the letters themselves, whatever the rules say: must be empty, but for customers who were merged since.
    """
    made = letters.c.created_at
    days_ago = case(*((made >= day.began(ago), ago) for ago in range(days + 1)))
    real = (letters.c.is_seed.is_(False), letters.c.state.in_(ON_PAPER), made >= day.began(days))
    query = select(letters.c.customer_id).where(*real).group_by(letters.c.customer_id, days_ago).having(func.count() > 1)
    return sorted(set(connection.execute(query).scalars()))
