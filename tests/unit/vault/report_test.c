/* What becomes of a version: the rules of lis.md 2.6, as a table and live. */
#include "vault/report.h"

#include "jose/jws.h"
#include "tap.h"
#include "vault_rig.h"

enum { NONE, ACTIVE, WITHDRAWN, QUARANTINED };

struct row {
	const char *what;
	int known;			/* NONE, or a state */
	uint8_t known_content, known_patient;
	uint64_t known_version;
	enum release known_release;
	uint8_t content, patient;
	uint64_t version;
	enum release release;
	uint64_t card;			/* the known one is 1 */
	enum report_decision want;
};

static const struct row rows[] = {
	{ "the first version", NONE, 0, 0, 0, 0,
	  1, 1, 5, RELEASE_DELIVER, 1, REPORT_SEAL },
	{ "the first, withheld", NONE, 0, 0, 0, 0,
	  1, 1, 5, RELEASE_WITHHOLD, 1, REPORT_SEAL },
	{ "a withdrawal of nothing", NONE, 0, 0, 0, 0,
	  1, 1, 5, RELEASE_WITHDRAW, 1, REPORT_UNKNOWN },
	{ "an incident about nothing", NONE, 0, 0, 0, 0,
	  1, 1, 5, RELEASE_INCIDENT, 1, REPORT_UNKNOWN },
	{ "the same again, later", ACTIVE, 1, 1, 5, RELEASE_DELIVER,
	  1, 1, 6, RELEASE_DELIVER, 1, REPORT_SAME },
	{ "the same again, same version", ACTIVE, 1, 1, 5, RELEASE_DELIVER,
	  1, 1, 5, RELEASE_DELIVER, 1, REPORT_SAME },
	{ "the same again, older", ACTIVE, 1, 1, 5, RELEASE_DELIVER,
	  1, 1, 4, RELEASE_DELIVER, 1, REPORT_OLD },
	{ "new content, later", ACTIVE, 1, 1, 5, RELEASE_DELIVER,
	  2, 1, 6, RELEASE_DELIVER, 1, REPORT_SEAL },
	{ "new content in the same second: the later arrival", ACTIVE, 1, 1, 5,
	  RELEASE_DELIVER, 2, 1, 5, RELEASE_DELIVER, 1, REPORT_SEAL },
	{ "new content, older", ACTIVE, 1, 1, 5, RELEASE_DELIVER,
	  2, 1, 4, RELEASE_DELIVER, 1, REPORT_OLD },
	{ "P, then F with the same content", ACTIVE, 1, 1, 5, RELEASE_WITHHOLD,
	  1, 1, 6, RELEASE_DELIVER, 1, REPORT_SEAL },
	{ "F, then P with the same content", ACTIVE, 1, 1, 5, RELEASE_DELIVER,
	  1, 1, 6, RELEASE_WITHHOLD, 1, REPORT_SEAL },
	{ "the same, now with a card", ACTIVE, 1, 1, 5, RELEASE_DELIVER,
	  1, 1, 6, RELEASE_DELIVER, 2, REPORT_SEAL },
	{ "another patient, later", ACTIVE, 1, 1, 5, RELEASE_DELIVER,
	  2, 2, 6, RELEASE_DELIVER, 1, REPORT_QUARANTINE },
	{ "another patient, same content", ACTIVE, 1, 1, 5, RELEASE_DELIVER,
	  1, 2, 5, RELEASE_DELIVER, 1, REPORT_QUARANTINE },
	{ "another patient, even older", ACTIVE, 1, 1, 5, RELEASE_DELIVER,
	  2, 2, 4, RELEASE_DELIVER, 1, REPORT_QUARANTINE },
	{ "a withdrawal", ACTIVE, 1, 1, 5, RELEASE_DELIVER,
	  2, 1, 6, RELEASE_WITHDRAW, 1, REPORT_REVOKE },
	{ "a withdrawal in the same second", ACTIVE, 1, 1, 5, RELEASE_DELIVER,
	  2, 1, 5, RELEASE_WITHDRAW, 1, REPORT_REVOKE },
	{ "a withdrawal of an older version", ACTIVE, 1, 1, 5, RELEASE_DELIVER,
	  2, 1, 4, RELEASE_WITHDRAW, 1, REPORT_OLD },
	{ "wrong patient: whatever the version", ACTIVE, 1, 1, 5,
	  RELEASE_DELIVER, 2, 1, 4, RELEASE_INCIDENT, 1, REPORT_REVOKE },
	{ "a withdrawal under another identity", ACTIVE, 1, 1, 5,
	  RELEASE_DELIVER, 2, 2, 6, RELEASE_WITHDRAW, 1, REPORT_REVOKE },
	{ "a withdrawal of a withheld one", ACTIVE, 1, 1, 5, RELEASE_WITHHOLD,
	  2, 1, 6, RELEASE_WITHDRAW, 1, REPORT_REVOKE },
	{ "withdrawn, then a late older F", WITHDRAWN, 0, 1, 5,
	  RELEASE_WITHDRAW, 1, 1, 4, RELEASE_DELIVER, 1, REPORT_OLD },
	{ "withdrawn, then a newer F", WITHDRAWN, 0, 1, 5, RELEASE_WITHDRAW,
	  1, 1, 6, RELEASE_DELIVER, 1, REPORT_SEAL },
	{ "withdrawn twice", WITHDRAWN, 0, 1, 5, RELEASE_WITHDRAW,
	  1, 1, 6, RELEASE_WITHDRAW, 1, REPORT_REVOKE },
	{ "revoked at the desk, then the same again", WITHDRAWN, 1, 1, 5,
	  RELEASE_DELIVER, 1, 1, 6, RELEASE_DELIVER, 1, REPORT_SAME },
	{ "revoked at the desk, then a correction", WITHDRAWN, 1, 1, 5,
	  RELEASE_DELIVER, 2, 1, 6, RELEASE_DELIVER, 1, REPORT_SEAL },
	{ "quarantined: nothing more, even the first patient", QUARANTINED, 0,
	  1, 5, RELEASE_DELIVER, 2, 1, 6, RELEASE_DELIVER, 1,
	  REPORT_QUARANTINE },
	{ "quarantined: a withdrawal still counts", QUARANTINED, 0, 1, 5,
	  RELEASE_DELIVER, 2, 1, 6, RELEASE_WITHDRAW, 1, REPORT_REVOKE },
};

static void
test_table(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		struct report_known known = { .exists = row->known != NONE,
		    .version = { row->known_version, 0 }, .card = 1,
		    .release = (uint64_t)row->known_release,
		    .state = (enum report_state)(row->known - ACTIVE) };
		struct meeting met = { 0 };
		struct report_new new = { .version = { row->version, 0 },
		    .release = (uint64_t)row->release, .card = row->card,
		    .holds = row->release == RELEASE_WITHHOLD };

		memset(known.content, row->known_content, 32);
		memset(known.patient, row->known_patient, 32);
		memset(new.content, row->content, 32);
		memset(new.patient, row->patient, 32);
		ok(report_decide(&known, &met, &new).decision == row->want,
		    "R31 %s", row->what);
	}
}

/* --- the same, through the vault ----------------------------------------- */

static const struct rig_report base = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 5 };

static struct rig_report
version(uint64_t version_ms, uint8_t content, enum release release)
{
	struct rig_report report = base;

	report.version_ms = version_ms;
	report.content = content;
	report.release = release;
	report.size = 50000;
	return report;
}

static void
start(struct rig *r)
{
	rig_open(r);
	(void)rig_card(r, "CARD000001", 7, false, NULL);
}

static uint64_t
shown_status(struct rig *r, size_t n)
{
	const struct message *m;

	(void)rig_open_card(r, "CARD000001", 7);
	m = rig_answer(r, MSG_CARD_BUNDLE, n);
	return m == NULL ? BUNDLE_STATUS_COUNT : m->card_bundle.status;
}

static void
test_supersede(void)
{
	struct rig r;
	struct rig_report one = version(5, 1, RELEASE_DELIVER);
	struct rig_report two = version(6, 2, RELEASE_DELIVER);
	struct rig_report late = version(4, 3, RELEASE_DELIVER);
	struct rig_result a, b;

	start(&r);
	a = rig_deliver(&r, &one);
	two.status = BUNDLE_CORRECTED;
	b = rig_deliver(&r, &two);
	ok(b.stored == ST_OK && rig_read(&r, a.name) == ST_NOT_FOUND,
	    "a correction: the old object is gone");
	ok(rig_read(&r, b.name) == ST_OK, "the new one is there");
	ok(rig_sql(&r, "SELECT count(*) FROM seal") == 1,
	    "keys and envelope of the old one are gone");
	ok(rig_sql(&r, "SELECT count(*) FROM garbage") == 0,
	    "its bytes are punched out before the next turn");
	ok(rig_open_card(&r, "CARD000001", 7)->bundles == 1
	    && shown_status(&r, 0) == BUNDLE_CORRECTED,
	    "the patient sees one bundle, corrected");
	ok(rig_deliver(&r, &late).opened == ST_EXPIRED
	    && rig_read(&r, b.name) == ST_OK, "a late older one changes nothing");
	ok(rig_audit(&r, "\"ev\":\"supersede\"") == 1
	    && rig_audit(&r, "\"res\":\"older\"") == 1, "both are in the log");
	rig_close(&r);
}

static void
test_same_content(void)
{
	struct rig r;
	struct rig_report one = version(5, 1, RELEASE_DELIVER);
	struct rig_report again = version(9, 1, RELEASE_DELIVER);
	struct rig_report between = version(7, 2, RELEASE_DELIVER);
	struct rig_result a;

	start(&r);
	a = rig_deliver(&r, &one);
	ok(rig_deliver(&r, &again).opened == ST_EXISTS, "nothing new");
	ok(rig_read(&r, a.name) == ST_OK
	    && rig_sql(&r, "SELECT count(*) FROM bundle") == 1, "one bundle");
	ok(rig_deliver(&r, &between).opened == ST_EXPIRED,
	    "but its version counts");
	rig_close(&r);
}

static void
test_withheld(void)
{
	struct rig r;
	struct rig_report p = version(5, 1, RELEASE_WITHHOLD);
	struct rig_report f = version(6, 1, RELEASE_DELIVER);
	struct rig_result held, final;

	start(&r);
	p.status = BUNDLE_PRELIMINARY;
	held = rig_deliver(&r, &p);
	ok(held.stored == ST_OK, "a preliminary one is sealed and stored");
	ok(rig_open_card(&r, "CARD000001", 7)->outcome == ST_NOT_FOUND,
	    "and looks like nothing yet");
	ok(rig_read(&r, held.name) == ST_NOT_FOUND, "by name, too");
	final = rig_deliver(&r, &f);
	ok(final.stored == ST_OK && rig_read(&r, final.name) == ST_OK
	    && shown_status(&r, 0) == BUNDLE_FINAL, "F opens it");
	ok(rig_sql(&r, "SELECT count(*) FROM seal") == 1, "P is destroyed");
	rig_close(&r);
}

static void
test_withdrawal(enum release release, const char *what)
{
	struct rig r;
	struct rig_report one = version(5, 1, RELEASE_DELIVER);
	struct rig_report gone = version(6, 2, release);
	struct rig_report back = version(7, 1, RELEASE_DELIVER);
	struct rig_result a, b;

	start(&r);
	a = rig_deliver(&r, &one);
	b = rig_deliver(&r, &gone);
	ok(b.opened == ST_EXISTS && b.stored == ST_OK, "%s: found", what);
	ok(rig_read(&r, a.name) == ST_NOT_FOUND, "%s: revoked at once", what);
	ok(shown_status(&r, 0) == BUNDLE_WITHDRAWN, "a tombstone is shown");
	ok(rig_answer(&r, MSG_CARD_BUNDLE, 0)->card_bundle.envelope.len == 0,
	    "without an envelope");
	ok(rig_sql(&r, "SELECT count(*) FROM seal") == 0
	    && rig_sql(&r, "SELECT count(*) FROM garbage") == 0,
	    "nothing that opens it is left");
	ok(rig_audit(&r, release == RELEASE_INCIDENT
	    ? "\"ev\":\"incident\"" : "\"ev\":\"withdraw\"") == 1, "logged");
	b = rig_deliver(&r, &back);
	ok(b.stored == ST_OK && rig_read(&r, b.name) == ST_OK,
	    "a newer version may come back");
	rig_close(&r);
}

static void
test_unknown_withdrawal(void)
{
	struct rig r;
	struct rig_report gone = version(6, 2, RELEASE_WITHDRAW);
	struct rig_report late = version(5, 1, RELEASE_DELIVER);
	struct rig_result a;

	start(&r);
	a = rig_deliver(&r, &gone);
	ok(a.opened == ST_NOT_FOUND && a.stored == ST_OK,
	    "a withdrawal of nothing is stored");
	ok(rig_deliver(&r, &late).opened == ST_EXPIRED,
	    "so that the result it overtook stays out");
	rig_close(&r);
}

static void
test_identity_change(void)
{
	struct rig r;
	struct rig_report one = version(5, 1, RELEASE_DELIVER);
	struct rig_report other = version(6, 2, RELEASE_DELIVER);
	struct rig_report first_again = version(7, 3, RELEASE_DELIVER);
	struct rig_result a, b;

	start(&r);
	a = rig_deliver(&r, &one);
	other.patient = 2;
	b = rig_deliver(&r, &other);
	ok(b.opened == ST_DENIED && b.stored == ST_OK,
	    "another patient under the same key is quarantined");
	ok(rig_read(&r, a.name) == ST_NOT_FOUND
	    && shown_status(&r, 0) == BUNDLE_WITHDRAWN, "the old is revoked");
	ok(rig_deliver(&r, &first_again).opened == ST_DENIED,
	    "and a person has to look at it");
	ok(rig_audit(&r, "\"ev\":\"quarantine\"") == 2, "both are logged");
	rig_close(&r);
}

static void
test_addition(void)
{
	struct rig r;
	struct rig_report one = version(5, 1, RELEASE_DELIVER);
	struct rig_report more = version(6, 2, RELEASE_DELIVER);
	struct rig_report gone = version(7, 3, RELEASE_WITHDRAW);
	struct rig_result a, b;

	start(&r);
	a = rig_deliver(&r, &one);
	more.status = BUNDLE_APPENDED;
	b = rig_deliver(&r, &more);
	ok(rig_read(&r, a.name) == ST_OK && rig_read(&r, b.name) == ST_OK,
	    "an addition stands beside the report");
	ok(strstr(b.claim, ".") != NULL
	    && rig_open_card(&r, "CARD000001", 7)->bundles == 2, "both shown");
	(void)rig_deliver(&r, &gone);
	ok(rig_read(&r, a.name) == ST_NOT_FOUND
	    && rig_read(&r, b.name) == ST_NOT_FOUND, "both are withdrawn");
	rig_close(&r);
}

/* Two versions in one message. */
static void
test_twice_in_one_delivery(void)
{
	struct rig r;
	struct rig_report one = version(5, 1, RELEASE_DELIVER);
	struct rig_result a;
	struct message m = { .id = MSG_REPORT_OPEN };
	uint8_t key[32], content[32];
	const struct msg_report_opened *o;

	start(&r);
	a = rig_begin(&r, &one);
	memset(key, 1, 32);
	memset(content, 2, 32);
	m.report_open.delivery = a.delivery;
	m.report_open.report = 1;
	m.report_open.card = span_of("CARD000001");
	m.report_open.report_key = (struct span){ key, 32 };
	m.report_open.patient = (struct span){ key, 32 };
	m.report_open.traits = (struct span){ key, 32 };
	m.report_open.content = (struct span){ key, 32 };
	m.report_open.version_ms = 5;
	m.report_open.snapshot = 1;
	o = &rig_ask(&r, &m, MSG_REPORT_OPENED)->report_opened;
	ok(o->outcome == ST_EXISTS, "the same content once more: nothing new");
	m.report_open.report = 2;
	m.report_open.content = (struct span){ content, 32 };
	o = &rig_ask(&r, &m, MSG_REPORT_OPENED)->report_opened;
	ok(o->outcome == ST_OK, "other content: a version of its own");
	rig_close(&r);
}

static void
test_versions_only_grow(void)
{
	struct rig r;
	struct rig_report one = version(5, 1, RELEASE_DELIVER);
	struct rig_report wrong = version(2, 2, RELEASE_INCIDENT);
	struct rig_report late = version(3, 3, RELEASE_DELIVER);

	start(&r);
	(void)rig_deliver(&r, &one);
	(void)rig_deliver(&r, &wrong);
	ok(rig_deliver(&r, &late).opened == ST_EXPIRED,
	    "an old incident does not make room for old versions");
	rig_close(&r);
}

static void
test_desk_revocation_lasts(void)
{
	struct rig r;
	struct rig_report one = version(5, 1, RELEASE_DELIVER);
	struct rig_report again = version(6, 1, RELEASE_DELIVER);
	struct message m = { .id = MSG_BUNDLE_REVOKE };
	struct rig_result a;

	start(&r);
	a = rig_deliver(&r, &one);
	m.bundle_revoke.bundle = span_of(a.bid);
	m.bundle_revoke.actor = span_of("tester");
	(void)rig_ask(&r, &m, MSG_DONE);
	(void)rig_deliver(&r, &again);
	ok(rig_sql(&r, "SELECT state FROM report") == REPORT_WITHDRAWN,
	    "a repetition leaves the report withdrawn");
	rig_close(&r);
}

static void
test_replaces_names_nobody_elses(void)
{
	struct rig r;
	struct rig_report one = version(5, 1, RELEASE_DELIVER);
	struct rig_report moved = version(6, 2, RELEASE_DELIVER);

	start(&r);
	(void)rig_card(&r, "CARD000002", 7, false, NULL);
	(void)rig_deliver(&r, &one);
	moved.card = "CARD000002";
	(void)rig_deliver(&r, &moved);
	ok(rig_audit(&r, "\"replaces\":\"\"") == 2,
	    "a bundle on another card replaces none there");
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE live = 1") == 1,
	    "though the old one goes");
	rig_close(&r);
}

/* --- reports in parts ------------------------------------------------------ */

struct sent {
	const char *lines;	/* NULL: none are sent */
	uint8_t  content;
	uint64_t version_ms;
	enum release release;
	enum bundle_status status;
};

struct series {
	const char *what;
	struct sent sent[4];	/* content 0: no more */
	enum status opened;	/* the last one */
	const char *readable;	/* contents whose objects are there */
	enum bundle_status last;	/* of the newest bundle, in its row */
};

#define F(lines, content, version) \
	{ lines, content, version, RELEASE_DELIVER, BUNDLE_FINAL }
#define C(lines, content, version) \
	{ lines, content, version, RELEASE_DELIVER, BUNDLE_CORRECTED }
#define P(lines, content, version) \
	{ lines, content, version, RELEASE_WITHHOLD, BUNDLE_PRELIMINARY }
#define W(version) \
	{ NULL, 9, version, RELEASE_WITHDRAW, BUNDLE_FINAL }

static const struct series series[] = {
	{ "other lines stand beside", { F("ab", 1, 5), F("cd", 2, 6) },
	  ST_OK, "12", BUNDLE_APPENDED },
	{ "some of them and others: a correction beside", { F("ab", 1, 5),
	  F("bc", 2, 6) }, ST_OK, "12", BUNDLE_CORRECTED },
	{ "fewer of them, too", { F("ab", 1, 5), C("a", 2, 6) },
	  ST_OK, "12", BUNDLE_CORRECTED },
	{ "one by one corrected, the old one goes", { F("ab", 1, 5),
	  C("a", 2, 6), C("b", 3, 7) }, ST_OK, "23", BUNDLE_CORRECTED },
	{ "a late correction of its own lines counts", { F("a", 1, 5),
	  F("b", 2, 7), C("a", 3, 6) }, ST_OK, "23", BUNDLE_CORRECTED },
	{ "the same lines replace", { F("ab", 1, 5), C("ab", 2, 6) },
	  ST_OK, "2", BUNDLE_CORRECTED },
	{ "and with more, too", { F("bc", 1, 5), F("abcd", 2, 6) },
	  ST_OK, "2", BUNDLE_FINAL },
	{ "a correction of an addition", { F("ab", 1, 5), F("c", 2, 6),
	  C("c", 3, 7) }, ST_OK, "13", BUNDLE_CORRECTED },
	{ "lines that bring all again", { F("a", 1, 5), F("b", 2, 6),
	  F("abc", 3, 7) }, ST_OK, "3", BUNDLE_FINAL },
	{ "a whole report replaces all", { F("a", 1, 5), F("b", 2, 6),
	  F("!ab", 3, 7) }, ST_OK, "3", BUNDLE_FINAL },
	{ "so does a document alone", { F("a", 1, 5), F("b", 2, 6),
	  F("!", 3, 7) }, ST_OK, "3", BUNDLE_FINAL },
	{ "an addition to a whole report", { F("!ab", 1, 5), F("c", 2, 6) },
	  ST_OK, "12", BUNDLE_APPENDED },
	{ "lines cover a whole report's", { F("!ab", 1, 5), C("ab", 2, 6) },
	  ST_OK, "2", BUNDLE_CORRECTED },
	{ "but not a document alone", { F("!", 1, 5), F("ab", 2, 6) },
	  ST_OK, "12", BUNDLE_APPENDED },
	{ "the first part once more", { F("a", 1, 5), F("b", 2, 6),
	  F("a", 1, 7) }, ST_EXISTS, "12", BUNDLE_APPENDED },
	{ "P, then F of the same lines", { P("ab", 1, 5), F("ab", 1, 6) },
	  ST_OK, "1", BUNDLE_FINAL },
	{ "P beside F is withheld", { F("a", 1, 5), P("b", 2, 6) },
	  ST_OK, "1", BUNDLE_PRELIMINARY },
	{ "P beside F, then F of it", { F("a", 1, 5), P("b", 2, 6),
	  F("b", 2, 7) }, ST_OK, "12", BUNDLE_FINAL },
	{ "a withdrawal takes all parts", { F("a", 1, 5), F("b", 2, 6), W(7) },
	  ST_EXISTS, "", BUNDLE_WITHDRAWN },
	{ "after it all may come back", { F("a", 1, 5), F("b", 2, 6), W(7),
	  F("a", 1, 8) }, ST_OK, "1", BUNDLE_FINAL },
	{ "late lines that nobody brought", { F("a", 1, 5), F("b", 2, 4) },
	  ST_OK, "12", BUNDLE_APPENDED },
	{ "late lines that came already", { F("ab", 1, 5), F("bc", 2, 4) },
	  ST_EXPIRED, "1", BUNDLE_FINAL },
	{ "late lines after a whole report", { F("!a", 1, 5), F("b", 2, 4) },
	  ST_EXPIRED, "1", BUNDLE_FINAL },
	{ "late lines after a withdrawal", { F("a", 1, 5), W(7),
	  F("b", 2, 6) }, ST_EXPIRED, "", BUNDLE_WITHDRAWN },
};

static struct rig_report
report_of(const struct sent *s)
{
	struct rig_report report = version(s->version_ms, s->content,
	    s->release);

	report.lines = s->lines;
	report.status = s->status;
	return report;
}

/* Each message by itself; which objects are there in the end? */
static void
test_series(const struct series *row)
{
	struct rig r;
	struct rig_result got[4] = { { 0 } };
	char readable[8] = "";
	size_t n = 0, k = 0;

	start(&r);
	for (; n < 4 && row->sent[n].content != 0; n++) {
		struct rig_report report = report_of(&row->sent[n]);

		got[n] = rig_deliver(&r, &report);
	}
	for (size_t i = 0; i < n; i++) {
		if (got[i].opened == ST_OK
		    && rig_read(&r, got[i].name) == ST_OK)
			readable[k++] = (char)('0' + row->sent[i].content);
	}
	ok(got[n - 1].opened == row->opened && got[n - 1].stored == ST_OK
	    && strcmp(readable, row->readable) == 0
	    && rig_sql(&r, "SELECT status FROM bundle ORDER BY id DESC LIMIT 1")
	    == row->last, "R34 %s", row->what);
	rig_close(&r);
}

static void
test_parts_are_told(void)
{
	struct rig r;
	struct rig_report one = version(5, 1, RELEASE_DELIVER);
	struct rig_report two = version(6, 2, RELEASE_DELIVER);
	struct rig_report three = version(7, 3, RELEASE_DELIVER);
	struct rig_result a;
	char replaces[64];
	uint8_t storage[2048];
	struct buf payload = buf_over(storage, sizeof(storage) - 1);

	start(&r);
	one.lines = "a";
	two.lines = "b";
	three.lines = "b";
	(void)rig_deliver(&r, &one);
	a = rig_deliver(&r, &two);
	ok(jws_verify(&r.v.box_key, "guichet-claim+jws", span_of(a.claim),
	    &payload) == ST_OK, "a claim");
	storage[payload.len] = 0;
	ok(strstr((char *)storage, "\"appended\",\"replaces\":null") != NULL,
	    "says that it is an addition");
	snprintf(replaces, sizeof(replaces), "\"replaces\":\"%s\"", a.bid);
	(void)rig_deliver(&r, &three);
	ok(rig_audit(&r, replaces) == 1, "its correction replaces it alone");
	rig_close(&r);
}

/* The same rules, within one message. */
static void
test_parts_in_one_delivery(void)
{
	struct rig r;
	struct rig_report one = version(5, 1, RELEASE_DELIVER);
	struct rig_result a;
	struct message m = { .id = MSG_REPORT_OPEN };
	struct msg_report_open *o = &m.report_open;
	uint8_t key[32], content[32], lines[8 * RIG_LINES_MAX];
	static const struct { const char *lines; uint8_t content;
	    uint64_t outcome; } more[] = {
		{ "b", 2, ST_OK }, { "a", 1, ST_EXISTS }, { "ab", 3, ST_OK },
		{ "a", 1, ST_OK }, { "ba", 4, ST_INVALID },
		{ "aa", 5, ST_INVALID },
	};

	start(&r);
	one.lines = "a";
	a = rig_begin(&r, &one);
	memset(key, 1, 32);
	o->delivery = a.delivery;
	o->card = span_of("CARD000001");
	o->report_key = o->patient = o->traits = (struct span){ key, 32 };
	o->content = (struct span){ content, 32 };
	o->version_ms = 5;
	for (size_t i = 0; i < COUNT(more); i++) {
		memset(content, more[i].content, 32);
		o->report = i + 1;
		o->lines = rig_lines(more[i].lines, lines, &o->snapshot);
		ok(rig_ask(&r, &m, MSG_REPORT_OPENED)->report_opened.outcome
		    == more[i].outcome, "lines %s", more[i].lines);
	}
	rig_close(&r);
}

static void
test_desk_revokes_a_part(void)
{
	struct rig r;
	struct rig_report one = version(5, 1, RELEASE_DELIVER);
	struct rig_report two = version(6, 2, RELEASE_DELIVER);
	struct message m = { .id = MSG_BUNDLE_REVOKE };
	struct rig_result a, b;

	start(&r);
	one.lines = "a";
	two.lines = "b";
	a = rig_deliver(&r, &one);
	b = rig_deliver(&r, &two);
	m.bundle_revoke.bundle = span_of(a.bid);
	m.bundle_revoke.actor = span_of("tester");
	(void)rig_ask(&r, &m, MSG_DONE);
	one.version_ms = 7;
	ok(rig_deliver(&r, &one).opened == ST_EXISTS
	    && rig_read(&r, a.name) == ST_NOT_FOUND
	    && rig_read(&r, b.name) == ST_OK,
	    "a part revoked at the desk does not come back by repetition");
	rig_close(&r);
}

/* Bytes that were lost are lost from one part, and its repetition heals it. */
static void
test_damaged_part_comes_again(void)
{
	struct rig r;
	struct rig_report one = version(5, 1, RELEASE_DELIVER);
	struct rig_report two = version(6, 2, RELEASE_DELIVER);
	struct rig_result a, b;

	start(&r);
	one.lines = "a";
	two.lines = "b";
	(void)rig_deliver(&r, &one);
	b = rig_deliver(&r, &two);
	(void)rig_sql(&r, "UPDATE bundle SET damaged = 1 WHERE id = 1");
	a = rig_deliver(&r, &one);
	ok(a.stored == ST_OK && rig_read(&r, a.name) == ST_OK
	    && rig_read(&r, b.name) == ST_OK, "a damaged part comes again");
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE live = 1") == 2,
	    "in its place");
	rig_close(&r);
}

int
main(void)
{
	test_versions_only_grow();
	test_desk_revocation_lasts();
	test_replaces_names_nobody_elses();
	test_table();
	test_supersede();
	test_same_content();
	test_withheld();
	test_withdrawal(RELEASE_WITHDRAW, "withdrawal");
	test_withdrawal(RELEASE_INCIDENT, "incident");
	test_unknown_withdrawal();
	test_identity_change();
	test_addition();
	test_twice_in_one_delivery();
	for (size_t i = 0; i < COUNT(series); i++)
		test_series(&series[i]);
	test_parts_are_told();
	test_parts_in_one_delivery();
	test_desk_revokes_a_part();
	test_damaged_part_comes_again();
	return done_testing();
}
