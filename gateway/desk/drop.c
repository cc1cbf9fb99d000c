#include <stdio.h>

#include "desk/command.h"
#include "desk/format.h"

enum { EX_TEMPFAIL = 75 };	/* as in sysexits(3): it could not be looked at */

/* --- drop check, drop init: DROP_CHECK -> DROP_FINDING ... -> DROP_CHECKED ------- */

static const struct {
	enum text_id what, todo;
	const char *name;
} findings[FINDING_COUNT] = {
#define X(name, text) [FINDING_##name] = \
	{ TEXT_FINDING_##name, TEXT_FINDING_TODO_##name, text },
	DROP_FINDING_MAP(X)
#undef X
};

static const struct {
	enum text_id what;
	const char *name;
} grades[GRADE_COUNT] = {
#define X(name, text) [GRADE_##name] = { TEXT_GRADE_##name, text },
	DROP_GRADE_MAP(X)
#undef X
};

static void
start_check(struct session *s, bool init)
{
	struct message m = { .id = MSG_DROP_CHECK };

	if (s->role->config.drop_kind == DROP_NONE) {
		session_print(s, 2, TEXT_DROP_NONE);
		session_finish(s, EX_TEMPFAIL);
		return;
	}
	m.drop_check.init = init;
	session_ask(s, ROLE_COURIER, &m, &m.drop_check.request);
}

/* See command.h. */
void
drop_check_start(struct session *s)
{
	start_check(s, false);
}

/* See command.h. */
void
drop_init_start(struct session *s)
{
	start_check(s, true);
}

static void
print_json(struct session *s, const struct msg_drop_finding *f)
{
	uint8_t text[1024];
	struct buf out = buf_over(text, sizeof(text));
	struct json_writer w;

	json_start(&w, &out);
	json_object_begin(&w, NULL);
	json_text(&w, "finding", findings[f->finding].name);
	json_text(&w, "grade", grades[f->grade].name);
	json_span(&w, "detail", f->detail);
	json_object_end(&w);
	if (json_finish(&w) == ST_OK)
		session_write(s, buf_span(&out));
	session_write(s, span_of("\n"));
}

/* The store's words: whatever is not printable ASCII becomes a full stop. */
static void
copy_detail(struct span detail, char out[static 257])
{
	size_t n = detail.len < 256 ? detail.len : 256;

	for (size_t i = 0; i < n; i++)
		out[i] = detail.ptr[i] >= ' ' && detail.ptr[i] < 0x7f
		    ? (char)detail.ptr[i] : '.';
	out[n] = '\0';
}

static void
print_words(struct session *s, const struct msg_drop_finding *f)
{
	char detail[257];
	bool is_wrong = f->grade == GRADE_BAD || f->grade == GRADE_WARNING;

	copy_detail(f->detail, detail);
	session_print(s, 1, TEXT_DROP_FINDING,
	    text_in(s->lang, grades[f->grade].what),
	    text_in(s->lang, findings[f->finding].what),
	    detail[0] == '\0' ? "" : text_in(s->lang, TEXT_COLON), detail);
	if (is_wrong)
		session_print(s, 1, TEXT_DROP_TODO,
		    text_in(s->lang, findings[f->finding].todo));
}

static void
print_finding(struct session *s, const struct msg_drop_finding *f)
{
	if (f->finding >= FINDING_COUNT || f->grade >= GRADE_COUNT)
		return;
	if (s->options.json)
		print_json(s, f);
	else
		print_words(s, f);
	session_flush(s);	/* a store that is slow to answer: show it now */
}

static void
print_end(struct session *s, enum status outcome)
{
	switch (outcome) {
	case ST_OK:
		if (!s->options.json)
			session_print(s, 1, TEXT_DROP_GOOD);
		session_finish(s, 0);
		return;
	case ST_INVALID:
		session_print(s, 2, TEXT_DROP_BAD);
		session_finish(s, 1);
		return;
	case ST_BUSY:
		session_print(s, 2, TEXT_DROP_BUSY);
		break;
	case ST_NOT_FOUND:
		session_print(s, 2, TEXT_DROP_NONE);
		break;
	default:
		session_print(s, 2, TEXT_DROP_UNSEEN);
		break;
	}
	session_finish(s, EX_TEMPFAIL);
}

/* See command.h. */
void
drop_check_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_DROP_FINDING)
		print_finding(s, &m->drop_finding);
	else if (m->id == MSG_DROP_CHECKED)
		print_end(s, (enum status)m->drop_checked.outcome);
}

/* --- drop stop ----------------------------------------------------------------------- */

/* See command.h. */
void
drop_stop_start(struct session *s)
{
	struct message m = { .id = MSG_DROP_STOP };
	struct symbols card;

	if (!card_operand(s, &card))
		return;
	m.drop_stop.card = (struct span){ (uint8_t *)card.text, card.len };
	m.drop_stop.actor = span_of(s->actor);
	session_ask(s, ROLE_VAULT, &m, &m.drop_stop.request);
}

/* See command.h. */
void
drop_stop_answer(struct session *s, const struct message *m)
{
	if (m->id != MSG_DONE)
		return;
	if (m->done.outcome == ST_EXISTS) {
		session_print(s, 2, TEXT_DROP_STOPPED_ALREADY,
		    s->options.operand);
		session_finish(s, 1);
		return;
	}
	session_finish_action(s, &m->done, TEXT_DROP_STOPPED,
	    TEXT_NO_SUCH_CARD);
}
