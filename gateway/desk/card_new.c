#include <stdlib.h>
#include <time.h>

#include "base/wipe.h"
#include "config/remote.h"
#include "desk/command.h"
#include "desk/phone.h"
#include "desk/slip.h"

/* card new: [TRAITS_GET ->] BOX_GET -> make the card -> CARD_STORE -> slip. */

enum {
	NUMBER_TRIES = 3,
	DATE_MAX = 10,		/* TRAITS_GET.birth_date */
	EX_USAGE = 64		/* as in sysexits(3) */
};

/* --- what was asked for -------------------------------------------------------- */

static bool
refuse(struct session *s, enum text_id why, unsigned code)
{
	session_print(s, 2, why, s->command->usage, s->command->usage);
	session_finish(s, code);
	return false;
}

/* A minor's secret leaves no trace outside; the lab card is nobody's. */
static bool
check_combination(struct session *s)
{
	const struct options *o = &s->options;
	bool leaves = o->internet || o->phone[0] != '\0' || o->mail[0] != '\0';

	if (o->secret && leaves)
		return refuse(s, TEXT_SECRET_ALONE, EX_USAGE);
	if (o->lab && (leaves || o->secret))
		return refuse(s, TEXT_LAB_ALONE, EX_USAGE);
	if (o->language[0] != '\0' && strcmp(o->language, "fr") != 0
	    && strcmp(o->language, "en") != 0)
		return refuse(s, TEXT_LANGUAGE_INVALID, EX_USAGE);
	return true;
}

/* Names the keys that the internet needs and the configuration lacks. */
static bool
check_internet(struct session *s)
{
	const struct config *c = &s->role->config;
	const struct {
		const char *key;
		bool is_set;
	} needs[] = {
		{ " drop.kind", c->drop_kind != DROP_NONE },
		{ " drop.public_url", c->drop_public_url[0] != '\0' },
		{ " viewer.url", c->viewer_url[0] != '\0' },
		{ " sms.url", c->sms_url[0] != '\0' },
	};
	char text[80];
	struct buf missing = buf_over(text, sizeof(text) - 1);
	enum status st = ST_OK;

	for (size_t i = 0; i < COUNT(needs) && st == ST_OK; i++)
		if (!needs[i].is_set)
			st = buf_append_text(&missing, needs[i].key);
	text[missing.len] = '\0';
	if (missing.len > 0) {
		session_print(s, 2, TEXT_INTERNET_IMPOSSIBLE, text);
		session_finish(s, 1);
		return false;
	}
	return s->options.phone[0] != '\0'
	    || refuse(s, TEXT_INTERNET_NEEDS_PHONE, EX_USAGE);
}

/* An address that serves nothing is not taken: there is no reason to know it. */
static bool
check_phone(struct session *s)
{
	char number[PHONE_MAX + 1] = "";
	enum status st;

	if (s->options.phone[0] == '\0')
		return true;
	if (s->role->config.sms_url[0] == '\0')
		return refuse(s, TEXT_PHONE_SERVES_NOTHING, 1);
	st = phone_read(span_of(s->options.phone), number);
	wipe(s->options.phone, sizeof(s->options.phone));
	memcpy(s->options.phone, number, sizeof(number));
	wipe(number, sizeof(number));
	if (st != ST_OK)
		return refuse(s, st == ST_UNSUPPORTED ? TEXT_PHONE_NO_MOBILE
		    : TEXT_PHONE_INVALID, 1);
	return true;
}

static bool
check_mail(struct session *s)
{
	if (s->options.mail[0] == '\0')
		return true;
	if (strcmp(s->role->config.mail_server, "none") == 0)
		return refuse(s, TEXT_MAIL_SERVES_NOTHING, 1);
	if (mailbox_check(span_of(s->options.mail)) != ST_OK)
		return refuse(s, TEXT_MAIL_INVALID, 1);
	return true;
}

static bool
check_traits(struct session *s)
{
	const struct options *o = &s->options;

	if ((o->birth_name[0] != '\0') != (o->birth_date[0] != '\0'))
		return refuse(s, TEXT_TRAITS_INCOMPLETE, EX_USAGE);
	if (strlen(o->birth_date) > DATE_MAX)
		return refuse(s, TEXT_TRAITS_INVALID, 1);
	return true;
}

/* --- the traits, the box's key -------------------------------------------------- */

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
		(void)refuse(s, TEXT_TRAITS_INVALID, 1);
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
	if (!check_combination(s) || !check_traits(s)
	    || (s->options.internet && !check_internet(s))
	    || !check_phone(s) || !check_mail(s))
		return;
	s->issued = calloc(1, sizeof(*s->issued));
	if (s->issued == NULL)
		session_fail(s, ST_NO_SPACE);
	else if (s->options.birth_name[0] != '\0')
		ask_traits(s);
	else
		ask_box(s);
}

/* --- the card ------------------------------------------------------------------- */

static uint64_t
expiry(const struct session *s)
{
	return (uint64_t)time(NULL) + s->role->config.card_life_s;
}

/* What the vault needs to publish the card and to tell the patient. */
static void
add_internet(const struct session *s, struct msg_card_store *store)
{
	const struct card_issued *card = s->issued;

	store->is_secret = s->options.secret;
	store->phone = span_of(s->options.phone);
	store->mail = span_of(s->options.mail);
	store->lang = span_of(s->options.language[0] != '\0'
	    ? s->options.language : "fr");
	if (card->day_code.len == 0)
		return;
	store->drop_sk = (struct span){ card->drop.sk, card->drop.sk_len };
	store->drop_trust = (struct span){ card->drop.trust,
	    card->drop.trust_len };
	store->loc = (struct span){ card->loc, sizeof(card->loc) };
	store->day_code = (struct span){
	    (const uint8_t *)card->day_code.text, card->day_code.len };
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
	add_internet(s, store);
	session_ask(s, ROLE_VAULT, &m, &store->request);
}

static void
make_card(struct session *s, const struct msg_box *box)
{
	const struct config *config = &s->role->config;
	struct p256_public box_key;
	const struct card_wish wish = { .box = config->box_id,
	    .box_key = &box_key, .pickup = config->pickup_origin,
	    .drop = s->options.internet ? config->drop_public_url : NULL,
	    .rounds = CARD_ROUNDS };
	enum status st;

	if (s->options.lab && box->has_lab_card != 0) {
		(void)refuse(s, TEXT_LAB_CARD_EXISTS, 1);
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
	/* The vault has it now; no slip ever shows it. */
	wipe(&s->issued->day_code, sizeof(s->issued->day_code));
	if (s->options.json)
		slip_print_json(s, s->issued, expiry(s));
	else
		slip_print(s, s->issued, expiry(s));
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
