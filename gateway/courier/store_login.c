/* Logging in to a store that wants it, for all who wait. */
#include "base/wipe.h"
#include "courier/store_inner.h"

/* See store_inner.h. */
void
store_login_forget(struct store *s)
{
	int64_t skew_s = s->login.skew_s;

	wipe(&s->login, sizeof(s->login));
	s->login.skew_s = skew_s;
	s->generation++;
}

/* The first who waits for a log-in and came before `order`; or NULL. */
static struct store_call *
first_waiting(const struct store *s, uint64_t order)
{
	struct store_call *call = s->first;

	while (call != NULL && (store_is_public(call) || call->order > order))
		call = call->next;
	return call;
}

/* Nobody gets through: all who wait are told; who asks again meanwhile waits
 * for the next attempt. */
static void
refuse_waiting(struct store *s, uint64_t retry_after_s, const char *words,
    bool is_stranger)
{
	const struct store_answer a = { .outcome = OUTCOME_DOWN,
	    .retry_after_s = retry_after_s, .error = words,
	    .is_stranger = is_stranger };
	uint64_t order = s->n_queued;
	struct store_call *call;

	while ((call = first_waiting(s, order)) != NULL) {
		store_dequeue(s, call);
		store_tell(call, &a);
	}
}

/* See store_inner.h. */
bool
store_is_at(const struct place *p, const struct remote *to)
{
	return p->at != NULL && p->at->port == to->port &&
	    span_is(to->host, p->at->host);
}

/* NULL: in; otherwise our own words. */
static const char *
read_login(struct store *s, const struct http_answer *a, struct span body)
{
	enum status st;

	if (a->status == 401 || a->status == 403)
		return "the store refuses our credentials";
	if (a->status >= 300)
		return "the log-in is refused";
	st = s->dialect->login_answer(s->config, a, body, &s->login);
	if (st == ST_NOT_FOUND)
		return "the log-in names no store (drop.region?)";
	if (st != ST_OK)
		return "something else answers in the log-in's place "
		    "(a captive portal?)";
	if (!store_is_at(&s->home, &s->login.storage) &&
	    !store_is_at(&s->public, &s->login.storage))
		return "the log-in names a host that is neither "
		    "drop.endpoint's nor drop.public_url's";
	return NULL;
}

static void
end_login(struct store *s)
{
	s->is_logging_in = false;
	wipe(s->login_body, s->login_body_len);
	s->login_body_len = 0;
}

static void
on_login_want(void *owner, uint64_t offset)
{
	struct store *s = owner;
	struct span body = { s->login_body, s->login_body_len };

	http_call_body(&s->login_call, span_slice(body, (size_t)offset,
	    HTTP_CALL_PART_MAX));
}

static void
on_login_end(void *owner, const struct http_answer *a, struct span body,
    const char *failure)
{
	struct store *s = owner;
	uint64_t retry_after_s = 0;
	bool is_stranger = false;

	end_login(s);
	if (failure == NULL) {
		failure = read_login(s, a, body);
		is_stranger = a->status == 401 || a->status == 403;
		if (a->status >= 300)
			retry_after_s = http_retry_after(a, s->login_now_s);
	}
	if (failure != NULL) {
		store_login_forget(s);
		refuse_waiting(s, retry_after_s, failure, is_stranger);
	}
	store_wake(s);
}

/* See store_inner.h. */
bool
store_login_begin(struct store *s, uint64_t now_s)
{
	struct http_out out = store_new_out();
	struct buf body = buf_over(s->login_body, sizeof(s->login_body));
	struct span secret = { s->secret, s->secret_len };
	enum status st;

	if (s->is_logging_in)
		return false;
	st = s->dialect->login(s->config, secret, &out, &body);
	s->login_body_len = body.len;
	s->login_now_s = now_s;
	s->login_call.owner = s;
	s->login_call.on_want = on_login_want;
	s->login_call.on_end = on_login_end;
	if (st == ST_OK)
		st = http_call_begin(&s->login_call, s->login_pool, &out,
		    now_s);
	store_wipe_out();
	s->is_logging_in = st == ST_OK;
	/* Busy: with the end of the one before, whose answer woke us. */
	if (st == ST_OK || st == ST_BUSY)
		return false;
	end_login(s);
	refuse_waiting(s, 0, "the log-in cannot be written: "
	    "guichet credential set store", true);
	return true;
}

/* See store_inner.h. */
void
store_login_abort(struct store *s)
{
	if (!s->is_logging_in)
		return;
	http_call_abort(&s->login_call);
	end_login(s);
}
