#include "desk/slip.h"

#include "desk_fake.h"
#include "tap.h"

/* What stands on the paper, and what never does. */

static struct session session;
static struct card_issued card;

static void
begin(enum lang lang, bool internet)
{
	struct config *c = &desk_fake_role.config;

	desk_fake_start(&session);
	session.lang = lang;
	session.options.internet = internet;
	if (internet)
		strcpy(session.options.phone, "+33612345678");
	strcpy(c->lab_name, "LABORATOIRE DUPONT");
	strcpy(c->lab_phone, "01 23 45 67 89");
	strcpy(c->pickup_origin, "https://labo.example:8443");
	strcpy(c->viewer_url, "https://www.labo-dupont.example/retrait");
	strcpy(c->sms_from, "LABO DUPONT");
	strcpy(c->mail_from, "labo@dupont.example");
	c->window_s = 14 * 86400;
	card = (struct card_issued){ .number = { "K7QFM2XW9D", 10 },
	    .code = { "C0DE4TESTS0N1Y7", 15 },
	    .day_code = { "D4YC0DE777", 10 } };
}

static unsigned
squares(void)
{
	unsigned n = 0;

	/* The first row of each is nothing but light modules. */
	for (const char *at = desk_fake.text;
	    (at = strstr(at, "\n   \u2588\u2588\u2588\u2588")) != NULL; at++)
		n += strspn(at + 4, "\u2588") > 60;
	return n;
}

static void
test_branch_slip(void)
{
	begin(LANG_EN, false);
	slip_print(&session, &card, 1790000000);
	ok(desk_fake_said("https://labo.example:8443") &&
	    desk_fake_said("C0DE-4TES-TS0N-1Y7R"), "address and code");
	ok(!desk_fake_said("At home") && !desk_fake_said("labo-dupont") &&
	    !desk_fake_said("day code") && !desk_fake_said("SMS"),
	    "A13 nothing of the internet where it was not chosen");
	ok(desk_fake_said("paper"), "B03 paper is a right");
}

static void
test_internet_slip(void)
{
	static const struct { enum lang lang; const char *words[8]; } in[] = {
		{ LANG_EN, { "https://www.labo-dupont.example/retrait",
		    "yourself", "comes\n   by SMS", "14 days",
		    "not even to the laboratory", "33700",
		    "never ask for a payment", "paper" } },
		{ LANG_FR, { "https://www.labo-dupont.example/retrait",
		    "tapez vous-même", "par SMS", "14 jours",
		    "même au laboratoire", "33700",
		    "jamais de paiement", "papier" } },
	};

	for (size_t i = 0; i < COUNT(in); i++) {
		begin(in[i].lang, true);
		slip_print(&session, &card, 1790000000);
		for (size_t w = 0; w < COUNT(in[i].words); w++)
			ok(desk_fake_said(in[i].words[w]), "says: %s",
			    in[i].words[w]);
		ok(desk_fake_said("LABO DUPONT\n"), "and who writes");
	}
}

static void
test_what_never_stands_there(void)
{
	begin(LANG_FR, true);
	strcpy(session.options.mail, "anne.martin@example.org");
	strcpy(session.options.birth_name, "MARTIN");
	slip_print(&session, &card, 1790000000);
	slip_print_json(&session, &card, 1790000000);
	ok(!desk_fake_said("D4YC"), "no day code");
	ok(!desk_fake_said("612345678") && !desk_fake_said("anne.martin") &&
	    !desk_fake_said("MARTIN"), "no address, no name");
}

static void
test_notices_without_internet(void)
{
	begin(LANG_EN, false);
	strcpy(session.options.mail, "a@example.org");
	slip_print(&session, &card, 1790000000);
	ok(desk_fake_said("A mail tells you") &&
	    desk_fake_said("labo@dupont.example") &&
	    !desk_fake_said("An SMS tells"), "a mail says that something waits");
	begin(LANG_FR, false);
	strcpy(session.options.phone, "+33612345678");
	slip_print(&session, &card, 1790000000);
	ok(desk_fake_said("Un SMS vous prévient") &&
	    !desk_fake_said("code du jour"), "or an SMS, without day code");
}

static void
test_json(void)
{
	begin(LANG_FR, false);
	slip_print_json(&session, &card, 1790000000);
	ok(strcmp(desk_fake.text, "{\"card\":\"K7QF-M2XW-9DS\","
	    "\"code\":\"C0DE-4TES-TS0N-1Y7R\","
	    "\"url\":\"https://labo.example:8443/#1.K7QFM2XW9DS."
	    "C0DE4TESTS0N1Y7R\",\"expires\":1790000000,\"internet\":null}\n")
	    == 0, "the branch's: internet is null");
	begin(LANG_FR, true);
	slip_print_json(&session, &card, 1790000000);
	ok(desk_fake_said("\"internet\":{"
	    "\"url\":\"https://www.labo-dupont.example/retrait\","
	    "\"qr_url\":\"https://www.labo-dupont.example/retrait/"
	    "#1.K7QFM2XW9DS.C0DE4TESTS0N1Y7R\"}"),
	    "at home: the page, and the same with the slip's code");
}

static void
test_squares(void)
{
	begin(LANG_EN, false);
	slip_print(&session, &card, 1790000000);
	ok(squares() == 2, "one square has two light borders");
	begin(LANG_EN, true);
	slip_print(&session, &card, 1790000000);
	ok(squares() == 4, "a card for the internet has two");
}

static void
test_longest(void)
{
	struct config *c = &desk_fake_role.config;

	begin(LANG_EN, true);
	memset(c->viewer_url, 'v', sizeof(c->viewer_url) - 1);
	memset(c->pickup_origin, 'p', sizeof(c->pickup_origin) - 1);
	slip_print_json(&session, &card, UINT64_MAX);
	ok(desk_fake_said("}}\n"), "the longest addresses fit");
}

int
main(void)
{
	test_branch_slip();
	test_internet_slip();
	test_what_never_stands_there();
	test_notices_without_internet();
	test_json();
	test_squares();
	test_longest();
	return done_testing();
}
