/* tls_suites.h -- what TLS agrees to, either side, and what its numbers mean. */
#ifndef NET_TLS_SUITES_H
#define NET_TLS_SUITES_H

#include <bearssl.h>

/* Zeroes `cc` and sets versions, suites, curves, hashes and ciphers, the
 * fastest on this machine first.  `key_type`: BR_KEYTYPE_EC or _RSA. */
void tls_suites_set(br_ssl_server_context *cc, int key_type);

/* The same for a client, which takes either key of a server. */
void tls_suites_set_client(br_ssl_client_context *cc);

/* "ECDHE-ECDSA-AES128-GCM-SHA256"; "?" for what is not ours. */
const char *tls_suite_text(unsigned suite);

/* BR_ERR_... in words, certificates meaning a client's; NULL for BR_ERR_OK;
 * static storage. */
const char *tls_error_text(int error);

#endif
