/*
 * words.h -- what a person needs who writes a configuration: what each key is
 * for, what it may be, and which one was meant.  guichetd has it; a role reads
 * what guichetd has checked and does without.
 */
#ifndef CONFIG_WORDS_H
#define CONFIG_WORDS_H

#include "config/values.h"

struct value_words {
	const char *allowed;	/* ends the sentence "must be ..." */
	const char *doc;
};

/* Of a row of one of the tables in keys.h. */
const struct value_words *words_of(const struct value_row *row);

/* The row whose name is like `key` (at most three slips of the pen), or NULL. */
const struct value_row *
words_like(const struct value_row *rows, size_t n, struct span key);

#endif
