#include "pickup/watch.h"

#include "crypto/constant_time.h"
#include "crypto/random.h"
#include "pickup/handlers.h"
#include "pickup/pickup.h"

/* --- tickets ----------------------------------------------------------------- */

static bool
is_free(const struct watch *w, uint64_t now)
{
	return !w->is_used || (w->held == NULL && w->until_ms <= now);
}

/* Of two that nobody holds, the one that has been unused for longer; its page
 * gets a 404 and asks for another. */
static struct watch *
staler(struct watch *a, struct watch *b)
{
	if (b->held != NULL)
		return a;
	return a == NULL || b->until_ms < a->until_ms ? b : a;
}

/* A place for another ticket of `card`; NULL: all are held, or the card's
 * share is. */
static struct watch *
find_place(struct pickup *p, struct span card)
{
	struct watches *all = &p->watches;
	uint64_t now = uv_now(p->loop);
	struct watch *free = NULL, *stale = NULL, *stale_of_card = NULL;
	unsigned of_card = 0;

	for (unsigned i = 0; i < all->n; i++) {
		struct watch *w = &all->watch[i];

		if (is_free(w, now)) {
			free = w;
			continue;
		}
		stale = staler(stale, w);
		if (memcmp(w->card, card.ptr, WATCH_CARD_BYTES) != 0)
			continue;
		of_card++;
		stale_of_card = staler(stale_of_card, w);
	}
	if (of_card >= PICKUP_WATCHES_PER_CARD)
		return stale_of_card;
	if (free == NULL && all->n < PICKUP_WATCHES_MAX)
		free = &all->watch[all->n++];
	return free != NULL ? free : stale;
}

/* See watch.h. */
bool
watch_open(struct pickup *p, struct span card, struct span *ticket)
{
	struct watch *w = find_place(p, card);
	size_t index;

	if (w == NULL)
		return false;
	index = (size_t)(w - p->watches.watch);
	*w = (struct watch){ .is_used = true,
	    .until_ms = uv_now(p->loop) + PICKUP_WATCH_KEPT_MS };
	memcpy(w->card, card.ptr, WATCH_CARD_BYTES);
	random_bytes(w->ticket, sizeof(w->ticket));
	w->ticket[0] = (uint8_t)(index >> 8);
	w->ticket[1] = (uint8_t)index;
	*ticket = (struct span){ w->ticket, sizeof(w->ticket) };
	return true;
}

static struct watch *
find(struct pickup *p, const uint8_t ticket[static 32])
{
	size_t index = (size_t)ticket[0] << 8 | ticket[1];
	struct watch *w = &p->watches.watch[index];

	if (index >= p->watches.n || is_free(w, uv_now(p->loop))
	    || !constant_time_equal(w->ticket, ticket, 32))
		return NULL;
	return w;
}

/* --- held requests ------------------------------------------------------------- */

/* Leaves its ticket; what the client may read counts from now. */
static void
let_go(struct exchange *x)
{
	struct watch *w = x->watch;
	uint64_t now = uv_now(x->pickup->loop);

	x->watch = NULL;
	w->held = NULL;
	w->until_ms = now + PICKUP_WATCH_KEPT_MS;
	x->session->reply_until_ms += now - w->since_ms;
	pickup_mark_busy(x->pickup, x->session);
}

static void
answer(struct exchange *x, bool is_changed)
{
	struct reply nothing = { .code = 204 };
	struct reply changed = { .code = 200,
	    .content_type = "application/json",
	    .body = span_of("{\"changed\":true}") };

	exchange_reply(x, is_changed ? &changed : &nothing);
}

static void
on_over(struct exchange *x)
{
	let_go(x);
	answer(x, false);
}

/* One address, such as a proxy's, keeps connections for other requests. */
static bool
has_its_share(const struct exchange *x)
{
	const struct watches *all = &x->pickup->watches;
	unsigned n = 0;

	for (unsigned i = 0; i < all->n; i++) {
		const struct exchange *other = all->watch[i].held;

		n += other != NULL
		    && other->session->holder == x->session->holder;
	}
	return n >= (x->pickup->n_per_address_max + 1) / 2;
}

/* See watch.h. */
void
watch_hold(struct exchange *x)
{
	struct watch *w = find(x->pickup, x->match.key);

	if (w == NULL) {
		exchange_refuse_late(x, 404, 0);
		return;
	}
	if (w->held != NULL || has_its_share(x)) {
		exchange_refuse(x, 503, PICKUP_WATCH_RETRY_S);
		return;
	}
	if (w->is_changed) {
		w->is_changed = false;
		answer(x, true);
		return;
	}
	w->held = x;
	w->since_ms = uv_now(x->pickup->loop);
	x->watch = w;
	pickup_mark_idle(x->pickup, x->session);
	exchange_wait(x, PICKUP_WATCH_MS, on_over);
}

/* See watch.h. */
void
watch_drop(struct exchange *x)
{
	if (x->watch != NULL)
		let_go(x);
}

static void
change(struct watch *w)
{
	struct exchange *x = w->held;

	w->is_changed = x == NULL;
	if (x == NULL)
		return;
	let_go(x);
	answer(x, true);
}

/* See watch.h. */
void
watch_changed(struct pickup *p, struct span card)
{
	static const uint8_t every[WATCH_CARD_BYTES];
	bool all = memcmp(card.ptr, every, WATCH_CARD_BYTES) == 0;

	for (unsigned i = 0; i < p->watches.n; i++) {
		struct watch *w = &p->watches.watch[i];

		if (w->is_used && (all
		    || memcmp(w->card, card.ptr, WATCH_CARD_BYTES) == 0))
			change(w);
	}
}

/* See watch.h. */
void
watch_changed_all(struct pickup *p)
{
	static const uint8_t every[WATCH_CARD_BYTES];

	watch_changed(p, (struct span){ every, WATCH_CARD_BYTES });
}

/* See handlers.h. */
void
handle_watch(struct exchange *x)
{
	watch_hold(x);
}
