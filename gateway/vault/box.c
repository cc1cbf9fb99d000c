#include "vault/box.h"

#include "base/log.h"
#include "base/wipe.h"
#include "jose/jwk.h"
#include "vault/job.h"

static enum status
insert(struct vault *v, void *with)
{
	uint8_t wrapped[KEYS_WRAPPED_BYTES];
	sqlite3_stmt *q = database_sql(&v->db, SQL_BOX_PUT);

	(void)with;
	keys_wrap(&v->secrets->keys.key[KEY_SIGNING], "signing", 1,
	    &v->secrets->signing_key, wrapped);
	sql_u64(q, 1, clock_now_s(&v->clock));
	sql_bytes(q, 2, v->box_key.point, sizeof(v->box_key.point));
	sql_bytes(q, 3, wrapped, sizeof(wrapped));
	return sql_run(q);
}

static enum status
unwrap(struct vault *v, sqlite3_stmt *q)
{
	struct p256_public stored;

	TRY(col_copy(q, 0, stored.point, sizeof(stored.point)));
	if (keys_unwrap(&v->secrets->keys.key[KEY_SIGNING], "signing", 1,
	    col_blob(q, 1), &v->secrets->signing_key) != ST_OK
	    || p256_public_of(&v->secrets->signing_key, &v->box_key) != ST_OK
	    || memcmp(stored.point, v->box_key.point, 65) != 0)
		return ST_CORRUPT;
	return ST_OK;
}

static enum status
load(struct vault *v)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_BOX_GET);
	enum status st = sql_next(q);

	if (st == ST_NOT_FOUND) {
		p256_generate(&v->secrets->signing_key, &v->box_key);
		return transaction(v, insert, NULL);
	}
	if (st == ST_OK) {
		st = unwrap(v, q);
		(void)sqlite3_reset(q);
	}
	if (st == ST_CORRUPT)
		log_line(LOG_ERROR, "vault.db: the box's signing key cannot be "
		    "read; restore the backup; no file was changed");
	return st;
}

/* See box.h. */
enum status
box_load(struct vault *v)
{
	struct buf kid = buf_over(v->box_kid, sizeof(v->box_kid));

	TRY(load(v));
	return jwk_thumbprint(&v->box_key, &kid);
}
