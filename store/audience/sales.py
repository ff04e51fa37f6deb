"""What did a person buy last, and how often?"""

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, and_, func, select

from campaigns.order import SALES
from store.schema import orders


def of(customer_id: ColumnElement[int], table: FromClause) -> ColumnElement[bool]:
    """The person's sales in ``table``, an alias of orders."""
    return and_(table.c.customer_id == customer_id, table.c.state.in_(SALES))


def last_sale_id(customer_id: ColumnElement[int]) -> ScalarSelect[int]:
    """The newest sale; of two of the same moment the one that was stored later."""
    sale = orders.alias("newest_sale")
    return select(sale.c.id).where(of(customer_id, sale)).order_by(sale.c.ordered_at.desc(), sale.c.id.desc()).limit(1).correlate_except(sale).scalar_subquery()


def count_of_sales(customer_id: ColumnElement[int]) -> ScalarSelect[int]:
    """How many there are."""
    sale = orders.alias("counted_sale")
    return select(func.count()).select_from(sale).where(of(customer_id, sale)).correlate_except(sale).scalar_subquery()
