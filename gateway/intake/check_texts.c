#include "intake/check_texts.h"

static const char *const texts[CHECK_TEXT_COUNT][2] = {
#define TEXT(name, en, fr) [CHECK_##name] = { en, fr },
	CHECK_TEXTS(TEXT)
#undef TEXT
};

/* See check_texts.h. */
const char *
check_text(bool french, enum check_text id)
{
	return texts[id][french ? 1 : 0];
}
