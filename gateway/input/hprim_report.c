/* P, OBR and C of HPRIM Santé: see hprim_report.h. */
#include "input/exams.h"
#include "input/hprim_report.h"

#include "wire/hl7_time.h"

/* --- P ------------------------------------------------------------------- */

static struct person_name
name_of(struct hprim *h, struct span field)
{
	struct span name = hl7_first(field, &h->c.d);

	return (struct person_name){
		.family = hl7_text(&h->c, hl7_component(name, &h->c.d, 1)),
		.given = hl7_text(&h->c, hl7_component(name, &h->c.d, 2)),
		.prefix = hl7_text(&h->c, hl7_component(name, &h->c.d, 5)),
	};
}

/* 8.6 is the name in use, 8.7 the one at birth where it is another. */
static void
read_names(struct hprim *h, const struct hl7_fields *p, struct patient *patient)
{
	struct span birth = hl7_text_at(&h->c, hl7_field(p, HPRIM(7)), 1);

	patient->name = name_of(h, hl7_field(p, HPRIM(6)));
	if (birth.len == 0 || span_equal(birth, patient->name.family))
		return;
	patient->used_name = patient->name;
	patient->name.family = birth;
}

static struct span
birth_date(struct hprim *h, struct span field)
{
	struct hl7_time time;
	enum status st = hl7_time_read(hl7_code(&h->c, field), &time);
	struct buf out;

	if (st != ST_OK) {
		if (st == ST_MALFORMED)
			h->c.warnings |= WARN_TIME;
		return (struct span){ 0 };
	}
	out = buf_over(hl7_alloc(&h->c, HL7_TIME_TEXT_MAX, 1),
	    HL7_TIME_TEXT_MAX);
	if (out.ptr == NULL || hl7_time_write_date(&time, &out) != ST_OK)
		return (struct span){ 0 };
	return buf_span(&out);
}

/* The laboratory's own number for him, else the requester's. */
static void
read_number(struct hprim *h, struct hprim_build *b)
{
	static const struct {
		size_t field;
		const char *kind;
	} place[] = { { HPRIM(4), "8.4" }, { HPRIM(3), "8.3" } };
	struct report *report = b->report;

	for (size_t i = 0; i < COUNT(place) && report->patient_id.len == 0; i++) {
		report->patient_id = hl7_text_at(&h->c,
		    hl7_field(&b->group->p, place[i].field), 1);
		report->patient_id_kind = span_of(place[i].kind);
	}
}

static void
read_patient(struct hprim *h, struct hprim_build *b)
{
	struct report *report = b->report;
	struct span sex = hl7_code(&h->c, hl7_field(&b->group->p, HPRIM(9)));

	read_names(h, &b->group->p, &report->patient);
	report->patient.birth_date = birth_date(h,
	    hl7_field(&b->group->p, HPRIM(8)));
	report->patient.sex = span_is(sex, "F") ? SEX_FEMALE
	    : span_is(sex, "M") ? SEX_MALE : SEX_UNKNOWN;
	read_number(h, b);
	if (report->patient_id.len + report->patient.name.family.len == 0)
		hprim_refuse_here(h, HPRIM_SAYS_NO_NAME, "P", 6);
	/* Its table is each laboratory's own: whatever it says, somebody
	 * wanted it kept back. */
	if (hl7_code(&h->c, hl7_field(&b->group->p, HPRIM(32))).len > 0)
		release_hide(&b->sum, "8.32 confidential");
	b->subject = HPRIM_ABOUT_PATIENT;
}

/* --- OBR ----------------------------------------------------------------- */

/* 9.5 is a list: one analysis gives the panel its code, several their
 * labels.  One genetic test among them makes all of it genetic. */
static void
read_analyses(struct hprim *h, struct hprim_build *b, struct span field)
{
	struct span rest = field, piece;
	struct buf labels;
	size_t n = 0;

	if (field.len > HPRIM_FIELD_MAX) {
		hprim_refuse_here(h, HPRIM_SAYS_LONG_FIELD, "OBR", 5);
		return;
	}
	labels = buf_over(hl7_alloc(&h->c, 3 * field.len + 1, 1),
	    3 * field.len + 1);
	while (labels.ptr != NULL &&
	    hl7_next_piece(&rest, h->c.d.repetition, &piece)) {
		struct coded c = hprim_coded(h, piece);
		struct span label = c.display.len > 0 ? c.display : c.code;

		if (label.len == 0)
			continue;
		if (n++ == 0)
			b->panel->code = c;
		b->panel_is_genetic |= release_is_genetic(b->panel->section, &c);
		/* A label is never longer than three times its field. */
		if ((n > 1 && buf_append_text(&labels, ", ") != ST_OK) ||
		    buf_append_span(&labels, label) != ST_OK)
			break;
	}
	if (n > 1)
		b->panel->code = (struct coded){ .text = buf_span(&labels) };
}

/* 9.33, the biologist: code ~ name & first name. */
static struct person_name
validator_of(struct hprim *h, struct span field)
{
	struct span name = hl7_component(hl7_first(field, &h->c.d), &h->c.d, 2);

	return (struct person_name){
		.family = hl7_text(&h->c,
		    hl7_subcomponent(name, &h->c.d, 1)),
		.given = hl7_text(&h->c, hl7_subcomponent(name, &h->c.d, 2)),
	};
}

/* The latest 9.23 is when the results came out. */
static void
read_issued(struct hprim *h, struct hprim_build *b, struct span field)
{
	uint64_t ms = 0;

	b->panel->issued = hl7_when(&h->c, field, &ms);
	if (ms <= b->report->version_ms)
		return;
	b->report->version_ms = ms;
	b->report->issued = b->panel->issued;
}

static void
read_orders(struct hprim *h, struct hprim_build *b,
    const struct hl7_fields *obr)
{
	struct panel *p = b->panel;

	p->filler_order = hl7_text_at(&h->c, hl7_field(obr, HPRIM(4)), 2);
	p->placer_order = hl7_text_at(&h->c, hl7_field(obr, HPRIM(3)), 2);
	if (b->report->report_id.len == 0)
		b->report->report_id = hl7_text(&h->c,
		    b->group->requests[b->request]);
	if (b->report->order.len == 0)
		b->report->order = p->placer_order.len > 0 ? p->placer_order
		    : b->report->report_id;
}

static void
read_specimen(struct hprim *h, struct panel *p, struct span field)
{
	struct span kind = hl7_component(hl7_first(field, &h->c.d), &h->c.d, 1);

	if (kind.len == 0)
		return;
	p->specimen.type = hl7_coded(&h->c, kind, h->c.d.subcomponent);
	p->specimen.collected = p->effective;
	p->has_specimen = true;
}

/* A panel without results still says something by its status. */
static void
close_panel(struct hprim_build *b)
{
	struct release_line line = {
		.order_status = b->order_status,
		.order_control = b->cancelled ? span_of("CA")
		    : (struct span){ 0 },
		.genetic = b->panel_is_genetic,
	};

	if (b->panel == NULL || b->panel_has_lines)
		return;
	if (b->cancelled || (!span_is(b->order_status, "F") &&
	    !span_is(b->order_status, "C")))
		release_add(&b->sum, &line);
}

static void
on_obr(struct hprim *h, struct hprim_build *b, const struct hl7_fields *obr)
{
	struct report *report = b->report;
	struct panel *p;

	close_panel(b);
	b->subject = HPRIM_ABOUT_NOTHING;
	if (report->panels == NULL)
		return;
	p = b->panel = &report->panels[report->n_panels++];
	b->panel_has_lines = b->panel_is_genetic = false;
	b->subject = HPRIM_ABOUT_PANEL;
	p->parent_panel = p->parent_observation = -1;
	p->observations = b->observations == NULL ? NULL
	    : b->observations + b->n_observations;
	b->order_status = hprim_order_status(hl7_code(&h->c,
	    hl7_field(obr, HPRIM(26))));
	b->cancelled = span_is(hl7_code(&h->c, hl7_field(obr, HPRIM(12))), "C");
	p->section = hl7_text_at(&h->c, hl7_field(obr, HPRIM(25)), 1);
	p->status = release_order_status(b->order_status);
	p->effective = hl7_when(&h->c, hl7_field(obr, HPRIM(8)), NULL);
	p->validator = validator_of(h, hl7_field(obr, HPRIM(33)));
	read_analyses(h, b, hl7_field(obr, HPRIM(5)));
	read_orders(h, b, obr);
	read_issued(h, b, hl7_field(obr, HPRIM(23)));
	read_specimen(h, p, hl7_field(obr, HPRIM(16)));
	report->exams |= b->panel_is_genetic ? EXAMS_GENETICS
	    : exams_of_section(p->section);
	hprim_card_look(h, obr, &b->card);
}

/* --- OBX and C ----------------------------------------------------------- */

static void
on_obx(struct hprim *h, struct hprim_build *b, const struct hl7_fields *obx)
{
	if (b->panel == NULL)
		return;		/* no memory */
	hprim_card_look(h, obx, &b->card);
	hprim_observation_add(h, b, obx);
}

/* C: a comment on the segment before it, whatever that is. */
static void
on_c(struct hprim *h, struct hprim_build *b, const struct hl7_fields *fields)
{
	struct span text = hprim_prose(h, hl7_field(fields, HPRIM(4)));
	struct observation *last = b->n_observations == 0 ? NULL
	    : &b->observations[b->n_observations - 1];
	struct note **notes = &b->report->notes;
	size_t *n = &b->report->n_notes;

	if (b->note_room == NULL || text.len == 0 ||
	    b->subject == HPRIM_ABOUT_NOTHING)
		return;
	if (b->subject == HPRIM_ABOUT_PANEL) {
		notes = &b->panel->notes;
		n = &b->panel->n_notes;
	} else if (b->subject == HPRIM_ABOUT_OBSERVATION && last != NULL) {
		notes = &last->notes;
		n = &last->n_notes;
	}
	if (*n == 0)
		*notes = b->note_room + b->n_notes;
	(*notes)[(*n)++].text = text;
	b->n_notes++;
}

/* --- the whole ----------------------------------------------------------- */

typedef void segment_fn(struct hprim *h, struct hprim_build *b,
    const struct hl7_fields *fields);

static segment_fn *
reader_of(const struct hprim *h, struct span segment)
{
	static const struct {
		const char *name;
		segment_fn *read;
	} row[] = {
		{ "OBX", on_obx }, { "OBR", on_obr }, { "C", on_c },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		if (hprim_names(h, segment, row[i].name))
			return row[i].read;
	return NULL;
}

struct room {
	size_t obr, obx, notes;
	int first;		/* exemplar of the first document; -1: none */
};

static void
look_at_block(struct hprim *h, struct hprim_build *b, struct span rest,
    struct room *room)
{
	struct hl7_fields fields;
	struct span segment;

	while (hprim_next_segment(&rest, &segment)) {
		struct hprim_document d;

		room->obr += hprim_names(h, segment, "OBR");
		room->notes += hprim_names(h, segment, "C");
		if (!hprim_names(h, segment, "OBX"))
			continue;
		room->obx++;
		hl7_split(segment, &h->c.d, &fields);
		d = hprim_document_of(h, &fields);
		if (d.kind != HPRIM_PDF && d.kind != HPRIM_FIC)
			continue;
		room->first = room->first < 0 ? d.exemplar : room->first;
		if (d.exemplar == 'P')
			b->exemplar = 'P';
	}
}

static const struct hprim_block *
next_block(const struct hprim_build *b, size_t *i)
{
	while (*i < b->group->n_blocks) {
		const struct hprim_block *block = &b->group->blocks[(*i)++];

		if (block->request == b->request)
			return block;
	}
	return NULL;
}

/* How much room it needs, and whose copy of a document is to be delivered:
 * the patient's, or where the source allows it the first there is. */
static void
look_ahead(struct hprim *h, struct hprim_build *b)
{
	struct room room = { .first = -1,
	    .notes = hprim_count(h, b->group->head, "C") };
	const struct hprim_block *block;
	size_t i = 0;

	b->exemplar = -1;
	while ((block = next_block(b, &i)) != NULL)
		look_at_block(h, b, block->segments, &room);
	if (b->exemplar < 0 && h->c.source->hprim_any)
		b->exemplar = room.first;
	b->has_document = b->exemplar >= 0;
	b->report->panels = hl7_alloc(&h->c, room.obr, sizeof(struct panel));
	b->observations = hl7_alloc(&h->c, room.obx + 1,
	    sizeof(struct observation));
	b->note_room = hl7_alloc(&h->c, room.notes, sizeof(struct note));
}

/* Nothing was shown: because it is for others, or cannot be, or is not. */
static void
close_empty(struct hprim *h, struct hprim_build *b)
{
	if (b->copies_left_out > 0 && b->panel != NULL &&
	    b->observations != NULL)
		hprim_observation_hide(h, b);
	else if (b->pictures_left_out > 0)
		hprim_refuse_here(h, HPRIM_SAYS_ONLY_TIF, "OBX", 6);
	else if (h->c.failed == ST_OK)
		hprim_refuse_here(h, HPRIM_SAYS_NO_OBX, "OBR", 0);
}

static void
finish(struct hprim *h, struct hprim_build *b)
{
	struct report *report = b->report;

	close_panel(b);
	if (!release_has_lines(&b->sum))
		close_empty(h, b);
	release_decide(&b->sum, h->c.now_ms, report);
	hprim_card_keep(&h->c, &b->card, report);
	report->warnings = h->c.warnings;
}

static void
read_segments(struct hprim *h, struct hprim_build *b, struct span rest,
    unsigned number)
{
	struct hl7_fields fields;
	struct span segment;

	for (; h->c.failed == ST_OK && hprim_next_segment(&rest, &segment); number++) {
		segment_fn *read = reader_of(h, segment);

		h->segment = number;
		if (read == NULL)
			continue;
		hl7_split(segment, &h->c.d, &fields);
		read(h, b, &fields);
	}
}

/* See hprim.h. */
void
hprim_report_read(struct hprim *h, const struct hprim_group *group,
    size_t request, struct report *report)
{
	struct hprim_build b = { .report = report, .group = group,
	    .request = request };
	const struct hprim_block *block;
	size_t i = 0;

	h->segment = group->first;
	hprim_card_look(h, &group->p, &b.card);
	read_patient(h, &b);
	look_ahead(h, &b);
	read_segments(h, &b, group->head, group->first);
	while ((block = next_block(&b, &i)) != NULL)
		read_segments(h, &b, block->segments, block->first);
	finish(h, &b);
}
