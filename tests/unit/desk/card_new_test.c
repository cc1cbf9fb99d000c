#include "desk/command.h"

#include <stdlib.h>

#include "desk/slip.h"
#include "desk_fake.h"
#include "tap.h"

static struct session session;
static struct card_wish wished;
static enum status issue_outcome;
static bool slip_had_day_code;

/* --- what card_new.c stands on ------------------------------------------------- */

enum status
card_issue(const struct card_wish *wish, struct card_issued *out)
{
	wished = *wish;
	*out = (struct card_issued){ .number = { "K7QFM2XW9D", 10 },
	    .code = { "AAAABBBBCCCCDDD", 15 } };
	out->local.sk_len = 7;
	if (wish->drop != NULL) {
		out->day_code = (struct symbols){ "DAYC0DE777", 10 };
		out->drop.sk_len = 9;
		out->drop.trust_len = 11;
		memset(out->loc, 0x5a, sizeof(out->loc));
	}
	return issue_outcome;
}

enum status
p256_check(struct span point, struct p256_public *out)
{
	*out = (struct p256_public){ .point = { 4 } };
	return point.len == 65 ? ST_OK : ST_INVALID;
}

void
slip_print(struct session *s, const struct card_issued *card, uint64_t expires_s)
{
	(void)expires_s;
	slip_had_day_code = card->day_code.len > 0 ||
	    card->day_code.text[0] != 0;
	session_write(s, span_of("THE SLIP"));
}

void
slip_print_json(struct session *s, const struct card_issued *card,
    uint64_t expires_s)
{
	slip_print(s, card, expires_s);
}

/* --- a laboratory with everything --------------------------------------------- */

static void
begin(void)
{
	struct config *c = &desk_fake_role.config;

	free(session.issued);
	desk_fake_start(&session);
	issue_outcome = ST_OK;
	wished = (struct card_wish){ 0 };
	c->drop_kind = DROP_SWIFT;
	strcpy(c->drop_public_url, "https://store.example/v1/a/b");
	strcpy(c->viewer_url, "https://labo.example/retrait");
	strcpy(c->sms_url, "https://sms.example/send");
	strcpy(c->mail_server, "mail.example:465");
	strcpy(c->box_id, "box-1");
	strcpy(c->pickup_origin, "https://p.example");
}

static void
set(char *option, const char *value)
{
	strcpy(option, value);
}

static void
answer_box(uint64_t has_lab_card)
{
	static const uint8_t point[65];
	struct message m = { .id = MSG_BOX };

	m.box.public_key = (struct span){ point, sizeof(point) };
	m.box.has_lab_card = has_lab_card;
	card_new_answer(&session, &m);
}

static void
answer_done(enum status outcome)
{
	struct message m = { .id = MSG_DONE };

	m.done.outcome = outcome;
	card_new_answer(&session, &m);
}

static bool
refused(int code, const char *word)
{
	return desk_fake.finished == code && desk_fake.asks == 0 &&
	    desk_fake_said(word);
}

/* --- tests ---------------------------------------------------------------------- */

static void
test_local_card(void)
{
	const struct msg_card_store *store = &desk_fake.asked.card_store;

	begin();
	card_new_start(&session);
	answer_box(0);
	ok(wished.drop == NULL && desk_fake.asked.id == MSG_CARD_STORE,
	    "A13 no drop variant unless it was chosen");
	ok(store->drop_sk.len == 0 && store->drop_trust.len == 0 &&
	    store->loc.len == 0 && store->day_code.len == 0 &&
	    store->phone.len == 0 && store->mail.len == 0 &&
	    store->is_secret == 0, "A13 the default row says nothing leaves");
	ok(span_is(store->lang, "fr"), "notices are French by default");
	answer_done(ST_OK);
	ok(desk_fake.finished == 0 && desk_fake_said("THE SLIP"), "its slip");
}

static void
test_internet_card(void)
{
	const struct msg_card_store *store = &desk_fake.asked.card_store;

	begin();
	session.options.internet = true;
	set(session.options.phone, "06 12 34 56 78");
	set(session.options.mail, "a.martin@example.org");
	set(session.options.language, "en");
	card_new_start(&session);
	answer_box(0);
	ok(wished.drop != NULL && strcmp(wished.drop,
	    "https://store.example/v1/a/b") == 0, "a drop variant is made");
	ok(desk_fake.asked.id == MSG_CARD_STORE && store->drop_sk.len == 9 &&
	    store->drop_trust.len == 11 && store->loc.len == 32 &&
	    span_is(store->day_code, "DAYC0DE777"),
	    "the vault gets its blobs, its loc and the day code");
	ok(span_is(store->phone, "+33612345678") &&
	    span_is(store->mail, "a.martin@example.org") &&
	    span_is(store->lang, "en"), "addresses as they are sent to");
	slip_had_day_code = true;
	answer_done(ST_OK);
	ok(!slip_had_day_code, "the slip has no day code to print");
	ok(desk_fake.finished == 0 && !desk_fake_said("DAYC") &&
	    !desk_fake_said("DAYC-0DE7"), "and none was printed");
}

static void
test_number_taken(void)
{
	begin();
	session.options.internet = true;
	set(session.options.phone, "0612345678");
	card_new_start(&session);
	for (int i = 0; i < 3; i++) {
		answer_box(0);
		ok(span_is(desk_fake.asked.card_store.phone, "+33612345678"),
		    "try %d has the address", i);
		answer_done(ST_EXISTS);
	}
	ok(desk_fake.finished == 1 && !desk_fake_said("THE SLIP"),
	    "a number that is taken three times is a failure");
}

static void
test_internet_needs(void)
{
	struct config *c = &desk_fake_role.config;

	begin();
	session.options.internet = true;
	card_new_start(&session);
	ok(refused(64, "--phone"), "a telephone: the day code comes by SMS");
	begin();
	session.options.internet = true;
	set(session.options.phone, "0612345678");
	c->drop_kind = DROP_NONE;
	c->drop_public_url[0] = c->viewer_url[0] = c->sms_url[0] = '\0';
	card_new_start(&session);
	ok(refused(1, "lacks drop.kind drop.public_url viewer.url sms.url."),
	    "all that is missing is named");
	begin();
	session.options.internet = true;
	session.lang = LANG_FR;
	set(session.options.phone, "0612345678");
	c->sms_url[0] = '\0';
	card_new_start(&session);
	ok(refused(1, "il manque à la configuration sms.url."),
	    "in French, and only what is missing");
}

static void
test_addresses(void)
{
	struct config *c = &desk_fake_role.config;

	begin();
	set(session.options.phone, "0612345678");
	c->sms_url[0] = '\0';
	card_new_start(&session);
	ok(refused(1, "serves nothing"), "a number nobody would send to");
	begin();
	set(session.options.mail, "a@example.org");
	strcpy(c->mail_server, "none");
	card_new_start(&session);
	ok(refused(1, "serves nothing"), "an address nobody would write to");
	begin();
	set(session.options.phone, "0612345");
	card_new_start(&session);
	ok(refused(1, "not a telephone number") && !desk_fake_said("0612345"),
	    "a mistyped number, which is not repeated");
	ok(session.options.phone[0] == '\0' && session.options.phone[3] == '\0',
	    "and not kept");
	begin();
	set(session.options.phone, "01 23 45 67 89");
	card_new_start(&session);
	ok(refused(1, "no mobile"), "one where no SMS arrives");
	begin();
	set(session.options.mail, "a martin@example.org");
	card_new_start(&session);
	ok(refused(1, "not a mail address"), "no mail address");
	begin();
	set(session.options.mail, "a@example.org");
	set(session.options.language, "de");
	card_new_start(&session);
	ok(refused(64, "fr or en"), "another language");
}

static void
test_minors_secret(void)
{
	begin();
	session.options.secret = true;
	card_new_start(&session);
	answer_box(0);
	ok(desk_fake.asked.id == MSG_CARD_STORE && wished.drop == NULL &&
	    desk_fake.asked.card_store.is_secret == 1,
	    "B09 a minor's secret is marked");
	for (int i = 0; i < 3; i++) {
		begin();
		session.options.secret = true;
		session.options.internet = i == 0;
		set(session.options.phone, i == 1 ? "0612345678" : "");
		set(session.options.mail, i == 2 ? "a@example.org" : "");
		card_new_start(&session);
		ok(refused(64, "minor"), "B09 and takes no address (%d)", i);
	}
}

static void
test_lab_card(void)
{
	for (int i = 0; i < 4; i++) {
		begin();
		session.options.lab = true;
		session.options.internet = i == 0;
		session.options.secret = i == 3;
		set(session.options.phone, i == 1 ? "0612345678" : "");
		set(session.options.mail, i == 2 ? "a@example.org" : "");
		card_new_start(&session);
		ok(refused(64, "no patient"), "the lab card is nobody's (%d)", i);
	}
	begin();
	session.options.lab = true;
	card_new_start(&session);
	answer_box(1);
	ok(desk_fake.finished == 1 && desk_fake_said("lab card already"),
	    "there is one only");
}

static void
test_traits(void)
{
	static const uint8_t hash[32] = { 1, 2, 3 };
	struct message m = { .id = MSG_TRAITS };

	begin();
	set(session.options.birth_name, "DUPONT");
	card_new_start(&session);
	ok(refused(64, "go together"), "a name without its date");
	begin();
	set(session.options.birth_name, "DUPONT");
	set(session.options.birth_date, "1979-03-28");
	card_new_start(&session);
	ok(desk_fake.asked_of == ROLE_INTAKE &&
	    desk_fake.asked.id == MSG_TRAITS_GET, "intake hashes them");
	m.traits.traits = (struct span){ hash, sizeof(hash) };
	card_new_answer(&session, &m);
	ok(session.options.birth_name[0] == '\0' &&
	    session.options.birth_name[5] == '\0' &&
	    session.options.birth_date[0] == '\0', "and the words are gone");
	answer_box(0);
	ok(desk_fake.asked.card_store.traits.len == 32, "the hash is stored");
	begin();
	set(session.options.birth_name, "1");
	set(session.options.birth_date, "1979-13-28");
	card_new_start(&session);
	m.traits.outcome = ST_INVALID;
	card_new_answer(&session, &m);
	ok(desk_fake.finished == 1, "traits that are none");
}

static void
test_failure_to_issue(void)
{
	begin();
	issue_outcome = ST_NO_SPACE;
	card_new_start(&session);
	answer_box(0);
	ok(desk_fake.finished == 1 && desk_fake.asked.id == MSG_BOX_GET,
	    "a card that could not be made is not stored");
	begin();
	card_new_start(&session);
	answer_box(0);
	answer_done(ST_DISK_FULL);
	ok(desk_fake.finished == 1 && !desk_fake_said("THE SLIP"),
	    "nor is a slip printed of what was not stored");
}

int
main(void)
{
	test_local_card();
	test_internet_card();
	test_number_taken();
	test_internet_needs();
	test_addresses();
	test_minors_secret();
	test_lab_card();
	test_traits();
	test_failure_to_issue();
	return done_testing();
}
