#include <stdlib.h>

#include "base/log.h"
#include "base/wipe.h"
#include "courier/bounces.h"
#include "courier/mail_session.h"

enum { SESSIONS = 4, WAITING_MAX = 4, SECRET_MAX = 1024 };

static struct {
	struct mail_account account;
	uint8_t secret[SECRET_MAX];	/* SECRET */
	struct mail_session *session;	/* SESSIONS of them */
	/* Slots may be free again before their sessions are. */
	struct courier_job *waiting[WAITING_MAX];
	unsigned n_waiting;
} mail;

/* --- jobs; see courier.h ---------------------------------------------------- */

static struct mail_session *
free_session(void)
{
	for (unsigned i = 0; i < SESSIONS; i++)
		if (mail.session[i].state == MAIL_IDLE)
			return &mail.session[i];
	return NULL;
}

static void
begin(struct courier_job *job)
{
	struct mail_session *s = free_session();

	bounces_clock(job->m.now_s);
	if (s != NULL) {
		mail_session_begin(s, job);
		return;
	}
	if (mail.n_waiting == WAITING_MAX)
		unexpected("more mails than slots", WAITING_MAX);
	mail.waiting[mail.n_waiting++] = job;
}

static void
remove_waiting(unsigned i)
{
	mail.n_waiting--;
	memmove(mail.waiting + i, mail.waiting + i + 1,
	    (mail.n_waiting - i) * sizeof(mail.waiting[0]));
}

static void
on_free(struct mail_session *s)
{
	struct courier_job *job;

	if (mail.n_waiting == 0)
		return;
	job = mail.waiting[0];
	remove_waiting(0);
	mail_session_begin(s, job);
}

static void
abort_job(struct courier_job *job)
{
	for (unsigned i = 0; i < mail.n_waiting; i++)
		if (mail.waiting[i] == job) {
			remove_waiting(i);
			return;
		}
	for (unsigned i = 0; i < SESSIONS; i++)
		if (mail.session[i].state != MAIL_IDLE &&
		    mail.session[i].job == job)
			mail_session_abort(&mail.session[i]);
}

const struct courier_worker mail_worker = {
	.begin = begin, .abort = abort_job,
};

/* --- at the start; see courier.h -------------------------------------------- */

/* See courier.h. */
void
mail_credential(struct span secret)
{
	struct buf kept = buf_over(mail.secret, sizeof(mail.secret));

	wipe(mail.secret, sizeof(mail.secret));
	if (buf_append_span(&kept, secret) != ST_OK)
		log_line(LOG_ERROR, "mail: the password is too long");
	mail.account.secret = buf_span(&kept);
	bounces_credential(mail.account.secret);
}

static void
make_sessions(void)
{
	mail.session = calloc(SESSIONS, sizeof(*mail.session));
	if (mail.session == NULL)
		unexpected("no memory for mail", SESSIONS);
	for (unsigned i = 0; i < SESSIONS; i++)
		mail_session_init(&mail.session[i], &mail.account, on_free);
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
	mail.account = (struct mail_account){ .config = config,
	    .loop = &role->loop, .resolver = resolver,
	    .server = endpoint_new(config, server.host, server.port,
	    config->mail_pins, SESSIONS, false) };
	texts_init(&mail.account.texts, span_of(config->lab_name),
	    span_of(config->lab_phone));
	make_sessions();
	ports[0] = server.port;
	return 1 + bounces_prepare(role, resolver, ports + 1);
}
