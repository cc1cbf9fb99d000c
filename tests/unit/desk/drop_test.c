#include "desk/command.h"

#include "desk_fake.h"
#include "tap.h"

static struct session session;

static void
begin(enum lang lang, bool json)
{
	desk_fake_start(&session);
	desk_fake_role.config.drop_kind = DROP_S3;
	session.lang = lang;
	session.options.json = json;
}

static void
find(uint64_t finding, uint64_t grade, const char *detail)
{
	struct message m = { .id = MSG_DROP_FINDING };

	m.drop_finding.finding = finding;
	m.drop_finding.grade = grade;
	m.drop_finding.detail = span_of(detail);
	drop_check_answer(&session, &m);
}

static void
end(enum status outcome)
{
	struct message m = { .id = MSG_DROP_CHECKED };

	m.drop_checked.outcome = outcome;
	drop_check_answer(&session, &m);
}

static void
test_request(void)
{
	begin(LANG_EN, false);
	drop_check_start(&session);
	ok(desk_fake.asked_of == ROLE_COURIER &&
	    desk_fake.asked.id == MSG_DROP_CHECK &&
	    desk_fake.asked.drop_check.init == 0, "check only looks");
	drop_init_start(&session);
	ok(desk_fake.asked.drop_check.init == 1, "init sets right");
	begin(LANG_EN, false);
	desk_fake_role.config.drop_kind = DROP_NONE;
	drop_check_start(&session);
	ok(desk_fake.asks == 0 && desk_fake.finished == 75 &&
	    desk_fake_said("drop.kind = none"),
	    "where no drop is configured, it says so at once");
}

static void
test_findings(void)
{
	begin(LANG_EN, false);
	find(FINDING_REACH, GRADE_GOOD, "store.example, TLS 1.2");
	ok(desk_fake_said("good") && desk_fake_said(
	    "connection to the store: store.example, TLS 1.2") &&
	    !desk_fake_said("->"), "a good one is a line");
	ok(desk_fake.flushes == 1, "shown as it comes");
	find(FINDING_LISTING, GRADE_BAD, "200 to anybody");
	ok(desk_fake_said("BAD") && desk_fake_said("-> take it away AT ONCE"),
	    "a bad one says what to do");
	find(FINDING_CORS, GRADE_FIXED, "");
	ok(desk_fake_said("SET RIGHT") && !desk_fake_said("drop init sets it"),
	    "one that was set right needs nothing more");
	find(FINDING_EXPIRY, GRADE_WARNING, "no rule for i/");
	ok(desk_fake_said("-> guichet drop init sets a lifecycle rule"),
	    "a warning says what to do, too");
	begin(LANG_EN, false);
	find(FINDING_LISTING, GRADE_UNKNOWN, "not looked at");
	ok(!desk_fake_said("->"), "what was not seen alarms nobody");
}

static void
test_every_finding_in_both_languages(void)
{
	for (uint64_t f = 0; f < FINDING_COUNT; f++)
		for (uint64_t g = 0; g < GRADE_COUNT; g++) {
			char english[1024];

			begin(LANG_EN, false);
			find(f, g, "d");
			strcpy(english, desk_fake.text);
			begin(LANG_FR, false);
			find(f, g, "d");
			ok(english[0] != '\0' && desk_fake.len > 20 &&
			    strcmp(english, desk_fake.text) != 0,
			    "finding %d, grade %d", (int)f, (int)g);
		}
}

static void
test_what_a_store_says_is_not_trusted(void)
{
	begin(LANG_EN, false);
	find(FINDING_READ, GRADE_BAD, "\033[2J\r\nguichet: all is well\x9b");
	ok(!desk_fake_said("\033") && !desk_fake_said("\r") &&
	    !desk_fake_said("\x9b"), "no terminal is steered by it");
	find(FINDING_COUNT, GRADE_BAD, "x");
	find(FINDING_READ, GRADE_COUNT, "x");
	ok(desk_fake.flushes == 1, "numbers that are none are left out");
}

static void
test_json(void)
{
	begin(LANG_FR, true);
	find(FINDING_FOREIGN_WRITE, GRADE_BAD, "say \"no\"");
	ok(strcmp(desk_fake.text, "{\"finding\":\"foreign write\","
	    "\"grade\":\"bad\",\"detail\":\"say \\\"no\\\"\"}\n") == 0,
	    "one object a line, in English whatever the language");
}

static void
test_ends(void)
{
	static const struct { enum status outcome; int code; } ends[] = {
		{ ST_OK, 0 }, { ST_INVALID, 1 }, { ST_IO, 75 },
		{ ST_NOT_FOUND, 75 }, { ST_BUSY, 75 },
	};

	for (size_t i = 0; i < COUNT(ends); i++) {
		begin(LANG_EN, false);
		end(ends[i].outcome);
		ok(desk_fake.finished == ends[i].code && desk_fake.len > 0,
		    "%s: exit %d", status_text(ends[i].outcome), ends[i].code);
	}
}

static void
test_stop(void)
{
	struct message m = { .id = MSG_DONE };
	static const struct { enum status st; const char *word; int code; }
	    rows[] = {
		{ ST_OK, "being deleted", 0 },
		{ ST_EXISTS, "no copy on the internet", 1 },
		{ ST_NOT_FOUND, "no card", 1 },
		{ ST_DISK_FULL, "no space left", 1 },
	};

	begin(LANG_EN, false);
	strcpy(session.options.operand, "K7QF-M2XW-9D5");
	drop_stop_start(&session);
	ok(desk_fake.finished == 1 && desk_fake_said("mistyped"),
	    "a mistyped card is not looked up");
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(LANG_EN, false);
		m.done.outcome = rows[i].st;
		drop_stop_answer(&session, &m);
		ok(desk_fake.finished == rows[i].code &&
		    desk_fake_said(rows[i].word), "stop: %s", rows[i].word);
	}
}

static void
test_call(void)
{
	struct message m = { .id = MSG_DONE };

	begin(LANG_EN, false);
	strcpy(session.options.operand, "0000-0000-000");
	card_call_start(&session);
	ok(desk_fake.finished == 1 && desk_fake.asks == 0 &&
	    desk_fake_said("notice.call_back is off"), "call: off by default");
	begin(LANG_EN, false);
	strcpy(session.options.operand, "0000-0000-000");
	desk_fake_role.config.notice_call_back = true;
	card_call_start(&session);
	ok(desk_fake.asked.id == MSG_CARD_CALL, "call: asks the vault");
	m.done.outcome = ST_EXPIRED;
	card_call_answer(&session, &m);
	ok(desk_fake.finished == 1 && desk_fake_said("no address"),
	    "call: no address any more");
	m.done.outcome = ST_OK;
	card_call_answer(&session, &m);
	ok(desk_fake.finished == 0, "call: done");
}

int
main(void)
{
	test_request();
	test_findings();
	test_every_finding_in_both_languages();
	test_what_a_store_says_is_not_trusted();
	test_json();
	test_ends();
	test_stop();
	test_call();
	return done_testing();
}
