#include "update/trust.h"

#include "crypto/digest.h"

enum { POINT_BYTES = 65 };

static void
name_key(struct trust_key *key)
{
	uint8_t hash[32];

	sha256((struct span){ key->point.point, POINT_BYTES }, hash);
	memcpy(key->id, hash, sizeof(key->id));
}

/* See trust.h. */
enum status
trust_set_keys(struct trust *t, struct span points)
{
	size_t n = points.len / POINT_BYTES;

	if (n == 0 || n > TRUST_KEYS_MAX || points.len % POINT_BYTES != 0)
		return ST_INVALID;
	for (size_t i = 0; i < n; i++) {
		TRY(p256_check(span_slice(points, i * POINT_BYTES, POINT_BYTES),
		    &t->key[i].point));
		name_key(&t->key[i]);
	}
	t->n_keys = (unsigned)n;
	return ST_OK;
}

static const struct trust_key *
find_key(const struct trust *t, struct span id)
{
	for (unsigned i = 0; i < t->n_keys; i++)
		if (span_equal(id, (struct span){ t->key[i].id,
		    sizeof(t->key[i].id) }))
			return &t->key[i];
	return NULL;
}

static enum refusal
judge_signature(const struct trust *t, struct span header)
{
	const struct trust_key *key;
	struct span id, signature;
	enum status st = container_signature(header, &id, &signature);

	if (st == ST_NOT_FOUND)
		return REFUSAL_NOT_CONTAINER;
	if (st != ST_OK)
		return REFUSAL_SIGNATURE;
	key = find_key(t, id);
	if (key == NULL)
		return REFUSAL_KEY;
	return p256_verify_der(&key->point, span_slice(header, 0,
	    CONTAINER_SIGNED_BYTES), signature) == ST_OK ? REFUSAL_NONE
	    : REFUSAL_SIGNATURE;
}

static enum refusal
judge_fields(const struct trust *t, const struct container *c)
{
	if (strcmp(c->board, t->board) != 0)
		return REFUSAL_BOARD;
	if (c->release < t->floor)
		return REFUSAL_BELOW_FLOOR;
	if (c->release <= t->release)
		return REFUSAL_NOT_NEWER;
	for (size_t i = 0; i < CONTAINER_IMAGES; i++)
		if (c->image[i].bytes > t->room[i])
			return REFUSAL_TOO_LARGE;
	return REFUSAL_NONE;
}

/* See trust.h. */
enum refusal
trust_judge(const struct trust *t, struct span header, struct container *out)
{
	enum refusal why = judge_signature(t, header);

	if (why != REFUSAL_NONE)
		return why;
	if (container_parse(header, out) != ST_OK)
		return REFUSAL_HEADER;
	return judge_fields(t, out);
}
