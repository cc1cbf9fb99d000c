#include "vault/schema.h"

#include <stdio.h>

#include "base/log.h"

/* What a column means stands in docs/formats/store.md. */
const struct migration migrations[] = {
	{ 1, "the box, its clock, its audit log",
	  "CREATE TABLE box ("
	  "  id INTEGER PRIMARY KEY CHECK (id = 1),"
	  "  created_s INTEGER NOT NULL,"
	  "  public_key BLOB NOT NULL CHECK (length(public_key) = 65),"
	  "  signing_key BLOB NOT NULL"
	  ") STRICT;"
	  "CREATE TABLE clock ("
	  "  id INTEGER PRIMARY KEY CHECK (id = 1),"
	  "  floor_s INTEGER NOT NULL, on_s INTEGER NOT NULL,"
	  "  boot_ms INTEGER NOT NULL, step_s INTEGER NOT NULL,"
	  "  boots INTEGER NOT NULL, boot_id BLOB NOT NULL"
	  ") STRICT;"
	  "CREATE TABLE audit ("
	  "  seq INTEGER PRIMARY KEY, line BLOB NOT NULL"
	  ") STRICT;"
	  "CREATE TABLE audit_tree ("
	  "  id INTEGER PRIMARY KEY CHECK (id = 1),"
	  "  size INTEGER NOT NULL, frontier BLOB NOT NULL"
	  ") STRICT;" },
	{ 2, "cards and throttles",
	  "CREATE TABLE card ("
	  "  id INTEGER PRIMARY KEY,"
	  "  number BLOB NOT NULL UNIQUE CHECK (length(number) = 10),"
	  "  lab INTEGER NOT NULL, state INTEGER NOT NULL,"
	  "  public_key BLOB NOT NULL CHECK (length(public_key) = 65),"
	  "  token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),"
	  "  rounds INTEGER NOT NULL, sk BLOB, trust BLOB, order_ref BLOB,"
	  "  created_s INTEGER NOT NULL, expires_s INTEGER NOT NULL,"
	  "  last_seq INTEGER NOT NULL DEFAULT 0, actor BLOB NOT NULL"
	  ") STRICT;"
	  "CREATE INDEX card_order ON card(order_ref)"
	  "  WHERE order_ref IS NOT NULL;"
	  "CREATE INDEX card_lab ON card(id) WHERE lab = 1;"
	  "CREATE INDEX card_expires ON card(expires_s);"
	  "CREATE TABLE tally ("
	  "  id INTEGER PRIMARY KEY CHECK (id = 1),"
	  "  cards INTEGER NOT NULL, live INTEGER NOT NULL,"
	  "  withheld INTEGER NOT NULL, lab INTEGER NOT NULL,"
	  "  tombstones INTEGER NOT NULL"
	  ") STRICT;"
	  "INSERT INTO tally VALUES (1, 0, 0, 0, 0, 0);"
	  "CREATE TRIGGER card_made AFTER INSERT ON card BEGIN"
	  "  UPDATE tally SET cards = cards + (new.state = 0); END;"
	  "CREATE TRIGGER card_turned AFTER UPDATE OF state ON card BEGIN"
	  "  UPDATE tally SET cards = cards + (new.state = 0)"
	  "    - (old.state = 0); END;"
	  "CREATE TRIGGER card_gone AFTER DELETE ON card BEGIN"
	  "  UPDATE tally SET cards = cards - (old.state = 0); END;"
	  "CREATE TABLE throttle ("
	  "  key BLOB PRIMARY KEY, wrong INTEGER NOT NULL,"
	  "  since_on_s INTEGER NOT NULL, until_on_s INTEGER NOT NULL,"
	  "  strikes INTEGER NOT NULL"
	  ") STRICT, WITHOUT ROWID;" },
	{ 3, "reports, bundles, objects",
	  "CREATE TABLE bucket ("
	  "  day INTEGER PRIMARY KEY, key BLOB NOT NULL"
	  ") STRICT;"
	  "CREATE TABLE bundle ("
	  "  id INTEGER PRIMARY KEY,"
	  "  bid BLOB NOT NULL UNIQUE CHECK (length(bid) = 16),"
	  "  card INTEGER NOT NULL REFERENCES card(id),"
	  "  report INTEGER NOT NULL, seq INTEGER NOT NULL,"
	  "  live INTEGER NOT NULL, lab INTEGER NOT NULL,"
	  "  release INTEGER NOT NULL,"
	  "  status INTEGER NOT NULL, exams INTEGER NOT NULL,"
	  "  stored_s INTEGER NOT NULL, opens_s INTEGER NOT NULL,"
	  "  closes_s INTEGER NOT NULL, closes_on_s INTEGER NOT NULL,"
	  "  size INTEGER NOT NULL, reads INTEGER NOT NULL DEFAULT 0,"
	  "  name_hash BLOB UNIQUE, segment INTEGER, start INTEGER"
	  ") STRICT;"
	  "CREATE INDEX bundle_card ON bundle(card, id);"
	  "CREATE INDEX bundle_closes ON bundle(closes_s) WHERE live = 1;"
	  "CREATE INDEX bundle_closes_on ON bundle(closes_on_s)"
	  "  WHERE live = 1;"
	  "CREATE INDEX bundle_report ON bundle(report) WHERE live = 1;"
	  "CREATE INDEX bundle_extent ON bundle(segment, start)"
	  "  WHERE segment IS NOT NULL;"
	  "CREATE TRIGGER bundle_made AFTER INSERT ON bundle BEGIN"
	  "  UPDATE tally SET live = live + 1, lab = lab + new.lab,"
	  "    withheld = withheld + (new.release = 1); END;"
	  "CREATE TRIGGER bundle_ended AFTER UPDATE OF live ON bundle"
	  "  WHEN old.live = 1 AND new.live = 0 BEGIN"
	  "  UPDATE tally SET live = live - 1, lab = lab - old.lab,"
	  "    withheld = withheld - (old.release = 1),"
	  "    tombstones = tombstones + 1; END;"
	  "CREATE TRIGGER bundle_gone AFTER DELETE ON bundle BEGIN"
	  "  UPDATE tally SET tombstones = tombstones - 1; END;"
	  "CREATE TABLE seal ("
	  "  bundle INTEGER PRIMARY KEY REFERENCES bundle(id),"
	  "  window_key BLOB NOT NULL, envelope BLOB NOT NULL"
	  ") STRICT;"
	  "CREATE TABLE object ("
	  "  bundle INTEGER PRIMARY KEY REFERENCES bundle(id),"
	  "  bytes BLOB NOT NULL"
	  ") STRICT;"
	  "CREATE TABLE report ("
	  "  id INTEGER PRIMARY KEY,"
	  "  key BLOB NOT NULL UNIQUE CHECK (length(key) = 32),"
	  "  patient BLOB NOT NULL, content BLOB NOT NULL,"
	  "  version_ms INTEGER NOT NULL, state INTEGER NOT NULL,"
	  "  release INTEGER NOT NULL, status INTEGER NOT NULL,"
	  "  card INTEGER, bundle INTEGER, touched_s INTEGER NOT NULL"
	  ") STRICT;"
	  "CREATE INDEX report_bundle ON report(bundle)"
	  "  WHERE bundle IS NOT NULL;"
	  "CREATE INDEX report_quarantined ON report(id) WHERE state = 2;"
	  "CREATE INDEX report_touched ON report(touched_s);"
	  "CREATE TABLE segment ("
	  "  id INTEGER PRIMARY KEY, end INTEGER NOT NULL"
	  ") STRICT;"
	  "CREATE TABLE garbage ("
	  "  id INTEGER PRIMARY KEY, segment INTEGER NOT NULL,"
	  "  start INTEGER NOT NULL, size INTEGER NOT NULL"
	  ") STRICT;" },
	{ 4, "what a LIS sent, so that it may send it again",
	  "CREATE TABLE delivery ("
	  "  key BLOB NOT NULL, digest BLOB NOT NULL, ack BLOB NOT NULL,"
	  "  stored_s INTEGER NOT NULL, PRIMARY KEY (key, digest)"
	  ") STRICT, WITHOUT ROWID;"
	  "CREATE INDEX delivery_stored ON delivery(stored_s);" },
	{ 5, "shares and tickets",
	  "CREATE TABLE share ("
	  "  id INTEGER PRIMARY KEY,"
	  "  alias_hash BLOB NOT NULL UNIQUE,"
	  "  bundle INTEGER NOT NULL REFERENCES bundle(id),"
	  "  kind INTEGER NOT NULL, passcode BLOB,"
	  "  wrong INTEGER NOT NULL DEFAULT 0,"
	  "  uses INTEGER NOT NULL DEFAULT 0, max_uses INTEGER NOT NULL,"
	  "  expires_s INTEGER NOT NULL, expires_on_s INTEGER NOT NULL"
	  ") STRICT;"
	  "CREATE INDEX share_bundle ON share(bundle);"
	  "CREATE INDEX share_expires ON share(expires_s);"
	  "CREATE TABLE ticket ("
	  "  hash BLOB PRIMARY KEY,"
	  "  share INTEGER NOT NULL REFERENCES share(id) ON DELETE CASCADE,"
	  "  expires_s INTEGER NOT NULL, expires_on_s INTEGER NOT NULL"
	  ") STRICT, WITHOUT ROWID;"
	  "CREATE INDEX ticket_share ON ticket(share);"
	  "CREATE INDEX ticket_expires ON ticket(expires_s);" },
	{ 6, "whose card it is",
	  "ALTER TABLE card ADD COLUMN patient BLOB;"
	  "UPDATE card SET patient = (SELECT r.patient FROM bundle b"
	  "  JOIN report r ON r.id = b.report WHERE b.card = card.id"
	  "  ORDER BY b.id LIMIT 1) WHERE lab = 0;" },
	{ 7, "bundles whose bytes are not what was stored",
	  "ALTER TABLE bundle ADD COLUMN damaged INTEGER NOT NULL DEFAULT 0;"
	  "CREATE INDEX bundle_damaged ON bundle(id) WHERE damaged = 1;"
	  "ALTER TABLE seal ADD COLUMN sha256 BLOB;"
	  "ALTER TABLE seal ADD COLUMN delivery_key BLOB;"
	  "ALTER TABLE seal ADD COLUMN delivery_digest BLOB;" },
	{ 8, "reports in parts",
	  "ALTER TABLE bundle ADD COLUMN content BLOB;"
	  "ALTER TABLE bundle ADD COLUMN whole INTEGER NOT NULL DEFAULT 1;"
	  "ALTER TABLE bundle ADD COLUMN lines BLOB;"
	  "UPDATE bundle SET content = coalesce((SELECT r.content"
	  "  FROM report r WHERE r.bundle = bundle.id), zeroblob(32))"
	  "  WHERE live = 1;"
	  "DROP INDEX bundle_report;"
	  "CREATE INDEX bundle_part ON bundle(report, id)"
	  "  WHERE content IS NOT NULL;" },
	{ 9, "why a bundle is withheld, which version it is, whose card",
	  "ALTER TABLE card ADD COLUMN traits BLOB;"
	  "ALTER TABLE report ADD COLUMN"
	  "  version_number INTEGER NOT NULL DEFAULT 0;"
	  "ALTER TABLE bundle ADD COLUMN holds INTEGER NOT NULL DEFAULT 0;"
	  "ALTER TABLE bundle ADD COLUMN held_for INTEGER NOT NULL DEFAULT 0;"
	  "ALTER TABLE bundle ADD COLUMN"
	  "  closes_max_s INTEGER NOT NULL DEFAULT 0;"
	  "ALTER TABLE bundle ADD COLUMN"
	  "  version_ms INTEGER NOT NULL DEFAULT 0;"
	  "ALTER TABLE bundle ADD COLUMN"
	  "  version_number INTEGER NOT NULL DEFAULT 0;"
	  "ALTER TABLE bundle ADD COLUMN confirmed BLOB;"
	  "ALTER TABLE bundle ADD COLUMN replaced BLOB;"
	  /* 1, 3: withheld, preliminary; its claim ends with its window. */
	  "UPDATE bundle SET holds = CASE WHEN release <> 1 THEN 0"
	  "  WHEN status = 3 THEN 1 ELSE 64 END,"
	  "  closes_max_s = closes_s,"
	  "  version_ms = coalesce((SELECT r.version_ms FROM report r"
	  "    WHERE r.id = bundle.report), 0);"
	  "UPDATE bundle SET held_for = holds;"
	  "DROP TRIGGER bundle_made;"
	  "DROP TRIGGER bundle_ended;"
	  "CREATE TRIGGER bundle_made AFTER INSERT ON bundle BEGIN"
	  "  UPDATE tally SET live = live + 1, lab = lab + new.lab,"
	  "    withheld = withheld + (new.holds <> 0); END;"
	  "CREATE TRIGGER bundle_ended AFTER UPDATE OF live ON bundle"
	  "  WHEN old.live = 1 AND new.live = 0 BEGIN"
	  "  UPDATE tally SET live = live - 1, lab = lab - old.lab,"
	  "    withheld = withheld - (old.holds <> 0),"
	  "    tombstones = tombstones + 1; END;"
	  "CREATE TRIGGER bundle_lifted AFTER UPDATE OF holds ON bundle"
	  "  WHEN old.live = 1 BEGIN"
	  "  UPDATE tally SET withheld = withheld + (new.holds <> 0)"
	  "    - (old.holds <> 0); END;"
	  "CREATE TABLE quarantine ("
	  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	  "  report_key BLOB NOT NULL UNIQUE,"
	  "  blocks INTEGER NOT NULL, times INTEGER NOT NULL,"
	  "  at_s INTEGER NOT NULL, source BLOB NOT NULL,"
	  "  reason BLOB NOT NULL, card BLOB NOT NULL,"
	  "  delivery_key BLOB, delivery_digest BLOB"
	  ") STRICT;"
	  "CREATE INDEX quarantine_at ON quarantine(at_s);"
	  "INSERT INTO quarantine (report_key, blocks, times, at_s, source,"
	  "  reason, card) SELECT key, 1, 1, touched_s, x'', x'', x''"
	  "  FROM report WHERE state = 2;" },
	{ 10, "what leaves the box",
	  "ALTER TABLE card ADD COLUMN is_secret INTEGER NOT NULL DEFAULT 0;"
	  "ALTER TABLE card ADD COLUMN drop_sk BLOB;"
	  "ALTER TABLE card ADD COLUMN drop_trust BLOB;"
	  "ALTER TABLE card ADD COLUMN loc BLOB;"
	  "ALTER TABLE card ADD COLUMN day_code BLOB;"
	  /* 0 never left; 1 may be in the drop; 2 is. */
	  "ALTER TABLE bundle ADD COLUMN pushed INTEGER NOT NULL DEFAULT 0;"
	  /* 1: a put of it was not seen to end, and may arrive yet. */
	  "ALTER TABLE bundle ADD COLUMN late INTEGER NOT NULL DEFAULT 0;"
	  /* 0 nobody; 1 a notice waits; 2 one has left. */
	  "ALTER TABLE bundle ADD COLUMN told INTEGER NOT NULL DEFAULT 0;"
	  /* Of a damaged one that ended: its content, when it comes again. */
	  "ALTER TABLE bundle ADD COLUMN told_for BLOB;"
	  "CREATE INDEX card_drop ON card(expires_s) WHERE loc IS NOT NULL;"
	  "CREATE TABLE outbox ("
	  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	  "  channel INTEGER NOT NULL, kind INTEGER NOT NULL,"
	  "  name BLOB UNIQUE CHECK (length(name) = 32),"
	  "  card INTEGER NOT NULL, bundle INTEGER,"
	  "  notice INTEGER, reference BLOB UNIQUE,"
	  "  made_s INTEGER NOT NULL, due_s INTEGER NOT NULL,"
	  "  tries INTEGER NOT NULL DEFAULT 0,"
	  "  left_box INTEGER NOT NULL DEFAULT 0,"
	  "  changes INTEGER NOT NULL DEFAULT 0,"
	  "  passes INTEGER NOT NULL DEFAULT 1,"
	  "  error BLOB"
	  ") STRICT;"
	  "CREATE INDEX outbox_due ON outbox(channel, kind, due_s);"
	  "CREATE INDEX outbox_deletion ON outbox(made_s) WHERE kind = 2;"
	  "CREATE INDEX outbox_card ON outbox(card);"
	  "CREATE TABLE host ("
	  "  channel INTEGER PRIMARY KEY, failures INTEGER NOT NULL,"
	  "  failing_since_s INTEGER NOT NULL, retry_s INTEGER NOT NULL,"
	  "  error BLOB"
	  ") STRICT;"
	  "CREATE TABLE contact ("
	  "  card INTEGER PRIMARY KEY, phone BLOB, mail BLOB,"
	  "  lang BLOB NOT NULL, until_s INTEGER NOT NULL"
	  ") STRICT;"
	  "CREATE INDEX contact_until ON contact(until_s);"
	  "CREATE TABLE sent ("	/* references of mails, for bounces */
	  "  reference BLOB PRIMARY KEY, card INTEGER NOT NULL,"
	  "  at_s INTEGER NOT NULL"
	  ") STRICT, WITHOUT ROWID;"
	  "CREATE INDEX sent_at ON sent(at_s);"
	  "CREATE TABLE alarm ("
	  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	  "  kind INTEGER NOT NULL, card INTEGER NOT NULL,"
	  "  since_s INTEGER NOT NULL, last_s INTEGER NOT NULL,"
	  "  times INTEGER NOT NULL, error BLOB NOT NULL,"
	  "  UNIQUE (kind, card)"
	  ") STRICT;"
	  "CREATE TABLE credential ("
	  "  channel INTEGER PRIMARY KEY, since_s INTEGER NOT NULL,"
	  "  value BLOB NOT NULL"
	  ") STRICT;" },
};

enum { STEPS = sizeof(migrations) / sizeof(migrations[0]) };

/* See schema.h. */
unsigned
schema_newest(void)
{
	return migrations[STEPS - 1].version;
}

static enum status
read_version(struct database *db, unsigned *version)
{
	sqlite3_stmt *q = NULL;
	int code = sqlite3_prepare_v2(db->handle, "PRAGMA user_version", -1,
	    &q, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(q);
	if (code == SQLITE_ROW)
		*version = (unsigned)sqlite3_column_int(q, 0);
	(void)sqlite3_finalize(q);
	return database_status(code);
}

static enum status
apply(struct database *db, const struct migration *step)
{
	char stamp[64];

	snprintf(stamp, sizeof(stamp), "PRAGMA user_version = %u; COMMIT;",
	    step->version);
	TRY(database_exec(db, "BEGIN IMMEDIATE"));
	TRY(database_exec(db, step->sql));
	return database_exec(db, stamp);
}

/* See schema.h. */
enum status
schema_migrate(struct database *db, unsigned version)
{
	enum status st = ST_OK;
	unsigned from = 0;

	TRY(read_version(db, &from));
	if (from > schema_newest()) {
		log_line(LOG_ERROR, "%s: schema version %u, this program knows "
		    "up to %u; install the newer program again", db->path,
		    from, schema_newest());
		return ST_UNSUPPORTED;
	}
	for (size_t i = 0; i < STEPS && st == ST_OK; i++) {
		if (migrations[i].version > from
		    && migrations[i].version <= version)
			st = apply(db, &migrations[i]);
	}
	if (st != ST_OK)
		database_rollback(db);
	return st;
}
