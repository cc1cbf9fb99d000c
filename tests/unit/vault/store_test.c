/* The files of the vault: first start, wrong key, damage, full, read-only. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"
#include "vault_rig.h"

static const struct rig_report plain = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 1000, .size = 100000 };

static void
path_to(const struct rig *r, const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", r->dir, name);
}

static void
send_nothing(void *owner, enum role_id to, const struct message *m)
{
	(void)owner;
	(void)to;
	(void)m;
}

static bool
never_full(void *owner, enum role_id to)
{
	(void)owner;
	(void)to;
	return false;
}

/* What opening says, and what it logs, in a process of its own. */
static enum status
try_open(struct rig *r, char *log, size_t size)
{
	struct vault_exit out = { r, send_nothing, never_full };
	struct vault_settings settings = r->settings;
	int fds[2], status = 0;
	ssize_t n;
	size_t used = 0;
	pid_t pid;

	if (pipe(fds) != 0 || (pid = fork()) < 0)
		return ST_COUNT;
	if (pid == 0) {
		static struct vault v;

		dup2(fds[1], STDERR_FILENO);
		settings.read_clocks = NULL;
		_exit((int)vault_open(&v, &settings, &out));
	}
	close(fds[1]);
	while ((n = read(fds[0], log + used, size - 1 - used)) > 0)
		used += (size_t)n;
	log[used] = 0;
	close(fds[0]);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? (enum status)WEXITSTATUS(status) : ST_COUNT;
}

static uint64_t
hash_of(const char *path)
{
	uint64_t hash = 1469598103934665603u;
	FILE *f = fopen(path, "rb");
	int c;

	while (f != NULL && (c = fgetc(f)) != EOF)
		hash = (hash ^ (unsigned)c) * 1099511628211u;
	if (f != NULL)
		fclose(f);
	return hash;
}

static void
overwrite(const char *path, long at, const void *bytes, size_t len)
{
	FILE *f = fopen(path, "r+b");

	fseek(f, at, SEEK_SET);
	fwrite(bytes, 1, len, f);
	fclose(f);
}

/* A vault with a bundle in it, closed. */
static struct rig_result
filled(struct rig *r)
{
	struct rig_result got;

	rig_open(r);
	(void)rig_card(r, "CARD000001", 7, false, NULL);
	got = rig_deliver(r, &plain);
	vault_close(&r->v);
	return got;
}

static void
remove_all(struct rig *r)
{
	char command[128];

	rig_forget(r);
	snprintf(command, sizeof(command), "rm -rf %s", r->dir);
	if (system(command) != 0)
		printf("# rm failed\n");
}

static void
test_files(void)
{
	struct rig r;
	char path[128], head[16] = "";
	struct stat about;
	static const char *const names[] = { "root.key", "vault.id",
	    "vault.db", "clock.floor", "segment-000001" };
	FILE *f;

	(void)filled(&r);
	for (size_t i = 0; i < COUNT(names); i++) {
		path_to(&r, names[i], path, sizeof(path));
		ok(stat(path, &about) == 0 && (about.st_mode & 0777) == 0600,
		    "%s is there, for its owner only", names[i]);
	}
	path_to(&r, "vault.db", path, sizeof(path));
	f = fopen(path, "rb");
	ok(fread(head, 1, 16, f) == 16
	    && memcmp(head, "SQLite format 3", 15) != 0, "it is encrypted");
	fclose(f);
	remove_all(&r);
}

static void
test_wrong_key(void)
{
	struct rig r;
	char path[128], database[128], log[4096];
	uint8_t other[32] = { 1, 2, 3 };
	uint64_t before;

	(void)filled(&r);
	path_to(&r, "vault.db", database, sizeof(database));
	before = hash_of(database);
	path_to(&r, "root.key", path, sizeof(path));
	overwrite(path, 0, other, 32);
	ok(try_open(&r, log, sizeof(log)) == ST_FORGED, "another root.key");
	ok(strstr(log, "root.key is not the key vault.db was made with")
	    != NULL && strstr(log, "put the right root.key back") != NULL,
	    "is named, with what to do");
	path_to(&r, "vault.id", path, sizeof(path));
	unlink(path);
	ok(try_open(&r, log, sizeof(log)) == ST_CORRUPT,
	    "without vault.id it may be either");
	ok(strstr(log, "vault.db: cannot be opened") != NULL
	    && strstr(log, "root.key is not the key") != NULL, "says so");
	path_to(&r, "root.key", path, sizeof(path));
	unlink(path);
	ok(try_open(&r, log, sizeof(log)) == ST_NOT_FOUND,
	    "no root.key beside a database: none is made");
	ok(access(path, F_OK) != 0 && strstr(log, "root.key is missing")
	    != NULL, "says so");
	ok(hash_of(database) == before, "the database is as it was");
	remove_all(&r);
}

static void
test_key_file(void)
{
	struct rig r;
	char path[128], log[4096];

	(void)filled(&r);
	path_to(&r, "root.key", path, sizeof(path));
	chmod(path, 0644);
	ok(try_open(&r, log, sizeof(log)) == ST_DENIED
	    && strstr(log, "mode 0600") != NULL, "a root others can read");
	chmod(path, 0600);
	truncate(path, 31) == 0 ? (void)0 : abort();
	ok(try_open(&r, log, sizeof(log)) == ST_CORRUPT
	    && strstr(log, "not 32 bytes") != NULL, "a short root");
	remove_all(&r);
}

static void
test_damage(void)
{
	struct rig r;
	char path[128], log[4096];
	uint8_t noise[64];
	uint64_t before;

	(void)filled(&r);
	path_to(&r, "vault.db", path, sizeof(path));
	memset(noise, 0x5a, sizeof(noise));
	overwrite(path, 200, noise, sizeof(noise));
	before = hash_of(path);
	ok(try_open(&r, log, sizeof(log)) == ST_CORRUPT
	    && strstr(log, "vault.db") != NULL
	    && strstr(log, "restore both from the same backup") != NULL,
	    "a damaged first page is named, with what to do");
	ok(hash_of(path) == before, "and nothing was written");
	remove_all(&r);
	(void)filled(&r);
	path_to(&r, "segment-000001", path, sizeof(path));
	truncate(path, 1000) == 0 ? (void)0 : abort();
	ok(try_open(&r, log, sizeof(log)) == ST_OK
	    && strstr(log, "not whole on the disk and are kept back: 1;") != NULL
	    && strstr(log, "let the LIS send them again") != NULL,
	    "a short segment is no reason not to start; it is told");
	remove_all(&r);
}

static void
test_signing_key(void)
{
	struct rig r;
	char log[4096];

	rig_open(&r);
	(void)rig_sql(&r, "UPDATE box SET public_key = zeroblob(65)");
	vault_close(&r.v);
	ok(try_open(&r, log, sizeof(log)) == ST_CORRUPT
	    && strstr(log, "signing key cannot be read") != NULL,
	    "a signing key that does not fit its public half");
	remove_all(&r);
}

static void
test_floor_copies(void)
{
	struct rig r;
	char path[128];
	uint8_t noise[8] = { 0x7f, 0xff };
	uint64_t floor;

	(void)filled(&r);
	path_to(&r, "clock.floor", path, sizeof(path));
	overwrite(path, 0, noise, sizeof(noise));
	r.system_s = 1000;
	rig_reopen(&r, true);
	floor = r.v.clock.lo_s;
	ok(floor >= RIG_START_S && floor < RIG_START_S + 100,
	    "a forged floor file is not believed, the row is");
	rig_reopen(&r, false);
	(void)rig_sql(&r, "DELETE FROM clock");
	database_close(&r.v.db);
	segments_close(&r.v.segments);
	rig_reopen(&r, true);
	ok(r.v.clock.lo_s >= RIG_START_S, "a lost row is made up by the file");
	rig_close(&r);
}

/* A small file system of our own: the store fills up, then breathes again. */
static void
test_full_disk(void)
{
	struct rig r;
	struct rig_report report = plain;
	struct rig_result got = { .stored = ST_OK }, first = got;
	unsigned stored = 0;
	char dir[64];

	rig_open(&r);
	memcpy(dir, r.dir, sizeof(dir));
	vault_close(&r.v);
	if (mount("tmpfs", dir, "tmpfs", 0, "size=6m") != 0) {
		skip("a full disk", "mounting needs root");
		remove_all(&r);
		return;
	}
	r.settings.reserve_bytes = 1024 * 1024;
	rig_reopen(&r, true);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	while (stored < 250) {
		report.key = (uint8_t)(stored + 1);
		got = rig_deliver(&r, &report);
		if (got.stored != ST_OK)
			break;
		if (stored++ == 0)
			first = got;
	}
	ok(stored > 5 && got.stored == ST_DISK_FULL,
	    "a full partition answers DISK_FULL");
	ok(rig_read(&r, first.name) == ST_OK, "what was stored can be read");
	ok(rig_open_card(&r, "CARD000001", 7)->outcome == ST_OK,
	    "cards open, with their audit records");
	rig_wait(&r, RIG_WINDOW_S);
	(void)rig_sweep(&r);
	report.key = 251;
	got = first = rig_deliver(&r, &report);
	ok(got.stored == ST_OK, "what closes makes room again");
	r.settings.reserve_bytes = r.v.settings.reserve_bytes = 0;
	for (uint8_t i = 0; i < 80 && got.stored == ST_OK; i++) {
		report.key = i;
		got = rig_deliver(&r, &report);
	}
	ok(got.stored == ST_DISK_FULL, "without a reserve the kernel says it");
	ok(rig_open_card(&r, "CARD000001", 7)->outcome != ST_NOT_FOUND,
	    "and nothing is released without its record");
	rig_reopen(&r, true);
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE live = 1") > 0,
	    "it opens again, full as it is");
	ok(r.v.audit.tree.size == rig_sql(&r, "SELECT count(*) FROM audit"),
	    "the audit tree held");
	vault_close(&r.v);
	umount(dir);
	remove_all(&r);
}

static void
test_read_only(void)
{
	struct rig r;
	char log[4096];

	rig_open(&r);
	vault_close(&r.v);
	if (mount("tmpfs", r.dir, "tmpfs", 0, "size=6m") != 0) {
		skip("a read-only store", "mounting needs root");
		remove_all(&r);
		return;
	}
	rig_reopen(&r, true);
	vault_close(&r.v);
	if (mount(NULL, r.dir, NULL, MS_REMOUNT | MS_RDONLY, NULL) != 0)
		printf("# remounting failed\n");
	ok(try_open(&r, log, sizeof(log)) == ST_DENIED,
	    "a read-only partition is told at the start");
	ok(strstr(log, "vault.db") != NULL
	    && strstr(log, "mount the data partition read-write") != NULL,
	    "with what to do");
	umount(r.dir);
	remove_all(&r);
}

int
main(void)
{
	umask(077);	/* as the vault's process */
	test_files();
	test_wrong_key();
	test_key_file();
	test_damage();
	test_signing_key();
	test_floor_copies();
	test_full_disk();
	test_read_only();
	return done_testing();
}
