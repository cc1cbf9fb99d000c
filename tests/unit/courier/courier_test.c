/* Slots, and who is asked for what, between a vault and workers that are the
 * test's. */
#include "courier/courier.h"

#include <stdlib.h>

#include "base/log.h"
#include "courier/policy.h"
#include "net/resolve.h"
#include "tap.h"

static struct role role;
static struct config config;

/* --- what the courier says -------------------------------------------------- */

static struct {
	unsigned takes[CHANNEL_COUNT], dones, reads, stopped;
	struct msg_outbox_done done;
	struct msg_outbox_read read;
	char error[129];
	unsigned n_ports;
	uint16_t port[8];
	enum status st;			/* of the next role_send() */
} heard;

enum status
role_send(struct role *r, enum role_id to, const struct message *m)
{
	(void)r;
	if (to != ROLE_VAULT)
		abort();
	if (m->id == MSG_OUTBOX_TAKE)
		heard.takes[m->outbox_take.channel]++;
	if (m->id == MSG_OUTBOX_READ) {
		heard.reads++;
		heard.read = m->outbox_read;
	}
	if (m->id == MSG_OUTBOX_DONE) {
		heard.dones++;
		heard.done = m->outbox_done;
		memcpy(heard.error, heard.done.error.ptr,
		    heard.done.error.len);
		heard.error[heard.done.error.len] = '\0';
	}
	return heard.st;
}

void
role_stopped(struct role *r)
{
	(void)r;
	heard.stopped++;
}

_Noreturn void
role_refuse(const char *format, ...)
{
	(void)format;
	abort();
}

struct resolver *
resolver_new(uv_loop_t *loop, const struct sockaddr_storage *servers, size_t n)
{
	(void)loop;
	(void)servers;
	(void)n;
	return NULL;
}

const struct sandbox_policy courier_policy = { .role = "courier" };

const struct sandbox_policy *
courier_policy_of(const uint16_t *ports, unsigned n)
{
	heard.n_ports = n;
	memcpy(heard.port, ports, n * sizeof(*ports));
	return &courier_policy;
}

/* --- workers that do nothing by themselves ----------------------------------- */

static struct {
	struct courier_job *job[8];
	unsigned begun, data, aborted;
	size_t   secret_len;
} work;

static void
begin(struct courier_job *job)
{
	work.job[work.begun++ % COUNT(work.job)] = job;
}

static void
take_data(struct courier_job *job, const struct msg_outbox_data *m)
{
	(void)job;
	(void)m;
	work.data++;
}

static void
forget(struct courier_job *job)
{
	(void)job;
	work.aborted++;
}

const struct courier_worker push_worker = { begin, take_data, forget };
const struct courier_worker mail_worker = { begin, NULL, forget };
const struct courier_worker sms_worker = { begin, NULL, forget };

unsigned
push_prepare(struct role *r, struct resolver *resolver, uint16_t *ports)
{
	(void)r;
	(void)resolver;
	ports[0] = 443;
	ports[1] = 8443;
	return 2;
}

unsigned
mail_prepare(struct role *r, struct resolver *resolver, uint16_t *ports)
{
	(void)r;
	(void)resolver;
	ports[0] = 465;
	return 1;
}

unsigned
sms_prepare(struct role *r, struct resolver *resolver, uint16_t *ports)
{
	(void)r;
	(void)resolver;
	(void)ports;
	return 0;			/* not configured */
}

void
push_credential(struct span secret)
{
	work.secret_len = secret.len;
}

void
mail_credential(struct span secret)
{
	(void)secret;
}

void
sms_credential(struct span secret)
{
	(void)secret;
	abort();
}

void
drop_check_begin(struct role *r, const struct msg_drop_check *m)
{
	(void)r;
	(void)m;
}

/* --- what the vault says ------------------------------------------------------ */

static void
job(uint64_t number, enum outbox_channel channel)
{
	uint8_t name[] = "d/name", address[] = "a@b.example";
	struct message m = { .id = MSG_OUTBOX_JOB, .outbox_job = {
	    .job = number, .channel = (uint64_t)channel,
	    .kind = OUTBOX_DELETE, .name = { name, sizeof(name) - 1 },
	    .address = { address, sizeof(address) - 1 } } };

	courier_on_job(&role, &m);
	memset(name, 'x', sizeof(name));
	memset(address, 'x', sizeof(address));
}

static void
none(enum outbox_channel channel)
{
	struct message m = { .id = MSG_OUTBOX_NONE,
	    .outbox_none = { (uint64_t)channel } };

	courier_on_none(&role, &m);
}

static void
wake(enum outbox_channel channel)
{
	struct message m = { .id = MSG_OUTBOX_WAKE,
	    .outbox_wake = { (uint64_t)channel } };

	courier_on_wake(&role, &m);
}

static void
test_taking(void)
{
	courier_prepare(&role);
	(void)courier_own_policy(&role);
	ok(heard.n_ports == 3 && heard.port[0] == 443 &&
	    heard.port[1] == 8443 && heard.port[2] == 465,
	    "the ports of what is configured");
	wake(CHANNEL_STORE);
	ok(heard.takes[CHANNEL_STORE] == 0, "nothing without a vault");
	role.peer[ROLE_VAULT].is_open = true;
	courier_on_peer(&role, ROLE_DESK);
	ok(heard.takes[CHANNEL_STORE] == 0, "the desk is not the vault");
	courier_on_peer(&role, ROLE_VAULT);
	ok(heard.takes[CHANNEL_STORE] == 3 && heard.takes[CHANNEL_MAIL] == 2 &&
	    heard.takes[CHANNEL_SMS] == 0, "a row for each slot");
	none(CHANNEL_MAIL);
	none(CHANNEL_MAIL);
	courier_on_peer(&role, ROLE_VAULT);
	ok(heard.takes[CHANNEL_STORE] == 3 && heard.takes[CHANNEL_MAIL] == 2,
	    "not twice, and not where nothing is due");
	wake(CHANNEL_MAIL);
	ok(heard.takes[CHANNEL_MAIL] == 4, "until it says so");
	none(CHANNEL_MAIL);
	none(CHANNEL_MAIL);
}

static void
test_jobs(void)
{
	job(1, CHANNEL_STORE);
	ok(work.begun == 1 && span_is(work.job[0]->m.name, "d/name") &&
	    span_is(work.job[0]->m.address, "a@b.example") &&
	    work.job[0]->m.sha256.len == 0, "a job has its own bytes");
	courier_read(work.job[0], 77);
	ok(heard.reads == 1 && heard.read.job == 1 && heard.read.offset == 77,
	    "and reads");
	courier_on_data(&role, &(struct message){ .id = MSG_OUTBOX_DATA,
	    .outbox_data = { .job = 1 } });
	courier_on_data(&role, &(struct message){ .id = MSG_OUTBOX_DATA,
	    .outbox_data = { .job = 9 } });
	ok(work.data == 1, "its data comes to it, another's to nobody");
	job(2, CHANNEL_STORE);
	job(3, CHANNEL_STORE);
	job(4, CHANNEL_STORE);
	ok(work.begun == 3 && heard.dones == 1 && heard.done.job == 4 &&
	    heard.done.outcome == OUTCOME_RETRY, "more than the slots");
	job(2, CHANNEL_MAIL);
	ok(work.begun == 3 && heard.dones == 2, "a number that is out already");
	job(5, CHANNEL_SMS);
	job(6, CHANNEL_COUNT);
	ok(heard.dones == 4 && work.begun == 3, "a channel that is none");
}

static void
test_ends(void)
{
	static const char words[] = "0123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "456789012345678901234567890123456789";
	unsigned takes = heard.takes[CHANNEL_STORE];
	struct courier_job *j = work.job[0];

	courier_done(j, OUTCOME_DOWN, 60, words);
	ok(heard.dones == 5 && heard.done.job == 1 &&
	    heard.done.outcome == OUTCOME_DOWN &&
	    heard.done.retry_after_s == 60 && strlen(heard.error) == 128,
	    "how it went, in words that fit");
	ok(heard.takes[CHANNEL_STORE] == takes + 1, "and the next");
	ok(j->m.job == 0 && memmem(j->bytes, sizeof(j->bytes), "a@b", 3) ==
	    NULL, "what was personal is wiped");
	none(CHANNEL_STORE);
	courier_done(work.job[1], OUTCOME_DONE, 0, NULL);
	ok(heard.takes[CHANNEL_STORE] == takes + 1 && heard.error[0] == '\0',
	    "not where nothing is due");
}

static void
test_lost(void)
{
	unsigned dones = heard.dones, takes;

	wake(CHANNEL_STORE);		/* and no answer to what it asks for */
	takes = heard.takes[CHANNEL_STORE];
	courier_on_peer_lost(&role, ROLE_DESK);
	ok(work.aborted == 0, "the desk may go");
	role.peer[ROLE_VAULT].is_open = false;
	courier_on_peer_lost(&role, ROLE_VAULT);
	ok(work.aborted == 1 && heard.dones == dones, "the vault: not a word");
	role.peer[ROLE_VAULT].is_open = true;
	courier_on_peer(&role, ROLE_VAULT);
	ok(heard.takes[CHANNEL_STORE] == takes + 3, "and from the beginning");
	courier_on_credential(&role, &(struct message){ .id = MSG_CREDENTIAL,
	    .credential = { CHANNEL_STORE, span_of("secret") } });
	courier_on_credential(&role, &(struct message){ .id = MSG_CREDENTIAL,
	    .credential = { CHANNEL_SMS, span_of("secret") } });
	courier_on_credential(&role, &(struct message){ .id = MSG_CREDENTIAL,
	    .credential = { 99, span_of("secret") } });
	ok(work.secret_len == 6, "credentials of what is configured");
}

static void
test_stop(void)
{
	unsigned takes, begun;

	job(21, CHANNEL_STORE);
	job(22, CHANNEL_MAIL);
	begun = work.begun;
	takes = heard.takes[CHANNEL_STORE] + heard.takes[CHANNEL_MAIL];
	courier_on_stop(&role, 60000);
	job(23, CHANNEL_STORE);
	ok(heard.stopped == 0 && work.begun == begun,
	    "no more jobs, but those there are");
	courier_done(work.job[(begun - 2) % COUNT(work.job)], OUTCOME_DONE, 0,
	    NULL);
	ok(heard.stopped == 0, "one of two");
	courier_done(work.job[(begun - 1) % COUNT(work.job)], OUTCOME_DONE, 0,
	    NULL);
	ok(heard.stopped == 1 && heard.takes[CHANNEL_STORE] +
	    heard.takes[CHANNEL_MAIL] == takes, "are finished");
}

int
main(void)
{
	log_init("courier", LOG_ERROR);
	uv_loop_init(&role.loop);
	strcpy(config.dns_servers, "system");
	config.drop_in_flight = 3;
	role.config = config;
	test_taking();
	test_jobs();
	test_ends();
	test_lost();
	test_stop();
	return done_testing();
}
