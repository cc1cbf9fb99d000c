#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/wipe.h"
#include "desk/command.h"
#include "desk/format.h"
#include "desk/slip.h"

enum {
	PAGE_ROWS = 50, NUMBER_TRIES = 3,
	DATE_MAX = 10,		/* TRAITS_GET.birth_date */
	EX_USAGE = 64		/* as in sysexits(3) */
};

/* --- card new: [TRAITS_GET ->] BOX_GET -> make the card -> CARD_STORE ->
 * the slip ----------------------------------------------------------------- */

static void
ask_box(struct session *s)
{
	struct message m = { .id = MSG_BOX_GET };

	session_ask(s, ROLE_VAULT, &m, &m.box_get.request);
}

/* Whose order it is, for the result to be compared with; only a keyed hash
 * comes back, the words are wiped. */
static void
ask_traits(struct session *s)
{
	struct message m = { .id = MSG_TRAITS_GET };

	m.traits_get.birth_name = span_of(s->options.birth_name);
	m.traits_get.birth_date = span_of(s->options.birth_date);
	session_ask(s, ROLE_INTAKE, &m, &m.traits_get.request);
}

static void
take_traits(struct session *s, const struct msg_traits *traits)
{
	wipe(s->options.birth_name, sizeof(s->options.birth_name));
	wipe(s->options.birth_date, sizeof(s->options.birth_date));
	if (traits->outcome != ST_OK) {
		session_print(s, 2, TEXT_TRAITS_INVALID);
		session_finish(s, 1);
		return;
	}
	s->has_traits = true;
	memcpy(s->traits, traits->traits.ptr, sizeof(s->traits));
	ask_box(s);
}

/* See command.h. */
void
card_new_start(struct session *s)
{
	bool has_name = s->options.birth_name[0] != '\0';
	bool has_date = s->options.birth_date[0] != '\0';

	s->issued = calloc(1, sizeof(*s->issued));
	if (s->issued == NULL) {
		session_fail(s, ST_NO_SPACE);
	} else if (has_name != has_date) {
		session_print(s, 2, TEXT_TRAITS_INCOMPLETE, s->command->usage,
		    s->command->usage);
		session_finish(s, EX_USAGE);
	} else if (strlen(s->options.birth_date) > DATE_MAX) {
		session_print(s, 2, TEXT_TRAITS_INVALID);
		session_finish(s, 1);
	} else if (has_name) {
		ask_traits(s);
	} else {
		ask_box(s);
	}
}

static uint64_t
expiry(const struct session *s)
{
	return (uint64_t)time(NULL) + s->role->config.card_life_s;
}

static void
store_card(struct session *s)
{
	const struct card_issued *card = s->issued;
	struct message m = { .id = MSG_CARD_STORE };
	struct msg_card_store *store = &m.card_store;

	store->card = (struct span){ (const uint8_t *)card->number.text,
	    card->number.len };
	store->lab = s->options.lab;
	store->public_key = (struct span){ card->public_key.point,
	    sizeof(card->public_key.point) };
	store->token_hash = (struct span){ card->token_hash,
	    sizeof(card->token_hash) };
	store->rounds = CARD_ROUNDS;
	store->sk = (struct span){ card->local.sk, card->local.sk_len };
	store->trust = (struct span){ card->local.trust,
	    card->local.trust_len };
	store->order = span_of(s->options.order);
	store->expires_s = expiry(s);
	store->traits = (struct span){ s->traits,
	    s->has_traits ? sizeof(s->traits) : 0 };
	store->actor = span_of(s->actor);
	session_ask(s, ROLE_VAULT, &m, &store->request);
}

static void
make_card(struct session *s, const struct msg_box *box)
{
	const struct config *config = &s->role->config;
	struct p256_public box_key;
	const struct card_wish wish = { .box = config->box_id,
	    .box_key = &box_key, .pickup = config->pickup_origin,
	    .rounds = CARD_ROUNDS };
	enum status st;

	if (s->options.lab && box->has_lab_card != 0) {
		session_print(s, 2, TEXT_LAB_CARD_EXISTS);
		session_finish(s, 1);
		return;
	}
	st = p256_check(box->public_key, &box_key);
	if (st == ST_OK)
		st = card_issue(&wish, s->issued);
	if (st != ST_OK)
		session_fail(s, st);
	else
		store_card(s);
}

static void
show_slip(struct session *s)
{
	if (s->options.json)
		slip_print_json(s, s->issued, expiry(s));
	else
		slip_print(s, s->issued, expiry(s));
	wipe(s->issued, sizeof(*s->issued));
	session_finish(s, 0);
}

/* See command.h. */
void
card_new_answer(struct session *s, const struct message *m)
{
	enum status outcome;

	if (m->id == MSG_TRAITS) {
		take_traits(s, &m->traits);
		return;
	}
	if (m->id == MSG_BOX) {
		make_card(s, &m->box);
		return;
	}
	if (m->id != MSG_DONE)
		return;
	outcome = (enum status)m->done.outcome;
	if (outcome == ST_OK)
		show_slip(s);
	else if (outcome == ST_EXISTS && ++s->step < NUMBER_TRIES)
		ask_box(s);	/* that number is taken: 2^-50, but not never */
	else
		session_fail(s, outcome);
}

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

/* --- card freeze ------------------------------------------------------------- */

/* See command.h. */
void
card_freeze_start(struct session *s)
{
	struct message m = { .id = MSG_CARD_FREEZE };
	struct symbols card;

	if (format_parse_card(s->options.operand, &card) != ST_OK) {
		session_print(s, 2, TEXT_CARD_MISTYPED, s->options.operand);
		session_finish(s, 1);
		return;
	}
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
