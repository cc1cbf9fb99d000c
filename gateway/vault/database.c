#include "vault/database.h"

#include <stdio.h>

#include "base/log.h"
#include "base/wipe.h"

static const char *const statements[SQL_COUNT] = {
#define SQL(name, text) [SQL_##name] = text,
#include "vault/statements.def"
#undef SQL
};

/*
 * A checkpoint never runs inside a commit: it would add syncs to what a
 * waiting LIS pays for.  The vault's tick does it.  Two megabytes of cache
 * hold the inner pages of the look-up indexes at a million bundles; a page is
 * not encrypted twice because a transaction is bigger than that.
 */
static const char pragmas[] =
    "PRAGMA page_size = 4096;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 0;"
    "PRAGMA journal_size_limit = 4194304;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -2048;"
    "PRAGMA cache_spill = OFF;"
    "PRAGMA trusted_schema = OFF;";

/* See database.h. */
enum status
database_status(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ST_OK;
	case SQLITE_FULL:
		return ST_DISK_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ST_CORRUPT;
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return ST_DENIED;
	case SQLITE_CONSTRAINT:
		return ST_EXISTS;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ST_BUSY;
	default:
		return ST_IO;
	}
}

static const char *
advice_for(enum status st)
{
	switch (st) {
	case ST_CORRUPT:
		return "it is damaged, or root.key is not the key it was made "
		    "with; restore both from the same backup";
	case ST_DENIED:
		return "it or its directory cannot be written; mount the data "
		    "partition read-write and check the owner";
	case ST_DISK_FULL:
		return "the data partition is full; free some space";
	case ST_BUSY:
		return "another process has it open; stop that one";
	default:
		return "the disk refused; see the kernel's log";
	}
}

static enum status
refuse(const struct database *db, const char *doing, int code)
{
	enum status st = database_status(code);

	log_line(LOG_ERROR, "%s: %s: %s (SQLite %d): %s; no file was changed",
	    db->path, doing, status_text(st), code, advice_for(st));
	return st;
}

static int
on_wal(void *owner, sqlite3 *handle, const char *name, int pages)
{
	struct database *db = owner;

	(void)handle;
	(void)name;
	db->wal_pages = (unsigned)pages;
	return SQLITE_OK;
}

/* Raw key syntax: no passphrase derivation (SQLCipher API, sqlite3_key). */
static int
give_key(sqlite3 *handle, const struct secret_32 *key)
{
	static const char digits[] = "0123456789abcdef";
	char text[3 + 64] = "x'";
	int code;

	for (size_t i = 0; i < 32; i++) {
		text[2 + 2 * i] = digits[key->byte[i] >> 4];
		text[3 + 2 * i] = digits[key->byte[i] & 15];
	}
	text[66] = '\'';
	code = sqlite3_key(handle, text, sizeof(text));
	wipe(text, sizeof(text));
	return code;
}

static int
prepare_handle(struct database *db, const struct secret_32 *key)
{
	int code;

	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, 2000);
	code = give_key(db->handle, key);
	if (code == SQLITE_OK)	/* the first read decides on the key */
		code = sqlite3_exec(db->handle,
		    "PRAGMA locking_mode = EXCLUSIVE;"
		    "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(db->handle, pragmas, NULL, NULL, NULL);
	return code;
}

/* See database.h. */
enum status
database_open(struct database *db, const char *path,
    const struct secret_32 *key)
{
	int code;
	enum status st;

	*db = (struct database){ .path = path };
	code = sqlite3_open_v2(path, &db->handle,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW,
	    NULL);
	if (code == SQLITE_OK)
		code = prepare_handle(db, key);
	/* On a read-only partition it is the lock that fails first. */
	if (code != SQLITE_NOTADB
	    && sqlite3_db_readonly(db->handle, "main") == 1)
		code = SQLITE_READONLY;
	if (code != SQLITE_OK) {
		st = refuse(db, "cannot be opened", code);
		(void)sqlite3_close(db->handle);
		*db = (struct database){ .path = path };
		return st;
	}
	(void)sqlite3_wal_hook(db->handle, on_wal, db);
	return ST_OK;
}

/* See database.h. */
void
database_close(struct database *db)
{
	if (db->handle == NULL)
		return;
	for (size_t i = 0; i < SQL_COUNT; i++) {
		(void)sqlite3_finalize(db->statement[i]);
		db->statement[i] = NULL;
	}
	(void)sqlite3_close(db->handle);
	db->handle = NULL;
}

/* See database.h. */
sqlite3_stmt *
database_sql(struct database *db, enum sql_id id)
{
	sqlite3_stmt **q = &db->statement[id];
	int code;

	if (*q == NULL) {
		code = sqlite3_prepare_v3(db->handle, statements[id], -1,
		    SQLITE_PREPARE_PERSISTENT, q, NULL);
		if (code != SQLITE_OK) {
			log_line(LOG_ERROR, "statement %d: %s", (int)id,
			    sqlite3_errmsg(db->handle));
			unexpected("a statement does not prepare", code);
		}
		return *q;
	}
	(void)sqlite3_reset(*q);
	(void)sqlite3_clear_bindings(*q);
	return *q;
}

static enum status
fail(sqlite3_stmt *q, int code)
{
	enum status st = database_status(code);

	if (st != ST_EXISTS)
		log_line(LOG_ERROR, "vault.db: %s (SQLite %d): %s",
		    status_text(st),
		    sqlite3_extended_errcode(sqlite3_db_handle(q)),
		    advice_for(st));
	return st;
}

/* See database.h. */
enum status
sql_next(sqlite3_stmt *q)
{
	int code = sqlite3_step(q);
	enum status st;

	if (code == SQLITE_ROW)
		return ST_OK;
	st = code == SQLITE_DONE ? ST_NOT_FOUND : fail(q, code);
	(void)sqlite3_reset(q);
	return st;
}

/* See database.h. */
enum status
sql_run(sqlite3_stmt *q)
{
	enum status st;

	do
		st = sql_next(q);
	while (st == ST_OK);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* See database.h. */
void
sql_u64(sqlite3_stmt *q, int index, uint64_t value)
{
	/* SQLite's integers are signed; what we store stays far below. */
	if (value > INT64_MAX)
		value = INT64_MAX;
	if (sqlite3_bind_int64(q, index, (sqlite3_int64)value) != SQLITE_OK)
		unexpected("bind", index);
}

/* See database.h. */
void
sql_bytes(sqlite3_stmt *q, int index, const void *bytes, size_t len)
{
	/* A NULL pointer would bind NULL and not the empty blob. */
	if (sqlite3_bind_blob64(q, index, len == 0 ? "" : bytes, len,
	    SQLITE_STATIC) != SQLITE_OK)
		unexpected("bind", index);
}

/* See database.h. */
void
sql_blob(sqlite3_stmt *q, int index, struct span bytes)
{
	sql_bytes(q, index, bytes.ptr, bytes.len);
}

/* See database.h. */
void
sql_null(sqlite3_stmt *q, int index)
{
	if (sqlite3_bind_null(q, index) != SQLITE_OK)
		unexpected("bind", index);
}

/* See database.h. */
uint64_t
col_u64(sqlite3_stmt *q, int index)
{
	sqlite3_int64 value = sqlite3_column_int64(q, index);

	return value < 0 ? 0 : (uint64_t)value;
}

/* See database.h. */
struct span
col_blob(sqlite3_stmt *q, int index)
{
	const uint8_t *ptr = sqlite3_column_blob(q, index);

	return (struct span){ ptr, (size_t)sqlite3_column_bytes(q, index) };
}

/* See database.h. */
bool
col_is_null(sqlite3_stmt *q, int index)
{
	return sqlite3_column_type(q, index) == SQLITE_NULL;
}

/* See database.h. */
enum status
col_copy(sqlite3_stmt *q, int index, void *out, size_t len)
{
	struct span bytes = col_blob(q, index);

	if (bytes.len != len)
		return ST_CORRUPT;
	memcpy(out, bytes.ptr, len);
	return ST_OK;
}

/* See database.h. */
enum status
database_do(struct database *db, enum sql_id id)
{
	return sql_run(database_sql(db, id));
}

/* See database.h. */
enum status
database_exec(struct database *db, const char *sql)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	if (code == SQLITE_OK)
		return ST_OK;
	log_line(LOG_ERROR, "%s: %s (SQLite %d): %s", db->path,
	    sqlite3_errmsg(db->handle), code,
	    advice_for(database_status(code)));
	return database_status(code);
}

/* See database.h. */
bool
database_in_transaction(const struct database *db)
{
	return sqlite3_get_autocommit(db->handle) == 0;
}

/* See database.h. */
void
database_rollback(struct database *db)
{
	if (!database_in_transaction(db))
		return;
	if (database_do(db, SQL_ROLLBACK) != ST_OK)
		unexpected("a transaction neither commits nor rolls back", 0);
}

/* See database.h. */
void
database_checkpoint(struct database *db, bool truncate)
{
	int code = sqlite3_wal_checkpoint_v2(db->handle, NULL,
	    truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
	    NULL, NULL);

	if (code == SQLITE_OK) {
		db->wal_pages = 0;
		db->is_settled = db->is_settled || truncate;
	} else
		log_line(LOG_WARNING, "%s: journal not written back: %s",
		    db->path, sqlite3_errstr(code));
}
