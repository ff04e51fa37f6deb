-- The tables of SQLite at revision 0001, as the code of commit 403d9f2 made them.
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
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
	items JSON NOT NULL, 
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
	issued_at DATETIME NOT NULL, 
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
	record_hash TEXT NOT NULL, 
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
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_customers PRIMARY KEY (id), 
	CONSTRAINT uq_customers_email_key UNIQUE (email_key), 
	CONSTRAINT uq_customers_person_key UNIQUE (person_key)
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
	finished_at DATETIME, 
	CONSTRAINT pk_imports PRIMARY KEY (id)
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
	handed_over_at DATETIME, 
	CONSTRAINT pk_letters PRIMARY KEY (id), 
	CONSTRAINT fk_letters_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_letters_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id), 
	CONSTRAINT fk_letters_print_file_id_print_files FOREIGN KEY(print_file_id) REFERENCES print_files (id), 
	CONSTRAINT fk_letters_print_run_id_print_runs FOREIGN KEY(print_run_id) REFERENCES print_runs (id), 
	CONSTRAINT uq_letters_token UNIQUE (token)
);
CREATE TABLE objections (
	id INTEGER NOT NULL, 
	customer_id INTEGER, 
	email_hash TEXT, 
	letter_id INTEGER, 
	channel TEXT NOT NULL, 
	received_at DATETIME NOT NULL, 
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
	saved_at DATETIME NOT NULL, 
	CONSTRAINT pk_offers PRIMARY KEY (id), 
	CONSTRAINT uq_offers_slug UNIQUE (slug)
);
CREATE TABLE order_lines (
	order_id INTEGER NOT NULL, 
	position BIGINT NOT NULL, 
	sku TEXT NOT NULL, 
	title TEXT NOT NULL, 
	quantity BIGINT NOT NULL, 
	unit_price_cents BIGINT NOT NULL, 
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
	discount_codes JSON NOT NULL, 
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
CREATE TABLE scans (
	id TEXT NOT NULL, 
	letter_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	scanned_at DATETIME NOT NULL, 
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
CREATE INDEX ix_carts_customer_id ON carts (customer_id);
CREATE INDEX ix_coupons_customer_id ON coupons (customer_id);
CREATE INDEX ix_customer_sources_customer_id ON customer_sources (customer_id);
CREATE INDEX ix_customer_sources_number ON customer_sources (source, number);
CREATE INDEX ix_customers_email_hash ON customers (email_hash);
CREATE INDEX ix_customers_name ON customers (last_name, first_name);
CREATE INDEX ix_customers_number ON customers (number);
CREATE INDEX ix_letters_customer_id ON letters (customer_id);
CREATE INDEX ix_letters_household ON letters (print_run_id, household_key);
CREATE INDEX ix_letters_print_file_id_sequence ON letters (print_file_id, sequence);
CREATE INDEX ix_letters_print_run_id_sort_key ON letters (print_run_id, sort_key, id);
CREATE INDEX ix_objections_email_hash ON objections (email_hash);
CREATE INDEX ix_orders_customer_id_ordered_at ON orders (customer_id, ordered_at);
CREATE INDEX ix_orders_unlinked ON orders (source, email_key) WHERE customer_id IS NULL;
CREATE INDEX ix_print_runs_campaign_id ON print_runs (campaign_id);
CREATE INDEX ix_print_runs_flow_run_id ON print_runs (flow_run_id);
CREATE INDEX ix_scans_letter_id ON scans (letter_id);
CREATE INDEX ix_sessions_user_id ON sessions (user_id);
CREATE INDEX ix_verdicts_customer_id ON verdicts (customer_id);
CREATE UNIQUE INDEX uq_letters_once ON letters (campaign_id, customer_id, "trigger", step) WHERE state NOT IN ('cancelled', 'failed');
CREATE UNIQUE INDEX uq_print_runs_unfinished ON print_runs (campaign_id) WHERE state IN ('selecting', 'rendering', 'awaiting_approval', 'approved', 'handing_over');
