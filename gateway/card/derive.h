/*
 * derive.h -- from what is on the slip to the three keys of a variant
 * (docs/formats/card.md, "Derivation").
 */
#ifndef CARD_DERIVE_H
#define CARD_DERIVE_H

#include "base/secret.h"
#include "card/symbols.h"

enum { CARD_ROUNDS = 600000 };

struct card_keys {
	struct secret_32 auth, kek, loc;
};

/* `day` with len 0: the local variant.  Takes ~0.3 s.  Wipes what it makes
 * on the way; the caller wipes `out`. */
void card_derive(const char *box, const struct symbols *number,
    const struct symbols *code, const struct symbols *day, uint32_t rounds,
    struct card_keys *out);

#endif
