"""What came back of the letters?"""

from sqlalchemy import Table

from store.columns import moment, reference, text
from store.schema.naming import metadata

scans = Table(
    "scans",
    metadata,
    text("id", primary_key=True),  # UUIDv7, made by the application: a replay cannot store a scan twice
    reference("letter_id", "letters", index=True),
    text("kind"),
    moment("scanned_at"),
)
