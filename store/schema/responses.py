"""What came back of the letters?"""

from sqlalchemy import Table

from store.columns import Pii, moment, reference, text
from store.schema.naming import metadata

scans = Table(
    "scans",
    metadata,
    text("id", primary_key=True),  # UUIDv7, made by the application: a replay cannot store a scan twice
    reference("letter_id", "letters", index=True),
    text("kind"),
    moment("scanned_at"),
    text("visitor", Pii.PSEUDONYM, server_default=""),  # hash under a key of the day: tells a visitor again within a visit, goes after 180 days
)

objection_evidence = Table(
    "objection_evidence",
    metadata,
    reference("letter_id", "letters", primary_key=True),
    text("effect"),
    text("channel"),
    moment("received_at"),
    moment("noted_at"),
)
