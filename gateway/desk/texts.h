/* texts.h -- the desk's sentences by language; see texts.def. */
#ifndef DESK_TEXTS_H
#define DESK_TEXTS_H

#include "base/span.h"
#include "desk/texts.def"

enum lang { LANG_EN, LANG_FR, LANG_COUNT };

enum text_id {
#define TEXT(name, en, fr) TEXT_##name,
	DESK_TEXTS(TEXT)
#undef TEXT
	TEXT_COUNT
};

/* A printf format or a plain sentence; static storage, never NULL. */
const char *text_in(enum lang lang, enum text_id id);

/* "fr" and "fr_FR.UTF-8" are French; everything else is English. */
enum lang lang_of(struct span name);

#endif
