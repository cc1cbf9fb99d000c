/*
 * hprim_report.h -- one request (9.4.2) of one patient of an HPRIM Santé
 * file, while its segments are read.
 */
#ifndef INPUT_HPRIM_REPORT_H
#define INPUT_HPRIM_REPORT_H

#include "input/hprim.h"

/* What a C segment would be about. */
enum hprim_subject {
	HPRIM_ABOUT_NOTHING,	/* of what is not shown */
	HPRIM_ABOUT_PATIENT, HPRIM_ABOUT_PANEL, HPRIM_ABOUT_OBSERVATION
};

struct hprim_build {
	struct report *report;
	const struct hprim_group *group;
	size_t request;			/* index in group->requests */
	struct release_sum sum;
	struct hl7_card card;
	struct panel *panel;		/* the last; NULL: none */
	enum hprim_subject subject;
	struct span order_status;	/* 9.26 as HL70123 */
	bool cancelled;			/* 9.12 C */
	bool panel_has_lines, panel_is_genetic;
	struct observation *observations;	/* room for all of them */
	size_t n_observations;
	struct note *note_room;
	size_t n_notes;
	/* Documents: whose copy is delivered, -1 for nobody's; is there one;
	 * how many of which kind were left out. */
	int exemplar;
	bool has_document;
	unsigned copies_left_out, pictures_left_out;
	struct coded left_out;		/* the code of one of them */
};

/* Adds one OBX to the last panel: hprim_observation.c. */
void hprim_observation_add(struct hprim *h, struct hprim_build *b,
    const struct hl7_fields *obx);

/* In place of copies for others that are all there is: a line without a
 * value, which nobody may see. */
void hprim_observation_hide(struct hprim *h, struct hprim_build *b);

#endif
