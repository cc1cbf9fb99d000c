/*
 * A CDA document inside an ORU to a report: the bytes are the XML, the first
 * of them says what ORC-1 and OBX-11 are.  Invariants: an answer, text in
 * UTF-8, a reason for whatever is not delivered, a PDF that is one.
 */
#include "input/parse.h"

#include <stdlib.h>

#include "base/base64.h"
#include "wire/charset.h"

enum { XML_MAX = 65536, FRAME_MAX = 2 * XML_MAX };

#define HEAD "MSH|^~\\&|S|L|G|B|20261121073000||ORU^R01|M1|P|2.5\r" \
	"PID|1||P1^^^L&1.2.3&ISO^PI||MARTIN^ZOE\r"
#define ORDER "OBR|1|PL1|FI1|11502-2\rOBX|1|ED|11502-2||^TEXT^XML^Base64^"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_text(struct span s)
{
	if (!charset_is_utf8(s) || (s.len > 0 && memchr(s.ptr, 0, s.len) != NULL))
		abort();
}

static void
check_observation(const struct observation *o)
{
	check_text(o->code.code);
	check_text(o->code.text);
	check_text(o->value.text);
	check_text(o->range_text);
	check_text(o->unit);
	for (size_t i = 0; i < o->n_notes; i++)
		check_text(o->notes[i].text);
	if (o->release >= RELEASE_COUNT ||
	    (o->release != RELEASE_DELIVER && o->release_reason == NULL))
		abort();
}

static void
check_report(const struct report *r)
{
	check_text(r->report_id);
	check_text(r->organization);
	if (r->release >= RELEASE_COUNT ||
	    (r->release != RELEASE_DELIVER && r->release_reason == NULL))
		abort();
	for (size_t i = 0; i < r->n_panels; i++) {
		check_text(r->panels[i].code.text);
		for (size_t k = 0; k < r->panels[i].n_observations; k++)
			check_observation(&r->panels[i].observations[k]);
	}
	for (size_t i = 0; i < r->n_documents; i++) {
		check_text(r->documents[i].title);
		if (r->documents[i].bytes.len < 5 ||
		    memcmp(r->documents[i].bytes.ptr, "%PDF-", 5) != 0)
			abort();
	}
}

static void
write_frame(uint8_t choice, struct span xml, struct buf *frame)
{
	static const char *const orders[] = {
		"", "ORC|NW\r", "ORC|RO\r", "ORC|CA\r",
	};
	static const char *const statuses[] = {
		"||||||F\r", "||||||C\r", "||||||D\r", "||||||P\r",
	};

	if (buf_append_text(frame, HEAD) != ST_OK ||
	    buf_append_text(frame, orders[choice % 4]) != ST_OK ||
	    buf_append_text(frame, ORDER) != ST_OK ||
	    base64_encode(xml, frame) != ST_OK ||
	    buf_append_text(frame, statuses[choice / 4 % 4]) != ST_OK)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t storage[FRAME_MAX];
	struct config_source source = {
		.name = "fuzz", .card_paths = { "PID-3" },
		.patient_identifiers = "PI",
		.timezone = "CET-1CEST,M3.5.0,M10.5.0/3",
	};
	struct span xml = span_slice((struct span){ data, len }, 1, XML_MAX);
	struct buf frame = buf_over(storage, sizeof(storage));
	struct parsed parsed;
	struct arena arena;
	uint8_t choice = len > 0 ? data[0] : 0;

	source.legacy_orders = (choice & 0x40) != 0;
	write_frame(choice, xml, &frame);
	arena_init(&arena, 4 << 20);
	if (parse_frame(buf_span(&frame), &source, 1795242615000u, &arena,
	    &parsed) == ST_OK && parsed.n_reports != 1)
		abort();
	if (!parsed.answer)
		abort();
	for (size_t i = 0; i < parsed.n_reports; i++)
		check_report(&parsed.reports[i]);
	arena_clear(&arena);
	return 0;
}
