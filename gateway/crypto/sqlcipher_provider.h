/*
 * sqlcipher_provider.h -- the cryptography of SQLCipher, on BearSSL.
 *
 * For: the vault's database.  SQLCipher asks for its provider when the first
 * database of a process is opened; the library is compiled to call
 * sqlcipher_provider_setup(), so that linking this file is all there is to
 * do.  There is no OpenSSL and no second provider to fall back to.
 * Never: called by the vault itself.
 *
 * What it gives: AES-256-CBC (FIPS 197, SP 800-38A; AES-NI where the processor
 * has it, else bit-sliced: constant time in both), HMAC and PBKDF2 (RFC 2104,
 * RFC 8018) with SHA-512 for databases of SQLCipher 4, and with SHA-1 and
 * SHA-256, which older databases need.  Random bytes are getrandom(2)'s.
 *
 * Functions in the table return SQLITE_OK (0) or SQLITE_ERROR (1), as
 * SQLCipher wants it; key, in, out and the like are borrowed for the call.
 */
#ifndef CRYPTO_SQLCIPHER_PROVIDER_H
#define CRYPTO_SQLCIPHER_PROVIDER_H

#include <sqlcipher_abi.h>

/* Fills SQLCipher's table of functions; always returns SQLITE_OK (0). */
int sqlcipher_provider_setup(sqlcipher_provider *provider);

#endif
