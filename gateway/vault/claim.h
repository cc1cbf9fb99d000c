/*
 * claim.h -- the box's signed statement about a bundle (formats.md, "Claim").
 */
#ifndef VAULT_CLAIM_H
#define VAULT_CLAIM_H

#include "ipc/messages.h"
#include "vault/vault.h"

struct claim {
	const char *box;
	struct span card;			/* 10 symbols */
	uint8_t  bid[BID_BYTES];
	uint64_t seq, size, iat_s, opens_s, closes_s;
	uint8_t  name[32], sha256[32];
	uint64_t status;			/* enum bundle_status */
	bool     has_replaces;
	uint8_t  replaces[BID_BYTES];
};

/* Appends the payload; ST_OK, ST_INVALID (status) or ST_NO_SPACE. */
MUST_CHECK enum status claim_payload(const struct claim *c, struct buf *out);

/* Appends the compact JWS of it; `kid` is the key's thumbprint.  As
 * claim_payload(), and ST_INVALID where `key` is none. */
MUST_CHECK enum status
claim_sign(const struct claim *c, const struct secret_32 *key,
    struct span kid, struct buf *out);

#endif
