"""Which letters are there, in which print files, and with which coupons?"""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, Table, UniqueConstraint
from sqlalchemy import text as sql

from store.columns import Pii, document, key, moment, number, personal, reference, text
from store.schema.naming import metadata

print_runs = Table(
    "print_runs",
    metadata,
    key(),
    reference("campaign_id", "campaigns", index=True),
    reference("version_id", "campaign_versions"),
    text("state"),
    text("flow_run_id", server_default="", index=True),
    text("approval"),
    number("max_letters", nullable=True),
    Column("letter_date", Date, nullable=False, info={"pii": Pii.NONE}),
    document("sender"),
    text("public_url"),  # what is printed must not change with the settings in the middle of a run
    document("layouts"),  # name -> version: a layout that changed in the middle of a run stops it
    number("cursor"),  # last customer that selection has dealt with
    document("funnel"),
    moment("created_at"),
    moment("rendered_at", nullable=True),
    moment("decided_at", nullable=True),
    text("decided_by", Pii.PSEUDONYM, server_default=""),
    text("comment", Pii.FREE_TEXT, server_default=""),
    moment("handed_over_at", nullable=True),
    text("manifest_sha256", server_default=""),
    text("place", server_default=""),  # where it was handed over, without any password
    moment("acknowledged_at", nullable=True),  # the shop named this manifest's checksum: it has exactly these files
    document("production", server_default="{}"),  # what the print shop wants of the files (layouts.production), as it was when the run began
)
_UNFINISHED = sql("state IN ('selecting', 'rendering', 'awaiting_approval', 'approved', 'handing_over')")
Index("uq_print_runs_unfinished", print_runs.c.campaign_id, unique=True, postgresql_where=_UNFINISHED, sqlite_where=_UNFINISHED)

print_files = Table(
    "print_files",
    metadata,
    key(),
    reference("print_run_id", "print_runs"),
    number("number"),
    text("name"),
    text("state"),
    number("letters"),
    number("pages", nullable=True),
    number("bytes", nullable=True),
    text("sha256", nullable=True),
    moment("rendered_at", nullable=True),
    document("preflight", nullable=True),  # the report that released the file
    moment("deleted_at", nullable=True),  # its time was over: no page of it can be shown any more
    UniqueConstraint("print_run_id", "number"),
)

letters = Table(
    "letters",
    metadata,
    key(),
    text("token", Pii.PSEUDONYM, unique=True),
    reference("campaign_id", "campaigns"),
    reference("customer_id", "customers", index=True),
    text("trigger", Pii.PSEUDONYM),
    number("step"),
    reference("print_run_id", "print_runs"),
    reference("print_file_id", "print_files", nullable=True),
    number("sequence", nullable=True),  # place within the print file, from 1
    number("first_page", nullable=True),
    number("pages", nullable=True),
    text("state"),
    text("state_reason", server_default=""),
    text("layout"),
    text("language"),
    text("sort_key", Pii.PERSONAL, server_default="", by_code_point=True),  # both databases must print in the same order
    personal("postcode"),
    personal("country"),
    personal("household_key"),
    text("landing_url", Pii.PSEUDONYM),
    document("content", Pii.PERSONAL),
    moment("created_at"),
    moment("handed_over_at", nullable=True),
    moment("printed_at", nullable=True),  # this and the next two as the print shop reports them
    moment("posted_at", nullable=True),
    moment("returned_at", nullable=True),
    moment("stops_after", nullable=True),  # a sale after this moment makes the letter moot; None in letters of older versions: since they were created
    number("cost_cents", server_default="0"),  # as the tariff reckoned it at selection
    Column("is_seed", Boolean, nullable=False, server_default=sql("false"), info={"pii": Pii.NONE}),
    number("recall_list", nullable=True),  # number of the list that asks the print shop to take it out (recall_lists)
    text("recall_reason", server_default=""),
)
LETTER_ONCE = ("campaign_id", "customer_id", "trigger", "step")
"""product.md 3.7: a step of a campaign for a trigger at most once; a cancelled letter never went out."""
LETTER_ONCE_WHERE = sql("state NOT IN ('cancelled', 'failed')")
Index("uq_letters_once", *(letters.c[name] for name in LETTER_ONCE), unique=True, postgresql_where=LETTER_ONCE_WHERE, sqlite_where=LETTER_ONCE_WHERE)
Index("ix_letters_print_run_id_sort_key", letters.c.print_run_id, letters.c.sort_key, letters.c.id)
Index("ix_letters_print_run_id_state", letters.c.print_run_id, letters.c.state)  # a monitor counts them four times a minute
Index("ix_letters_print_file_id_sequence", letters.c.print_file_id, letters.c.sequence)
Index("ix_letters_household", letters.c.print_run_id, letters.c.household_key)

coupons = Table(
    "coupons",
    metadata,
    key(),
    text("code", Pii.PSEUDONYM, unique=True),
    text("code_key", Pii.PSEUDONYM, nullable=True),  # as coupon.normalise makes it: how a code is told, however it is typed
    reference("offer_id", "offers"),
    reference("letter_id", "letters", nullable=True, unique=True),
    reference("customer_id", "customers", nullable=True),
    document("terms"),
    Column("valid_until", Date, nullable=False, info={"pii": Pii.NONE}),
    Column("voided", Boolean, nullable=False, server_default=sql("false"), info={"pii": Pii.NONE}),
    moment("issued_at"),
    text("source", server_default="postillion"),  # who made the code
    Column("valid_from", Date, nullable=True, info={"pii": Pii.NONE}),
    number("most_uses", nullable=True, server_default="1"),  # None: without end
    number("uses", server_default="0"),  # redemptions that are reserved or redeemed (checkout.HOLDS_A_USE)
    reference("partner_id", "partners", nullable=True, index=True),  # whose own code it is
    text("skeleton", nullable=True),  # of a code that a partner derived: equal for codes that look alike
    CheckConstraint("uses >= 0 AND (most_uses IS NULL OR uses <= most_uses)", name="uses"),
)
Index("uq_coupons_skeleton", coupons.c.skeleton, unique=True)
Index("uq_coupons_code_key", coupons.c.code_key, unique=True)
Index("ix_coupons_customer_id_valid_until", coupons.c.customer_id, coupons.c.valid_until)
_NOBODYS = sql("letter_id IS NULL AND customer_id IS NULL")  # imported codes that letters may still take
Index("ix_coupons_pool", coupons.c.offer_id, coupons.c.valid_until, postgresql_where=_NOBODYS, sqlite_where=_NOBODYS)

leases = Table(
    "leases",
    metadata,
    text("name", primary_key=True),  # what is worked on: print-run-17
    text("owner"),
    moment("until"),
    number("fence"),  # goes up with every owner: a write under an older one is refused
)

shop_reports = Table(
    "shop_reports",
    metadata,
    key(),
    text("name"),  # of the file as it lay in the inbox
    text("sha256", unique=True),  # the same file twice is the same report
    reference("print_run_id", "print_runs", nullable=True, index=True),  # where all its lines are of one
    text("state"),
    number("read"),
    number("stored"),
    number("unchanged"),
    number("rejected"),
    text("message", server_default=""),
    moment("received_at"),
)
"""What print shops have told us, file by file; lines read = stored + unchanged + rejected."""

shop_report_rejections = Table(
    "shop_report_rejections",
    metadata,
    key(),
    reference("shop_report_id", "shop_reports", index=True),
    number("line"),  # of the file, from 1; 0 where the file as a whole is meant
    text("reason"),
    text("message"),
    document("record", Pii.PSEUDONYM),
)

recall_lists = Table(
    "recall_lists",
    metadata,
    key(),
    reference("print_run_id", "print_runs"),
    number("number"),  # within the print run, from 1
    number("letters"),
    text("sha256"),
    moment("made_at"),
    moment("written_at", nullable=True),  # since when it has lain at the print shop; NULL: still to be written
    UniqueConstraint("print_run_id", "number"),
)
"""What the print shop was asked to take out after hand-over; the letters of a list name its number."""
