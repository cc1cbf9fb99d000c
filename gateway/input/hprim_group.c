/* The segments of an HPRIM Santé file by patient and request: see hprim.h. */
#include "input/hprim.h"

/* See hprim.h. */
bool
hprim_next_segment(struct span *rest, struct span *segment)
{
	return hl7_next_piece(rest, '\r', segment) && segment->len > 0;
}

/* See hprim.h. */
bool
hprim_names(const struct hprim *h, struct span segment, const char *name)
{
	return hprim_segment_is(segment, name, h->c.d.field);
}

/* From the next P to before the one after it, or the L. */
static bool
find_group(const struct hprim *h, struct span *rest, unsigned *number,
    struct hprim_group *group)
{
	struct span segment, before = *rest;

	*group = (struct hprim_group){ .segments = { 0 } };
	while (hprim_next_segment(rest, &segment)) {
		bool patient = hprim_names(h, segment, "P");

		if (group->segments.ptr != NULL &&
		    (patient || hprim_names(h, segment, "L"))) {
			*rest = before;
			break;
		}
		if (patient) {
			group->segments.ptr = segment.ptr;
			group->first = *number;
		}
		(*number)++;
		if (group->segments.ptr != NULL)
			group->segments.len = (size_t)(segment.ptr +
			    segment.len + 1 - group->segments.ptr);
		before = *rest;
	}
	return group->segments.ptr != NULL;
}

/* What names an OBR's request; the patient's file where it says nothing. */
static struct span
request_of(struct hprim *h, const struct hl7_fields *p,
    const struct hl7_fields *obr)
{
	static const struct {
		size_t field, component;
	} place[] = {
		{ HPRIM(4), 2 }, { HPRIM(4), 1 }, { HPRIM(3), 2 },
		{ HPRIM(3), 1 },
	};

	for (size_t i = 0; i < COUNT(place); i++) {
		struct span id = hl7_component(hl7_first(hl7_field(obr,
		    place[i].field), &h->c.d), &h->c.d, place[i].component);

		if (id.len > 0 && !hl7_is_null(id))
			return id;
	}
	return hl7_code(&h->c, hl7_field(p, HPRIM(5)));
}

/* Its index among the group's requests, which may be new. */
static size_t
index_of(struct hprim_group *group, struct span request)
{
	size_t i = 0;

	while (i < group->n_requests && i < HPRIM_REPORTS_MAX &&
	    !span_equal(group->requests[i], request))
		i++;
	if (i < group->n_requests)
		return i;
	group->n_requests++;
	if (i < HPRIM_REPORTS_MAX)
		group->requests[i] = request;
	return i;
}

/* See hprim.h. */
size_t
hprim_count(const struct hprim *h, struct span rest, const char *name)
{
	struct span segment;
	size_t n = 0;

	while (hprim_next_segment(&rest, &segment))
		n += hprim_names(h, segment, name);
	return n;
}

/* Cuts the group at its OBR, so that each segment is read once, however many
 * requests there are. */
static void
cut_group(struct hprim *h, struct hprim_group *group)
{
	struct span rest = group->segments, segment;
	unsigned number = group->first;
	struct hprim_block *block = NULL;
	struct hl7_fields obr;

	group->blocks = hl7_alloc(&h->c, hprim_count(h, rest, "OBR"),
	    sizeof(*group->blocks));
	group->head.ptr = rest.ptr;
	for (; hprim_next_segment(&rest, &segment); number++) {
		size_t len = segment.len + 1;

		if (number == group->first)
			hl7_split(segment, &h->c.d, &group->p);
		if (hprim_names(h, segment, "OBR") && group->blocks != NULL) {
			block = &group->blocks[group->n_blocks++];
			block->segments.ptr = segment.ptr;
			block->first = number;
			hl7_split(segment, &h->c.d, &obr);
			block->request = index_of(group,
			    request_of(h, &group->p, &obr));
		}
		if (group->n_requests > HPRIM_REPORTS_MAX)
			return;
		*(block == NULL ? &group->head.len : &block->segments.len) +=
		    len;
	}
}

/* See hprim.h. */
bool
hprim_next_group(struct hprim *h, struct span *rest, unsigned *number,
    struct hprim_group *group)
{
	if (!find_group(h, rest, number, group))
		return false;
	cut_group(h, group);
	return true;
}
