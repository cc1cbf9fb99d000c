/* OBX of HPRIM Santé: see hprim_report.h. */
#include "input/hprim_report.h"

static struct coded *
flags_of(struct hprim *h, struct span field, size_t *n_flags)
{
	struct span rest = field, piece;
	struct coded *flags;
	size_t n = 0;

	while (hl7_next_piece(&rest, h->c.d.repetition, &piece))
		n += piece.len > 0 && !hl7_is_null(piece);
	flags = hl7_alloc(&h->c, n, sizeof(*flags));
	*n_flags = 0;
	while (flags != NULL &&
	    hl7_next_piece(&field, h->c.d.repetition, &piece)) {
		if (piece.len == 0 || hl7_is_null(piece))
			continue;
		flags[*n_flags] = hl7_coded(&h->c, piece, h->c.d.component);
		*n_flags += flags[*n_flags].code.len > 0;
	}
	return flags;
}

static bool
has_value(struct span field)
{
	for (size_t i = 0; i < field.len; i++)
		if (field.ptr[i] > ' ')
			return !hl7_is_null(field);
	return false;
}

static struct release_line
line_of(struct hprim *h, const struct hprim_build *b,
    const struct hl7_fields *obx, const struct observation *o)
{
	struct span code = hl7_code(&h->c, hl7_field(obx, HPRIM(12)));

	return (struct release_line){
		.has_result = true,
		.result_status = hprim_result_status(code,
		    has_value(hl7_field(obx, HPRIM(6)))),
		.order_status = b->order_status,
		.order_control = b->cancelled ? span_of("CA")
		    : (struct span){ 0 },
		.flags = o->flags, .n_flags = o->n_flags,
		.genetic = b->panel_is_genetic ||
		    release_is_genetic(b->panel->section, &o->code) ||
		    release_is_genetic(b->panel->section, &o->value.coded),
	};
}

static void
read_result(struct hprim *h, const struct hprim_build *b,
    const struct hl7_fields *obx, struct observation *o)
{
	o->sub_id = hl7_text(&h->c, hl7_field(obx, HPRIM(5)));
	o->unit = hl7_text_at(&h->c, hl7_field(obx, HPRIM(7)), 1);
	o->range_text = hprim_prose(h, hl7_field(obx, HPRIM(8)));
	hprim_range(h, o->range_text, &o->range_low, &o->range_high);
	o->effective = hl7_when(&h->c, hl7_field(obx, HPRIM(15)), NULL);
	if (o->effective.text.len == 0)
		o->effective = b->panel->effective;
	if (b->panel->validator.family.len == 0)
		b->panel->validator.family = hl7_text_at(&h->c,
		    hl7_field(obx, HPRIM(17)), 1);
}

/* What was withdrawn may not be read off what is left of it. */
static void
empty_out(struct observation *o)
{
	o->value = (struct value){ .kind = VALUE_ABSENT };
	o->flags = NULL;
	o->n_flags = 0;
}

static void
keep(struct hprim_build *b, const struct observation *o)
{
	if (b->observations == NULL)
		return;
	b->observations[b->n_observations++] = *o;
	b->panel->n_observations++;
	b->subject = HPRIM_ABOUT_OBSERVATION;
}

/* Is it the copy that this patient is to get? */
static bool
is_for_patient(const struct hprim *h, const struct hprim_build *b,
    const struct hprim_document *d)
{
	if (d->kind == HPRIM_BODY)
		return h->c.source->hprim_any && !b->has_document;
	return d->kind != HPRIM_PICTURE && b->exemplar == d->exemplar;
}

static void
leave_out(struct hprim *h, struct hprim_build *b,
    const struct hprim_document *d, const struct coded *code)
{
	if (d->kind == HPRIM_PICTURE) {
		h->c.warnings |= WARN_ATTACHMENT;
		b->pictures_left_out++;
	} else {
		b->copies_left_out++;
		b->left_out = *code;
	}
}

/* 9.12 says that it was not done, and here it is. */
static bool
contradicts(const struct hprim_build *b, const struct release_line *line,
    struct span value)
{
	return b->cancelled && has_value(value) &&
	    !hprim_is_void(line->result_status);
}

/* See hprim_report.h. */
void
hprim_observation_add(struct hprim *h, struct hprim_build *b,
    const struct hl7_fields *obx)
{
	struct span type = hl7_field(obx, HPRIM(3));
	struct span field = hl7_field(obx, HPRIM(6));
	struct hprim_document d = hprim_document_of(h, obx);
	bool attached = d.kind == HPRIM_PDF || d.kind == HPRIM_FIC;
	struct observation o = { 0 };
	struct release_line line;
	enum verdict verdict;

	b->subject = HPRIM_ABOUT_NOTHING;
	o.code = hprim_coded(h, hl7_first(hl7_field(obx, HPRIM(4)), &h->c.d));
	if (d.kind != HPRIM_NO_DOCUMENT && !is_for_patient(h, b, &d)) {
		leave_out(h, b, &d, &o.code);
		return;
	}
	o.flags = flags_of(h, hl7_field(obx, HPRIM(9)), &o.n_flags);
	if (!attached)
		o.value = hprim_value(h, type, field);
	line = line_of(h, b, obx, &o);
	if (contradicts(b, &line, field)) {
		hprim_refuse_here(h, HPRIM_SAYS_CANCELLED, "OBX", 12);
		return;
	}
	release_add(&b->sum, &line);
	b->panel_has_lines = true;
	verdict = release_judge(&line, &o.release_reason);
	o.release = release_of(verdict);
	o.holds = release_holds(&line);
	o.is_confirmed = span_is(line.result_status, "U");
	o.status = release_result_status(line.result_status);
	if (verdict == VERDICT_VOID || verdict == VERDICT_WRONG)
		empty_out(&o);
	else if (attached)
		hprim_document_add(h, obx, d.kind, &o.code, b->report);
	read_result(h, b, obx, &o);
	if (!attached)
		keep(b, &o);
}

/* See hprim_report.h. */
void
hprim_observation_hide(struct hprim *h, struct hprim_build *b)
{
	static const char reason[] = "no copy for the patient (CRP)";
	struct release_line line = { .has_result = true,
	    .result_status = span_of("F") };
	struct observation o = {
		.code = b->left_out,
		.value = { .kind = VALUE_ABSENT },
		.status = OBSERVATION_FINAL,
		.release = RELEASE_WITHHOLD, .release_reason = reason,
	};

	(void)h;
	release_add(&b->sum, &line);
	release_hide(&b->sum, reason);
	o.effective = b->panel->effective;
	keep(b, &o);
}
