"""How is a question about one person asked, so that it costs no more the more people there are?"""

from typing import Any

from sqlalchemy import ColumnElement, exists, literal_column, select


def there_is(table: Any, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether ``table`` has such a row, looked up person by person.

    PostgreSQL would rather read the whole table once for a page, which grows with the table; OFFSET 0 keeps it from that.
    """
    return exists(select(literal_column("1")).select_from(table).where(*where).offset(0).correlate_except(table))
