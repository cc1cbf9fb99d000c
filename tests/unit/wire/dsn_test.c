#include "wire/dsn.h"

#include "tap.h"

#define REF "AbCdEfGhIjKlMnOpQr-_09"
#define OURS REF "@labo.example"
#define MIME "Content-Type: multipart/report; report-type=delivery-status\n"
#define EMPTY_PATH "Return-Path: <>\n"

static struct dsn d;

static enum dsn_kind
read_mail(const char *text)
{
	dsn_start(&d, span_of("labo.example"));
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		dsn_line(&d, (struct span){ (const uint8_t *)text, len });
		text += len + (text[len] == '\n');
	}
	return dsn_end(&d);
}

static const struct {
	const char *claim;
	enum dsn_kind kind;
	const char *mail;
} mails[] = {
	{ "RFC 3464", DSN_FAILED, MIME "\n--b\nReporting-MTA: dns; a\n"
	    "Original-Envelope-Id: " OURS "\n\nAction: failed\nStatus: 5.1.1\n" },
	{ "a Message-ID in the headers that came back", DSN_FAILED, MIME
	    "\nAction: failed\n\nMessage-ID: <" OURS ">\n" },
	{ "plain text with an empty return path", DSN_FAILED, EMPTY_PATH
	    "\nSorry.\nMessage-Id: <" OURS ">\n" },
	{ "plain text of a mailer daemon", DSN_FAILED,
	    "From: Mail <MAILER-DAEMON@a>\n\nMESSAGE-ID: <" OURS ">\n" },
	{ "the domain in capitals", DSN_FAILED, EMPTY_PATH
	    "\nMessage-ID: <" REF "@LABO.Example>\n" },
	{ "delayed, by its action", DSN_OTHER, MIME
	    "\nOriginal-Envelope-Id: " OURS "\nAction: delayed\n" },
	{ "delayed, by its subject", DSN_OTHER, EMPTY_PATH
	    "Subject: Warning: could not send\n\nMessage-ID: <" OURS ">\n" },
	{ "delivered", DSN_OTHER, MIME
	    "\nOriginal-Envelope-Id: " OURS "\nAction: delivered\n" },
	{ "failed for one of two", DSN_FAILED, MIME "\nOriginal-Envelope-Id: "
	    OURS "\nAction: delayed\n\nAction: failed\n" },
	{ "a human's forward", DSN_NOT_OURS, "From: p@a\n\nMessage-ID: <" OURS
	    ">\n" },
	{ "an answer to ours", DSN_NOT_OURS, EMPTY_PATH "In-Reply-To: <" OURS
	    ">\nMessage-ID: <x@a>\n\nthanks\n" },
	{ "ours itself", DSN_NOT_OURS, EMPTY_PATH "Message-ID: <" OURS ">\n"
	    "\nBonjour\n" },
	{ "of another domain", DSN_NOT_OURS, MIME "\nOriginal-Envelope-Id: " REF
	    "@labo.example.org\nAction: failed\n" },
	{ "of a domain that ends like ours", DSN_NOT_OURS, MIME
	    "\nMessage-ID: <" REF "@xlabo.example>\nAction: failed\n" },
	{ "too short a reference", DSN_NOT_OURS, MIME
	    "\nMessage-ID: <AbCdEf@labo.example>\nAction: failed\n" },
	{ "too long a reference", DSN_NOT_OURS, MIME
	    "\nMessage-ID: <x" OURS ">\nAction: failed\n" },
	{ "not base64url", DSN_NOT_OURS, MIME
	    "\nMessage-ID: <AbCdEfGhIjKlMnOpQr+/09@labo.example>\n" },
	{ "in the middle of a line", DSN_NOT_OURS, MIME
	    "\n> Message-ID: <" OURS ">\n" },
	{ "cut", DSN_NOT_OURS, MIME "\nMessage-ID: <" REF "@labo.exampl" },
	{ "headers only", DSN_NOT_OURS, MIME },
	{ "nothing", DSN_NOT_OURS, "" },
};

static void
test_mails(void)
{
	for (size_t i = 0; i < COUNT(mails); i++) {
		enum dsn_kind kind = read_mail(mails[i].mail);

		ok(kind == mails[i].kind && (kind == DSN_NOT_OURS ||
		    memcmp(d.reference, REF, DSN_REFERENCE) == 0), "%s",
		    mails[i].claim);
	}
}

static const struct {
	const char *text;
	bool has_status;
	unsigned status[3];
} statuses[] = {
	{ "5.1.1", true, { 5, 1, 1 } },
	{ "5.1.10 (bad)", true, { 5, 1, 10 } },
	{ "5.1", false, { 0 } },
	{ "5.", false, { 0 } },
	{ "x", false, { 0 } },
	{ "", false, { 0 } },
	{ "5.1.", false, { 0 } },
	{ "1234.1.1", false, { 0 } },
};

static void
test_status(void)
{
	for (size_t i = 0; i < COUNT(statuses); i++) {
		char mail[256];

		snprintf(mail, sizeof(mail), MIME "\nOriginal-Envelope-Id: "
		    OURS "\nAction: failed\nStatus: %s\n", statuses[i].text);
		ok(read_mail(mail) == DSN_FAILED &&
		    d.has_status == statuses[i].has_status &&
		    memcmp(d.status, statuses[i].status, sizeof(d.status)) == 0,
		    "Status: %s", statuses[i].text);
	}
}

static void
test_first_stands(void)
{
	ok(read_mail(MIME "\nOriginal-Envelope-Id: " OURS "\nMessage-ID: "
	    "<0000000000000000000000@labo.example>\nAction: failed\n") ==
	    DSN_FAILED && memcmp(d.reference, REF, DSN_REFERENCE) == 0,
	    "the first reference stands");
}

int
main(void)
{
	test_mails();
	test_status();
	test_first_stands();
	return done_testing();
}
