/* parsed.h -- what parse_text() of message.h made, or something empty. */
#ifndef TESTS_INTAKE_PARSED_H
#define TESTS_INTAKE_PARSED_H

#include "message.h"

static inline const struct report *
report(size_t i)
{
	static const struct report none;

	return i < parsed.n_reports ? &parsed.reports[i] : &none;
}

static inline const struct panel *
panel(size_t i)
{
	static const struct panel none;

	return i < report(0)->n_panels ? &report(0)->panels[i] : &none;
}

static inline const struct observation *
observation(size_t p, size_t i)
{
	static const struct observation none;

	return i < panel(p)->n_observations ? &panel(p)->observations[i] : &none;
}

#endif
