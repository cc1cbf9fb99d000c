#include "net/tls_anchors.h"

#include "identity_files.h"
#include "identity_pems.h"
#include "tap.h"

static struct tls_anchors *anchors;
static struct tls_error error;

static enum status
load(const char *text)
{
	error.text[0] = 0;
	return tls_anchors_load(identity_file("a", text, 0644), &anchors,
	    &error);
}

static void
test_good(void)
{
	ok(load(EC_CERTIFICATE) == ST_OK && anchors->n == 1 &&
	    anchors->anchor[0].pkey.key_type == BR_KEYTYPE_EC &&
	    anchors->anchor[0].flags == BR_X509_TA_CA &&
	    anchors->anchor[0].dn.len > 10, "R10 an authority on P-256");
	tls_anchors_free(anchors);
	ok(load(RSA_CERTIFICATE EC_CERTIFICATE EC_KEY) == ST_OK &&
	    anchors->n == 2 &&
	    anchors->anchor[0].pkey.key_type == BR_KEYTYPE_RSA &&
	    anchors->anchor[0].pkey.key.rsa.nlen >= 256 &&
	    anchors->anchor[1].pkey.key_type == BR_KEYTYPE_EC,
	    "R10 two of them, and a key that is not looked at");
	tls_anchors_free(anchors);
	tls_anchors_free(NULL);
}

static void
test_bad(void)
{
	static char many[17 * 1024];

	ok(tls_anchors_load("/nonexistent/file", &anchors, &error) == ST_IO &&
	    strstr(error.text, "/nonexistent/file") != NULL,
	    "a file that is not there is named: %s", error.text);
	ok(load("") == ST_MALFORMED, "an empty file: %s", error.text);
	ok(load(EC_KEY) == ST_MALFORMED, "no certificate: %s", error.text);
	ok(load("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
	    == ST_MALFORMED, "no X.509: %s", error.text);
	for (int i = 0; i < TLS_ANCHORS_MAX + 1; i++)
		strcat(many, EC_CERTIFICATE);
	ok(load(many) == ST_MALFORMED, "17 of them: %s", error.text);
}

int
main(void)
{
	test_good();
	test_bad();
	return done_testing();
}
