#include "input/fhir_context.h"

#include <stdio.h>

#include "fhir/check.h"
#include "wire/hl7_time.h"

enum { WHERE_MAX = 160 };

/* --- memory and refusals --------------------------------------------------- */

/* See fhir_context.h. */
void *
fhir_alloc(struct fhir_context *c, size_t count, size_t size)
{
	void *p;

	if (count == 0 || c->failed != ST_OK)
		return NULL;
	p = count > SIZE_MAX / size ? NULL : arena_alloc(c->arena, count * size);
	if (p == NULL)
		c->failed = ST_TOO_BIG;
	return p;
}

static struct span
where_of(struct fhir_context *c, const struct fhir_resource *r,
    const char *path)
{
	char text[WHERE_MAX];

	if (r == NULL)
		return span_of(path);
	if (r->contained < 0)
		snprintf(text, sizeof(text), "Bundle.entry[%u].resource%s",
		    r->entry, path);
	else
		snprintf(text, sizeof(text),
		    "Bundle.entry[%u].resource.contained[%d]%s", r->entry,
		    r->contained, path);
	return arena_copy(c->arena, span_of(text));
}

/* See fhir_context.h. */
void
fhir_refuse(struct fhir_context *c, unsigned http, const char *code,
    const char *text, const struct fhir_resource *r, const char *path)
{
	if (c->refusal.http != 0)
		return;
	c->refusal = (struct fhir_refusal){ http, code, text,
	    where_of(c, r, path) };
}

/* See fhir_context.h. */
void
fhir_break(struct fhir_context *c, const char *text,
    const struct fhir_resource *r, const char *path)
{
	fhir_refuse(c, 422, "invariant", text, r, path);
}

/* See fhir_context.h. */
bool
fhir_goes_on(const struct fhir_context *c)
{
	return c->failed == ST_OK && c->refusal.http == 0;
}

/* See fhir_context.h. */
void
fhir_remark(struct fhir_context *c, const struct fhir_resource *r,
    const char *text)
{
	for (size_t i = 0; i < c->n_remarks; i++)
		if (c->remarks[i].entry == r->entry &&
		    c->remarks[i].text == text)
			return;
	if (c->n_remarks < FHIR_REMARKS_MAX)
		c->remarks[c->n_remarks++] = (struct fhir_remark){ text,
		    r->entry };
}

/* --- elements -------------------------------------------------------------- */

static bool
is_blank(uint8_t b)
{
	return b == ' ' || b == '\t' || b == '\n' || b == '\r';
}

static struct span
trimmed(struct span s)
{
	while (s.len > 0 && is_blank(s.ptr[0]))
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

/* See fhir_context.h. */
struct span
fhir_text(struct fhir_context *c, const struct tree_node *node)
{
	struct span text = trimmed(tree_text(node)), copy;

	if (text.len == 0)
		return (struct span){ 0 };
	copy = arena_copy(c->arena, text);
	if (copy.ptr == NULL)
		c->failed = ST_TOO_BIG;
	return copy;
}

/* See fhir_context.h. */
struct span
fhir_text_of(struct fhir_context *c, const struct tree_node *node,
    const char *key)
{
	return fhir_text(c, tree_member(node, key));
}

/* See fhir_context.h. */
struct span
fhir_decimal(struct fhir_context *c, const struct tree_node *node,
    const struct fhir_resource *r)
{
	struct span copy;

	if (node == NULL)
		return (struct span){ 0 };
	if (!tree_is(node, TREE_NUMBER) || !fhir_is_number(node->text)) {
		fhir_refuse(c, 400, "value",
		    "a decimal must be a number of at most 64 symbols", r, "");
		return (struct span){ 0 };
	}
	copy = arena_copy(c->arena, node->text);
	if (copy.ptr == NULL)
		c->failed = ST_TOO_BIG;
	return copy;
}

static int
two(const uint8_t *digits)
{
	return (digits[0] - '0') * 10 + digits[1] - '0';
}

/* The offset behind a dateTime's seconds and their fraction. */
static void
read_offset(struct span s, struct hl7_time *time)
{
	size_t at = 19;

	while (at < s.len && s.ptr[at] != 'Z' && s.ptr[at] != '+' &&
	    s.ptr[at] != '-')
		at++;
	time->has_offset = true;
	if (at + 6 > s.len || s.ptr[at] == 'Z')
		return;
	time->offset_s = two(s.ptr + at + 1) * 3600 + two(s.ptr + at + 4) * 60;
	if (s.ptr[at] == '-')
		time->offset_s = -time->offset_s;
}

/* `s` passed fhir_is_date_time(). */
static uint64_t
epoch_ms(struct span s)
{
	struct hl7_time time = { .precision = HL7_YEAR, .month = 1, .day = 1 };
	struct zone utc = { 0 };

	time.year = two(s.ptr) * 100 + two(s.ptr + 2);
	if (s.len >= 7) {
		time.precision = HL7_MONTH;
		time.month = two(s.ptr + 5);
	}
	if (s.len >= 10) {
		time.precision = HL7_DAY;
		time.day = two(s.ptr + 8);
	}
	if (s.len >= 19) {
		time.precision = HL7_SECOND;
		time.hour = two(s.ptr + 11);
		time.minute = two(s.ptr + 14);
		time.second = two(s.ptr + 17);
		read_offset(s, &time);
	}
	for (size_t i = 20; s.len > 20 && s.ptr[19] == '.' && i < s.len &&
	    s.ptr[i] >= '0' && s.ptr[i] <= '9' &&
	    time.fraction_len < HL7_FRACTION_MAX; i++)
		time.fraction[time.fraction_len++] = s.ptr[i];
	return hl7_time_ms(&time, &utc);
}

/* See fhir_context.h. */
struct fhir_time
fhir_when(struct fhir_context *c, const struct tree_node *node, uint64_t *ms)
{
	struct fhir_time time = { fhir_text(c, node) };

	if (node == NULL)
		return time;
	if (!fhir_is_date_time(time.text)) {
		c->warnings |= WARN_TIME;
		return (struct fhir_time){ { 0 } };
	}
	if (ms != NULL)
		*ms = epoch_ms(time.text);
	return time;
}

/* See fhir_context.h. */
struct coded
fhir_concept_of(struct fhir_context *c, const struct tree_node *node)
{
	const struct tree_node *one = tree_first(tree_member(node, "coding"));
	const struct tree_node *other = one == NULL ? NULL : one->next;

	return (struct coded){
		.code = fhir_text_of(c, one, "code"),
		.system = fhir_text_of(c, one, "system"),
		.display = fhir_text_of(c, one, "display"),
		.alternate_code = fhir_text_of(c, other, "code"),
		.alternate_system = fhir_text_of(c, other, "system"),
		.alternate_display = fhir_text_of(c, other, "display"),
		.text = fhir_text_of(c, node, "text"),
	};
}

static bool
coding_is(const struct tree_node *coding, const char *system, const char *code)
{
	return span_is(tree_text_of(coding, "code"), code) && (system == NULL ||
	    span_is(tree_text_of(coding, "system"), system));
}

static bool
has_code(const struct tree_node *node, const char *system, const char *code)
{
	const struct tree_node *coding = tree_first(tree_member(node, "coding"));

	if (coding_is(node, system, code))
		return true;
	for (; coding != NULL; coding = coding->next)
		if (coding_is(coding, system, code))
			return true;
	return false;
}

/* See fhir_context.h. */
bool
fhir_has_code(const struct tree_node *node, const char *system,
    const char *code)
{
	if (!tree_is(node, TREE_ARRAY))
		return has_code(node, system, code);
	for (node = node->first; node != NULL; node = node->next)
		if (has_code(node, system, code))
			return true;
	return false;
}

/* The strings of an array with blanks between. */
static struct span
joined(struct fhir_context *c, const struct tree_node *array)
{
	const struct tree_node *node = tree_first(array);
	struct buf out = { 0 };

	for (; node != NULL; node = node->next)
		out.max += tree_text(node).len + 1;
	out.ptr = fhir_alloc(c, out.max, 1);
	for (node = tree_first(array); node != NULL && out.ptr != NULL;
	    node = node->next)
		if ((out.len > 0 && buf_append_text(&out, " ") != ST_OK) ||
		    buf_append_span(&out, trimmed(tree_text(node))) != ST_OK)
			break;
	return buf_span(&out);
}

/* See fhir_context.h. */
struct person_name
fhir_human_name(struct fhir_context *c, const struct tree_node *node)
{
	struct person_name name = {
		.family = fhir_text_of(c, node, "family"),
		.given = joined(c, tree_member(node, "given")),
		.prefix = joined(c, tree_member(node, "prefix")),
	};

	if (name.family.len + name.given.len == 0)
		name.family = fhir_text_of(c, node, "text");
	return name;
}

/* See fhir_context.h. */
struct note *
fhir_annotations(struct fhir_context *c, const struct tree_node *node,
    size_t *n)
{
	struct note *notes;

	*n = 0;
	if (!tree_is(node, TREE_ARRAY))
		return NULL;
	notes = fhir_alloc(c, node->n, sizeof(*notes));
	for (node = node->first; node != NULL && notes != NULL;
	    node = node->next) {
		notes[*n].text = fhir_text_of(c, node, "text");
		*n += notes[*n].text.len > 0;
	}
	return notes;
}
