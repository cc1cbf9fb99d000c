#include "config/keys.h"

#include <stddef.h>

#include "config/config.h"
#include "config/keys.def"

enum { LIKE_MAX = 3, KEY_MAX = 48 };

#define FIELD_SIZE(type, field) sizeof(((type *)0)->field)

const struct value_row config_keys[] = {
#define X(key, kind, field, initial, least, most, roles, allowed, doc)  \
	{ key, VALUE_##kind, offsetof(struct config, field),            \
	    FIELD_SIZE(struct config, field), initial, least, most,     \
	    roles, allowed, doc },
	CONFIG_KEYS(X)
#undef X
};
const size_t config_n_keys = COUNT(config_keys);
_Static_assert(COUNT(config_keys) <= KEYS_MAX, "more keys than room");

const struct value_row config_source_keys[] = {
#define X(key, kind, field, initial, least, most, roles, allowed, doc)  \
	{ key, VALUE_##kind, offsetof(struct config_source, field),     \
	    FIELD_SIZE(struct config_source, field), initial, least,    \
	    most, roles, allowed, doc },
	CONFIG_SOURCE_KEYS(X)
#undef X
};
const size_t config_n_source_keys = COUNT(config_source_keys);
_Static_assert(COUNT(config_source_keys) <= KEYS_MAX, "more keys than room");

const struct value_row config_hold_keys[] = {
#define X(key, kind, field, initial, least, most, roles, allowed, doc)  \
	{ key, VALUE_##kind, offsetof(struct config_hold, field),       \
	    FIELD_SIZE(struct config_hold, field), initial, least,      \
	    most, roles, allowed, doc },
	CONFIG_HOLD_KEYS(X)
#undef X
};
const size_t config_n_hold_keys = COUNT(config_hold_keys);
_Static_assert(COUNT(config_hold_keys) <= KEYS_MAX, "more keys than room");

/* See keys.h. */
const struct value_row *
keys_find(const struct value_row *rows, size_t n, struct span key)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(key, rows[i].key))
			return &rows[i];
	return NULL;
}

static size_t
least_of(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Letters to insert, delete or change (Levenshtein), one row at a time. */
static size_t
distance(struct span a, struct span b)
{
	size_t row[KEY_MAX + 1];

	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t above = row[j];
			bool same = a.ptr[i - 1] == b.ptr[j - 1];

			row[j] = least_of(above + 1, row[j - 1] + 1,
			    diagonal + (same ? 0 : 1));
			diagonal = above;
		}
	}
	return row[b.len];
}

/* See keys.h. */
const struct value_row *
keys_like(const struct value_row *rows, size_t n, struct span key)
{
	const struct value_row *best = NULL;
	size_t best_distance = LIKE_MAX + 1;

	if (key.len > KEY_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t d = distance(key, span_of(rows[i].key));

		if (d < best_distance && d < key.len) {
			best = &rows[i];
			best_distance = d;
		}
	}
	return best;
}
