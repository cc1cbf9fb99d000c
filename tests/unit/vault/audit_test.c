#include "vault/audit.h"

#include "tap.h"
#include "vault_rig.h"

static void
test_line(void)
{
	struct rig r;
	char line[512] = "";
	sqlite3_stmt *q;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	q = database_sql(&r.v.db, SQL_AUDIT_READ);
	sql_u64(q, 1, 0);
	sql_u64(q, 2, 1);
	ok(sql_next(q) == ST_OK, "the first record");
	memcpy(line, col_blob(q, 1).ptr, col_blob(q, 1).len);
	(void)sqlite3_reset(q);
	ok(strcmp(line, "{\"v\":1,\"seq\":0,\"boot\":1,\"mono_ms\":5000,"
	    "\"t\":1798761600,\"tq\":2,\"ev\":\"start\",\"actor\":{\"k\":\"box"
	    "\",\"id\":\"\"},\"obj\":\"\",\"ch\":\"box\",\"res\":\"ok\",\"det\""
	    ":{\"schema\":10}}") == 0, "is exactly the stated line");
	rig_close(&r);
}

static void
test_networks(void)
{
	static const struct {
		uint8_t peer[16];
		const char *want;
	} rows[] = {
		{ { [10] = 255, 255, 127, 0, 0, 1 }, "lan" },
		{ { [10] = 255, 255, 10, 9, 8, 7 }, "lan" },
		{ { [10] = 255, 255, 172, 16, 0, 1 }, "lan" },
		{ { [10] = 255, 255, 172, 32, 0, 1 }, "172.32.0.0/24" },
		{ { [10] = 255, 255, 192, 168, 3, 4 }, "lan" },
		{ { [10] = 255, 255, 203, 0, 113, 77 }, "203.0.113.0/24" },
		{ { [15] = 1 }, "lan" },
		{ { 0xfe, 0x80, [15] = 9 }, "lan" },
		{ { 0xfd, 1, [15] = 9 }, "lan" },
		{ { 0x20, 1, 0x0d, 0xb8, 0, 7, 1, 2 }, "2001:db8:7::/48" },
	};
	char network[64];

	for (size_t i = 0; i < COUNT(rows); i++) {
		audit_network(rows[i].peer, network);
		ok(strcmp(network, rows[i].want) == 0, "%s", rows[i].want);
	}
}

/* A log that lost a record does not open. */
static void
test_lost_record(void)
{
	struct rig r;
	struct audit again;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	ok(audit_open(&again, &r.v.db, &r.v.clock) == ST_OK
	    && again.tree.size == 2, "the frontier was stored");
	(void)rig_sql(&r, "DELETE FROM audit WHERE seq = 1");
	ok(audit_open(&again, &r.v.db, &r.v.clock) == ST_CORRUPT,
	    "a record less is noticed");
	(void)rig_sql(&r, "DELETE FROM audit_tree");
	ok(audit_open(&again, &r.v.db, &r.v.clock) == ST_CORRUPT,
	    "so is a lost frontier");
	rig_close(&r);
}

int
main(void)
{
	test_line();
	test_networks();
	test_lost_record();
	return done_testing();
}
