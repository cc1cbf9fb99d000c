/*
 * Files of other programs, and ours in their hands: Debian's sqlcipher, which
 * is on OpenSSL and writes format 3 (SHA-1), and format4.py, which follows the
 * description of format 4 (SHA-512), the one the vault uses.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "tap.h"

#define FORMAT4 "/usr/bin/python3 tests/unit/sqlcipher/format4.py"
#define RAW \
	"x'603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4'"

static char path[64];

/* Runs a command; its output, without the last newline, goes to `out`. */
static bool
run(char *out, size_t max, const char *command)
{
	FILE *pipe = popen(command, "r");
	size_t len;

	if (pipe == NULL)
		return false;
	len = fread(out, 1, max - 1, pipe);
	if (len > 0 && out[len - 1] == '\n')
		len--;
	out[len] = '\0';
	return pclose(pipe) == 0;
}

/* Opens `path` with our provider and runs `sql`; the row goes to `out`. */
static int
run_sql(const char *key, int format, const char *sql, char *out, size_t max)
{
	char pragma[200];
	sqlite3 *db = NULL;
	sqlite3_stmt *query = NULL;
	int code;

	snprintf(pragma, sizeof(pragma),
	    "PRAGMA key = \"%s\"; PRAGMA cipher_compatibility = %d", key,
	    format);
	code = sqlite3_open(path, &db);
	if (code == SQLITE_OK)
		code = sqlite3_exec(db, pragma, NULL, NULL, NULL);
	if (code == SQLITE_OK && out == NULL)
		code = sqlite3_exec(db, sql, NULL, NULL, NULL);
	if (out != NULL && code == SQLITE_OK)
		code = sqlite3_prepare_v2(db, sql, -1, &query, NULL);
	if (out != NULL && code == SQLITE_OK &&
	    (code = sqlite3_step(query)) == SQLITE_ROW)
		snprintf(out, max, "%s",
		    (const char *)sqlite3_column_text(query, 0));
	sqlite3_finalize(query);
	sqlite3_close(db);
	return code;
}

static void
expect_ours(const char *peer, const char *key, int format, const char *want)
{
	char got[64] = "";

	ok(run_sql(key, format, "SELECT a FROM t", got, sizeof(got)) ==
	    SQLITE_ROW && strcmp(got, want) == 0,
	    "we read what %s wrote, key %.8s", peer, key);
	ok(run_sql("another", format, "SELECT a FROM t", got, sizeof(got)) ==
	    SQLITE_NOTADB, "the wrong key is SQLITE_NOTADB, %s", peer);
}

static void
write_ours(const char *key, int format)
{
	unlink(path);
	if (run_sql(key, format, "CREATE TABLE t (a TEXT);"
	    "INSERT INTO t VALUES ('from guichet')", NULL, 0) != SQLITE_OK)
		printf("# could not write format %d\n", format);
}

static void
test_debian(const char *key)
{
	char command[400], out[200];

	unlink(path);
	snprintf(command, sizeof(command), "sqlcipher %s \"PRAGMA key = "
	    "\\\"%s\\\"; CREATE TABLE t (a TEXT); INSERT INTO t VALUES "
	    "('from debian')\" 2>&1", path, key);
	if (!run(out, sizeof(out), command))
		printf("# sqlcipher: %s\n", out);
	expect_ours("Debian's sqlcipher", key, 3, "from debian");

	write_ours(key, 3);
	snprintf(command, sizeof(command), "sqlcipher %s \"PRAGMA key = "
	    "\\\"%s\\\"; SELECT a FROM t\" 2>&1", path, key);
	ok(run(out, sizeof(out), command) &&
	    strstr(out, "from guichet") != NULL,
	    "Debian's sqlcipher reads what we wrote, key %.8s", key);
}

static void
test_format4(const char *key)
{
	char command[300], out[200];

	unlink(path);
	snprintf(command, sizeof(command), FORMAT4 " write %s \"%s\" 2>&1",
	    path, key);
	if (!run(out, sizeof(out), command))
		printf("# format4.py: %s\n", out);
	expect_ours("format4.py", key, 4, "from python");

	write_ours(key, 4);
	snprintf(command, sizeof(command), FORMAT4 " read %s \"%s\" 2>&1",
	    path, key);
	ok(run(out, sizeof(out), command) && strcmp(out, "from guichet") == 0,
	    "format4.py reads what we wrote, key %.8s (%s)", key, out);
}

int
main(void)
{
	char out[200];

	snprintf(path, sizeof(path), "/tmp/interop_test.%d.db", getpid());
	if (run(out, sizeof(out), "command -v sqlcipher")) {
		test_debian("opensesame");
		test_debian(RAW);
	} else {
		skip("Debian's sqlcipher", "not installed; make deps");
	}
	test_format4("opensesame");
	test_format4(RAW);
	unlink(path);
	return done_testing();
}
