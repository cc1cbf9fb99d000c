#include "net/tls_suites.h"

#include <stdbool.h>
#include <string.h>

#include "base/status.h"

#define SUITE_MAP(X)                                                    \
	X(ECDSA, AES_128_GCM_SHA256, "ECDHE-ECDSA-AES128-GCM-SHA256")   \
	X(ECDSA, AES_256_GCM_SHA384, "ECDHE-ECDSA-AES256-GCM-SHA384")   \
	X(ECDSA, CHACHA20_POLY1305_SHA256, "ECDHE-ECDSA-CHACHA20-POLY1305") \
	X(RSA,   AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256")     \
	X(RSA,   AES_256_GCM_SHA384, "ECDHE-RSA-AES256-GCM-SHA384")     \
	X(RSA,   CHACHA20_POLY1305_SHA256, "ECDHE-RSA-CHACHA20-POLY1305")

static const struct {
	unsigned    suite;
	const char *text;
} suite_texts[] = {
#define X(key, cipher, text) { BR_TLS_ECDHE_##key##_WITH_##cipher, text },
	SUITE_MAP(X)
#undef X
};

#define AES(key) BR_TLS_ECDHE_##key##_WITH_AES_128_GCM_SHA256, \
	BR_TLS_ECDHE_##key##_WITH_AES_256_GCM_SHA384
#define CHACHA(key) BR_TLS_ECDHE_##key##_WITH_CHACHA20_POLY1305_SHA256

/* [key is RSA][ChaCha20 first] */
static const uint16_t suite_lists[2][2][3] = {
	{ { AES(ECDSA), CHACHA(ECDSA) }, { CHACHA(ECDSA), AES(ECDSA) } },
	{ { AES(RSA), CHACHA(RSA) }, { CHACHA(RSA), AES(RSA) } },
};

static const struct {
	int         error;
	const char *text;
} error_texts[] = {
	{ BR_ERR_BAD_VERSION,         "TLS: record of another version" },
	{ BR_ERR_UNSUPPORTED_VERSION, "TLS: no TLS 1.2 on offer" },
	{ BR_ERR_BAD_LENGTH,          "TLS: record length not allowed" },
	{ BR_ERR_TOO_LARGE,           "TLS: record too large" },
	{ BR_ERR_BAD_MAC,             "TLS: record does not authenticate" },
	{ BR_ERR_UNEXPECTED,          "TLS: message out of order" },
	{ BR_ERR_BAD_CCS,             "TLS: bad ChangeCipherSpec" },
	{ BR_ERR_BAD_ALERT,           "TLS: bad alert" },
	{ BR_ERR_BAD_HANDSHAKE,       "TLS: bad handshake message" },
	{ BR_ERR_BAD_CIPHER_SUITE,    "TLS: no suite in common" },
	{ BR_ERR_BAD_COMPRESSION,     "TLS: compression asked for" },
	{ BR_ERR_BAD_SECRENEG,        "TLS: bad renegotiation extension" },
	{ BR_ERR_BAD_SNI,             "TLS: bad server name" },
	{ BR_ERR_INVALID_ALGORITHM,   "TLS: no algorithm in common" },
	{ BR_ERR_BAD_SIGNATURE,       "TLS: bad signature" },
	{ BR_ERR_BAD_FINISHED,        "TLS: bad Finished" },
	{ BR_ERR_IO,                  "TLS: input or output failed" },
	{ BR_ERR_NO_CLIENT_AUTH,      "TLS: the client shows no certificate" },
	{ BR_ERR_WRONG_KEY_USAGE,
	  "TLS: the client's certificate may not sign (keyUsage)" },
	{ BR_ERR_X509_EXPIRED,
	  "TLS: the client's certificate is not valid today: renew it, or set "
	  "this machine's clock" },
	{ BR_ERR_X509_NOT_TRUSTED,
	  "TLS: the client's certificate is signed by nobody of lis.clients" },
	{ BR_ERR_X509_BAD_SIGNATURE,
	  "TLS: a signature in the client's certificates is wrong" },
	{ BR_ERR_X509_NOT_CA,
	  "TLS: the client's certificate is signed by one that may not" },
	{ BR_ERR_X509_FORBIDDEN_KEY_USAGE,
	  "TLS: the client's certificate is signed by one that may not" },
	{ BR_ERR_X509_WEAK_PUBLIC_KEY,
	  "TLS: a key of the client's certificates is too short" },
	{ BR_ERR_X509_CRITICAL_EXTENSION,
	  "TLS: the client's certificate has a critical extension that is not "
	  "known here" },
	{ BR_ERR_X509_UNSUPPORTED,
	  "TLS: the client's certificate has a key or hash that is not taken" },
	{ BR_ERR_X509_LIMIT_EXCEEDED,
	  "TLS: the client's chain of certificates is too long" },
};

/* A server may have either key.  [ChaCha20 first] */
static const uint16_t client_suites[2][6] = {
	{ AES(ECDSA), AES(RSA), CHACHA(ECDSA), CHACHA(RSA) },
	{ CHACHA(ECDSA), CHACHA(RSA), AES(ECDSA), AES(RSA) },
};

/* X25519 and P-256 only. */
static const br_ec_impl *
curves(void)
{
	static br_ec_impl two;

	two = br_ec_all_m31;
	two.supported_curves = (uint32_t)1 << BR_EC_curve25519 |
	    (uint32_t)1 << BR_EC_secp256r1;
	return &two;
}

static bool
has_aes_instructions(void)
{
	return br_aes_x86ni_ctr_get_vtable() != NULL ||
	    br_aes_pwr8_ctr_get_vtable() != NULL;
}

static void
set_hashes(br_ssl_engine_context *e)
{
	br_ssl_engine_set_hash(e, br_sha256_ID, &br_sha256_vtable);
	br_ssl_engine_set_hash(e, br_sha384_ID, &br_sha384_vtable);
	br_ssl_engine_set_hash(e, br_sha512_ID, &br_sha512_vtable);
	br_ssl_engine_set_prf_sha256(e, br_tls12_sha256_prf);
	br_ssl_engine_set_prf_sha384(e, br_tls12_sha384_prf);
}

/* A server's key may be on P-384: the engine checks its signature with what
 * it also agrees keys with. */
static const br_ec_impl *
client_curves(void)
{
	static br_ec_impl three;

	three = br_ec_all_m31;
	three.supported_curves = (uint32_t)1 << BR_EC_curve25519 |
	    (uint32_t)1 << BR_EC_secp256r1 | (uint32_t)1 << BR_EC_secp384r1;
	return &three;
}

static void
set_engine(br_ssl_engine_context *e)
{
	static const char *protocols[] = { "http/1.1" };

	br_ssl_engine_set_versions(e, BR_TLS12, BR_TLS12);
	set_hashes(e);
	br_ssl_engine_set_default_aes_gcm(e);
	br_ssl_engine_set_default_chapol(e);
	br_ssl_engine_set_protocol_names(e, protocols, COUNT(protocols));
}

/* See tls_suites.h. */
void
tls_suites_set(br_ssl_server_context *cc, int key_type)
{
	br_ssl_engine_context *e = &cc->eng;
	const uint16_t *list = suite_lists[key_type == BR_KEYTYPE_RSA]
	    [!has_aes_instructions()];

	br_ssl_server_zero(cc);
	set_engine(e);
	br_ssl_engine_set_suites(e, list, COUNT(suite_lists[0][0]));
	br_ssl_engine_set_ec(e, curves());
	br_ssl_engine_set_all_flags(e, BR_OPT_ENFORCE_SERVER_PREFERENCES |
	    BR_OPT_NO_RENEGOTIATION | BR_OPT_FAIL_ON_ALPN_MISMATCH);
}

/* See tls_suites.h. */
void
tls_suites_set_client(br_ssl_client_context *cc)
{
	br_ssl_engine_context *e = &cc->eng;

	br_ssl_client_zero(cc);
	set_engine(e);
	br_ssl_engine_set_suites(e, client_suites[!has_aes_instructions()],
	    COUNT(client_suites[0]));
	br_ssl_engine_set_ec(e, client_curves());
	br_ssl_engine_set_ecdsa(e, br_ecdsa_vrfy_asn1_get_default());
	br_ssl_engine_set_rsavrfy(e, br_rsa_pkcs1_vrfy_get_default());
	br_ssl_engine_set_all_flags(e, BR_OPT_NO_RENEGOTIATION |
	    BR_OPT_FAIL_ON_ALPN_MISMATCH);
}

/* See tls_suites.h. */
const char *
tls_suite_text(unsigned suite)
{
	size_t i;

	for (i = 0; i < COUNT(suite_texts); i++)
		if (suite_texts[i].suite == suite)
			return suite_texts[i].text;
	return "?";
}

/* RFC 5246 section 7.2 and later registrations; what a peer may say of us. */
static const char *
alert_text(int alert)
{
	static const struct { int alert; const char *text; } texts[] = {
#define ALERT(number, name) { number, "TLS: the peer says " name }
		ALERT(10, "unexpected_message"),
		ALERT(20, "bad_record_mac"),
		ALERT(22, "record_overflow"),
		ALERT(40, "handshake_failure: it has no TLS 1.2, or no "
		    "suite that we have"),
		ALERT(42, "bad_certificate"),
		ALERT(43, "unsupported_certificate"),
		ALERT(44, "certificate_revoked"),
		ALERT(45, "certificate_expired"),
		ALERT(46, "certificate_unknown"),
		ALERT(47, "illegal_parameter"),
		ALERT(48, "unknown_ca"),
		ALERT(49, "access_denied"),
		ALERT(50, "decode_error"),
		ALERT(51, "decrypt_error"),
		ALERT(70, "protocol_version: it does not speak TLS 1.2"),
		ALERT(71, "insufficient_security"),
		ALERT(80, "internal_error"),
		ALERT(86, "inappropriate_fallback"),
		ALERT(90, "user_canceled"),
		ALERT(100, "no_renegotiation"),
		ALERT(109, "missing_extension"),
		ALERT(110, "unsupported_extension"),
		ALERT(112, "unrecognized_name: it does not know the host"),
		ALERT(116, "certificate_required"),
		ALERT(120, "no_application_protocol"),
#undef ALERT
	};

	for (size_t i = 0; i < COUNT(texts); i++)
		if (texts[i].alert == alert)
			return texts[i].text;
	return "TLS: the peer sent a fatal alert";
}

/* See tls_suites.h. */
const char *
tls_error_text(int error)
{
	size_t i;

	if (error == BR_ERR_OK)
		return NULL;
	for (i = 0; i < COUNT(error_texts); i++)
		if (error_texts[i].error == error)
			return error_texts[i].text;
	if (error >= BR_ERR_X509_OK && error <= BR_ERR_X509_NOT_TRUSTED)
		return "TLS: the client's certificate does not decode";
	if (error >= BR_ERR_RECV_FATAL_ALERT && error < BR_ERR_SEND_FATAL_ALERT)
		return alert_text(error - BR_ERR_RECV_FATAL_ALERT);
	if (error >= BR_ERR_SEND_FATAL_ALERT)
		return "TLS: refused with a fatal alert";
	return "TLS: failed";
}
