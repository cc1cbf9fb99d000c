#include <stdio.h>

#include "desk/command.h"
#include "desk/format.h"

enum { PAGE_ROWS = 50, BUNDLE_LEN = 22 };

static const char *const releases[RELEASE_COUNT] = {
#define X(name, text) [RELEASE_##name] = text,
	RELEASE_MAP(X)
#undef X
};

static const char *const statuses[BUNDLE_STATUS_COUNT] = {
#define X(name, text) [BUNDLE_##name] = text,
	BUNDLE_STATUS_MAP(X)
#undef X
};

/* --- bundle list -------------------------------------------------------------- */

static void
ask_bundles(struct session *s)
{
	struct message m = { .id = MSG_BUNDLE_LIST };
	struct symbols card = { .len = 0 };

	if (s->options.card[0] != '\0' &&
	    format_parse_card(s->options.card, &card) != ST_OK) {
		session_print(s, 2, TEXT_CARD_MISTYPED, s->options.card);
		session_finish(s, 1);
		return;
	}
	m.bundle_list.card = (struct span){ (uint8_t *)card.text, card.len };
	m.bundle_list.after = (struct span){ s->last,
	    s->last[0] == 0 ? 0 : BUNDLE_LEN };
	m.bundle_list.most = PAGE_ROWS;
	session_ask(s, ROLE_VAULT, &m, &m.bundle_list.request);
}

/* See command.h. */
void
bundle_list_start(struct session *s)
{
	memset(s->last, 0, sizeof(s->last));
	ask_bundles(s);
}

static const char *
name_of(const char *const *names, size_t count, uint64_t number)
{
	return number < count ? names[number] : "?";
}

static void
print_json(struct session *s, const struct msg_bundle_row *row)
{
	char card[FORMAT_MAX];
	uint8_t text[512];
	struct buf out = buf_over(text, sizeof(text));
	struct json_writer w;

	format_card(row->card, card);
	json_start(&w, &out);
	json_object_begin(&w, NULL);
	json_span(&w, "bundle", row->bundle);
	json_text(&w, "card", card);
	json_text(&w, "release", name_of(releases, RELEASE_COUNT, row->release));
	json_text(&w, "status", name_of(statuses, BUNDLE_STATUS_COUNT,
	    row->status));
	json_uint(&w, "stored", row->stored_s);
	json_uint(&w, "opens", row->opens_s);
	json_uint(&w, "closes", row->closes_s);
	json_uint(&w, "size", row->size);
	json_uint(&w, "reads", row->reads);
	holds_json(&w, row->holds);
	json_object_end(&w);
	if (json_finish(&w) == ST_OK)
		session_write(s, buf_span(&out));
	session_write(s, span_of("\n"));
}

static void
print_row(struct session *s, const struct msg_bundle_row *row)
{
	char card[FORMAT_MAX], opens[FORMAT_MAX], closes[FORMAT_MAX];
	char line[256];

	format_card(row->card, card);
	format_instant(row->opens_s, opens);
	format_instant(row->closes_s, closes);
	snprintf(line, sizeof(line), "%.*s  %s  %-9s %-11s %s .. %s  %8llu B  %llu\n",
	    (int)row->bundle.len, (const char *)row->bundle.ptr, card,
	    name_of(releases, RELEASE_COUNT, row->release),
	    name_of(statuses, BUNDLE_STATUS_COUNT, row->status), opens, closes,
	    (unsigned long long)row->size, (unsigned long long)row->reads);
	session_write(s, span_of(line));
}

/* Since when, and why. */
static void
print_held(struct session *s, const struct msg_bundle_row *row)
{
	char card[FORMAT_MAX], stored[FORMAT_MAX], line[512];
	uint8_t words[256];
	struct buf why = buf_over(words, sizeof(words));

	format_card(row->card, card);
	format_instant(row->stored_s, stored);
	holds_write(s->lang, row->holds, &why);
	snprintf(line, sizeof(line), "%.*s  %s  %s  %.*s\n",
	    (int)row->bundle.len, (const char *)row->bundle.ptr, card, stored,
	    (int)why.len, (const char *)why.ptr);
	session_write(s, span_of(line));
}

/* A tombstone is not withheld any more: there is nothing to open. */
static bool
is_wanted(const struct session *s, const struct msg_bundle_row *row)
{
	return !s->options.held || (row->holds != 0
	    && row->status != BUNDLE_WITHDRAWN && row->status != BUNDLE_CLOSED
	    && row->status != BUNDLE_SUPERSEDED);
}

static void
print(struct session *s, const struct msg_bundle_row *row)
{
	s->rows++;
	if (s->options.json)
		print_json(s, row);
	else if (s->options.held)
		print_held(s, row);
	else
		print_row(s, row);
}

/* See command.h. */
void
bundle_list_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_BUNDLE_ROW) {
		if (is_wanted(s, &m->bundle_row))
			print(s, &m->bundle_row);
		memcpy(s->last, m->bundle_row.bundle.ptr, BUNDLE_LEN);
		return;
	}
	if (m->id == MSG_DONE)
		session_finish_page(s, &m->done, ask_bundles,
		    s->options.held ? TEXT_NO_HELD : TEXT_NO_BUNDLES);
}

/* --- bundle revoke -------------------------------------------------------------- */

/* See command.h. */
void
bundle_revoke_start(struct session *s)
{
	struct message m = { .id = MSG_BUNDLE_REVOKE };

	if (strlen(s->options.operand) != BUNDLE_LEN) {
		session_print(s, 2, TEXT_BUNDLE_MISTYPED, s->options.operand);
		session_finish(s, 1);
		return;
	}
	m.bundle_revoke.bundle = span_of(s->options.operand);
	m.bundle_revoke.actor = span_of(s->actor);
	session_ask(s, ROLE_VAULT, &m, &m.bundle_revoke.request);
}

/* See command.h. */
void
bundle_revoke_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_DONE)
		session_finish_action(s, &m->done, TEXT_BUNDLE_REVOKED,
		    TEXT_NO_SUCH_BUNDLE);
}
