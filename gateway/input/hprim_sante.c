/* HPRIM Santé as a kind of input: H, the patients, and who sent it; see
 * hprim.h. */
#include "input/hprim.h"

#include "crypto/digest.h"
#include "wire/hl7_time.h"

/* --- H ------------------------------------------------------------------- */

static void
read_head(struct hprim *h)
{
	struct span sender = hl7_field(&h->h, HPRIM(5));
	struct span code = hl7_component(sender, &h->c.d, 1);

	h->out->head = (struct hl7_ack_head){
		.field_separator = h->c.d.field,
		.encoding = hl7_field(&h->h, HPRIM(2)),
		.sending_application = code.len > 0 ? code : sender,
		.receiving_application = hl7_field(&h->h, HPRIM(10)),
		.control_id = hl7_field(&h->h, HPRIM(3)),
		.processing_id = hl7_field(&h->h, HPRIM(12)),
		.version = hl7_field(&h->h, HPRIM(13)),
	};
}

/* "H2.1~C", and "2.1" from those who leave the letter out. */
static bool
is_version(struct span s)
{
	return s.len == 0 || span_is(span_slice(s, 0, 2), "H2") ||
	    span_is(span_slice(s, 0, 2), "2.");
}

static enum status
check_head(struct hprim *h)
{
	struct span type = hl7_code(&h->c, hl7_field(&h->h, HPRIM(7)));
	struct span id = hl7_code(&h->c, hl7_field(&h->h, HPRIM(12)));
	bool test = span_is(id, "T") || span_is(id, "D");

	if (type.len > 0 && !span_is(type, "ORU"))
		hprim_refuse_here(h, HPRIM_SAYS_NOT_ORU, "H", 7);
	if (id.len > 0 && !span_is(id, "P") && !test)
		hprim_refuse_here(h, HPRIM_SAYS_PROCESSING, "H", 12);
	if (test && h->c.source->production)
		hprim_refuse_here(h, HPRIM_SAYS_TEST, "H", 12);
	if (!is_version(hl7_code(&h->c, hl7_field(&h->h, HPRIM(13)))))
		hprim_refuse_here(h, HPRIM_SAYS_VERSION, "H", 13);
	hprim_check_sender(h, hl7_code(&h->c, hl7_field(&h->h, HPRIM(5))),
	    hl7_component(hl7_field(&h->h, HPRIM(5)), &h->c.d, 2), 5,
	    hprim_line_of(h->file, 1));
	return h->c.refusal.error == 0 ? ST_OK : ST_INVALID;
}

/* --- keys ---------------------------------------------------------------- */

/* A LIS counts its files up to some number and starts again: another content
 * under a name is another delivery, which the vault tells by the digest. */
static void
make_keys(struct hprim *h)
{
	struct span name = hl7_field(&h->h, HPRIM(3));
	struct sha256 hash;

	sha256_start(&hash);
	sha256_add_field(&hash, span_of(h->in->source->name));
	sha256_add_field(&hash, hl7_field(&h->h, HPRIM(5)));
	sha256_add_field(&hash, name.len > 0 ? name : h->in->name.len > 0
	    ? h->in->name : hl7_field(&h->h, HPRIM(14)));
	sha256_finish(&hash, h->out->key);
	sha256_start(&hash);
	sha256_add_field(&hash, h->segments);
	for (size_t i = 0; i < h->n_used; i++)
		sha256_add_field(&hash, h->used[i]);
	sha256_finish(&hash, h->out->digest);
}

/* --- reports ------------------------------------------------------------- */

/*
 * "The valid result is the last one received for the same 9.4.2", by 7.14
 * (HPRIM Santé 2.4).  A 7.14 that is only a day cannot order two files of one
 * day: then 9.23 does.
 */
static void
set_version(struct hprim *h, struct report *report)
{
	struct span field = hl7_field(&h->h, HPRIM(14));
	unsigned warnings = h->c.warnings;
	struct hl7_time time;
	uint64_t ms = 0;
	struct fhir_time sent = hl7_when(&h->c, field, &ms);

	if (report->issued.text.len == 0)
		report->issued = sent;
	if (ms == 0) {
		if (report->version_ms == 0)
			report->version_ms = h->c.now_ms;
	} else if (report->version_ms == 0 ||
	    (hl7_time_read(hl7_code(&h->c, field), &time) == ST_OK &&
	    time.precision >= HL7_MINUTE)) {
		report->version_ms = ms;
	}
	h->c.warnings |= warnings;
}

/* Each request of each patient is a report of its own. */
static void
read_group(struct hprim *h, const struct hprim_group *group)
{
	h->segment = group->first;
	if (group->n_requests == 0 && h->c.failed == ST_OK)
		hprim_refuse_here(h, HPRIM_SAYS_NO_OBR, "P", 0);
	if (group->n_requests > HPRIM_REPORTS_MAX - h->out->n_reports)
		hprim_refuse_here(h, HPRIM_SAYS_REPORTS, "P", 0);
	for (size_t i = 0; i < group->n_requests && h->c.failed == ST_OK &&
	    h->c.refusal.error == 0; i++) {
		struct report *report = &h->out->reports[h->out->n_reports++];

		hprim_report_read(h, group, i, report);
		set_version(h, report);
	}
}

/* OBR belongs to P, OBX to OBR, C to whatever stands before it. */
static enum status
check_order(struct hprim *h)
{
	struct span rest = h->segments, segment;
	bool patient = false, request = false;

	h->segment = 0;
	while (hprim_next_segment(&rest, &segment)) {
		bool obr = hprim_names(h, segment, "OBR");

		h->segment++;
		if (hprim_names(h, segment, "P")) {
			patient = true;
			request = false;
		}
		if ((obr && !patient) || (!request &&
		    hprim_names(h, segment, "OBX"))) {
			hprim_refuse_here(h, HPRIM_SAYS_ORDER,
			    obr ? "OBR" : "OBX", 0);
			return ST_INVALID;
		}
		request |= obr;
	}
	return ST_OK;
}

static enum status
read_reports(struct hprim *h)
{
	struct span rest = h->segments;
	struct hprim_group group;
	unsigned number = 1;

	if (h->about.segments > HPRIM_SEGMENTS_MAX) {
		hprim_refuse(h, HPRIM_SAYS_MANY, NULL, 0, 0);
		return ST_INVALID;
	}
	TRY(check_order(h));
	h->out->reports = hl7_alloc(&h->c, HPRIM_REPORTS_MAX,
	    sizeof(*h->out->reports));
	while (h->c.failed == ST_OK && h->c.refusal.error == 0 &&
	    hprim_next_group(h, &rest, &number, &group))
		read_group(h, &group);
	if (h->out->n_reports == 0 && h->c.failed == ST_OK)
		hprim_refuse(h, HPRIM_SAYS_NO_P, "P", 0, 0);
	return ST_OK;
}

/* --- the file ------------------------------------------------------------ */

static enum hprim_text
text_of(enum hprim_fault fault)
{
	static const enum hprim_text text[HPRIM_FAULTS] = {
		[HPRIM_NO_H] = HPRIM_SAYS_NO_H,
		[HPRIM_DELIMITERS] = HPRIM_SAYS_DELIMITERS,
		[HPRIM_SECOND_H] = HPRIM_SAYS_SECOND_H,
		[HPRIM_NO_SEGMENT] = HPRIM_SAYS_NO_SEGMENT,
		[HPRIM_NO_L] = HPRIM_SAYS_NO_L,
		[HPRIM_AFTER_L] = HPRIM_SAYS_AFTER_L,
		[HPRIM_PATIENTS] = HPRIM_SAYS_PATIENTS,
		[HPRIM_SEGMENTS] = HPRIM_SAYS_SEGMENTS,
	};

	return text[fault];
}

static enum status
unfold(struct hprim *h)
{
	size_t max = hprim_most(h->file.len);
	struct buf out = buf_over(hl7_alloc(&h->c, max, 1), max);
	enum hprim_fault fault;

	if (out.ptr == NULL)
		return ST_TOO_BIG;
	if (hprim_unfold(h->file, &out, &h->about) != ST_OK) {
		fault = h->about.fault;
		hprim_refuse(h, text_of(fault), fault == HPRIM_PATIENTS ||
		    fault == HPRIM_SEGMENTS ? "L" : NULL,
		    fault == HPRIM_PATIENTS ? 4 : fault == HPRIM_SEGMENTS ? 5
		    : 0, h->about.fault_line);
		return ST_INVALID;
	}
	h->segments = buf_span(&out);
	h->c.d = h->about.d;
	if (h->about.long_lines > 0)
		h->c.warnings |= WARN_LONG_LINE;
	return ST_OK;
}

static enum status
read_file(struct hprim *h)
{
	struct span rest, first;

	TRY(hprim_open(h));
	TRY(unfold(h));
	rest = h->segments;
	h->segment = 1;
	if (!hl7_next_piece(&rest, '\r', &first))
		return ST_INVALID;
	hl7_split(first, &h->c.d, &h->h);
	read_head(h);
	TRY(check_head(h));
	TRY(read_reports(h));
	make_keys(h);
	return ST_OK;
}

static enum status
parse(const struct input *in, uint64_t now_ms, struct arena *arena,
    struct parsed *out)
{
	struct hprim h = {
		.c = { .source = in->source, .arena = arena, .now_ms = now_ms },
		.in = in, .out = out,
	};

	*out = (struct parsed){ .answer = true };
	return hprim_finish(&h, read_file(&h));
}

const struct input_kind input_hprim_sante = { "HPRIM Sante", parse,
    hprim_answer, HPRIM_ANSWER_MAX };
