/*
 * vault_powerloss -- the vault loses power, is killed, or gets errors from
 * its disk, at every operation in turn; afterwards the same must hold:
 *
 *   - it opens,
 *   - what it had answered STORED is there, whole, with its ACK,
 *   - what it had answered as ended stays ended,
 *   - nothing is half there: an ACK means a bundle, a bundle its object,
 *   - a name that left the box is marked and on record, and while it may be
 *     in the drop something stands for it: its bundle, or a row that deletes,
 *   - what was to leave leaves, and nothing stays behind,
 *   - the audit tree is that of the records.
 *
 * vault_powerloss [--full] [--at OPERATION]
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "disk.h"
#include "drop_fake.h"
#include "tap.h"
#include "vault/bundle.h"
#include "vault_rig.h"

enum {
	PROMISES_MAX = 64, THERE_MAX = 16, WAIT_STEP_S = 15 * DAY_S, OPERATIONS_MAX = 20000
};

/* What may be found of one delivery's bundle. */
enum promise_state { MAY, MUST, MUST_NOT };

struct promise {
	uint8_t  name[32];
	uint64_t delivery;
	enum promise_state state, ack;
	int      after;			/* index + 1 of the one it replaces */
};

/* Shared with the child, so that it outlives it; one copy per operation
 * when recording. */
struct promises {
	struct promise row[PROMISES_MAX];
	int      n;
	/* Names in the drop: it cannot be unplugged with the box. */
	char     there[THERE_MAX][65];
	int      n_there;
	bool     opened;		/* the vault opened once */
	bool     finished;
	uint64_t system_s, boot_ms;
};

static struct promises *now;
static struct promises *at_operation;	/* [operation], when recording */
static unsigned n_snapshots;
static char work_dir[48], restored_dir[64];

/* --- the workload -------------------------------------------------------- */

/* What held until now, for the operations since the last change. */
static void
promise_changing(void)
{
	unsigned n = disk_operations();

	if (at_operation == NULL)
		return;
	if (n >= OPERATIONS_MAX)
		abort();
	while (n_snapshots <= n)
		at_operation[n_snapshots++] = *now;
}

static void
promise_changed(void)
{
	if (at_operation != NULL)
		at_operation[disk_operations()] = *now;
}

/* Until the answer is there, both before and after are allowed. */
static int
start_delivery(struct rig *r, uint8_t key, uint8_t content, size_t size,
    int replaces, enum release release, struct rig_result *got)
{
	struct rig_report report = { .card = "CARD000001", .key = key,
	    .patient = 1, .content = content, .version_ms = content,
	    .size = size, .release = release };
	struct promise *p = &now->row[now->n];

	*got = rig_begin(r, &report);
	if (got->opened == ST_OK)
		rig_seal(r, &report, got);
	memcpy(p->name, got->name, 32);
	p->delivery = got->delivery;
	p->state = p->ack = MUST_NOT;
	p->after = replaces + 1;
	return now->n++;
}

static void
before_commit(int index)
{
	struct promise *p = &now->row[index];

	promise_changing();
	p->state = p->ack = MAY;
	if (p->after > 0 && now->row[p->after - 1].state == MUST)
		now->row[p->after - 1].state = MAY;
	promise_changed();
}

static void
after_commit(struct rig *r, int index, bool seals)
{
	struct promise *p = &now->row[index];
	const struct message *m = NULL;
	bool stored = false;

	for (size_t i = 0; (m = rig_answer(r, MSG_DELIVERY_STORED, i)) != NULL;
	    i++) {
		if (m->delivery_stored.delivery == p->delivery)
			stored = m->delivery_stored.outcome == ST_OK;
	}
	promise_changing();
	if (stored) {
		p->state = seals ? MUST : MUST_NOT;
		p->ack = MUST;
		if (p->after > 0)
			now->row[p->after - 1].state = MUST_NOT;
	}	/* else: it failed, and what it was to replace may be either */
	promise_changed();
}

static void
commit(struct rig *r, const int *index, int n, bool seals)
{
	rig_forget(r);
	for (int i = 0; i < n; i++) {
		before_commit(index[i]);
		rig_take_commit(r, now->row[index[i]].delivery);
	}
	(void)vault_turn(&r->v);
	for (int i = 0; i < n; i++)
		after_commit(r, index[i], seals);
}

/* --- the drop -------------------------------------------------------------- */

static void
there_changes(const char *name, bool is_put)
{
	int at = 0;

	while (at < now->n_there && strcmp(now->there[at], name) != 0)
		at++;
	promise_changing();
	if (is_put && at == now->n_there) {
		if (now->n_there == THERE_MAX)
			abort();
		snprintf(now->there[now->n_there++], 65, "%s", name);
	} else if (!is_put && at < now->n_there)
		memcpy(now->there[at], now->there[--now->n_there], 65);
	promise_changed();
}

/* The courier at work: a name is in the drop from the moment it is handed
 * out, since nobody knows how much of an attempt arrived.  Every third answer
 * is lost, where it is not kind. */
static void
carry(struct rig *r, bool kindly)
{
	static uint8_t body[DROP_BODY_MAX];
	struct drop_job j;

	for (int i = 0; i < 40 && drop_take(r, CHANNEL_STORE, &j); i++) {
		if (j.kind != OUTBOX_DELETE) {
			there_changes(j.name, true);
			(void)drop_read(r, &j, body);
		} else
			there_changes(j.name, false);
		drop_end(r, &j, !kindly && i % 3 == 1 ? OUTCOME_DOWN : OUTCOME_DONE);
	}
}

static int
deliver(struct rig *r, uint8_t key, uint8_t content, size_t size,
    int replaces, enum release release)
{
	struct rig_result got;
	int index = start_delivery(r, key, content, size, replaces, release,
	    &got);

	commit(r, &index, 1, release == RELEASE_DELIVER);
	return index;
}

static void
open_here(struct rig *r)
{
	segments_init(&r->v.segments, r->dir, SEGMENT_BYTES_MAX);
	r->v.db.handle = NULL;
	rig_reopen(r, true);
	now->opened = true;
}

static struct rig *
make_rig(const char *dir)
{
	static struct rig r;

	r = (struct rig){ .system_s = RIG_START_S, .boot_ms = 5000 };
	snprintf(r.dir, sizeof(r.dir), "%s", dir);
	rig_settings(&r);
	memset(r.card_d.byte, 1, 32);
	if (p256_public_of(&r.card_d, &r.card_key) != ST_OK)
		abort();
	return &r;
}

/* Rows and segments, a batch, a correction, a withdrawal, an abort, a read,
 * the end of all windows, a restart, and a new beginning. */
static void
workload(struct rig *r)
{
	struct rig_result got;
	int batch[4], one;

	open_here(r);
	(void)rig_card_drop(r, "CARD000001", 7, 'L');
	batch[0] = start_delivery(r, 1, 1, 40000, -1, RELEASE_DELIVER, &got);
	batch[1] = start_delivery(r, 2, 1, 500, -1, RELEASE_DELIVER, &got);
	batch[2] = start_delivery(r, 3, 1, 90000, -1, RELEASE_DELIVER, &got);
	commit(r, batch, 3, true);
	carry(r, false);
	one = deliver(r, 1, 2, 45000, batch[0], RELEASE_DELIVER);
	(void)deliver(r, 2, 2, 0, batch[1], RELEASE_WITHDRAW);
	(void)start_delivery(r, 4, 1, 50000, -1, RELEASE_DELIVER, &got);
	(void)deliver(r, 5, 1, 60000, -1, RELEASE_DELIVER);
	vault_intake_lost(&r->v);
	carry(r, false);
	(void)rig_open_card(r, "CARD000001", 7);
	(void)rig_open_card(r, "CARD000001", 8);
	(void)rig_read(r, now->row[one].name);
	promise_changing();
	for (int i = 0; i < now->n; i++)	/* all windows close */
		now->row[i].state = MUST_NOT;
	now->system_s = RIG_START_S + WAIT_STEP_S;
	now->boot_ms = 5000 + WAIT_STEP_S * UINT64_C(1000);
	promise_changed();
	rig_wait(r, WAIT_STEP_S);
	(void)rig_sweep(r);
	carry(r, false);
	(void)deliver(r, 6, 1, 40000, -1, RELEASE_DELIVER);
	rig_reopen(r, false);
	carry(r, false);
	(void)deliver(r, 7, 1, 700, -1, RELEASE_DELIVER);
	(void)deliver(r, 8, 1, 70000, -1, RELEASE_DELIVER);
	now->finished = true;
}

/* --- what must hold ------------------------------------------------------ */

static int
complain(const char *what, int index)
{
	printf("# %s (delivery %d)\n", what, index);
	return 1;
}

static bool
has_ack(struct rig *r, uint64_t delivery)
{
	sqlite3_stmt *q = database_sql(&r->v.db, SQL_DELIVERY_GET);
	uint8_t key[32] = { 0 };
	bool found;

	memcpy(key, &delivery, sizeof(delivery));
	sql_bytes(q, 1, key, 32);
	sql_bytes(q, 2, key, 32);
	found = sql_next(q) == ST_OK;
	(void)sqlite3_reset(q);
	return found;
}

static int
check_promise(struct rig *r, const struct promises *p, int i)
{
	const struct promise *row = &p->row[i];
	enum status st = row->name[31] == 0 && row->name[1] == 0
	    ? ST_NOT_FOUND : rig_read(r, row->name);
	bool ack = has_ack(r, row->delivery);

	if (st != ST_OK && st != ST_NOT_FOUND)
		return complain("an object is half there", i);
	if (row->state == MUST && st != ST_OK)
		return complain("a stored object is lost", i);
	if (row->state == MUST_NOT && st == ST_OK)
		return complain("an object came back", i);
	if (row->ack == MUST && !ack)
		return complain("an ACK is lost", i);
	if (row->ack == MUST_NOT && ack)
		return complain("an ACK nobody gave", i);
	if (row->state == MAY && row->ack == MAY && row->after == 0
	    && ack != (st == ST_OK))
		return complain("ACK and bundle do not go together", i);
	/* Only of an old one that somebody was told is stored. */
	if (row->ack == MAY && row->after > 0 && !ack && row->state == MAY
	    && p->row[row->after - 1].ack == MUST
	    && p->row[row->after - 1].state == MAY
	    && rig_read(r, p->row[row->after - 1].name) != ST_OK)
		return complain("the old is gone, the new is not there", i);
	return 0;
}

static int
check_tree(struct rig *r)
{
	sqlite3_stmt *q = database_sql(&r->v.db, SQL_AUDIT_READ);
	struct merkle tree;
	uint8_t root[32], want[32];

	merkle_init(&tree);
	sql_u64(q, 1, 0);
	sql_u64(q, 2, 100000);
	while (sql_next(q) == ST_OK)
		merkle_add(&tree, col_blob(q, 1));
	merkle_root(&tree, root);
	merkle_root(&r->v.audit.committed, want);
	return memcmp(root, want, 32) == 0 ? 0
	    : complain("the audit tree is not that of the records", 0);
}

/* Every live row has keys that open and an object that can be read. */
static int
check_bundles(struct rig *r)
{
	uint8_t envelope[4096];
	uint64_t most = rig_sql(r, "SELECT coalesce(max(id), 0) FROM bundle");
	struct bundle b;
	int bad = 0;

	for (uint64_t id = 1; id <= most; id++) {
		struct buf out = buf_over(envelope, sizeof(envelope));

		if (bundle_load(&r->v, id, &b) != ST_OK || !b.live)
			continue;
		if (bundle_envelope(&r->v, &b, &out) != ST_OK
		    || !span_is(buf_span(&out),
		    "an-envelope-that-only-a-card-opens"))
			bad += complain("an envelope does not open", (int)id);
	}
	if (rig_sql(r, "SELECT count(*) FROM bundle WHERE live = 1") !=
	    rig_sql(r, "SELECT count(*) FROM seal"))
		bad += complain("rows without keys, or keys without rows", 0);
	return bad;
}

static int
check_rows(struct rig *r)
{
	static const struct {
		const char *sql, *what;
	} never[] = {
		{ "SELECT count(*) FROM bundle b WHERE b.live = 1 AND b.pushed = 0"
		  " AND b.holds = 0 AND NOT EXISTS (SELECT 1 FROM outbox"
		  " WHERE bundle = b.id AND kind = 0)",
		  "an open bundle has no row to leave by" },
		{ "SELECT count(*) FROM bundle b WHERE b.live = 1 AND b.pushed = 1"
		  " AND NOT EXISTS (SELECT 1 FROM outbox WHERE bundle = b.id)",
		  "a put that was not seen has no row" },
		{ "SELECT count(*) FROM outbox o JOIN bundle b ON b.id = o.bundle"
		  " WHERE (o.kind = 0) <> (b.live = 1)",
		  "a row that does not fit its bundle" },
		{ "SELECT count(*) FROM outbox WHERE kind = 0 AND left_box = 1"
		  " AND NOT EXISTS (SELECT 1 FROM bundle WHERE id = bundle"
		  " AND pushed > 0)", "a name left without a mark" },
		{ "SELECT (SELECT count(*) FROM bundle WHERE pushed > 0) <>"
		  " (SELECT count(*) FROM audit WHERE instr(CAST(line AS TEXT),"
		  " '\"ev\":\"publish\"') > 0)", "marks are not records" },
	};
	int bad = 0;

	for (size_t i = 0; i < COUNT(never); i++) {
		if (rig_sql(r, never[i].sql) != 0)
			bad += complain(never[i].what, (int)i);
	}
	return bad;
}

/* All that was there when the box fell, and what it does about it: when it is
 * done and all has closed, the index is left and nothing else. */
static int
check_drop(struct rig *r, const struct promises *p)
{
	bool had_card = rig_sql(r, "SELECT count(*) FROM card WHERE loc IS NOT "
	    "NULL") == 1;
	int bad = 0;

	memcpy(now->there, p->there, sizeof(p->there));
	now->n_there = p->n_there;
	rig_wait(r, WAIT_STEP_S);
	(void)rig_sweep(r);
	carry(r, true);
	rig_wait(r, 1000);	/* the second passes */
	carry(r, true);
	if (rig_sql(r, "SELECT count(*) FROM outbox WHERE channel = 0") != 0)
		bad += complain("rows that do not end", 0);
	if (now->n_there != (int)had_card
	    || (had_card && now->there[0][0] != 'i'))
		bad += complain("something stays in the drop", now->n_there);
	return bad;
}

static int
check(const char *dir, const struct promises *p)
{
	struct rig *r = make_rig(dir);
	int bad = 0;

	if (p->system_s != 0) {
		r->system_s = p->system_s;
		r->boot_ms = p->boot_ms;
	}
	open_here(r);
	for (int i = 0; i < p->n; i++)
		bad += check_promise(r, p, i);
	bad += check_tree(r) + check_bundles(r) + check_rows(r);
	r->next = 200;	/* and it goes on working */
	(void)rig_card_drop(r, "CARD000001", 7, 'L');
	if (deliver(r, 99, 1, 50000, -1, RELEASE_DELIVER) < 0
	    || now->row[now->n - 1].state != MUST)
		bad += complain("it takes nothing any more", 0);
	bad += check_drop(r, p);
	vault_close(&r->v);
	return bad;
}

/* In a process of its own: true if everything holds. */
static bool
holds(const char *dir, const struct promises *p)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		at_operation = NULL;
		*now = (struct promises){ .n = 0 };
		exit(check(dir, p) == 0 ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* --- losing power -------------------------------------------------------- */

static bool
is_worth_it(unsigned at, bool full)
{
	/* Around every sync, and every seventh otherwise. */
	return full || at % 7 == 0 || disk_is_sync(at) || disk_is_sync(at + 1);
}

static void
test_power(bool full, unsigned only)
{
	static const char *const what[] = {
		[DISK_NONE] = "unsynced writes all lost",
		[DISK_SOME] = "unsynced writes lost or torn by chance",
		[DISK_ALL]  = "unsynced writes all there (kill -9)",
	};
	unsigned operations, points = 0, good[3] = { 0 };

	at_operation = calloc(OPERATIONS_MAX + 1, sizeof(*at_operation));
	disk_start(work_dir, true, (struct disk_fault){ 0 });
	workload(make_rig(work_dir));
	disk_stop();
	operations = disk_operations();
	promise_changing();
	for (unsigned at = 1; at <= operations; at++) {
		if (only != 0 ? at != only : !is_worth_it(at, full))
			continue;
		points++;
		for (enum disk_rest rest = DISK_NONE; rest <= DISK_ALL; rest++) {
			disk_restore(restored_dir, at, rest, at);
			if (holds(restored_dir, &at_operation[at]))
				good[rest]++;
			else
				printf("# ... at operation %u: %s\n", at,
				    what[rest]);
		}
	}
	free(at_operation);
	at_operation = NULL;
	for (enum disk_rest rest = DISK_NONE; rest <= DISK_ALL; rest++)
		ok(good[rest] == points, "%u of %u operations, %s: all holds",
		    points, operations, what[rest]);
}

/* --- being killed, and errors -------------------------------------------- */

/* Runs the workload with a fault in a child; its exit status. */
static int
run_with(struct disk_fault fault, bool quiet)
{
	char command[256];
	int status = 0;
	pid_t pid;

	snprintf(command, sizeof(command), "rm -rf %s && mkdir -m 700 %s",
	    work_dir, work_dir);
	if (system(command) != 0)
		abort();
	*now = (struct promises){ .n = 0 };
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (quiet && (freopen("/dev/null", "w", stderr) == NULL
		    || freopen("/dev/null", "w", stdout) == NULL))
			abort();
		disk_start(work_dir, false, fault);
		workload(make_rig(work_dir));
		_exit(disk_operations() < fault.at ? 77 : 0);
	}
	waitpid(pid, &status, 0);
	return status;
}

static void
test_kill(bool full)
{
	unsigned seed = 1, killed = 0, good = 0;
	unsigned at = 1;

	for (;; at += full ? 1 : 1 + (unsigned)rand_r(&seed) % 40) {
		struct promises promised;
		int status = run_with((struct disk_fault){ .at = at }, true);

		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
			break;
		promised = *now;
		killed++;
		if (holds(work_dir, &promised))
			good++;
		else
			printf("# ... killed at operation %u\n", at);
	}
	ok(killed > 10 && good == killed,
	    "killed at %u operations: all holds", killed);
}

static void
test_errors(int error, bool stays, bool syncs, const char *what, bool full)
{
	unsigned seed = 2, tried = 0, good = 0, at = 1;

	for (;; at += full || syncs ? 1 : 1 + (unsigned)rand_r(&seed) % 30) {
		struct promises promised;
		int status = run_with((struct disk_fault){ .at = at,
		    .error = error, .stays = stays, .syncs = syncs }, true);
		bool refused = WIFEXITED(status) && (WEXITSTATUS(status) == 1
		    || WEXITSTATUS(status) == 71);

		if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
			break;
		promised = *now;
		tried++;
		/* It may refuse to open; it may not crash, or lose anything. */
		if (WIFEXITED(status) && (refused || promised.finished)
		    && holds(work_dir, &promised))
			good++;
		else
			printf("# ... %s at operation %u (status %x)\n", what,
			    at, (unsigned)status);
	}
	ok(tried > 10 && good == tried, "%s at %u operations: all holds", what,
	    tried);
}

/* What a failed sync leaves in the journal may be found by the next start:
 * what was taken back meanwhile must not be missed then. */
static void
test_error_then_kill(void)
{
	unsigned tried = 0, good = 0, ended = 0;

	for (unsigned at = 1; ended == 0; at++) {
		for (unsigned killed = 1; killed <= 4; killed++) {
			struct promises promised;
			int status = run_with((struct disk_fault){ .at = at,
			    .error = EIO, .syncs = true,
			    .killed = killed }, true);

			ended += WIFEXITED(status)
			    && WEXITSTATUS(status) == 77;
			promised = *now;
			tried++;
			if (holds(work_dir, &promised))
				good++;
			else
				printf("# ... EIO from sync %u, killed %u "
				    "later\n", at, killed);
		}
	}
	ok(tried > 40 && good == tried,
	    "EIO from one sync, then killed, %u times: all holds", tried);
}

int
main(int argc, char **argv)
{
	bool full = false;
	unsigned only = 0;
	char command[256];

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--full") == 0)
			full = true;
		else if (strcmp(argv[i], "--at") == 0 && i + 1 < argc)
			only = (unsigned)strtoul(argv[++i], NULL, 10);
	}
	umask(077);	/* as the vault's process */
	now = mmap(NULL, sizeof(*now), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(work_dir, sizeof(work_dir), "/dev/shm/vault-power-%d",
	    (int)getpid());
	snprintf(restored_dir, sizeof(restored_dir), "%s-restored", work_dir);
	snprintf(command, sizeof(command), "mkdir -m 700 %s", work_dir);
	if (now == MAP_FAILED || system(command) != 0)
		return 1;
	test_power(full, only);
	if (only == 0) {
		test_kill(full);
		test_error_then_kill();
		test_errors(EIO, false, true, "EIO from one sync", full);
		test_errors(EIO, false, false, "one EIO", full);
		test_errors(EIO, true, false, "EIO for ever", full);
		test_errors(ENOSPC, false, false, "one ENOSPC", full);
		test_errors(ENOSPC, true, false, "ENOSPC for ever", full);
	}
	snprintf(command, sizeof(command), "rm -rf %s %s", work_dir,
	    restored_dir);
	if (system(command) != 0)
		printf("# rm failed\n");
	return done_testing();
}
