#include "input/fhir_entries.h"

#include <stdlib.h>

/* --- reading the entries --------------------------------------------------- */

static bool
starts_with(struct span s, struct span start)
{
	return span_equal(span_slice(s, 0, start.len), start);
}

/* "Patient" or "Patient/id", of the same type as the resource. */
static bool
url_fits(struct span url, struct span type)
{
	return starts_with(url, type) && (url.len == type.len ||
	    url.ptr[type.len] == '/' || url.ptr[type.len] == '?');
}

static void
check_request(struct fhir_context *c, const struct fhir_resource *r,
    const struct tree_node *entry)
{
	const struct tree_node *request = tree_member(entry, "request");
	struct span method = tree_text_of(request, "method");

	if (request == NULL)
		fhir_refuse(c, 400, "required",
		    "an entry of a transaction has no request", r, "");
	else if (!span_is(method, "POST") && !span_is(method, "PUT"))
		fhir_refuse(c, 422, "not-supported",
		    "only POST and PUT are taken inside a transaction", r, "");
	else if (!url_fits(tree_text_of(request, "url"), r->type))
		fhir_refuse(c, 400, "value",
		    "request.url does not fit the resource", r, "");
}

/* What could change the meaning of everything in it (FHIR R4 section
 * 2.26.0.2) is not known here, and so not taken. */
static void
check_modifiers(struct fhir_context *c, const struct fhir_resource *r)
{
	if (tree_member(r->node, "implicitRules") != NULL)
		fhir_refuse(c, 422, "not-supported",
		    "implicitRules are not known here", r, ".implicitRules");
	if (tree_member(r->node, "modifierExtension") != NULL)
		fhir_refuse(c, 422, "extension",
		    "a modifierExtension is not known here", r,
		    ".modifierExtension");
}

/* Letters, so that it can be told back. */
static bool
is_type(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.ptr[i] | 0x20) < 'a' || (s.ptr[i] | 0x20) > 'z')
			return false;
	return s.len > 0 && s.len <= 32;
}

static void
add(struct fhir_context *c, const struct tree_node *node, unsigned entry,
    int contained)
{
	struct fhir_resource *r;

	if (c->n_resources == FHIR_RESOURCES_MAX) {
		fhir_refuse(c, 413, "too-costly",
		    "more than 2048 resources", NULL, "Bundle");
		return;
	}
	r = &c->resources[c->n_resources++];
	*r = (struct fhir_resource){ .node = node, .entry = entry,
	    .contained = contained,
	    .type = tree_text_of(node, "resourceType"),
	    .id = tree_text_of(node, "id") };
	if (!is_type(r->type))
		fhir_refuse(c, 400, "structure",
		    "an entry has no resource with a resourceType", r, "");
	check_modifiers(c, r);
}

static void
add_contained(struct fhir_context *c, size_t entry)
{
	const struct tree_node *node = tree_first(tree_member(
	    c->resources[entry].node, "contained"));

	for (int i = 0; node != NULL && fhir_goes_on(c); node = node->next)
		add(c, node, (unsigned)entry, i++);
}

/* See fhir_entries.h; duplicates are looked for below. */
static void
read_entries(struct fhir_context *c, bool transaction)
{
	const struct tree_node *entries = tree_member(c->bundle, "entry");
	const struct tree_node *e = tree_first(entries);
	size_t n = entries == NULL ? 0 : entries->n;

	if (n == 0 || !tree_is(entries, TREE_ARRAY)) {
		fhir_refuse(c, 422, "required", "the Bundle is empty", NULL,
		    "Bundle.entry");
		return;
	}
	if (n > FHIR_ENTRIES_MAX) {
		fhir_refuse(c, 413, "too-costly", "more than 900 entries",
		    NULL, "Bundle.entry");
		return;
	}
	c->resources = fhir_alloc(c, FHIR_RESOURCES_MAX, sizeof(*c->resources));
	for (unsigned i = 0; e != NULL && fhir_goes_on(c); e = e->next) {
		add(c, tree_member(e, "resource"), i, -1);
		c->resources[i].full_url = tree_text_of(e, "fullUrl");
		if (transaction)
			check_request(c, &c->resources[i], e);
		i++;
	}
	for (size_t i = 0; i < n && fhir_goes_on(c); i++)
		add_contained(c, i);
}

/* --- nothing twice --------------------------------------------------------- */

/* Something by which a resource is known. */
struct mark {
	struct span kind, system, value;
	const struct fhir_resource *resource;
};

static int
compare_spans(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
compare_marks(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;
	int order = compare_spans(x->value, y->value);

	if (order == 0)
		order = compare_spans(x->system, y->system);
	return order != 0 ? order : compare_spans(x->kind, y->kind);
}

/* An order's number stands in each of its ServiceRequests, a card's wherever
 * there is room for it: neither makes two resources the same. */
static bool
is_identity(const struct fhir_context *c, const struct fhir_resource *r,
    const struct tree_node *identifier)
{
	return !span_is(r->type, "ServiceRequest") &&
	    tree_text_of(identifier, "value").len > 0 &&
	    !span_is(tree_text_of(identifier, "system"),
	    c->source->card_system);
}

/* Both "identifier": [{}] and "identifier": {}. */
static const struct tree_node *
first_identifier(const struct tree_node *resource)
{
	const struct tree_node *node = tree_member(resource, "identifier");

	return tree_is(node, TREE_ARRAY) ? node->first : node;
}

static size_t
marks_of(const struct fhir_context *c, const struct fhir_resource *r,
    const struct tree_node *entry, struct mark *out)
{
	const struct tree_node *id = first_identifier(r->node);
	struct span exists = tree_text_of(tree_member(entry, "request"),
	    "ifNoneExist");
	size_t n = 0;

	for (; id != NULL; id = id->next) {
		if (!is_identity(c, r, id))
			continue;
		if (out != NULL)
			out[n] = (struct mark){ r->type, tree_text_of(id,
			    "system"), tree_text_of(id, "value"), r };
		n++;
	}
	if (r->full_url.len > 0 && out != NULL)
		out[n] = (struct mark){ span_of("fullUrl"), { 0 }, r->full_url,
		    r };
	n += r->full_url.len > 0;
	if (exists.len > 0 && out != NULL)
		out[n] = (struct mark){ r->type, span_of("ifNoneExist"), exists,
		    r };
	return n + (exists.len > 0);
}

static void
refuse_twins(struct fhir_context *c)
{
	const struct tree_node *e = tree_first(tree_member(c->bundle, "entry"));
	struct mark *marks;
	size_t n = 0;

	for (size_t i = 0; e != NULL; e = e->next)
		n += marks_of(c, &c->resources[i++], e, NULL);
	marks = fhir_alloc(c, n, sizeof(*marks));
	if (marks == NULL)
		return;
	e = tree_first(tree_member(c->bundle, "entry"));
	n = 0;
	for (size_t i = 0; e != NULL; e = e->next)
		n += marks_of(c, &c->resources[i++], e, marks + n);
	qsort(marks, n, sizeof(*marks), compare_marks);
	for (size_t i = 1; i < n; i++)
		if (compare_marks(&marks[i - 1], &marks[i]) == 0 &&
		    marks[i - 1].resource != marks[i].resource)
			fhir_refuse(c, 422, "duplicate",
			    "the same resource stands there twice",
			    marks[i].resource, "");
}

/* See fhir_entries.h. */
void
fhir_entries_read(struct fhir_context *c, bool transaction)
{
	read_entries(c, transaction);
	if (fhir_goes_on(c))
		refuse_twins(c);
}

/* --- following references -------------------------------------------------- */

/* Every fit counts: where two are, none is meant. */
struct found {
	struct fhir_resource *one;
	size_t n;
};

static void
keep(struct found *f, struct fhir_resource *r)
{
	f->n += f->one != r;
	f->one = r;
}

/* `bytes` are about to be compared.  References are as many as a sender
 * likes, and so is what each may mean: together they must not take the time
 * that others wait for. */
static void
look(struct fhir_context *c, size_t bytes)
{
	c->looks += 1 + bytes;
}

/* For bytes that memcmp() looks at, sixteen at a time. */
static bool
look_equal(struct fhir_context *c, struct span a, struct span b)
{
	look(c, a.len == b.len ? a.len / 16 : 0);
	return span_equal(a, b);
}

static void
find_contained(struct fhir_context *c, const struct fhir_resource *from,
    struct span id, struct found *f)
{
	for (size_t i = 0; i < c->n_resources; i++) {
		struct fhir_resource *r = &c->resources[i];

		/* "#" alone is the container. */
		if (r->entry == from->entry && (id.len == 0
		    ? r->contained < 0
		    : r->contained >= 0 && look_equal(c, r->id, id)))
			keep(f, r);
	}
}

/* Type and id of "Type/id" or "Type/id/_history/1". */
static bool
split_relative(struct span ref, struct span *type, struct span *id)
{
	const uint8_t *slash = ref.len == 0 ? NULL :
	    memchr(ref.ptr, '/', ref.len);
	size_t at;

	if (slash == NULL)
		return false;
	at = (size_t)(slash - ref.ptr);
	*type = span_slice(ref, 0, at);
	*id = span_slice(ref, at + 1, ref.len);
	slash = id->len == 0 ? NULL : memchr(id->ptr, '/', id->len);
	if (slash != NULL)
		id->len = (size_t)(slash - id->ptr);
	return type->len > 0 && id->len > 0 && type->ptr[0] >= 'A' &&
	    type->ptr[0] <= 'Z';
}

/* A fullUrl that ends in "/Type/id", or a resource of that id. */
static bool
is_relative_to(struct fhir_context *c, const struct fhir_resource *r,
    struct span type, struct span id)
{
	size_t tail = type.len + id.len + 2;
	struct span end = span_slice(r->full_url, r->full_url.len < tail ? 0 :
	    r->full_url.len - tail, tail);

	if (!span_equal(r->type, type) || r->contained >= 0)
		return false;
	look(c, id.len / 16);
	return look_equal(c, r->id, id) || (end.len == tail && end.ptr[0] == '/' &&
	    starts_with(span_slice(end, 1, tail), type) &&
	    end.ptr[1 + type.len] == '/' &&
	    span_equal(span_slice(end, 2 + type.len, tail), id));
}

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Is `s`, percent-decoded, the bytes of `text`? */
static bool
decodes_to(struct span s, struct span text)
{
	size_t at = 0;

	for (size_t i = 0; i < s.len; i++, at++) {
		uint8_t byte = s.ptr[i];

		if (byte == '%' && i + 2 < s.len &&
		    hex_digit(s.ptr[i + 1]) >= 0 &&
		    hex_digit(s.ptr[i + 2]) >= 0) {
			byte = (uint8_t)(hex_digit(s.ptr[i + 1]) * 16 +
			    hex_digit(s.ptr[i + 2]));
			i += 2;
		}
		if (at >= text.len || text.ptr[at] != byte)
			return false;
	}
	return at == text.len;
}

static bool
has_identifier(struct fhir_context *c, const struct fhir_resource *r,
    bool any_system, struct span system, struct span value)
{
	const struct tree_node *id = first_identifier(r->node);

	for (; id != NULL; id = id->next) {
		look(c, tree_text_of(id, "value").len);
		if (decodes_to(value, tree_text_of(id, "value")) &&
		    (any_system || decodes_to(system,
		    tree_text_of(id, "system"))))
			return true;
	}
	return false;
}

/* "Type?identifier=system|value", or "identifier=value" of any system.
 * False: another search, which only a server with a memory could do. */
static bool
find_conditional(struct fhir_context *c, struct span ref, struct found *f)
{
	static const char by[] = "identifier=";
	const uint8_t *mark = memchr(ref.ptr, '?', ref.len), *bar;
	struct span type, query, system = { 0 };

	if (mark == NULL)
		return false;
	type = span_slice(ref, 0, (size_t)(mark - ref.ptr));
	query = span_slice(ref, type.len + 1, ref.len);
	if (!starts_with(query, span_of(by)) ||
	    memchr(query.ptr, '&', query.len) != NULL)
		return false;
	query = span_slice(query, strlen(by), query.len);
	bar = query.len == 0 ? NULL : memchr(query.ptr, '|', query.len);
	if (bar != NULL) {
		system = span_slice(query, 0, (size_t)(bar - query.ptr));
		query = span_slice(query, system.len + 1, query.len);
	}
	for (size_t i = 0; i < c->n_resources; i++)
		if (span_equal(c->resources[i].type, type) &&
		    has_identifier(c, &c->resources[i], bar == NULL, system,
		    query))
			keep(f, &c->resources[i]);
	return true;
}

/* True where `ref` cannot mean anything outside the Bundle. */
static bool
find(struct fhir_context *c, const struct fhir_resource *from,
    struct span ref, struct found *f)
{
	struct span type, id;

	if (ref.ptr[0] == '#') {
		find_contained(c, from, span_slice(ref, 1, ref.len), f);
		return true;
	}
	for (size_t i = 0; i < c->n_resources; i++)
		if (look_equal(c, c->resources[i].full_url, ref))
			keep(f, &c->resources[i]);
	if (f->n > 0 || starts_with(ref, span_of("urn:")))
		return true;
	if (find_conditional(c, ref, f))
		return true;
	if (split_relative(ref, &type, &id))
		for (size_t i = 0; i < c->n_resources; i++)
			if (is_relative_to(c, &c->resources[i], type, id))
				keep(f, &c->resources[i]);
	return false;
}

/* See fhir_entries.h. */
struct fhir_resource *
fhir_follow_url(struct fhir_context *c, const struct fhir_resource *from,
    struct span ref, enum fhir_need need)
{
	struct found f = { 0 };
	bool here;

	if (ref.len == 0 || !fhir_goes_on(c))
		return NULL;
	if (++c->followed > FHIR_FOLLOWED_MAX || c->looks > FHIR_LOOKS_MAX) {
		fhir_refuse(c, 413, "too-costly", "too many references", NULL,
		    "Bundle");
		return NULL;
	}
	here = find(c, from, ref, &f);
	if (f.n == 1)
		return f.one;
	if (f.n > 1)
		fhir_refuse(c, 422, "multiple-matches",
		    "a reference fits several resources", from, "");
	else if (here || need == FHIR_MUST_BE_HERE)
		fhir_refuse(c, 422, "not-found",
		    "a reference leads to nothing in the Bundle", from, "");
	return NULL;
}

/* See fhir_entries.h. */
struct fhir_resource *
fhir_follow(struct fhir_context *c, const struct fhir_resource *from,
    const struct tree_node *reference, enum fhir_need need)
{
	return fhir_follow_url(c, from, tree_text_of(reference, "reference"),
	    need);
}

/* See fhir_entries.h. */
struct fhir_resource *
fhir_next_of_type(struct fhir_context *c, const struct fhir_resource *after,
    const char *type)
{
	size_t i = after == NULL ? 0 : (size_t)(after - c->resources) + 1;

	for (; i < c->n_resources; i++)
		if (span_is(c->resources[i].type, type))
			return &c->resources[i];
	return NULL;
}
