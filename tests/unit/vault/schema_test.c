/* Every step of the schema, from 1 to the newest, on a database that has
 * rows in it already. */
#include "vault/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static char dir[64], path[128];
static struct secret_32 key;

static void
start(struct database *db)
{
	snprintf(dir, sizeof(dir), "/tmp/schema-test-XXXXXX");
	if (mkdtemp(dir) == NULL)
		abort();
	snprintf(path, sizeof(path), "%s/vault.db", dir);
	memset(key.byte, 5, sizeof(key.byte));
	if (database_open(db, path, &key) != ST_OK)
		abort();
}

static void
end(struct database *db)
{
	char command[128];

	database_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command) != 0)
		printf("# rm failed\n");
}

static int
number(struct database *db, const char *sql)
{
	sqlite3_stmt *q = NULL;
	int n = -1;

	if (sqlite3_prepare_v2(db->handle, sql, -1, &q, NULL) == SQLITE_OK
	    && sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return n;
}

static void
test_numbers(void)
{
	bool in_order = true;

	for (unsigned i = 0; i < schema_newest(); i++)
		in_order = in_order && migrations[i].version == i + 1;
	ok(in_order, "steps count from 1 without gaps");
}

static void
test_step_by_step(void)
{
	struct database db;

	start(&db);
	ok(schema_migrate(&db, 1) == ST_OK
	    && number(&db, "PRAGMA user_version") == 1, "version 1");
	ok(database_exec(&db, "INSERT INTO audit VALUES (0, x'7b7d')")
	    == ST_OK, "a row of version 1");
	for (unsigned to = 2; to <= schema_newest(); to++) {
		database_close(&db);
		ok(database_open(&db, path, &key) == ST_OK
		    && schema_migrate(&db, to) == ST_OK
		    && number(&db, "PRAGMA user_version") == (int)to,
		    "version %u", to);
	}
	ok(number(&db, "SELECT count(*) FROM audit") == 1, "the row is there");
	ok(schema_migrate(&db, schema_newest()) == ST_OK, "twice is nothing");
	ok(number(&db, "SELECT count(*) FROM pragma_integrity_check()"
	    " WHERE integrity_check = 'ok'") == 1, "the integrity check holds");
	end(&db);
}

/* What was withheld before version 9 stays so, and can be lifted. */
static void
test_holds_of_old(void)
{
	struct database db;

	start(&db);
	ok(schema_migrate(&db, 8) == ST_OK && database_exec(&db,
	    "INSERT INTO card (id, number, lab, state, public_key, token_hash,"
	    " rounds, created_s, expires_s, actor) VALUES (1,"
	    " zeroblob(10), 0, 0, zeroblob(65), zeroblob(32), 1, 1, 9, x'');"
	    "INSERT INTO report (id, key, patient, content, version_ms, state,"
	    " release, status, touched_s) VALUES (7, zeroblob(32),"
	    " zeroblob(32), zeroblob(32), 1234, 2, 0, 0, 55);"
	    "INSERT INTO bundle (id, bid, card, report, seq, live, lab, release,"
	    " status, exams, stored_s, opens_s, closes_s, closes_on_s, size)"
	    " VALUES (1, randomblob(16), 1, 7, 1, 1, 0, 0, 0, 1, 1, 1, 88, 9, 1),"
	    " (2, randomblob(16), 1, 7, 2, 1, 0, 1, 3, 1, 1, 1, 88, 9, 1),"
	    " (3, randomblob(16), 1, 7, 3, 1, 0, 1, 0, 1, 1, 1, 88, 9, 1)")
	    == ST_OK, "bundles of version 8");
	ok(schema_migrate(&db, 9) == ST_OK
	    && number(&db, "SELECT holds = 0 FROM bundle WHERE id = 1") == 1
	    && number(&db, "SELECT holds = 1 FROM bundle WHERE id = 2") == 1
	    && number(&db, "SELECT holds = 64 FROM bundle WHERE id = 3") == 1
	    && number(&db, "SELECT count(*) FROM bundle WHERE held_for = holds"
	    " AND closes_max_s = 88 AND version_ms = 1234") == 3,
	    "R31 keep what they were withheld for");
	ok(number(&db, "SELECT withheld FROM tally") == 2
	    && database_exec(&db, "UPDATE bundle SET holds = 0 WHERE id = 3")
	    == ST_OK && number(&db, "SELECT withheld FROM tally") == 1
	    && database_exec(&db, "UPDATE bundle SET live = 0 WHERE id = 2")
	    == ST_OK && number(&db, "SELECT withheld FROM tally") == 0,
	    "and are counted");
	ok(number(&db, "SELECT count(*) FROM quarantine WHERE blocks = 1"
	    " AND at_s = 55") == 1, "R33 a quarantine of old can be cleared");
	end(&db);
}

/* Nothing of before version 10 was ever sent out, and nothing of it is. */
static void
test_drop_of_old(void)
{
	struct database db;

	start(&db);
	ok(schema_migrate(&db, 9) == ST_OK && database_exec(&db,
	    "INSERT INTO card (id, number, lab, state, public_key, token_hash,"
	    " rounds, created_s, expires_s, actor) VALUES (1,"
	    " zeroblob(10), 0, 0, zeroblob(65), zeroblob(32), 1, 1, 9, x'');"
	    "INSERT INTO bundle (id, bid, card, report, seq, live, lab, release,"
	    " status, exams, stored_s, opens_s, closes_s, closes_on_s, size)"
	    " VALUES (1, randomblob(16), 1, 7, 1, 1, 0, 0, 0, 1, 1, 1, 88, 9, 1)")
	    == ST_OK, "a card and a bundle of version 9");
	ok(schema_migrate(&db, 10) == ST_OK
	    && number(&db, "SELECT count(*) FROM card WHERE loc IS NULL AND"
	    " drop_sk IS NULL AND day_code IS NULL AND is_secret = 0") == 1
	    && number(&db, "SELECT count(*) FROM bundle WHERE pushed = 0 AND"
	    " late = 0 AND told = 0") == 1
	    && number(&db, "SELECT (SELECT count(*) FROM outbox) +"
	    " (SELECT count(*) FROM host) + (SELECT count(*) FROM contact) +"
	    " (SELECT count(*) FROM alarm)") == 0,
	    "have no drop variant, and nothing waits to leave");
	ok(database_exec(&db, "INSERT INTO outbox (channel, kind, name, card,"
	    " made_s, due_s) VALUES (0, 0, zeroblob(32), 1, 1, 1)") == ST_OK
	    && database_exec(&db, "INSERT INTO outbox (channel, kind, name, card,"
	    " made_s, due_s) VALUES (0, 2, zeroblob(32), 1, 1, 1)") != ST_OK
	    && database_exec(&db, "INSERT INTO outbox (channel, kind, name, card,"
	    " made_s, due_s) VALUES (0, 0, zeroblob(31), 1, 1, 1)") != ST_OK,
	    "a name has one row");
	end(&db);
}

/* Every statement of the table fits the schema; a wrong one would die. */
static void
test_statements(void)
{
	struct database db;

	start(&db);
	ok(schema_migrate(&db, schema_newest()) == ST_OK, "all at once");
	for (enum sql_id id = 0; id < SQL_COUNT; id++)
		(void)database_sql(&db, id);
	ok(true, "every statement prepares");
	end(&db);
}

static void
test_failure_leaves_nothing(void)
{
	struct database db;

	start(&db);
	ok(database_exec(&db, "CREATE TABLE card (id)") == ST_OK, "in the way");
	ok(schema_migrate(&db, schema_newest()) != ST_OK, "step 2 fails");
	ok(number(&db, "PRAGMA user_version") == 1
	    && number(&db, "SELECT count(*) FROM sqlite_schema WHERE "
	    "name = 'throttle'") == 0, "and leaves nothing of it");
	end(&db);
}

static void
test_newer_program(void)
{
	struct database db;

	start(&db);
	ok(schema_migrate(&db, schema_newest()) == ST_OK
	    && database_exec(&db, "PRAGMA user_version = 999") == ST_OK
	    && schema_migrate(&db, schema_newest()) == ST_UNSUPPORTED,
	    "a newer schema is left alone");
	end(&db);
}

static void
test_pragmas(void)
{
	struct database db;

	start(&db);
	ok(schema_migrate(&db, schema_newest()) == ST_OK, "a database");
	ok(number(&db, "PRAGMA synchronous") == 2, "synchronous is FULL");
	ok(number(&db, "PRAGMA secure_delete") == 1, "secure_delete");
	ok(number(&db, "PRAGMA foreign_keys") == 1, "foreign_keys");
	ok(number(&db, "PRAGMA page_size") == 4096, "page_size");
	ok(number(&db, "SELECT journal_mode = 'wal' FROM pragma_journal_mode")
	    == 1, "the journal is a WAL");
	end(&db);
}

int
main(void)
{
	test_numbers();
	test_step_by_step();
	test_statements();
	test_holds_of_old();
	test_drop_of_old();
	test_failure_leaves_nothing();
	test_newer_program();
	test_pragmas();
	return done_testing();
}
