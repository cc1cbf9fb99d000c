#include "vault/sweep.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"
#include "vault_rig.h"

static const struct rig_report plain = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 1000, .size = 100000 };

/* True if every byte of the segment at [start, start + len) is zero. */
static bool
is_blank(struct rig *r, size_t start, size_t len)
{
	char path[128];
	uint8_t bytes[4096];
	bool blank = true;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/segment-000001", r->dir);
	fd = open(path, O_RDONLY);
	while (len > 0 && blank) {
		n = pread(fd, bytes, len < sizeof(bytes) ? len : sizeof(bytes),
		    (off_t)start);
		if (n <= 0)
			break;
		for (ssize_t i = 0; i < n; i++)
			blank = blank && bytes[i] == 0;
		start += (size_t)n;
		len -= (size_t)n;
	}
	close(fd);
	return blank && len == 0;
}

static void
test_closing(void)
{
	struct rig r;
	struct rig_result got;
	const struct message *m;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	got = rig_deliver(&r, &plain);
	rig_wait(&r, RIG_WINDOW_S - 1);
	(void)rig_sweep(&r);
	ok(rig_read(&r, got.name) == ST_OK && !is_blank(&r, 0, 100000),
	    "a second before it closes it is there");
	rig_wait(&r, 1);
	ok(rig_read(&r, got.name) == ST_NOT_FOUND,
	    "when it closes it is refused, before any sweep");
	(void)rig_open_card(&r, "CARD000001", 7);
	m = rig_answer(&r, MSG_CARD_BUNDLE, 0);
	ok(m->card_bundle.status == BUNDLE_CLOSED
	    && m->card_bundle.envelope.len == 0, "and shown as closed");
	(void)rig_sweep(&r);
	ok(is_blank(&r, 0, 100000), "the sweep blanks the object");
	ok(rig_sql(&r, "SELECT count(*) FROM seal") == 0, "drops its key");
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE live = 0 AND "
	    "name_hash IS NULL AND segment IS NULL") == 1,
	    "leaves a tombstone");
	ok(rig_audit(&r, "\"ev\":\"close\"") == 1, "and says so");
	ok(rig_open_card(&r, "CARD000001", 7)->bundles == 1, "still shown");
	ok(r.v.last_sweep_s == r.system_s, "the time of it is known");
	ok(rig_sql(&r, "SELECT count(*) FROM bucket") == 1,
	    "the day's key lives while the day does");
	rig_wait(&r, DAY_S);
	(void)rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM bucket") == 0, "and ends with it");
	rig_close(&r);
}

static void
test_row_objects(void)
{
	struct rig r;
	struct rig_report small = plain;

	rig_open(&r);
	small.size = 500;
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	(void)rig_deliver(&r, &small);
	ok(rig_sql(&r, "SELECT count(*) FROM object") == 1, "a row");
	rig_wait(&r, RIG_WINDOW_S);
	(void)rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM object") == 0, "is gone");
	rig_close(&r);
}

/* The system clock is lost: the box still counts the hours it was on. */
static void
test_powered_on_counter(void)
{
	struct rig r;
	struct rig_result got;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	got = rig_deliver(&r, &plain);
	r.system_s = 1000;
	memcpy(r.settings.boot_id, "another boot", 12);
	r.boot_ms = 1000;
	rig_reopen(&r, false);
	r.boot_ms += (RIG_WINDOW_S - 100) * 1000;
	vault_tick(&r.v);
	(void)rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE live = 1") == 1,
	    "not yet");
	r.boot_ms += 100 * 1000;
	vault_tick(&r.v);
	(void)rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE live = 1") == 0
	    && rig_read(&r, got.name) != ST_OK,
	    "in Q1 a bundle closes when its own hours are used up");
	rig_close(&r);
}

static void
test_jump_erases_nothing(void)
{
	struct rig r;
	struct rig_result got;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	got = rig_deliver(&r, &plain);
	r.system_s += 400 * DAY_S;	/* somebody set the clock */
	vault_tick(&r.v);
	(void)rig_sweep(&r);
	ok(rig_read(&r, got.name) == ST_NOT_FOUND, "a jump denies at once");
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE live = 1") == 1,
	    "but erases nothing");
	r.system_s -= 400 * DAY_S;
	vault_tick(&r.v);
	ok(r.v.clock.quality == CLOCK_Q0 && rig_read(&r, got.name) == ST_BUSY,
	    "a clock that jumps back is believed no more");
	rig_close(&r);
}

static void
test_many(void)
{
	enum { MANY = 230 };
	struct rig r;
	struct rig_report small = plain;
	unsigned steps;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	small.size = 100;
	for (unsigned i = 0; i < MANY; i++) {
		small.key = (uint8_t)(i + 1);
		(void)rig_deliver(&r, &small);
		if (i % 100 == 99)
			rig_forget(&r);
	}
	rig_wait(&r, RIG_WINDOW_S);
	steps = rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE live = 1") == 0
	    && steps >= 3, "230 bundles go in steps of at most 100");
	ok(rig_open_card(&r, "CARD000001", 7)->bundles == MANY, "tombstones");
	rig_wait(&r, (365 + 30) * DAY_S);
	(void)rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM bundle") == 0
	    && rig_sql(&r, "SELECT count(*) FROM card") == 0,
	    "a month after the card expired all of it goes");
	rig_wait(&r, 400 * DAY_S);
	(void)rig_sweep(&r);
	(void)rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM report") == 0,
	    "and a year later the memory of versions");
	rig_close(&r);
}

static void
test_segments_rotate(void)
{
	struct rig r;
	struct rig_report report = plain;
	struct rig_result got[6];
	char path[128];

	rig_open(&r);
	r.settings.segment_bytes = 250000;
	rig_reopen(&r, false);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	for (uint8_t i = 0; i < 6; i++) {
		report.key = (uint8_t)(i + 1);
		got[i] = rig_deliver(&r, &report);
	}
	ok(rig_sql(&r, "SELECT count(*) FROM segment") == 3,
	    "two objects fit in a file");
	rig_reopen(&r, true);
	ok(rig_read(&r, got[0].name) == ST_OK
	    && rig_read(&r, got[5].name) == ST_OK, "all can be read");
	rig_wait(&r, RIG_WINDOW_S);
	(void)rig_sweep(&r);
	snprintf(path, sizeof(path), "%s/segment-000001", r.dir);
	ok(access(path, F_OK) != 0, "an empty old file is removed");
	snprintf(path, sizeof(path), "%s/segment-000003", r.dir);
	ok(access(path, F_OK) == 0, "the growing one stays");
	rig_close(&r);
}

/* What was staged when the power went is nobody's. */
static void
test_orphans(void)
{
	struct rig r;
	struct rig_report lost = plain, kept = plain;
	struct rig_result a, b;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	a = rig_begin(&r, &lost);
	rig_seal(&r, &lost, &a);
	kept.key = 2;
	b = rig_deliver(&r, &kept);
	kept.key = 3;
	lost.key = 4;
	a = rig_begin(&r, &lost);
	rig_seal(&r, &lost, &a);
	memset(r.v.delivery, 0, sizeof(r.v.delivery));	/* the crash */
	r.v.staged_bytes = 0;
	rig_reopen(&r, true);
	ok(is_blank(&r, 0, 100000), "an orphan before a kept object is blank");
	ok(rig_read(&r, b.name) == ST_OK, "the kept one is whole");
	ok(r.v.segments.end == 200000, "an orphan at the end is cut off");
	rig_close(&r);
}

/* A clock that contradicts itself erases nothing, however long it runs. */
static void
test_q0_erases_nothing(void)
{
	struct rig r;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	(void)rig_deliver(&r, &plain);
	rig_wait(&r, RIG_WINDOW_S - 1000);
	r.system_s -= 5000;
	r.boot_ms += 2000 * 1000;
	vault_tick(&r.v);
	(void)rig_sweep(&r);
	ok(r.v.clock.quality == CLOCK_Q0
	    && rig_sql(&r, "SELECT count(*) FROM bundle WHERE live = 1") == 1,
	    "Q0 erases nothing");
	rig_close(&r);
}

/* All that a file held is over, but a delivery is just writing to it, and the
 * next one has gone on to a new file. */
static void
test_staged_files_stay(void)
{
	struct rig r;
	struct rig_report report = plain;
	struct rig_result a, b;

	rig_open(&r);
	r.settings.segment_bytes = 250000;
	rig_reopen(&r, false);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	(void)rig_deliver(&r, &report);
	rig_wait(&r, RIG_WINDOW_S);
	report.key = 2;
	a = rig_begin(&r, &report);
	rig_seal(&r, &report, &a);
	report.key = 3;
	b = rig_begin(&r, &report);
	rig_seal(&r, &report, &b);
	ok(r.v.segments.active == 2, "the second is in a new file");
	(void)rig_sweep(&r);
	rig_forget(&r);
	rig_take_commit(&r, a.delivery);
	rig_take_commit(&r, b.delivery);
	(void)vault_turn(&r.v);
	ok(rig_answer(&r, MSG_DELIVERY_STORED, 1)->delivery_stored.outcome
	    == ST_OK, "both are stored");
	rig_reopen(&r, true);
	ok(rig_read(&r, a.name) == ST_OK && rig_read(&r, b.name) == ST_OK,
	    "and both can be read");
	rig_close(&r);
}

/* Deleted rows do not linger in the journal. */
static void
test_journal_is_cut(void)
{
	struct rig r;
	char path[128];
	struct stat about;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	(void)rig_deliver(&r, &plain);
	rig_wait(&r, RIG_WINDOW_S);
	(void)rig_sweep(&r);
	snprintf(path, sizeof(path), "%s/vault.db-wal", r.dir);
	ok(stat(path, &about) == 0 && about.st_size == 0,
	    "after a sweep the journal is empty");
	rig_close(&r);
}

static bool
is_cut(const struct rig *r)
{
	char path[128];
	struct stat about;

	snprintf(path, sizeof(path), "%s/vault.db-wal", r->dir);
	return stat(path, &about) == 0 && about.st_size == 0;
}

/* Nor do a card's sealed keys, or those of what was withdrawn. */
static void
test_journal_is_cut_after_an_end(void)
{
	struct message m = { .id = MSG_CARD_FREEZE };
	struct rig_report report = plain;
	struct rig r;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	(void)rig_deliver(&r, &plain);
	(void)rig_sweep(&r);
	report.version_ms = plain.version_ms + 1;
	report.release = RELEASE_WITHDRAW;
	(void)rig_deliver(&r, &report);
	(void)rig_sweep(&r);
	ok(is_cut(&r), "withdrawn: the journal is empty after the sweep");
	m.card_freeze.card = span_of("CARD000001");
	m.card_freeze.actor = span_of("tester");
	(void)rig_ask(&r, &m, MSG_DONE);
	ok(!is_cut(&r), "frozen: it has something");
	(void)rig_sweep(&r);
	ok(is_cut(&r), "which the sweep empties");
	rig_close(&r);
}

static void
test_orphan_in_the_last_but_one(void)
{
	struct rig r;
	struct rig_report report = plain;
	struct rig_result a;

	rig_open(&r);
	r.settings.segment_bytes = 250000;
	rig_reopen(&r, false);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	a = rig_begin(&r, &report);
	rig_seal(&r, &report, &a);
	for (uint8_t i = 2; i < 5; i++) {
		report.key = i;
		(void)rig_deliver(&r, &report);
	}
	memset(r.v.delivery, 0, sizeof(r.v.delivery));	/* the crash */
	rig_reopen(&r, true);
	ok(is_blank(&r, 0, 100000) && !is_blank(&r, 100000, 100000),
	    "an orphan before the rotation is blank");
	rig_close(&r);
}

int
main(void)
{
	test_q0_erases_nothing();
	test_journal_is_cut();
	test_journal_is_cut_after_an_end();
	test_staged_files_stay();
	test_orphan_in_the_last_but_one();
	test_closing();
	test_row_objects();
	test_powered_on_counter();
	test_jump_erases_nothing();
	test_many();
	test_segments_rotate();
	test_orphans();
	return done_testing();
}
