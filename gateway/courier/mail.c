#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/wipe.h"
#include "courier/bounces.h"
#include "courier/courier.h"
#include "courier/link.h"
#include "courier/mail_verdict.h"
#include "courier/texts.h"
#include "wire/mail_message.h"
#include "wire/smtp.h"

/*
 * One connection for each notice:
 *
 *   opening -> GREETING -> EHLO ( -> STARTTLS -> securing -> EHLO )
 *           -> AUTH -> FROM -> RCPT -> DATA -> BODY -> quitting -> closing
 *
 * The job ends as soon as its fate is known; QUIT is said without it.
 */
enum { SESSIONS = 4, WAITING_MAX = 4, IDLE_MS = 60000, QUIT_MS = 5000,
	BODY_MS = 600000,	/* RFC 5321 section 4.5.3.2.6 */
	TOTAL_MS = 900000, OUT_MAX = MAIL_MESSAGE_MAX + 512,
	SECRET_MAX = 1024 };

enum state { IDLE, REFUSING, OPENING, TALKING, SECURING, QUITTING, CLOSING };

struct session {
	struct link link;
	uv_timer_t soon;		/* REFUSING */
	struct courier_job *job;	/* NULL: its fate is told */
	enum state state;
	enum mail_step step;
	unsigned extensions;
	bool is_secure, was_asked_again;
	uint64_t until_ms;		/* loop time */
	struct smtp_reader reader;
	char     error[96];
	uint8_t  in[SMTP_LINE_MAX];	/* in clear; not used behind TLS */
	struct buf out;
	uint8_t  out_bytes[OUT_MAX];	/* SECRET, PERSONAL; wiped */
};

static struct {
	const struct config *config;
	uv_loop_t *loop;
	struct resolver *resolver;
	struct endpoint *server;
	struct texts texts;
	uint8_t secret[SECRET_MAX];	/* SECRET */
	size_t  secret_len;
	struct session *session;	/* SESSIONS of them */
	struct courier_job *waiting[WAITING_MAX];
	unsigned n_waiting;
} mail;

static void on_event(void *owner, enum conn_event ev);

/* --- the end of a session --------------------------------------------------- */

static void
close_session(struct session *s)
{
	s->state = CLOSING;
	link_close(&s->link);
}

/* What is left of the session's time, at most `most_ms`. */
static uint64_t
patience(const struct session *s, uint64_t most_ms)
{
	uint64_t now = uv_now(mail.loop);
	uint64_t left = s->until_ms > now ? s->until_ms - now : 1;

	return left < most_ms ? left : most_ms;
}

static void
write_out(struct session *s, uint64_t idle_ms)
{
	s->link.conn.idle_ms = patience(s, idle_ms);
	conn_write(&s->link.conn, buf_span(&s->out));
}

static void
report(struct session *s, enum outbox_outcome outcome, const char *error)
{
	struct courier_job *job = s->job;

	s->job = NULL;
	if (job != NULL)
		courier_done(job, outcome, 0, error);
}

/* The server is asked for nothing any more, politely. */
static void
quit(struct session *s)
{
	wipe(s->out_bytes, sizeof(s->out_bytes));
	s->out = buf_over(s->out_bytes, sizeof(s->out_bytes));
	s->state = QUITTING;
	if (buf_append_text(&s->out, "QUIT\r\n") != ST_OK)
		unexpected("QUIT", 0);
	write_out(s, QUIT_MS);
}

/* Its words never get here: they may quote the address. */
static void
give_up(struct session *s, struct mail_verdict v)
{
	const struct smtp_reply *r = &s->reader.reply;

	if (r->enhanced_class != 0)
		snprintf(s->error, sizeof(s->error), "%s (%u, %u.%u.%u)",
		    v.why, r->code, r->enhanced_class, r->enhanced_subject,
		    r->enhanced_detail);
	else
		snprintf(s->error, sizeof(s->error), "%s (%u)", v.why, r->code);
	report(s, v.outcome, s->error);
	quit(s);
}

/* No reply says it: we do. */
static void
fail(struct session *s, enum outbox_outcome outcome, const char *why)
{
	report(s, outcome, why);
	close_session(s);
}

/* --- commands --------------------------------------------------------------- */

static struct span
own_domain(void)
{
	return mail_domain(span_of(mail.config->mail_from));
}

static enum status
put_ehlo(struct session *s)
{
	return smtp_ehlo(own_domain(), &s->out);
}

static enum status
put_starttls(struct session *s)
{
	return buf_append_text(&s->out, "STARTTLS\r\n");
}

static enum status
put_auth(struct session *s)
{
	return smtp_auth_plain(span_of(mail.config->mail_user),
	    (struct span){ mail.secret, mail.secret_len }, s->was_asked_again,
	    &s->out);
}

static enum status
put_from(struct session *s)
{
	uint8_t bytes[SMTP_ENVELOPE_MAX];
	struct buf envelope = buf_over(bytes, sizeof(bytes));

	/* REFERENCE@DOMAIN comes back as Original-Envelope-Id (wire/dsn.h). */
	if (buf_append_span(&envelope, s->job->m.reference) != ST_OK ||
	    buf_append_text(&envelope, "@") != ST_OK ||
	    buf_append_span(&envelope, own_domain()) != ST_OK)
		envelope.len = 0;
	return smtp_mail(span_of(mail.config->mail_from),
	    (s->extensions & SMTP_DSN) != 0, buf_span(&envelope), &s->out);
}

static enum status
put_rcpt(struct session *s)
{
	return smtp_rcpt(s->job->m.address, (s->extensions & SMTP_DSN) != 0,
	    &s->out);
}

static enum status
put_data(struct session *s)
{
	return buf_append_text(&s->out, "DATA\r\n");
}

static enum status
put_message(struct session *s)
{
	const struct msg_outbox_job *job = &s->job->m;
	static uint8_t text[TEXTS_MAIL_MAX], bytes[MAIL_MESSAGE_MAX];
	struct buf body = buf_over(text, sizeof(text));
	struct buf whole = buf_over(bytes, sizeof(bytes));
	struct mail_message m = { .from_name = span_of(mail.config->lab_name),
	    .from = span_of(mail.config->mail_from), .to = job->address,
	    .reference = job->reference, .now_s = job->now_s };
	enum status st;

	TRY(texts_mail(&mail.texts, job->notice, job->lang, &m.subject, &body));
	m.body = buf_span(&body);
	TRY(mail_message_write(&m, &whole));
	st = smtp_data(buf_span(&whole), &s->out);
	wipe(bytes, sizeof(bytes));		/* To: */
	return st;
}

/* Sends what `step` asks for; its reply is judged as `step`'s. */
static void
say(struct session *s, enum mail_step step)
{
	static enum status (*const put[MAIL_STEPS])(struct session *) = {
		[MAIL_EHLO] = put_ehlo, [MAIL_STARTTLS] = put_starttls,
		[MAIL_AUTH] = put_auth, [MAIL_FROM] = put_from,
		[MAIL_RCPT] = put_rcpt, [MAIL_DATA] = put_data,
		[MAIL_BODY] = put_message,
	};

	wipe(s->out_bytes, s->out.len);
	s->out = buf_over(s->out_bytes, sizeof(s->out_bytes));
	s->step = step;
	s->state = TALKING;
	if (put[step](s) != ST_OK) {
		report(s, step == MAIL_AUTH ? OUTCOME_DOWN : OUTCOME_REFUSED,
		    step == MAIL_AUTH ? "a password that AUTH PLAIN cannot say"
		    : "not an address a mail can be sent to");
		quit(s);
		return;
	}
	write_out(s, IDLE_MS);
}

/* --- replies ---------------------------------------------------------------- */

/* What a server must offer before it hears anything of ours. */
static void
after_ehlo(struct session *s)
{
	bool has_user = mail.config->mail_user[0] != '\0';
	const char *missing = NULL;

	s->extensions = s->reader.reply.extensions;
	if (!s->is_secure && (s->extensions & SMTP_STARTTLS) == 0)
		missing = "offers no STARTTLS";
	else if (!s->is_secure)
		;
	else if (has_user && (s->extensions & SMTP_AUTH_PLAIN) == 0)
		missing = "offers no AUTH PLAIN";
	else if (has_user && mail.secret_len == 0)
		missing = "no password: guichet credential set mail";
	if (missing != NULL) {
		report(s, OUTCOME_DOWN, missing);
		quit(s);
		return;
	}
	say(s, !s->is_secure ? MAIL_STARTTLS :
	    has_user ? MAIL_AUTH : MAIL_FROM);
}

static void
after_starttls(struct session *s)
{
	s->state = SECURING;
	s->is_secure = true;
	s->link.conn.idle_ms = patience(s, IDLE_MS);
	link_secure(&s->link);
}

static void
after_body(struct session *s)
{
	report(s, OUTCOME_DONE, NULL);
	quit(s);
}

static void
go_on(struct session *s)
{
	static const enum mail_step next[MAIL_STEPS] = {
		[MAIL_GREETING] = MAIL_EHLO, [MAIL_AUTH] = MAIL_FROM,
		[MAIL_FROM] = MAIL_RCPT, [MAIL_RCPT] = MAIL_DATA,
		[MAIL_DATA] = MAIL_BODY,
	};

	if (s->step == MAIL_EHLO)
		after_ehlo(s);
	else if (s->step == MAIL_STARTTLS)
		after_starttls(s);
	else if (s->step == MAIL_BODY)
		after_body(s);
	else
		say(s, next[s->step]);
}

static void
on_reply(struct session *s)
{
	const struct smtp_reply *reply = &s->reader.reply;
	struct mail_verdict v;

	/* A server that passes over the initial response asks for it once. */
	if (s->step == MAIL_AUTH && reply->code == 334 && !s->was_asked_again) {
		s->was_asked_again = true;
		say(s, MAIL_AUTH);
		return;
	}
	v = mail_judge(s->step, reply);
	if (v.goes_on)
		go_on(s);
	else
		give_up(s, v);
}

static void
on_bytes(struct session *s)
{
	struct span in = conn_bytes(&s->link.conn);
	enum status st = smtp_push(&s->reader, &in);

	if (st == ST_MORE) {
		s->link.conn.idle_ms = patience(s, s->step == MAIL_BODY
		    ? BODY_MS : IDLE_MS);
		conn_read(&s->link.conn);
	} else if (st != ST_OK) {
		fail(s, OUTCOME_DOWN, "does not speak SMTP");
	} else if (in.len > 0) {
		/* Above all behind STARTTLS: whoever stands between would put
		 * words into the encrypted session (RFC 3207 section 6). */
		fail(s, OUTCOME_DOWN, "sends bytes out of turn");
	} else {
		on_reply(s);
	}
}

/* --- events ----------------------------------------------------------------- */

static void
expect(struct session *s)
{
	smtp_expect(&s->reader);
	s->link.conn.idle_ms = patience(s, s->step == MAIL_BODY
	    ? BODY_MS : IDLE_MS);
	conn_read(&s->link.conn);
}

/* After the last dot nobody knows whether the mail was taken: it goes again,
 * under the same Message-ID, by which a receiver can tell. */
static void
in_talking(struct session *s, enum conn_event ev)
{
	if (ev == CONN_WRITTEN)
		expect(s);
	else if (ev == CONN_BYTES)
		on_bytes(s);
	else if (s->step == MAIL_BODY)
		fail(s, OUTCOME_RETRY, "was lost before it took the mail");
	else if (ev == CONN_EOF)
		fail(s, OUTCOME_DOWN, "closes the connection");
	else
		fail(s, OUTCOME_DOWN, ev == CONN_TIMEOUT ? "does not answer"
		    : link_error(&s->link));
}

static void
in_opening(struct session *s, enum conn_event ev)
{
	if (ev != CONN_WRITTEN) {
		fail(s, OUTCOME_DOWN, link_error(&s->link));
		return;
	}
	s->state = TALKING;
	s->step = MAIL_GREETING;
	expect(s);
}

static void
in_securing(struct session *s, enum conn_event ev)
{
	if (ev == CONN_WRITTEN)
		say(s, MAIL_EHLO);	/* what was said in clear is void */
	else
		fail(s, OUTCOME_DOWN, link_error(&s->link));
}

static void
in_quitting(struct session *s, enum conn_event ev)
{
	if (ev != CONN_WRITTEN) {
		close_session(s);
		return;
	}
	s->link.conn.idle_ms = QUIT_MS;
	conn_read(&s->link.conn);
}

static void begin(struct courier_job *job);

static void
on_closed(struct session *s)
{
	struct courier_job *job;

	wipe(s->out_bytes, sizeof(s->out_bytes));
	s->state = IDLE;
	if (mail.n_waiting == 0)
		return;
	job = mail.waiting[0];
	memmove(mail.waiting, mail.waiting + 1,
	    --mail.n_waiting * sizeof(mail.waiting[0]));
	begin(job);
}

static void
on_event(void *owner, enum conn_event ev)
{
	struct session *s = owner;
	static void (*const in[])(struct session *, enum conn_event) = {
		[OPENING] = in_opening, [TALKING] = in_talking,
		[SECURING] = in_securing, [QUITTING] = in_quitting,
	};

	if (ev == CONN_CLOSED)
		on_closed(s);
	else if (s->state >= OPENING && s->state < CLOSING)
		in[s->state](s, ev);
	else
		unexpected("mail: event", (int)s->state);
}

/* --- jobs; see courier.h ---------------------------------------------------- */

static void
on_soon(uv_timer_t *timer)
{
	struct session *s = timer->data;

	report(s, OUTCOME_REFUSED, "not a notice that goes by mail");
	on_closed(s);
}

static struct session *
free_session(void)
{
	for (unsigned i = 0; i < SESSIONS; i++)
		if (mail.session[i].state == IDLE)
			return &mail.session[i];
	return NULL;
}

static bool
may_be_mailed(const struct msg_outbox_job *m)
{
	return m->kind == OUTBOX_NOTICE && m->notice < NOTICE_COUNT &&
	    m->notice != NOTICE_DAY_CODE && m->day_code.len == 0;
}

static void
open_session(struct session *s)
{
	struct conn *c = &s->link.conn;

	s->extensions = 0;
	s->was_asked_again = false;
	s->is_secure = !mail.config->mail_starttls;
	s->out = buf_over(s->out_bytes, sizeof(s->out_bytes));
	s->until_ms = uv_now(mail.loop) + TOTAL_MS;
	s->state = OPENING;
	*c = (struct conn){ .on_event = on_event, .owner = s,
	    .idle_ms = IDLE_MS, .storage = s->in,
	    .storage_bytes = sizeof(s->in) };
	link_open(&s->link, mail.loop, mail.resolver, mail.server,
	    !s->is_secure, s->job->m.now_s);
}

static void
begin(struct courier_job *job)
{
	struct session *s = free_session();

	if (s == NULL) {
		if (mail.n_waiting == WAITING_MAX)
			unexpected("more mails than slots", WAITING_MAX);
		mail.waiting[mail.n_waiting++] = job;
		return;
	}
	s->job = job;
	bounces_clock(job->m.now_s);
	if (may_be_mailed(&job->m)) {
		open_session(s);
		return;
	}
	/* The vault's mistake, and a day code beside a mail is the worst. */
	log_line(LOG_ERROR, "mail: the vault asks for what no mail may say");
	s->state = REFUSING;
	uv_timer_start(&s->soon, on_soon, 0, 0);
}

static void
abort_job(struct courier_job *job)
{
	for (unsigned i = 0; i < mail.n_waiting; i++)
		if (mail.waiting[i] == job) {
			mail.n_waiting--;
			memmove(mail.waiting + i, mail.waiting + i + 1,
			    (mail.n_waiting - i) * sizeof(mail.waiting[0]));
			return;
		}
	for (unsigned i = 0; i < SESSIONS; i++) {
		struct session *s = &mail.session[i];

		if (s->state == IDLE || s->job != job)
			continue;
		s->job = NULL;
		if (s->state != REFUSING)
			close_session(s);
	}
}

const struct courier_worker mail_worker = {
	.begin = begin, .abort = abort_job,
};

/* --- at the start; see courier.h -------------------------------------------- */

/* See courier.h. */
void
mail_credential(struct span secret)
{
	wipe(mail.secret, sizeof(mail.secret));
	mail.secret_len = 0;
	if (secret.len <= sizeof(mail.secret) && secret.len > 0) {
		memcpy(mail.secret, secret.ptr, secret.len);
		mail.secret_len = secret.len;
	}
	bounces_credential((struct span){ mail.secret, mail.secret_len });
}

static void
make_sessions(void)
{
	mail.session = calloc(SESSIONS, sizeof(*mail.session));
	if (mail.session == NULL)
		unexpected("no memory for mail", SESSIONS);
	for (unsigned i = 0; i < SESSIONS; i++) {
		uv_timer_init(mail.loop, &mail.session[i].soon);
		mail.session[i].soon.data = &mail.session[i];
	}
}

/* See courier.h. */
unsigned
mail_prepare(struct role *role, struct resolver *resolver, uint16_t *ports)
{
	const struct config *config = &role->config;
	struct remote server;

	if (span_is(span_of(config->mail_server), "none"))
		return 0;
	if (remote_parse_server(span_of(config->mail_server), &server) != ST_OK)
		role_refuse("mail.server = %s: not HOST:PORT",
		    config->mail_server);
	if (config->mail_from[0] == '\0')
		role_refuse("mail.server is set: mail.from must be, too");
	mail.config = config;
	mail.loop = &role->loop;
	mail.resolver = resolver;
	mail.server = endpoint_new(config, server.host, server.port,
	    config->mail_pins, SESSIONS, false);
	texts_init(&mail.texts, span_of(config->lab_name),
	    span_of(config->lab_phone));
	make_sessions();
	ports[0] = server.port;
	return 1 + bounces_prepare(role, resolver, ports + 1);
}
