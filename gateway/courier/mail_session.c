#include "courier/mail_session.h"

#include <stdio.h>

#include "base/log.h"
#include "base/wipe.h"
#include "wire/mail_message.h"

enum { IDLE_MS = 60000, QUIT_MS = 5000,
	BODY_MS = 600000,	/* RFC 5321 section 4.5.3.2.6 */
	TOTAL_MS = 900000 };

static void on_event(void *owner, enum conn_event ev);

/* --- the end of a session --------------------------------------------------- */

static void
close_session(struct mail_session *s)
{
	s->state = MAIL_CLOSING;
	link_close(&s->link);
}

/* What is left of the session's time, at most `most_ms`. */
static uint64_t
patience(const struct mail_session *s, uint64_t most_ms)
{
	uint64_t now = uv_now(s->account->loop);
	uint64_t left = s->until_ms > now ? s->until_ms - now : 1;

	return left < most_ms ? left : most_ms;
}

static void
write_out(struct mail_session *s, uint64_t idle_ms)
{
	s->link.conn.idle_ms = patience(s, idle_ms);
	conn_write(&s->link.conn, buf_span(&s->out));
}

static void
report(struct mail_session *s, enum outbox_outcome outcome, const char *error)
{
	struct courier_job *job = s->job;

	s->job = NULL;
	if (job != NULL)
		courier_done(job, outcome, 0, error);
}

/* The server is asked for nothing any more, politely. */
static void
quit(struct mail_session *s)
{
	wipe(s->out_bytes, sizeof(s->out_bytes));
	s->out = buf_over(s->out_bytes, sizeof(s->out_bytes));
	s->state = MAIL_QUITTING;
	if (buf_append_text(&s->out, "QUIT\r\n") != ST_OK)
		unexpected("QUIT", 0);
	write_out(s, QUIT_MS);
}

/* Its words never get here: they may quote the address. */
static void
give_up(struct mail_session *s, struct mail_verdict v)
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
fail(struct mail_session *s, enum outbox_outcome outcome, const char *why)
{
	report(s, outcome, why);
	close_session(s);
}

/* --- commands --------------------------------------------------------------- */

static struct span
own_domain(const struct mail_session *s)
{
	return mail_domain(span_of(s->account->config->mail_from));
}

static enum status
put_ehlo(struct mail_session *s)
{
	return smtp_ehlo(own_domain(s), &s->out);
}

static enum status
put_starttls(struct mail_session *s)
{
	return buf_append_text(&s->out, "STARTTLS\r\n");
}

static enum status
put_auth(struct mail_session *s)
{
	return smtp_auth_plain(span_of(s->account->config->mail_user),
	    s->account->secret, s->was_asked_again, &s->out);
}

static enum status
put_from(struct mail_session *s)
{
	uint8_t bytes[SMTP_ENVELOPE_MAX];
	struct buf envelope = buf_over(bytes, sizeof(bytes));

	/* REFERENCE@DOMAIN comes back as Original-Envelope-Id (wire/dsn.h). */
	if (buf_append_span(&envelope, s->job->m.reference) != ST_OK ||
	    buf_append_text(&envelope, "@") != ST_OK ||
	    buf_append_span(&envelope, own_domain(s)) != ST_OK)
		envelope.len = 0;
	return smtp_mail(span_of(s->account->config->mail_from),
	    (s->extensions & SMTP_DSN) != 0, buf_span(&envelope), &s->out);
}

static enum status
put_rcpt(struct mail_session *s)
{
	return smtp_rcpt(s->job->m.address, (s->extensions & SMTP_DSN) != 0,
	    &s->out);
}

static enum status
put_data(struct mail_session *s)
{
	return buf_append_text(&s->out, "DATA\r\n");
}

static enum status
put_message(struct mail_session *s)
{
	const struct msg_outbox_job *job = &s->job->m;
	static uint8_t text[TEXTS_MAIL_MAX], bytes[MAIL_MESSAGE_MAX];
	struct buf body = buf_over(text, sizeof(text));
	struct buf whole = buf_over(bytes, sizeof(bytes));
	struct mail_message m = { .from_name = span_of(s->account->config->lab_name),
	    .from = span_of(s->account->config->mail_from), .to = job->address,
	    .reference = job->reference, .now_s = job->now_s };
	enum status st;

	TRY(texts_mail(&s->account->texts, job->notice, job->lang, &m.subject, &body));
	m.body = buf_span(&body);
	TRY(mail_message_write(&m, &whole));
	st = smtp_data(buf_span(&whole), &s->out);
	wipe(bytes, sizeof(bytes));		/* To: */
	return st;
}

/* Sends what `step` asks for; its reply is judged as `step`'s. */
static void
say(struct mail_session *s, enum mail_step step)
{
	static enum status (*const put[MAIL_STEPS])(struct mail_session *) = {
		[MAIL_EHLO] = put_ehlo, [MAIL_STARTTLS] = put_starttls,
		[MAIL_AUTH] = put_auth, [MAIL_FROM] = put_from,
		[MAIL_RCPT] = put_rcpt, [MAIL_DATA] = put_data,
		[MAIL_BODY] = put_message,
	};

	wipe(s->out_bytes, s->out.len);
	s->out = buf_over(s->out_bytes, sizeof(s->out_bytes));
	s->step = step;
	s->state = MAIL_TALKING;
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
after_ehlo(struct mail_session *s)
{
	bool has_user = s->account->config->mail_user[0] != '\0';
	const char *missing = NULL;

	s->extensions = s->reader.reply.extensions;
	if (!s->is_secure && (s->extensions & SMTP_STARTTLS) == 0)
		missing = "offers no STARTTLS";
	else if (!s->is_secure)
		;
	else if (has_user && (s->extensions & SMTP_AUTH_PLAIN) == 0)
		missing = "offers no AUTH PLAIN";
	else if (has_user && s->account->secret.len == 0)
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
after_starttls(struct mail_session *s)
{
	s->state = MAIL_SECURING;
	s->is_secure = true;
	s->link.conn.idle_ms = patience(s, IDLE_MS);
	link_secure(&s->link);
}

static void
after_body(struct mail_session *s)
{
	report(s, OUTCOME_DONE, NULL);
	quit(s);
}

static void
go_on(struct mail_session *s)
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
on_reply(struct mail_session *s)
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
on_bytes(struct mail_session *s)
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
expect(struct mail_session *s)
{
	smtp_expect(&s->reader);
	s->link.conn.idle_ms = patience(s, s->step == MAIL_BODY
	    ? BODY_MS : IDLE_MS);
	conn_read(&s->link.conn);
}

/* After the last dot nobody knows whether the mail was taken: it goes again,
 * under the same Message-ID, by which a receiver can tell. */
static void
in_talking(struct mail_session *s, enum conn_event ev)
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
in_opening(struct mail_session *s, enum conn_event ev)
{
	if (ev != CONN_WRITTEN) {
		fail(s, OUTCOME_DOWN, link_error(&s->link));
		return;
	}
	s->state = MAIL_TALKING;
	s->step = MAIL_GREETING;
	expect(s);
}

static void
in_securing(struct mail_session *s, enum conn_event ev)
{
	if (ev == CONN_WRITTEN)
		say(s, MAIL_EHLO);	/* what was said in clear is void */
	else
		fail(s, OUTCOME_DOWN, link_error(&s->link));
}

static void
in_quitting(struct mail_session *s, enum conn_event ev)
{
	if (ev != CONN_WRITTEN) {
		close_session(s);
		return;
	}
	s->link.conn.idle_ms = QUIT_MS;
	conn_read(&s->link.conn);
}

static void
on_closed(struct mail_session *s)
{
	wipe(s->out_bytes, sizeof(s->out_bytes));
	s->state = MAIL_IDLE;
	s->on_free(s);
}

static void
on_event(void *owner, enum conn_event ev)
{
	struct mail_session *s = owner;
	static void (*const in[])(struct mail_session *, enum conn_event) = {
		[MAIL_OPENING] = in_opening, [MAIL_TALKING] = in_talking,
		[MAIL_SECURING] = in_securing, [MAIL_QUITTING] = in_quitting,
	};

	if (ev == CONN_CLOSED)
		on_closed(s);
	else if (s->state >= MAIL_OPENING && s->state < MAIL_CLOSING)
		in[s->state](s, ev);
	else
		unexpected("mail: event", (int)s->state);
}

/* --- see mail_session.h ------------------------------------------------------ */

static void
on_soon(uv_timer_t *timer)
{
	struct mail_session *s = timer->data;

	report(s, OUTCOME_REFUSED, "not a notice that goes by mail");
	on_closed(s);
}

static bool
may_be_mailed(const struct msg_outbox_job *m)
{
	return m->kind == OUTBOX_NOTICE && m->notice < NOTICE_COUNT &&
	    m->notice != NOTICE_DAY_CODE && m->day_code.len == 0;
}

static void
open_session(struct mail_session *s)
{
	struct conn *c = &s->link.conn;

	s->extensions = 0;
	s->was_asked_again = false;
	s->is_secure = !s->account->config->mail_starttls;
	s->out = buf_over(s->out_bytes, sizeof(s->out_bytes));
	s->until_ms = uv_now(s->account->loop) + TOTAL_MS;
	s->state = MAIL_OPENING;
	*c = (struct conn){ .on_event = on_event, .owner = s,
	    .idle_ms = IDLE_MS, .storage = s->in,
	    .storage_bytes = sizeof(s->in) };
	link_open(&s->link, s->account->loop, s->account->resolver, s->account->server,
	    !s->is_secure, s->job->m.now_s);
}

/* See mail_session.h. */
void
mail_session_begin(struct mail_session *s, struct courier_job *job)
{
	s->job = job;
	if (may_be_mailed(&job->m)) {
		open_session(s);
		return;
	}
	/* The vault's mistake, and a day code beside a mail is the worst. */
	log_line(LOG_ERROR, "mail: the vault asks for what no mail may say");
	s->state = MAIL_REFUSING;
	uv_timer_start(&s->soon, on_soon, 0, 0);
}

/* See mail_session.h. */
void
mail_session_abort(struct mail_session *s)
{
	s->job = NULL;
	if (s->state != MAIL_REFUSING)
		close_session(s);
}

/* See mail_session.h. */
void
mail_session_init(struct mail_session *s, const struct mail_account *account,
    void (*on_free)(struct mail_session *s))
{
	s->account = account;
	s->on_free = on_free;
	s->state = MAIL_IDLE;
	uv_timer_init(account->loop, &s->soon);
	s->soon.data = s;
}
