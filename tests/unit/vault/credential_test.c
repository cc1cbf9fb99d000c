/* The courier's passwords: sealed at rest, told to the courier alone. */
#include "vault/credential.h"

#include <stdio.h>

#include "contact_rig.h"
#include "tap.h"

static bool is_watching;
static size_t wiped;	/* how often the planted one was */

void __real_wipe(void *ptr, size_t len);
void __wrap_wipe(void *ptr, size_t len);

void
__wrap_wipe(void *ptr, size_t len)
{
	size_t n = strlen(RIG_PASSWORD);

	for (size_t i = 0; is_watching && i + n <= len; i++)
		wiped += memcmp((uint8_t *)ptr + i, RIG_PASSWORD, n) == 0;
	__real_wipe(ptr, len);
}

static uint64_t
store(struct rig *r, uint64_t channel, const char *value)
{
	struct message m = { .id = MSG_CREDENTIAL_STORE };

	m.credential_store.channel = channel;
	m.credential_store.value = span_of(value);
	m.credential_store.actor = span_of("uid:1007");
	return rig_ask(r, &m, MSG_DONE)->done.outcome;
}

/* The n-th that went out is `channel`'s, to the courier, with this value. */
static bool
told(const struct rig *r, size_t n, uint64_t channel, const char *value)
{
	const struct message *m = rig_answer(r, MSG_CREDENTIAL, n);

	for (size_t i = 0; i < r->n_answers; i++) {
		if (r->answer[i]->id == MSG_CREDENTIAL
		    && r->to[i] != ROLE_COURIER)
			return false;
	}
	return m != NULL && m->credential.channel == channel
	    && span_is(m->credential.value, value);
}

static void
test_store(void)
{
	struct rig r;
	struct message m = { .id = MSG_CREDENTIAL_LIST };

	rig_open(&r);
	ok(store(&r, CHANNEL_MAIL, RIG_PASSWORD) == ST_OK
	    && rig_count(&r, MSG_CREDENTIAL) == 1
	    && told(&r, 0, CHANNEL_MAIL, RIG_PASSWORD),
	    "stored: the courier is told at once");
	ok(rig_audit(&r, "\"ev\":\"credential\"") == 1
	    && rig_audit(&r, "uid:1007") == 1
	    && rig_audit(&r, "\"channel\":\"mail\"") == 1, "on record: by whom");
	ok(rig_pages_with(&r, RIG_PASSWORD) == 0,
	    "sealed, also under the database's own seal");
	(void)rig_ask(&r, &m, MSG_DONE);
	ok(rig_count(&r, MSG_CREDENTIAL_ROW) == 1 && rig_answer(&r,
	    MSG_CREDENTIAL_ROW, 0)->credential_row.channel == CHANNEL_MAIL
	    && rig_answer(&r, MSG_CREDENTIAL_ROW, 0)->credential_row.since_s
	    == r.system_s, "the desk sees that there is one, since when");
	rig_reopen(&r, true);
	rig_forget(&r);
	credential_send_all(&r.v);
	ok(rig_count(&r, MSG_CREDENTIAL) == 3
	    && told(&r, 0, CHANNEL_STORE, "")
	    && told(&r, 1, CHANNEL_MAIL, RIG_PASSWORD)
	    && told(&r, 2, CHANNEL_SMS, ""), "a new courier hears all three");
	is_watching = true;
	credential_send_all(&r.v);
	is_watching = false;
	ok(wiped == 1, "and the vault keeps no copy");
	ok(store(&r, CHANNEL_MAIL, "another") == ST_OK
	    && told(&r, 0, CHANNEL_MAIL, "another"), "changed");
	ok(store(&r, CHANNEL_MAIL, "") == ST_OK
	    && told(&r, 0, CHANNEL_MAIL, "")
	    && rig_sql(&r, "SELECT count(*) FROM credential") == 0
	    && rig_audit(&r, "\"res\":\"erased\"") == 1, "erased");
	ok(store(&r, CHANNEL_COUNT, "x") == ST_INVALID
	    && rig_count(&r, MSG_CREDENTIAL) == 0, "no such channel");
	rig_close_searched(&r);
}

static void
test_longest(void)
{
	struct rig r;
	char value[1025];

	memset(value, 'p', 1024);
	value[1024] = '\0';
	rig_open(&r);
	ok(store(&r, CHANNEL_STORE, value) == ST_OK
	    && told(&r, 0, CHANNEL_STORE, value), "1,024 bytes");
	rig_close_searched(&r);
}

static void
test_changed_on_disk(void)
{
	struct rig r;

	rig_open(&r);
	(void)store(&r, CHANNEL_MAIL, RIG_PASSWORD);
	(void)rig_sql(&r, "UPDATE credential SET channel = 2");
	rig_forget(&r);
	credential_send_all(&r.v);
	ok(told(&r, 2, CHANNEL_SMS, ""), "one host's is not given to another");
	(void)rig_sql(&r, "UPDATE credential SET channel = 1,"
	    " value = substr(value, 1, length(value) - 1)");
	rig_forget(&r);
	credential_send_all(&r.v);
	ok(told(&r, 1, CHANNEL_MAIL, ""), "cut short: none");
	rig_close_searched(&r);
}

int
main(void)
{
	rig_listen();
	test_store();
	test_longest();
	test_changed_on_disk();
	ok(rig_leaks() == 0, "no password in a record, a log line or a table");
	return done_testing();
}
