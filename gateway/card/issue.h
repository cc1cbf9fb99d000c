/*
 * issue.h -- makes a pickup card: number, code, key pair, sealed blobs.
 *
 * The code, every derived key and the private key are wiped before
 * card_issue() returns, except `code`, which the caller prints and wipes.
 */
#ifndef CARD_ISSUE_H
#define CARD_ISSUE_H

#include "card/derive.h"
#include "crypto/p256.h"

enum { CARD_SK_MAX = 512, CARD_TRUST_MAX = 2048 };

struct card_issued {
	struct symbols     number;		/* public */
	struct symbols     code;		/* SECRET until wiped */
	struct p256_public public_key;
	uint8_t            token_hash[32];	/* SHA-256(auth) */
	uint8_t            sk[CARD_SK_MAX];	/* b64u blob */
	size_t             sk_len;
	uint8_t            trust[CARD_TRUST_MAX]; /* b64u blob */
	size_t             trust_len;
};

/* `box_key` and `pickup` (an origin) go into the trust blob; drop is null.
 * ST_OK, or ST_NO_SPACE where `pickup` is too long for the blob. */
MUST_CHECK enum status
card_issue(const char *box, const struct p256_public *box_key,
    const char *pickup, uint32_t rounds, struct card_issued *out);

#endif
