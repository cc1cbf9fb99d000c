/* OBX: a result, a document, or a word about the delivery itself; see
 * hl7_report.h. */
#include "input/hl7_report.h"
#include "input/hl7_value.h"

#include "wire/ed.h"
#include "wire/pdf.h"

/* --- documents ----------------------------------------------------------- */

static bool
says_pdf(struct span s)
{
	for (size_t i = 0; i + 3 <= s.len && i < 64; i++)
		if ((s.ptr[i] | 0x20) == 'p' && (s.ptr[i + 1] | 0x20) == 'd' &&
		    (s.ptr[i + 2] | 0x20) == 'f')
			return true;
	return false;
}

/* Without the line ends that wrapped base64 may begin with. */
static struct span
without_breaks(struct span s)
{
	while (s.len > 0 && (s.ptr[0] == '\r' || s.ptr[0] == '\n' ||
	    s.ptr[0] == ' '))
		s = span_slice(s, 1, s.len);
	return s;
}

/* ED: source ^ type ^ subtype ^ encoding ^ data; text types hold the data. */
struct attachment {
	struct span data;
	bool labelled;	/* as a PDF */
	bool hex, plain;	/* not base64 */
};

static struct attachment
attachment_of(struct hl7_context *c, struct span type, struct span field)
{
	struct attachment a = { .data = field };
	struct span part[5] = { { 0 } };

	if (!span_is(type, "ED"))
		return a;
	for (size_t i = 0; i < COUNT(part); i++)
		if (!hl7_next_piece(&field, c->d.component, &part[i]))
			break;
	a.data = without_breaks(part[4]);
	a.labelled = says_pdf(part[0]) || says_pdf(part[1]) || says_pdf(part[2]);
	a.hex = a.data.len >= 8 && memcmp(a.data.ptr, "25504446", 8) == 0;
	a.plain = pdf_is(a.data);
	return a;
}

static enum status
decode(struct hl7_context *c, const struct attachment *a, struct buf *out)
{
	size_t most = a->plain ? a->data.len : ed_most(a->data.len);

	*out = buf_over(hl7_alloc(c, most, 1), most);
	if (out->ptr == NULL)
		return ST_TOO_BIG;
	if (a->plain)
		return ed_plain(a->data, &c->d, out);
	return a->hex ? ed_hex(a->data, c->d.escape, out)
	    : ed_base64(a->data, c->d.escape, out);
}

/* See hl7_report.h. */
void
hl7_document_keep(struct hl7_context *c, struct report *report,
    struct span bytes, const struct coded *code)
{
	if (report->documents == NULL)
		report->documents = hl7_alloc(c, HL7_DOCUMENTS_MAX,
		    sizeof(*report->documents));
	if (report->documents == NULL)
		return;
	if (report->n_documents == HL7_DOCUMENTS_MAX) {
		hl7_refuse(c, (struct hl7_ack_reply){ HL7_AE, 198, "OBX",
		    c->n_obx, 5, "more documents than one report can have" });
		return;
	}
	report->documents[report->n_documents++] = (struct document){
		.bytes = bytes,
		.title = code->display,
		.code = *code,
		.suspicious = pdf_is_suspicious(bytes),
	};
	report->exams |= EXAMS_DOCUMENT;
	if (report->documents[report->n_documents - 1].suspicious)
		c->warnings |= WARN_SUSPICIOUS_PDF;
}

/* What says that it is a PDF and is none must not vanish silently.  True:
 * it was kept. */
static bool
add_document(struct hl7_context *c, struct report *report, struct span type,
    struct span field, const struct coded *code)
{
	struct attachment a = attachment_of(c, type, field);
	struct buf out;
	bool may_be = a.hex || a.plain || ed_looks_like_pdf(a.data, c->d.escape);

	if (!may_be && !a.labelled) {
		c->warnings |= WARN_ATTACHMENT;
		return false;
	}
	/* Out of memory is no fault of the attachment: c->failed says it. */
	if (!may_be || decode(c, &a, &out) != ST_OK || !pdf_is(buf_span(&out))) {
		c->warnings |= WARN_BASE64;
		hl7_refuse(c, (struct hl7_ack_reply){ HL7_AE, 102, "OBX",
		    c->n_obx, 5, "the attachment is not a PDF in base64" });
		return false;
	}
	hl7_document_keep(c, report, buf_span(&out), code);
	return true;
}

/* Some LIS put the PDF's base64 into a text type. */
static bool
is_attachment(const struct hl7_context *c, struct span type, struct span field)
{
	if (span_is(type, "ED"))
		return true;
	return (span_is(type, "TX") || span_is(type, "FT") ||
	    span_is(type, "ST")) && field.len > 256 &&
	    ed_looks_like_pdf(field, c->d.escape);
}

/* --- results ------------------------------------------------------------- */

static struct coded *
flags_of(struct hl7_context *c, struct span field, size_t *n_flags)
{
	struct span rest = field, piece;
	struct coded *flags;
	size_t n = 0;

	while (hl7_next_piece(&rest, c->d.repetition, &piece))
		n += piece.len > 0 && !hl7_is_null(piece);
	flags = hl7_alloc(c, n, sizeof(*flags));
	*n_flags = 0;
	while (flags != NULL &&
	    hl7_next_piece(&field, c->d.repetition, &piece)) {
		if (piece.len == 0 || hl7_is_null(piece))
			continue;
		flags[*n_flags] = hl7_coded(c, piece, c->d.component);
		*n_flags += flags[*n_flags].code.len > 0;
	}
	return flags;
}

static void
read_units(struct hl7_context *c, struct span field, struct observation *o)
{
	struct span first = hl7_first(field, &c->d);
	struct span code = hl7_component(first, &c->d, 1);
	struct span text = hl7_component(first, &c->d, 2);

	o->unit = hl7_text(c, code.len > 0 ? code : text);
	if (span_is(hl7_component(first, &c->d, 3), "UCUM"))
		o->unit_ucum = hl7_text(c, code);
	else if (span_is(hl7_component(first, &c->d, 6), "UCUM"))
		o->unit_ucum = hl7_text(c, hl7_component(first, &c->d, 4));
}

static void
read_method(struct hl7_context *c, const struct hl7_fields *obx,
    struct observation *o)
{
	struct span first = hl7_first(hl7_field(obx, 17), &c->d);

	if (first.len > 0)
		o->method = hl7_coded(c, first, c->d.component);
}

static enum observation_status
status_of(struct hl7_context *c, const struct hl7_build *b,
    const struct hl7_fields *obx)
{
	struct span code = hl7_code(c, hl7_field(obx, 11));

	if (code.len > 0)
		return release_result_status(code);
	return span_is(b->order_status, "F") || span_is(b->order_status, "C")
	    ? OBSERVATION_FINAL : OBSERVATION_UNKNOWN;
}

static void
read_result(struct hl7_context *c, const struct hl7_build *b,
    const struct hl7_fields *obx, struct observation *o)
{
	o->sub_id = hl7_text(c, hl7_field(obx, 4));
	read_units(c, hl7_field(obx, 6), o);
	o->range_text = hl7_prose(c, hl7_field(obx, 7));
	hl7_range(c, o->range_text, &o->range_low, &o->range_high);
	o->status = status_of(c, b, obx);
	o->is_confirmed = span_is(hl7_code(c, hl7_field(obx, 11)), "U");
	o->effective = hl7_when(c, hl7_field(obx, 14), NULL);
	if (o->effective.text.len == 0)
		o->effective = b->panel->effective;
	read_method(c, obx, o);
}

/* Whom the panel and the report can name from an OBX. */
static void
read_people(struct hl7_context *c, struct hl7_build *b,
    const struct hl7_fields *obx)
{
	if (b->panel->validator.family.len == 0)
		b->panel->validator = hl7_professional(c, hl7_field(obx, 16));
	if (b->report->organization.len == 0)
		b->report->organization = hl7_text_at(c, hl7_field(obx, 23), 1);
}

static struct release_line
line_of(struct hl7_context *c, const struct hl7_build *b,
    const struct hl7_fields *obx, const struct observation *o)
{
	return (struct release_line){
		.has_result = true,
		.result_status = hl7_code(c, hl7_field(obx, 11)),
		.order_status = b->order_status,
		.order_control = b->order_control,
		.category = hl7_code(c, hl7_field(obx, 26)),
		.flags = o->flags, .n_flags = o->n_flags,
		.genetic = release_is_genetic(b->panel->section, &o->code) ||
		    release_is_genetic(b->panel->section, &b->panel->code) ||
		    release_is_genetic(b->panel->section, &o->value.coded),
	};
}

static bool
says_nothing(struct hl7_context *c, const struct hl7_fields *obx)
{
	return hl7_code(c, hl7_field(obx, 3)).len == 0 &&
	    hl7_field(obx, 5).len == 0 && hl7_field(obx, 11).len == 0;
}

/* What was withdrawn may not be read off what is left of it. */
static void
empty_out(struct observation *o)
{
	o->value = (struct value){ .kind = VALUE_ABSENT };
	o->flags = NULL;
	o->n_flags = 0;
}

/* See hl7_report.h. */
void
hl7_observation_add(struct hl7_context *c, struct hl7_build *b,
    const struct hl7_fields *obx)
{
	struct span type = hl7_code(c, hl7_field(obx, 2));
	struct span field = hl7_field(obx, 5);
	bool attached = is_attachment(c, type, field);
	bool is_cda = cda_is_document(c, type, field);
	struct observation o = { 0 };
	struct release_line line;
	enum verdict verdict;

	b->observation = NULL;
	b->in_document = false;
	if (hl7_metadata_read(c, b, obx) || says_nothing(c, obx))
		return;
	o.code = hl7_coded(c, hl7_first(hl7_field(obx, 3), &c->d),
	    c->d.component);
	o.flags = flags_of(c, hl7_field(obx, 8), &o.n_flags);
	if (!attached)
		o.value = hl7_value(c, hl7_field(obx, 2), field);
	line = line_of(c, b, obx, &o);
	if (is_cda)
		cda_check_order(c, &line);
	release_add(&b->sum, &line);
	b->panel_has_lines = true;
	verdict = release_judge(&line, &o.release_reason);
	o.release = release_of(verdict);
	o.holds = release_holds(&line);
	if (is_cda)
		cda_add(c, b, field, &o.code, &line);
	else if (verdict == VERDICT_VOID || verdict == VERDICT_WRONG)
		empty_out(&o);
	else if (attached)
		b->in_document = add_document(c, b->report, type, field,
		    &o.code);
	read_people(c, b, obx);
	if (attached || span_is(line.result_status, "N") ||
	    b->observations == NULL)
		return;		/* no Observation */
	read_result(c, b, obx, &o);
	b->observation = &b->observations[b->n_observations++];
	*b->observation = o;
	b->panel->n_observations++;
}
