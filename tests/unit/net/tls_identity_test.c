/* What an operator can get wrong with two PEM files, and what is said. */
#include "net/tls_identity.h"

#include "identity_files.h"
#include "identity_pems.h"
#include "tap.h"

static struct tls_error error;

static enum status
load(const char *certificate, const char *key)
{
	struct tls_identity *id = NULL;
	const char *key_path = identity_file("key", key, 0600);
	enum status st = tls_identity_load(identity_file("certificate",
	    certificate, 0644), key_path, &id, &error);

	tls_identity_free(id);
	return st;
}

static void
test_good(void)
{
	ok(load(EC_CERTIFICATE, EC_KEY) == ST_OK, "EC, PKCS#8");
	ok(load(EC_CERTIFICATE, EC_KEY_SEC1) == ST_OK, "EC, SEC 1");
	ok(load(RSA_CERTIFICATE, RSA_KEY) == ST_OK, "RSA");
	ok(load(EC_CERTIFICATE RSA_CERTIFICATE, EC_KEY) == ST_OK,
	    "a chain: the first one counts");
	ok(load(EC_KEY EC_CERTIFICATE, EC_CERTIFICATE EC_KEY) == ST_OK,
	    "key and certificate in one file");
	tls_identity_free(NULL);
}

static void
test_dates(void)
{
	struct tls_identity *id = NULL;
	const char *key_path = identity_file("key", EC_KEY, 0600);
	uint64_t from, to;

	ok(tls_identity_load(identity_file("certificate", EC_CERTIFICATE,
	    0644), key_path, &id, &error) == ST_OK, "loaded");
	from = (uint64_t)id->not_before_s;
	to = (uint64_t)id->not_after_s;
	ok(from == EC_NOT_BEFORE && to == EC_NOT_AFTER,
	    "from %llu to %llu", (unsigned long long)from,
	    (unsigned long long)to);
	ok(tls_identity_is_current(id, from, &error) &&
	    tls_identity_is_current(id, to, &error), "first and last second");
	ok(!tls_identity_is_current(id, from - 1, &error) &&
	    strstr(error.text, "valid from 20") != NULL,
	    "before: %s", error.text);
	ok(!tls_identity_is_current(id, to + 1, &error) &&
	    strstr(error.text, "here it is 2") != NULL, "after: %s",
	    error.text);
	tls_identity_free(id);
}

static void
test_no_final_newline(void)
{
	char pem[4096];

	strcpy(pem, EC_KEY);
	pem[strlen(pem) - 1] = 0;
	ok(load(EC_CERTIFICATE, pem) == ST_OK, "no newline at the end");
}

static void
refused(enum status want, const char *certificate, const char *key,
    const char *word, const char *claim)
{
	enum status st = load(certificate, key);

	ok(st == want && strstr(error.text, word) != NULL, "%s: %s", claim,
	    error.text);
}

static void
test_refused(void)
{
	refused(ST_INVALID, RSA_CERTIFICATE, EC_KEY, "does not belong",
	    "another kind of key");
	refused(ST_INVALID, RSA_CERTIFICATE EC_CERTIFICATE, EC_KEY,
	    "does not belong", "the leaf does not come first");
	refused(ST_UNSUPPORTED, EC_CERTIFICATE, P384_KEY, "P-256", "P-384");
	refused(ST_UNSUPPORTED, EC_CERTIFICATE, RSA_1024_KEY, "1024",
	    "a short RSA key");
	refused(ST_UNSUPPORTED, EC_CERTIFICATE, ENCRYPTED_KEY, "encrypted",
	    "an encrypted key");
	refused(ST_MALFORMED, "", EC_KEY, "no PEM certificate", "empty");
	refused(ST_MALFORMED, EC_KEY, EC_KEY, "no PEM certificate",
	    "a key in the certificate's place");
	refused(ST_MALFORMED, EC_CERTIFICATE, EC_CERTIFICATE,
	    "no PEM private key", "a certificate in the key's place");
	refused(ST_MALFORMED, "-----BEGIN CERTIFICATE-----\n!\n"
	    "-----END CERTIFICATE-----\n", EC_KEY, "PEM", "broken PEM");
	refused(ST_MALFORMED, "-----BEGIN CERTIFICATE-----\nMAAA\n"
	    "-----END CERTIFICATE-----\n", EC_KEY, "decode", "no X.509");
	refused(ST_UNSUPPORTED, EC_CERTIFICATE, "-----BEGIN PRIVATE KEY-----\n"
	    "MAAA\n-----END PRIVATE KEY-----\n", "not a private key", "no key");
}

static void
test_files(void)
{
	struct tls_identity *id = NULL;
	const char *good = identity_file("good", EC_CERTIFICATE, 0644);
	const char *loose = identity_file("loose", EC_KEY, 0644);
	static char much[70000];

	ok(tls_identity_load("/nowhere/x.pem", loose, &id, &error) == ST_IO &&
	    strstr(error.text, "/nowhere/x.pem") != NULL,
	    "no file: %s", error.text);
	ok(tls_identity_load(good, "/nowhere/x.key", &id, &error) == ST_IO &&
	    strstr(error.text, "/nowhere/x.key") != NULL,
	    "no key file: %s", error.text);
	ok(tls_identity_load(good, loose, &id, &error) == ST_DENIED &&
	    strstr(error.text, "chmod 600") != NULL,
	    "a key for everybody: %s", error.text);
	ok(tls_identity_load("/", loose, &id, &error) == ST_IO,
	    "a folder: %s", error.text);
	memset(much, 'x', sizeof(much) - 1);
	refused(ST_MALFORMED, much, EC_KEY, "longer than", "a long file");
	ok(id == NULL, "nothing is given but with ST_OK");
}

static void
test_every_cut(void)
{
	char pem[1024];
	/* BearSSL reads no more of the last line than this. */
	size_t len, end = (size_t)(strstr(EC_KEY, "-----END") - EC_KEY) + 8;
	unsigned n_good = 0;

	for (len = 0; len < end; len++) {
		memcpy(pem, EC_KEY, len);
		pem[len] = 0;
		n_good += load(EC_CERTIFICATE, pem) == ST_OK;
	}
	ok(n_good == 0, "a key cut anywhere is refused");
}

int
main(void)
{
	test_good();
	test_dates();
	test_no_final_newline();
	test_refused();
	test_files();
	test_every_cut();
	return done_testing();
}
