/*
 * mail_session.h -- one notice by SMTP submission (RFC 6409), on a connection
 * of its own.
 *
 *   opening -> GREETING -> EHLO ( -> STARTTLS -> securing -> EHLO )
 *           -> AUTH -> FROM -> RCPT -> DATA -> BODY -> quitting -> closing
 *
 * The job ends as soon as its fate is known; QUIT is said without it.
 * Never: sends a password, an address or a word before TLS; keeps or tells
 * what the server said beyond its numbers; sends a day code.
 */
#ifndef COURIER_MAIL_SESSION_H
#define COURIER_MAIL_SESSION_H

#include "courier/courier.h"
#include "courier/link.h"
#include "courier/mail_verdict.h"
#include "courier/texts.h"
#include "wire/mail_message.h"

/* What all sessions share. */
struct mail_account {
	const struct config *config;	/* mail.* and the laboratory */
	uv_loop_t *loop;
	struct resolver *resolver;
	struct endpoint *server;
	struct texts texts;
	struct span secret;		/* SECRET; empty: there is none */
};

enum mail_state {
	MAIL_IDLE,		/* free for another job */
	MAIL_REFUSING,		/* a job that no mail may say */
	MAIL_OPENING, MAIL_TALKING, MAIL_SECURING, MAIL_QUITTING, MAIL_CLOSING
};

enum { MAIL_OUT_MAX = MAIL_MESSAGE_MAX + 512 };

/* Embed; initialised once. */
struct mail_session {
	enum mail_state state;		/* to read */
	struct courier_job *job;	/* NULL: its fate is told */
	/* ---- */
	const struct mail_account *account;
	void (*on_free)(struct mail_session *s);
	struct link link;
	uv_timer_t soon;		/* MAIL_REFUSING */
	enum mail_step step;
	unsigned extensions;
	bool is_secure, was_asked_again;
	uint64_t until_ms;		/* loop time */
	struct smtp_reader reader;
	char     error[96];
	uint8_t  in[SMTP_LINE_MAX];	/* in clear; not used behind TLS */
	struct buf out;
	uint8_t  out_bytes[MAIL_OUT_MAX];	/* SECRET, PERSONAL; wiped */
};

/* Before the sandbox.  `account` is borrowed for ever; `on_free`: the session
 * is idle again, from the loop. */
void mail_session_init(struct mail_session *s,
    const struct mail_account *account, void (*on_free)(struct mail_session *s));

/* Begins `job` in an idle session; leads to courier_done(), from the loop,
 * and later to on_free(). */
void mail_session_begin(struct mail_session *s, struct courier_job *job);

/* Forgets the job without a word; leads to on_free(). */
void mail_session_abort(struct mail_session *s);

#endif
