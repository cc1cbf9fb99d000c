#include "courier/texts.h"

#include "tap.h"
#include "wire/gsm7.h"

static const char digits[] = "+123456789012345";

struct sms {
	uint8_t bytes[GSM7_MESSAGE_MAX];
	struct buf text;
};

static enum status
write_sms(struct sms *sms, const struct texts *t, uint64_t notice,
    const char *lang, const char *day_code)
{
	sms->text = buf_over(sms->bytes, sizeof(sms->bytes));
	return texts_sms(t, notice, span_of(lang), span_of(day_code),
	    &sms->text);
}

static const char *
code_for(uint64_t notice)
{
	return notice == NOTICE_DAY_CODE ? "K7QFM2XW9D" : "";
}

static const struct {
	uint64_t notice;
	const char *lang, *text;
} messages[] = {
	{ NOTICE_DOCUMENT, "fr",
	    "LABO DUPONT: un document vous attend. Prenez le ticket remis au "
	    "labo. Ce SMS n'a ni lien ni code. Nous ne demandons jamais de "
	    "paiement par SMS. Tel 0123456789" },
	{ NOTICE_DAY_CODE, "fr",
	    "LABO DUPONT: code du jour K7QF-M2XW-9DS. A saisir avec votre "
	    "ticket sur le site imprime dessus. Ne le donnez a personne, meme "
	    "au labo. Tel 0123456789" },
	{ NOTICE_CALL_BACK, "fr",
	    "LABO DUPONT: appelez-nous ou passez au laboratoire, muni d'une "
	    "piece d'identite, pour votre dossier. Aucun paiement. Numero sur "
	    "votre ticket." },
	{ NOTICE_DOCUMENT, "en",
	    "LABO DUPONT: a document is waiting for you. Use the slip you were "
	    "given. This SMS has no link and no code. We never ask for payment "
	    "by SMS. Tel 0123456789" },
	{ NOTICE_DAY_CODE, "en",
	    "LABO DUPONT: code of the day K7QF-M2XW-9DS. Type it with your slip "
	    "on the site printed on it. Give it to nobody, not even to the lab. "
	    "Tel 0123456789" },
	{ NOTICE_CALL_BACK, "en",
	    "LABO DUPONT: please call us or come to the laboratory, with proof "
	    "of identity, about your file. No payment. Our number is on your "
	    "slip." },
};

static void
test_wording(void)
{
	struct texts t;
	struct sms sms;

	texts_init(&t, span_of("LABO DUPONT"), span_of("01 23 45 67 89"));
	for (size_t i = 0; i < COUNT(messages); i++)
		ok(write_sms(&sms, &t, messages[i].notice, messages[i].lang,
		    code_for(messages[i].notice)) == ST_OK &&
		    span_is(buf_span(&sms.text), messages[i].text),
		    "%s notice %d: %.*s", messages[i].lang,
		    (int)messages[i].notice, (int)sms.text.len, sms.bytes);
}

/* All six, with this name and telephone. */
static bool
all_fit(struct span name, struct span phone)
{
	struct texts t;
	struct sms sms;
	bool good = true;

	texts_init(&t, name, phone);
	for (uint64_t notice = 0; notice < NOTICE_COUNT; notice++)
		for (int fr = 0; fr < 2; fr++)
			good = good && write_sms(&sms, &t, notice,
			    fr ? "fr" : "en", code_for(notice)) == ST_OK &&
			    gsm7_is_plain(buf_span(&sms.text)) &&
			    sms.text.len <= GSM7_MESSAGE_MAX;
	return good && t.sms_name_len > 0;
}

static void
test_every_length(void)
{
	static const char *const patterns[] = { "A", "Ab ", "\xc3\x89",
	    "Laboratoire ", "\xc5\x93\xc3\x86", "~.", "a bcd efghij " };
	bool good = true;

	for (size_t p = 0; p < COUNT(patterns); p++)
		for (size_t len = 0; len <= 255; len++) {
			char name[256];

			for (size_t i = 0; i < len; i++)
				name[i] = patterns[p][i % strlen(patterns[p])];
			for (size_t tel = 0; tel < sizeof(digits); tel++)
				good = good && all_fit((struct span){
				    (const uint8_t *)name, len }, span_slice(
				    span_of(digits), 0, tel));
		}
	ok(good, "one part, whatever the name's and the telephone's length");
}

static const struct {
	const char *name, *phone, *sms_name, *sms_phone;
} places[] = {
	{ "Laboratoire Dupont", "01 23 45 67 89", "Labo Dupont", "0123456789" },
	{ "Labo Dupont", "+33 (0)1 23 45 67 89", "Labo Dupont", "+33123456789" },
	{ "Laboratoire du Centre Ville", "01.23.45.67.89 (8h-18h)", "Labo",
	    "0123456789" },
	{ "Laboratoire", "", "Laboratoire", "" },
	{ "Laboratoire Dupont-Étang", "", "Laboratoire Dupont-Etang", "" },
	{ "Biologie Provence", "0123456789", "Biologie", "0123456789" },
	{ "Laboratoiresdupont et fils", "0123456789", "Laboratoiresd",
	    "0123456789" },
	{ "\xe6\x97\xa5", "Tel 0123456789", "Labo", "" },
	{ "Labo", "0123456789 0123456789", "Labo", "" },
	{ "Labo", "12", "Labo", "" },
	{ "Labo", "01\xc2\xa0" "23\xe2\x80\xaf" "45, ou 36", "Labo", "012345" },
	{ "labo-dupont.fr", "3115", "labo-dupont fr", "3115" },
};

static void
test_labs(void)
{
	for (size_t i = 0; i < COUNT(places); i++) {
		struct texts t;

		texts_init(&t, span_of(places[i].name), span_of(places[i].phone));
		ok(span_is((struct span){ (const uint8_t *)t.sms_name,
		    t.sms_name_len }, places[i].sms_name) &&
		    span_is((struct span){ (const uint8_t *)t.sms_phone,
		    t.sms_phone_len }, places[i].sms_phone),
		    "\"%s\", \"%s\": \"%.*s\", \"%.*s\"", places[i].name,
		    places[i].phone, (int)t.sms_name_len, t.sms_name,
		    (int)t.sms_phone_len, t.sms_phone);
	}
}

static void
test_refused(void)
{
	struct texts t;
	struct sms sms;

	texts_init(&t, span_of("Labo"), span_of(""));
	ok(write_sms(&sms, &t, NOTICE_DAY_CODE, "fr", "") == ST_INVALID,
	    "no day code without one");
	ok(write_sms(&sms, &t, NOTICE_DAY_CODE, "fr", "K7QFM2XW9") ==
	    ST_INVALID, "nor with nine symbols");
	ok(write_sms(&sms, &t, NOTICE_DAY_CODE, "fr", "K7QFM2XW9u") ==
	    ST_INVALID, "nor with one that is none");
	ok(write_sms(&sms, &t, NOTICE_DOCUMENT, "fr", "K7QFM2XW9D") ==
	    ST_INVALID, "no day code with another text");
	ok(write_sms(&sms, &t, NOTICE_COUNT, "fr", "") == ST_INVALID,
	    "no such notice");
}

/* --- mail ------------------------------------------------------------------- */

static void
test_mails(void)
{
	struct texts t;
	struct span first = { 0 }, subject = { 0 };
	uint8_t bytes[TEXTS_MAIL_MAX];
	struct buf out = buf_over(bytes, sizeof(bytes));

	texts_init(&t, span_of("Laboratoire de l'Étang"), span_of("01 23"));
	ok(texts_mail(&t, NOTICE_DOCUMENT, span_of("fr"), &first, &out) ==
	    ST_OK && span_is(first, "Un message de votre laboratoire") &&
	    span_is(buf_span(&out), "Bonjour,\n\nUn document vous attend. "
	    "Prenez le ticket remis au laboratoire.\n\nCe message n'a ni lien "
	    "ni code. Nous ne demandons jamais de paiement, de mot de passe ni "
	    "le code de votre ticket par message.\n\nLaboratoire de l'Étang\n"
	    "Téléphone : 01 23\n"), "a French mail");
	out.len = 0;
	ok(texts_mail(&t, NOTICE_CALL_BACK, span_of("fr"), &subject, &out) ==
	    ST_OK && span_equal(subject, first), "both have one subject");
	out.len = 0;
	ok(texts_mail(&t, NOTICE_DOCUMENT, span_of("en"), &subject, &out) ==
	    ST_OK && span_is(subject, "A message from your laboratory"),
	    "an English one");
	out.len = 0;
	ok(texts_mail(&t, NOTICE_DAY_CODE, span_of("fr"), &subject, &out) ==
	    ST_INVALID && out.len == 0, "a day code goes by no mail");
	ok(texts_mail(&t, NOTICE_COUNT, span_of("fr"), &subject, &out) ==
	    ST_INVALID, "no such notice");
}

static void
test_longest_mail(void)
{
	struct texts t;
	struct span subject;
	uint8_t name[255], bytes[TEXTS_MAIL_MAX];

	memset(name, 'x', sizeof(name));
	texts_init(&t, (struct span){ name, 255 }, (struct span){ name, 255 });
	for (uint64_t notice = 0; notice < NOTICE_COUNT; notice++) {
		struct buf out = buf_over(bytes, sizeof(bytes));

		ok(notice == NOTICE_DAY_CODE || texts_mail(&t, notice,
		    span_of("fr"), &subject, &out) == ST_OK,
		    "notice %d has room for the longest name", (int)notice);
	}
}

int
main(void)
{
	test_wording();
	test_every_length();
	test_labs();
	test_refused();
	test_mails();
	test_longest_mail();
	return done_testing();
}
