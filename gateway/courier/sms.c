#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/log.h"
#include "base/wipe.h"
#include "courier/courier.h"
#include "courier/http_call.h"
#include "courier/sms_verdict.h"
#include "courier/texts.h"
#include "wire/gsm7.h"
#include "wire/json_tree.h"
#include "wire/sms_template.h"

/* One request for each notice. */
enum { CALLS = 4, BODY_MAX = 6144, HEADERS_MAX = 2048, SECRET_MAX = 1024,
	ARENA_MAX = 65536 };

/* What REFUSING says, from the loop. */
struct early_end {
	enum outbox_outcome outcome;
	const char *why;
};

struct sms_call {
	struct http_call http;
	uv_timer_t soon;
	struct courier_job *job;	/* NULL: free */
	struct early_end early;
	char    error[96];
	struct buf body;
	uint8_t body_bytes[BODY_MAX];	/* SECRET, PERSONAL; wiped */
};

static struct {
	const struct config *config;
	struct remote url;
	struct http_pool *pool;
	struct texts texts;
	bool has_worked;		/* a message was taken */
	bool needs_secret;
	uint8_t secret[SECRET_MAX];	/* SECRET */
	size_t  secret_len;
	struct sms_call *call;		/* CALLS of them */
} sms;

/* --- the request ------------------------------------------------------------ */

static bool
is_basic(void)
{
	return span_is(span_of(sms.config->sms_authorization), "basic");
}

/* user:secret (RFC 7617). */
static enum status
put_basic(const struct span value[static SMS_PLACES], struct buf *out)
{
	uint8_t bytes[SECRET_MAX + 130];
	struct buf plain = buf_over(bytes, sizeof(bytes));
	enum status st = buf_append_span(&plain, value[SMS_USER]);

	if (st == ST_OK)
		st = buf_append_text(&plain, ":");
	if (st == ST_OK)
		st = buf_append_span(&plain, value[SMS_SECRET]);
	if (st == ST_OK)
		st = buf_append_text(out, "Authorization: Basic ");
	if (st == ST_OK)
		st = base64_encode(buf_span(&plain), out);
	wipe(bytes, sizeof(bytes));
	TRY(st);
	return buf_append_text(out, "\r\n");
}

/* "Bearer {secret}" is the value of Authorization; "X-Key: {secret}" is a
 * header with its name. */
static enum status
put_authorization(const struct span value[static SMS_PLACES], struct buf *out)
{
	const char *text = sms.config->sms_authorization;
	const char *colon = strstr(text, ": ");

	if (text[0] == '\0')
		return ST_OK;
	if (is_basic())
		return put_basic(value, out);
	if (colon == NULL || memchr(text, ' ', (size_t)(colon - text)) != NULL)
		TRY(buf_append_text(out, "Authorization: "));
	TRY(sms_template_fill(span_of(text), SMS_AS_HEADER, value, out));
	return buf_append_text(out, "\r\n");
}

static enum status
put_headers(const struct span value[static SMS_PLACES], struct buf *out)
{
	if (!sms.config->sms_get) {
		TRY(buf_append_text(out, "Content-Type: "));
		TRY(buf_append_text(out, sms.config->sms_json
		    ? "application/json\r\n"
		    : "application/x-www-form-urlencoded\r\n"));
	}
	return put_authorization(value, out);
}

static enum status
put_target(struct buf *out)
{
	if (sms.url.path.len == 0)
		TRY(buf_append_text(out, "/"));
	return buf_append_span(out, sms.url.path);
}

/* With sms.method get the filled template is the query, otherwise the body. */
static enum status
put_request(struct sms_call *c, struct span text, struct http_out *out)
{
	const struct msg_outbox_job *m = &c->job->m;
	const struct config *config = sms.config;
	const struct span value[SMS_PLACES] = {
		[SMS_USER] = span_of(config->sms_user),
		[SMS_SECRET] = { sms.secret, sms.secret_len },
		[SMS_TO] = m->address,
		[SMS_TEXT] = text,
		[SMS_FROM] = span_of(config->sms_from),
		[SMS_REFERENCE] = m->reference,
	};
	struct buf *filled = config->sms_get ? &out->target : &c->body;

	TRY(put_target(&out->target));
	if (config->sms_get)
		TRY(buf_append_text(&out->target, "?"));
	TRY(sms_template_fill(span_of(config->sms_template),
	    config->sms_json ? SMS_AS_JSON : SMS_AS_FORM, value, filled));
	out->method = config->sms_get ? "GET" : "POST";
	out->has_body = !config->sms_get;
	out->body_bytes = c->body.len;
	return put_headers(value, &out->headers);
}

static enum status
post(struct sms_call *c, struct span text)
{
	static uint8_t target[BODY_MAX], headers[HEADERS_MAX];
	struct http_out out = { .target = buf_over(target, sizeof(target)),
	    .headers = buf_over(headers, sizeof(headers)) };
	enum status st = put_request(c, text, &out);

	if (st == ST_OK)
		st = http_call_begin(&c->http, sms.pool, &out,
		    c->job->m.now_s);
	wipe(target, sizeof(target));
	wipe(headers, sizeof(headers));
	return st;
}

/* --- its end ---------------------------------------------------------------- */

static void
finish(struct sms_call *c, enum outbox_outcome outcome, uint64_t retry_after_s,
    const char *error)
{
	struct courier_job *job = c->job;

	wipe(c->body_bytes, sizeof(c->body_bytes));
	c->job = NULL;
	courier_done(job, outcome, retry_after_s, error);
}

static void
on_want(void *owner, uint64_t offset)
{
	struct sms_call *c = owner;

	http_call_body(&c->http, span_slice(buf_span(&c->body),
	    (size_t)offset, c->body.len));
}

/* The gateway's words never get into `error`: they may quote the number. */
static void
on_end(void *owner, const struct http_answer *answer, struct span body,
    const char *failure)
{
	struct sms_call *c = owner;
	struct sms_verdict v;

	if (failure != NULL) {
		finish(c, OUTCOME_DOWN, 0, failure);
		return;
	}
	v = sms_judge(answer->status, body, sms.has_worked);
	if (v.outcome == OUTCOME_DONE) {
		sms.has_worked = true;
		finish(c, OUTCOME_DONE, 0, NULL);
		return;
	}
	snprintf(c->error, sizeof(c->error), "%s (%u)", v.why, answer->status);
	finish(c, v.outcome, http_retry_after(answer, c->job->m.now_s),
	    c->error);
}

static void
on_soon(uv_timer_t *timer)
{
	struct sms_call *c = timer->data;

	finish(c, c->early.outcome, 0, c->early.why);
}

/* --- jobs; see courier.h ---------------------------------------------------- */

static struct sms_call *
free_call(void)
{
	for (unsigned i = 0; i < CALLS; i++)
		if (sms.call[i].job == NULL)
			return &sms.call[i];
	unexpected("more messages than slots", CALLS);
}

/* Sends it, or says why not. */
static struct early_end
try(struct sms_call *c)
{
	const struct msg_outbox_job *m = &c->job->m;
	uint8_t bytes[GSM7_MESSAGE_MAX];
	struct buf text = buf_over(bytes, sizeof(bytes));
	enum status st;

	if (m->kind != OUTBOX_NOTICE || texts_sms(&sms.texts, m->notice,
	    m->lang, m->day_code, &text) != ST_OK) {
		log_line(LOG_ERROR, "sms: the vault asks for no notice");
		return (struct early_end){ OUTCOME_REFUSED,
		    "not a notice that goes by SMS" };
	}
	if (sms.needs_secret && sms.secret_len == 0)
		return (struct early_end){ OUTCOME_DOWN,
		    "no password: guichet credential set sms" };
	st = post(c, buf_span(&text));
	wipe(bytes, sizeof(bytes));
	if (st == ST_OK)
		return (struct early_end){ OUTCOME_DONE, NULL };
	if (st == ST_BUSY)
		return (struct early_end){ OUTCOME_RETRY, "too many at once" };
	return (struct early_end){ OUTCOME_DOWN,
	    "sms.template or its password is too long" };
}

static void
begin(struct courier_job *job)
{
	struct sms_call *c = free_call();

	c->job = job;
	c->body = buf_over(c->body_bytes, sizeof(c->body_bytes));
	c->http.owner = c;
	c->http.on_want = on_want;
	c->http.on_end = on_end;
	c->early = try(c);
	if (c->early.why != NULL)
		uv_timer_start(&c->soon, on_soon, 0, 0);
}

static void
abort_job(struct courier_job *job)
{
	for (unsigned i = 0; i < CALLS; i++) {
		struct sms_call *c = &sms.call[i];

		if (c->job != job)
			continue;
		if (c->early.why != NULL)
			uv_timer_stop(&c->soon);
		else
			http_call_abort(&c->http);
		wipe(c->body_bytes, sizeof(c->body_bytes));
		c->job = NULL;
	}
}

const struct courier_worker sms_worker = {
	.begin = begin, .abort = abort_job,
};

/* --- at the start; see courier.h -------------------------------------------- */

/* See courier.h. */
void
sms_credential(struct span secret)
{
	wipe(sms.secret, sizeof(sms.secret));
	sms.secret_len = 0;
	if (secret.len <= sizeof(sms.secret) && secret.len > 0) {
		memcpy(sms.secret, secret.ptr, secret.len);
		sms.secret_len = secret.len;
	}
}

static unsigned
check_places(const char *key, const char *text)
{
	struct span unknown = { 0 };
	unsigned places = 0;

	if (sms_template_check(span_of(text), &places, &unknown) != ST_OK)
		role_refuse("%s: there is no {%.*s}; allowed: {user} {secret} "
		    "{to} {text} {from} {reference}", key, (int)unknown.len,
		    unknown.ptr);
	return places;
}

/* With anything in its places it must be JSON. */
static void
check_json(const struct config *config)
{
	struct span value[SMS_PLACES];
	uint8_t bytes[2048];
	struct buf out = buf_over(bytes, sizeof(bytes));
	struct arena arena;
	const struct tree_node *root = NULL;
	size_t at = 0;

	for (size_t i = 0; i < SMS_PLACES; i++)
		value[i] = span_of("+1");	/* no number: it needs quotes */
	arena_init(&arena, ARENA_MAX);
	if (sms_template_fill(span_of(config->sms_template), SMS_AS_JSON,
	    value, &out) != ST_OK ||
	    tree_read(buf_span(&out), &arena, &root, &at) != ST_OK)
		role_refuse("sms.template = %s: not JSON with its places "
		    "between quotation marks", config->sms_template);
	arena_clear(&arena);
}

static void
check_template(const struct config *config)
{
	unsigned places = check_places("sms.template", config->sms_template);
	unsigned wanted = 1u << SMS_TO | 1u << SMS_TEXT;
	unsigned others = check_places("sms.authorization",
	    config->sms_authorization);
	bool basic = span_is(span_of(config->sms_authorization), "basic");

	if ((places & wanted) != wanted)
		role_refuse("sms.template must have {to} and {text}");
	if (config->sms_json && config->sms_get)
		role_refuse("sms.method = get takes sms.format = form");
	places |= others;
	if ((basic || (places & 1u << SMS_USER) != 0) &&
	    config->sms_user[0] == '\0')
		role_refuse("sms.template or sms.authorization has the user: "
		    "set sms.user");
	if ((places & 1u << SMS_FROM) != 0 && config->sms_from[0] == '\0')
		role_refuse("sms.template has {from}: set sms.from");
	if (config->sms_json)
		check_json(config);
	sms.needs_secret = basic || (places & 1u << SMS_SECRET) != 0;
}

/* Who patients see as the sender, where that is a name; a number is none. */
static struct span
lab_name(const struct config *config)
{
	for (const char *c = config->sms_from; *c != '\0'; c++)
		if ((*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z'))
			return span_of(config->sms_from);
	return span_of(config->lab_name);
}

/* See courier.h. */
unsigned
sms_prepare(struct role *role, struct resolver *resolver, uint16_t *ports)
{
	const struct config *config = &role->config;

	if (config->sms_url[0] == '\0')
		return 0;
	if (remote_parse_url(span_of(config->sms_url), &sms.url) != ST_OK)
		role_refuse("sms.url = %s: not https://HOST[:PORT][/PATH]",
		    config->sms_url);
	check_template(config);
	sms.config = config;
	sms.pool = http_pool_new(&role->loop, resolver, endpoint_new(config,
	    sms.url.host, sms.url.port, config->sms_pins, CALLS, true), CALLS);
	texts_init(&sms.texts, lab_name(config), span_of(config->lab_phone));
	sms.call = calloc(CALLS, sizeof(*sms.call));
	if (sms.call == NULL)
		unexpected("no memory for SMS", CALLS);
	for (unsigned i = 0; i < CALLS; i++) {
		uv_timer_init(&role->loop, &sms.call[i].soon);
		sms.call[i].soon.data = &sms.call[i];
	}
	ports[0] = sms.url.port;
	return 1;
}
