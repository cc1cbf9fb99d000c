#include "config/words.h"

#include <stdbool.h>

#include "config/keys.def"
#include "config/keys.h"

enum { LIKE_MAX = 3, KEY_MAX = 48 };

#define X(key, kind, field, initial, least, most, roles, allowed, doc) \
	{ allowed, doc },
static const struct value_words words[] = { CONFIG_KEYS(X) };
static const struct value_words source_words[] = { CONFIG_SOURCE_KEYS(X) };
static const struct value_words hold_words[] = { CONFIG_HOLD_KEYS(X) };
#undef X

static bool
is_among(const struct value_row *row, const struct value_row *rows, size_t n)
{
	return row >= rows && row < rows + n;
}

/* See words.h. */
const struct value_words *
words_of(const struct value_row *row)
{
	if (is_among(row, config_source_keys, config_n_source_keys))
		return &source_words[row - config_source_keys];
	if (is_among(row, config_hold_keys, config_n_hold_keys))
		return &hold_words[row - config_hold_keys];
	return &words[row - config_keys];
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

/* See words.h. */
const struct value_row *
words_like(const struct value_row *rows, size_t n, struct span key)
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
