/* keys.h -- keys.def as tables. */
#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include "config/values.h"

enum { KEYS_MAX = 128 };	/* of a section, at most */

/* Fields of struct config, of struct config_source, of struct config_hold. */
extern const struct value_row config_keys[];
extern const size_t           config_n_keys;
extern const struct value_row config_source_keys[];
extern const size_t           config_n_source_keys;
extern const struct value_row config_hold_keys[];
extern const size_t           config_n_hold_keys;

/* The row named `key`, or NULL. */
const struct value_row *
keys_find(const struct value_row *rows, size_t n, struct span key);

#endif
