/* Stands in for the handlers of pickup: routes only need their addresses. */
#include "pickup/handlers.h"

#define FAKE(name) \
	void \
	name(struct exchange *x) \
	{ \
		(void)x; \
	}

FAKE(handle_page)
FAKE(handle_icon)
FAKE(handle_robots)
FAKE(handle_card)
FAKE(handle_share_make)
FAKE(handle_share_end)
FAKE(handle_object)
FAKE(handle_manifest)
FAKE(handle_direct)
FAKE(handle_location)
FAKE(handle_watch)
