#include <stdio.h>
#include <time.h>

#include "desk/command.h"
#include "desk/format.h"

enum { PAGE_ROWS = 50, LISTING_ROWS = 0, LISTING_ALARMS = 1 };

typedef unsigned long long number;	/* what %llu takes */

static const char *const kinds[OUTBOX_KIND_COUNT] = {
#define X(name, text) [OUTBOX_##name] = text,
	OUTBOX_KIND_MAP(X)
#undef X
};

static const char *const notices[NOTICE_COUNT] = {
#define X(name, text) [NOTICE_##name] = text,
	NOTICE_MAP(X)
#undef X
};

/* outbox: the hosts, then the rows page by page, then the alarms. */

static void
ask_rows(struct session *s)
{
	struct message m = { .id = MSG_OUTBOX_LIST };

	memcpy(&m.outbox_list.after, s->last, sizeof(m.outbox_list.after));
	m.outbox_list.most = PAGE_ROWS;
	session_ask(s, ROLE_VAULT, &m, &m.outbox_list.request);
}

/* See command.h. */
void
outbox_start(struct session *s)
{
	memset(s->last, 0, sizeof(s->last));
	s->step = LISTING_ROWS;
	ask_rows(s);
}

static void
copy(struct span from, char *out, size_t size)
{
	snprintf(out, size, "%.*s", (int)from.len, (const char *)from.ptr);
}

/* --- a host ---------------------------------------------------------------------- */

static void
json_host(struct session *s, const struct msg_outbox_host *h)
{
	uint8_t text[1024];
	struct buf out = buf_over(text, sizeof(text));
	struct json_writer w;

	json_start(&w, &out);
	json_object_begin(&w, NULL);
	json_text(&w, "type", "host");
	json_text(&w, "channel", channel_name(h->channel));
	json_span(&w, "host", channel_host(&s->role->config, h->channel));
	json_uint(&w, "waiting", h->waiting);
	json_uint(&w, "due", h->due);
	json_uint(&w, "oldest", h->oldest_s);
	json_uint(&w, "failing_since", h->failing_since_s);
	json_uint(&w, "failures", h->failures);
	json_uint(&w, "retry", h->retry_s);
	json_uint(&w, "done", h->done);
	json_span(&w, "error", h->error);
	json_object_end(&w);
	if (json_finish(&w) == ST_OK)
		session_write(s, buf_span(&out));
	session_write(s, span_of("\n"));
}

static void
print_failing(struct session *s, const struct msg_outbox_host *h)
{
	char since[FORMAT_MAX], next[FORMAT_MAX], error[129];

	format_instant(h->failing_since_s, since);
	format_instant(h->retry_s, next);
	copy(h->error, error, sizeof(error));
	session_print(s, 1, TEXT_OUTBOX_FAILING, since, (number)h->failures,
	    h->retry_s == 0 ? text_in(s->lang, TEXT_OUTBOX_NOW) : next,
	    error);
}

static void
print_host(struct session *s, const struct msg_outbox_host *h)
{
	struct span host = channel_host(&s->role->config, h->channel);
	uint64_t now_s = (uint64_t)time(NULL);
	char name[256], age[FORMAT_MAX];

	if (host.len == 0) {
		session_print(s, 1, TEXT_OUTBOX_UNCONFIGURED,
		    channel_name(h->channel), channel_key(h->channel),
		    (number)h->waiting);
		return;
	}
	copy(host, name, sizeof(name));
	session_print(s, 1, TEXT_OUTBOX_CHANNEL, channel_name(h->channel), name,
	    (number)h->waiting, (number)h->due, (number)h->done);
	if (h->due > 0) {
		format_span(s->lang, now_s > h->oldest_s
		    ? now_s - h->oldest_s : 0, age);
		session_print(s, 1, TEXT_OUTBOX_OLDEST, age);
	}
	if (h->failing_since_s != 0)
		print_failing(s, h);
}

/* --- a row ------------------------------------------------------------------------ */

static void
json_row(struct session *s, const struct msg_outbox_row *row)
{
	uint8_t text[512];
	struct buf out = buf_over(text, sizeof(text));
	struct json_writer w;

	json_start(&w, &out);
	json_object_begin(&w, NULL);
	json_text(&w, "type", "row");
	json_uint(&w, "number", row->number);
	json_text(&w, "channel", channel_name(row->channel));
	json_text(&w, "kind", row->kind < OUTBOX_KIND_COUNT
	    ? kinds[row->kind] : "?");
	if (row->kind == OUTBOX_NOTICE && row->notice < NOTICE_COUNT)
		json_text(&w, "notice", notices[row->notice]);
	json_span(&w, "card", row->card);
	json_uint(&w, "made", row->made_s);
	json_uint(&w, "due", row->due_s);
	json_uint(&w, "tries", row->tries);
	json_bool(&w, "is_taken", row->is_taken != 0);
	json_span(&w, "error", row->error);
	json_object_end(&w);
	if (json_finish(&w) == ST_OK)
		session_write(s, buf_span(&out));
	session_write(s, span_of("\n"));
}

static const char *
what_of(const struct session *s, const struct msg_outbox_row *row)
{
	static const enum text_id of_kind[OUTBOX_KIND_COUNT] = {
		[OUTBOX_PUT_OBJECT] = TEXT_OUTBOX_PUT_OBJECT,
		[OUTBOX_PUT_INDEX] = TEXT_OUTBOX_PUT_INDEX,
		[OUTBOX_DELETE] = TEXT_OUTBOX_DELETE,
	};
	static const enum text_id of_notice[NOTICE_COUNT] = {
		[NOTICE_DOCUMENT] = TEXT_OUTBOX_DOCUMENT,
		[NOTICE_DAY_CODE] = TEXT_OUTBOX_DAY_CODE,
		[NOTICE_CALL_BACK] = TEXT_OUTBOX_CALL_BACK,
	};

	if (row->kind == OUTBOX_NOTICE)
		return row->notice < NOTICE_COUNT
		    ? text_in(s->lang, of_notice[row->notice]) : "?";
	return row->kind < OUTBOX_KIND_COUNT
	    ? text_in(s->lang, of_kind[row->kind]) : "?";
}

static void
print_row(struct session *s, const struct msg_outbox_row *row)
{
	char card[25], due[FORMAT_MAX], error[129];

	copy(row->card, card, sizeof(card));
	copy(row->error, error, sizeof(error));
	format_instant(row->due_s, due);
	session_print(s, 1, TEXT_OUTBOX_ROW, (number)row->number,
	    channel_name(row->channel), what_of(s, row), card, due,
	    (number)row->tries, row->is_taken != 0
	    ? text_in(s->lang, TEXT_OUTBOX_TAKEN) : "", error);
}

/* --- the answers ------------------------------------------------------------------ */

static void
take_host(struct session *s, const struct msg_outbox_host *h)
{
	if (s->options.json)
		json_host(s, h);
	else
		print_host(s, h);
}

static void
take_row(struct session *s, const struct msg_outbox_row *row)
{
	if (s->options.json)
		json_row(s, row);
	else
		print_row(s, row);
	s->rows++;
	memcpy(s->last, &row->number, sizeof(row->number));
}

/* The alarms stand at the end, where a reader's eye is. */
static void
go_on_to_alarms(struct session *s)
{
	if (s->rows == 0 && !s->options.json)
		session_print(s, 1, TEXT_OUTBOX_EMPTY);
	s->step = LISTING_ALARMS;
	s->rows = 0;
	memset(s->last, 0, sizeof(s->last));
	if (!s->options.json)
		session_print(s, 1, TEXT_ALARM_HEADER);
	alarm_ask(s);
}

static void
take_end(struct session *s, const struct msg_done *done)
{
	if (s->step == LISTING_ALARMS)
		session_finish_page(s, done, alarm_ask, TEXT_NO_ALARM);
	else if (done->outcome != ST_OK)
		session_fail(s, (enum status)done->outcome);
	else if (done->more != 0)
		ask_rows(s);
	else
		go_on_to_alarms(s);
}

/* See command.h. */
void
outbox_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_OUTBOX_HOST)
		take_host(s, &m->outbox_host);
	else if (m->id == MSG_OUTBOX_ROW)
		take_row(s, &m->outbox_row);
	else if (m->id == MSG_ALARM_ROW)
		alarm_print(s, &m->alarm_row);
	else if (m->id == MSG_DONE)
		take_end(s, &m->done);
}
