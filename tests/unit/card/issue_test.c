#include "card/issue.h"

#include "base/base64.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "tap.h"

enum { ROUNDS = 10 };		/* the test is not about slowness */

static const struct symbols no_day = { .len = 0 };
static struct p256_public box_key;
static struct card_issued card;

static void
test_two_cards_differ(void)
{
	struct card_issued other;

	ok(card_issue("box-1", &box_key, "https://p.example", ROUNDS,
	    &card) == ST_OK && card_issue("box-1", &box_key,
	    "https://p.example", ROUNDS, &other) == ST_OK, "two cards");
	ok(card.number.len == 10 && card.code.len == 15, "as long as printed");
	ok(memcmp(card.number.text, other.number.text, 10) != 0 &&
	    memcmp(card.code.text, other.code.text, 15) != 0 &&
	    memcmp(&card.public_key, &other.public_key, 65) != 0,
	    "number, code and key are fresh");
	ok(memcmp(card.sk, other.sk, 16) != 0, "and so are the ivs");
}

/* Opens a blob the way a browser does: derive, decode, unwrap. */
static enum status
open_blob(const char *kind, const uint8_t *blob, size_t len, struct buf *out)
{
	uint8_t aad_bytes[64], raw[CARD_TRUST_MAX];
	struct buf aad = buf_over(aad_bytes, sizeof(aad_bytes));
	struct buf wrapped = buf_over(raw, sizeof(raw));
	struct card_keys keys;

	card_derive("box-1", &card.number, &card.code, &no_day, ROUNDS, &keys);
	TRY(buf_append(&aad, kind, strlen(kind) + 1));
	TRY(buf_append(&aad, "box-1", 6));
	TRY(buf_append(&aad, card.number.text, card.number.len));
	TRY(base64url_decode((struct span){ blob, len }, &wrapped));
	return aead_unwrap(&keys.kek, buf_span(&aad), buf_span(&wrapped), out);
}

static bool
starts_with(struct span s, const char *text)
{
	return span_is(span_slice(s, 0, strlen(text)), text);
}

static void
test_blobs_open_with_the_code(void)
{
	uint8_t store[CARD_TRUST_MAX];
	struct buf b = buf_over(store, sizeof(store));
	static const char end[] =
	    "\"},\"pickup\":\"https://p.example\",\"drop\":null}";

	ok(open_blob("guichet/1/sk", card.sk, card.sk_len, &b) == ST_OK &&
	    starts_with(buf_span(&b), "{\"kty\":\"EC\",\"crv\":\"P-256\","
	    "\"x\":\""), "sk is the private JWK");
	b.len = 0;
	ok(open_blob("guichet/1/trust", card.trust, card.trust_len, &b) ==
	    ST_OK && starts_with(buf_span(&b),
	    "{\"box\":{\"crv\":\"P-256\"") &&
	    span_is(span_slice(buf_span(&b), b.len - strlen(end), b.len), end),
	    "trust is box key, pickup and drop");
	b.len = 0;
	ok(open_blob("guichet/1/sk", card.trust, card.trust_len, &b) ==
	    ST_FORGED, "one does not pass for the other");
	card.code.text[0] = card.code.text[0] == '0' ? '1' : '0';
	ok(open_blob("guichet/1/sk", card.sk, card.sk_len, &b) == ST_FORGED,
	    "another code opens nothing");
	card.code.text[0] = 'U';	/* no symbol: the card is spoilt now */
}

static void
test_sk_belongs_to_the_public_key(void)
{
	uint8_t store[CARD_SK_MAX], d_bytes[32];
	struct buf b = buf_over(store, sizeof(store));
	struct buf d_buf = buf_over(d_bytes, sizeof(d_bytes));
	struct p256_public own;
	struct secret_32 d;

	ok(card_issue("box-1", &box_key, "https://p.example", ROUNDS,
	    &card) == ST_OK && open_blob("guichet/1/sk", card.sk,
	    card.sk_len, &b) == ST_OK, "a card");
	ok(base64url_decode(span_slice(buf_span(&b), b.len - 45, 43),
	    &d_buf) == ST_OK, "d is the last member");
	memcpy(d.byte, d_bytes, sizeof(d.byte));
	ok(p256_public_of(&d, &own) == ST_OK &&
	    memcmp(&own, &card.public_key, sizeof(own)) == 0,
	    "and the half of public_key");
}

static void
test_token_hash(void)
{
	struct card_keys keys;
	uint8_t hash[32];

	card_derive("box-1", &card.number, &card.code, &no_day, ROUNDS, &keys);
	sha256((struct span){ keys.auth.byte, 32 }, hash);
	ok(memcmp(hash, card.token_hash, 32) == 0, "SHA-256 of auth");
}

static void
test_a_pickup_that_is_too_long(void)
{
	static char pickup[2000], box[300];
	static const struct card_issued zero;

	memset(pickup, 'p', sizeof(pickup) - 1);
	memset(box, 'b', sizeof(box) - 1);
	ok(card_issue("box-1", &box_key, pickup, ROUNDS, &card) ==
	    ST_NO_SPACE, "does not fit into the blob");
	ok(memcmp(&card, &zero, sizeof(card)) == 0, "and leaves no secret");
	ok(card_issue(box, &box_key, "https://p.example", ROUNDS, &card) ==
	    ST_NO_SPACE, "nor does such a box name");
}

int
main(void)
{
	struct secret_32 box_d;

	p256_generate(&box_d, &box_key);
	test_two_cards_differ();
	test_blobs_open_with_the_code();
	test_sk_belongs_to_the_public_key();
	test_token_hash();
	test_a_pickup_that_is_too_long();
	return done_testing();
}
