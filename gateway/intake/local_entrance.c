/*
 * The guichet command as a way in, over a local socket that root alone may
 * open: `guichet intake check` (check.h) and `guichet intake tail`.
 *
 * Nothing that comes this way is stored.
 */
#include "intake/intake.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "base/log.h"
#include "intake/check.h"
#include "intake/refusals.h"

enum {
	CALLERS_MAX = 4,
	TICK_MS = 1000,
	OUTPUT_BYTES = 16384,	/* INTAKE_OUTPUT.text */
	LINE_BYTES = 1024,
	REFUSALS_AT_FIRST = 20
};

struct caller {
	struct channel guichet;
	bool is_used;
	bool has_check;
	struct check check;
	bool tails, follows, french, json;
	bool is_lost;			/* output had no room: the end says so */
	uint64_t next_refusal;
	struct msg_intake_counters told;
	bool has_told;
};

static struct local {
	struct intake *in;
	uv_poll_t  listener;
	uv_timer_t tick;
	struct refusals refusals;
	struct caller callers[CALLERS_MAX];
} local;

/* --- output ---------------------------------------------------------------- */

static void
write_to(void *owner, int stream, struct span bytes)
{
	struct caller *caller = owner;
	struct message m = { .id = MSG_INTAKE_OUTPUT,
	    .intake_output = { .stream = (uint64_t)stream } };

	while (bytes.len > 0) {
		m.intake_output.text = span_slice(bytes, 0, OUTPUT_BYTES);
		if (channel_send(&caller->guichet, &m) != ST_OK)
			caller->is_lost = true;
		bytes = span_slice(bytes, OUTPUT_BYTES, bytes.len);
	}
}

static bool
is_full(void *owner)
{
	struct caller *caller = owner;

	return channel_is_full(&caller->guichet);
}

static void
finish(void *owner, unsigned code)
{
	struct caller *caller = owner;
	struct message m = { .id = MSG_INTAKE_EXIT,
	    .intake_exit = { code == 0 && caller->is_lost ? 1 : code } };

	/* The command closes its end once it has read this: see on_lost. */
	if (channel_send(&caller->guichet, &m) != ST_OK)
		log_line(LOG_WARNING, "a command left before its end");
}

static const struct check_owner check_owner = {
	.write = write_to,
	.is_full = is_full,
	.on_done = finish,
};

/* --- tail ------------------------------------------------------------------ */

static void
time_words(uint64_t ms, char out[static 32])
{
	time_t s = (time_t)(ms / 1000);
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void
print_refusal(struct caller *caller, const struct refusal *r)
{
	char line[LINE_BYTES], at[32], words[256] = { 0 };
	struct buf b = buf_over(words, sizeof(words) - 1);

	time_words(r->at_ms, at);
	refusal_words(&r->reply, &b);
	snprintf(line, sizeof(line), check_text(caller->french,
	    CHECK_TAIL_REFUSAL), at, r->source, r->kind, words);
	write_to(caller, 1, span_of(line));
}

static void
print_counters(struct caller *caller, const struct msg_intake_counters *n)
{
#define U(field) (unsigned long long)n->field
	char line[LINE_BYTES], at[32];

	time_words(local.in->deliveries.shared.now_ms(), at);
	snprintf(line, sizeof(line), check_text(caller->french,
	    CHECK_TAIL_COUNTERS), at, U(connections), U(frames), U(acked),
	    U(refused), U(unanswered), U(duplicates), U(skipped_bytes),
	    U(partial_frames), U(warnings));
	write_to(caller, 1, span_of(line));
#undef U
}

#pragma GCC diagnostic pop

static void
json_refusal(struct caller *caller, const struct refusal *r)
{
	char line[LINE_BYTES], words[256], at[32];
	struct buf b = buf_over(words, sizeof(words));
	struct buf out = buf_over(line, sizeof(line));
	struct json_writer w;

	time_words(r->at_ms, at);
	refusal_words(&r->reply, &b);
	json_start(&w, &out);
	json_object_begin(&w, NULL);
	json_text(&w, "type", "refusal");
	json_text(&w, "at", at);
	json_text(&w, "source", r->source);
	json_text(&w, "kind", r->kind);
	json_span(&w, "answer", buf_span(&b));
	json_object_end(&w);
	if (json_finish(&w) == ST_OK && buf_append_text(&out, "\n") == ST_OK)
		write_to(caller, 1, buf_span(&out));
}

static void
json_counters(struct caller *caller, const struct msg_intake_counters *n)
{
	const struct {
		const char *name;
		uint64_t value;
	} row[] = {
		{ "connections", n->connections }, { "accepted", n->accepted },
		{ "frames", n->frames }, { "acked", n->acked },
		{ "refused", n->refused }, { "unanswered", n->unanswered },
		{ "duplicates", n->duplicates },
		{ "skippedBytes", n->skipped_bytes },
		{ "partialFrames", n->partial_frames },
		{ "warnings", n->warnings },
	};
	char line[LINE_BYTES], at[32];
	struct buf out = buf_over(line, sizeof(line));
	struct json_writer w;

	time_words(local.in->deliveries.shared.now_ms(), at);
	json_start(&w, &out);
	json_object_begin(&w, NULL);
	json_text(&w, "type", "counters");
	json_text(&w, "at", at);
	for (size_t i = 0; i < COUNT(row); i++)
		json_uint(&w, row[i].name, row[i].value);
	json_object_end(&w);
	if (json_finish(&w) == ST_OK && buf_append_text(&out, "\n") == ST_OK)
		write_to(caller, 1, buf_span(&out));
}

/* What is new since the last time; one who reads slowly misses some. */
static void
tell_news(struct caller *caller)
{
	const struct msg_intake_counters *now = &local.in->now;
	const struct refusal *r;

	if (is_full(caller))
		return;
	if (local.refusals.n - caller->next_refusal > REFUSALS_KEPT)
		caller->next_refusal = local.refusals.n - REFUSALS_KEPT;
	while ((r = refusals_at(&local.refusals, caller->next_refusal)) !=
	    NULL) {
		caller->next_refusal++;
		if (caller->json)
			json_refusal(caller, r);
		else
			print_refusal(caller, r);
	}
	if (caller->has_told && memcmp(now, &caller->told, sizeof(*now)) == 0)
		return;
	caller->told = *now;
	caller->has_told = true;
	if (caller->json)
		json_counters(caller, now);
	else
		print_counters(caller, now);
}

static void
tail(struct caller *caller, const struct msg_tail_get *m)
{
	uint64_t n = local.refusals.n;

	caller->french = span_is(span_slice(m->lang, 0, 2), "fr");
	caller->json = m->json != 0;
	caller->next_refusal = n < REFUSALS_AT_FIRST ? 0
	    : n - REFUSALS_AT_FIRST;
	mllp_entrance.count(local.in);
	tell_news(caller);
	caller->tails = m->follow != 0;
	if (!caller->tails)
		finish(caller, 0);
}

static void
on_refusal(struct role *role, const struct input *input,
    const struct hl7_ack_reply *reply)
{
	(void)role;
	refusals_add(&local.refusals, local.in->deliveries.shared.now_ms(),
	    input, reply);
}

/* --- callers --------------------------------------------------------------- */

static bool
begin_check(struct caller *caller)
{
	if (caller->has_check)
		return true;
	if (check_init(&caller->check, local.in, &check_owner, caller) !=
	    ST_OK) {
		write_to(caller, 2, span_of(check_text(false,
		    CHECK_NO_MEMORY)));
		finish(caller, 1);
		return false;
	}
	caller->has_check = true;
	return true;
}

static void
on_message(void *owner, struct channel *c, const struct message *m)
{
	struct caller *caller = owner;

	(void)c;
	if (m->id == MSG_TAIL_GET && !caller->has_check && !caller->tails)
		tail(caller, &m->tail_get);
	else if (m->id == MSG_CHECK_FILE && begin_check(caller))
		check_file(&caller->check, &m->check_file);
	else if (m->id == MSG_CHECK_PART && caller->has_check)
		check_part(&caller->check, m->check_part.data);
	else if (m->id == MSG_CHECK_END && caller->has_check &&
	    m->check_end.last != 0)
		check_run(&caller->check);
}

static void
on_drained(void *owner, struct channel *c)
{
	struct caller *caller = owner;

	(void)c;
	if (caller->has_check)
		check_go(&caller->check);
}

static void
on_lost(void *owner, struct channel *c)
{
	struct caller *caller = owner;

	(void)c;
	if (caller->has_check)
		check_clear(&caller->check);
	*caller = (struct caller){ 0 };
}

static const struct channel_events channel_events = {
	.on_message = on_message,
	.on_drained = on_drained,
	.on_lost = on_lost,
};

static void
accept_one(int listening)
{
	int fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct caller *caller = local.callers;

	if (fd < 0)
		return;
	while (caller < local.callers + CALLERS_MAX && caller->is_used)
		caller++;
	if (caller == local.callers + CALLERS_MAX) {
		close(fd);
		return;
	}
	channel_init(&caller->guichet, ROLE_INTAKE, ROLE_CTL, &channel_events,
	    caller);
	caller->is_used = channel_open(&caller->guichet, &local.in->role->loop,
	    fd) == ST_OK;
}

static void
on_connection(uv_poll_t *poll, int error, int events)
{
	(void)poll;
	if (error == 0 && (events & UV_READABLE) != 0)
		accept_one(local.in->role->listen_fd[INTAKE_LOCAL]);
}

static void
on_tick(uv_timer_t *timer)
{
	for (size_t i = 0; i < CALLERS_MAX; i++) {
		struct caller *caller = &local.callers[i];

		if (caller->is_used && caller->tails)
			tell_news(caller);
		if (caller->is_used && caller->has_check)
			check_tick(&caller->check, uv_now(timer->loop));
	}
}

/* See intake.h. */
void
intake_on_probed(struct role *role, const struct message *m)
{
	(void)role;
	for (size_t i = 0; i < CALLERS_MAX; i++)
		if (local.callers[i].has_check && check_take(
		    &local.callers[i].check, &m->report_probed))
			return;
}

/* --- the entrance ---------------------------------------------------------- */

static void
open_entrance(struct intake *in)
{
	int fd = in->role->listen_fd[INTAKE_LOCAL];
	uv_loop_t *loop = &in->role->loop;

	local.in = in;
	in->deliveries.shared.on_refusal = on_refusal;
	uv_timer_init(loop, &local.tick);
	uv_timer_start(&local.tick, on_tick, TICK_MS, TICK_MS);
	if (fd < 0)
		return;
	if (uv_poll_init(loop, &local.listener, fd) != 0 ||
	    uv_poll_start(&local.listener, UV_READABLE, on_connection) != 0)
		role_refuse("the local socket of guichet intake: %s",
		    strerror(errno));
}

static void
stop(struct intake *in)
{
	(void)in;
	for (size_t i = 0; i < CALLERS_MAX; i++)
		if (local.callers[i].is_used)
			channel_close(&local.callers[i].guichet);
}

/* See intake.h. */
const struct entrance local_entrance = {
	.open = open_entrance,
	.stop = stop,
};
