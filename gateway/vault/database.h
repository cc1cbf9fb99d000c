/*
 * database.h -- the SQLCipher database: opened once, every statement a row of
 * statements.def, every SQLite code translated here.
 *
 * Never: builds SQL from data, retries, changes a file it could not open.
 * A database is single-threaded and belongs to one process.
 */
#ifndef VAULT_DATABASE_H
#define VAULT_DATABASE_H

#define SQLITE_HAS_CODEC	/* sqlite3_key() */
#include <sqlite3.h>

#include "base/secret.h"
#include "base/span.h"

enum sql_id {
#define SQL(name, text) SQL_##name,
#include "vault/statements.def"
#undef SQL
	SQL_COUNT
};

struct database {
	sqlite3      *handle;
	sqlite3_stmt *statement[SQL_COUNT];	/* made at first use */
	const char   *path;			/* borrowed for ever */
	unsigned      wal_pages;		/* not yet in the main file */
	/* What was in the journal when it was opened is in the main file. */
	bool          is_settled;
};

/*
 * Opens or creates `path` with the raw `key`.  Failures are logged, in words
 * an operator can act on, and change no file.
 *
 *   ST_OK
 *   ST_CORRUPT    not a database under this key, or its pages fail their check
 *   ST_DENIED     it, or its directory, cannot be written
 *   ST_DISK_FULL  no space for its journal
 *   ST_IO         anything else
 */
MUST_CHECK enum status
database_open(struct database *db, const char *path,
    const struct secret_32 *key);

/* Writes the journal back and closes; idempotent. */
void database_close(struct database *db);

/* What an SQLite result code means here; SQLITE_DONE and _ROW are ST_OK. */
enum status database_status(int code);

/* The statement, reset, with nothing bound.  Dies where the table of
 * statements does not fit the schema: that is our own bug. */
sqlite3_stmt *database_sql(struct database *db, enum sql_id id);

/* Runs to the end and resets.  ST_OK; ST_EXISTS (a constraint); or a failure
 * of the store: ST_DISK_FULL, ST_IO, ST_CORRUPT, ST_DENIED. */
MUST_CHECK enum status sql_run(sqlite3_stmt *q);

/* Steps to the next row: ST_OK a row, ST_NOT_FOUND no more (and reset), else
 * as sql_run().  Whoever stops early calls sqlite3_reset(). */
MUST_CHECK enum status sql_next(sqlite3_stmt *q);

/* Parameters count from 1, columns from 0.  Spans are borrowed until the next
 * reset; a blob column until the next step. */
void sql_u64(sqlite3_stmt *q, int index, uint64_t value);
void sql_blob(sqlite3_stmt *q, int index, struct span bytes);
void sql_bytes(sqlite3_stmt *q, int index, const void *bytes, size_t len);
void sql_null(sqlite3_stmt *q, int index);
uint64_t col_u64(sqlite3_stmt *q, int index);
struct span col_blob(sqlite3_stmt *q, int index);
bool col_is_null(sqlite3_stmt *q, int index);
/* Copies a blob of exactly `len` bytes; ST_CORRUPT where it has another. */
MUST_CHECK enum status
col_copy(sqlite3_stmt *q, int index, void *out, size_t len);

/* Runs one statement that takes nothing and gives nothing. */
MUST_CHECK enum status database_do(struct database *db, enum sql_id id);

/* Runs SQL text of our own (schema, pragmas); logs a failure. */
MUST_CHECK enum status database_exec(struct database *db, const char *sql);

/* Rolls back where a transaction is open. */
void database_rollback(struct database *db);

/* True if a transaction is open (SQLite ends one by itself on some errors). */
bool database_in_transaction(const struct database *db);

/* Moves the journal into the main file; with `truncate`, so that nothing of
 * what was deleted stays in it.  Failures are logged and harmless. */
void database_checkpoint(struct database *db, bool truncate);

#endif
