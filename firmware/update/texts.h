/* texts.h -- the updater's sentences, by name and language. */
#ifndef UPDATE_TEXTS_H
#define UPDATE_TEXTS_H

#include <stdbool.h>

#include "update/slot.h"
#include "update/texts.def"

enum text_id {
#define TEXT(name, english, french) TEXT_##name,
	UPDATE_TEXTS(TEXT)
#undef TEXT
	TEXT_COUNT
};

/* A printf() format; static storage. */
const char *text_in(bool french, enum text_id id);

/* What a person reads of a slot; no conversions. */
const char *text_of_slot(bool french, enum slot_state state);

#endif
