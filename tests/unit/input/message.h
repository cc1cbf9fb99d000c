/* message.h -- what the tests of the parser share: a source, an arena, and
 * messages written with "\n" where HL7 has CR. */
#ifndef TESTS_INTAKE_MESSAGE_H
#define TESTS_INTAKE_MESSAGE_H

#include <stdlib.h>

#include "input/parse.h"

#define NOW_MS 1795242615000u	/* Saturday 2026-11-21 07:30:15 in Paris */

#define MSH "MSH|^~\\&|SIL|LABO|GUICHET|BOX|20261121073000||ORU^R01^ORU_R01|" \
	"M1|P|2.5.1\n"
#define PID "PID|1||PAT1^^^LABO^PI||MARTIN^ZOE^^^MME^^L||19790328|F\n"
#define OBR "OBR|1|PL1|FI1|GLU^Glycemie^L|||20261121070000||||||||||||||" \
	"|20261121072500||CH|F\n"
#define OBX "OBX|1|NM|GLU^Glucose^L||5.10|mmol/L|3.9-5.5|N|||F\n"

static struct config_source source;
static struct arena arena;
static struct parsed parsed;

static inline void
source_init(void)
{
	source = (struct config_source){
		.name = "default", .card_paths = { "PID-3", "OBR-20" },
		.card_authority = "GUICHET", .production = true,
		.patient_identifiers = "PI, MR, PT",
		.timezone = "CET-1CEST,M3.5.0,M10.5.0/3",
	};
}

/* Parses `text` with "\n" as CR; `parsed` holds the rest. */
static inline enum status
parse_text(const char *text)
{
	static uint8_t frame[1 << 16];
	size_t len = strlen(text);

	if (len > sizeof(frame))
		abort();
	for (size_t i = 0; i < len; i++)
		frame[i] = text[i] == '\n' ? '\r' : (uint8_t)text[i];
	arena_clear(&arena);
	arena_init(&arena, 64 << 20);
	return parse_frame((struct span){ frame, len }, &source, NOW_MS, &arena,
	    &parsed);
}

#endif
