#include "input/hl7_report.h"

#include "input/exams.h"

enum {
	PARENTS_BACK = 256,	/* panels looked at for a parent */
	PARENT_LINES = 4096	/* observations looked at for one */
};

/* --- how much room one report needs -------------------------------------- */

struct room {
	size_t panels, observations, notes;
};

static struct room
room_needed(struct hl7_reader r)
{
	struct room room = { 0 };
	struct span s;

	while (hl7_next_segment(&r, &s) == ST_OK && !hl7_segment_is(s, "PID")) {
		room.panels += hl7_segment_is(s, "OBR");
		room.observations += hl7_segment_is(s, "OBX");
		room.notes += hl7_segment_is(s, "NTE");
	}
	return room;
}

static void
make_room(struct hl7_context *c, struct hl7_build *b, struct hl7_reader r)
{
	struct room room = room_needed(r);

	b->report->panels = hl7_alloc(c, room.panels, sizeof(struct panel));
	b->observations = hl7_alloc(c, room.observations,
	    sizeof(struct observation));
	b->note_room = hl7_alloc(c, room.notes, sizeof(struct note));
	b->report_room = hl7_alloc(c, room.notes, sizeof(struct note));
}

/* --- OBR ----------------------------------------------------------------- */

/* A panel without results still says something by its status. */
static void
close_panel(struct hl7_build *b)
{
	struct release_line line = {
		.order_status = b->order_status,
		.order_control = b->order_control,
	};

	if (b->panel == NULL || b->panel_has_lines)
		return;
	line.genetic = release_is_genetic(b->panel->section, &b->panel->code);
	/* Alone, a final OBR has nothing that could be delivered. */
	if ((!span_is(b->order_status, "F") && !span_is(b->order_status, "C")) ||
	    span_is(b->order_control, "CA"))
		release_add(&b->sum, &line);
}

/* The latest OBR-22 is the report's version (lis.md 2.6 rule 2). */
static void
read_issued(struct hl7_context *c, struct span field, struct hl7_build *b)
{
	uint64_t ms = 0;

	b->panel->issued = hl7_when(c, field, &ms);
	if (ms <= b->report->version_ms)
		return;
	b->report->version_ms = ms;
	b->report->issued = b->panel->issued;
}

static void
read_orders(struct hl7_context *c, const struct hl7_fields *obr,
    struct hl7_build *b)
{
	struct panel *p = b->panel;
	struct span filler = hl7_field(obr, 3), placer = hl7_field(obr, 2);
	struct span authority;

	if (hl7_code(c, filler).len == 0)
		filler = b->filler;
	if (hl7_code(c, placer).len == 0)
		placer = b->placer;
	p->filler_order = hl7_text_at(c, filler, 1);
	p->placer_order = hl7_text_at(c, placer, 1);
	if (b->report->report_id.len == 0) {
		authority = p->filler_order.len > 0 ? filler : placer;
		b->report->report_id = p->filler_order.len > 0 ? p->filler_order
		    : p->placer_order;
		b->report->report_authority = hl7_text_at(c, authority, 2);
	}
	if (b->report->order.len == 0)
		b->report->order = p->placer_order.len > 0 ? p->placer_order
		    : p->filler_order;
}

/* Before SPM there was OBR-15, whose first component is a code in pieces. */
static void
read_old_specimen(struct hl7_context *c, const struct hl7_fields *obr,
    struct panel *p)
{
	struct span source = hl7_component(hl7_first(hl7_field(obr, 15), &c->d),
	    &c->d, 1);

	if (source.len == 0)
		return;
	p->specimen.type = hl7_coded(c, source, c->d.subcomponent);
	p->specimen.collected = p->effective;
	p->has_specimen = true;
}

/* --- parents of reflex tests and cultures -------------------------------- */

struct parent {
	struct span placer, filler;	/* OBR-29, since 2.8 also OBR-54 */
	struct span code, sub_id;	/* OBR-26 */
	struct span service;		/* OBR-50, since 2.8: its OBR-4 */
};

static bool
may_be_parent(const struct parent *wanted, const struct panel *p)
{
	if (wanted->service.len > 0 &&
	    !span_equal(wanted->service, p->code.code))
		return false;
	if (wanted->filler.len > 0)
		return span_equal(wanted->filler, p->filler_order);
	if (wanted->placer.len > 0)
		return span_equal(wanted->placer, p->placer_order);
	return true;
}

static int
find_observation(const struct parent *wanted, const struct panel *p,
    size_t *budget)
{
	for (size_t i = 0; i < p->n_observations && *budget > 0; i++) {
		const struct observation *o = &p->observations[i];

		(*budget)--;
		if (span_equal(o->code.code, wanted->code) &&
		    (wanted->sub_id.len == 0 ||
		    span_equal(o->sub_id, wanted->sub_id)))
			return (int)i;
	}
	return -1;
}

/* Prefers the panel that holds the very observation; bounded, so that many
 * panels cannot take time squared. */
static void
find_parent(struct report *report, struct panel *p, const struct parent *wanted)
{
	size_t self = report->n_panels - 1, budget = PARENT_LINES;

	for (size_t back = 1; back <= self && back <= PARENTS_BACK; back++) {
		const struct panel *other = &report->panels[self - back];
		int at = -1;

		if (!may_be_parent(wanted, other))
			continue;
		if (wanted->code.len > 0)
			at = find_observation(wanted, other, &budget);
		if (at < 0 && (p->parent_panel >= 0 || wanted->filler.len +
		    wanted->placer.len + wanted->service.len == 0))
			continue;
		p->parent_panel = (int)(self - back);
		p->parent_observation = at;
		if (at >= 0)
			return;
	}
}

static void
read_parent(struct hl7_context *c, const struct hl7_fields *obr,
    struct hl7_build *b)
{
	struct span result = hl7_first(hl7_field(obr, 26), &c->d);
	struct span order = hl7_first(hl7_field(obr, hl7_field(obr, 29).len > 0
	    ? 29 : 54), &c->d);
	struct parent wanted = {
		.placer = hl7_text(c, hl7_subcomponent(hl7_component(order,
		    &c->d, 1), &c->d, 1)),
		.filler = hl7_text(c, hl7_subcomponent(hl7_component(order,
		    &c->d, 2), &c->d, 1)),
		.code = hl7_text(c, hl7_subcomponent(hl7_component(result,
		    &c->d, 1), &c->d, 1)),
		.sub_id = hl7_text(c, hl7_component(result, &c->d, 2)),
		.service = hl7_text_at(c, hl7_field(obr, 50), 1),
	};

	if (wanted.placer.len + wanted.filler.len + wanted.code.len +
	    wanted.service.len > 0)
		find_parent(b->report, b->panel, &wanted);
}

static void
on_obr(struct hl7_context *c, struct hl7_build *b, const struct hl7_fields *obr)
{
	struct report *report = b->report;
	struct panel *p;

	close_panel(b);
	c->n_obr++;
	b->in_specimen = b->specimen_first = false;
	b->has_spm = b->in_document = false;
	b->observation = NULL;
	b->panel_has_lines = false;
	if (report->panels == NULL)
		return;
	p = b->panel = &report->panels[report->n_panels++];
	p->parent_panel = p->parent_observation = -1;
	p->observations = b->observations == NULL ? NULL
	    : b->observations + b->n_observations;
	b->order_status = hl7_code(c, hl7_field(obr, 25));
	p->code = hl7_coded(c, hl7_first(hl7_field(obr, 4), &c->d),
	    c->d.component);
	read_orders(c, obr, b);
	p->section = hl7_text_at(c, hl7_field(obr, 24), 1);
	p->status = release_order_status(b->order_status);
	p->effective = hl7_when(c, hl7_field(obr, 7), NULL);
	read_issued(c, hl7_field(obr, 22), b);
	p->validator = hl7_professional(c, hl7_field(obr, 32));
	read_old_specimen(c, obr, p);
	read_parent(c, obr, b);
	report->exams |= exams_of_section(p->section);
}

/* --- the other segments -------------------------------------------------- */

/* What an ORC says holds for every OBR up to the next one. */
static void
on_orc(struct hl7_context *c, struct hl7_build *b, const struct hl7_fields *orc)
{
	close_panel(b);
	b->panel_has_lines = true;	/* that panel is done with */
	b->observation = NULL;
	b->in_document = false;
	b->order_control = hl7_code(c, hl7_field(orc, 1));
	b->placer = hl7_field(orc, 2);
	b->filler = hl7_field(orc, 3);
}

static void
on_obx(struct hl7_context *c, struct hl7_build *b, const struct hl7_fields *obx)
{
	c->n_obx++;
	if (b->specimen_first)
		b->in_specimen = false;
	if (b->panel != NULL && !b->in_specimen)
		hl7_observation_add(c, b, obx);
	/* Since 2.7 an OBX before the first OBR is about the patient, not a
	 * result; before, it is one that would get lost. */
	if (b->panel == NULL && !c->patient_observations)
		hl7_refuse(c, (struct hl7_ack_reply){ HL7_AE, 100, "OBX",
		    c->n_obx, 0, "an OBX before the first OBR" });
}

static void
on_spm(struct hl7_context *c, struct hl7_build *b, const struct hl7_fields *spm)
{
	struct span id = hl7_first(hl7_field(spm, 2), &c->d);
	struct span filler = hl7_component(id, &c->d, 2);
	struct specimen *s;

	b->in_specimen = true;
	b->in_document = false;
	/* Taken for the specimen's, its only results would be lost. */
	b->specimen_first = b->specimen_first || !b->panel_has_lines;
	if (b->panel == NULL || b->has_spm)
		return;		/* the first specimen of a panel is kept */
	b->has_spm = true;
	s = &b->panel->specimen;
	*s = (struct specimen){
		.type = hl7_coded(c, hl7_first(hl7_field(spm, 4), &c->d),
		    c->d.component),
		.collected = hl7_when(c, hl7_field(spm, 17), NULL),
		.identifier = hl7_text(c, hl7_subcomponent(filler.len > 0
		    ? filler : hl7_component(id, &c->d, 1), &c->d, 1)),
	};
	if (s->collected.text.len == 0)
		s->collected = b->panel->effective;
	b->panel->has_specimen = true;
}

/* The report's own may come in two places: after PID, after a document. */
static void
add_report_note(struct hl7_build *b, struct span text)
{
	b->report->notes = b->report_room;
	b->report->notes[b->report->n_notes++].text = text;
}

static void
on_nte(struct hl7_context *c, struct hl7_build *b, const struct hl7_fields *nte)
{
	struct note **notes;
	size_t *n;
	struct span text = hl7_prose(c, hl7_field(nte, 3));

	if (b->note_room == NULL || b->report_room == NULL || text.len == 0)
		return;
	if (b->in_specimen && b->panel != NULL) {
		notes = &b->panel->specimen.notes;
		n = &b->panel->specimen.n_notes;
	} else if (b->observation != NULL) {
		notes = &b->observation->notes;
		n = &b->observation->n_notes;
	} else if (b->panel != NULL && !b->panel_has_lines) {
		notes = &b->panel->notes;
		n = &b->panel->n_notes;
	} else {
		/* An OBX that became no observation has none either. */
		if (b->panel == NULL || b->in_document)
			add_report_note(b, text);
		return;
	}
	if (*n == 0)
		*notes = b->note_room + b->n_notes;
	(*notes)[(*n)++].text = text;
	b->n_notes++;
}

static void
on_segment(struct hl7_context *c, struct hl7_build *b, struct span segment)
{
	static const struct {
		const char *name;
		void (*read)(struct hl7_context *, struct hl7_build *,
		    const struct hl7_fields *);
	} row[] = {
		{ "OBX", on_obx }, { "OBR", on_obr }, { "ORC", on_orc },
		{ "NTE", on_nte }, { "SPM", on_spm },
	};
	struct hl7_fields fields;

	hl7_split(segment, &c->d, &fields);
	hl7_card_look(c, &fields, &b->card);
	for (size_t i = 0; i < COUNT(row); i++)
		if (hl7_segment_is(segment, row[i].name))
			row[i].read(c, b, &fields);
}

/* --- the whole ----------------------------------------------------------- */

static void
finish(struct hl7_context *c, struct hl7_build *b)
{
	struct report *report = b->report;

	close_panel(b);
	cda_finish(c, b);
	if (report->n_panels == 0)
		hl7_refuse(c, (struct hl7_ack_reply){ HL7_AE, 101, "OBR", 1, 0,
		    "a patient without any OBR" });
	else if (!release_has_lines(&b->sum))
		hl7_refuse(c, (struct hl7_ack_reply){ HL7_AE, 101, "OBX", 1, 0,
		    "no result and no document in the report" });
	if (b->card.contradictory) {
		b->quarantine = "two different pickup cards";
		b->card.found = false;
	}
	if (b->card.found)
		report->card = arena_copy(c->arena, (struct span){
		    (const uint8_t *)b->card.number,
		    sizeof(b->card.number) });
	if (b->card.found && report->card.ptr == NULL)
		c->failed = ST_TOO_BIG;
	release_decide(&b->sum, c->now_ms, report);
	if (b->quarantine != NULL) {
		report->release = RELEASE_QUARANTINE;
		report->release_reason = b->quarantine;
	}
	report->warnings = c->warnings;
}

/* See hl7_report.h. */
void
hl7_report_read(struct hl7_context *c, struct span pid, struct hl7_reader *r,
    struct report *report)
{
	struct hl7_build b = { .report = report };
	struct hl7_reader ahead = *r;
	struct hl7_fields fields;
	struct span segment;

	hl7_split(pid, &c->d, &fields);
	hl7_card_look(c, &fields, &b.card);
	hl7_patient_read(c, &b, &fields);
	make_room(c, &b, ahead);
	while (c->failed == ST_OK && hl7_next_segment(&ahead, &segment) == ST_OK
	    && !hl7_segment_is(segment, "PID")) {
		on_segment(c, &b, segment);
		*r = ahead;
	}
	finish(c, &b);
}
