/*
 * issue.h -- makes a pickup card: number, codes, key pair, sealed blobs.
 *
 * Every derived key and the private key are wiped before card_issue()
 * returns; of what is secret only `code` and `day_code` are left: the caller
 * prints the one, hands the other to the vault, and wipes both.
 */
#ifndef CARD_ISSUE_H
#define CARD_ISSUE_H

#include "card/derive.h"
#include "crypto/p256.h"

enum { CARD_SK_MAX = 512, CARD_TRUST_MAX = 2048 };

/* What the card is to be; everything borrowed for the call. */
struct card_wish {
	const char *box;		/* its id */
	const struct p256_public *box_key;
	const char *pickup;		/* the branch page's origin */
	const char *drop;		/* public URL; NULL: no drop variant */
	uint32_t    rounds;		/* of PBKDF2 */
};

/* The card's private key and its trust, sealed under one variant's kek. */
struct card_sealed {
	uint8_t sk[CARD_SK_MAX];	/* b64u blob */
	size_t  sk_len;
	uint8_t trust[CARD_TRUST_MAX];	/* b64u blob */
	size_t  trust_len;
};

struct card_issued {
	struct symbols     number;		/* public */
	struct symbols     code;		/* SECRET until wiped */
	struct symbols     day_code;		/* SECRET until wiped; len 0:
						   there is no drop variant */
	struct p256_public public_key;
	uint8_t            token_hash[32];	/* SHA-256(auth), local */
	uint8_t            loc[32];		/* names the index in the drop */
	struct card_sealed local;		/* slip code alone */
	struct card_sealed drop;		/* slip code and day code */
};

/*
 * Takes ~0.3 s, twice that with a drop variant.
 *
 *   ST_OK
 *   ST_NO_SPACE  an address is too long for the trust blob; `out` is wiped
 */
MUST_CHECK enum status
card_issue(const struct card_wish *wish, struct card_issued *out);

#endif
