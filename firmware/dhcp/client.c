#include "dhcp/client.h"

enum {
	SECOND_MS = 1000,
	FIRST_RETRY_S = 4,	/* RFC 2131 section 4.1 */
	DOUBLINGS_MAX = 4,	/* up to 64 s */
	JITTER_MS = 1000,
	REQUESTS_MAX = 4,	/* of one offer */
	DELAYS_MAX = 6,		/* doublings of a second, after failures */
	RENEW_PAUSE_MS = 10 * SECOND_MS,	/* RFC: a minute; leases of a
						   minute exist */
	SECS_MAX = 65535
};

/* --- questions -------------------------------------------------------------- */

static void
ask(struct client *c, enum packet_kind kind, uint64_t now_ms,
    struct client_action *out)
{
	uint64_t seconds = (now_ms - c->began_ms) / SECOND_MS;
	bool has_lease = c->state == CLIENT_RENEWING ||
	    c->state == CLIENT_REBINDING;

	out->has_question = true;
	out->to = c->state == CLIENT_RENEWING ? c->server : 0;
	out->question = (struct packet_question){ .kind = kind,
	    .xid = c->xid,
	    .seconds = (uint16_t)(seconds < SECS_MAX ? seconds : SECS_MAX),
	    .own = has_lease ? c->address : 0,
	    .wanted = c->state == CLIENT_REQUESTING ? c->address : 0,
	    .server = c->state == CLIENT_REQUESTING ? c->server : 0 };
	memcpy(out->question.mac, c->mac, sizeof(c->mac));
	c->sent_ms = now_ms;
}

static void
wait_for_answer(struct client *c, uint64_t now_ms, uint32_t random)
{
	unsigned doublings = c->tries < DOUBLINGS_MAX ? c->tries
	    : DOUBLINGS_MAX;
	uint64_t most = ((uint64_t)FIRST_RETRY_S * SECOND_MS << doublings) +
	    JITTER_MS;

	c->tries++;
	c->wake_ms = now_ms + most - random % (2 * JITTER_MS + 1);
}

/* --- changes of state --------------------------------------------------------- */

static void
begin_waiting(struct client *c, uint64_t now_ms, uint32_t random)
{
	unsigned doublings = c->failures < DELAYS_MAX ? c->failures
	    : DELAYS_MAX;

	c->failures++;
	c->state = CLIENT_WAITING;
	c->address = c->server = 0;
	c->wake_ms = now_ms + ((uint64_t)SECOND_MS << doublings) +
	    random % JITTER_MS;
}

static void
lose(struct client *c, uint64_t now_ms, uint32_t random,
    struct client_action *out)
{
	out->has_news = true;
	begin_waiting(c, now_ms, random);
}

static void
begin_selecting(struct client *c, uint64_t now_ms, uint32_t random,
    struct client_action *out)
{
	c->state = CLIENT_SELECTING;
	c->began_ms = now_ms;
	c->tries = 0;
	c->xid = random;
	ask(c, PACKET_DISCOVER, now_ms, out);
	wait_for_answer(c, now_ms, random);
}

/* Half of what is left until `until_ms`, but not too soon. */
static void
wait_half(struct client *c, uint64_t now_ms, uint64_t until_ms)
{
	uint64_t left = until_ms - now_ms;
	uint64_t pause = left / 2 > RENEW_PAUSE_MS ? left / 2 : RENEW_PAUSE_MS;

	c->wake_ms = pause < left ? now_ms + pause : until_ms;
}

/* Each time with a number of its own: an answer to an older question is as
 * good as none. */
static void
renew(struct client *c, enum client_state state, uint64_t now_ms,
    uint32_t random, struct client_action *out)
{
	if (c->state == CLIENT_BOUND)
		c->began_ms = now_ms;
	c->state = state;
	c->xid = random;
	ask(c, PACKET_REQUEST, now_ms, out);
	wait_half(c, now_ms, state == CLIENT_RENEWING ? c->rebind_ms
	    : c->end_ms);
}

/* T1 and T2 as said, where they make sense; else RFC 2131 section 4.4.5. */
static void
set_times(struct client *c, const struct packet_answer *a, uint32_t seconds)
{
	uint64_t t1 = a->renew_s, t2 = a->rebind_s;

	if (t1 == 0 || t1 >= t2 || t2 >= seconds) {
		t1 = seconds / 2;
		t2 = (uint64_t)seconds * 7 / 8;
	}
	/* From when we asked: the server may count from then. */
	c->renew_ms = c->sent_ms + t1 * SECOND_MS;
	c->rebind_ms = c->sent_ms + t2 * SECOND_MS;
	c->end_ms = c->sent_ms + (uint64_t)seconds * SECOND_MS;
}

static void
begin_bound(struct client *c, const struct packet_answer *a,
    const struct lease *lease, struct client_action *out)
{
	c->state = CLIENT_BOUND;
	c->server = a->server;
	c->failures = 0;
	set_times(c, a, lease->seconds);
	c->wake_ms = c->renew_ms;
	out->has_news = true;
	out->lease = *lease;
}

/* --- what comes in -------------------------------------------------------------- */

struct happening {
	const struct packet_answer *answer;	/* NULL: it is time */
	uint64_t now_ms;
	uint32_t random;
};

/* Can it be taken?  Long leases are cut: they are renewed sooner. */
static bool
is_usable(const struct packet_answer *a, struct lease *lease)
{
	*lease = a->lease;
	if (lease->seconds > LEASE_SECONDS_MOST)
		lease->seconds = LEASE_SECONDS_MOST;
	return a->server != 0 && lease->address != 0 &&
	    lease_refusal(lease, NULL) == NULL;
}

/* An ACK for what we asked for, or a NAK; from the server we asked, or from
 * any where we asked all. */
static void
take_verdict(struct client *c, const struct happening *h, bool any_server,
    struct client_action *out)
{
	const struct packet_answer *a = h->answer;
	struct lease lease;

	if (!any_server && a->server != c->server)
		return;
	if (a->kind == PACKET_NAK && c->state == CLIENT_REQUESTING)
		begin_waiting(c, h->now_ms, h->random);
	else if (a->kind == PACKET_NAK)
		lose(c, h->now_ms, h->random, out);
	else if (a->kind == PACKET_ACK && is_usable(a, &lease) &&
	    lease.address == c->address)
		begin_bound(c, a, &lease, out);
}

static void
in_waiting(struct client *c, const struct happening *h,
    struct client_action *out)
{
	if (h->answer == NULL)
		begin_selecting(c, h->now_ms, h->random, out);
}

static void
in_selecting(struct client *c, const struct happening *h,
    struct client_action *out)
{
	struct lease lease;

	if (h->answer == NULL) {
		ask(c, PACKET_DISCOVER, h->now_ms, out);
		wait_for_answer(c, h->now_ms, h->random);
		return;
	}
	if (h->answer->kind != PACKET_OFFER || !is_usable(h->answer, &lease))
		return;
	c->state = CLIENT_REQUESTING;
	c->server = h->answer->server;
	c->address = lease.address;
	c->tries = 0;
	ask(c, PACKET_REQUEST, h->now_ms, out);
	wait_for_answer(c, h->now_ms, h->random);
}

static void
in_requesting(struct client *c, const struct happening *h,
    struct client_action *out)
{
	if (h->answer != NULL) {
		take_verdict(c, h, false, out);
	} else if (c->tries >= REQUESTS_MAX) {
		begin_waiting(c, h->now_ms, h->random);
	} else {
		ask(c, PACKET_REQUEST, h->now_ms, out);
		wait_for_answer(c, h->now_ms, h->random);
	}
}

static void
in_bound(struct client *c, const struct happening *h,
    struct client_action *out)
{
	if (h->answer != NULL)
		return;		/* an answer that came twice */
	if (h->now_ms >= c->end_ms)
		lose(c, h->now_ms, h->random, out);
	else
		renew(c, h->now_ms >= c->rebind_ms ? CLIENT_REBINDING
		    : CLIENT_RENEWING, h->now_ms, h->random, out);
}

static void
in_renewing(struct client *c, const struct happening *h,
    struct client_action *out)
{
	if (h->answer != NULL)
		take_verdict(c, h, c->state == CLIENT_REBINDING, out);
	else
		in_bound(c, h, out);
}

static void
step(struct client *c, const struct happening *h, struct client_action *out)
{
	static void (*const in[CLIENT_STATES])(struct client *,
	    const struct happening *, struct client_action *) = {
		[CLIENT_WAITING]    = in_waiting,
		[CLIENT_SELECTING]  = in_selecting,
		[CLIENT_REQUESTING] = in_requesting,
		[CLIENT_BOUND]      = in_bound,
		[CLIENT_RENEWING]   = in_renewing,
		[CLIENT_REBINDING]  = in_renewing,
	};

	*out = (struct client_action){ 0 };
	in[c->state](c, h, out);
}

/* --- for main ----------------------------------------------------------------------- */

/* See client.h. */
void
client_init(struct client *c, const uint8_t mac[static PACKET_MAC_BYTES])
{
	/* At once: RFC 2131 section 4.4.1 wants up to ten seconds, for whole
	 * buildings that start together; here it would be on the way of the
	 * first pickup. */
	*c = (struct client){ .state = CLIENT_WAITING, .wake_ms = 0 };
	memcpy(c->mac, mac, PACKET_MAC_BYTES);
}

/* See client.h. */
uint64_t
client_wakes_ms(const struct client *c)
{
	return c->wake_ms;
}

/* See client.h. */
void
client_on_time(struct client *c, uint64_t now_ms, uint32_t random,
    struct client_action *out)
{
	const struct happening h = { NULL, now_ms, random };

	*out = (struct client_action){ 0 };
	if (now_ms >= c->wake_ms)
		step(c, &h, out);
}

/* See client.h. */
void
client_on_answer(struct client *c, const struct packet_answer *a,
    uint64_t now_ms, uint32_t random, struct client_action *out)
{
	const struct happening h = { a, now_ms, random };

	*out = (struct client_action){ 0 };
	if (c->state != CLIENT_WAITING && a->xid == c->xid)
		step(c, &h, out);
}
