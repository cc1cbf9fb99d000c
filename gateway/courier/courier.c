#include "courier/courier.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/wipe.h"
#include "config/remote.h"
#include "courier/policy.h"
#include "net/resolve.h"

/* Rows of one channel at a time; the drop's is drop.in_flight. */
enum { MAIL_SLOTS = 2, SMS_SLOTS = 2, PORTS_EACH = 3, QUIET_MS = 60000 };

/* Who does the rows of a channel; without a worker there is no channel. */
static const struct row {
	unsigned (*prepare)(struct role *, struct resolver *, uint16_t *ports);
	void (*credential)(struct span secret);
	const struct courier_worker *worker;
	unsigned slots;			/* 0: drop.in_flight */
} rows[CHANNEL_COUNT] = {
	[CHANNEL_STORE] = { push_prepare, push_credential, &push_worker, 0 },
	[CHANNEL_MAIL] = { mail_prepare, mail_credential, &mail_worker,
	    MAIL_SLOTS },
	[CHANNEL_SMS] = { sms_prepare, sms_credential, &sms_worker, SMS_SLOTS },
};

struct slot {
	struct courier_job job;
	enum outbox_channel channel;
	bool is_busy;
};

static struct {
	struct {
		bool     is_on;		/* configured */
		bool     is_idle;	/* the vault said so last */
		bool     is_down;	/* as the last attempt was */
		unsigned slots, busy, asked;
		uint64_t quiet_until_ms;	/* loop time, for the log */
	} channel[CHANNEL_COUNT];
	struct slot *slot;		/* of all channels */
	unsigned n_slots;
	uint16_t port[CHANNEL_COUNT * PORTS_EACH];
	unsigned n_ports;
	bool     is_stopping;
	uv_timer_t grace;
} courier;

static const char *
channel_name(enum outbox_channel channel)
{
	static const char *const name[] = {
#define X(id, text) text,
		OUTBOX_CHANNEL_MAP(X)
#undef X
	};

	return name[channel];
}

/* --- to the vault ----------------------------------------------------------- */

/* It is gone: on_peer_lost comes, or has come, and says what becomes of it.
 * What all slots together can have queued is far below the channel's room. */
static void
tell_vault(struct role *role, const struct message *m)
{
	enum status st = role_send(role, ROLE_VAULT, m);

	if (st != ST_OK && st != ST_IO)
		unexpected("message to the vault", (int)st);
}

/* One OUTBOX_TAKE for each free slot. */
static void
ask(struct role *role, enum outbox_channel i)
{
	struct message m = { .id = MSG_OUTBOX_TAKE,
	    .outbox_take = { (uint64_t)i } };

	if (!courier.channel[i].is_on || courier.channel[i].is_idle ||
	    courier.is_stopping || !role->peer[ROLE_VAULT].is_open)
		return;
	while (courier.channel[i].busy + courier.channel[i].asked <
	    courier.channel[i].slots) {
		courier.channel[i].asked++;
		tell_vault(role, &m);
	}
}

static void
send_done(struct role *role, uint64_t job, enum outbox_outcome outcome,
    uint64_t retry_after_s, const char *error)
{
	struct span text = span_of(error == NULL ? "" : error);
	struct message m = { .id = MSG_OUTBOX_DONE, .outbox_done = {
	    .job = job, .outcome = (uint64_t)outcome,
	    .retry_after_s = retry_after_s,
	    .error = span_slice(text, 0, 128) } };

	tell_vault(role, &m);
}

/* --- slots ------------------------------------------------------------------ */

static struct slot *
free_slot(enum outbox_channel channel)
{
	if (courier.channel[channel].busy >= courier.channel[channel].slots)
		return NULL;
	for (unsigned i = 0; i < courier.n_slots; i++)
		if (!courier.slot[i].is_busy &&
		    courier.slot[i].channel == channel)
			return &courier.slot[i];
	return NULL;
}

static struct slot *
slot_of(uint64_t job)
{
	for (unsigned i = 0; i < courier.n_slots; i++)
		if (courier.slot[i].is_busy && courier.slot[i].job.m.job == job)
			return &courier.slot[i];
	return NULL;
}

static void
release(struct slot *s)
{
	wipe(&s->job, sizeof(s->job));
	s->is_busy = false;
	courier.channel[s->channel].busy--;
}

static void
check_stopped(struct role *role)
{
	if (!courier.is_stopping)
		return;
	for (unsigned i = 0; i < courier.n_slots; i++)
		if (courier.slot[i].is_busy)
			return;
	uv_timer_stop(&courier.grace);
	role_stopped(role);
}

/* The vault's spans end with its message. */
static void
keep(struct courier_job *job, const struct msg_outbox_job *m)
{
	struct buf bytes = buf_over(job->bytes, sizeof(job->bytes));
	struct span *span[] = { &job->m.name, &job->m.sha256, &job->m.address,
	    &job->m.lang, &job->m.day_code, &job->m.reference };

	job->m = *m;
	for (size_t i = 0; i < COUNT(span); i++) {
		size_t at = bytes.len;

		if (buf_append_span(&bytes, *span[i]) != ST_OK)
			unexpected("a job's bytes", (int)i);
		span[i]->ptr = bytes.ptr + at;
	}
}

/* --- the log: a line for each change of a channel's state ------------------- */

static void
say(struct role *role, enum outbox_channel channel, uint64_t kind,
    enum outbox_outcome outcome, const char *error)
{
	static const char *const kind_name[] = {
#define X(id, text) text,
		OUTBOX_KIND_MAP(X)
#undef X
	};
	bool is_down = outcome == OUTCOME_DOWN;
	bool is_news = is_down != courier.channel[channel].is_down;
	uint64_t now = uv_now(&role->loop);

	courier.channel[channel].is_down = is_down;
	if (outcome == OUTCOME_RETRY &&
	    now >= courier.channel[channel].quiet_until_ms)
		is_news = true;
	if (!is_news)
		return;
	courier.channel[channel].quiet_until_ms = now + QUIET_MS;
	if (is_down || outcome == OUTCOME_RETRY)
		log_line(LOG_WARNING, "%s: %s: %s", channel_name(channel),
		    kind_name[kind < OUTBOX_KIND_COUNT ? kind : 0],
		    error == NULL ? "failed" : error);
	else
		log_line(LOG_NOTICE, "%s: works again", channel_name(channel));
}

/* --- for the workers; see courier.h ----------------------------------------- */

/* See courier.h. */
void
courier_read(struct courier_job *job, uint64_t offset)
{
	struct message m = { .id = MSG_OUTBOX_READ,
	    .outbox_read = { job->m.job, offset } };

	tell_vault(job->role, &m);
}

/* See courier.h. */
void
courier_done(struct courier_job *job, enum outbox_outcome outcome,
    uint64_t retry_after_s, const char *error)
{
	struct slot *s = slot_of(job->m.job);
	struct role *role = job->role;

	if (s == NULL || &s->job != job)
		unexpected("a job that was done before", (int)outcome);
	say(role, s->channel, job->m.kind, outcome, error);
	send_done(role, job->m.job, outcome, retry_after_s, error);
	release(s);
	ask(role, s->channel);
	check_stopped(role);
}

/* --- from the vault; see courier.h ------------------------------------------ */

/* See courier.h. */
void
courier_on_job(struct role *role, const struct message *m)
{
	uint64_t channel = m->outbox_job.channel;
	struct slot *s = NULL;

	if (channel < CHANNEL_COUNT) {
		if (courier.channel[channel].asked > 0)
			courier.channel[channel].asked--;
		s = free_slot((enum outbox_channel)channel);
	}
	if (courier.is_stopping)
		return;		/* due again once we are gone */
	if (s == NULL || slot_of(m->outbox_job.job) != NULL) {
		send_done(role, m->outbox_job.job, OUTCOME_RETRY, 0,
		    "nobody asked for this row");
		return;
	}
	s->is_busy = true;
	courier.channel[channel].busy++;
	s->job.role = role;
	keep(&s->job, &m->outbox_job);
	rows[channel].worker->begin(&s->job);
}

/* See courier.h. */
void
courier_on_none(struct role *role, const struct message *m)
{
	uint64_t channel = m->outbox_none.channel;

	(void)role;
	if (channel >= CHANNEL_COUNT)
		return;
	if (courier.channel[channel].asked > 0)
		courier.channel[channel].asked--;
	courier.channel[channel].is_idle = true;
}

/* See courier.h. */
void
courier_on_wake(struct role *role, const struct message *m)
{
	if (m->outbox_wake.channel >= CHANNEL_COUNT)
		return;
	courier.channel[m->outbox_wake.channel].is_idle = false;
	ask(role, (enum outbox_channel)m->outbox_wake.channel);
}

/* See courier.h. */
void
courier_on_data(struct role *role, const struct message *m)
{
	struct slot *s = slot_of(m->outbox_data.job);

	(void)role;
	/* Nobody: the answer to what an attempt wanted that has failed. */
	if (s != NULL && rows[s->channel].worker->data != NULL)
		rows[s->channel].worker->data(&s->job, &m->outbox_data);
}

/* See courier.h. */
void
courier_on_credential(struct role *role, const struct message *m)
{
	uint64_t channel = m->credential.channel;

	(void)role;
	if (channel < CHANNEL_COUNT && courier.channel[channel].is_on)
		rows[channel].credential(m->credential.value);
}

/* See courier.h. */
void
courier_on_check(struct role *role, const struct message *m)
{
	drop_check_begin(role, &m->drop_check);
}

/* --- peers ------------------------------------------------------------------ */

/* See courier.h. */
void
courier_on_peer(struct role *role, enum role_id peer)
{
	if (peer != ROLE_VAULT)
		return;
	for (unsigned i = 0; i < CHANNEL_COUNT; i++)
		ask(role, (enum outbox_channel)i);
}

/* Nothing is ours any more; whoever gives it out again gives all of it. */
static void
forget_all(void)
{
	for (unsigned i = 0; i < courier.n_slots; i++) {
		struct slot *s = &courier.slot[i];

		if (!s->is_busy)
			continue;
		rows[s->channel].worker->abort(&s->job);
		release(s);
	}
	for (unsigned i = 0; i < CHANNEL_COUNT; i++) {
		courier.channel[i].asked = 0;
		courier.channel[i].is_idle = false;
	}
}

/* See courier.h. */
void
courier_on_peer_lost(struct role *role, enum role_id peer)
{
	if (peer != ROLE_VAULT)
		return;
	forget_all();
	check_stopped(role);
}

static void
on_grace(uv_timer_t *timer)
{
	struct role *role = timer->data;

	forget_all();
	role_stopped(role);
}

/* See courier.h. */
void
courier_on_stop(struct role *role, uint64_t grace_ms)
{
	courier.is_stopping = true;
	courier.grace.data = role;
	uv_timer_init(&role->loop, &courier.grace);
	uv_timer_start(&courier.grace, on_grace, grace_ms, 0);
	check_stopped(role);
}

/* --- at the start ----------------------------------------------------------- */

static void
make_slots(const struct role *role)
{
	unsigned n = 0, at = 0;

	for (unsigned i = 0; i < CHANNEL_COUNT; i++) {
		if (!courier.channel[i].is_on)
			continue;
		courier.channel[i].slots = rows[i].slots > 0 ? rows[i].slots
		    : (unsigned)role->config.drop_in_flight;
		n += courier.channel[i].slots;
	}
	courier.slot = calloc(n + 1, sizeof(*courier.slot));
	if (courier.slot == NULL)
		unexpected("no memory for slots", (int)n);
	courier.n_slots = n;
	for (unsigned i = 0; i < CHANNEL_COUNT; i++)
		for (unsigned k = 0; k < courier.channel[i].slots; k++)
			courier.slot[at++].channel = (enum outbox_channel)i;
}

/* See courier.h. */
void
courier_prepare(struct role *role)
{
	struct sockaddr_storage server[RESOLVERS_MAX];
	struct resolver *resolver;
	size_t n_servers = 0;

	if (resolvers_parse(span_of(role->config.dns_servers), server,
	    &n_servers) != ST_OK)
		role_refuse("dns.servers: %s", role->config.dns_servers);
	resolver = resolver_new(&role->loop, server, n_servers);
	for (unsigned i = 0; i < CHANNEL_COUNT; i++) {
		unsigned n = rows[i].prepare == NULL ? 0 : rows[i].prepare(
		    role, resolver, courier.port + courier.n_ports);

		courier.channel[i].is_on = n > 0;
		courier.n_ports += n;
	}
	make_slots(role);
}

/* See courier.h. */
const struct sandbox_policy *
courier_own_policy(struct role *role)
{
	return role == NULL ? &courier_policy
	    : courier_policy_of(courier.port, courier.n_ports);
}
