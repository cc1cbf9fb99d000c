#include "vault/timekeeper.h"

#include <time.h>

#include "base/log.h"
#include "crypto/constant_time.h"
#include "vault/job.h"
#include "vault/keystore.h"

enum {
	ROW_EVERY_MS  = 60 * 1000,
	FILE_EVERY_MS = 15 * 60 * 1000,
	FLOOR_BODY    = 5 * 8 + 16,
	FLOOR_BYTES   = FLOOR_BODY + 32
};

static const char floor_name[] = "clock.floor";

static void
read_system(uint64_t *system_s, uint64_t *boot_ms)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	*system_s = t.tv_sec < 0 ? 0 : (uint64_t)t.tv_sec;
	(void)clock_gettime(CLOCK_BOOTTIME, &t);
	*boot_ms = (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void
read_clocks(struct vault *v, uint64_t *system_s, uint64_t *boot_ms)
{
	if (v->settings.read_clocks != NULL)
		v->settings.read_clocks(v->exit.owner, system_s, boot_ms);
	else
		read_system(system_s, boot_ms);
}

static void
put_u64(uint8_t *to, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		to[i] = (uint8_t)(value >> (56 - 8 * i));
}

static uint64_t
get_u64(const uint8_t *from)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | from[i];
	return value;
}

static void
mac_of(const struct vault *v, const uint8_t *bytes, uint8_t *mac)
{
	keys_mac(&v->secrets->keys, KEY_FLOOR, "floor",
	    (struct span){ bytes, FLOOR_BODY }, mac);
}

static void
floor_write(const struct vault *v, const struct clock_floor *f, uint8_t *out)
{
	put_u64(out, f->floor_s);
	put_u64(out + 8, f->on_s);
	put_u64(out + 16, f->boot_ms);
	put_u64(out + 24, f->step_s);
	put_u64(out + 32, f->boots);
	memcpy(out + 40, f->boot_id, 16);
	mac_of(v, out, out + FLOOR_BODY);
}

/* The authenticator keeps a forged floor from erasing everything. */
static bool
floor_read(const struct vault *v, struct clock_floor *f)
{
	uint8_t bytes[FLOOR_BYTES + 1], mac[32];
	size_t len = 0;
	enum status st = file_read(v->settings.dir, floor_name, bytes,
	    sizeof(bytes), &len);

	if (st == ST_NOT_FOUND)
		return false;
	if (st == ST_OK && len == FLOOR_BYTES) {
		mac_of(v, bytes, mac);
		if (constant_time_equal(mac, bytes + FLOOR_BODY, 32)) {
			f->floor_s = get_u64(bytes);
			f->on_s = get_u64(bytes + 8);
			f->boot_ms = get_u64(bytes + 16);
			f->step_s = get_u64(bytes + 24);
			f->boots = get_u64(bytes + 32);
			memcpy(f->boot_id, bytes + 40, 16);
			return true;
		}
	}
	log_line(LOG_WARNING, "%s: not used: damaged or of another box; "
	    "vault.db has its own copy", floor_name);
	return false;
}

static enum status
row_read(struct vault *v, struct clock_floor *f, bool *found)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_CLOCK_GET);
	enum status st = sql_next(q);

	*found = false;
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	f->floor_s = col_u64(q, 0);
	f->on_s = col_u64(q, 1);
	f->boot_ms = col_u64(q, 2);
	f->step_s = col_u64(q, 3);
	f->boots = col_u64(q, 4);
	st = col_copy(q, 5, f->boot_id, 16);
	(void)sqlite3_reset(q);
	*found = st == ST_OK;
	return st;
}

/* See timekeeper.h. */
enum status
timekeeper_start(struct vault *v)
{
	struct clock_floor row = { 0 }, file = { 0 };
	uint64_t system_s, boot_ms;
	bool has_row = false, has_file;

	TRY(row_read(v, &row, &has_row));
	has_file = floor_read(v, &file);
	read_clocks(v, &system_s, &boot_ms);
	clock_start(&v->clock, clock_floor_best(has_row ? &row : NULL,
	    has_file ? &file : NULL), v->settings.boot_id, boot_ms);
	clock_update(&v->clock, system_s, boot_ms);
	v->last_floor_ms = boot_ms;
	if (v->clock.quality < CLOCK_Q2)
		log_line(LOG_WARNING, "the system clock is not set or behind "
		    "the last known time: results are taken, patients must "
		    "wait until it is right");
	return ST_OK;
}

/* See timekeeper.h. */
void
timekeeper_read(struct vault *v)
{
	enum clock_quality before = v->clock.quality;
	uint64_t system_s, boot_ms;

	read_clocks(v, &system_s, &boot_ms);
	clock_update(&v->clock, system_s, boot_ms);
	if (v->clock.quality != before)
		log_line(LOG_WARNING, "time quality is now Q%d, it was Q%d",
		    (int)v->clock.quality, (int)before);
}

/* See timekeeper.h. */
enum status
timekeeper_store(struct vault *v)
{
	struct clock_floor f = clock_floor(&v->clock);
	sqlite3_stmt *q = database_sql(&v->db, SQL_CLOCK_PUT);

	sql_u64(q, 1, f.floor_s);
	sql_u64(q, 2, f.on_s);
	sql_u64(q, 3, f.boot_ms);
	sql_u64(q, 4, f.step_s);
	sql_u64(q, 5, f.boots);
	sql_bytes(q, 6, f.boot_id, 16);
	TRY(sql_run(q));
	v->last_floor_ms = v->clock.boot_ms;
	return ST_OK;
}

static enum status
store_row(struct vault *v, void *with)
{
	(void)with;
	return timekeeper_store(v);
}

static void
save_row(struct vault *v)
{
	enum status st = transaction(v, store_row, NULL);

	if (st != ST_OK)	/* said once per minute, not per second */
		v->last_floor_ms = v->clock.boot_ms;
}

static void
save_file(struct vault *v)
{
	struct clock_floor f = clock_floor(&v->clock);
	uint8_t bytes[FLOOR_BYTES];
	enum status st;

	floor_write(v, &f, bytes);
	st = file_replace(v->settings.dir, floor_name, bytes, sizeof(bytes));
	v->last_file_ms = v->clock.boot_ms;
	if (st != ST_OK)
		log_line(LOG_WARNING, "%s: not saved: %s", floor_name,
		    status_text(st));
}

/* See timekeeper.h. */
void
timekeeper_tick(struct vault *v)
{
	timekeeper_read(v);
	if (v->clock.boot_ms - v->last_floor_ms >= ROW_EVERY_MS)
		save_row(v);
	if (v->clock.boot_ms - v->last_file_ms >= FILE_EVERY_MS)
		save_file(v);
}

/* See timekeeper.h. */
void
timekeeper_save(struct vault *v)
{
	save_row(v);
	save_file(v);
}
