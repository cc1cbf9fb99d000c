#include "wire/mail_message.h"

#include <stdlib.h>

#include "tap.h"

static uint8_t bytes[MAIL_MESSAGE_MAX + 1];

static struct mail_message
example(void)
{
	return (struct mail_message){
	    .from_name = span_of("Laboratoire de l'Étang"),
	    .from = span_of("avis@labo.example"),
	    .to = span_of("p@maison.example"),
	    .subject = span_of("Un message de votre laboratoire"),
	    .body = span_of("Bonjour,\n\nTéléphone : 01\n"),
	    .reference = span_of("AbCdEfGhIjKlMnOpQrStUv"),
	    .now_s = 1795327244 };
}

static const char *
written(const struct mail_message *m)
{
	struct buf out = buf_over(bytes, MAIL_MESSAGE_MAX);

	if (mail_message_write(m, &out) != ST_OK)
		return "";
	bytes[out.len] = 0;
	return (const char *)bytes;
}

static void
test_a_message(void)
{
	struct mail_message m = example();

	ok(strcmp(written(&m),
	    "Date: Sun, 22 Nov 2026 06:00:44 +0000\r\n"
	    "From: =?utf-8?B?TGFib3JhdG9pcmUgZGUgbCfDiXRhbmc=?=\r\n"
	    " <avis@labo.example>\r\n"
	    "To: p@maison.example\r\n"
	    "Subject: Un message de votre laboratoire\r\n"
	    "Message-ID: <AbCdEfGhIjKlMnOpQrStUv@labo.example>\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "Bonjour,\r\n\r\nT=C3=A9l=C3=A9phone : 01\r\n") == 0,
	    "a message, byte by byte");
}

static const struct {
	uint64_t at_s;
	const char *date;
} dates[] = {
	{ 0, "Thu, 1 Jan 1970 00:00:00 +0000" },
	{ 951782399, "Mon, 28 Feb 2000 23:59:59 +0000" },
	{ 951782400, "Tue, 29 Feb 2000 00:00:00 +0000" },
	{ 951868800, "Wed, 1 Mar 2000 00:00:00 +0000" },
	{ 1735689599, "Tue, 31 Dec 2024 23:59:59 +0000" },
	{ 1835438400, "Tue, 29 Feb 2028 12:00:00 +0000" },
	{ 4107542400, "Mon, 1 Mar 2100 00:00:00 +0000" },
	{ 4107456000, "Sun, 28 Feb 2100 00:00:00 +0000" },
	{ 253402300799, "Fri, 31 Dec 9999 23:59:59 +0000" },
};

static void
test_dates(void)
{
	for (size_t i = 0; i < COUNT(dates); i++) {
		struct mail_message m = example();
		char line[64];

		m.now_s = dates[i].at_s;
		snprintf(line, sizeof(line), "Date: %s\r\n", dates[i].date);
		ok(strncmp(written(&m), line, strlen(line)) == 0, "%s",
		    dates[i].date);
	}
}

/* Nothing longer than a line may be, nothing that is not ASCII, no CR or LF
 * alone, no line that begins with a dot. */
static bool
is_clean(const char *text)
{
	size_t column = 0;

	for (size_t i = 0; text[i] != '\0'; i++) {
		uint8_t c = (uint8_t)text[i];

		if (c == '\r' && text[i + 1] == '\n') {
			column = 0;
			i++;
			continue;
		}
		if (c < ' ' || c > '~' || (column == 0 && c == '.') ||
		    ++column > 76)
			return false;
	}
	return column == 0 && text[0] != '\0';
}

static void
test_any_text(void)
{
	static const char *const patterns[] = { "é", "a", ".", "\n.", "\r\n",
	    "x y ", "日本", "\x01\xff", "= \n", "From ", "\"<>\\", "=?" };
	bool good = true;

	for (size_t p = 0; p < COUNT(patterns); p++)
		for (size_t len = 0; len < 256; len++) {
			struct mail_message m = example();
			char text[256];
			struct span s = { (const uint8_t *)text, len };

			for (size_t i = 0; i < len; i++)
				text[i] = patterns[p][i % strlen(patterns[p])];
			m.from_name = m.subject = m.body = s;
			good = good && is_clean(written(&m));
		}
	ok(good, "any name, subject and body leave as clean lines");
}

static void
test_header_injection(void)
{
	struct mail_message m = example();

	m.subject = m.from_name = span_of("a\r\nBcc: x@evil.example");
	ok(strstr(written(&m), "Bcc") == NULL, "no header within a header");
}

static void
test_no_space(void)
{
	struct mail_message m = example();
	size_t len = strlen(written(&m));
	bool good = true;

	for (size_t max = 0; max < len; max++) {
		struct buf out = buf_over(bytes, max);

		good = good && mail_message_write(&m, &out) == ST_NO_SPACE;
	}
	ok(good, "one byte less is too little, anywhere");
}

static void
test_longest(void)
{
	static char longest[2049];
	struct mail_message m = example();

	memset(longest, 0xe9 - 256, 2048);
	m.body = span_of(longest);
	m.subject = m.from_name = m.to = span_slice(m.body, 0, 255);
	m.from = span_slice(m.body, 0, 254);
	ok(written(&m)[0] != '\0', "MAIL_MESSAGE_MAX is enough");
}

static void
test_domain(void)
{
	ok(span_is(mail_domain(span_of("a@b.example")), "b.example") &&
	    mail_domain(span_of("a")).len == 0, "the domain of an address");
}

int
main(void)
{
	test_a_message();
	test_dates();
	test_any_text();
	test_header_injection();
	test_no_space();
	test_longest();
	test_domain();
	return done_testing();
}
