#include "card/issue.h"

#include "base/base64.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "tap.h"

enum { ROUNDS = 10 };		/* the test is not about slowness */

static const struct symbols no_day = { .len = 0 };
static struct p256_public box_key;
static struct card_issued card;

/* A card of box-1, with a drop variant where `drop` is not NULL. */
static enum status
issue(const char *drop, struct card_issued *out)
{
	const struct card_wish wish = { "box-1", &box_key,
	    "https://p.example", drop, ROUNDS };

	return card_issue(&wish, out);
}

static void
test_two_cards_differ(void)
{
	struct card_issued other;

	ok(issue(NULL, &card) == ST_OK && issue(NULL, &other) == ST_OK,
	    "two cards");
	ok(card.number.len == 10 && card.code.len == 15, "as long as printed");
	ok(memcmp(card.number.text, other.number.text, 10) != 0 &&
	    memcmp(card.code.text, other.code.text, 15) != 0 &&
	    memcmp(&card.public_key, &other.public_key, 65) != 0,
	    "number, code and key are fresh");
	ok(memcmp(card.local.sk, other.local.sk, 16) != 0,
	    "and so are the ivs");
	ok(card.day_code.len == 0 && card.drop.sk_len == 0 &&
	    card.drop.trust_len == 0, "no drop was asked for, none is made");
}

/* Opens a blob the way a browser does: derive, decode, unwrap. */
static enum status
open_with(const struct symbols *day, const char *kind, struct span blob,
    struct buf *out)
{
	uint8_t aad_bytes[64], raw[CARD_TRUST_MAX];
	struct buf aad = buf_over(aad_bytes, sizeof(aad_bytes));
	struct buf wrapped = buf_over(raw, sizeof(raw));
	struct card_keys keys;

	card_derive("box-1", &card.number, &card.code, day, ROUNDS, &keys);
	TRY(buf_append(&aad, kind, strlen(kind) + 1));
	TRY(buf_append(&aad, "box-1", 6));
	TRY(buf_append(&aad, card.number.text, card.number.len));
	TRY(base64url_decode(blob, &wrapped));
	return aead_unwrap(&keys.kek, buf_span(&aad), buf_span(&wrapped), out);
}

static enum status
open_blob(const char *kind, const uint8_t *blob, size_t len, struct buf *out)
{
	return open_with(&no_day, kind, (struct span){ blob, len }, out);
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

	ok(open_blob("guichet/1/sk", card.local.sk, card.local.sk_len, &b) == ST_OK &&
	    starts_with(buf_span(&b), "{\"kty\":\"EC\",\"crv\":\"P-256\","
	    "\"x\":\""), "sk is the private JWK");
	b.len = 0;
	ok(open_blob("guichet/1/trust", card.local.trust, card.local.trust_len, &b) ==
	    ST_OK && starts_with(buf_span(&b),
	    "{\"box\":{\"crv\":\"P-256\"") &&
	    span_is(span_slice(buf_span(&b), b.len - strlen(end), b.len), end),
	    "trust is box key, pickup and drop");
	b.len = 0;
	ok(open_blob("guichet/1/sk", card.local.trust, card.local.trust_len, &b) ==
	    ST_FORGED, "one does not pass for the other");
	card.code.text[0] = card.code.text[0] == '0' ? '1' : '0';
	ok(open_blob("guichet/1/sk", card.local.sk, card.local.sk_len, &b) == ST_FORGED,
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

	ok(issue(NULL, &card) == ST_OK && open_blob("guichet/1/sk", card.local.sk,
	    card.local.sk_len, &b) == ST_OK, "a card");
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

static bool
ends_with(struct span s, const char *text)
{
	return s.len >= strlen(text) && span_is(span_slice(s,
	    s.len - strlen(text), s.len), text);
}

/* The second copy: the same private key under slip code and day code. */
static void
test_drop_variant(void)
{
	uint8_t local_sk[CARD_SK_MAX], drop_sk[CARD_SK_MAX];
	uint8_t store[CARD_TRUST_MAX];
	struct buf a = buf_over(local_sk, sizeof(local_sk));
	struct buf b = buf_over(drop_sk, sizeof(drop_sk));
	struct buf trust = buf_over(store, sizeof(store));

	ok(issue("https://s.example/v1/b", &card) == ST_OK &&
	    card.day_code.len == DAY_CODE_LEN, "a card with a day code");
	ok(open_blob("guichet/1/sk", card.local.sk, card.local.sk_len, &a) ==
	    ST_OK && open_with(&card.day_code, "guichet/1/sk",
	    (struct span){ card.drop.sk, card.drop.sk_len }, &b) == ST_OK &&
	    span_equal(buf_span(&a), buf_span(&b)),
	    "both variants hold the same key");
	ok(open_with(&card.day_code, "guichet/1/trust", (struct span){
	    card.drop.trust, card.drop.trust_len }, &trust) == ST_OK &&
	    ends_with(buf_span(&trust), ",\"drop\":\"https://s.example/v1/b\"}"),
	    "the drop's trust says where the drop is");
	trust.len = 0;
	ok(open_blob("guichet/1/trust", card.local.trust,
	    card.local.trust_len, &trust) == ST_OK &&
	    ends_with(buf_span(&trust), ",\"drop\":\"https://s.example/v1/b\"}"),
	    "and so does the branch's");
	b.len = 0;
	ok(open_with(&no_day, "guichet/1/sk", (struct span){ card.drop.sk,
	    card.drop.sk_len }, &b) == ST_FORGED,
	    "the slip alone opens nothing in the drop");
	ok(open_with(&card.day_code, "guichet/1/sk",
	    (struct span){ card.local.sk, card.local.sk_len }, &b) ==
	    ST_FORGED, "nor does the day code open the branch's");
	card.day_code.text[3] = card.day_code.text[3] == 'A' ? 'B' : 'A';
	ok(open_with(&card.day_code, "guichet/1/sk", (struct span){
	    card.drop.sk, card.drop.sk_len }, &b) == ST_FORGED,
	    "nor another day code");
}

static void
test_loc_is_of_the_drop_variant(void)
{
	struct card_keys local, drop;

	ok(issue("https://s.example", &card) == ST_OK, "a card");
	card_derive("box-1", &card.number, &card.code, &no_day, ROUNDS,
	    &local);
	card_derive("box-1", &card.number, &card.code, &card.day_code, ROUNDS,
	    &drop);
	ok(memcmp(card.loc, drop.loc.byte, 32) == 0 &&
	    memcmp(card.loc, local.loc.byte, 32) != 0, "names its index");
}

static void
test_day_codes_differ(void)
{
	struct card_issued other;
	char printed[SYMBOLS_PRINTED_MAX];
	struct buf out = buf_over(printed, sizeof(printed));
	struct symbols back;

	ok(issue("https://s.example", &card) == ST_OK &&
	    issue("https://s.example", &other) == ST_OK &&
	    memcmp(card.day_code.text, other.day_code.text, DAY_CODE_LEN) != 0,
	    "day codes are fresh");
	ok(symbols_print(&card.day_code, &out) == ST_OK && out.len == 13 &&
	    printed[4] == '-' && printed[9] == '-', "printed 4-4-3");
	ok(symbols_parse(buf_span(&out), DAY_CODE_LEN, &back) == ST_OK &&
	    memcmp(back.text, card.day_code.text, DAY_CODE_LEN) == 0,
	    "and read again");
}

static void
test_an_address_that_is_too_long(void)
{
	static char address[2000], box[300];
	static const struct card_issued zero;
	struct card_wish wish = { "box-1", &box_key, address, NULL, ROUNDS };

	memset(address, 'p', sizeof(address) - 1);
	memset(box, 'b', sizeof(box) - 1);
	ok(card_issue(&wish, &card) == ST_NO_SPACE,
	    "a pickup that does not fit into the blob");
	ok(memcmp(&card, &zero, sizeof(card)) == 0, "leaves no secret");
	wish.pickup = "https://p.example";
	wish.drop = address;
	ok(card_issue(&wish, &card) == ST_NO_SPACE &&
	    memcmp(&card, &zero, sizeof(card)) == 0, "nor does such a drop");
	wish.drop = NULL;
	wish.box = box;
	ok(card_issue(&wish, &card) == ST_NO_SPACE,
	    "nor does such a box name");
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
	test_drop_variant();
	test_loc_is_of_the_drop_variant();
	test_day_codes_differ();
	test_an_address_that_is_too_long();
	return done_testing();
}
