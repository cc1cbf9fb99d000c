/*
 * The rows of the drop: put, then look whether it is there as it was sent;
 * delete, then look whether it is gone.
 *
 *   PUTTING --ETag is the MD5, or the store says the SHA-256--> LOOKING -> done
 *      |  +---neither--> READING, all of it --------------------^
 *   DELETING --gone, or gone already, no version kept--> MISSING -> done
 */
#include <stdlib.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/log.h"
#include "courier/courier.h"
#include "courier/store.h"
#include "crypto/digest.h"
#include "crypto/md5.h"

enum { MD5_HEX = 32, CHECKSUM_LEN = 44, ETAG_MAX = 64 };

enum push_state { PUSH_FREE, PUSH_PUTTING, PUSH_READING, PUSH_LOOKING,
	PUSH_DELETING, PUSH_MISSING };

struct push {
	struct courier_job *job;
	enum push_state state;
	struct store_call call;
	uint64_t at;			/* bytes handed to the store */
	bool     is_asked;		/* the vault, for those from `at` */
	uint8_t  etag[ETAG_MAX];	/* of the answer to PUT */
	size_t   etag_len;
	struct sha256 sha256;
	struct md5    md5;
	char     md5_hex[MD5_HEX + 1];
};

static struct {
	struct store *store;
	struct push  *push;
	unsigned      n;
} pushes;

static const char *const type_of[] = {
	[OUTBOX_PUT_OBJECT] = "application/jose",
	[OUTBOX_PUT_INDEX]  = "application/json",
};

static void
end(struct push *p, enum outbox_outcome outcome, uint64_t retry_after_s,
    const char *error)
{
	struct courier_job *job = p->job;

	p->state = PUSH_FREE;
	p->job = NULL;
	courier_done(job, outcome, retry_after_s, error);
}

/* Says no to our own request on its way. */
static void
give_up(struct push *p, enum outbox_outcome outcome, const char *error)
{
	store_abort(&p->call);
	end(p, outcome, 0, error);
}

static void
ask(struct push *p, enum push_state state, const struct store_wish *wish)
{
	p->state = state;
	store_ask(pushes.store, &p->call, wish, p->job->m.now_s);
}

static void
ask_about(struct push *p, enum push_state state, enum store_verb verb)
{
	struct store_wish wish = { .verb = verb, .name = p->job->m.name };

	ask(p, state, &wish);
}

/* --- the body ------------------------------------------------------------------ */

static void
on_want(void *owner, uint64_t offset)
{
	struct push *p = owner;

	if (p->is_asked || (offset != 0 && offset != p->at))
		unexpected("a part out of turn", (int)p->state);
	if (offset == 0) {
		sha256_start(&p->sha256);
		md5_start(&p->md5);
	}
	p->at = offset;
	p->is_asked = true;
	courier_read(p->job, offset);
}

/* All bytes went by: were they those that the vault means? */
static bool
finish_digests(struct push *p)
{
	uint8_t sha[32], md5[16];
	struct buf hex = buf_over(p->md5_hex, MD5_HEX);

	sha256_finish(&p->sha256, sha);
	md5_finish(&p->md5, md5);
	if (hex_encode((struct span){ md5, sizeof(md5) }, &hex) != ST_OK)
		unexpected("room for an ETag", MD5_HEX);
	p->md5_hex[MD5_HEX] = '\0';
	return span_equal((struct span){ sha, sizeof(sha) },
	    p->job->m.sha256);
}

static bool
is_next_part(const struct push *p, const struct msg_outbox_data *m)
{
	return m->offset == p->at && m->data.len > 0 &&
	    m->data.len <= p->job->m.size - p->at;
}

static void
on_data(struct courier_job *job, const struct msg_outbox_data *m)
{
	static const char WRONG[] = "the vault's bytes are not what it said";
	struct push *p = job->work;

	if (!p->is_asked)
		return;
	p->is_asked = false;
	if (m->outcome == (uint64_t)ST_NOT_FOUND) {
		give_up(p, OUTCOME_GONE, NULL);
		return;
	}
	if (m->outcome != (uint64_t)ST_OK || !is_next_part(p, m)) {
		give_up(p, OUTCOME_RETRY, m->outcome != (uint64_t)ST_OK ?
		    "the vault could not read it" : WRONG);
		return;
	}
	sha256_add(&p->sha256, m->data);
	md5_add(&p->md5, m->data);
	p->at += m->data.len;
	/* The last bytes leave only if all of them are right. */
	if (p->at == p->job->m.size && !finish_digests(p))
		give_up(p, OUTCOME_RETRY, WRONG);
	else
		store_body(&p->call, m->data);
}

/* --- what came of it ----------------------------------------------------------- */

/* An entity tag without its quotes (RFC 9110 section 8.8.3). */
static struct span
unquoted(struct span etag)
{
	if (etag.len >= 2 && etag.ptr[0] == '"' &&
	    etag.ptr[etag.len - 1] == '"')
		return span_slice(etag, 1, etag.len - 2);
	return etag;
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool
is_same_tag(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

static bool
is_checksum(const struct push *p, struct span checksum)
{
	uint8_t text[CHECKSUM_LEN];
	struct buf out = buf_over(text, sizeof(text));

	return base64_encode(p->job->m.sha256, &out) == ST_OK &&
	    span_equal(buf_span(&out), checksum);
}

/* A list of words, "no-store" among them. */
static bool
is_not_stored(struct span control)
{
	static const char word[] = "no-store";

	return control.len > 0 && memmem(control.ptr, control.len, word,
	    sizeof(word) - 1) != NULL;
}

/* What a HEAD of it must say. */
static const char *
find_fault(const struct push *p, const struct http_answer *a)
{
	struct span etag = { p->etag, p->etag_len };

	if (a->content_length != p->job->m.size)
		return "another length arrived at the store";
	if (!is_same_tag(span_slice(unquoted(a->etag), 0, ETAG_MAX), etag))
		return "the store has another ETag than it said";
	if (!span_is(a->content_type, type_of[p->job->m.kind]))
		return "the store has it under another Content-Type";
	if (!is_not_stored(a->cache_control))
		return "the store has it without Cache-Control: no-store";
	return NULL;
}

static void
after_put(struct push *p, const struct store_answer *a)
{
	struct span etag = span_slice(unquoted(a->http->etag), 0, ETAG_MAX);
	struct span said = a->http->checksum_sha256;
	bool is_proven = said.len > 0 || is_same_tag(etag,
	    span_of(p->md5_hex));

	memcpy(p->etag, etag.ptr, etag.len);
	p->etag_len = etag.len;
	if (said.len > 0 && !is_checksum(p, said)) {
		end(p, OUTCOME_RETRY, 0, "other bytes arrived at the store");
		return;
	}
	/* Where the store encrypts, an ETag is a number of its own. */
	if (is_proven)
		ask_about(p, PUSH_LOOKING, STORE_HEAD);
	else
		ask_about(p, PUSH_READING, STORE_GET);
}

static void
after_read(struct push *p, const struct store_answer *a)
{
	struct span found = { a->body_sha256, 32 };

	if (a->http->content_length == p->job->m.size &&
	    span_equal(found, p->job->m.sha256))
		ask_about(p, PUSH_LOOKING, STORE_HEAD);
	else
		end(p, OUTCOME_RETRY, 0, "other bytes arrived at the store");
}

static void
after_look(struct push *p, const struct store_answer *a)
{
	const char *fault = find_fault(p, a->http);

	end(p, fault == NULL ? OUTCOME_DONE : OUTCOME_RETRY, 0, fault);
}

/* With versioning on, a deletion hides the bytes under a marker that has an
 * id (S3 User Guide, "Working with delete markers"); where it is suspended
 * that id is "null", and they are gone. */
static bool
is_kept_as_version(const struct http_answer *a)
{
	return a != NULL && a->version_id.len > 0 &&
	    !span_is(a->version_id, "null");
}

static void
after_delete(struct push *p, const struct store_answer *a)
{
	if (is_kept_as_version(a->http))
		end(p, OUTCOME_RETRY, 0, "the store keeps it as an old "
		    "version: turn versioning off, delete the versions");
	else
		ask_about(p, PUSH_MISSING, STORE_HEAD);
}

static void
still_there(struct push *p, const struct store_answer *a)
{
	(void)a;
	end(p, OUTCOME_RETRY, 0, "still there after it was deleted");
}

static void
is_gone(struct push *p, const struct store_answer *a)
{
	(void)a;
	end(p, OUTCOME_DONE, 0, NULL);
}

static void
not_there(struct push *p, const struct store_answer *a)
{
	(void)a;
	end(p, OUTCOME_RETRY, 0, "not there after it was put");
}

static void
on_answer(void *owner, const struct store_answer *a)
{
	static const struct {
		void (*done)(struct push *, const struct store_answer *);
		void (*gone)(struct push *, const struct store_answer *);
	} after[] = {
		[PUSH_PUTTING]  = { after_put, not_there },
		[PUSH_READING]  = { after_read, not_there },
		[PUSH_LOOKING]  = { after_look, not_there },
		[PUSH_DELETING] = { after_delete, after_delete },
		[PUSH_MISSING]  = { still_there, is_gone },
	};
	struct push *p = owner;

	p->is_asked = false;
	if (a->outcome == OUTCOME_DONE)
		after[p->state].done(p, a);
	else if (a->outcome == OUTCOME_GONE)
		after[p->state].gone(p, a);
	else	/* no row can be refused for good: it would never be told */
		end(p, a->outcome == OUTCOME_REFUSED ? OUTCOME_DOWN
		    : a->outcome, a->retry_after_s, a->error);
}

/* --- see courier.h ------------------------------------------------------------- */

static struct push *
find_free(void)
{
	for (unsigned i = 0; i < pushes.n; i++)
		if (pushes.push[i].state == PUSH_FREE)
			return &pushes.push[i];
	unexpected("more rows than slots", (int)pushes.n);
}

static void
begin_put(struct push *p)
{
	const struct msg_outbox_job *m = &p->job->m;
	struct store_wish wish = { .verb = STORE_PUT, .name = m->name,
	    .content_type = type_of[m->kind], .size = m->size,
	    .delete_at_s = m->delete_at_s };

	p->is_asked = false;
	memcpy(wish.sha256, m->sha256.ptr, sizeof(wish.sha256));
	ask(p, PUSH_PUTTING, &wish);
}

static bool
is_put(const struct msg_outbox_job *m)
{
	return (m->kind == OUTBOX_PUT_OBJECT || m->kind == OUTBOX_PUT_INDEX) &&
	    m->size > 0 && m->sha256.len == 32 && m->name.len > 0;
}

static void
begin(struct courier_job *job)
{
	struct push *p = find_free();

	p->job = job;
	job->work = p;
	p->call.owner = p;
	p->call.on_want = on_want;
	p->call.on_answer = on_answer;
	if (is_put(&job->m))
		begin_put(p);
	else if (job->m.kind == OUTBOX_DELETE && job->m.name.len > 0)
		ask_about(p, PUSH_DELETING, STORE_DELETE);
	else
		end(p, OUTCOME_RETRY, 0, "a row that makes no sense here");
}

static void
forget(struct courier_job *job)
{
	struct push *p = job->work;

	store_abort(&p->call);
	p->state = PUSH_FREE;
	p->job = NULL;
}

/* See courier.h. */
const struct courier_worker push_worker = {
	.begin = begin,
	.data = on_data,
	.abort = forget,
};

/* See courier.h. */
unsigned
push_prepare(struct role *role, struct resolver *resolver, uint16_t *ports)
{
	pushes.store = store_new(&role->loop, resolver, &role->config);
	if (pushes.store == NULL)
		return 0;
	pushes.n = (unsigned)role->config.drop_in_flight;
	pushes.push = calloc(pushes.n, sizeof(*pushes.push));
	if (pushes.push == NULL)
		unexpected("no memory for pushes", (int)pushes.n);
	return store_ports(pushes.store, ports);
}

/* See courier.h. */
void
push_credential(struct span secret)
{
	store_credential(pushes.store, secret);
}

/* See courier.h. */
struct store *
push_store(void)
{
	return pushes.store;
}
