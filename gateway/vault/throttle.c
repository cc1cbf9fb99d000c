#include "vault/throttle.h"

struct rule {
	uint64_t limit;		/* wrong attempts per hour; 0: configured ... */
	uint64_t times;		/* ... times this */
	uint64_t block_s;	/* the first time */
	uint64_t block_max_s;	/* it doubles up to here */
};

enum { HOUR = 3600, DAY = 86400 };

/*
 * Ten wrong attempts at a card from one address in the hour that the first
 * one starts, then an hour without any, later two, at most four.  From many
 * addresses together a hundred, and a wait that a patient at the counter can
 * sit out.  The phones of a branch may share an address (IPv4) and do share
 * a /64, so those are wide; the box's only slows a flood down.
 */
static const struct rule rules[THROTTLES] = {
	[THROTTLE_PAIR]    = { 0,    1,  HOUR, 4 * HOUR },
	[THROTTLE_CARD]    = { 0,    10, 60,   600 },
	[THROTTLE_ADDRESS] = { 60,   0,  600,  HOUR },
	[THROTTLE_NETWORK] = { 600,  0,  60,   600 },
	[THROTTLE_BOX]     = { 1000, 0,  10,   60 },
};

struct counter {
	uint64_t wrong, since_on_s, until_on_s, strikes;
};

static void
mac(const struct vault *v, const char *what, struct span bytes,
    uint8_t out[static 32])
{
	keys_mac(&v->secrets->keys, KEY_THROTTLE, what, bytes, out);
}

/* See throttle.h. */
void
throttle_keys(const struct vault *v, struct span card,
    const uint8_t peer[static 16], struct throttle_keys *out)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool is_v4 = memcmp(peer, mapped, sizeof(mapped)) == 0;
	uint8_t pair[16 + 32];

	memcpy(pair, peer, 16);
	mac(v, "card", card, out->key[THROTTLE_CARD]);
	memcpy(pair + 16, out->key[THROTTLE_CARD], 32);
	mac(v, "pair", (struct span){ pair, sizeof(pair) },
	    out->key[THROTTLE_PAIR]);
	mac(v, "peer", (struct span){ peer, 16 },
	    out->key[THROTTLE_ADDRESS]);
	/* An IPv4 address is a network of its own. */
	mac(v, "network", (struct span){ peer, is_v4 ? 16 : 8 },
	    out->key[THROTTLE_NETWORK]);
	mac(v, "box", (struct span){ NULL, 0 }, out->key[THROTTLE_BOX]);
}

static enum status
load(struct vault *v, const uint8_t *key, struct counter *c)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_THROTTLE_GET);
	enum status st;

	*c = (struct counter){ .since_on_s = v->clock.on_s };
	sql_bytes(q, 1, key, 32);
	st = sql_next(q);
	if (st == ST_OK) {
		*c = (struct counter){ col_u64(q, 0), col_u64(q, 1),
		    col_u64(q, 2), col_u64(q, 3) };
		(void)sqlite3_reset(q);
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status
save(struct vault *v, const uint8_t *key, const struct counter *c)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_THROTTLE_PUT);

	sql_bytes(q, 1, key, 32);
	sql_u64(q, 2, c->wrong);
	sql_u64(q, 3, c->since_on_s);
	sql_u64(q, 4, c->until_on_s);
	sql_u64(q, 5, c->strikes);
	return sql_run(q);
}

static size_t
first_of(bool with_card)
{
	return with_card ? 0 : THROTTLE_ADDRESS;
}

/* See throttle.h. */
enum status
throttle_check(struct vault *v, const struct throttle_keys *keys,
    bool with_card, uint64_t *retry_after_s)
{
	uint64_t longest = 0, now = v->clock.on_s;
	struct counter c;

	for (size_t i = first_of(with_card); i < THROTTLES; i++) {
		TRY(load(v, keys->key[i], &c));
		if (c.until_on_s > now && c.until_on_s - now > longest)
			longest = c.until_on_s - now;
	}
	*retry_after_s = longest;
	return ST_OK;
}

static bool
count_one(struct counter *c, const struct rule *rule, uint64_t limit,
    uint64_t now, unsigned wrong)
{
	uint64_t block = rule->block_s;

	if (now - c->since_on_s >= DAY)
		c->strikes = 0;
	if (now - c->since_on_s >= HOUR) {
		c->wrong = 0;
		c->since_on_s = now;
	}
	c->wrong += wrong;
	if (c->wrong < limit)
		return false;
	for (uint64_t i = 0; i < c->strikes && block < rule->block_max_s; i++)
		block *= 2;
	if (block > rule->block_max_s)
		block = rule->block_max_s;
	c->until_on_s = now + block;
	c->since_on_s = now;
	c->wrong = 0;
	c->strikes++;
	return true;
}

/* See throttle.h. */
enum status
throttle_count(struct vault *v, const struct throttle_keys *keys,
    bool with_card, unsigned wrong, bool *limited)
{
	struct counter c;
	uint64_t limit;

	*limited = false;
	for (size_t i = first_of(with_card); i < THROTTLES; i++) {
		limit = rules[i].limit != 0 ? rules[i].limit
		    : v->settings.wrong_tokens_per_hour * rules[i].times;
		TRY(load(v, keys->key[i], &c));
		if (count_one(&c, &rules[i], limit, v->clock.on_s, wrong))
			*limited = true;
		TRY(save(v, keys->key[i], &c));
	}
	return ST_OK;
}
