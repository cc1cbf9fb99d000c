#include <stdio.h>

#include "desk/command.h"
#include "desk/format.h"

enum { PAGE_ROWS = 50 };

/* --- card list -------------------------------------------------------------- */

static void
ask_cards(struct session *s)
{
	struct message m = { .id = MSG_CARD_LIST };

	m.card_list.after = (struct span){ s->last,
	    s->rows == 0 ? 0 : CARD_NUMBER_LEN };
	m.card_list.most = PAGE_ROWS;
	session_ask(s, ROLE_VAULT, &m, &m.card_list.request);
}

/* See command.h. */
void
card_list_start(struct session *s)
{
	ask_cards(s);
}

static const char *
state_text(const struct session *s, const struct msg_card_row *row)
{
	static const enum text_id texts[] = {
		[CARD_ACTIVE] = TEXT_STATE_ACTIVE,
		[CARD_FROZEN] = TEXT_STATE_FROZEN,
		[CARD_EXPIRED] = TEXT_STATE_EXPIRED,
	};

	if (row->lab != 0 && row->state == CARD_ACTIVE)
		return text_in(s->lang, TEXT_STATE_LAB);
	return row->state < COUNT(texts) ? text_in(s->lang, texts[row->state])
	    : "?";
}

static void
print_card_json(struct session *s, const struct msg_card_row *row)
{
	static const char *const states[] = {
		[CARD_ACTIVE] = "active", [CARD_FROZEN] = "frozen",
		[CARD_EXPIRED] = "expired",
	};
	char card[FORMAT_MAX];
	uint8_t text[512];
	struct buf out = buf_over(text, sizeof(text));
	struct json_writer w;

	format_card(row->card, card);
	json_start(&w, &out);
	json_object_begin(&w, NULL);
	json_text(&w, "card", card);
	json_text(&w, "state", row->state < COUNT(states)
	    ? states[row->state] : "?");
	json_bool(&w, "lab", row->lab != 0);
	json_uint(&w, "created", row->created_s);
	json_uint(&w, "expires", row->expires_s);
	json_uint(&w, "bundles", row->bundles);
	json_span(&w, "order", row->order);
	json_object_end(&w);
	if (json_finish(&w) == ST_OK)
		session_write(s, buf_span(&out));
	session_write(s, span_of("\n"));
}

static void
print_card_header(struct session *s)
{
	session_print(s, 1, TEXT_CARD_HEADER,
	    text_in(s->lang, TEXT_COLUMN_CARD),
	    text_in(s->lang, TEXT_COLUMN_STATE),
	    text_in(s->lang, TEXT_COLUMN_CREATED),
	    text_in(s->lang, TEXT_COLUMN_EXPIRES),
	    text_in(s->lang, TEXT_COLUMN_BUNDLES),
	    text_in(s->lang, TEXT_COLUMN_ORDER));
}

static void
print_card(struct session *s, const struct msg_card_row *row)
{
	char card[FORMAT_MAX], created[FORMAT_MAX], expires[FORMAT_MAX];
	char bundles[FORMAT_MAX], order[ARGUMENT_MAX + 1];

	if (s->rows == 0)
		print_card_header(s);
	format_card(row->card, card);
	format_day(s->lang, row->created_s, created);
	format_day(s->lang, row->expires_s, expires);
	snprintf(bundles, sizeof(bundles), "%llu",
	    (unsigned long long)row->bundles);
	snprintf(order, sizeof(order), "%.*s", (int)row->order.len,
	    (const char *)row->order.ptr);
	session_print(s, 1, TEXT_CARD_HEADER, card, state_text(s, row), created,
	    expires, bundles, order);
}

/* See command.h. */
void
card_list_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_CARD_ROW) {
		if (s->options.json)
			print_card_json(s, &m->card_row);
		else
			print_card(s, &m->card_row);
		s->rows++;
		memcpy(s->last, m->card_row.card.ptr, CARD_NUMBER_LEN);
		return;
	}
	if (m->id == MSG_DONE)
		session_finish_page(s, &m->done, ask_cards, TEXT_NO_CARDS);
}

/* --- card freeze, card call ---------------------------------------------------- */

/* See command.h. */
bool
card_operand(struct session *s, struct symbols *card)
{
	if (format_parse_card(s->options.operand, card) == ST_OK)
		return true;
	session_print(s, 2, TEXT_CARD_MISTYPED, s->options.operand);
	session_finish(s, 1);
	return false;
}

/* See command.h. */
void
card_freeze_start(struct session *s)
{
	struct message m = { .id = MSG_CARD_FREEZE };
	struct symbols card;

	if (!card_operand(s, &card))
		return;
	m.card_freeze.card = (struct span){ (uint8_t *)card.text, card.len };
	m.card_freeze.actor = span_of(s->actor);
	session_ask(s, ROLE_VAULT, &m, &m.card_freeze.request);
}

/* See command.h. */
void
card_freeze_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_DONE)
		session_finish_action(s, &m->done, TEXT_CARD_FROZEN,
		    TEXT_NO_SUCH_CARD);
}

/* See command.h. */
void
card_call_start(struct session *s)
{
	struct message m = { .id = MSG_CARD_CALL };
	struct symbols card;

	if (!card_operand(s, &card))
		return;
	if (!s->role->config.notice_call_back) {
		session_print(s, 2, TEXT_CARD_CALL_OFF);
		session_finish(s, 1);
		return;
	}
	m.card_call.card = (struct span){ (uint8_t *)card.text, card.len };
	m.card_call.actor = span_of(s->actor);
	session_ask(s, ROLE_VAULT, &m, &m.card_call.request);
}

/* See command.h. */
void
card_call_answer(struct session *s, const struct message *m)
{
	if (m->id != MSG_DONE)
		return;
	if (m->done.outcome == ST_EXPIRED) {
		session_print(s, 2, TEXT_CARD_NO_ADDRESS, s->options.operand);
		session_finish(s, 1);
		return;
	}
	session_finish_action(s, &m->done, TEXT_CARD_CALLED,
	    TEXT_NO_SUCH_CARD);
}
