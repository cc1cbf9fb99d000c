/* What the courier does, or does not do, and in which order. */
#include "vault/outbox_row.h"

#include <stdio.h>

#include "drop_fake.h"
#include "tap.h"
#include "vault/job.h"
#include "vault/sweep.h"

static const struct rig_report plain = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 1000, .size = 1000 };

static uint8_t body[DROP_BODY_MAX];

/* A card whose index is there. */
static void
start(struct rig *r, struct drop_store *s)
{
	*s = (struct drop_store){ .n = 0 };
	rig_open(r);
	if (rig_card_drop(r, "CARD000001", 7, 'L') != ST_OK
	    || drop_run(r, s) != 1)
		printf("Bail out! no card\n");
}

static void
end(struct rig *r, struct drop_store *s)
{
	drop_clear(s);
	rig_close(r);
}

static void
deliver(struct rig *r, uint8_t key)
{
	struct rig_report report = plain;

	report.key = report.content = key;
	(void)rig_deliver(r, &report);
}

static void
withdraw(struct rig *r, uint8_t key)
{
	struct rig_report report = plain;

	report.key = report.content = key;
	report.version_ms = 5000;
	report.release = RELEASE_WITHDRAW;
	(void)rig_deliver(r, &report);
}

static uint64_t
rows(struct rig *r, const char *where)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM outbox WHERE "
	    "channel = 0 AND %s", where);
	return rig_sql(r, sql);
}

static bool
put(struct rig *r, struct drop_store *s, const struct drop_job *j)
{
	if (!drop_read(r, j, body))
		return false;
	drop_put(s, j, body);
	return true;
}

/* --- what went wrong -------------------------------------------------------- */

static void
test_retry(void)
{
	struct rig r;
	struct drop_store s;
	struct drop_job j, other;

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_take(&r, CHANNEL_STORE, &j);
	drop_end(&r, &j, OUTCOME_RETRY);
	ok(rows(&r, "tries = 1 AND error = 'as the test says'") == 0
	    && rows(&r, "tries = 1 AND length(error) = 16") == 1,
	    "counted, with what was said");
	ok(!drop_take(&r, CHANNEL_STORE, &other), "not at once");
	deliver(&r, 2);
	ok(drop_take(&r, CHANNEL_STORE, &other) && other.job != j.job,
	    "other rows are not held up");
	drop_end(&r, &other, OUTCOME_REFUSED);
	ok(rows(&r, "kind = 0") == 2, "a store cannot refuse for good");
	rig_wait(&r, 4);
	(void)drop_run(&r, &s);
	ok(s.n == 3 && rows(&r, "1") == 0, "later all is done");
	end(&r, &s);
}

static void
test_breaker(void)
{
	struct rig r;
	struct drop_store s;
	struct drop_job j[8];

	start(&r, &s);
	for (uint8_t i = 1; i <= 8; i++)
		deliver(&r, i);
	for (int i = 0; i < 5; i++)
		(void)drop_take(&r, CHANNEL_STORE, &j[i]);
	for (int i = 0; i < 5; i++)
		drop_end(&r, &j[i], OUTCOME_DOWN);
	ok(!drop_take(&r, CHANNEL_STORE, &j[5]),
	    "five failures: nothing is tried");
	rig_reopen(&r, true);
	ok(!drop_take(&r, CHANNEL_STORE, &j[5]), "nor after a crash");
	rig_wait(&r, BREAKER_FIRST_S);
	ok(drop_take(&r, CHANNEL_STORE, &j[5])
	    && !drop_take(&r, CHANNEL_STORE, &j[6]), "then one, and only one");
	drop_end(&r, &j[5], OUTCOME_DOWN);
	ok(!drop_take(&r, CHANNEL_STORE, &j[6]), "which fails");
	rig_wait(&r, 2 * BREAKER_FIRST_S);
	ok(drop_take(&r, CHANNEL_STORE, &j[5]) && put(&r, &s, &j[5]),
	    "the next one");
	drop_end(&r, &j[5], OUTCOME_DONE);
	ok(drop_take(&r, CHANNEL_STORE, &j[5])
	    && drop_take(&r, CHANNEL_STORE, &j[6]), "works: all are let go");
	ok(rig_sql(&r, "SELECT failures + failing_since_s + retry_s FROM host")
	    == 0, "and the host is well");
	end(&r, &s);
}

static void
test_disk_full(void)
{
	struct rig r;
	struct drop_store s;
	struct drop_job j;
	struct message m = { .id = MSG_OUTBOX_TAKE };
	enum status st;
	char number[16];
	unsigned n = 0;

	start(&r, &s);
	deliver(&r, 1);
	(void)rig_sql(&r, "PRAGMA max_page_count = 1");
	do	/* uses the last page up */
		snprintf(number, sizeof(number), "FILL%06u", ++n);
	while (rig_card(&r, number, 9, false, NULL) == ST_OK);
	ok(n < 1000 && !drop_take(&r, CHANNEL_STORE, &j)
	    && rig_count(&r, MSG_OUTBOX_NONE) == 1 && rows(&r, "left_box = 0")
	    == 1, "a full disk: no record, so nothing leaves");
	(void)rig_sql(&r, "PRAGMA max_page_count = 1000000");
	ok(drop_take(&r, CHANNEL_STORE, &j) && put(&r, &s, &j),
	    "there is room again: it does");
	(void)rig_sql(&r, "PRAGMA max_page_count = 1");
	do
		snprintf(number, sizeof(number), "FILL%06u", ++n);
	while (rig_card(&r, number, 9, false, NULL) == ST_OK);
	drop_end(&r, &j, OUTCOME_DONE);
	(void)rig_sql(&r, "PRAGMA max_page_count = 1000000");
	(void)drop_run(&r, &s);
	rig_wait(&r, OUTBOX_SETTLE_S);
	(void)drop_run(&r, &s);
	ok(rows(&r, "1") == 0 && s.n == 2,
	    "what could not be written down is done again");
	deliver(&r, 2);
	(void)drop_step(&r, &s);
	(void)rig_sql(&r, "PRAGMA max_page_count = 1");
	m.outbox_take.channel = CHANNEL_STORE;
	do {	/* an index needs no room, but shares the transaction */
		rig_take(&r, &m);
		snprintf(number, sizeof(number), "FILL%06u", ++n);
		st = rig_card(&r, number, 9, false, NULL);
		vault_peer_lost(&r.v, st == ST_OK ? ROLE_COURIER : ROLE_INTAKE);
	} while (st == ST_OK);
	(void)rig_sql(&r, "PRAGMA max_page_count = 1000000");
	ok(st == ST_DISK_FULL && drop_take(&r, CHANNEL_STORE, &j)
	    && j.kind == OUTBOX_PUT_INDEX,
	    "what another's failure undid is not out");
	end(&r, &s);
}

/* --- while it was out ----------------------------------------------------------- */

static void
test_ends_while_out(void)
{
	struct rig r;
	struct drop_store s;
	struct drop_job j, other;

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_take(&r, CHANNEL_STORE, &j);
	withdraw(&r, 1);
	ok(rows(&r, "1") == 1 && rows(&r, "kind = 2") == 1,
	    "the row is a deletion now");
	ok(!drop_take(&r, CHANNEL_STORE, &other),
	    "which waits for the put to end");
	ok(!drop_read(&r, &j, body), "whose bytes are gone");
	drop_end(&r, &j, OUTCOME_DONE);
	ok(drop_take(&r, CHANNEL_STORE, &other) && other.kind == OUTBOX_DELETE
	    && strcmp(other.name, j.name) == 0, "then it goes, by that name");
	drop_end(&r, &other, OUTCOME_DONE);
	ok(rows(&r, "1") == 0 && rig_audit(&r, "\"ev\":\"unpublish\"") == 1,
	    "once is enough: the put was seen to end");
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE pushed = 2") == 0,
	    "and never counts as there");
	end(&r, &s);
}

/* The next deletion; indexes are done on the way. */
static bool
take_deletion(struct rig *r, struct drop_job *j)
{
	while (drop_take(r, CHANNEL_STORE, j)) {
		if (j->kind == OUTBOX_DELETE)
			return true;
		drop_end(r, j, OUTCOME_DONE);
	}
	return false;
}

/* Deleted, and once more two minutes later. */
static void
expect_two(struct rig *r, const char *why)
{
	struct drop_job j;

	rig_wait(r, 10);	/* where the breaker or a retry waits */
	ok(take_deletion(r, &j), "%s", why);
	drop_end(r, &j, OUTCOME_DONE);
	ok(rig_audit(r, "\"ev\":\"unpublish\"") == 0
	    && !take_deletion(r, &j), "... is not over yet");
	rig_wait(r, OUTBOX_SETTLE_S - 1);
	ok(!take_deletion(r, &j), "... nor after two minutes less");
	rig_wait(r, 1);
	ok(take_deletion(r, &j), "... but it is deleted again then");
	drop_end(r, &j, OUTCOME_DONE);
	ok(rig_audit(r, "\"ev\":\"unpublish\"") == 1 && rows(r, "1") == 0,
	    "... and that is the end");
}

static void
test_unseen(void)
{
	struct rig r;
	struct drop_store s;
	struct drop_job j;

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_take(&r, CHANNEL_STORE, &j);
	withdraw(&r, 1);
	drop_end(&r, &j, OUTCOME_DOWN);
	expect_two(&r, "ended while out, and the put's end was not seen");
	end(&r, &s);

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_take(&r, CHANNEL_STORE, &j);
	vault_peer_lost(&r.v, ROLE_COURIER);
	withdraw(&r, 1);
	expect_two(&r, "the courier was lost with the put");
	end(&r, &s);

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_take(&r, CHANNEL_STORE, &j);
	withdraw(&r, 1);
	rig_reopen(&r, true);
	expect_two(&r, "the vault was killed with the put out");
	end(&r, &s);

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_take(&r, CHANNEL_STORE, &j);
	drop_end(&r, &j, OUTCOME_DOWN);
	rig_wait(&r, 4);
	(void)drop_run(&r, &s);
	withdraw(&r, 1);
	expect_two(&r, "done at the second try, then withdrawn at once");
	end(&r, &s);
}

static void
test_lost(void)
{
	struct rig r;
	struct drop_store s;
	struct drop_job j, again;

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_take(&r, CHANNEL_STORE, &j);
	ok(!drop_take(&r, CHANNEL_STORE, &again), "out: not handed out twice");
	vault_peer_lost(&r.v, ROLE_COURIER);
	drop_end(&r, &j, OUTCOME_DONE);
	ok(rows(&r, "kind = 0") == 1,
	    "what another courier says counts for nothing");
	ok(drop_take(&r, CHANNEL_STORE, &again) && again.job == j.job
	    && strcmp(again.name, j.name) == 0,
	    "lost: due again, under the same name");
	end(&r, &s);
}

/* --- the index ------------------------------------------------------------------- */

static void
test_index_changes(void)
{
	struct rig r;
	struct drop_store s;
	struct drop_job j;

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_step(&r, &s);
	ok(drop_take(&r, CHANNEL_STORE, &j) && j.kind == OUTBOX_PUT_INDEX,
	    "an index is out");
	withdraw(&r, 1);
	ok(drop_read(&r, &j, body) && strstr((char *)body, "\"bid\"") != NULL,
	    "it is what it was when it was taken");
	drop_put(&s, &j, body);
	drop_end(&r, &j, OUTCOME_DONE);
	ok(rows(&r, "kind = 1") == 1, "seen there, but it has changed");
	(void)drop_run(&r, &s);
	ok(s.n == 1 && strstr((char *)s.object[0].body, "\"bundles\":[]")
	    != NULL && rows(&r, "1") == 0, "so it is put again");
	end(&r, &s);
}

static void
test_index_unseen(void)
{
	struct rig r;
	struct drop_store s;
	struct drop_job j, late;

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_step(&r, &s);
	(void)drop_take(&r, CHANNEL_STORE, &late);
	(void)drop_read(&r, &late, body);
	drop_end(&r, &late, OUTCOME_DOWN);
	withdraw(&r, 1);
	rig_wait(&r, 4);
	(void)drop_run(&r, &s);
	ok(rows(&r, "kind = 1") == 1, "put, but an older one may arrive yet");
	deliver(&r, 2);
	withdraw(&r, 2);
	deliver(&r, 3);
	(void)drop_run(&r, &s);
	withdraw(&r, 3);
	(void)drop_run(&r, &s);
	ok(rows(&r, "kind = 1") == 1, "nor do changes meanwhile settle it");
	drop_put(&s, &late, body);	/* it does */
	ok(strstr((char *)drop_find(&s, late.name)->body, "\"bid\"") != NULL,
	    "and shows what was withdrawn");
	rig_wait(&r, OUTBOX_SETTLE_S);
	ok(drop_take(&r, CHANNEL_STORE, &j) && j.kind == OUTBOX_PUT_INDEX
	    && put(&r, &s, &j), "two minutes later it is put again");
	drop_end(&r, &j, OUTCOME_DONE);
	ok(strstr((char *)drop_find(&s, late.name)->body, "\"bundles\":[]")
	    != NULL && rows(&r, "1") == 0, "which settles it");
	end(&r, &s);
}

/* Frozen while its index is out. */
static void
test_index_frozen(void)
{
	struct message m = { .id = MSG_CARD_FREEZE };
	struct rig r;
	struct drop_store s;
	struct drop_job j, other;

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_step(&r, &s);
	(void)drop_take(&r, CHANNEL_STORE, &j);
	m.card_freeze.card = span_of("CARD000001");
	(void)rig_ask(&r, &m, MSG_DONE);
	ok(drop_take(&r, CHANNEL_STORE, &other)
	    && other.kind == OUTBOX_DELETE && other.name[0] == 'd'
	    && rows(&r, "1") == 2, "the object goes");
	ok(!drop_read(&r, &j, body),
	    "the index, which has the card's sealed key, leaves no more");
	drop_delete(&s, other.name);
	drop_end(&r, &other, OUTCOME_DONE);
	ok(!drop_take(&r, CHANNEL_STORE, &other), "the index waits");
	drop_end(&r, &j, OUTCOME_DONE);
	ok(drop_run(&r, &s) == 1 && s.n == 0 && rows(&r, "1") == 0,
	    "and goes when its put has ended");
	end(&r, &s);
}

/* Frozen while an older index may arrive yet. */
static void
test_index_unseen_frozen(void)
{
	struct message m = { .id = MSG_CARD_FREEZE };
	struct rig r;
	struct drop_store s;
	struct drop_job late;

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_step(&r, &s);
	(void)drop_take(&r, CHANNEL_STORE, &late);
	(void)drop_read(&r, &late, body);
	drop_end(&r, &late, OUTCOME_DOWN);
	rig_wait(&r, 4);
	(void)drop_run(&r, &s);
	m.card_freeze.card = span_of("CARD000001");
	(void)rig_ask(&r, &m, MSG_DONE);
	(void)drop_run(&r, &s);
	ok(s.n == 0 && rows(&r, "kind = 2") == 1, "deleted, for now");
	drop_put(&s, &late, body);
	rig_wait(&r, OUTBOX_SETTLE_S);
	(void)drop_run(&r, &s);
	ok(s.n == 0 && rows(&r, "1") == 0, "and again when it has arrived");
	end(&r, &s);
}

/* Stopped at the desk, while the branch still has the document. */
static void
test_stopped_while_read(void)
{
	struct message m = { .id = MSG_DROP_STOP };
	struct rig r;
	struct drop_store s;
	struct drop_job object;

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_take(&r, CHANNEL_STORE, &object);
	m.drop_stop.card = span_of("CARD000001");
	m.drop_stop.actor = span_of("tester");
	(void)rig_ask(&r, &m, MSG_DONE);
	ok(object.kind == OUTBOX_PUT_OBJECT && !drop_read(&r, &object, body),
	    "the bytes of a stopped card leave no more");
	drop_end(&r, &object, OUTCOME_GONE);
	rig_wait(&r, OUTBOX_SETTLE_S);
	(void)drop_run(&r, &s);
	rig_wait(&r, OUTBOX_SETTLE_S);
	(void)drop_run(&r, &s);
	ok(s.n == 0 && rows(&r, "1") == 0, "nothing of it is left");
	end(&r, &s);
}

static void
test_many_bundles(void)
{
	struct rig r;
	struct drop_store s;
	const struct drop_object *o = NULL;
	size_t n = 0;

	start(&r, &s);
	for (int i = 1; i <= 260; i++) {
		struct rig_report report = plain;

		report.key = (uint8_t)(i & 0xff);
		report.patient = 1;
		report.content = (uint8_t)(1 + i / 256);
		report.lines = i < 256 ? "a" : "b";
		(void)rig_deliver(&r, &report);
	}
	(void)drop_run(&r, &s);
	for (size_t i = 0; i < s.n; i++)
		o = s.object[i].name[0] == 'i' ? &s.object[i] : o;
	for (const char *at = (char *)o->body;
	    (at = strstr(at, "\"bid\"")) != NULL; at++)
		n++;
	ok(n == 256 && o->size % 16384 == 0 && o->size > 16384,
	    "%zu bundles in %zu bytes", n, o->size);
	end(&r, &s);
}

/* --- the time ---------------------------------------------------------------------- */

static void
test_quality(void)
{
	struct rig r;
	struct drop_store s;
	struct drop_job j;

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_run(&r, &s);
	deliver(&r, 2);
	withdraw(&r, 1);
	r.system_s = 1000;	/* the clock was lost */
	memcpy(r.settings.boot_id, "another boot", 12);
	r.boot_ms = 1000;
	rig_reopen(&r, false);
	ok(r.v.clock.quality == CLOCK_Q1, "Q1");
	ok(drop_take(&r, CHANNEL_STORE, &j) && j.kind == OUTBOX_DELETE,
	    "a deletion goes whatever the time is");
	drop_delete(&s, j.name);
	drop_end(&r, &j, OUTCOME_DONE);
	ok(!drop_take(&r, CHANNEL_STORE, &j), "a push waits");
	r.system_s = RIG_START_S + 60;
	vault_tick(&r.v);
	ok(drop_run(&r, &s) == 3 && s.n == 2, "until the time is known");
	end(&r, &s);
}

/* A month ahead when it was tried, then set right; the floor did not follow,
 * or the time would be in doubt from then on (clock.h). */
static void
test_clock_was_ahead(void)
{
	struct rig r;
	struct drop_store s;
	struct drop_job j;

	start(&r, &s);
	deliver(&r, 1);
	r.v.clock.step_ms = 0;
	r.system_s += 30 * DAY_S;
	vault_tick(&r.v);
	ok(!drop_take(&r, CHANNEL_STORE, &j)
	    && rows(&r, "due_s > made_s + 1000000") == 1,
	    "seen as closed, and put off");
	r.system_s -= 30 * DAY_S;
	rig_wait(&r, 1);
	ok(r.v.clock.quality == CLOCK_Q2 && drop_run(&r, &s) == 2,
	    "the clock is right again: it leaves");
	end(&r, &s);
}

/* --- wakes and alarms ---------------------------------------------------------------- */

static void
test_wake(void)
{
	struct rig r;
	struct drop_store s;
	struct drop_job j;

	start(&r, &s);
	deliver(&r, 1);
	ok(rig_count(&r, MSG_OUTBOX_WAKE) == 1,
	    "idle: woken right after the commit");
	deliver(&r, 2);
	ok(rig_count(&r, MSG_OUTBOX_WAKE) == 0, "once");
	while (drop_take(&r, CHANNEL_STORE, &j))
		drop_end(&r, &j, OUTCOME_RETRY);
	rig_forget(&r);
	rig_wait(&r, 1800);
	ok(rig_count(&r, MSG_OUTBOX_WAKE) == 1, "woken when its time comes");
	vault_peer_lost(&r.v, ROLE_COURIER);
	rig_forget(&r);
	rig_wait(&r, 1);
	ok(rig_count(&r, MSG_OUTBOX_WAKE) == 0,
	    "a courier that has not asked is not woken");
	end(&r, &s);
}

static uint64_t
alarms(struct rig *r, enum alarm kind)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM alarm WHERE "
	    "kind = %d AND card = 0", (int)kind);
	return rig_sql(r, sql);
}

static void
test_alarms(void)
{
	struct rig r;
	struct drop_store s;
	struct drop_job j;

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_run(&r, &s);
	withdraw(&r, 1);
	rig_wait(&r, 899);
	ok(alarms(&r, ALARM_DELETION) == 0, "not late yet");
	(void)drop_take(&r, CHANNEL_STORE, &j);
	drop_end(&r, &j, OUTCOME_DOWN);
	rig_wait(&r, 1);
	ok(alarms(&r, ALARM_DELETION) == 1
	    && alarms(&r, ALARM_STORE) == 0, "a late deletion is an alarm");
	rig_reopen(&r, true);
	rig_wait(&r, 899);
	ok(alarms(&r, ALARM_STORE) == 1, "so is a store that is down");
	(void)drop_run(&r, &s);
	rig_wait(&r, 1);
	ok(rows(&r, "1") == 0 && alarms(&r, ALARM_DELETION) == 0
	    && alarms(&r, ALARM_STORE) == 0, "both end by themselves");
	end(&r, &s);
}

/* --- looking on -------------------------------------------------------------------------- */

static void
test_list(void)
{
	struct message m = { .id = MSG_OUTBOX_LIST };
	struct rig r;
	struct drop_store s;
	struct drop_job j;
	const struct message *a;

	start(&r, &s);
	deliver(&r, 1);
	deliver(&r, 2);
	(void)drop_take(&r, CHANNEL_STORE, &j);
	a = rig_ask(&r, &m, MSG_OUTBOX_HOST);
	ok(rig_count(&r, MSG_OUTBOX_HOST) == CHANNEL_COUNT
	    && a->outbox_host.waiting == 2 && a->outbox_host.due == 2
	    && a->outbox_host.oldest_s == r.system_s
	    && a->outbox_host.done == 1, "hosts, with what waits");
	a = rig_answer(&r, MSG_OUTBOX_ROW, 0);
	ok(rig_count(&r, MSG_OUTBOX_ROW) >= 2 && a->outbox_row.is_taken
	    && a->outbox_row.number == j.job
	    && a->outbox_row.card.len == CARD_REFERENCE,
	    "rows, by the card's reference");
	m.outbox_list.after = j.job;
	m.outbox_list.most = 1;
	(void)rig_ask(&r, &m, MSG_OUTBOX_ROW);
	ok(rig_count(&r, MSG_OUTBOX_HOST) == 0
	    && rig_count(&r, MSG_OUTBOX_ROW) == 1, "page by page");
	m = (struct message){ .id = MSG_STATUS_GET };
	ok(rig_ask(&r, &m, MSG_STATUS)->status.outbox
	    == rig_sql(&r, "SELECT count(*) FROM outbox"), "status counts");
	end(&r, &s);
}

/* A store that answers, and never has what was put there. */
static void
test_stuck(void)
{
	static const char raised[] = "SELECT count(*) FROM alarm";
	struct rig r;
	struct drop_store s;
	struct drop_job j;
	unsigned tries = 0;

	start(&r, &s);
	deliver(&r, 1);
	for (; tries < 8 && drop_take(&r, CHANNEL_STORE, &j); tries++) {
		drop_end(&r, &j, OUTCOME_RETRY);
		rig_wait(&r, RETRY_MAX_S);
	}
	ok(tries == 8 && rig_sql(&r, raised) == 0, "no alarm at first");
	(void)drop_take(&r, CHANNEL_STORE, &j);
	drop_end(&r, &j, OUTCOME_RETRY);
	rig_wait(&r, 1);
	ok(rig_sql(&r, raised) == 1, "but when nothing helps");
	rig_wait(&r, RETRY_MAX_S);
	ok(drop_run(&r, &s) == 2 && rig_sql(&r, raised) == 1, "it arrives");
	rig_wait(&r, RETRY_MAX_S);
	ok(rig_sql(&r, raised) == 0, "and that is over");
	end(&r, &s);
}

/* A courier that somebody else speaks for. */
static void
test_words_for_a_terminal(void)
{
	struct message m = { .id = MSG_OUTBOX_DONE };
	struct message list = { .id = MSG_OUTBOX_LIST };
	struct rig r;
	struct drop_store s;
	struct drop_job j;

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_take(&r, CHANNEL_STORE, &j);
	m.outbox_done.job = j.job;
	m.outbox_done.outcome = OUTCOME_DOWN;
	m.outbox_done.error = span_of("\033]2;all is well\007");
	(void)rig_ask(&r, &m, MSG_OUTBOX_NONE);
	ok(span_is(rig_ask(&r, &list, MSG_OUTBOX_HOST)->outbox_host.error,
	    "not repeated: it is no text"), "no orders to a terminal, of a host");
	ok(span_is(rig_ask(&r, &list, MSG_OUTBOX_ROW)->outbox_row.error,
	    "not repeated: it is no text"), "nor of a row");
	end(&r, &s);
}

/* The body waits for room in the channel, and goes nowhere else. */
static void
test_full_channel(void)
{
	struct message m = { .id = MSG_OUTBOX_READ };
	struct rig r;
	struct drop_store s;
	struct drop_job j;

	start(&r, &s);
	deliver(&r, 1);
	(void)drop_take(&r, CHANNEL_STORE, &j);
	m.outbox_read.job = j.job;
	r.courier_is_full = true;
	ok(rig_ask(&r, &m, MSG_OUTBOX_DATA) == NULL, "no room: nothing");
	r.courier_is_full = false;
	vault_drained(&r.v);
	ok(rig_count(&r, MSG_OUTBOX_DATA) == 1, "room: the bytes");
	m.outbox_read.job = 4711;
	ok(rig_ask(&r, &m, MSG_OUTBOX_DATA)->outbox_data.outcome
	    == ST_NOT_FOUND, "a row it has not taken has none");
	m.outbox_read.job = j.job;
	m.outbox_read.offset = 5000;
	ok(rig_ask(&r, &m, MSG_OUTBOX_DATA)->outbox_data.outcome
	    == ST_NOT_FOUND, "nor has one beyond its end");
	end(&r, &s);
}

static bool
uses(struct rig *r, enum sql_id id, const char *index)
{
	char sql[1024];
	sqlite3_stmt *q = NULL;
	bool is = true, any = false;

	snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s",
	    sqlite3_sql(database_sql(&r->v.db, id)));
	if (sqlite3_prepare_v2(r->v.db.handle, sql, -1, &q, NULL) != SQLITE_OK)
		return false;
	while (sqlite3_step(q) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(q, 3);

		is = is && strstr(text, "SCAN") == NULL
		    && strstr(text, "B-TREE") == NULL;
		any = any || strstr(text, index) != NULL;
	}
	sqlite3_finalize(q);
	return is && any;
}

static void
test_plans(void)
{
	struct rig r;
	struct drop_store s;

	start(&r, &s);
	ok(uses(&r, SQL_OUTBOX_DUE, "outbox_due"), "the next row by an index");
	ok(rig_sql(&r, "SELECT 1") == 1 && uses(&r, SQL_OUTBOX_ANY, "outbox_"),
	    "any row");
	ok(uses(&r, SQL_OUTBOX_UNPUT, "outbox_card"), "a bundle's row");
	ok(uses(&r, SQL_DROP_EXPIRED, "card_drop"), "cards that expired");
	ok(uses(&r, SQL_DROP_BUNDLES, "bundle_card"), "a card's bundles");
	ok(strstr(sqlite3_sql(database_sql(&r.v.db,
	    SQL_OUTBOX_OLDEST_DELETION)), "LIMIT 1") != NULL,
	    "the oldest deletion");
	end(&r, &s);
}

int
main(void)
{
	test_retry();
	test_breaker();
	test_disk_full();
	test_ends_while_out();
	test_unseen();
	test_lost();
	test_index_changes();
	test_index_unseen();
	test_index_frozen();
	test_index_unseen_frozen();
	test_stopped_while_read();
	test_many_bundles();
	test_quality();
	test_clock_was_ahead();
	test_wake();
	test_alarms();
	test_list();
	test_words_for_a_terminal();
	test_stuck();
	test_full_channel();
	test_plans();
	return done_testing();
}
