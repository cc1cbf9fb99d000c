/* What a person has to look at, the way out of it, probes and events. */
#include "vault/quarantine.h"

#include <stdio.h>

#include "tap.h"
#include "vault/event.h"
#include "vault_rig.h"

static const struct rig_report base = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 5 };

static void
start(struct rig *r)
{
	rig_open(r);
	(void)rig_card(r, "CARD000001", 7, false, NULL);
}

static uint64_t
quarantined(struct rig *r)
{
	struct message m = { .id = MSG_STATUS_GET };

	return rig_ask(r, &m, MSG_STATUS)->status.quarantined;
}

static uint64_t
clear(struct rig *r, uint64_t number)
{
	struct message m = { .id = MSG_QUARANTINE_CLEAR };

	m.quarantine_clear.number = number;
	m.quarantine_clear.actor = span_of("uid:0");
	return rig_ask(r, &m, MSG_DONE)->done.outcome;
}

static void
test_aside(void)
{
	struct rig r;
	struct rig_report one = base, odd = base;
	struct rig_result a;

	start(&r);
	a = rig_deliver(&r, &one);
	odd.release = RELEASE_QUARANTINE;
	odd.version_ms = 6;
	odd.reason = "PID and CDA name two patients";
	ok(rig_deliver(&r, &odd).opened == ST_DENIED
	    && rig_read(&r, a.name) == ST_OK,
	    "R33 what intake quarantines leaves the known report alone");
	ok(rig_audit(&r, "PID and CDA name two patients") == 1
	    && quarantined(&r) == 1, "R33 its reason is on record, it counts");
	one.version_ms = 7;
	one.content = 2;
	ok(rig_deliver(&r, &one).stored == ST_OK, "R33 and the next is taken");
	rig_close(&r);
}

static void
test_traits(void)
{
	struct rig r;
	struct rig_report report = base;

	rig_open(&r);
	(void)rig_card_for(&r, "CARD000001", 7, 5);
	report.traits = 6;
	ok(rig_deliver(&r, &report).opened == ST_DENIED && quarantined(&r) == 1,
	    "R33 a card made for somebody else: quarantine");
	report.key = 2;
	report.traits = 5;
	ok(rig_deliver(&r, &report).stored == ST_OK, "R33 for the right one: not");
	rig_close(&r);
}

/* A wrong scan: the way out. */
static void
test_clear(void)
{
	struct rig r;
	struct rig_report first = base, scan = base;
	struct message m = { .id = MSG_QUARANTINE_LIST };
	struct rig_result got;
	const struct msg_quarantine_row *row;

	start(&r);
	(void)rig_card(&r, "CARD000002", 7, false, NULL);
	(void)rig_deliver(&r, &first);
	scan.key = 2;
	scan.patient = 2;
	ok(rig_deliver(&r, &scan).opened == ST_DENIED, "R33 another's card");
	scan.card = "CARD000002";
	ok(rig_deliver(&r, &scan).opened == ST_DENIED,
	    "R33 the report stays in quarantine, also with the right card");
	(void)rig_ask(&r, &m, MSG_DONE);
	row = &rig_answer(&r, MSG_QUARANTINE_ROW, 0)->quarantine_row;
	ok(rig_count(&r, MSG_QUARANTINE_ROW) == 1 && row->times == 2
	    && row->blocks == 1 && span_is(row->source, "lis"),
	    "R33 the desk sees it once");
	ok(clear(&r, row->number + 1) == ST_NOT_FOUND, "R33 not another one");
	(void)rig_ask(&r, &m, MSG_DONE);
	row = &rig_answer(&r, MSG_QUARANTINE_ROW, 0)->quarantine_row;
	ok(clear(&r, row->number) == ST_OK && quarantined(&r) == 0
	    && rig_audit(&r, "\"ev\":\"clear\"") == 1, "R33 and clears it");
	ok(rig_sql(&r, "SELECT count(*) FROM delivery") == 2,
	    "R33 the last message's ACK is forgotten with it");
	got = rig_deliver(&r, &scan);
	ok(got.stored == ST_OK && strcmp(got.card, "CARD000002") == 0,
	    "R33 then the LIS sends it again, and it is taken");
	rig_close(&r);
}

/* One patient, once with and once without an identifier (ipc/patient.h). */
static void
test_same_person(void)
{
	struct rig r;
	struct rig_report report = base;

	start(&r);
	(void)rig_deliver(&r, &report);
	(void)rig_sql(&r, "UPDATE card SET patient = substr(patient, 1, 16)"
	    " || zeroblob(16)");
	report.key = 2;
	ok(rig_deliver(&r, &report).stored == ST_OK
	    && rig_sql(&r, "SELECT substr(patient, 17, 1) = x'01' FROM card")
	    == 1, "R33 an identifier that comes later is kept");
	rig_close(&r);
}

static const struct msg_report_probed *
probe(struct rig *r, const struct rig_report *report)
{
	struct message m = { .id = MSG_REPORT_PROBE };
	struct msg_report_probe *p = &m.report_probe;
	uint8_t key[32], patient[32], content[32];

	memset(key, report->key, 32);
	memset(patient, report->patient, 32);
	memset(content, report->content, 32);
	p->card = span_of(report->card);
	p->report_key = (struct span){ key, 32 };
	p->patient = p->traits = (struct span){ patient, 32 };
	p->content = (struct span){ content, 32 };
	p->version_ms = report->version_ms;
	p->release = report->release;
	p->snapshot = 1;
	return &rig_ask(r, &m, MSG_REPORT_PROBED)->report_probed;
}

static void
test_probe(void)
{
	struct rig r;
	struct rig_report one = base;
	struct rig_result got;
	const struct msg_report_probed *a;

	start(&r);
	a = probe(&r, &one);
	ok(a->outcome == ST_OK && a->known == 0 && span_is(a->card,
	    "CARD000001") && span_is(a->why, "the first version")
	    && rig_sql(&r, "SELECT count(*) FROM report") == 0,
	    "R31 a probe tells what would be, and stores nothing");
	got = rig_deliver(&r, &one);
	ok(probe(&r, &one)->outcome == ST_EXISTS, "R31 the same again");
	one.content = 2;
	one.version_ms = 6;
	a = probe(&r, &one);
	ok(a->outcome == ST_OK && a->known == 1
	    && span_is(a->replaces, got.bid), "R31 a newer one, what it replaces");
	one.patient = 2;
	a = probe(&r, &one);
	ok(a->outcome == ST_DENIED && a->why.len > 0, "R33 another patient");
	one.key = 3;
	ok(span_is(probe(&r, &one)->why, "the card is another patient's"),
	    "R33 another's card, in words");
	rig_close(&r);
}

static void
test_events(void)
{
	struct rig r;
	struct message m = { .id = MSG_INTAKE_EVENT };
	static const uint8_t peer[16] = { [10] = 0xff, 0xff, 10, 0, 0, 9 };
	uint64_t before;

	start(&r);
	m.intake_event.source = span_of("lis");
	m.intake_event.words = span_of("certificate not known");
	m.intake_event.peer = (struct span){ peer, 16 };
	for (unsigned i = 0; i < 1000; i++) {
		rig_take(&r, &m);
		(void)vault_turn(&r.v);
	}
	ok(rig_audit(&r, "\"ev\":\"intake\"") == 1,
	    "a thousand events of one kind: one record");
	rig_wait(&r, 61);
	rig_take(&r, &m);
	(void)vault_turn(&r.v);
	ok(rig_audit(&r, "\"ev\":\"intake\"") == 2
	    && rig_audit(&r, "\"times\":1000}") == 1,
	    "the next minute's tells how many there were");
	before = rig_sql(&r, "SELECT count(*) FROM audit");
	for (unsigned i = 0; i < 1000; i++) {
		char words[32];

		snprintf(words, sizeof(words), "kind %u", i);
		m.intake_event.words = span_of(words);
		rig_take(&r, &m);
		(void)vault_turn(&r.v);
	}
	ok(rig_sql(&r, "SELECT count(*) FROM audit") - before <= EVENTS_MAX,
	    "nor do a thousand kinds fill the log");
	rig_close(&r);
}

/* The wrong patient's version, late: the desk has cleared its correction. */
static void
test_clear_keeps_the_age(void)
{
	struct rig r;
	struct rig_report wrong = base, right = base;
	struct message m = { .id = MSG_QUARANTINE_LIST };
	struct rig_result got;
	uint64_t number;

	start(&r);
	(void)rig_card(&r, "CARD000002", 7, false, NULL);
	(void)rig_deliver(&r, &wrong);
	right.patient = 2;
	right.card = "CARD000002";
	right.version_ms = 9;
	ok(rig_deliver(&r, &right).opened == ST_DENIED, "R33 for another");
	(void)rig_ask(&r, &m, MSG_DONE);
	number = rig_answer(&r, MSG_QUARANTINE_ROW, 0)->quarantine_row.number;
	ok(clear(&r, number) == ST_OK, "R33 cleared");
	wrong.version_ms = 6;
	wrong.content = 3;
	ok(rig_deliver(&r, &wrong).opened == ST_EXPIRED,
	    "R33 what was corrected does not come back late");
	got = rig_deliver(&r, &right);
	ok(got.stored == ST_OK && strcmp(got.card, "CARD000002") == 0,
	    "R33 the correction does");
	rig_close(&r);
}

int
main(void)
{
	test_aside();
	test_traits();
	test_clear();
	test_clear_keeps_the_age();
	test_same_person();
	test_probe();
	test_events();
	return done_testing();
}
