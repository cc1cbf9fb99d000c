/* What is withheld opens: by a confirmation of the LIS, by a named biologist,
 * and by nothing else; and what is newer elsewhere. */
#include "vault/hold.h"

#include "tap.h"
#include "vault_rig.h"

static const struct rig_report base = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 5 };

static struct rig_report
preliminary(const char *lines)
{
	struct rig_report p = base;

	p.lines = lines;
	p.release = RELEASE_WITHHOLD;
	p.status = BUNDLE_PRELIMINARY;
	p.holds = HOLD_PRELIMINARY;
	return p;
}

static struct rig_report
confirmation(const char *confirmed, uint64_t version_ms)
{
	struct rig_report u = base;

	u.lines = "";
	u.content = 9;
	u.confirmed = confirmed;
	u.version_ms = version_ms;
	u.release = RELEASE_CONFIRM;
	return u;
}

static void
start(struct rig *r)
{
	rig_open(r);
	(void)rig_card(r, "CARD000001", 7, false, NULL);
}

static bool
is_readable(struct rig *r, const struct rig_result *got)
{
	return rig_read(r, got->name) == ST_OK;
}

static uint64_t
status_of(struct rig *r)
{
	return rig_sql(r, "SELECT status FROM bundle ORDER BY id DESC LIMIT 1");
}

static void
test_confirm(void)
{
	struct rig r;
	struct rig_report p = preliminary("ab"), u = confirmation("ab", 6);
	struct rig_result got, again;

	start(&r);
	got = rig_deliver(&r, &p);
	ok(!is_readable(&r, &got), "R31 P is withheld");
	rig_wait(&r, 20 * DAY_S);
	again = rig_deliver(&r, &u);
	ok(again.opened == ST_EXISTS && again.stored == ST_OK
	    && is_readable(&r, &got), "R31 P then U: it opens, 20 days later");
	ok(rig_open_card(&r, "CARD000001", 7)->bundles == 1
	    && rig_answer(&r, MSG_CARD_BUNDLE, 0)->card_bundle.status
	    == BUNDLE_FINAL
	    && rig_answer(&r, MSG_CARD_BUNDLE, 0)->card_bundle.closes_s
	    == RIG_START_S + 20 * DAY_S + RIG_WINDOW_S,
	    "R31 final, for a whole window from now");
	ok(rig_audit(&r, "\"ev\":\"confirm\"") == 1, "R31 with a record");
	ok(rig_deliver(&r, &p).opened == ST_EXPIRED && is_readable(&r, &got),
	    "R31 a late P does not close it again");
	p.version_ms = 7;
	ok(rig_deliver(&r, &p).opened == ST_EXISTS && is_readable(&r, &got),
	    "R31 nor does the same P sent once more");
	rig_reopen(&r, true);
	ok(is_readable(&r, &got), "R31 after a crash, too");
	rig_wait(&r, RIG_WINDOW_S);
	ok(!is_readable(&r, &got), "and it closes");
	rig_close(&r);
}

static void
test_confirm_in_parts(void)
{
	struct rig r;
	struct rig_report p = preliminary("abc"), u = confirmation("a", 6);
	struct rig_result got;

	start(&r);
	p.confirmed = "b";	/* final already, in this very report */
	got = rig_deliver(&r, &p);
	(void)rig_deliver(&r, &u);
	ok(!is_readable(&r, &got), "R31 U for one line of two: not yet");
	u = confirmation("c", 7);
	(void)rig_deliver(&r, &u);
	ok(is_readable(&r, &got), "R31 U for the other: it opens");
	rig_close(&r);
}

static void
test_confirm_beside(void)
{
	struct rig r;
	struct rig_report p = preliminary("ab"), f = base;
	struct rig_result got, other;

	start(&r);
	got = rig_deliver(&r, &p);
	f.content = 2;
	f.version_ms = 6;
	f.lines = "c";
	f.confirmed = "ab";
	other = rig_deliver(&r, &f);
	ok(is_readable(&r, &got) && is_readable(&r, &other),
	    "R31 F for one line and U for others, in one message");
	rig_close(&r);
}

static void
test_confirm_nothing(void)
{
	struct rig r;
	struct rig_report u = confirmation("a", 6), p = preliminary("a");
	struct rig_result got;

	start(&r);
	ok(rig_deliver(&r, &u).opened == ST_EXISTS
	    && rig_audit(&r, "\"ev\":\"confirmed\"") == 1
	    && rig_sql(&r, "SELECT count(*) FROM report") == 0,
	    "R31 U of what never came: acknowledged, on record, no more");
	p.version_ms = 8;
	got = rig_deliver(&r, &p);
	ok(rig_deliver(&r, &u).opened == ST_EXPIRED && !is_readable(&r, &got),
	    "R31 an older U does not open a newer P");
	u = confirmation("z", 9);
	(void)rig_deliver(&r, &u);
	ok(!is_readable(&r, &got), "R31 nor does U for another line");
	u = confirmation("a", 9);
	u.patient = 2;
	ok(rig_deliver(&r, &u).opened == ST_DENIED && !is_readable(&r, &got),
	    "R33 nor U for another patient: quarantine");
	rig_close(&r);
}

static uint64_t
release(struct rig *r, const struct rig_result *got, const char *biologist)
{
	struct message m = { .id = MSG_BUNDLE_RELEASE };

	m.bundle_release.bundle = span_of(got->bid);
	m.bundle_release.biologist = span_of(biologist);
	m.bundle_release.actor = span_of("uid:0");
	return rig_ask(r, &m, MSG_DONE)->done.outcome;
}

static void
test_biologist(void)
{
	struct rig r;
	struct rig_report held = base;
	struct rig_result got;

	start(&r);
	held.release = RELEASE_WITHHOLD;
	held.holds = HOLD_LIST | HOLD_GENETIC;
	got = rig_deliver(&r, &held);
	ok(release(&r, &got, "") == ST_INVALID && !is_readable(&r, &got),
	    "R31 nobody without a name releases");
	ok(rig_count(&r, MSG_CARD_CHANGED) == 0, "R31 a held one is silent");
	ok(release(&r, &got, "Dr Anne Martin") == ST_OK
	    && is_readable(&r, &got), "R31 a named biologist does");
	ok(rig_audit(&r, "\"biologist\":\"Dr Anne Martin\"") == 1,
	    "R31 the name is on record");
	ok(release(&r, &got, "Dr Anne Martin") == ST_EXISTS, "R31 once");
	held.version_ms = 6;
	ok(rig_deliver(&r, &held).opened == ST_EXISTS
	    && is_readable(&r, &got), "R31 a repetition does not undo it");
	rig_close(&r);
}

static void
test_not_the_biologists(void)
{
	static const uint64_t holds[] = { HOLD_PRELIMINARY, HOLD_HIDDEN,
	    HOLD_PRELIMINARY | HOLD_LIST };
	struct rig r;

	for (size_t i = 0; i < COUNT(holds); i++) {
		struct rig_report held = base;
		struct rig_result got;

		start(&r);
		held.release = RELEASE_WITHHOLD;
		held.holds = holds[i];
		got = rig_deliver(&r, &held);
		ok(release(&r, &got, "Dr Anne Martin") == ST_DENIED
		    && !is_readable(&r, &got)
		    && rig_audit(&r, "\"res\":\"refused\"") == 1,
		    "R31 holds %llu are not the biologist's to lift",
		    (unsigned long long)holds[i]);
		rig_close(&r);
	}
}

static void
test_taken_back(void)
{
	struct rig r;
	struct rig_report f = base, d = base;
	struct rig_result a, b;

	start(&r);
	f.lines = "abc";
	a = rig_deliver(&r, &f);
	d.lines = "bc";
	d.removed = "a";
	d.content = 2;
	d.version_ms = 6;
	b = rig_deliver(&r, &d);
	ok(!is_readable(&r, &a) && is_readable(&r, &b)
	    && rig_audit(&r, "\"ev\":\"supersede\"") == 1,
	    "R34 D on one line, the others again: replaced");
	d.lines = "d";
	d.removed = "b";
	d.content = 3;
	d.version_ms = 7;
	a = rig_deliver(&r, &d);
	ok(!is_readable(&r, &b) && is_readable(&r, &a)
	    && rig_audit(&r, "\"ev\":\"revoke\"") == 1,
	    "R34 D on one line, the others not: the bundle is withdrawn");
	d.lines = "e";
	d.removed = "d";
	d.content = 4;
	d.version_ms = 6;
	(void)rig_deliver(&r, &d);
	ok(is_readable(&r, &a), "R34 a late D does not take back what is newer");
	rig_close(&r);
}

static void
test_outdated(void)
{
	struct rig r;
	struct rig_report f = base, c = base;
	struct rig_result a;

	start(&r);
	f.lines = "ab";
	a = rig_deliver(&r, &f);
	c.lines = "a";
	c.content = 2;
	c.version_ms = 6;
	(void)rig_deliver(&r, &c);
	ok(rig_count(&r, MSG_CARD_CHANGED) == 1, "R32 the open page hears of it");
	(void)rig_open_card(&r, "CARD000001", 7);
	ok(rig_answer(&r, MSG_CARD_BUNDLE, 0)->card_bundle.status
	    == BUNDLE_OUTDATED && status_of(&r) == BUNDLE_CORRECTED
	    && is_readable(&r, &a),
	    "R34 one line corrected: the old bundle says that it is outdated");
	ok(rig_audit(&r, "\"ev\":\"outdate\"") == 1, "R34 on record");
	rig_close(&r);
}

static uint64_t
revoke(struct rig *r, const struct rig_result *got)
{
	struct message m = { .id = MSG_BUNDLE_REVOKE };

	m.bundle_revoke.bundle = span_of(got->bid);
	m.bundle_revoke.actor = span_of("uid:0");
	return rig_ask(r, &m, MSG_DONE)->done.outcome;
}

static uint64_t
shown(struct rig *r)
{
	rig_forget(r);
	return rig_open_card(r, "CARD000001", 7)->bundles;
}

/* The page knows an old line only by the new one. */
static void
test_outdated_unseen(void)
{
	struct rig r;
	struct rig_report f = base, a = base, b = base, late = base;
	struct rig_result held;

	start(&r);
	f.lines = "abc";
	(void)rig_deliver(&r, &f);
	a.lines = "a";
	a.content = 2;
	a.version_ms = 8;
	(void)rig_deliver(&r, &a);
	ok(shown(&r) == 2, "R34 one line corrected: both are shown");
	b.lines = "b";
	b.content = 3;
	b.version_ms = 9;
	b.holds = HOLD_FLAG;
	held = rig_deliver(&r, &b);
	ok(shown(&r) == 1,
	    "R34 the correction of another line is withheld: the old value "
	    "is not shown");
	ok(release(&r, &held, "Dr A") == ST_OK
	    && shown(&r) == 3, "R34 released: what is not corrected is back");
	ok(revoke(&r, &held) == ST_OK && shown(&r) == 2,
	    "R34 revoked at the desk: the value it corrected stays away");
	rig_close(&r);

	start(&r);
	(void)rig_deliver(&r, &f);
	(void)rig_deliver(&r, &a);
	late.lines = "ab";
	late.content = 4;
	late.version_ms = 7;
	ok(rig_deliver(&r, &late).opened == ST_EXPIRED && shown(&r) == 1,
	    "R31 corrected by what came too late: the old value is not shown");
	rig_close(&r);
}

static void
test_versions_of_documents(void)
{
	struct rig r;
	struct rig_report two = base, one = base;
	struct rig_result a;

	start(&r);
	two.version_number = 2;
	a = rig_deliver(&r, &two);
	one.version_number = 1;
	one.version_ms = 99;
	one.content = 2;
	ok(rig_deliver(&r, &one).opened == ST_EXPIRED && is_readable(&r, &a),
	    "R31 version 1 of a document never follows version 2");
	rig_close(&r);
}

static void
test_withdrawal_first(void)
{
	struct rig r;
	struct rig_report d = base, f = base;
	struct rig_result got;

	start(&r);
	d.release = RELEASE_WITHDRAW;
	d.status = BUNDLE_WITHDRAWN;
	(void)rig_deliver(&r, &d);
	ok(rig_deliver(&r, &f).opened == ST_EXPIRED,
	    "R32 D before its F: F of the same age stays out");
	f.patient = 2;
	f.card = "CARD000002";
	(void)rig_card(&r, "CARD000002", 7, false, NULL);
	f.version_ms = 6;
	got = rig_deliver(&r, &f);
	ok(got.stored == ST_OK && strcmp(got.card, "CARD000002") == 0
	    && is_readable(&r, &got), "R33 then F for the right patient");
	rig_close(&r);
}

static void
test_held_for_long(void)
{
	struct rig r;
	struct rig_report p = preliminary("a"), u = confirmation("a", 6);
	struct rig_result got;

	start(&r);
	got = rig_deliver(&r, &p);
	rig_wait(&r, 90 * DAY_S);
	(void)rig_sweep(&r);
	(void)rig_deliver(&r, &u);
	ok(!is_readable(&r, &got) && rig_sql(&r, "SELECT count(*) FROM seal")
	    == 0, "R31 what waited 90 days is destroyed unseen");
	ok(rig_open_card(&r, "CARD000001", 7)->outcome == ST_NOT_FOUND,
	    "and its patient never knew");
	rig_close(&r);
}

int
main(void)
{
	test_confirm();
	test_confirm_in_parts();
	test_confirm_beside();
	test_confirm_nothing();
	test_biologist();
	test_not_the_biologists();
	test_taken_back();
	test_outdated();
	test_outdated_unseen();
	test_versions_of_documents();
	test_withdrawal_first();
	test_held_for_long();
	return done_testing();
}
