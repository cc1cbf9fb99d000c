#include "desk/texts.h"

static const char *const texts[TEXT_COUNT][LANG_COUNT] = {
#define TEXT(name, en, fr) [TEXT_##name] = { [LANG_EN] = en, [LANG_FR] = fr },
	DESK_TEXTS(TEXT)
#undef TEXT
};

/* See texts.h. */
const char *
text_in(enum lang lang, enum text_id id)
{
	return texts[id][lang];
}

/* See texts.h. */
enum lang
lang_of(struct span name)
{
	return span_is(span_slice(name, 0, 2), "fr") ? LANG_FR : LANG_EN;
}
