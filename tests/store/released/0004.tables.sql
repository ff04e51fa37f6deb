-- The tables of SQLite at revision 0004, as the code of commit 304384c made them.
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE api_keys (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	key_hash TEXT NOT NULL, 
	source TEXT NOT NULL, 
	scopes JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	used_at DATETIME, 
	revoked_at DATETIME, 
	CONSTRAINT pk_api_keys PRIMARY KEY (id), 
	CONSTRAINT uq_api_keys_key_hash UNIQUE (key_hash), 
	CONSTRAINT uq_api_keys_name UNIQUE (name)
);
CREATE TABLE campaign_versions (
	id INTEGER NOT NULL, 
	slug TEXT NOT NULL, 
	version TEXT NOT NULL, 
	definition JSON NOT NULL, 
	saved_at DATETIME NOT NULL, 
	CONSTRAINT pk_campaign_versions PRIMARY KEY (id), 
	CONSTRAINT uq_campaign_versions_slug_version UNIQUE (slug, version)
);
CREATE TABLE campaigns (
	id INTEGER NOT NULL, 
	slug TEXT NOT NULL, 
	version_id INTEGER, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_campaigns PRIMARY KEY (id), 
	CONSTRAINT fk_campaigns_version_id_campaign_versions FOREIGN KEY(version_id) REFERENCES campaign_versions (id), 
	CONSTRAINT uq_campaigns_slug UNIQUE (slug)
);
CREATE TABLE carts (
	id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	record_hash TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	customer_id INTEGER, 
	email_key TEXT, 
	currency TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	items JSON NOT NULL, customer_number TEXT DEFAULT '' NOT NULL, completed_at DATETIME, recovery_url TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_carts PRIMARY KEY (id), 
	CONSTRAINT fk_carts_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id), 
	CONSTRAINT uq_carts_source_source_id UNIQUE (source, source_id)
);
CREATE TABLE coupons (
	id INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	offer_id INTEGER NOT NULL, 
	letter_id INTEGER, 
	customer_id INTEGER, 
	terms JSON NOT NULL, 
	valid_until DATE NOT NULL, 
	voided BOOLEAN DEFAULT (false) NOT NULL, 
	issued_at DATETIME NOT NULL, source TEXT DEFAULT 'postillion' NOT NULL, code_key TEXT, 
	CONSTRAINT pk_coupons PRIMARY KEY (id), 
	CONSTRAINT fk_coupons_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id), 
	CONSTRAINT fk_coupons_letter_id_letters FOREIGN KEY(letter_id) REFERENCES letters (id), 
	CONSTRAINT fk_coupons_offer_id_offers FOREIGN KEY(offer_id) REFERENCES offers (id), 
	CONSTRAINT uq_coupons_code UNIQUE (code), 
	CONSTRAINT uq_coupons_letter_id UNIQUE (letter_id)
);
CREATE TABLE customer_sources (
	source TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	number TEXT DEFAULT '' NOT NULL, 
	customer_id INTEGER NOT NULL, 
	record_hash TEXT NOT NULL, record JSON, changed_at DATETIME, stored_at DATETIME, email_key TEXT, 
	CONSTRAINT pk_customer_sources PRIMARY KEY (source, source_id), 
	CONSTRAINT fk_customer_sources_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id)
);
CREATE TABLE customers (
	id INTEGER NOT NULL, 
	person_key TEXT NOT NULL, 
	number TEXT DEFAULT '' NOT NULL, 
	email TEXT DEFAULT '' NOT NULL, 
	email_key TEXT, 
	email_hash TEXT, 
	sex TEXT DEFAULT '' NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	first_name TEXT DEFAULT '' NOT NULL, 
	last_name TEXT DEFAULT '' NOT NULL, 
	company TEXT DEFAULT '' NOT NULL, 
	addition TEXT DEFAULT '' NOT NULL, 
	street TEXT DEFAULT '' NOT NULL, 
	postcode TEXT DEFAULT '' NOT NULL, 
	town TEXT DEFAULT '' NOT NULL, 
	country TEXT DEFAULT '' NOT NULL, 
	language TEXT DEFAULT '' NOT NULL, 
	address_state TEXT DEFAULT 'ok' NOT NULL, 
	registered_at DATETIME, 
	first_sale_at DATETIME, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, address_hash TEXT, tags JSON DEFAULT '[]' NOT NULL, desk_fields JSON DEFAULT '[]' NOT NULL, merged_into BIGINT, erased_at DATETIME, is_seed BOOLEAN DEFAULT (false) NOT NULL, 
	CONSTRAINT pk_customers PRIMARY KEY (id), 
	CONSTRAINT uq_customers_email_key UNIQUE (email_key), 
	CONSTRAINT uq_customers_person_key UNIQUE (person_key)
);
CREATE TABLE holdouts (
	id INTEGER NOT NULL, 
	campaign_id INTEGER NOT NULL, 
	customer_id INTEGER NOT NULL, 
	print_run_id INTEGER NOT NULL, 
	"trigger" TEXT NOT NULL, 
	step BIGINT NOT NULL, 
	layout TEXT NOT NULL, 
	household_key TEXT DEFAULT '' NOT NULL, 
	held_out_at DATETIME NOT NULL, 
	handed_over_at DATETIME, 
	stops_after DATETIME, 
	CONSTRAINT pk_holdouts PRIMARY KEY (id), 
	CONSTRAINT fk_holdouts_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_holdouts_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id), 
	CONSTRAINT fk_holdouts_print_run_id_print_runs FOREIGN KEY(print_run_id) REFERENCES print_runs (id)
);
CREATE TABLE idempotency_keys (
	api_key_id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	path TEXT NOT NULL, 
	body_hash TEXT NOT NULL, 
	status BIGINT NOT NULL, 
	answer BLOB NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_idempotency_keys PRIMARY KEY (api_key_id, "key"), 
	CONSTRAINT fk_idempotency_keys_api_key_id_api_keys FOREIGN KEY(api_key_id) REFERENCES api_keys (id)
);
CREATE TABLE imports (
	id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	file_name TEXT NOT NULL, 
	format TEXT NOT NULL, 
	state TEXT NOT NULL, 
	read BIGINT DEFAULT '0' NOT NULL, 
	stored BIGINT DEFAULT '0' NOT NULL, 
	unchanged BIGINT DEFAULT '0' NOT NULL, 
	rejected BIGINT DEFAULT '0' NOT NULL, 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME, message TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_imports PRIMARY KEY (id)
);
CREATE TABLE leases (
	name TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	until DATETIME NOT NULL, 
	fence BIGINT NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (name)
);
CREATE TABLE letters (
	id INTEGER NOT NULL, 
	token TEXT NOT NULL, 
	campaign_id INTEGER NOT NULL, 
	customer_id INTEGER NOT NULL, 
	"trigger" TEXT NOT NULL, 
	step BIGINT NOT NULL, 
	print_run_id INTEGER NOT NULL, 
	print_file_id INTEGER, 
	sequence BIGINT, 
	first_page BIGINT, 
	pages BIGINT, 
	state TEXT NOT NULL, 
	state_reason TEXT DEFAULT '' NOT NULL, 
	layout TEXT NOT NULL, 
	language TEXT NOT NULL, 
	sort_key TEXT DEFAULT '' NOT NULL, 
	postcode TEXT DEFAULT '' NOT NULL, 
	country TEXT DEFAULT '' NOT NULL, 
	household_key TEXT DEFAULT '' NOT NULL, 
	landing_url TEXT NOT NULL, 
	content JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	handed_over_at DATETIME, stops_after DATETIME, cost_cents BIGINT DEFAULT '0' NOT NULL, is_seed BOOLEAN DEFAULT (false) NOT NULL, 
	CONSTRAINT pk_letters PRIMARY KEY (id), 
	CONSTRAINT fk_letters_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_letters_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id), 
	CONSTRAINT fk_letters_print_file_id_print_files FOREIGN KEY(print_file_id) REFERENCES print_files (id), 
	CONSTRAINT fk_letters_print_run_id_print_runs FOREIGN KEY(print_run_id) REFERENCES print_runs (id), 
	CONSTRAINT uq_letters_token UNIQUE (token)
);
CREATE TABLE merges (
	id INTEGER NOT NULL, 
	kept_id INTEGER NOT NULL, 
	gone_id INTEGER, 
	reason TEXT NOT NULL, 
	moved JSON NOT NULL, 
	merged_at DATETIME NOT NULL, 
	undone_at DATETIME, 
	undone_by TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_merges PRIMARY KEY (id), 
	CONSTRAINT fk_merges_gone_id_customers FOREIGN KEY(gone_id) REFERENCES customers (id), 
	CONSTRAINT fk_merges_kept_id_customers FOREIGN KEY(kept_id) REFERENCES customers (id)
);
CREATE TABLE objection_evidence (
	letter_id INTEGER NOT NULL, 
	effect TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	received_at DATETIME NOT NULL, 
	noted_at DATETIME NOT NULL, 
	CONSTRAINT pk_objection_evidence PRIMARY KEY (letter_id), 
	CONSTRAINT fk_objection_evidence_letter_id_letters FOREIGN KEY(letter_id) REFERENCES letters (id)
);
CREATE TABLE objections (
	id INTEGER NOT NULL, 
	customer_id INTEGER, 
	email_hash TEXT, 
	letter_id INTEGER, 
	channel TEXT NOT NULL, 
	received_at DATETIME NOT NULL, address_hash TEXT, source TEXT DEFAULT '' NOT NULL, filed_at DATETIME, 
	CONSTRAINT pk_objections PRIMARY KEY (id), 
	CONSTRAINT fk_objections_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id), 
	CONSTRAINT fk_objections_letter_id_letters FOREIGN KEY(letter_id) REFERENCES letters (id), 
	CONSTRAINT uq_objections_customer_id UNIQUE (customer_id)
);
CREATE TABLE offers (
	id INTEGER NOT NULL, 
	slug TEXT NOT NULL, 
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	value BIGINT NOT NULL, 
	currency TEXT NOT NULL, 
	minimum_order_cents BIGINT NOT NULL, 
	valid_days BIGINT NOT NULL, 
	saved_at DATETIME NOT NULL, valid_until DATE, codes TEXT DEFAULT 'generated' NOT NULL, 
	CONSTRAINT pk_offers PRIMARY KEY (id), 
	CONSTRAINT uq_offers_slug UNIQUE (slug)
);
CREATE TABLE order_lines (
	order_id INTEGER NOT NULL, 
	position BIGINT NOT NULL, 
	sku TEXT NOT NULL, 
	title TEXT NOT NULL, 
	quantity BIGINT NOT NULL, 
	unit_price_cents BIGINT NOT NULL, category TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_order_lines PRIMARY KEY (order_id, position), 
	CONSTRAINT fk_order_lines_order_id_orders FOREIGN KEY(order_id) REFERENCES orders (id)
);
CREATE TABLE orders (
	id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	record_hash TEXT NOT NULL, 
	number TEXT NOT NULL, 
	customer_id INTEGER, 
	customer_number TEXT DEFAULT '' NOT NULL, 
	email_key TEXT, 
	ordered_at DATETIME NOT NULL, 
	state TEXT NOT NULL, 
	total_cents BIGINT NOT NULL, 
	currency TEXT NOT NULL, 
	platform TEXT DEFAULT '' NOT NULL, 
	discount_codes JSON NOT NULL, changed_at DATETIME, sold_at DATETIME, 
	CONSTRAINT pk_orders PRIMARY KEY (id), 
	CONSTRAINT fk_orders_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id), 
	CONSTRAINT uq_orders_source_source_id UNIQUE (source, source_id)
);
CREATE TABLE print_files (
	id INTEGER NOT NULL, 
	print_run_id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	state TEXT NOT NULL, 
	letters BIGINT NOT NULL, 
	pages BIGINT, 
	bytes BIGINT, 
	sha256 TEXT, 
	rendered_at DATETIME, 
	CONSTRAINT pk_print_files PRIMARY KEY (id), 
	CONSTRAINT fk_print_files_print_run_id_print_runs FOREIGN KEY(print_run_id) REFERENCES print_runs (id), 
	CONSTRAINT uq_print_files_print_run_id_number UNIQUE (print_run_id, number)
);
CREATE TABLE print_runs (
	id INTEGER NOT NULL, 
	campaign_id INTEGER NOT NULL, 
	version_id INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	flow_run_id TEXT DEFAULT '' NOT NULL, 
	approval TEXT NOT NULL, 
	max_letters BIGINT, 
	letter_date DATE NOT NULL, 
	sender JSON NOT NULL, 
	public_url TEXT NOT NULL, 
	layouts JSON NOT NULL, 
	cursor BIGINT NOT NULL, 
	funnel JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	rendered_at DATETIME, 
	decided_at DATETIME, 
	decided_by TEXT DEFAULT '' NOT NULL, 
	comment TEXT DEFAULT '' NOT NULL, 
	handed_over_at DATETIME, 
	manifest_sha256 TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_print_runs PRIMARY KEY (id), 
	CONSTRAINT fk_print_runs_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_print_runs_version_id_campaign_versions FOREIGN KEY(version_id) REFERENCES campaign_versions (id)
);
CREATE TABLE privacy_requests (
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	source TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	customer_id INTEGER, 
	request_id TEXT DEFAULT '' NOT NULL, 
	received_at DATETIME NOT NULL, 
	done_at DATETIME, 
	outcome TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_privacy_requests PRIMARY KEY (id), 
	CONSTRAINT fk_privacy_requests_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id)
);
CREATE TABLE rejections (
	import_id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	position BIGINT NOT NULL, 
	"key" TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	message TEXT NOT NULL, 
	CONSTRAINT pk_rejections PRIMARY KEY (import_id, number), 
	CONSTRAINT fk_rejections_import_id_imports FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE TABLE robinson (
	address_hash TEXT NOT NULL, 
	listed_at DATETIME NOT NULL, 
	CONSTRAINT pk_robinson PRIMARY KEY (address_hash)
);
CREATE TABLE scans (
	id TEXT NOT NULL, 
	letter_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	scanned_at DATETIME NOT NULL, visitor TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_scans PRIMARY KEY (id), 
	CONSTRAINT fk_scans_letter_id_letters FOREIGN KEY(letter_id) REFERENCES letters (id)
);
CREATE TABLE sessions (
	token_hash BLOB NOT NULL, 
	user_id INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (token_hash), 
	CONSTRAINT fk_sessions_user_id_users FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE TABLE sync_states (
	source TEXT NOT NULL, 
	stream TEXT NOT NULL, 
	state JSON NOT NULL, 
	moved_at DATETIME NOT NULL, 
	CONSTRAINT pk_sync_states PRIMARY KEY (source, stream)
);
CREATE TABLE users (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	password_hash TEXT NOT NULL, 
	role TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT uq_users_name UNIQUE (name)
);
CREATE TABLE verdicts (
	campaign_id INTEGER NOT NULL, 
	customer_id INTEGER NOT NULL, 
	outcome TEXT NOT NULL, 
	reason TEXT, 
	detail TEXT NOT NULL, 
	step BIGINT, 
	since DATETIME NOT NULL, 
	CONSTRAINT pk_verdicts PRIMARY KEY (campaign_id, customer_id), 
	CONSTRAINT fk_verdicts_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_verdicts_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id)
);
CREATE TABLE webhook_deliveries (
	id TEXT NOT NULL, 
	event_id TEXT DEFAULT '' NOT NULL, 
	source TEXT NOT NULL, 
	topic TEXT NOT NULL, 
	subject TEXT DEFAULT '' NOT NULL, 
	body BLOB, 
	triggered_at DATETIME, 
	received_at DATETIME NOT NULL, 
	due_at DATETIME NOT NULL, 
	state TEXT NOT NULL, 
	attempts BIGINT DEFAULT '0' NOT NULL, 
	message TEXT DEFAULT '' NOT NULL, 
	worked_at DATETIME, 
	CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id)
);
CREATE INDEX ix_carts_customer_id_updated_at ON carts (customer_id, updated_at);
CREATE INDEX ix_carts_unlinked_email ON carts (customer_id, email_key) WHERE customer_id IS NULL;
CREATE INDEX ix_carts_unlinked_number ON carts (customer_id, source, customer_number) WHERE customer_id IS NULL;
CREATE INDEX ix_carts_updated_at ON carts (updated_at);
CREATE INDEX ix_coupons_customer_id_valid_until ON coupons (customer_id, valid_until);
CREATE INDEX ix_coupons_pool ON coupons (offer_id, valid_until) WHERE letter_id IS NULL AND customer_id IS NULL;
CREATE INDEX ix_customer_sources_customer_id ON customer_sources (customer_id);
CREATE INDEX ix_customer_sources_email_key ON customer_sources (email_key);
CREATE INDEX ix_customer_sources_number ON customer_sources (number, source);
CREATE INDEX ix_customers_address_hash ON customers (address_hash);
CREATE INDEX ix_customers_erased_at ON customers (erased_at) WHERE erased_at IS NOT NULL;
CREATE INDEX ix_customers_postcode ON customers (postcode);
CREATE INDEX ix_customers_prospects ON customers (id) WHERE first_sale_at IS NULL;
CREATE INDEX ix_holdouts_customer_id_campaign_id ON holdouts (customer_id, campaign_id);
CREATE INDEX ix_holdouts_print_run_id ON holdouts (print_run_id);
CREATE INDEX ix_letters_customer_id ON letters (customer_id);
CREATE INDEX ix_letters_household ON letters (print_run_id, household_key);
CREATE INDEX ix_letters_print_file_id_sequence ON letters (print_file_id, sequence);
CREATE INDEX ix_letters_print_run_id_sort_key ON letters (print_run_id, sort_key, id);
CREATE INDEX ix_merges_gone_id ON merges (gone_id);
CREATE INDEX ix_merges_kept_id ON merges (kept_id);
CREATE INDEX ix_merges_undone ON merges (undone_at) WHERE undone_at IS NOT NULL;
CREATE INDEX ix_objections_address_hash ON objections (address_hash) WHERE address_hash IS NOT NULL;
CREATE INDEX ix_objections_email_hash ON objections (email_hash) WHERE email_hash IS NOT NULL;
CREATE INDEX ix_orders_of_customer ON orders (customer_id, ordered_at, id, state);
CREATE INDEX ix_orders_unlinked_email ON orders (customer_id, email_key) WHERE customer_id IS NULL;
CREATE INDEX ix_orders_unlinked_number ON orders (customer_id, source, customer_number) WHERE customer_id IS NULL;
CREATE INDEX ix_print_runs_campaign_id ON print_runs (campaign_id);
CREATE INDEX ix_print_runs_flow_run_id ON print_runs (flow_run_id);
CREATE INDEX ix_privacy_requests_customer_id ON privacy_requests (customer_id);
CREATE INDEX ix_scans_letter_id ON scans (letter_id);
CREATE INDEX ix_sessions_user_id ON sessions (user_id);
CREATE INDEX ix_verdicts_customer_id ON verdicts (customer_id);
CREATE INDEX ix_webhook_deliveries_subject ON webhook_deliveries (subject);
CREATE INDEX ix_webhook_deliveries_waiting ON webhook_deliveries (due_at, received_at, id) WHERE state = 'waiting';
CREATE UNIQUE INDEX uq_coupons_code_key ON coupons (code_key);
CREATE UNIQUE INDEX uq_letters_once ON letters (campaign_id, customer_id, "trigger", step) WHERE state NOT IN ('cancelled', 'failed');
CREATE UNIQUE INDEX uq_print_runs_unfinished ON print_runs (campaign_id) WHERE state IN ('selecting', 'rendering', 'awaiting_approval', 'approved', 'handing_over');
