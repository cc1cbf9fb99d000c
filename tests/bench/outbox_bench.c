/*
 * outbox_bench.c -- what a long outbox costs: memory, taking a row, the tick
 * of each second, a list, a commit, the sweep, opening.
 *
 *   outbox_bench fill ROWS DIRECTORY	makes it, in a process of its own
 *   outbox_bench measure DIRECTORY	one figure a line: name value unit
 *   outbox_bench plans DIRECTORY	how SQLite reads each statement
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "outbox_rows.h"
#include "vault/outbox.h"
#include "vault/sweep.h"

enum { TAKES = 60, AT_ONCE = 30, TICKS = 100, COMMITS = 30, LISTS = 10,
	SAMPLES_MAX = 128 };

static struct rig rig;
static struct vault_exit rig_exit;

/* What the vault says to a courier and a desk that only listen. */
static struct {
	uint64_t job, kind;
	bool is_job;
} heard;

static double
seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
row(const char *name, double value, const char *unit)
{
	printf("%s\t%.3f\t%s\n", name, value, unit);
}

/* --- samples ---------------------------------------------------------------- */

static struct {
	double cpu[SAMPLES_MAX], wall[SAMPLES_MAX];
	double cpu_from, wall_from;
	size_t n;
} samples;

static void
begin(void)
{
	samples.wall_from = seconds(CLOCK_MONOTONIC);
	samples.cpu_from = seconds(CLOCK_PROCESS_CPUTIME_ID);
}

static void
end(void)
{
	double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);

	if (samples.n == SAMPLES_MAX)
		must(ST_NO_SPACE, "samples");
	samples.cpu[samples.n] = (cpu - samples.cpu_from) * 1e6;
	samples.wall[samples.n++] = (seconds(CLOCK_MONOTONIC)
	    - samples.wall_from) * 1e6;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
print_sorted(const char *name, const char *what, double *sorted)
{
	char text[80];

	qsort(sorted, samples.n, sizeof(sorted[0]), by_size);
	snprintf(text, sizeof(text), "%s, %s p50", name, what);
	row(text, sorted[samples.n / 2], "us");
	snprintf(text, sizeof(text), "%s, %s p99", name, what);
	row(text, sorted[(samples.n - 1) * 99 / 100], "us");
}

static void
print_samples(const char *name)
{
	if (samples.n > 0) {
		print_sorted(name, "CPU", samples.cpu);
		print_sorted(name, "wall", samples.wall);
	}
	samples.n = 0;
}

/* --- memory ------------------------------------------------------------------ */

static double
own_kb(const char *key)
{
	char line[128];
	double kb = -1;
	FILE *f = fopen("/proc/self/status", "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, key, strlen(key)) == 0)
			kb = strtod(line + strlen(key), NULL);
	}
	if (f != NULL)
		fclose(f);
	return kb;
}

static void
print_memory(const char *when)
{
	char text[80];
	int cache = 0, most;

	(void)sqlite3_db_status(rig.v.db.handle, SQLITE_DBSTATUS_CACHE_USED,
	    &cache, &most, 0);
	snprintf(text, sizeof(text), "memory, %s: resident", when);
	row(text, own_kb("VmRSS:"), "kB");
	snprintf(text, sizeof(text), "memory, %s: anonymous", when);
	row(text, own_kb("RssAnon:"), "kB");
	snprintf(text, sizeof(text), "memory, %s: page cache", when);
	row(text, cache / 1024.0, "kB");
}

/* --- the courier -------------------------------------------------------------- */

static void
hear(void *owner, enum role_id to, const struct message *m)
{
	(void)owner;
	(void)to;
	if (m->id != MSG_OUTBOX_JOB)
		return;
	heard.is_job = true;
	heard.job = m->outbox_job.job;
	heard.kind = m->outbox_job.kind;
}

static bool
never_full(void *owner, enum role_id to)
{
	(void)owner;
	(void)to;
	return false;
}

static bool
take(enum outbox_channel channel)
{
	struct message m = { .id = MSG_OUTBOX_TAKE };

	m.outbox_take.channel = (uint64_t)channel;
	heard.is_job = false;
	begin();
	vault_take(&rig.v, &m);
	(void)vault_turn(&rig.v);
	end();
	return heard.is_job;
}

static void
finish(uint64_t job, enum outbox_outcome outcome)
{
	struct message m = { .id = MSG_OUTBOX_DONE };

	m.outbox_done.job = job;
	m.outbox_done.outcome = (uint64_t)outcome;
	vault_take(&rig.v, &m);
	(void)vault_turn(&rig.v);
}

/* Until `from_s` after the start this kind was not due, and no kind that goes
 * before it is: TAKES of it, many at once. */
static void
measure_takes(const char *name, enum outbox_channel channel,
    enum outbox_kind kind, uint64_t from_s)
{
	uint64_t job[AT_ONCE];

	rig_wait(&rig, RIG_START_S + from_s + 60 - rig.system_s);
	for (int done = 0; done < TAKES; done += AT_ONCE) {
		size_t n = 0;

		while (n < AT_ONCE && take(channel)) {
			if (heard.kind != (uint64_t)kind)
				must(ST_INVALID, "a row of another kind");
			job[n++] = heard.job;
		}
		if (n < AT_ONCE)	/* the last take found nothing */
			samples.n--;
		while (n > 0)
			finish(job[--n], OUTCOME_RETRY);
	}
	print_samples(name);
}

static void
measure_dones(void)
{
	for (int i = 0; i < TAKES && take(CHANNEL_STORE); i++) {
		samples.n--;
		begin();
		finish(heard.job, OUTCOME_DONE);
		end();
	}
	if (samples.n < TAKES)
		samples.n = 0;
	print_samples("a deletion done");
}

static void
measure_none(void)
{
	for (int i = 0; i < TAKES; i++) {
		if (take(CHANNEL_STORE))
			must(ST_INVALID, "a row is due too early");
	}
	print_samples("take, nothing due");
}

/* --- time, desk, intake --------------------------------------------------------- */

static void
measure_ticks(void)
{
	begin();
	outbox_tick(&rig.v);
	end();
	row("first tick, CPU", samples.cpu[0], "us");
	samples.n = 0;
	for (int i = 0; i < TICKS; i++) {
		rig.v.outbox.idle[i % CHANNEL_COUNT] = true;
		begin();
		outbox_tick(&rig.v);
		end();
	}
	print_samples("tick");
}

static void
measure_desk(enum message_id id, const char *name)
{
	struct message m = { .id = id };

	if (id == MSG_OUTBOX_LIST)
		m.outbox_list.most = 200;
	for (int i = 0; i < LISTS; i++) {
		begin();
		vault_take(&rig.v, &m);
		(void)vault_turn(&rig.v);
		end();
	}
	print_samples(name);
}

/* A report of a card with a drop: its bundle and its row, with one sync. */
static void
measure_commits(void)
{
	char card[CARD_TEXT + 1];
	struct rig_report report = { .card = card, .content = 1,
	    .version_ms = 1, .size = 65536 };

	rig.v.exit = rig_exit;
	for (uint8_t i = 0; i < COMMITS; i++) {
		struct rig_result got;

		card_number(i, card);
		report.key = (uint8_t)(i + 1);
		got = rig_begin(&rig, &report);
		must(got.opened, "a report");
		rig_seal(&rig, &report, &got);
		rig_forget(&rig);
		rig_take_commit(&rig, got.delivery);
		begin();
		(void)vault_turn(&rig.v);
		end();
		must((enum status)rig_answer(&rig, MSG_DELIVERY_STORED, 0)
		    ->delivery_stored.outcome, "a commit");
	}
	rig_forget(&rig);
	rig.v.exit.send = hear;
	rig.v.exit.is_full = never_full;
	print_samples("commit of a report");
}

/* CLOSING bundles end: each a deletion, a changed index, a record. */
static void
measure_sweep(void)
{
	uint64_t deletions = rig_sql(&rig,
	    "SELECT count(*) FROM outbox WHERE kind = 2");
	uint64_t live = rig_sql(&rig,
	    "SELECT count(*) FROM bundle WHERE live = 1");
	double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	bool more = true;

	rig_wait(&rig, RIG_START_S + DAY_S + 60 - rig.system_s);
	while (more) {
		begin();
		more = sweep_step(&rig.v);
		end();
	}
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	live -= rig_sql(&rig, "SELECT count(*) FROM bundle WHERE live = 1");
	row("sweep: bundles closed", (double)live, "");
	row("sweep: deletions written", (double)(rig_sql(&rig,
	    "SELECT count(*) FROM outbox WHERE kind = 2") - deletions), "");
	row("sweep: bundles a transaction", SWEEP_ROWS, "");
	row("sweep, CPU a bundle", cpu / (double)live * 1e6, "us");
	qsort(samples.cpu, samples.n, sizeof(samples.cpu[0]), by_size);
	row("sweep, longest step, CPU", samples.cpu[samples.n - 1] / 1e3,
	    "ms");
	samples.n = 0;
}

/* --- the three commands ------------------------------------------------------------ */

static void
open_rig(const char *dir)
{
	rig = (struct rig){ .system_s = RIG_START_S, .boot_ms = 5000 };
	snprintf(rig.dir, sizeof(rig.dir), "%s", dir);
	rig_settings(&rig);
	rig.settings.notice.from_min = rig.settings.notice.until_min = 0;
	segments_init(&rig.v.segments, rig.dir, SEGMENT_BYTES_MAX);
	p256_generate(&rig.card_d, &rig.card_key);
	rig_reopen(&rig, true);
	rig_exit = rig.v.exit;
	rig.v.exit.send = hear;
	rig.v.exit.is_full = never_full;
}

static void
measure(const char *dir)
{
	begin();
	open_rig(dir);
	end();
	row("open, CPU", samples.cpu[0] / 1e3, "ms");
	row("open, wall", samples.wall[0] / 1e3, "ms");
	samples.n = 0;
	print_memory("open");
	measure_ticks();
	measure_none();
	measure_takes("take of a notice", CHANNEL_SMS, OUTBOX_NOTICE,
	    NOTICES_DUE_S);
	measure_takes("take of an object", CHANNEL_STORE, OUTBOX_PUT_OBJECT,
	    OBJECTS_DUE_S);
	measure_takes("take of an index", CHANNEL_STORE, OUTBOX_PUT_INDEX,
	    INDEXES_DUE_S);
	measure_takes("take of a deletion", CHANNEL_STORE, OUTBOX_DELETE,
	    DELETIONS_DUE_S);
	measure_dones();
	measure_desk(MSG_OUTBOX_LIST, "list, first page of 200");
	measure_desk(MSG_STATUS_GET, "status");
	measure_commits();
	measure_sweep();
	print_memory("at the end");
	vault_close(&rig.v);
}

/* What reads all of it and may: rarely, or only the first entry. */
static const struct {
	const char *name, *why;
} may_scan[] = {
	{ "OUTBOX_COUNT", "counts an index, for status" },
	{ "OUTBOX_OLDEST_DELETION", "the first entry of an index, no other" },
	{ "OUTBOX_CLOCK_BACK", "at the start, and when the time went back" },
};

static const char *
excuse_of(const char *name)
{
	for (size_t i = 0; i < COUNT(may_scan); i++) {
		if (strcmp(may_scan[i].name, name) == 0)
			return may_scan[i].why;
	}
	return NULL;
}

static bool
is_scan(const char *plan)
{
	return strncmp(plan, "SCAN outbox", 11) == 0
	    || strcmp(plan, "SCAN o") == 0
	    || strncmp(plan, "SCAN o ", 7) == 0;
}

/* True unless it reads all rows and has no excuse. */
static bool
print_plan(const char *name, const char *sql)
{
	char text[2048];
	sqlite3_stmt *q = NULL;
	bool good = true;

	if (strstr(sql, "outbox") == NULL)
		return true;
	snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s", sql);
	must(database_status(sqlite3_prepare_v2(rig.v.db.handle, text, -1, &q,
	    NULL)), name);
	while (sqlite3_step(q) == SQLITE_ROW) {
		const char *plan = (const char *)sqlite3_column_text(q, 3);
		bool scans = is_scan(plan);

		printf("%s\t%s%s%s\n", name, plan, scans ? "\t<- " : "",
		    !scans ? "" : excuse_of(name) != NULL ? excuse_of(name)
		    : "READS ALL ROWS");
		good = good && (!scans || excuse_of(name) != NULL);
	}
	sqlite3_finalize(q);
	return good;
}

static bool
print_plans(void)
{
	bool good = true;

#define SQL(name, text) good = print_plan(#name, text) && good;
#include "vault/statements.def"
#undef SQL
	return good;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	bool good = true;

	if (strcmp(what, "fill") == 0 && argc == 4) {
		open_rig(argv[3]);
		fill_outbox(&rig, strtoull(argv[2], NULL, 10));
		vault_close(&rig.v);
	} else if (strcmp(what, "measure") == 0)
		measure(argv[2]);
	else if (strcmp(what, "plans") == 0) {
		open_rig(argv[2]);
		good = print_plans();
		vault_close(&rig.v);
	} else {
		fprintf(stderr, "usage: outbox_bench fill ROWS DIRECTORY |"
		    " measure DIRECTORY | plans DIRECTORY\n");
		return 64;
	}
	return good ? 0 : 1;
}
