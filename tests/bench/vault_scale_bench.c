/*
 * vault_scale_bench.c -- what a full vault costs: opening it, looking up one
 * object, sweeping what closed, syncs per batch.
 *
 *   vault_scale_bench <bundles> <directory>
 *
 * The rows are real (keys wrapped, envelopes sealed, every index); the
 * objects lie in sparse segment files, so that a million of them fit
 * anywhere.  Four bundles to a card.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "vault/bundle.h"
#include "vault/pickup.h"
#include "vault/sweep.h"
#include "vault_rig.h"

enum {
	OBJECT_BYTES = 90112, PER_SEGMENT = 2978, PER_CARD = 4,
	PER_TRANSACTION = 5000, LOOKUPS = 20000, SWEPT = 2000, BATCH = 16
};

static struct rig rig;

static double
seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
must(enum status st, const char *what)
{
	if (st == ST_OK)
		return;
	fprintf(stderr, "vault_scale_bench: %s: %s\n", what, status_text(st));
	exit(1);
}

static void
row(const char *what, double value, const char *unit, const char *goal)
{
	printf("  %-44s %10.1f %-6s %s\n", what, value, unit, goal);
	fflush(stdout);
}

/* --- filling ------------------------------------------------------------- */

static void
name_of(uint64_t i, uint8_t out[static 32])
{
	sha256((struct span){ (uint8_t *)&i, sizeof(i) }, out);
}

static void
add_card(uint64_t i)
{
	static uint8_t blob[700];
	char number[32];
	sqlite3_stmt *q = database_sql(&rig.v.db, SQL_CARD_ADD);
	uint8_t hash[32];

	snprintf(number, sizeof(number), "C%09llu", (unsigned long long)i);
	name_of(i, hash);
	sql_bytes(q, 1, number, CARD_TEXT);
	sql_u64(q, 2, 0);
	sql_bytes(q, 3, rig.card_key.point, 65);
	sql_bytes(q, 4, hash, 32);
	sql_u64(q, 5, 600000);
	sql_bytes(q, 6, blob, 400);
	sql_bytes(q, 7, blob, 700);
	sql_u64(q, 9, RIG_START_S);
	sql_u64(q, 10, RIG_START_S + 365 * DAY_S);
	sql_bytes(q, 11, "bench", 5);
	sql_u64(q, 13, 0);
	must(sql_run(q), "a card");
}

static void
make_segment(uint64_t id)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/segment-%06llu", rig.dir,
	    (unsigned long long)id);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd < 0 || ftruncate(fd, (off_t)PER_SEGMENT * OBJECT_BYTES) != 0)
		must(ST_IO, path);
	close(fd);
}

static uint64_t
add_report(uint64_t i, uint64_t card)
{
	sqlite3_stmt *q = database_sql(&rig.v.db, SQL_REPORT_PUT);
	uint8_t key[32];

	name_of(i ^ UINT64_C(0x8000000000000000), key);
	sql_bytes(q, 1, key, 32);
	sql_bytes(q, 2, key, 32);
	sql_bytes(q, 3, key, 32);
	sql_u64(q, 4, i);
	for (int column = 5; column <= 7; column++)
		sql_u64(q, column, 0);
	sql_u64(q, 8, card);
	sql_u64(q, 9, i + 1);
	sql_u64(q, 10, RIG_START_S);
	sql_u64(q, 11, 0);
	must(sql_run(q), "a report");
	return (uint64_t)sqlite3_last_insert_rowid(rig.v.db.handle);
}

static void
add_one(uint64_t i, uint64_t n)
{
	static const uint8_t envelope[1200] = { 1 }, zeroes[OBJECT_BYTES];
	static uint8_t digest[32];
	struct bundle_new b = { .card = i / PER_CARD + 1,
	    .seq = i % PER_CARD + 1, .exams = EXAMS_CHEMISTRY,
	    .opens_s = RIG_START_S, .size = OBJECT_BYTES,
	    .extent = { i / PER_SEGMENT + 1,
	    i % PER_SEGMENT * OBJECT_BYTES, OBJECT_BYTES },
	    .envelope = { envelope, sizeof(envelope) },
	    .sha256 = { digest, 32 } };
	uint64_t id;

	if (i % PER_CARD == 0)
		add_card(i / PER_CARD);
	if (i % PER_SEGMENT == 0)
		make_segment(i / PER_SEGMENT + 1);
	if (i == 0)
		sha256((struct span){ zeroes, sizeof(zeroes) }, digest);
	name_of(i, b.name);
	sha256((struct span){ b.name, 32 }, b.name);
	memcpy(b.bid, b.name + 8, BID_BYTES);
	/* They close in the order they came: all windows are alike. */
	b.closes_s = RIG_START_S + DAY_S + i * (RIG_WINDOW_S - DAY_S) / n;
	b.closes_on_s = b.closes_s - RIG_START_S;
	b.report = add_report(i, b.card);
	must(bundle_add(&rig.v, &b, &id), "a bundle");
}

static void
fill(uint64_t n)
{
	must(database_exec(&rig.v.db, "PRAGMA synchronous = OFF;"
	    "PRAGMA cache_size = -300000"), "pragmas");
	for (uint64_t i = 0; i < n; i++) {
		if (i % PER_TRANSACTION == 0)
			must(database_do(&rig.v.db, SQL_BEGIN), "begin");
		add_one(i, n);
		if (i % PER_TRANSACTION == PER_TRANSACTION - 1 || i + 1 == n)
			must(database_do(&rig.v.db, SQL_COMMIT), "commit");
		if (i % 100000 == 99999)
			database_checkpoint(&rig.v.db, true);
	}
	database_checkpoint(&rig.v.db, true);
	sync();		/* filling did not, and the sweep must not pay for it */
}

/* --- measuring ----------------------------------------------------------- */

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
measure_open(void)
{
	double from, cpu;

	vault_close(&rig.v);
	from = seconds(CLOCK_MONOTONIC);
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	rig_reopen(&rig, true);
	row("open", (seconds(CLOCK_MONOTONIC) - from) * 1e3, "ms", "");
	row("open, CPU", (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e3,
	    "ms", "");
}

static void
measure_lookups(uint64_t n)
{
	static double took[LOOKUPS];
	unsigned seed = 1;

	for (size_t i = 0; i < LOOKUPS; i++) {
		uint64_t which = ((uint64_t)rand_r(&seed) << 16
		    ^ (uint64_t)rand_r(&seed)) % n;
		uint8_t name[32];
		struct bundle b;
		double from;

		name_of(which, name);
		sha256((struct span){ name, 32 }, name);
		from = seconds(CLOCK_PROCESS_CPUTIME_ID);
		must(object_find(&rig.v, (struct span){ name, 32 }, &b),
		    "a look-up");
		took[i] = (seconds(CLOCK_PROCESS_CPUTIME_ID) - from) * 1e6;
	}
	qsort(took, LOOKUPS, sizeof(took[0]), by_size);
	row("look-up of an object, median, CPU", took[LOOKUPS / 2], "us", "");
	row("look-up of an object, p99, CPU", took[LOOKUPS * 99 / 100], "us",
	    "<= 100");
}

static void
measure_status(void)
{
	struct message m = { .id = MSG_STATUS_GET };
	double from = seconds(CLOCK_MONOTONIC);

	(void)rig_ask(&rig, &m, MSG_STATUS);
	row("status",
	    (seconds(CLOCK_MONOTONIC) - from) * 1e3, "ms", "");
}

static void
measure_batches(void)
{
	static const char *const cards[] = { "C000000000", "C000000001" };
	struct rig_report report = { .patient = 0, .content = 1,
	    .version_ms = 1, .size = OBJECT_BYTES };
	struct rig_result got[BATCH];
	uint64_t database, segments;
	double cpu;

	for (uint8_t i = 0; i < BATCH; i++) {
		report.card = cards[i % 2];
		report.key = i;
		got[i] = rig_begin(&rig, &report);
		must(got[i].opened, "a report");
		rig_seal(&rig, &report, &got[i]);
	}
	rig_forget(&rig);
	for (size_t i = 0; i < BATCH; i++)
		rig_take_commit(&rig, got[i].delivery);
	database = rig.v.database_syncs;
	segments = rig.v.segment_syncs;
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	(void)vault_turn(&rig.v);
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	for (size_t i = 0; i < BATCH; i++)
		must((enum status)rig_answer(&rig, MSG_DELIVERY_STORED, i)
		    ->delivery_stored.outcome, "a commit");
	row("CPU to commit one of a batch of 16", cpu / BATCH * 1e6, "us", "");
	row("syncs of the database per batch of 16",
	    (double)(rig.v.database_syncs - database), "", "1");
	row("syncs of the segment per batch of 16",
	    (double)(rig.v.segment_syncs - segments), "", "1");
}

static void
measure_sweep(uint64_t n)
{
	uint64_t rows = n < SWEPT * 10 ? n / 10 : SWEPT, live, gone;
	double cpu, longest = 0, from;
	bool more = true;

	live = rig_sql(&rig, "SELECT count(*) FROM bundle WHERE live = 1");
	rig_wait(&rig, DAY_S + rows * (RIG_WINDOW_S - DAY_S) / n);
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	while (more) {
		from = seconds(CLOCK_PROCESS_CPUTIME_ID);
		more = sweep_step(&rig.v);
		from = seconds(CLOCK_PROCESS_CPUTIME_ID) - from;
		longest = from > longest ? from : longest;
	}
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	gone = live - rig_sql(&rig,
	    "SELECT count(*) FROM bundle WHERE live = 1");
	row("bundles swept", (double)gone, "", "");
	row("sweep, CPU per bundle", cpu / (double)gone * 1e6, "us",
	    "<= 200");
	row("sweep, longest step (100 bundles), CPU", longest * 1e3, "ms",
	    "<= 50");
}

int
main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	double from = seconds(CLOCK_MONOTONIC);

	if (argc != 3 || n < 1000) {
		fprintf(stderr, "usage: vault_scale_bench BUNDLES DIRECTORY\n");
		return 64;
	}
	rig = (struct rig){ .system_s = RIG_START_S, .boot_ms = 5000 };
	snprintf(rig.dir, sizeof(rig.dir), "%s", argv[2]);
	rig_settings(&rig);
	segments_init(&rig.v.segments, rig.dir, SEGMENT_BYTES_MAX);
	p256_generate(&rig.card_d, &rig.card_key);
	rig_reopen(&rig, true);
	fill(n);
	printf("%llu bundles (made in %.0f s, database %.0f MB)\n",
	    (unsigned long long)n, seconds(CLOCK_MONOTONIC) - from,
	    (double)rig_sql(&rig, "SELECT page_count FROM pragma_page_count()")
	    * 4096 / 1e6);
	measure_open();
	measure_lookups(n);
	measure_status();
	measure_batches();
	measure_sweep(n);
	vault_close(&rig.v);
	return 0;
}
