#include "pickup/pickup.h"

#include <jansson.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "base/log.h"
#include "crypto/random.h"
#include "pickup/headers.h"
#include "pickup/page.h"
#include "pickup/wishes.h"

/* --- sessions -------------------------------------------------------------------- */

/* See pickup.h. */
struct session *
pickup_take_session(struct pickup *p)
{
	struct session *s = p->free_sessions;

	if (s != NULL)
		p->free_sessions = s->next;
	else if (p->n_sessions < p->n_sessions_max)
		s = &p->sessions[p->n_sessions++];
	if (s != NULL)
		p->n_open++;
	return s;
}

static void
check_stopped(struct pickup *p)
{
	if (p->is_stopping && p->n_open == 0)
		role_stopped(p->role);
}

/* See pickup.h. */
void
pickup_return_session(struct pickup *p, struct session *s)
{
	s->next = p->free_sessions;
	p->free_sessions = s;
	p->n_open--;
	listener_resume(&p->listener);
	check_stopped(p);
}

/* See pickup.h. */
void
pickup_mark_idle(struct pickup *p, struct session *s)
{
	s->is_idle = true;
	s->next = NULL;
	s->previous = p->idle_last;
	if (p->idle_last != NULL)
		p->idle_last->next = s;
	else
		p->idle_first = s;
	p->idle_last = s;
}

/* See pickup.h. */
void
pickup_mark_busy(struct pickup *p, struct session *s)
{
	if (!s->is_idle)
		return;
	s->is_idle = false;
	if (s->previous != NULL)
		s->previous->next = s->next;
	else
		p->idle_first = s->next;
	if (s->next != NULL)
		s->next->previous = s->previous;
	else
		p->idle_last = s->previous;
	s->next = s->previous = NULL;
}

/* See pickup.h. */
struct exchange *
pickup_take_exchange(struct pickup *p)
{
	struct exchange *x = p->free_exchanges;

	if (x != NULL)
		p->free_exchanges = x->next_free;
	else if (p->n_exchanges < p->n_sessions_max)
		x = &p->exchanges[p->n_exchanges++];
	return x;
}

/* See pickup.h. */
void
pickup_return_exchange(struct pickup *p, struct exchange *x)
{
	x->next_free = p->free_exchanges;
	p->free_exchanges = x;
}

/* See pickup.h. */
struct span
pickup_date(struct pickup *p)
{
	uint64_t now_s = (uint64_t)time(NULL);

	if (now_s != p->date_s)
		headers_date(now_s, p->date);
	p->date_s = now_s;
	return span_of(p->date);
}

/* --- the listener ----------------------------------------------------------------- */

/* Who makes room when all are taken: one of the address that holds most, or
 * where nobody holds two the one that has waited longest without a request.
 * NULL: all work for a client of their own; their deadlines make room. */
static struct session *
pick_victim(struct pickup *p)
{
	struct session *s = crowd_dispensable(&p->crowd);

	return s != NULL ? s : p->idle_first;
}

/* The victim's CLOSED resumes the listener. */
static struct conn *
on_waiting(void *owner)
{
	struct pickup *p = owner;
	struct session *s = pickup_take_session(p), *victim;

	if (s == NULL) {
		victim = pick_victim(p);
		if (victim != NULL)
			session_abort(victim);
		return NULL;
	}
	session_init(s, p);
	return &s->conn;
}

/* An address that holds all it may gets one more for one without a request,
 * or else nothing. */
static bool
may_enter(struct pickup *p, struct session *s)
{
	uint8_t address[16];
	struct session *idle;

	conn_peer(&s->conn, address);
	crowd_enter(&p->crowd, s, address);
	if (s->holder->n_sessions <= p->n_per_address_max)
		return true;
	idle = crowd_idle_beside(s);
	if (idle != NULL)
		session_abort(idle);
	return idle != NULL;
}

static void
on_accepted(void *owner, struct conn *c)
{
	struct pickup *p = owner;
	struct session *s = c->owner;

	if (!may_enter(p, s) ||
	    (p->tls != NULL && tls_wrap(c, p->tls) != ST_OK))
		session_abort(s);
	else
		session_start(s);
}

static void
on_refused(void *owner, struct conn *c)
{
	pickup_return_session(owner, c->owner);
}

/* --- life ------------------------------------------------------------------------ */

/* Zero pages that nobody has touched cost nothing. */
static void *
reserve(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* See pickup.h. */
enum status
pickup_init(struct pickup *p, uv_loop_t *loop, unsigned sessions_max)
{
	memset(p, 0, sizeof(*p));
	p->loop = loop;
	p->n_sessions_max = sessions_max;
	p->sessions = reserve(sessions_max * sizeof(*p->sessions));
	p->exchanges = reserve(sessions_max * sizeof(*p->exchanges));
	p->listener = (struct listener){ .owner = p, .on_waiting = on_waiting,
	    .on_accepted = on_accepted, .on_refused = on_refused };
	random_bytes(&p->generation, sizeof(p->generation));
	p->generation >>= EXCHANGE_INDEX_BITS + 1;
	p->n_per_address_max = sessions_max;
	TRY(crowd_init(&p->crowd, sessions_max));
	if (p->sessions == NULL || p->exchanges == NULL)
		return ST_NO_SPACE;
	return ST_OK;
}

static void
prepare_tls(struct pickup *p, const struct config *config)
{
	struct tls_server_options options = {
		.sessions_max = (unsigned)config->pickup_connections_max,
		.cached_max = PICKUP_RESUME_MAX,
	};
	struct tls_identity *identity;
	struct tls_error error;

	if (tls_identity_load(config->pickup_certificate, config->pickup_key,
	    &identity, &error) != ST_OK)
		role_refuse("pickup.certificate, pickup.key: %s", error.text);
	if (!tls_identity_is_current(identity, (uint64_t)time(NULL), &error))
		log_line(LOG_WARNING, "pickup.certificate: %s: %s",
		    config->pickup_certificate, error.text);
	if (tls_server_new(identity, &options, &p->tls) != ST_OK)
		role_refuse("pickup.connections_max: no memory for %u",
		    options.sessions_max);
}

/* Left to itself, jansson opens /dev/urandom at the first object. */
static void
seed_json(void)
{
	size_t seed = 0;

	while (seed == 0)
		random_bytes(&seed, sizeof(seed));
	json_object_seed(seed);
}

static void
on_resume_timer(uv_timer_t *timer)
{
	struct pickup *p = timer->data;

	tls_server_forget(p->tls);
}

/* See pickup.h. */
void
pickup_prepare(struct pickup *p, struct role *role)
{
	const struct config *config = &role->config;

	if (pickup_init(p, &role->loop,
	    (unsigned)config->pickup_connections_max) != ST_OK)
		role_refuse("pickup.connections_max: no memory");
	p->role = role;
	p->n_per_address_max =
	    (unsigned)config->pickup_connections_per_address;
	role->state = p;
	if (page_prepare(config) != ST_OK)
		role_refuse("the pickup page has a placeholder that is "
		    "unknown: this build is broken");
	headers_set_page_policy(page_policy());
	prepare_tls(p, config);
	seed_json();
	wishes_prepare();
	uv_timer_init(p->loop, &p->resume_timer);
	uv_timer_init(p->loop, &p->stop_timer);
	p->resume_timer.data = p->stop_timer.data = p;
	uv_timer_start(&p->resume_timer, on_resume_timer, PICKUP_RESUME_MS,
	    PICKUP_RESUME_MS);
	if (listener_open(&p->listener, p->loop, role->listen_fd[0]) != ST_OK)
		role_refuse("pickup.listen: %s: cannot listen on it",
		    config->pickup_listen);
}

static void
on_peer(struct role *role, enum role_id peer)
{
	struct pickup *p = role->state;

	if (peer != ROLE_VAULT)
		return;
	p->vault_is_there = true;
	watch_changed_all(p);
}

static void
on_peer_lost(struct role *role, enum role_id peer)
{
	struct pickup *p = role->state;

	if (peer != ROLE_VAULT)
		return;
	p->vault_is_there = false;
	exchange_lose_vault(p);
}

static void
on_drained(struct role *role, enum role_id peer)
{
	(void)role;
	(void)peer;	/* a full channel was answered with 503 */
}

static void
on_grace_over(uv_timer_t *timer)
{
	struct pickup *p = timer->data;

	role_stopped(p->role);
}

/* Idle connections end now, the others after their response. */
static void
on_stop(struct role *role, uint64_t grace_ms)
{
	struct pickup *p = role->state;

	p->is_stopping = true;
	listener_close(&p->listener);
	while (p->idle_first != NULL)
		session_abort(p->idle_first);
	uv_timer_start(&p->stop_timer, on_grace_over, grace_ms, 0);
	check_stopped(p);
}

const struct role_events pickup_events = {
	.on_peer = on_peer,
	.on_peer_lost = on_peer_lost,
	.on_drained = on_drained,
	.on_stop = on_stop,
};

/* One handler for each answer of the vault: all find their exchange alike. */
#define ANSWERS(X) \
	X(CARD_OPENED,  card_opened)  \
	X(CARD_BUNDLE,  card_bundle)  \
	X(OBJECT_DATA,  object_data)  \
	X(SHARE_MADE,   share_made)   \
	X(SHARE_ENDED,  share_ended)  \
	X(SHARE_OPENED, share_opened)

#define X(NAME, name) \
	static void \
	on_##name(struct role *role, const struct message *m) \
	{ \
		exchange_deliver(role->state, m->name.request, m); \
	}
ANSWERS(X)
#undef X

static void
on_card_changed(struct role *role, const struct message *m)
{
	watch_changed(role->state, m->card_changed.card);
}

const struct ipc_handler pickup_handlers[] = {
	{ MSG_CARD_CHANGED, on_card_changed },
#define X(NAME, name) { MSG_##NAME, on_##name },
	ANSWERS(X)
#undef X
};

const size_t pickup_n_handlers = COUNT(pickup_handlers);
