#include "desk/command.h"

#include <stdio.h>
#include <time.h>

#include "desk_fake.h"
#include "tap.h"

/* The lists that answer about the outbox: rows, hosts, alarms, credentials. */

static struct session session;

static void
begin(enum lang lang, bool json)
{
	struct config *c = &desk_fake_role.config;

	desk_fake_start(&session);
	session.lang = lang;
	session.options.json = json;
	c->drop_kind = DROP_KEYSTONE;
	strcpy(c->drop_endpoint, "https://identity.example:5000/v3");
	strcpy(c->mail_server, "mail.example:465");
}

static void
done_with(void (*answer)(struct session *, const struct message *),
    enum status outcome, uint64_t more)
{
	struct message m = { .id = MSG_DONE };

	m.done.outcome = outcome;
	m.done.more = more;
	answer(&session, &m);
}

static void
row(uint64_t number, uint64_t kind, uint64_t notice)
{
	struct message m = { .id = MSG_OUTBOX_ROW };

	m.outbox_row.number = number;
	m.outbox_row.channel = kind == OUTBOX_NOTICE ? CHANNEL_SMS
	    : CHANNEL_STORE;
	m.outbox_row.kind = kind;
	m.outbox_row.notice = notice;
	m.outbox_row.card = span_of("Ab3dEf9h");
	m.outbox_row.due_s = 1790000000;
	m.outbox_row.tries = 4;
	m.outbox_row.error = span_of("503 from the store");
	outbox_answer(&session, &m);
}

static void
host(uint64_t channel, uint64_t failing_since_s)
{
	struct message m = { .id = MSG_OUTBOX_HOST };

	m.outbox_host.channel = channel;
	m.outbox_host.waiting = 12;
	m.outbox_host.due = 3;
	m.outbox_host.oldest_s = (uint64_t)time(NULL) - 7200;
	m.outbox_host.failing_since_s = failing_since_s;
	m.outbox_host.failures = 7;
	m.outbox_host.retry_s = failing_since_s == 0 ? 0 : 1790000060;
	m.outbox_host.error = span_of("name not found");
	outbox_answer(&session, &m);
}

static void
test_hosts(void)
{
	begin(LANG_EN, false);
	outbox_start(&session);
	ok(desk_fake.asked.id == MSG_OUTBOX_LIST &&
	    desk_fake.asked.outbox_list.after == 0, "from the beginning");
	host(CHANNEL_STORE, 1789990000);
	ok(desk_fake_said("store  identity.example: waiting 12, due 3"),
	    "the host of the configuration");
	ok(desk_fake_said("due since 2 h 0 min"), "how old the oldest is");
	ok(desk_fake_said("FAILING since 2026-09-21T") &&
	    desk_fake_said("7 times in a row") &&
	    desk_fake_said("last error: name not found"), "why it waits");
	begin(LANG_EN, false);
	host(CHANNEL_MAIL, 0);
	ok(desk_fake_said("mail.example") && !desk_fake_said("FAILING"),
	    "one that works");
	host(CHANNEL_SMS, 0);
	ok(desk_fake_said("sms    not configured (sms.url)"),
	    "one that is not configured");
}

static void
test_rows_page_by_page_then_alarms(void)
{
	begin(LANG_EN, false);
	outbox_start(&session);
	row(41, OUTBOX_PUT_OBJECT, 0);
	row(42, OUTBOX_NOTICE, NOTICE_DAY_CODE);
	ok(desk_fake_said("put object  Ab3dEf9h  due 2026-") &&
	    desk_fake_said("tries 4") && desk_fake_said("503 from the store"),
	    "a row");
	ok(desk_fake_said("notice: day code"), "a notice says which");
	done_with(outbox_answer, ST_OK, 1);
	ok(desk_fake.asked.id == MSG_OUTBOX_LIST &&
	    desk_fake.asked.outbox_list.after == 42, "the next page");
	done_with(outbox_answer, ST_OK, 0);
	ok(desk_fake.asked.id == MSG_ALARM_LIST &&
	    desk_fake.asked.alarm_list.after == 0 && desk_fake.finished == -1,
	    "then the alarms");
	done_with(outbox_answer, ST_OK, 0);
	ok(desk_fake.finished == 0 && desk_fake_said("No alarm"), "none");
}

static void
test_empty_and_failed(void)
{
	begin(LANG_FR, false);
	outbox_start(&session);
	done_with(outbox_answer, ST_OK, 0);
	ok(desk_fake_said("Rien n'attend"), "an empty one, in French");
	begin(LANG_EN, false);
	outbox_start(&session);
	done_with(outbox_answer, ST_CORRUPT, 0);
	ok(desk_fake.finished == 1, "a list that cannot be read");
}

static void
test_json(void)
{
	begin(LANG_FR, true);
	row(7, OUTBOX_NOTICE, NOTICE_CALL_BACK);
	ok(strcmp(desk_fake.text, "{\"type\":\"row\",\"number\":7,"
	    "\"channel\":\"sms\",\"kind\":\"notice\",\"notice\":\"call back\","
	    "\"card\":\"Ab3dEf9h\",\"made\":0,\"due\":1790000000,\"tries\":4,"
	    "\"is_taken\":false,\"error\":\"503 from the store\"}\n") == 0,
	    "a row");
	begin(LANG_FR, true);
	host(CHANNEL_MAIL, 0);
	ok(strncmp(desk_fake.text, "{\"type\":\"host\",\"channel\":\"mail\","
	    "\"host\":\"mail.example\",\"waiting\":12,\"due\":3,", 70) == 0,
	    "a host");
}

static void
test_every_kind(void)
{
	for (uint64_t k = 0; k <= OUTBOX_KIND_COUNT; k++)
		for (uint64_t n = 0; n <= NOTICE_COUNT; n++) {
			begin(LANG_FR, k % 2 == 0);
			row(1, k, n);
			ok(desk_fake.len > 20, "kind %d, notice %d", (int)k,
			    (int)n);
		}
}

/* --- alarms ----------------------------------------------------------------------- */

static void
alarm_of(uint64_t kind, const char *card, const char *error)
{
	struct message m = { .id = MSG_ALARM_ROW };

	m.alarm_row.number = 5;
	m.alarm_row.kind = kind;
	m.alarm_row.since_s = 1789990000;
	m.alarm_row.last_s = 1790000000;
	m.alarm_row.times = 2;
	m.alarm_row.card = span_of(card);
	m.alarm_row.error = span_of(error);
	alarm_list_answer(&session, &m);
}

static void
test_alarms(void)
{
	begin(LANG_EN, false);
	alarm_list_start(&session);
	alarm_of(ALARM_BOUNCED, "K7QFM2XW9D", "550 no such user");
	ok(desk_fake_said("A MAIL CAME BACK") && desk_fake_said("2 times") &&
	    desk_fake_said(", card K7QF-M2XW-9D") &&
	    desk_fake_said(": 550 no such user") && desk_fake_said("->"),
	    "what, whose, why, what to do");
	done_with(alarm_list_answer, ST_OK, 1);
	ok(desk_fake.asked.alarm_list.after == 5, "the next page");
	for (uint64_t k = 0; k <= ALARM_COUNT; k++) {
		begin(LANG_FR, false);
		alarm_of(k, "", "");
		ok(desk_fake_said("->") && !desk_fake_said(", carte"),
		    "alarm %d in French, of no card", (int)k);
	}
	begin(LANG_EN, true);
	alarm_of(ALARM_DELETION, "", "x");
	ok(strstr(desk_fake.text, "\"alarm\":\"deletion\"") != NULL, "JSON");
}

static void
test_alarm_clear(void)
{
	begin(LANG_EN, false);
	strcpy(session.options.operand, "5x");
	alarm_clear_start(&session);
	ok(desk_fake.asks == 0 && desk_fake.finished == 1,
	    "clear: no number");
	begin(LANG_EN, false);
	strcpy(session.options.operand, "5");
	alarm_clear_start(&session);
	ok(desk_fake.asked.alarm_clear.number == 5 &&
	    span_is(desk_fake.asked.alarm_clear.actor, "uid:0"),
	    "clear: by whom");
	done_with(alarm_clear_answer, ST_NOT_FOUND, 0);
	ok(desk_fake.finished == 1 && desk_fake_said("no alarm 5"),
	    "clear: none");
}

/* --- credentials -------------------------------------------------------------------- */

static void
test_credential_set(void)
{
	begin(LANG_EN, false);
	strcpy(session.options.operand, "sms");
	strcpy(session.options.line, "hunter2");
	credential_set_start(&session);
	ok(desk_fake.asked.credential_store.channel == CHANNEL_SMS &&
	    span_is(desk_fake.asked.credential_store.value, "hunter2"),
	    "set: to the vault");
	done_with(credential_set_answer, ST_OK, 0);
	ok(desk_fake.finished == 0 && !desk_fake_said("hunter2"),
	    "set: and never shown");
	begin(LANG_EN, false);
	strcpy(session.options.operand, "Store");
	strcpy(session.options.line, "hunter2");
	credential_set_start(&session);
	ok(desk_fake.asks == 0 && desk_fake.finished == 1 &&
	    desk_fake_said("no channel 'Store'"), "set: an unknown channel");
	begin(LANG_EN, false);
	strcpy(session.options.operand, "mail");
	credential_clear_start(&session);
	ok(desk_fake.asked.credential_store.channel == CHANNEL_MAIL &&
	    desk_fake.asked.credential_store.value.len == 0, "clear");
}

static void
test_credential_list(void)
{
	struct message m = { .id = MSG_CREDENTIAL_ROW };

	begin(LANG_EN, false);
	credential_list_start(&session);
	m.credential_row.channel = CHANNEL_MAIL;
	m.credential_row.since_s = 1790000000;
	credential_list_answer(&session, &m);
	done_with(credential_list_answer, ST_OK, 0);
	ok(desk_fake_said("mail   since 2026-09-21T") &&
	    desk_fake_said("store  NONE, though drop.kind is configured") &&
	    !desk_fake_said("sms"), "what is there, what is missing");
	begin(LANG_EN, true);
	credential_list_start(&session);
	credential_list_answer(&session, &m);
	done_with(credential_list_answer, ST_OK, 0);
	ok(strcmp(desk_fake.text, "{\"channel\":\"mail\",\"is_set\":true,"
	    "\"since\":1790000000}\n{\"channel\":\"store\",\"is_set\":false,"
	    "\"since\":0}\n") == 0, "as JSON");
	begin(LANG_EN, false);
	desk_fake_role.config.drop_kind = DROP_NONE;
	strcpy(desk_fake_role.config.mail_server, "none");
	credential_list_start(&session);
	done_with(credential_list_answer, ST_OK, 0);
	ok(desk_fake_said("No credential"), "nothing at all");
}

int
main(void)
{
	test_hosts();
	test_rows_page_by_page_then_alarms();
	test_empty_and_failed();
	test_json();
	test_every_kind();
	test_alarms();
	test_alarm_clear();
	test_credential_set();
	test_credential_list();
	return done_testing();
}
