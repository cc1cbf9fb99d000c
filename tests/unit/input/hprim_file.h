/* hprim_file.h -- what the tests of the HPRIM readers share: a source, an
 * arena, and files written with "\n" where they have CR. */
#ifndef TESTS_INTAKE_HPRIM_FILE_H
#define TESTS_INTAKE_HPRIM_FILE_H

#include <stdlib.h>

#include "card/symbols.h"
#include "input/hprim.h"

#define NOW_MS 1795242615000u	/* Saturday 2026-11-21 07:30:15 in Paris */

#define H "H|~^\\&|LAB00001.HPR||LAB1~Labo du Port||ORU|||GUICHET||P|H2.4~C|" \
	"202611210730\n"
#define P "P|1|IPP7|4711||MARTIN~ZOE~~~MME|DUPONT|19790328|F||RUE~~PARIS\n"
#define OBR "OBR|1|EP1~RQ1|EL1~DOS1|GLY~Glycemie~L|||202611210700||||||||" \
	"SANG&Sang&L|||||||202611210725|||F|||||||BIO~DURAND&LEO\n"
#define OBX "OBX|1|NM|GLY~Glucose~L||5.10|mmol/l|3.9-5.5|N|||F|||202611210710\n"
#define L "L|1\n"

static struct config_source source;
static struct arena arena;
static struct parsed parsed;
static struct input_piece pieces[4];
static size_t n_pieces;

static inline void
source_init(void)
{
	source = (struct config_source){
		.name = "default", .card_paths = { "PID-3", "OBR-20" },
		.production = true, .hprim_medecin = true,
		.timezone = "CET-1CEST,M3.5.0,M10.5.0/3",
	};
	n_pieces = 0;
}

static inline enum status
parse_as(const struct input_kind *kind, struct span bytes, const char *name)
{
	struct input in = {
		.kind = kind, .source = &source, .bytes = bytes,
		.name = span_of(name), .pieces = pieces, .n_pieces = n_pieces,
	};

	arena_clear(&arena);
	arena_init(&arena, 64 << 20);
	return kind->parse(&in, NOW_MS, &arena, &parsed);
}

static inline enum status
parse_kind(const struct input_kind *kind, const char *text)
{
	static uint8_t file[1 << 16];
	size_t len = strlen(text);

	if (len > sizeof(file))
		abort();
	for (size_t i = 0; i < len; i++)
		file[i] = text[i] == '\n' ? '\r' : (uint8_t)text[i];
	return parse_as(kind, (struct span){ file, len }, "LAB00001.HPR");
}

static inline enum status
sante(const char *text)
{
	return parse_kind(&input_hprim_sante, text);
}

static inline enum status
medecin(const char *text)
{
	return parse_kind(&input_hprim_medecin, text);
}

/* Refused with this error at this field, and with nothing left to store. */
static inline bool
refused(enum status st, unsigned error, unsigned field, const char *where)
{
	return st == ST_INVALID && parsed.reply.code != HL7_AA &&
	    parsed.reply.error == error && parsed.reply.field == field &&
	    span_is(parsed.where, where) && parsed.n_reports == 0 &&
	    parsed.answer;
}

/* What is said of it, with a NUL. */
static inline const char *
answer(const struct input_kind *kind)
{
	static char text[HPRIM_ANSWER_MAX + 1];
	struct buf out = buf_over(text, HPRIM_ANSWER_MAX);

	if (kind->answer(&parsed, NOW_MS, span_of("0123456789abcdef0123"),
	    &out) != ST_OK)
		return "";
	text[out.len] = '\0';
	return text;
}

#endif
