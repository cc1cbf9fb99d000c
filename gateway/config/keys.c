#include "config/keys.h"

#include <stddef.h>

#include "config/config.h"
#include "config/keys.def"

/* What only a person reads is in words.c. */
#define CHOICES(kind, allowed) VALUE_##kind == VALUE_CHOICE ? allowed : NULL
#define FIELD_SIZE(type, field) sizeof(((type *)0)->field)

const struct value_row config_keys[] = {
#define X(key, kind, field, initial, least, most, roles, allowed, doc)  \
	{ key, VALUE_##kind, offsetof(struct config, field),            \
	    FIELD_SIZE(struct config, field), initial, least, most,     \
	    roles, CHOICES(kind, allowed) },
	CONFIG_KEYS(X)
#undef X
};
const size_t config_n_keys = COUNT(config_keys);
_Static_assert(COUNT(config_keys) <= KEYS_MAX, "more keys than room");

const struct value_row config_source_keys[] = {
#define X(key, kind, field, initial, least, most, roles, allowed, doc)  \
	{ key, VALUE_##kind, offsetof(struct config_source, field),     \
	    FIELD_SIZE(struct config_source, field), initial, least,    \
	    most, roles, CHOICES(kind, allowed) },
	CONFIG_SOURCE_KEYS(X)
#undef X
};
const size_t config_n_source_keys = COUNT(config_source_keys);
_Static_assert(COUNT(config_source_keys) <= KEYS_MAX, "more keys than room");

const struct value_row config_hold_keys[] = {
#define X(key, kind, field, initial, least, most, roles, allowed, doc)  \
	{ key, VALUE_##kind, offsetof(struct config_hold, field),       \
	    FIELD_SIZE(struct config_hold, field), initial, least,      \
	    most, roles, CHOICES(kind, allowed) },
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
