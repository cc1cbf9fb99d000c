/* What the box itself has written into the audit log. */
#include "vault/event.h"

#include "ipc/update.h"
#include "tap.h"
#include "vault_rig.h"

static void
take(struct rig *r, const struct message *m)
{
	rig_take(r, m);
	(void)vault_turn(&r->v);
}

static void
test_booted(void)
{
	struct rig r;
	struct message m = { .id = MSG_BOX_BOOTED, .box_booted = {
		.version = span_of("1.4.0"), .release = 14, .slot = 1,
		.reset = span_of("kernel panic: \"oops\""),
		.change = span_of("") } };

	rig_open(&r);
	take(&r, &m);
	ok(rig_audit(&r, "\"ev\":\"box.boot\"") == 1 && rig_audit(&r,
	    "\"version\":\"1.4.0\",\"release\":14,\"slot\":\"b\","
	    "\"reset\":\"kernel panic: \\\"oops\\\"\",\"change\":\"\"}") == 1,
	    "a start of the box");
	take(&r, &m);
	ok(rig_audit(&r, "\"ev\":\"box.boot\"") == 2, "each of them");
	rig_close(&r);
}

static void
test_update(void)
{
	static const char *const words[] = { "armed", "refused", "rollback" };
	struct rig r;
	struct message m = { .id = MSG_UPDATE_EVENT, .update_event = {
		.release = 15, .version = span_of("1.5.0"),
		.why = span_of("older than the floor") } };
	const struct message *noted;

	rig_open(&r);
	for (unsigned kind = 0; kind < UPDATE_EVENTS; kind++) {
		char text[64];

		m.update_event.kind = kind;
		rig_forget(&r);
		rig_take(&r, &m);
		ok(rig_count(&r, MSG_UPDATE_NOTED) == 0,
		    "%s: no answer before it is durable", words[kind]);
		(void)vault_turn(&r.v);
		snprintf(text, sizeof(text), "\"res\":\"%s\"", words[kind]);
		noted = rig_answer(&r, MSG_UPDATE_NOTED, 0);
		ok(rig_audit(&r, text) == 1 && noted != NULL &&
		    noted->update_noted.kind == kind &&
		    noted->update_noted.outcome == ST_OK,
		    "%s: a record, and the updater hears of it", words[kind]);
	}
	ok(rig_audit(&r, "{\"release\":15,\"version\":\"1.5.0\","
	    "\"why\":\"older than the floor\"}") == 3, "what, and why");
	rig_close(&r);
}

int
main(void)
{
	test_booted();
	test_update();
	return done_testing();
}
