#include "desk/command.h"

/* --- why a bundle is withheld, in words ---------------------------------------- */

static const struct {
	uint64_t bit;
	enum text_id text;
	const char *name;	/* in JSON */
} reasons[] = {
	{ HOLD_PRELIMINARY, TEXT_HOLD_PRELIMINARY, "preliminary" },
	{ HOLD_LIST,        TEXT_HOLD_LIST,        "list" },
	{ HOLD_GENETIC,     TEXT_HOLD_GENETIC,     "genetic" },
	{ HOLD_FLAG,        TEXT_HOLD_FLAG,        "flag" },
	{ HOLD_CATEGORY,    TEXT_HOLD_CATEGORY,    "category" },
	{ HOLD_HIDDEN,      TEXT_HOLD_HIDDEN,      "hidden" },
	{ HOLD_UNKNOWN,     TEXT_HOLD_UNKNOWN,     "unknown" },
};

/* See command.h. */
void
holds_write(enum lang lang, uint64_t holds, struct buf *out)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < COUNT(reasons) && st == ST_OK; i++) {
		if ((holds & reasons[i].bit) == 0)
			continue;
		if (out->len > 0)
			st = buf_append_text(out, ", ");
		if (st == ST_OK)
			st = buf_append_text(out, text_in(lang,
			    reasons[i].text));
	}
}

/* See command.h. */
void
holds_json(struct json_writer *w, uint64_t holds)
{
	json_array_begin(w, "holds");
	for (size_t i = 0; i < COUNT(reasons); i++) {
		if ((holds & reasons[i].bit) != 0)
			json_text(w, NULL, reasons[i].name);
	}
	json_array_end(w);
}

/* --- bundle release --------------------------------------------------------------- */

enum { BUNDLE_LEN = 22 };

/* See command.h. */
void
bundle_release_start(struct session *s)
{
	struct message m = { .id = MSG_BUNDLE_RELEASE };

	if (strlen(s->options.operand) != BUNDLE_LEN) {
		session_print(s, 2, TEXT_BUNDLE_MISTYPED, s->options.operand);
		session_finish(s, 1);
		return;
	}
	if (s->options.biologist[0] == '\0') {
		session_print(s, 2, TEXT_BIOLOGIST_MISSING);
		session_finish(s, 1);
		return;
	}
	m.bundle_release.bundle = span_of(s->options.operand);
	m.bundle_release.biologist = span_of(s->options.biologist);
	m.bundle_release.actor = span_of(s->actor);
	session_ask(s, ROLE_VAULT, &m, &m.bundle_release.request);
}

/* See command.h. */
void
bundle_release_answer(struct session *s, const struct message *m)
{
	enum text_id why;

	if (m->id != MSG_DONE)
		return;
	switch (m->done.outcome) {
	case ST_EXISTS: why = TEXT_BUNDLE_NOT_HELD; break;
	case ST_DENIED: why = TEXT_BUNDLE_STAYS_HELD; break;
	default:
		session_finish_action(s, &m->done, TEXT_BUNDLE_RELEASED,
		    TEXT_NO_SUCH_BUNDLE);
		return;
	}
	session_print(s, 2, why, s->options.operand);
	session_finish(s, 1);
}
