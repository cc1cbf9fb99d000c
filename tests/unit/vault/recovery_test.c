/* Rows that name bytes which are not there, and syncs that cannot be had. */
#include "vault/recovery.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"
#include "vault_rig.h"

static const struct rig_report big = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 1000, .size = 100000 };

/* The linker puts this between the vault and the kernel. */
static int write_error;			/* errno of every write; 0: none */
ssize_t __real_pwrite(int fd, const void *bytes, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t at);

ssize_t
__wrap_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	if (write_error == 0)
		return __real_pwrite(fd, bytes, len, at);
	errno = write_error;
	return -1;
}

/* --- a file that is not what it was -------------------------------------- */

enum damage { CUT, REMOVED, BLANKED };

static void
run(const char *format, const struct rig *r)
{
	char command[256];

	snprintf(command, sizeof(command), format, r->dir, r->dir);
	if (system(command) != 0)
		abort();
}

static void
damage(const struct rig *r, enum damage how)
{
	run("cp %s/segment-000001 %s/saved", r);
	if (how == CUT)
		run("truncate -s 150000 %s/segment-000001", r);
	else if (how == REMOVED)
		run("rm %s/segment-000001", r);
	else
		run("dd if=/dev/zero of=%s/segment-000001 bs=1000 seek=150 "
		    "count=2 conv=notrunc status=none", r);
}

/* Two big objects, one after the other; the second (or both) is damaged. */
static struct rig_result
damaged(struct rig *r, enum damage how, struct rig_result *first)
{
	struct rig_report report = big;
	struct rig_result got;

	rig_open(r);
	(void)rig_card(r, "CARD000001", 7, false, NULL);
	*first = rig_deliver(r, &report);
	report.key = 2;
	got = rig_deliver(r, &report);
	vault_close(&r->v);
	damage(r, how);
	rig_reopen(r, true);
	return got;
}

/* What the LIS does that was told AA for it, or that was told nothing. */
static struct rig_result
repeat(struct rig *r, const struct rig_result *old)
{
	struct rig_report report = big;

	report.key = 2;
	r->next = old->delivery - 1;
	return rig_deliver(r, &report);
}

static void
test_quarantine(enum damage how, unsigned lost, const char *what)
{
	struct rig r;
	struct rig_result first, second, again;

	second = damaged(&r, how, &first);
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE damaged = 1")
	    == lost, "%s: it starts, %u in quarantine", what, lost);
	ok(rig_audit(&r, "\"ev\":\"quarantine\"") == lost
	    && rig_audit(&r, second.bid) >= 2, "each with its record");
	ok(rig_read(&r, second.name) == ST_NOT_FOUND, "nobody gets it");
	ok((rig_read(&r, first.name) == ST_OK) == (lost == 1),
	    "what is whole can be read");
	ok(rig_open_card(&r, "CARD000001", 7)->bundles == 2 - lost,
	    "it is not listed");
	again = repeat(&r, &second);
	ok(again.begun == ST_OK && again.opened == ST_OK
	    && again.stored == ST_OK, "the repetition is stored as new");
	ok(rig_read(&r, again.name) == ST_OK, "and can be read");
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE damaged = 1")
	    == lost - 1, "the damaged one is superseded");
	again = repeat(&r, &second);
	ok(again.begun == ST_EXISTS, "the next repetition gets the ACK");
	rig_reopen(&r, true);
	ok(rig_read(&r, second.name) == ST_OK
	    && rig_audit(&r, "\"ev\":\"quarantine\"") == lost,
	    "the next start finds nothing new");
	rig_close(&r);
}

static void
test_file_comes_back(void)
{
	struct rig r;
	struct rig_result first, second;

	second = damaged(&r, CUT, &first);
	vault_close(&r.v);
	run("mv %s/saved %s/segment-000001", &r);
	rig_reopen(&r, true);
	ok(rig_read(&r, second.name) == ST_OK
	    && rig_audit(&r, "\"res\":\"whole\"") == 1,
	    "a file that comes back ends the quarantine");
	rig_close(&r);
}

static void
test_quarantine_closes(void)
{
	struct rig r;
	struct rig_result first;

	(void)damaged(&r, REMOVED, &first);
	rig_wait(&r, RIG_WINDOW_S);
	(void)rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE live = 1"
	    " OR damaged = 1") == 0, "its window closes like any other's");
	rig_close(&r);
}

/* --- syncs ---------------------------------------------------------------- */

/* Killed after a delivery: the journal holds it. */
static void
deliver_and_die(struct rig *r, const struct rig_report *report, int error)
{
	struct rig_result got;

	rig_reopen(r, true);
	got = rig_begin(r, report);
	rig_seal(r, report, &got);
	rig_take_commit(r, got.delivery);
	write_error = error;
	(void)vault_turn(&r->v);
	_exit(0);
}

static int
in_a_child(struct rig *r, const struct rig_report *report, int error)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		deliver_and_die(r, report, error);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
closed_rig(struct rig *r)
{
	rig_open(r);
	(void)rig_card(r, "CARD000001", 7, false, NULL);
	vault_close(&r->v);
}

static void
test_nothing_is_told_unsettled(void)
{
	struct rig r;

	closed_rig(&r);
	ok(in_a_child(&r, &big, 0) == 0, "killed with a full journal");
	write_error = ENOSPC;
	rig_reopen(&r, true);
	write_error = 0;
	ok(!vault_is_settled(&r.v), "no room: the journal stays");
	r.next = 0;
	ok(rig_begin(&r, &big).begun == ST_BUSY,
	    "what is found again is not acknowledged yet");
	ok(rig_begin(&r, &big).begun == ST_BUSY, "nothing new is taken");
	vault_tick(&r.v);
	ok(vault_is_settled(&r.v), "with room it is written back");
	r.next = 0;
	ok(rig_begin(&r, &big).begun == ST_EXISTS, "then it is acknowledged");
	rig_close(&r);
}

static void
test_commit_fails(void)
{
	struct rig r;
	struct rig_report small = big;

	small.size = 500;
	closed_rig(&r);
	ok(in_a_child(&r, &small, EIO) == 71,
	    "a commit that may have been written ends the process");
	ok(in_a_child(&r, &small, ENOSPC) == 0,
	    "one that was surely not does not");
	rig_reopen(&r, true);
	rig_close(&r);
}

int
main(void)
{
	umask(077);
	test_quarantine(CUT, 1, "cut");
	test_quarantine(BLANKED, 1, "blanked");
	test_quarantine(REMOVED, 2, "removed");
	test_file_comes_back();
	test_quarantine_closes();
	test_nothing_is_told_unsettled();
	test_commit_fails();
	return done_testing();
}
