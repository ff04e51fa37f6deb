"""Which coupon code is in this row?"""

from campaigns.coupon import CouponRecord
from campaigns.rejection import RejectionReason
from importers.csv_file.formats import Format
from importers.csv_file.rows import CouponRow, Group
from importers.errors import BadRecord


def coupon(group: Group[CouponRow], source: str, written: Format) -> tuple[CouponRecord]:
    """The code of a row; whether its offer exists is for the store to say. Raises ``BadRecord`` (no_key, unknown_offer)."""
    row = group.head
    if not row.code:
        raise BadRecord(RejectionReason.NO_KEY, "The row has no code.")
    if not row.offer:
        raise BadRecord(RejectionReason.UNKNOWN_OFFER, "The code names no offer, so nobody knows what it is worth. Fill in the offer's slug.")
    return (CouponRecord(source, row.code, row.offer, row.email, row.customer_number, row.valid_until),)
