#include "intake/https_route.h"

#include "input/fhir_input.h"
#include "input/sidecar.h"
#include "wire/multipart.h"

enum route_body { NO_BODY, FHIR_BODY, MULTIPART_BODY };

static const struct {
	const char *path;
	enum http_method method;
	const char *allow;
	enum route_body body;
	const struct input_kind *kind;
} routes[] = {
	{ "/fhir",          HTTP_POST, "POST", FHIR_BODY, &input_fhir },
	{ "/fhir/",         HTTP_POST, "POST", FHIR_BODY, &input_fhir },
	{ "/fhir/Bundle",   HTTP_POST, "POST", FHIR_BODY,
	    &input_fhir_document },
	{ "/fhir/$pdf",     HTTP_POST, "POST", MULTIPART_BODY,
	    &input_sidecar },
	{ "/fhir/%24pdf",   HTTP_POST, "POST", MULTIPART_BODY,
	    &input_sidecar },
	{ "/fhir/metadata", HTTP_GET,  "GET",  NO_BODY, NULL },
};

static const struct https_refusal not_found = { 404, "not-found",
    "nothing is offered here: POST /fhir, POST /fhir/Bundle, "
    "POST /fhir/$pdf, GET /fhir/metadata", NULL };
static const struct https_refusal bad_type = { 415, "not-supported",
    "only application/fhir+json and application/json are taken here", NULL };
static const struct https_refusal bad_multipart_type = { 415, "not-supported",
    "only multipart/form-data and multipart/related are taken here", NULL };
static const struct https_refusal bad_encoding = { 415, "not-supported",
    "a Content-Encoding is not taken", NULL };
static const struct https_refusal too_long = { 413, "too-long",
    "the body is longer than mllp.frame_max", NULL };
static const struct https_refusal not_multipart = { 400, "structure",
    "not a multipart body of a JSON sidecar and a PDF", NULL };

/* RFC 8259 knows no other charset; a FHIR version other than R4's is not
 * what it says it is. */
static bool
has_good_parameters(struct span type)
{
	static const char *const bad[] = { "iso-8859", "windows-", "us-ascii",
	    "utf-16", "fhirversion=1", "fhirversion=3", "fhirversion=5" };

	for (size_t i = 0; i < type.len; i++)
		for (size_t k = 0; k < COUNT(bad); k++) {
			size_t n = 0;

			while (bad[k][n] != '\0' && i + n < type.len &&
			    (type.ptr[i + n] | 0x20) == (bad[k][n] | 0x20))
				n++;
			if (bad[k][n] == '\0')
				return false;
		}
	return true;
}

static bool
is_fhir_json(struct span type)
{
	return (multipart_type_is(type, "application/fhir+json") ||
	    multipart_type_is(type, "application/json")) &&
	    has_good_parameters(type);
}

static void
check_body(const struct http_request *request, enum route_body body,
    uint64_t body_max, struct https_route *route)
{
	if (request->content_encoding.len > 0 &&
	    !multipart_type_is(request->content_encoding, "identity"))
		route->refusal = bad_encoding;
	else if (request->content_length > body_max)
		route->refusal = too_long;
	else if (body == FHIR_BODY && !is_fhir_json(request->content_type))
		route->refusal = bad_type;
	else if (body == MULTIPART_BODY &&
	    multipart_boundary(request->content_type, &route->boundary) !=
	    ST_OK)
		route->refusal = bad_multipart_type;
}

/* See https_route.h. */
void
https_route_find(const struct http_request *request, uint64_t body_max,
    struct https_route *route)
{
	*route = (struct https_route){ .refusal = not_found };
	for (size_t i = 0; i < COUNT(routes); i++) {
		if (!span_is(request->path, routes[i].path))
			continue;
		route->refusal = (struct https_refusal){ 0 };
		route->kind = routes[i].kind;
		route->is_metadata = routes[i].body == NO_BODY;
		route->is_multipart = routes[i].body == MULTIPART_BODY;
		if (request->method != routes[i].method)
			route->refusal = (struct https_refusal){ 405,
			    "not-supported", "not with this method",
			    routes[i].allow };
		else if (!route->is_metadata)
			check_body(request, routes[i].body, body_max, route);
		return;
	}
}

/* See https_route.h. */
enum status
https_route_input(const struct https_route *route, struct span body,
    struct input *input, struct input_piece *piece,
    struct https_refusal *refusal)
{
	struct multipart_part parts[MULTIPART_PARTS_MAX];
	size_t n = 0, json;

	*input = (struct input){ .kind = route->kind, .bytes = body };
	if (!route->is_multipart)
		return ST_OK;
	if (multipart_read(body, route->boundary, parts, &n) != ST_OK ||
	    n < 1 || n > 2) {
		*refusal = not_multipart;
		return ST_INVALID;
	}
	/* A withdrawal comes without a PDF. */
	json = n == 2 && span_is(span_slice(parts[0].bytes, 0, 5), "%PDF-");
	input->bytes = parts[json].bytes;
	if (n == 2) {
		*piece = (struct input_piece){ .bytes = parts[1 - json].bytes };
		input->pieces = piece;
		input->n_pieces = 1;
	}
	return ST_OK;
}
