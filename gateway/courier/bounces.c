#include "courier/bounces.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/wipe.h"
#include "courier/link.h"
#include "wire/dsn.h"
#include "wire/mail_message.h"
#include "wire/pop3.h"

/*
 * One look:
 *
 *   opening -> GREETING -> USER -> PASS -> UIDL -> ( TOP ( -> DELE ) )* -> QUIT
 *           -> closing; then nothing for EVERY_MS
 */
enum {
	FIRST_MS = 5000, EVERY_MS = 300000, IDLE_MS = 30000,
	TOTAL_MS = 240000,		/* of a look */
	LOOKS_MAX = 200,		/* mails in a look */
	SEEN_MAX = 4096,		/* mails that are not ours */
	TOP_LINES = 300,		/* of a report that matter */
	SECRET_MAX = 1024, OUT_MAX = 1100
};

enum state { RESTING, OPENING, TALKING, CLOSING };

enum step { GREETING, USER, PASS, UIDL, TOP, DELE, QUIT, STEPS };

struct mail {
	uint32_t number;
	uint64_t uid;			/* a digest, for `seen` */
};

static struct {
	struct role *role;
	struct resolver *resolver;
	struct endpoint *server;
	uint8_t secret[SECRET_MAX];	/* SECRET */
	size_t  secret_len;
	uint64_t clock_s, clock_at_ms;	/* what the vault said, and when */

	struct link link;
	uv_timer_t timer;
	enum state state;
	enum step step;
	bool is_down;			/* said so already */
	uint64_t until_ms;
	struct pop3_reader reader;
	struct dsn dsn;
	struct mail look[LOOKS_MAX];	/* a ring of the newest, until ... */
	uint64_t n_look, at;		/* ... `at` is reached from the end */
	uint64_t seen[SEEN_MAX];	/* a ring */
	uint64_t n_seen;
	struct buf out;
	uint8_t out_bytes[OUT_MAX];	/* SECRET; wiped */
} box;

static void on_event(void *owner, enum conn_event ev);

/* --- what was looked at before ---------------------------------------------- */

/* FNV-1a: a name for a mail in our memory, nothing more. */
static uint64_t
digest_of(struct span uid)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < uid.len; i++)
		h = (h ^ uid.ptr[i]) * 0x100000001b3u;
	return h;
}

static bool
was_seen(uint64_t uid)
{
	uint64_t n = box.n_seen < SEEN_MAX ? box.n_seen : SEEN_MAX;

	for (uint64_t i = 0; i < n; i++)
		if (box.seen[i] == uid)
			return true;
	return false;
}

static void
take_uid(struct span line)
{
	uint32_t number = 0;
	struct span uid = { 0 };

	if (pop3_uid(line, &number, &uid) != ST_OK || was_seen(digest_of(uid)))
		return;
	box.look[box.n_look++ % LOOKS_MAX] =
	    (struct mail){ number, digest_of(uid) };
}

static const struct mail *
current(void)
{
	return &box.look[box.at % LOOKS_MAX];
}

/* --- the end of a look ------------------------------------------------------ */

static void
close_look(void)
{
	box.state = CLOSING;
	link_close(&box.link);
}

/* `why`: NULL where it worked.  Said once, until it changes. */
static void
end_look(const char *why)
{
	if (why != NULL && !box.is_down)
		log_line(LOG_WARNING, "mail.bounces: %s", why);
	if (why == NULL && box.is_down)
		log_line(LOG_NOTICE, "mail.bounces: works again");
	box.is_down = why != NULL;
	close_look();
}

static uint64_t
patience(void)
{
	uint64_t now = uv_now(&box.role->loop);
	uint64_t left = box.until_ms > now ? box.until_ms - now : 1;

	return left < IDLE_MS ? left : IDLE_MS;
}

/* Bytes that never stop let no timer of the connection fire. */
static bool
is_late(void)
{
	return uv_now(&box.role->loop) >= box.until_ms;
}

/* --- commands --------------------------------------------------------------- */

static enum status
put_word(const char *word, struct span value)
{
	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] < ' ')
			return ST_INVALID;
	TRY(buf_append_text(&box.out, word));
	TRY(buf_append_span(&box.out, value));
	return buf_append_text(&box.out, "\r\n");
}

static enum status
put_number(const char *format, unsigned number)
{
	char line[64];

	snprintf(line, sizeof(line), format, number, (unsigned)TOP_LINES);
	return put_word(line, (struct span){ 0 });
}

static enum status
put_command(enum step step)
{
	switch (step) {
	case USER:
		return put_word("USER ", span_of(box.role->config.mail_user));
	case PASS:
		return put_word("PASS ",
		    (struct span){ box.secret, box.secret_len });
	case UIDL:
		return put_word("UIDL", (struct span){ 0 });
	case TOP:
		return put_number("TOP %u %u", current()->number);
	case DELE:
		return put_number("DELE %u", current()->number);
	default:
		return put_word("QUIT", (struct span){ 0 });
	}
}

static void
say(enum step step)
{
	wipe(box.out_bytes, sizeof(box.out_bytes));
	box.out = buf_over(box.out_bytes, sizeof(box.out_bytes));
	box.step = step;
	if (put_command(step) != ST_OK) {
		end_look("a user or password that POP3 cannot say");
		return;
	}
	box.link.conn.idle_ms = patience();
	conn_write(&box.link.conn, buf_span(&box.out));
}

/* The next mail, the newest first; none: that was all. */
static void
look_next(void)
{
	uint64_t oldest = box.n_look > LOOKS_MAX ? box.n_look - LOOKS_MAX : 0;

	if (box.at == oldest) {
		say(QUIT);
		return;
	}
	box.at--;
	dsn_start(&box.dsn,
	    mail_domain(span_of(box.role->config.mail_from)));
	say(TOP);
}

/* --- replies ---------------------------------------------------------------- */

/* ST_OK: the vault will hear of it. */
static enum status
tell_vault(const struct dsn *d)
{
	char error[64] = "came back";
	struct message m = { .id = MSG_MAIL_BOUNCED };

	if (d->has_status)
		snprintf(error, sizeof(error), "came back (%u.%u.%u)",
		    d->status[0], d->status[1], d->status[2]);
	m.mail_bounced.reference =
	    (struct span){ d->reference, sizeof(d->reference) };
	m.mail_bounced.error = span_of(error);
	return role_send(box.role, ROLE_VAULT, &m);
}

static void
judge_mail(void)
{
	enum dsn_kind kind = dsn_end(&box.dsn);

	if (kind == DSN_NOT_OURS)
		box.seen[box.n_seen++ % SEEN_MAX] = current()->uid;
	if (kind == DSN_OTHER ||
	    (kind == DSN_FAILED && tell_vault(&box.dsn) == ST_OK))
		say(DELE);
	else
		look_next();
}

static void
on_good(void)
{
	static const enum step next[STEPS] = {
		[GREETING] = USER, [USER] = PASS, [PASS] = UIDL,
	};

	if (box.step == QUIT)
		end_look(NULL);
	else if (box.step == DELE)
		look_next();
	else if (box.step < UIDL)
		say(next[box.step]);
}

static void
on_bad(void)
{
	static const char *const why[STEPS] = {
		[GREETING] = "does not serve us",
		[USER] = "refuses our user or password",
		[PASS] = "refuses our user or password",
		[UIDL] = "does not know UIDL",
		[QUIT] = "took nothing out",
	};

	if (box.step == TOP || box.step == DELE)
		look_next();		/* somebody else took it out */
	else
		end_look(why[box.step]);
}

static void
on_line(enum pop3_what what, struct span line)
{
	if (what == POP3_GOOD)
		on_good();
	else if (what == POP3_BAD)
		on_bad();
	else if (what == POP3_LINE && box.step == UIDL)
		take_uid(line);
	else if (what == POP3_LINE)
		dsn_line(&box.dsn, line);
	else if (box.step == UIDL) {
		box.at = box.n_look;
		look_next();
	} else
		judge_mail();
}

/* True where the reply that `what` belongs to goes on. */
static bool
goes_on(enum pop3_what what)
{
	return what == POP3_LINE ||
	    (what == POP3_GOOD && box.reader.is_multiline);
}

static void
on_bytes(void)
{
	struct span in = conn_bytes(&box.link.conn), line = { 0 };
	enum pop3_what what = POP3_LINE;
	enum status st = ST_OK;

	while (goes_on(what) && st == ST_OK) {
		st = pop3_push(&box.reader, &in, &what, &line);
		if (st == ST_OK && goes_on(what))
			on_line(what, line);
		else if (st == ST_OK && in.len == 0)
			on_line(what, line);	/* a command follows */
		else if (st == ST_OK)
			end_look("sends bytes out of turn");
	}
	if (st == ST_MORE) {
		box.link.conn.idle_ms = patience();
		conn_read(&box.link.conn);
	} else if (st != ST_OK) {
		end_look("does not speak POP3");
	}
}

/* --- events ----------------------------------------------------------------- */

static void
expect(void)
{
	pop3_expect(&box.reader, box.step == UIDL || box.step == TOP);
	box.link.conn.idle_ms = patience();
	conn_read(&box.link.conn);
}

static void
on_event(void *owner, enum conn_event ev)
{
	(void)owner;
	if (ev == CONN_CLOSED) {
		wipe(box.out_bytes, sizeof(box.out_bytes));
		box.state = RESTING;
	} else if (ev == CONN_WRITTEN && box.state == OPENING) {
		box.state = TALKING;
		box.step = GREETING;
		expect();
	} else if (ev == CONN_WRITTEN) {
		expect();
	} else if (ev == CONN_BYTES && is_late()) {
		end_look("does not come to an end");
	} else if (ev == CONN_BYTES) {
		on_bytes();
	} else if (ev == CONN_EOF) {
		end_look("closes the connection");
	} else {
		end_look(ev == CONN_TIMEOUT ? "does not answer"
		    : link_error(&box.link));
	}
}

static uint64_t
now_s(void)
{
	time_t now = time(NULL);

	if (box.clock_s > 0)
		return box.clock_s + (uv_now(&box.role->loop) -
		    box.clock_at_ms) / 1000;
	return now > 0 ? (uint64_t)now : 0;
}

static void
on_timer(uv_timer_t *timer)
{
	uv_timer_start(timer, on_timer, EVERY_MS, 0);
	if (box.state != RESTING || box.secret_len == 0)
		return;
	box.until_ms = uv_now(&box.role->loop) + TOTAL_MS;
	box.n_look = 0;
	box.state = OPENING;
	box.link.conn = (struct conn){ .on_event = on_event,
	    .idle_ms = IDLE_MS };
	link_open(&box.link, &box.role->loop, box.resolver, box.server, false,
	    now_s());
}

/* --- see bounces.h ---------------------------------------------------------- */

/* See bounces.h. */
void
bounces_clock(uint64_t at_s)
{
	if (box.role == NULL)
		return;
	box.clock_s = at_s;
	box.clock_at_ms = uv_now(&box.role->loop);
}

/* See bounces.h. */
void
bounces_credential(struct span secret)
{
	if (box.role == NULL)
		return;
	wipe(box.secret, sizeof(box.secret));
	box.secret_len = secret.len <= sizeof(box.secret) ? secret.len : 0;
	if (box.secret_len > 0)
		memcpy(box.secret, secret.ptr, box.secret_len);
	uv_timer_start(&box.timer, on_timer, FIRST_MS, 0);
}

/* See bounces.h. */
unsigned
bounces_prepare(struct role *role, struct resolver *resolver, uint16_t *port)
{
	const struct config *config = &role->config;
	struct remote server;

	if (span_is(span_of(config->mail_bounces), "none"))
		return 0;
	if (remote_parse_server(span_of(config->mail_bounces), &server) !=
	    ST_OK)
		role_refuse("mail.bounces = %s: not HOST:PORT",
		    config->mail_bounces);
	if (config->mail_user[0] == '\0')
		role_refuse("mail.bounces is read as mail.user: set it");
	box.role = role;
	box.resolver = resolver;
	box.server = endpoint_new(config, server.host, server.port,
	    config->mail_pins, 1, false);
	uv_timer_init(&role->loop, &box.timer);
	*port = server.port;
	return 1;
}
