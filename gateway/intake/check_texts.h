/* check_texts.h -- the sentences of `guichet intake`; see check_texts.def. */
#ifndef INTAKE_CHECK_TEXTS_H
#define INTAKE_CHECK_TEXTS_H

#include <stdbool.h>

#include "intake/check_texts.def"

enum check_text {
#define TEXT(name, en, fr) CHECK_##name,
	CHECK_TEXTS(TEXT)
#undef TEXT
	CHECK_TEXT_COUNT
};

/* A printf format or a plain sentence; static storage, never NULL. */
const char *check_text(bool french, enum check_text id);

#endif
