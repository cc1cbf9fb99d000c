#include "update/texts.h"

static const char *const texts[TEXT_COUNT][2] = {
#define TEXT(name, english, french) [TEXT_##name] = { english, french },
	UPDATE_TEXTS(TEXT)
#undef TEXT
};

/* See texts.h. */
const char *
text_in(bool french, enum text_id id)
{
	return texts[id][french];
}

/* See texts.h. */
const char *
text_of_slot(bool french, enum slot_state state)
{
	static const enum text_id of[SLOT_STATES] = {
		[SLOT_HEALTHY] = TEXT_SLOT_HEALTHY,
		[SLOT_TRIED]   = TEXT_SLOT_TRIED,
		[SLOT_ARMED]   = TEXT_SLOT_ARMED,
		[SLOT_READY]   = TEXT_SLOT_READY,
		[SLOT_FAILED]  = TEXT_SLOT_FAILED,
		[SLOT_EMPTY]   = TEXT_SLOT_EMPTY,
	};

	return text_in(french, of[state]);
}
